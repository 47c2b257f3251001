package vault

import (
	"encoding/json"
	"time"
)

// wireTime is a time as the service writes it: with a zone or, of operations, without one, which is UTC then. What is no time,
// and the year 1, which the service has for what has not happened yet, are zero.
type wireTime struct{ time.Time }

// UnmarshalJSON never fails: one odd time must not cost a list.
func (t *wireTime) UnmarshalJSON(b []byte) error {
	t.Time = time.Time{}
	var text string
	_ = json.Unmarshal(b, &text) // what is no text is no time
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04:05"} {
		if at, err := time.Parse(form, text); err == nil && at.Year() > 1 {
			t.Time = at.UTC()
			return nil
		}
	}
	return nil
}
