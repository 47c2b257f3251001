package provider

import (
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// vaultSettingsModel is the part of backup_vault that the resource and the data sources share beyond name and place.
type vaultSettingsModel struct {
	StorageRedundancy          types.String `tfsdk:"storage_redundancy"`
	StorageRedundancyLocked    types.Bool   `tfsdk:"storage_redundancy_locked"`
	CrossRegionRestoreEnabled  types.Bool   `tfsdk:"cross_region_restore_enabled"`
	SKU                        types.String `tfsdk:"sku"`
	SoftDelete                 types.Object `tfsdk:"soft_delete"`
	Immutability               types.String `tfsdk:"immutability"`
	PublicNetworkAccessEnabled types.Bool   `tfsdk:"public_network_access_enabled"`
	CrossSubscriptionRestore   types.String `tfsdk:"cross_subscription_restore"`
	Identity                   types.Object `tfsdk:"identity"`
	Encryption                 types.Object `tfsdk:"encryption"`
	Monitoring                 types.Object `tfsdk:"monitoring"`
	State                      types.String `tfsdk:"state"`
	newerVaultSettings

	ResourceGuardID tfvalue.EqualText `tfsdk:"resource_guard_id"`
}

type softDeleteModel struct {
	State         types.String `tfsdk:"state"`
	RetentionDays types.Int64  `tfsdk:"retention_days"`
}

type identityModel struct {
	Type        types.String `tfsdk:"type"`
	IdentityIDs types.Set    `tfsdk:"identity_ids"`
	PrincipalID types.String `tfsdk:"principal_id"`
	TenantID    types.String `tfsdk:"tenant_id"`
}

type encryptionModel struct {
	KeyID                           types.String      `tfsdk:"key_id"`
	InfrastructureEncryptionEnabled types.Bool        `tfsdk:"infrastructure_encryption_enabled"`
	UseSystemAssignedIdentity       types.Bool        `tfsdk:"use_system_assigned_identity"`
	UserAssignedIdentityID          tfvalue.EqualText `tfsdk:"user_assigned_identity_id"`
}

type monitoringModel struct {
	JobFailures        types.Bool `tfsdk:"alerts_for_all_job_failures_enabled"`
	ReplicationIssues  types.Bool `tfsdk:"alerts_for_all_replication_issues_enabled"`
	FailoverIssues     types.Bool `tfsdk:"alerts_for_all_failover_issues_enabled"`
	CriticalOperations types.Bool `tfsdk:"alerts_for_critical_operation_failures_enabled"`
	SiteRecoveryEmails types.Bool `tfsdk:"email_notifications_for_site_recovery_enabled"`
}

// emptySettings are settings of which nothing is known, as typed nulls.
func emptySettings() vaultSettingsModel {
	return vaultSettingsModel{
		SoftDelete: types.ObjectNull(softDeleteTypes), Identity: types.ObjectNull(identityTypes),
		Encryption: types.ObjectNull(encryptionTypes), Monitoring: types.ObjectNull(monitoringTypes), newerVaultSettings: emptyNewerSettings(),
		ResourceGuardID: tfvalue.ARMName.Null(),
	}
}

// as reads a nested attribute that is known; ok is false when it is null or unknown.
func as[T any](ctx context.Context, object types.Object, diags *diag.Diagnostics) (value T, ok bool) {
	if object.IsNull() || object.IsUnknown() {
		return value, false
	}
	diags.Append(object.As(ctx, &value, basetypes.ObjectAsOptions{})...)
	return value, true
}

// wanted are the settings that the model chooses; what is null or unknown stays as the service has it.
func (m vaultSettingsModel) wanted(ctx context.Context, diags *diag.Diagnostics) vault.Settings {
	s := vault.Settings{
		SKU: known(m.SKU), Immutability: known(m.Immutability), CrossSubscriptionRestore: known(m.CrossSubscriptionRestore),
		CrossRegionRestoreEnabled: knownSwitch(m.CrossRegionRestoreEnabled), PublicNetworkAccessEnabled: knownSwitch(m.PublicNetworkAccessEnabled),
		Identity: &vault.Identity{Type: "None"},
	}
	m.wantedIn(ctx, &s, diags)
	if redundancy := known(m.StorageRedundancy); redundancy != nil {
		s.Redundancy = new(catalog.Redundancy(*redundancy))
	}
	if soft, ok := as[softDeleteModel](ctx, m.SoftDelete, diags); ok {
		s.SoftDelete = &vault.SoftDelete{State: soft.State.ValueString(), RetentionDays: int(soft.RetentionDays.ValueInt64())}
	}
	if identity, ok := as[identityModel](ctx, m.Identity, diags); ok {
		s.Identity = &vault.Identity{Type: identity.Type.ValueString()}
		diags.Append(identity.IdentityIDs.ElementsAs(ctx, &s.Identity.IDs, true)...)
	}
	if e, ok := as[encryptionModel](ctx, m.Encryption, diags); ok {
		s.Encryption = &vault.Encryption{
			KeyID: e.KeyID.ValueString(), InfrastructureEncryptionEnabled: e.InfrastructureEncryptionEnabled.ValueBool(),
			UseSystemAssignedIdentity: e.UseSystemAssignedIdentity.ValueBool(), UserAssignedIdentityID: e.UserAssignedIdentityID.ValueString(),
		}
	}
	if w, ok := as[monitoringModel](ctx, m.Monitoring, diags); ok {
		s.Monitoring = &vault.Monitoring{
			JobFailures: knownSwitch(w.JobFailures), ReplicationIssues: knownSwitch(w.ReplicationIssues), FailoverIssues: knownSwitch(w.FailoverIssues),
			CriticalOperations: knownSwitch(w.CriticalOperations), SiteRecoveryEmails: knownSwitch(w.SiteRecoveryEmails),
		}
	}
	return s
}

// knownSwitch is known of a switch.
func knownSwitch(b types.Bool) *bool {
	if b.IsUnknown() {
		return nil
	}
	return b.ValueBoolPointer()
}

// known is the value of an attribute that has one.
func known(s types.String) *string {
	if s.IsUnknown() {
		return nil
	}
	return s.ValueStringPointer()
}

// take makes the settings what the service says they are; what it does not say is null.
func (m *vaultSettingsModel) take(ctx context.Context, v vault.Vault) (diags diag.Diagnostics) {
	s := v.Settings
	m.StorageRedundancy = textOrNull(string(orEmpty(s.Redundancy)))
	m.StorageRedundancyLocked = types.BoolValue(v.RedundancyLocked)
	m.CrossRegionRestoreEnabled = types.BoolPointerValue(s.CrossRegionRestoreEnabled)
	m.SKU = types.StringPointerValue(s.SKU)
	m.Immutability = types.StringPointerValue(s.Immutability)
	m.PublicNetworkAccessEnabled = types.BoolPointerValue(s.PublicNetworkAccessEnabled)
	m.CrossSubscriptionRestore = types.StringPointerValue(s.CrossSubscriptionRestore)
	m.State = types.StringValue(string(v.State))
	m.newerVaultSettings.take(ctx, s, &diags)
	m.ResourceGuardID = guardValue(m.ResourceGuardID, v.GuardID)
	m.SoftDelete = softDeleteValue(m.SoftDelete, s.SoftDelete, &diags)
	m.Monitoring = monitoringValue(m.Monitoring, s.Monitoring, &diags)
	m.Identity = identityValue(ctx, m.Identity, s.Identity, &diags)
	m.Encryption = encryptionValue(ctx, m.Encryption, s.Encryption, &diags)
	return diags
}

// softDeleteValue is null when the service says nothing; an object that there was stays one, with nulls in it, as that of
// an empty soft_delete = {} in the configuration.
func softDeleteValue(was types.Object, s *vault.SoftDelete, diags *diag.Diagnostics) types.Object {
	if s == nil {
		if !isKnown(was) {
			return types.ObjectNull(softDeleteTypes)
		}
		s = &vault.SoftDelete{}
	}
	days := types.Int64Null()
	if s.RetentionDays != 0 {
		days = types.Int64Value(int64(s.RetentionDays))
	}
	return objectValue(softDeleteTypes, map[string]attr.Value{"state": textOrNull(s.State), "retention_days": days}, diags)
}

// monitoringValue is to monitoring what softDeleteValue is to soft_delete.
func monitoringValue(was types.Object, m *vault.Monitoring, diags *diag.Diagnostics) types.Object {
	if m == nil {
		if !isKnown(was) {
			return types.ObjectNull(monitoringTypes)
		}
		m = &vault.Monitoring{}
	}
	return objectValue(monitoringTypes, map[string]attr.Value{
		"alerts_for_all_job_failures_enabled":            types.BoolPointerValue(m.JobFailures),
		"alerts_for_all_replication_issues_enabled":      types.BoolPointerValue(m.ReplicationIssues),
		"alerts_for_all_failover_issues_enabled":         types.BoolPointerValue(m.FailoverIssues),
		"alerts_for_critical_operation_failures_enabled": types.BoolPointerValue(m.CriticalOperations),
		"email_notifications_for_site_recovery_enabled":  types.BoolPointerValue(m.SiteRecoveryEmails),
	}, diags)
}

func isKnown(o types.Object) bool { return !o.IsNull() && !o.IsUnknown() }

// openUnsaid leaves open what the service said nothing of and may say after a change of what is beside it.
func openUnsaid(ctx context.Context, plan, state vaultModel, resp *resource.ModifyPlanResponse) {
	for name, o := range map[string]struct{ after, before types.Object }{
		"soft_delete": {plan.SoftDelete, state.SoftDelete}, "monitoring": {plan.Monitoring, state.Monitoring},
		"source_scan_configuration": {plan.SourceScanConfiguration, state.SourceScanConfiguration},
	} {
		if !isKnown(o.after) || o.after.Equal(o.before) {
			continue
		}
		for member, value := range o.after.Attributes() {
			if !value.IsNull() {
				continue
			}
			unknown, err := value.Type(ctx).ValueFromTerraform(ctx, tftypes.NewValue(value.Type(ctx).TerraformType(ctx), tftypes.UnknownValue))
			if err != nil {
				resp.Diagnostics.AddError("Unable to plan backup vault", tfvalue.Problem(vaultLabel(state), err, "This is a defect of the provider."))
				return
			}
			resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root(name).AtName(member), unknown)...)
		}
	}
}

