package catalog

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"time"
)

// DurationRule says what a setting of the embedded service that is a length of time may be.
type DurationRule struct {
	What     string // the setting, for messages
	Examples string
	Longest  string
}

const taskExamples, longestTask = "500ms, 30s or 2m", "24h"

// The settings of the embedded service that are lengths of time.
var (
	ProvisioningTime = DurationRule{"provisioning time", taskExamples, longestTask}
	OperationTime    = DurationRule{"operation time", taskExamples, longestTask}
	BackupTime       = DurationRule{"backup time", taskExamples, longestTask}
	ClockOffset      = DurationRule{"clock offset", "12h, 40d or 40d12h", "36500d"}
	RetryAfter       = DurationRule{"retry-after hint", "200ms, 15s or 1m", "1h"}
)

// Parse reads the value of the setting.
func (r DurationRule) Parse(s string) (time.Duration, error) {
	value, err := ParseDuration(s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a duration; write a number and a unit, such as %s", s, r.Examples)
	}
	if longest, _ := ParseDuration(r.Longest); value < 0 || value > longest {
		return 0, fmt.Errorf("the %s %q is not between 0s and %s", r.What, s, r.Longest)
	}
	return value, nil
}

var leadingDays = regexp.MustCompile(`^(-?)([0-9]{1,6})d(.*)$`)

// ParseDuration reads a Go duration that may begin with a number of days of 24 hours.
func ParseDuration(s string) (time.Duration, error) {
	parts := leadingDays.FindStringSubmatch(s)
	if parts == nil {
		return time.ParseDuration(s)
	}
	days, err := strconv.Atoi(parts[2])
	if err != nil {
		return 0, err
	}
	// More than Go's duration can hold is held down to what is too long for any setting.
	value := time.Duration(min(days, 100_000)) * 24 * time.Hour
	if parts[3] != "" {
		rest, err := time.ParseDuration(parts[3])
		if err != nil {
			return 0, err
		}
		if value += rest; value < 0 && rest > 0 {
			value = math.MaxInt64 // and not what is left of a sum that does not fit
		}
	}
	if parts[1] != "" {
		value = -value
	}
	return value, nil
}
