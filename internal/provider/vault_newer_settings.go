package provider

import (
	"context"
	"errors"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	datasource "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// newerVaultSettings are the settings of a vault that not every cloud has yet: they came with the API versions of 2025 and 2026.
// None has a default of ours, as a cloud that lacks one says nothing of it.
type newerVaultSettings struct {
	ImmutabilityConfiguration types.Object `tfsdk:"immutability_configuration"`
	RegionOfChoice            types.String `tfsdk:"region_of_choice"`
	CostGranularityLevel      types.String `tfsdk:"cost_granularity_level"`
	SourceScanConfiguration   types.Object `tfsdk:"source_scan_configuration"`
}

// newerAttributes are the attributes of newerVaultSettings.
var newerAttributes = []string{"cost_granularity_level", "immutability_configuration", "region_of_choice", "source_scan_configuration"}

type immutabilityPeriodModel struct {
	Type           types.String `tfsdk:"type"`
	DurationInDays types.Int64  `tfsdk:"duration_in_days"`
}

type vaultSourceScanModel struct {
	State                  types.String      `tfsdk:"state"`
	IdentityType           types.String      `tfsdk:"identity_type"`
	UserAssignedIdentityID tfvalue.EqualText `tfsdk:"user_assigned_identity_id"`
}

var (
	immutabilityPeriodTypes = map[string]attr.Type{"type": types.StringType, "duration_in_days": types.Int64Type}
	vaultSourceScanTypes    = map[string]attr.Type{
		"state": types.StringType, "identity_type": types.StringType, "user_assigned_identity_id": tfvalue.ARMName,
	}
)

// emptyNewerSettings are settings of which nothing is known, as typed nulls.
func emptyNewerSettings() newerVaultSettings {
	return newerVaultSettings{
		ImmutabilityConfiguration: types.ObjectNull(immutabilityPeriodTypes), SourceScanConfiguration: types.ObjectNull(vaultSourceScanTypes),
	}
}

func newerSettingsAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"immutability_configuration": schema.SingleNestedAttribute{
			MarkdownDescription: "For how long the recovery points of an immutable vault cannot be deleted. Default: the service's, which is as per policy " +
				"where `immutability` is `Unlocked` or `Locked`; when it is not set later, the vault keeps what it has. It does nothing while `immutability` " +
				"is `Disabled`, which is a warning when planning. Changed in place. A cloud needs the API version 2026-05-01 for it, which is checked when planning.",
			Optional: true, Computed: true,
			Attributes: map[string]schema.Attribute{
				"type": schema.StringAttribute{
					MarkdownDescription: "`AsPerPolicy`, for as long as the policy keeps each of them, or `TimeBased`, for a number of days whatever the policy says.",
					Required:            true,
				},
				"duration_in_days": schema.Int64Attribute{
					MarkdownDescription: "The days of `TimeBased`: 30 to 36135. Needed with it, and not allowed with `AsPerPolicy`. Where `immutability` is `Locked`, " +
						"Azure may refuse to make them fewer, which is a warning when planning.",
					Optional: true,
				},
			},
		},
		"region_of_choice": schema.StringAttribute{
			MarkdownDescription: "Whether the vault protects VMs of other regions than its own: `Enabled` or `Disabled`. Microsoft allows it for selected " +
				"subscriptions and pairs of regions only. With `Enabled`, a VM in another region than the vault's is no error. Default: the service's, `Disabled`; when " +
				"it is not set later, the vault keeps what it has. Changed in place. A cloud needs the API version 2026-07-01 for it, which is checked when planning.",
			Optional: true, Computed: true,
		},
		"cost_granularity_level": schema.StringAttribute{
			MarkdownDescription: "What the costs of backups are shown by: `VaultLevel`, `ProtectedItemLevel` (by VM) or `ProtectedItemWithParentTag` (by VM, with the tags of " +
				"what it belongs to). Default: the service's; null when it does not say. When it is not set later, the vault keeps what it has. " +
				"Changed in place. A cloud needs the API version 2026-01-01 for it, which is checked when planning.",
			Optional: true, Computed: true,
		},
		"source_scan_configuration": schema.SingleNestedAttribute{
			MarkdownDescription: "Whether the VMs of the vault can be scanned for threats (Microsoft Defender for Cloud), and by which identity of the vault. " +
				"Default: the service's, which is `Disabled`; when it is not set later, the vault keeps what it has. Changed in place. A cloud needs the API version " +
				"2025-02-01 for it, which is checked when planning.",
			Optional: true, Computed: true,
			Attributes: map[string]schema.Attribute{
				"state": schema.StringAttribute{MarkdownDescription: "`Enabled` or `Disabled`.", Required: true},
				"identity_type": schema.StringAttribute{
					MarkdownDescription: "`SystemAssigned` or `UserAssigned`. What is not set, the service chooses, and the vault keeps.",
					Optional:            true, Computed: true,
				},
				"user_assigned_identity_id": schema.StringAttribute{
					MarkdownDescription: "The ARM id of the user-assigned identity: needed with `UserAssigned`, not allowed otherwise.",
					CustomType:          tfvalue.ARMName, Optional: true, Computed: true,
					Validators:    []validator.String{rule("identity id", checkIdentityID)},
					PlanModifiers: []planmodifier.String{tfvalue.ARMName.KeepSpelling()},
				},
			},
		},
	}
}

