package provider

import (
	"cmp"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// durationSetting is a setting of the embedded service that is a length of time, 0 unless it is set.
type durationSetting struct {
	attribute string // below embedded
	variable  string // stands in for the attribute
	what      string // for messages
	examples  string
	longest   string
}

const taskExamples, longestTask = "500ms, 30s or 2m", "24h"

var (
	provisioningTime = durationSetting{"provisioning_time", provisioningTimeVariable, "provisioning time", taskExamples, longestTask}
	operationTime    = durationSetting{"operation_time", operationTimeVariable, "operation time", taskExamples, longestTask}
	backupTime       = durationSetting{"backup_time", backupTimeVariable, "backup time", taskExamples, longestTask}
	clockOffset      = durationSetting{"clock_offset", clockOffsetVariable, "clock offset", "12h, 40d or 40d12h", "36500d"}
)

func (d durationSetting) validator() validator.String {
	return rule(d.what, func(s string) error {
		_, err := d.parse(s)
		return err
	})
}

// read is the value of the attribute, or else of the variable.
func (d durationSetting) read(attribute types.String, diags *diag.Diagnostics) time.Duration {
	at := path.Root("embedded").AtName(d.attribute)
	if attribute.IsUnknown() {
		addUnknown(diags, at)
		return 0
	}
	value, err := d.parse(cmp.Or(attribute.ValueString(), os.Getenv(d.variable), "0s"))
	if err != nil {
		text := sentence(err.Error())
		if attribute.IsNull() {
			text += fmt.Sprintf(" It comes from the environment variable %s.", d.variable)
		}
		diags.AddAttributeError(at, "Invalid "+d.what, text)
	}
	return value
}

func (d durationSetting) parse(s string) (time.Duration, error) {
	value, err := parseDuration(s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a duration; write a number and a unit, such as %s", s, d.examples)
	}
	if longest, _ := parseDuration(d.longest); value < 0 || value > longest {
		return 0, fmt.Errorf("the %s %q is not between 0s and %s", d.what, s, d.longest)
	}
	return value, nil
}

var leadingDays = regexp.MustCompile(`^(-?)([0-9]{1,6})d(.*)$`)

// parseDuration reads a Go duration that may begin with a number of days of 24 hours.
func parseDuration(s string) (time.Duration, error) {
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
		value += rest
	}
	if parts[1] != "" {
		value = -value
	}
	return value, nil
}
