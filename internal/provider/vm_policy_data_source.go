package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

var _ datasource.DataSourceWithConfigure = (*vmPolicyDataSource)(nil)

// NewVMPolicyDataSource makes the data source backup_policy_vm.
func NewVMPolicyDataSource() datasource.DataSource { return &vmPolicyDataSource{} }

type vmPolicyDataSource struct{ run *run }

// vmPolicyDataModel is a policy in the data source.
type vmPolicyDataModel struct {
	ID      tfvalue.EqualText `tfsdk:"id"`
	Name    tfvalue.EqualText `tfsdk:"name"`
	VaultID tfvalue.EqualText `tfsdk:"vault_id"`
	vmPolicySettingsModel
	ProtectedVMCount types.Int64 `tfsdk:"protected_vm_count"`
}

func (d *vmPolicyDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_policy_vm"
}

func (d *vmPolicyDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "One backup policy for virtual machines, such as `DefaultPolicy` or `EnhancedPolicy`, which every vault has from birth. A policy " +
			"that does not exist is an error.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{MarkdownDescription: "The ARM resource id.", CustomType: tfvalue.ARMName, Computed: true},
			"name": schema.StringAttribute{
				MarkdownDescription: "The name of the policy; letter case does not matter.",
				CustomType:          tfvalue.ARMName,
				Required:            true,
				Validators:          []validator.String{rule("backup policy name", catalog.CheckPolicyName)},
			},
			"vault_id": schema.StringAttribute{
				MarkdownDescription: "The ARM id of the backup vault; letter case does not matter.",
				CustomType:          tfvalue.ARMName,
				Required:            true,
				Validators:          []validator.String{rule("backup vault id", checkVaultID)},
			},
			"protected_vm_count": schema.Int64Attribute{MarkdownDescription: "How many VMs have the policy.", Computed: true},
		},
	}
	maps.Copy(resp.Schema.Attributes, policyDataAttributes())
}

// policyDataAttributes describe the settings of a policy that was found; all of them are computed.
func policyDataAttributes() map[string]schema.Attribute {
	text := func(description string) schema.Attribute {
		return schema.StringAttribute{MarkdownDescription: description, Computed: true}
	}
	count := func(description string) schema.Attribute {
		return schema.Int64Attribute{MarkdownDescription: description, Computed: true}
	}
	words := func(description string) schema.Attribute {
		return schema.SetAttribute{MarkdownDescription: description, ElementType: types.StringType, Computed: true}
	}
	object := func(description string, attributes map[string]schema.Attribute) schema.Attribute {
		return schema.SingleNestedAttribute{MarkdownDescription: description, Computed: true, Attributes: attributes}
	}
	monthDays := func(unit string) map[string]schema.Attribute {
		return map[string]schema.Attribute{
			"count":    count("For how many " + unit + "."),
			"weekdays": words("The days of the week, such as `Monday`; null when the days are chosen by date."),
			"weeks":    words("The weeks of the month: `First`, `Second`, `Third`, `Fourth` or `Last`; null when the days are chosen by date."),
			"days": schema.SetAttribute{
				MarkdownDescription: "The dates; null when there are none.", ElementType: types.Int64Type, Computed: true,
			},
			"include_last_days": schema.BoolAttribute{MarkdownDescription: "Whether the last day of the month is chosen too.", Computed: true},
		}
	}
	yearly := monthDays("years")
	yearly["months"] = words("The months, such as `January`.")
	return map[string]schema.Attribute{
		"policy_type": text("`V1` (standard) or `V2` (enhanced)."),
		"timezone": schema.StringAttribute{
			MarkdownDescription: "The time zone of the times and days: a Windows name such as `China Standard Time`.", CustomType: tfvalue.TimeZone, Computed: true,
		},
		"backup": object("When backups are taken.", map[string]schema.Attribute{
			"frequency":     text("`Hourly`, `Daily` or `Weekly`."),
			"time":          text("The time of day, such as `23:00`; of an hourly schedule that of the first backup."),
			"weekdays":      words("The days of a weekly schedule; null otherwise."),
			"hour_interval": count("The hours between two backups of an hourly schedule; null otherwise."),
			"hour_duration": count("For how many hours an hourly schedule takes backups on each day; null otherwise."),
		}),
		"instant_restore_retention_days": count("How many days snapshots are kept beside the VM for instant restore."),
		"instant_restore_resource_group": object("The resource groups that hold the snapshots; null when the service names them.", map[string]schema.Attribute{
			"prefix": text("What the names of the groups start with."),
			"suffix": text("What the names of the groups end with; null for nothing."),
		}),
		"instant_access_snapshot_enabled": schema.BoolAttribute{
			MarkdownDescription: "Whether the snapshots of Premium SSD v2 and Ultra disks can be restored from at once; null for no, and where the service does not say.",
			Computed:            true,
		},
		"instant_access_duration_minutes": count("For how many minutes that is so; null where the service does not say."),
		"snapshot_consistency_type":       text("`OnlyCrashConsistent`, or null."),
		"retention_daily": object("How long each backup is kept; null when that is not said.", map[string]schema.Attribute{
			"count": count("For how many days."),
		}),
		"retention_weekly": object("How long the backups of some days of the week are kept; null when that is not said.", map[string]schema.Attribute{
			"count": count("For how many weeks."), "weekdays": words("The days, such as `Monday`."),
		}),
		"retention_monthly": object("How long backups of some days of the month are kept; null when that is not said.", monthDays("months")),
		"retention_yearly":  object("How long backups of some days of some months are kept; null when that is not said.", yearly),
		"tiering_policy": object("What is moved to cheaper storage; null when nothing is.", map[string]schema.Attribute{
			"archived_restore_point": object("What is moved to the archive tier.", map[string]schema.Attribute{
				"mode":          text("`TierAfter` or `TierRecommended`."),
				"duration":      count("How old backups are when they are moved, in `duration_type`; null with `TierRecommended`."),
				"duration_type": text("`Days`, `Weeks`, `Months` or `Years`; null with `TierRecommended`."),
			}),
		}),
	}
}