func newerSettingsDataAttributes() map[string]datasource.Attribute {
	text := func(description string) datasource.Attribute {
		return datasource.StringAttribute{MarkdownDescription: description, Computed: true}
	}
	return map[string]datasource.Attribute{
		"immutability_configuration": datasource.SingleNestedAttribute{
			MarkdownDescription: "For how long the recovery points of an immutable vault cannot be deleted; null when the service does not say.",
			Computed:            true,
			Attributes: map[string]datasource.Attribute{
				"type":             text("`AsPerPolicy` or `TimeBased`."),
				"duration_in_days": datasource.Int64Attribute{MarkdownDescription: "The days of `TimeBased`.", Computed: true},
			},
		},
		"region_of_choice":       text("Whether the vault protects VMs of other regions than its own: `Enabled` or `Disabled`; null when the service does not say."),
		"cost_granularity_level": text("What the costs of backups are shown by: `VaultLevel`, `ProtectedItemLevel` or `ProtectedItemWithParentTag`; null when the service does not say."),
		"source_scan_configuration": datasource.SingleNestedAttribute{
			MarkdownDescription: "Whether the VMs of the vault can be scanned for threats; null when the service does not say.",
			Computed:            true,
			Attributes: map[string]datasource.Attribute{
				"state":         text("`Enabled` or `Disabled`."),
				"identity_type": text("The identity that scans: `SystemAssigned` or `UserAssigned`."),
				"user_assigned_identity_id": datasource.StringAttribute{
					MarkdownDescription: "The ARM id of the user-assigned identity.", CustomType: tfvalue.ARMName, Computed: true,
				},
			},
		},
	}
}

// wantedIn adds the settings that the model chooses.
func (m newerVaultSettings) wantedIn(ctx context.Context, s *vault.Settings, diags *diag.Diagnostics) {
	s.RegionOfChoice, s.CostGranularity = known(m.RegionOfChoice), known(m.CostGranularityLevel)
	if period, ok := as[immutabilityPeriodModel](ctx, m.ImmutabilityConfiguration, diags); ok {
		s.ImmutabilityPeriod = &vault.ImmutabilityPeriod{Type: period.Type.ValueString(), Days: int(period.DurationInDays.ValueInt64())}
	}
	if scan, ok := as[vaultSourceScanModel](ctx, m.SourceScanConfiguration, diags); ok {
		s.SourceScan = &vault.SourceScanSettings{
			State: scan.State.ValueString(), IdentityType: scan.IdentityType.ValueString(), UserAssignedIdentityID: scan.UserAssignedIdentityID.ValueString(),
		}
	}
}

