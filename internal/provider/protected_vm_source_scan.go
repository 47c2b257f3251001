package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// The scan of a protected VM for threats is a matter of its own: a call of its own, in an API version that the rest of the
// protection does not need. It is only asked about where the configuration says something about it.

func sourceScanAttribute() schema.Attribute {
	return schema.BoolAttribute{
		MarkdownDescription: "Whether Microsoft Defender for Cloud scans the VM for threats, so that the recovery points tell whether they are clean " +
			"(`threat_status` in the data source `backup_recovery_points`). In Azure the vault has a switch for it, too. Needs API version " + catalog.SourceScanSince +
			", which not every cloud has: the plan says so. Default: it is left as it is, also when it is left out later. Changed in place.",
		Optional: true,
	}
}

// readScan is source_scan_enabled as the service has it, where the model says anything about it.
func (r *protectedVMResource) readScan(ctx context.Context, id vault.ItemID, m protectedVMModel, diags *diag.Diagnostics) types.Bool {
	if m.SourceScanEnabled.IsNull() {
		return m.SourceScanEnabled
	}
	scan, err := r.run.vaults.SourceScan(ctx, id)
	if err != nil {
		diags.AddAttributeError(path.Root("source_scan_enabled"), "Unable to read the scan of a VM", tfvalue.Problem(protectedVMLabel(m), err, ""))
		return m.SourceScanEnabled
	}
	return types.BoolValue(scan.Configured())
}

// configureScan brings the scan of a VM to what is planned, if anything is.
func (r *protectedVMResource) configureScan(ctx context.Context, id vault.ItemID, plan protectedVMModel) error {
	if plan.SourceScanEnabled.IsNull() {
		return nil
	}
	scan, err := r.run.vaults.SourceScan(ctx, id)
	if wanted := plan.SourceScanEnabled.ValueBool(); err == nil && scan.Configured() != wanted {
		err = r.run.vaults.ConfigureSourceScan(ctx, id, wanted, logProtection(ctx, id))
	}
	return err
}

// checkScan finds that the cloud does not know of scans, and would pass the setting over.
func (r *protectedVMResource) checkScan(ctx context.Context, plan protectedVMModel, diags *diag.Diagnostics) {
	id, err := plan.itemID()
	if err != nil || !plan.SourceScanEnabled.ValueBool() {
		return
	}
	if err := r.run.vaults.Lack(ctx, id.Vault, vault.AttributeSourceScan); err != nil {
		addLack(diags, vault.AttributeSourceScan, protectedVMLabel(plan), err, "Leave it out in this cloud, or set it to false.")
	}
}
