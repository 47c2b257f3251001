package embedded

import (
	"fmt"
	"strings"
	"time"
)

// filterValue is a term of a $filter, such as status eq 'Failed'.
type filterValue struct {
	name  string // as the client wrote it
	value string
}

// parseFilter reads terms with "and" between them.
func parseFilter(s string) ([]filterValue, error) {
	var values []filterValue
	for rest := s; strings.TrimSpace(rest) != ""; {
		term := filterTerm.FindStringSubmatch(rest)
		if term == nil {
			return nil, invalidFilter(s, rest)
		}
		values = append(values, filterValue{term[1], strings.ReplaceAll(term[2], "''", "'")})
		rest = rest[len(term[0]):]
		if term[3] != "" && strings.TrimSpace(rest) == "" {
			return nil, invalidFilter(s, term[0])
		}
	}
	return values, nil
}

func filterOf(c *call) string { return queryValue(queryOf(c.request.URL), "$filter") }

func unknownFilter(what, name string) error {
	return &Fault{
		Code:    codeNotModelled,
		Message: fmt.Sprintf("The embedded backup service does not filter %s by '%s'.", what, name),
	}
}

// filterTimes are the ways of writing a time in a filter. Azure's own examples write midnight both as 12:00:00 AM and as
// 00:00:00 AM; its clients pad hours or do not.
var filterTimes = []string{
	"2006-01-02 3:04:05 PM", "2006-01-02 15:04:05 PM", "2006-01-02 15:04:05", time.DateOnly, time.RFC3339,
}

// filterTime reads a time, which is in UTC unless it says otherwise.
func filterTime(f filterValue) (time.Time, error) {
	text := strings.ToUpper(strings.Join(strings.Fields(f.value), " "))
	for _, layout := range filterTimes {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, &Fault{
		Code: codeInvalidItemInput,
		Message: fmt.Sprintf("The %s '%s' in the $filter is not a time such as '2026-01-31 10:30:00 PM'.",
			f.name, f.value),
	}
}