func objectValue(kinds map[string]attr.Type, values map[string]attr.Value, diags *diag.Diagnostics) types.Object {
	object, d := types.ObjectValue(kinds, values)
	diags.Append(d...)
	return object
}

// identityValue keeps the spelling of the ids that the model had, and an empty set of them.
func identityValue(ctx context.Context, was types.Object, i *vault.Identity, diags *diag.Diagnostics) types.Object {
	if i == nil {
		return types.ObjectNull(identityTypes)
	}
	var spelled []string
	before, had := as[identityModel](ctx, was, diags)
	if had {
		diags.Append(before.IdentityIDs.ElementsAs(ctx, &spelled, true)...)
	}
	ids := types.SetNull(types.StringType)
	if len(i.IDs) > 0 {
		var values []attr.Value
		for _, id := range i.IDs {
			if n := slices.IndexFunc(spelled, func(s string) bool { return strings.EqualFold(s, id) }); n >= 0 {
				id = spelled[n]
			}
			values = append(values, types.StringValue(id))
		}
		set, d := types.SetValue(types.StringType, values)
		diags.Append(d...)
		ids = set
	}
	return objectValue(identityTypes, map[string]attr.Value{
		"type": types.StringValue(i.Type), "identity_ids": keepEmpty(before.IdentityIDs, ids),
		"principal_id": textOrNull(i.PrincipalID), "tenant_id": textOrNull(i.TenantID),
	}, diags)
}

