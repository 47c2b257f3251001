package provider

import (
	"cmp"
	"fmt"
	"os"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// durationSetting is a setting of the embedded service that is a length of time, 0 unless it is set.
type durationSetting struct {
	attribute string // below embedded
	variable  string // stands in for the attribute
	rule      catalog.DurationRule
}

var (
	provisioningTime = durationSetting{"provisioning_time", provisioningTimeVariable, catalog.ProvisioningTime}
	operationTime    = durationSetting{"operation_time", operationTimeVariable, catalog.OperationTime}
	backupTime       = durationSetting{"backup_time", backupTimeVariable, catalog.BackupTime}
	clockOffset      = durationSetting{"clock_offset", clockOffsetVariable, catalog.ClockOffset}
)

func (d durationSetting) validator() validator.String {
	return rule(d.rule.What, func(s string) error {
		_, err := d.rule.Parse(s)
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
	value, err := d.rule.Parse(cmp.Or(attribute.ValueString(), os.Getenv(d.variable), "0s"))
	if err != nil {
		text := sentence(err.Error())
		if attribute.IsNull() {
			text += fmt.Sprintf(" It comes from the environment variable %s.", d.variable)
		}
		diags.AddAttributeError(at, "Invalid "+d.rule.What, text)
	}
	return value
}
