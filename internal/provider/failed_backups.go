package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/azurebackup/terraform-provider-backup/internal/backend"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// failedBackupModel is an element of the setting failed_backups.
type failedBackupModel struct {
	timeWindow
	VMID    types.String `tfsdk:"vm_id"`
	Code    types.String `tfsdk:"code"`
	Message types.String `tfsdk:"message"`
}

func failedBackupsAttribute() schema.Attribute {
	optional := func(text string) schema.Attribute {
		return schema.StringAttribute{MarkdownDescription: text, Optional: true}
	}
	return schema.ListNestedAttribute{
		MarkdownDescription: "Backups that fail, by schedule or on demand, to try out what watches them: their jobs end in the status `Failed`, no recovery " +
			"point is made, and the VM's last backup and health tell of it. They follow from these times whenever something is read, so that a change " +
			"here changes the past as well. Default: none fails.",
		Optional: true,
		Validators: []validator.List{vmEventsValidator{"", func(ctx context.Context, list types.List, p path.Path, diags *diag.Diagnostics) {
			readFailedBackups(ctx, list, p, diags)
		}}},
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"vm_id":      schema.StringAttribute{MarkdownDescription: "The VM's ARM id.", Required: true},
			"start_time": optional("Only backups that begin at this time or after, as in RFC 3339: `2026-01-31T02:00:00Z`. Default: no limit."),
			"end_time":   optional("Only backups that begin at this time or before, as in RFC 3339. Default: no limit."),
			"code":       optional("The title of the job's error. Default `" + backend.DefaultFailureCode + "`."),
			"message":    optional("The text of the job's error. Default: \"" + backend.DefaultFailureMessage + "\" for the default code, which is Azure's text."),
		}},
	}
}

// vmEventsValidator checks a setting that lists what happens to VMs at times. Its messages name the element, because Terraform
// does not show the path of a nested attribute.
type vmEventsValidator struct {
	rule string // what holds of each element, beside its VM and its times
	read func(ctx context.Context, list types.List, p path.Path, diags *diag.Diagnostics)
}

func (v vmEventsValidator) Description(context.Context) string {
	return "each element must have the ARM id of a virtual machine, " + v.rule + "and no end before its start"
}

func (v vmEventsValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v vmEventsValidator) ValidateList(ctx context.Context, req validator.ListRequest, resp *validator.ListResponse) {
	v.read(ctx, req.ConfigValue, req.Path, &resp.Diagnostics)
}

// readFailedBackups reads and checks the setting, as far as it is known. Configure does so as well: `terraform test` may
// configure a provider without having its block validated.
func readFailedBackups(ctx context.Context, list types.List, p path.Path, diags *diag.Diagnostics) []backend.FailedBackup {
	var all []backend.FailedBackup
	for i, element := range list.Elements() {
		object, ok := element.(types.Object)
		if !ok || object.IsUnknown() {
			continue
		}
		var m failedBackupModel
		diags.Append(object.As(ctx, &m, basetypes.ObjectAsOptions{})...)
		checkVMTimes(m.VMID, m.timeWindow, func(name, text string) {
			diags.AddAttributeError(p.AtListIndex(i).AtName(name), "Invalid failed backup", fmt.Sprintf("failed_backups[%d].%s: %s", i, name, text))
		})
		w := m.window()
		all = append(all, backend.FailedBackup{
			VMID: m.VMID.ValueString(), From: w.From, Until: w.To, Code: m.Code.ValueString(), Message: m.Message.ValueString(),
		})
	}
	return all
}

// checkVMTimes checks the VM and the times of an element of a setting, as far as they are known. wrong is told of each attribute
// that is not right.
func checkVMTimes(vm types.String, of timeWindow, wrong func(name, text string)) {
	if !vm.IsUnknown() {
		if _, err := vault.ParseVMID(vm.ValueString()); err != nil {
			wrong("vm_id", tfvalue.Sentence(err.Error()))
		}
	}
	for name, value := range map[string]types.String{"start_time": of.StartTime, "end_time": of.EndTime} {
		if value.IsNull() || value.IsUnknown() {
			continue
		}
		if err := checkTime(value.ValueString()); err != nil {
			wrong(name, tfvalue.Sentence(err.Error()))
		}
	}
	if w := of.window(); !w.From.IsZero() && !w.To.IsZero() && w.To.Before(w.From) {
		wrong("end_time", fmt.Sprintf("The end time %s is before the start time %s.", of.EndTime.ValueString(), of.StartTime.ValueString()))
	}
}
