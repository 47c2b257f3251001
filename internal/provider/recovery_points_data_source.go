package provider

import (
	"cmp"
	"context"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

var (
	_ datasource.DataSourceWithConfigure      = (*recoveryPointsDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*recoveryPointsDataSource)(nil)
)

// NewRecoveryPointsDataSource makes the data source backup_recovery_points.
func NewRecoveryPointsDataSource() datasource.DataSource { return &recoveryPointsDataSource{} }

type recoveryPointsDataSource struct{ run *run }

type recoveryPointsModel struct {
	timeWindow
	ProtectedVMID  types.String         `tfsdk:"protected_vm_id"`
	CleanOnly      types.Bool           `tfsdk:"clean_only"`
	RecoveryPoints []recoveryPointModel `tfsdk:"recovery_points"`
}

type recoveryPointModel struct {
	ID          types.String `tfsdk:"id"`
	Name        types.String `tfsdk:"name"`
	Time        types.String `tfsdk:"time"`
	Consistency types.String `tfsdk:"consistency"`
	Tiers       types.List   `tfsdk:"tiers"`
	ExpiryTime  types.String `tfsdk:"expiry_time"`
	Rule        types.String `tfsdk:"rule"`

	Immutable      types.Bool    `tfsdk:"immutable"`
	ImmutableUntil types.String  `tfsdk:"immutable_until"`
	ThreatStatus   types.String  `tfsdk:"threat_status"`
	Threats        []threatModel `tfsdk:"threats"`
}

// threatModel is a threat that a scan has found in a recovery point.
type threatModel struct {
	Title       types.String `tfsdk:"title"`
	Description types.String `tfsdk:"description"`
	Severity    types.String `tfsdk:"severity"`
	State       types.String `tfsdk:"state"`
	StartTime   types.String `tfsdk:"start_time"`
	EndTime     types.String `tfsdk:"end_time"`
	UpdateTime  types.String `tfsdk:"update_time"`
	URL         types.String `tfsdk:"url"`
}

func newRecoveryPointModel(p vault.RecoveryPoint) recoveryPointModel {
	m := recoveryPointModel{
		ID: types.StringValue(p.ARMID), Name: types.StringValue(p.Name), Time: timeOrNull(p.Time), Consistency: textOrNull(p.Consistency),
		Tiers: textsValue(p.Tiers), ExpiryTime: timeOrNull(p.Expires), Rule: textOrNull(p.Rule),
		Immutable: types.BoolPointerValue(p.Immutable), ImmutableUntil: timeOrNull(p.ImmutableUntil), ThreatStatus: textOrNull(p.ThreatStatus),
		Threats: []threatModel{},
	}
	for _, t := range p.Threats {
		m.Threats = append(m.Threats, threatModel{
			Title: textOrNull(t.Title), Description: textOrNull(t.Description), Severity: textOrNull(t.Severity), State: textOrNull(t.State),
			StartTime: timeOrNull(t.Start), EndTime: timeOrNull(t.End), UpdateTime: timeOrNull(t.Updated), URL: textOrNull(t.URL),
		})
	}
	return m
}

func (d *recoveryPointsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_recovery_points"
}

func (d *recoveryPointsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"protected_vm_id": schema.StringAttribute{
			MarkdownDescription: "The ARM id of the protected VM, such as `backup_protected_vm.example.id`: the id of the item in the vault, not the VM's own.",
			Required:            true,
			Validators:          []validator.String{rule("protected VM id", checkItemID)},
		},
		"recovery_points": schema.ListNestedAttribute{
			MarkdownDescription: "The recovery points, newest first.",
			Computed:            true,
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"id":   schema.StringAttribute{MarkdownDescription: "The ARM id.", Computed: true},
				"name": schema.StringAttribute{MarkdownDescription: "The name, unique in the protected VM.", Computed: true},
				"time": schema.StringAttribute{MarkdownDescription: "When the backup was taken, in UTC as in RFC 3339.", Computed: true},
				"consistency": schema.StringAttribute{
					MarkdownDescription: "What a restored VM finds: `AppConsistent`, `FileSystemConsistent` or `CrashConsistent`.", Computed: true,
				},
				"tiers": schema.ListAttribute{
					MarkdownDescription: "Where the recovery point is: `IASnapshotRP` is a snapshot that can be restored from at once, `InstantRP` a snapshot beside the VM, " +
						"`HardenedRP` the vault, `ArchivedRP` the archive. There may be others.",
					ElementType: types.StringType,
					Computed:    true,
				},
				"expiry_time": schema.StringAttribute{
					MarkdownDescription: "When the recovery point is removed, in UTC as in RFC 3339. Null when it is kept for ever, as after a stop of the " +
						"protection, or when the service does not say.",
					Computed: true,
				},
				"rule": schema.StringAttribute{
					MarkdownDescription: "The retention rule of the policy that keeps the recovery point, as the service names it. Null when it does not say.",
					Computed:            true,
				},
				"immutable": schema.BoolAttribute{
					MarkdownDescription: "Whether the recovery point cannot be deleted before its time. Null when the service does not say.", Computed: true,
				},
				"immutable_until": schema.StringAttribute{
					MarkdownDescription: "Until when that is so, in UTC as in RFC 3339. Null when the policy decides, or the service does not say.", Computed: true,
				},
				"threat_status": schema.StringAttribute{
					MarkdownDescription: "What a scan has found, in the service's words: `Healthy`, `Warning`, `UnHealthy`, `Unknown`, or `NotAvailable` without a scan " +
						"(`source_scan_enabled` of `backup_protected_vm`). Null when the service does not say.",
					Computed: true,
				},
				"threats": schema.ListNestedAttribute{
					MarkdownDescription: "The threats that a scan has found.",
					Computed:            true,
					NestedObject:        schema.NestedAttributeObject{Attributes: threatAttributes()},
				},
			}},
		},
	}
	attributes["clean_only"] = schema.BoolAttribute{
		MarkdownDescription: "Only recovery points that a scan has found free of threats, whose `threat_status` is `Healthy`: the first of them is the newest clean " +
			"one. Needs API version " + catalog.SourceScanSince + "; it is an error in a cloud that does not have it. Default `false`.",
		Optional: true,
	}
	maps.Copy(attributes, timeWindowAttributes("Only recovery points taken"))
	resp.Schema = schema.Schema{
		MarkdownDescription: "The recovery points of a protected VM: the states that it can be restored to, newest first. A VM without any backup yet " +
			"has none, which is an empty list and not an error.",
		Attributes: attributes,
	}
}

