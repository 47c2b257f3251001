package vault

import (
	"encoding/json"
	"regexp"
	"strconv"
	"time"
)

// timeForms are the forms in which the service's answers have times. Each may have a fraction of a second; without a zone it is
// UTC.
var timeForms = func() (forms []string) {
	for _, clock := range []string{"15:04:05", "15:04"} {
		for _, zone := range []string{"Z07:00", "Z0700", ""} {
			forms = append(forms, time.DateOnly+"T"+clock+zone, time.DateOnly+" "+clock+zone)
		}
	}
	return forms
}()

// readTime reads a time; ok is false for what is none.
func readTime(text string) (at time.Time, ok bool) {
	for _, form := range timeForms {
		if at, err := time.Parse(form, text); err == nil {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}

// wireTime is a time as the service writes it: with a zone or, of operations, without one, which is UTC then. What is no time,
// and the year 1, which the service has for what has not happened yet, are zero.
type wireTime struct{ time.Time }

// UnmarshalJSON never fails: one odd time must not cost a list.
func (t *wireTime) UnmarshalJSON(b []byte) error {
	t.Time = time.Time{}
	if at, ok := readTime(textOf(b)); ok && at.Year() > 1 {
		t.Time = at
	}
	return nil
}

// wireClock is a time of day in a policy, with a date that means nothing.
type wireClock string

// UnmarshalJSON never fails: a policy with an odd time can still be read, and be given another.
func (c *wireClock) UnmarshalJSON(b []byte) error {
	*c = wireClock(textOf(b))
	return nil
}

// timeOfDay is the hours and minutes, whatever the date; older clients have written times without one. What is no time is
// shown as it is.
func (c wireClock) timeOfDay() string {
	const clock = "15:04"
	if at, ok := readTime(string(c)); ok {
		return at.Format(clock)
	}
	if at, ok := readTime(time.DateOnly + "T" + string(c)); ok {
		return at.Format(clock)
	}
	return string(c)
}

// wireSpan is a length of time as .NET writes it: 9.23:59:43.8068908, without the days where there are none. What is no such
// thing is zero.
type wireSpan time.Duration

// A fraction of a second counts for nothing here, and no span of the service's has more digits of days.
var spanForm = regexp.MustCompile(`^(?:(\d{1,5})\.)?(\d\d?):(\d\d):(\d\d)(?:\.\d+)?$`)

// UnmarshalJSON never fails, as wireTime's does not.
func (s *wireSpan) UnmarshalJSON(b []byte) error {
	*s = 0
	parts := spanForm.FindStringSubmatch(textOf(b))
	if parts == nil {
		return nil
	}
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second} {
		n, _ := strconv.Atoi(parts[i+1]) // digits, or nothing
		*s += wireSpan(time.Duration(n) * unit)
	}
	return nil
}

// textOf is a text of JSON, and "" for anything else.
func textOf(b []byte) string {
	var text string
	if json.Unmarshal(b, &text) != nil {
		return ""
	}
	return text
}