// take makes the settings what the service says they are; what it does not say is null.
func (m *newerVaultSettings) take(ctx context.Context, s vault.Settings, diags *diag.Diagnostics) {
	m.RegionOfChoice, m.CostGranularityLevel = types.StringPointerValue(s.RegionOfChoice), types.StringPointerValue(s.CostGranularity)
	m.ImmutabilityConfiguration = types.ObjectNull(immutabilityPeriodTypes)
	if p := s.ImmutabilityPeriod; p != nil {
		days := types.Int64Null()
		if p.Days != 0 {
			days = types.Int64Value(int64(p.Days))
		}
		m.ImmutabilityConfiguration = objectValue(immutabilityPeriodTypes, map[string]attr.Value{"type": textOrNull(p.Type), "duration_in_days": days}, diags)
	}
	before, _ := as[vaultSourceScanModel](ctx, m.SourceScanConfiguration, diags)
	m.SourceScanConfiguration = types.ObjectNull(vaultSourceScanTypes)
	if scan := s.SourceScan; scan != nil {
		id := tfvalue.ARMName.Null()
		if scan.UserAssignedIdentityID != "" {
			id = tfvalue.Keep(before.UserAssignedIdentityID, tfvalue.ARMName.Value(scan.UserAssignedIdentityID))
		}
		m.SourceScanConfiguration = objectValue(vaultSourceScanTypes, map[string]attr.Value{
			"state": textOrNull(scan.State), "identity_type": textOrNull(scan.IdentityType), "user_assigned_identity_id": id,
		}, diags)
	}
}

// openNewer leaves open, or takes out of a plan, what the service may say otherwise after a change of what it goes with.
func openNewer(ctx context.Context, plan, state vaultModel, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if !plan.Immutability.Equal(state.Immutability) && tfvalue.ConfigIsNull(req, "immutability_configuration") {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("immutability_configuration"), types.ObjectUnknown(immutabilityPeriodTypes))...)
	}
	scan, chosen := as[vaultSourceScanModel](ctx, plan.SourceScanConfiguration, &resp.Diagnostics)
	at := tftypes.NewAttributePath().WithAttributeName("source_scan_configuration").WithAttributeName("user_assigned_identity_id")
	if id, ok := tfvalue.ValueAt(req.Config.Raw, at); chosen && ok && id.IsNull() && scan.IdentityType.ValueString() == catalog.IdentitySystemAssigned {
		// The one there was is not kept beside the other identity.
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("source_scan_configuration").AtName("user_assigned_identity_id"), tfvalue.ARMName.Null())...)
	}
}

// checkVersion refuses settings that the cloud has no API version for.
func (r *vaultResource) checkVersion(ctx context.Context, m vaultModel, config tftypes.Value, diags *diag.Diagnostics) {
	var chosen []string
	for _, name := range newerAttributes {
		if !tfvalue.IsUnset(config, name) {
			chosen = append(chosen, name)
		}
	}
	var lacking *vault.LackingError
	if len(chosen) == 0 || !errors.As(r.run.vaults.CheckVersion(ctx, m.armID(), chosen...), &lacking) {
		return
	}
	for _, name := range lacking.Attributes {
		one := &vault.LackingError{Attributes: []string{name}, Version: lacking.Version}
		diags.AddAttributeError(path.Root(name), lackingTitle, tfvalue.Problem(vaultLabel(m), one, lackingAdvice))
	}
}

const lackingTitle = "The cloud does not have this setting yet"

const lackingAdvice = "Leave it out of the vaults of this cloud; nothing was written."

// isLacking tells whether a write was not sent because the cloud does not have what was asked for.
func isLacking(err error) bool {
	var lacking *vault.LackingError
	return errors.As(err, &lacking)
}

// protectsOtherRegions tells whether a vault protects VMs of other regions; a word that is not known yet may turn out to.
func protectsOtherRegions(word types.String, config tftypes.Value) bool {
	return strings.EqualFold(word.ValueString(), catalog.SettingEnabled) || word.IsUnknown() && !tfvalue.IsUnset(config, "region_of_choice")
}