func (d *recoveryPointsDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.run = runFrom(req.ProviderData, &resp.Diagnostics)
}

func (d *recoveryPointsDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var w timeWindow
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("start_time"), &w.StartTime)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("end_time"), &w.EndTime)...)
	w.check(&resp.Diagnostics)
}

func (d *recoveryPointsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m recoveryPointsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() || d.run.waitsForPast(req, resp) {
		return
	}
	id, err := vault.ParseItemID(m.ProtectedVMID.ValueString())
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("protected_vm_id"), "Invalid protected VM id", tfvalue.Sentence(err.Error()))
		return
	}
	ctx, cancel := reading(ctx)
	defer cancel()
	if m.CleanOnly.ValueBool() {
		if err := d.run.vaults.Lack(ctx, id.Vault, vault.AttributeClean); err != nil {
			addLack(&resp.Diagnostics, vault.AttributeClean, itemLabel(id), err, "Nothing tells there whether a recovery point is clean. Leave clean_only out in this cloud.")
			return
		}
	}
	m.RecoveryPoints = []recoveryPointModel{}
	passed := 0
	for p, err := range d.run.vaults.RecoveryPoints(ctx, id, m.window()) {
		if d.run.passesOver(err, &resp.Diagnostics) {
			continue
		}
		if arm.IsNotFound(err) || arm.HasCode(err, codeNoDataSource) {
			refusal := err
			_, err = d.run.vaults.ProtectedVMOrGone(ctx, id)
			err = cmp.Or(err, refusal)
		}
		if vault.IsGone(err) || arm.HasCode(err, codeNoDataSource) {
			resp.Diagnostics.AddAttributeError(path.Root("protected_vm_id"), "VM is not protected", tfvalue.Problem(itemLabel(id), err, notProtectedAdvice+" "+tfvalue.GoneAdvice))
			return
		}
		if err != nil {
			resp.Diagnostics.AddError("Unable to list recovery points", tfvalue.Problem(itemLabel(id), err, ""))
			return
		}
		if m.CleanOnly.ValueBool() && !p.Clean() {
			passed++
			continue
		}
		m.RecoveryPoints = append(m.RecoveryPoints, newRecoveryPointModel(p))
	}
	if passed > 0 && len(m.RecoveryPoints) == 0 {
		addNoneClean(id, passed, &resp.Diagnostics)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

// addNoneClean says that no scan has found a clean recovery point among those passed over.
func addNoneClean(id vault.ItemID, passed int, diags *diag.Diagnostics) {
	diags.AddAttributeWarning(path.Root(vault.AttributeClean), "No clean recovery point", fmt.Sprintf(
		"%s: none of its recovery points (%d) is known to be free of threats. Without clean_only, threat_status tells why: it is NotAvailable for those taken while the VM was not "+
			"scanned, which source_scan_enabled = true in its backup_protected_vm changes for those to come.", itemLabel(id), passed))
}

func threatAttributes() map[string]schema.Attribute {
	text := func(description string) schema.Attribute {
		return schema.StringAttribute{MarkdownDescription: description, Computed: true}
	}
	return map[string]schema.Attribute{
		"title":       text("What it is."),
		"description": text("More about it; null when there is none."),
		"severity":    text("The service's word: `Critical`, `High`, `Warning` or `Informational`."),
		"state":       text("The service's word: `Active`, `InProgress`, `Ignored` or `Resolved`."),
		"start_time":  text("When it began, in UTC as in RFC 3339."),
		"end_time":    text("When it ended, in UTC as in RFC 3339; null when it has not."),
		"update_time": text("When the service last heard of it, in UTC as in RFC 3339."),
		"url":         text("Where there is more about it; null when the service does not say."),
	}
}

// codeNoDataSource is the service's code for a VM that the vault does not protect, whatever its status.
const codeNoDataSource = "BMSUserErrorDataSourceObjectNotFound"

const notProtectedAdvice = "Use the id of a backup_protected_vm, or one that the data source backup_protected_vms lists."

func checkItemID(s string) error {
	_, err := vault.ParseItemID(s)
	return err
}
