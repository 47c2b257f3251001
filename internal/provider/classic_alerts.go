package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
)

// warnOfClassicAlerts keeps people from relying on alerts that nobody sends any more. Azure still takes the setting.
func warnOfClassicAlerts(config tftypes.Value, diags *diag.Diagnostics) {
	if wanted, known := tfvalue.ObjectOf(config).At("monitoring").Flag("alerts_for_critical_operation_failures_enabled").Get(); !known || !wanted {
		return
	}
	diags.AddAttributeWarning(path.Root("monitoring").AtName("alerts_for_critical_operation_failures_enabled"), "Classic alerts were retired",
		"Microsoft retired the classic alerts of vaults on 2026-03-31. The service takes alerts_for_critical_operation_failures_enabled = true, but sends nothing for it.\n\n"+
			"Leave it out, or set it to false, and set alerts_for_all_job_failures_enabled = true for the alerts of Azure Monitor.")
}