func encryptionValue(ctx context.Context, was types.Object, e *vault.Encryption, diags *diag.Diagnostics) types.Object {
	if e == nil {
		return types.ObjectNull(encryptionTypes)
	}
	id := tfvalue.ARMName.Null()
	if e.UserAssignedIdentityID != "" {
		id = tfvalue.ARMName.Value(e.UserAssignedIdentityID)
	}
	if before, ok := as[encryptionModel](ctx, was, diags); ok {
		id = tfvalue.Keep(before.UserAssignedIdentityID, id)
	}
	return objectValue(encryptionTypes, map[string]attr.Value{
		"key_id": types.StringValue(e.KeyID), "infrastructure_encryption_enabled": types.BoolValue(e.InfrastructureEncryptionEnabled),
		"use_system_assigned_identity": types.BoolValue(e.UseSystemAssignedIdentity), "user_assigned_identity_id": id,
	}, diags)
}

// textOrNull turns the service's "" into null.
func textOrNull(s string) types.String {
	if s == "" {
		return types.StringNull()
	}
	return types.StringValue(s)
}

// countOrNull is a count that the service may not have given.
func countOrNull(n *int) types.Int64 {
	if n == nil {
		return types.Int64Null()
	}
	return types.Int64Value(int64(*n))
}

// usageValue is what a vault holds.
func usageValue(u vault.Usage, diags *diag.Diagnostics) types.Object {
	kinds := map[string]attr.Value{}
	for name, count := range u.ByKind {
		kinds[name] = types.Int64Value(count)
	}
	byKind, d := types.MapValue(types.Int64Type, kinds)
	diags.Append(d...)
	return objectValue(usageTypes, map[string]attr.Value{
		"protected_items": types.Int64Value(int64(u.ProtectedItems)), "recovery_points": countOrNull(u.RecoveryPoints), "by_kind": byKind,
	}, diags)
}
