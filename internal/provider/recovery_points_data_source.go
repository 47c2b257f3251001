package provider

import (
	"cmp"
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
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
					MarkdownDescription: "Where the recovery point is: `InstantRP` is a snapshot beside the VM, `HardenedRP` the vault, `ArchivedRP` the archive.",
					ElementType:         types.StringType,
					Computed:            true,
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
			}},
		},
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
	m.RecoveryPoints = []recoveryPointModel{}
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
		m.RecoveryPoints = append(m.RecoveryPoints, recoveryPointModel{
			ID: types.StringValue(p.ARMID), Name: types.StringValue(p.Name), Time: timeOrNull(p.Time), Consistency: textOrNull(p.Consistency),
			Tiers: textsValue(p.Tiers), ExpiryTime: timeOrNull(p.Expires), Rule: textOrNull(p.Rule),
		})
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

// codeNoDataSource is the service's code for a VM that the vault does not protect, whatever its status.
const codeNoDataSource = "BMSUserErrorDataSourceObjectNotFound"

const notProtectedAdvice = "Use the id of a backup_protected_vm, or one that the data source backup_protected_vms lists."

func checkItemID(s string) error {
	_, err := vault.ParseItemID(s)
	return err
}
