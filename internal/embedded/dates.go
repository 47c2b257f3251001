package embedded

import (
	"fmt"
	"strings"
	"time"
)

// dateLayouts are the ways in which a request can write a moment, apart from a zone behind it. Azure's services are written in
// .NET, and what that reads as a date is found in templates for Azure: a time of day alone (that of Microsoft's own quickstart
// for a policy), a time without seconds, one with a blank in the place of the T. Any of them can have a fraction of a second
// where it has seconds.
var dateLayouts = []string{
	"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02 3:04:05 PM", "2006-01-02 3:04 PM",
	"1/2/2006 15:04:05", "1/2/2006 15:04", "1/2/2006 3:04:05 PM", "1/2/2006 3:04 PM", time.DateOnly,
}

// timeLayouts are those of a time of day.
var timeLayouts = []string{"15:04:05", "15:04", "3:04:05 PM", "3:04 PM"}

// readDate reads a moment of a request, in UTC. A time of day is one of today, and what has no zone is in UTC.
func readDate(text string, today time.Time) (time.Time, error) {
	text = strings.ToUpper(strings.TrimSpace(text))
	for _, layout := range dateLayouts {
		if t, ok := readLayout(layout, text); ok {
			return t, nil
		}
	}
	day := today.UTC().Format(time.DateOnly) + " "
	for _, layout := range timeLayouts {
		if t, ok := readLayout(time.DateOnly+" "+layout, day+text); ok {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a date", text)
}

// readLayout reads what is written in a layout, with a zone behind it or without. A moment whose year in UTC is none that clients
// can read is not one.
func readLayout(layout, text string) (time.Time, bool) {
	for _, zone := range []string{"", "Z07:00", " Z07:00"} {
		if t, err := time.Parse(layout+zone, text); err == nil {
			t = t.UTC()
			return t, t.Year() >= 1 && t.Year() <= 9999
		}
	}
	return time.Time{}, false
}
