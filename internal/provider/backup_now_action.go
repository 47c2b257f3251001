package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/action/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

var (
	_ action.ActionWithConfigure      = (*backupNowAction)(nil)
	_ action.ActionWithValidateConfig = (*backupNowAction)(nil)
	_ action.ActionWithModifyPlan     = (*backupNowAction)(nil)
)

// invokeTimeout is how long backup_now waits unless the configuration says otherwise. A first backup copies whole disks.
const invokeTimeout = 6 * time.Hour

// longestRetention is that of a policy, 99 years.
const longestRetention = 36135

// NewBackupNowAction makes the action backup_now.
func NewBackupNowAction() action.Action { return &backupNowAction{} }

type backupNowAction struct{ run *run }

type backupNowModel struct {
	ProtectedVMID types.String   `tfsdk:"protected_vm_id"`
	RetainUntil   types.String   `tfsdk:"retain_until"`
	RetainDays    types.Int64    `tfsdk:"retain_days"`
	Wait          types.Bool     `tfsdk:"wait"`
	Timeouts      timeouts.Value `tfsdk:"timeouts"`
}

func (a *backupNowAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_now"
}

func (a *backupNowAction) Schema(ctx context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	limit := timeouts.AttributesWithOpts(ctx, timeouts.Opts{
		InvokeDescription: "The backup, all waiting included, as a Go duration such as `90m`. Default `6h`. A backup that takes longer goes on.",
	})
	if nested, ok := limit.(schema.SingleNestedAttribute); ok {
		nested.MarkdownDescription = "How long the action may take."
		limit = nested
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Backs a protected VM up at once, beside its policy's schedule. The action reports how the job stands, and ends with the " +
			"recovery point or with the job's error. Needs Terraform 1.14.",
		Attributes: map[string]schema.Attribute{
			"protected_vm_id": schema.StringAttribute{
				MarkdownDescription: "The ARM id of the protected VM, such as `backup_protected_vm.example.id`: the id of the item in the vault, not the VM's own.",
				Required:            true,
				Validators:          []validator.String{rule("protected VM id", checkItemID)},
			},
			"retain_until": schema.StringAttribute{
				MarkdownDescription: "Keep the recovery point until this time, as in RFC 3339: `2026-12-31T00:00:00Z`. Default: the service keeps it for 30 days.",
				Optional:            true,
				Validators:          []validator.String{rule("time", checkTime)},
			},
			"retain_days": schema.Int64Attribute{
				MarkdownDescription: "Keep the recovery point for this many days, 1 to 36135 (99 years). Not together with `retain_until`.",
				Optional:            true,
				Validators:          []validator.Int64{int64validator.Between(1, longestRetention)},
			},
			"wait": schema.BoolAttribute{
				MarkdownDescription: "Wait until the backup is done. Default `true`. With `false` the action ends as soon as the job has started.",
				Optional:            true,
			},
			"timeouts": limit,
		},
	}
}

func (a *backupNowAction) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	a.run = runFrom(req.ProviderData, &resp.Diagnostics)
}

func (a *backupNowAction) ValidateConfig(ctx context.Context, req action.ValidateConfigRequest, resp *action.ValidateConfigResponse) {
	var m backupNowModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	m.checkRetention(&resp.Diagnostics)
}

// checkRetention finds two retentions. A value that is not known yet may turn out to be null.
func (m backupNowModel) checkRetention(diags *diag.Diagnostics) {
	set := func(v attr.Value) bool { return !v.IsNull() && !v.IsUnknown() }
	if set(m.RetainUntil) && set(m.RetainDays) {
		diags.AddAttributeError(path.Root("retain_days"), "Retention set twice",
			"The recovery point is kept until retain_until or for retain_days. Set one of them, or none for the service's default of 30 days.")
	}
}

// ModifyPlan finds a recovery point that would be expired at birth, or be kept for too long. A VM that is not protected yet is no mistake here:
// the same apply may protect it.
func (a *backupNowAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	var m backupNowModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	m.checkRetention(&resp.Diagnostics)
	id, err := vault.ParseItemID(m.ProtectedVMID.ValueString())
	if a.run == nil || err != nil || m.RetainUntil.IsNull() || m.RetainUntil.IsUnknown() || resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := reading(ctx)
	defer cancel()
	if _, err := a.run.vaults.ProtectedVM(ctx, id); err == nil { // which also tells the service's time
		m.retainUntil(a.run.vaults.Now(), &resp.Diagnostics)
	}
}

// retainUntil is when the recovery point expires; zero is the service's choice.
func (m backupNowModel) retainUntil(now time.Time, diags *diag.Diagnostics) time.Time {
	if days := m.RetainDays.ValueInt64(); days > 0 {
		return now.Add(time.Duration(days) * 24 * time.Hour)
	}
	until, _ := parseTime(m.RetainUntil.ValueString())
	switch {
	case until.IsZero():
	case !until.After(now):
		diags.AddAttributeError(path.Root("retain_until"), "Recovery point would be expired", fmt.Sprintf(
			"The service's clock says %s, which is not before the end of the retention, %s. Choose a later time.",
			now.UTC().Format(time.RFC3339), m.RetainUntil.ValueString()))
	case until.After(now.AddDate(catalog.MaxYearlyCount, 0, 0)):
		diags.AddAttributeError(path.Root("retain_until"), "Recovery point would be kept too long", fmt.Sprintf(
			"The service's clock says %s, and a recovery point is kept for at most %d years. Choose an earlier time than %s.",
			now.UTC().Format(time.RFC3339), catalog.MaxYearlyCount, m.RetainUntil.ValueString()))
	}
	return until
}

func (a *backupNowAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var m backupNowModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	m.checkRetention(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	id, err := vault.ParseItemID(m.ProtectedVMID.ValueString())
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("protected_vm_id"), "Invalid protected VM id", tfvalue.Sentence(err.Error()))
		return
	}
	limit, diags := m.Timeouts.Invoke(ctx, invokeTimeout)
	resp.Diagnostics.Append(diags...)
	ctx, cancel := limited(ctx, m.Timeouts.Attributes(), "invoke", limit)
	defer cancel()

	b := onDemandBackup{vaults: a.run.vaults, id: id, say: func(text string) { resp.SendProgress(action.InvokeProgressEvent{Message: text}) }}
	if !b.check(ctx, &resp.Diagnostics) {
		return
	}
	until := m.retainUntil(a.run.vaults.Now(), &resp.Diagnostics)
	if resp.Diagnostics.HasError() || !b.start(ctx, until, &resp.Diagnostics) {
		return
	}
	if m.Wait.IsNull() || m.Wait.ValueBool() {
		b.wait(ctx, &resp.Diagnostics)
		return
	}
	b.say(fmt.Sprintf("%s: job %s goes on; the data source backup_jobs shows how it stands", b.label(), b.job))
}