func (d *vmPolicyDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.run = runFrom(req.ProviderData, &resp.Diagnostics)
}

func (d *vmPolicyDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m vmPolicyDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() || d.run.waitsForPast(req, resp) { // how many VMs have it may change with the time
		return
	}
	of, err := vault.ParseID(m.VaultID.ValueString())
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("vault_id"), "Invalid backup vault id", tfvalue.Sentence(err.Error()))
		return
	}
	ctx, cancel := reading(ctx)
	defer cancel()
	id := vault.NewPolicyID(of, m.Name.ValueString())
	p, err := d.run.vaults.PolicyInFullOrGone(ctx, id)
	if vault.IsGone(err) {
		d.addNotFound(id, err, resp)
		return
	}
	if err != nil {
		resp.Diagnostics.AddError("Unable to read backup policy", tfvalue.Problem(policyLabel(id), err, ""))
		return
	}
	if !checkKind(p, "Not a backup policy for virtual machines", &resp.Diagnostics) {
		return
	}
	found := vmPolicyModel{Name: m.Name, VaultID: m.VaultID, vmPolicySettingsModel: emptyPolicySettings()}
	resp.Diagnostics.Append(found.take(ctx, p)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, vmPolicyDataModel{
		ID: found.ID, Name: found.Name, VaultID: found.VaultID, vmPolicySettingsModel: found.vmPolicySettingsModel, ProtectedVMCount: found.ProtectedVMCount,
	})...)
}

// addNotFound tells a policy that is not there from a vault that is not.
func (d *vmPolicyDataSource) addNotFound(id vault.PolicyID, err error, resp *datasource.ReadResponse) {
	var gone *vault.GoneError
	if errors.As(err, &gone) && gone.Vault != "" {
		resp.Diagnostics.AddAttributeError(path.Root("vault_id"), "Backup vault not found",
			fmt.Sprintf("There is no vault %s (environment %q).\n\n%s", id.Vault, d.run.environment, tfvalue.GoneAdvice))
		return
	}
	resp.Diagnostics.AddAttributeError(path.Root("name"), "Backup policy not found",
		fmt.Sprintf("The vault %q has no policy named %q (environment %q).\n\n%s", id.Vault.Name, id.Name, d.run.environment, tfvalue.GoneAdvice))
}
