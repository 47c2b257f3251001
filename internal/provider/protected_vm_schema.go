package provider

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// The words of the service for a protection that takes backups, or would if it could.
const (
	stateError  = "ProtectionError"
	statePaused = "ProtectionPaused"
)

// protectionStates are the allowed values of protection_state. The service's own words for Protected are among them, so
// that the configuration that Terraform writes for an import fits.
func protectionStates() []string {
	return []string{vault.StateProtected, vault.StateStopped, vault.StateSuspended, vault.StateIRPending, stateError, statePaused}
}

func (r *protectedVMResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The protection of a virtual machine: the vault that keeps its backups, and the policy that says when they are taken and how " +
			"long they are kept. The VM and the vault are in the same region, which is checked while planning, unless the vault's `region_of_choice` is `Enabled`; VMs in several " +
			"regions need a vault in each. The VM may be in another subscription than the vault.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				MarkdownDescription: "The ARM resource id of the protected item, as the service spells it. Compared without regard to letter case.",
				CustomType:          tfvalue.ARMName,
				Computed:            true,
			},
			"vault_id": schema.StringAttribute{
				MarkdownDescription: "The ARM id of the vault. A change replaces the protection; another letter case is not a change.",
				CustomType:          tfvalue.ARMName,
				Required:            true,
				Validators:          []validator.String{rule("backup vault id", checkVaultID)},
				PlanModifiers:       []planmodifier.String{tfvalue.ARMName.KeepSpelling(), tfvalue.ReplaceIfDiffers()},
			},
			"source_vm_id": schema.StringAttribute{
				MarkdownDescription: "The ARM id of the VM (`Microsoft.Compute/virtualMachines`), in any subscription. A change replaces the protection; " +
					"another letter case is not a change.",
				CustomType:    tfvalue.ARMName,
				Required:      true,
				Validators:    []validator.String{rule("virtual machine id", checkVMID)},
				PlanModifiers: []planmodifier.String{tfvalue.ARMName.KeepSpelling(), tfvalue.ReplaceIfDiffers()},
			},
			"backup_policy_id": schema.StringAttribute{
				MarkdownDescription: "The ARM id of the policy, a policy for VMs in the same vault. May only be left out while `protection_state` is " +
					"`ProtectionStopped` or `BackupsSuspended`. Changed in place, but not from an enhanced policy (`V2`) to a standard one. While the protection is stopped, the state keeps the policy there was.",
				CustomType:    tfvalue.ARMName,
				Optional:      true,
				Computed:      true,
				Validators:    []validator.String{rule("backup policy id", checkPolicyID)},
				PlanModifiers: []planmodifier.String{tfvalue.ARMName.KeepSpelling()},
			},
			"source_vm_region": schema.StringAttribute{
				MarkdownDescription: "The region of the VM, in any spelling. It has to be the vault's. Set it where the plan cannot read the VM, or to save the " +
					"call: a wrong region is then an error before anything is asked of the service. Default: what the service says.",
				CustomType:    tfvalue.Region,
				Optional:      true,
				Computed:      true,
				Validators:    []validator.String{regionValidator{r.environments}},
				PlanModifiers: []planmodifier.String{tfvalue.Region.KeepSpelling()},
			},
			"protection_state": schema.StringAttribute{
				MarkdownDescription: "`Protected`; `ProtectionStopped`: no more backups, and those there are stay for ever; or `BackupsSuspended`: no more " +
					"backups, and those there are expire by the policy, which needs a vault with `immutability`. When it is not set, the VM is to be " +
					"protected: a protection that was stopped or suspended, also with another tool, is taken up again, which the plan shows; and the " +
					"state has the service's word, such as `IRPending` until the first backup is taken. The service's `IRPending`, " +
					"`ProtectionError` and `ProtectionPaused` are no change from `Protected`, and may be written for it. Changed in place.",
				Optional:      true,
				Computed:      true,
				Validators:    []validator.String{stringvalidator.OneOf(protectionStates()...)},
				PlanModifiers: []planmodifier.String{keepState{}},
			},
			"deletion_policy": schema.StringAttribute{
				MarkdownDescription: "What becomes of the backups when the resource is destroyed. `delete`: they are deleted, and kept for a while by the " +
					"vault's soft delete; a resource for the same VM and vault brings them back; a vault with `immutability` refuses it. `retain_data`: they stay in the vault for ever, as with " +
					"`ProtectionStopped`, and another vault can protect the VM, also in the apply that changes `vault_id`. `suspend`: they stay until they expire by the policy, as with " +
					"`BackupsSuspended`, which needs a vault with `immutability`. Default `delete`. Changed in place, by an apply before the destroy.",
				Optional:   true,
				Computed:   true,
				Default:    stringdefault.StaticString(deletionDelete),
				Validators: []validator.String{stringvalidator.OneOf(deletionDelete, deletionRetain, deletionSuspend)},
			},
			"source_scan_enabled": sourceScanAttribute(),
			"timeouts":            timeoutsAttribute(ctx, protectedVMTimeouts),
		},
	}
	maps.Copy(resp.Schema.Attributes, diskChoiceAttributes())
	for name, text := range protectionStatusTexts() {
		resp.Schema.Attributes[name] = schema.StringAttribute{MarkdownDescription: text, Computed: true}
	}
}

// protectionStatusTexts describes protectionStatusModel's attributes of type string; the data source has them too.
func protectionStatusTexts() map[string]string {
	return map[string]string{
		"health":                "How the backups do: `Passed`, `ActionRequired`, `ActionSuggested` or `Invalid`.",
		"last_backup_status":    "How the last backup ended, in the service's words, such as `Completed`; null before the first.",
		"last_backup_time":      "When the last backup was taken (RFC 3339, UTC); null before the first.",
		"next_scheduled_backup": "When the policy takes the next backup (RFC 3339, UTC); null while the protection is stopped or suspended.",
	}
}

func (r *protectedVMResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"vault_id":     identityschema.StringAttribute{RequiredForImport: true, Description: "The ARM id of the vault."},
			"source_vm_id": identityschema.StringAttribute{RequiredForImport: true, Description: "The ARM id of the VM."},
		},
	}
}

func checkVMID(s string) error {
	_, err := vault.ParseVMID(s)
	return err
}

func checkPolicyID(s string) error {
	_, err := vault.ParsePolicyID(s)
	return err
}

// keepState plans the state's word where it asks for the same as the configuration's. Where the configuration has none, a
// policy asks for backups: a protection that was stopped, here or elsewhere, is taken up again.
type keepState struct{}

func (keepState) Description(context.Context) string {
	return "the service's words for a protected VM are no change from Protected, which a VM with a policy is to be when nothing else is set"
}

func (k keepState) MarkdownDescription(ctx context.Context) string { return k.Description(ctx) }

func (keepState) PlanModifyString(ctx context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	if req.StateValue.IsNull() || req.PlanValue.IsNull() {
		return
	}
	if req.ConfigValue.IsNull() && !takesBackups(req.StateValue.ValueString()) {
		var policy tfvalue.EqualText
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("backup_policy_id"), &policy)...)
		switch {
		case policy.IsUnknown():
			resp.PlanValue = types.StringUnknown()
		case !policy.IsNull():
			resp.PlanValue = types.StringValue(vault.StateProtected)
		}
		return
	}
	if !req.PlanValue.IsUnknown() && sameState(req.StateValue.ValueString(), req.PlanValue.ValueString()) {
		resp.PlanValue = req.StateValue
	}
}

// ValidateConfig checks the rules that span attributes, as far as their values are known.
func (r *protectedVMResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config protectedVMModel
	for name, target := range map[string]any{
		"vault_id": &config.VaultID, "backup_policy_id": &config.BackupPolicyID, "protection_state": &config.ProtectionState,
		"include_disk_luns": &config.IncludeDiskLUNs, "exclude_disk_luns": &config.ExcludeDiskLUNs, "os_disk_only": &config.OSDiskOnly,
	} {
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(name), target)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if config.BackupPolicyID.IsNull() && !config.ProtectionState.IsUnknown() && config.wantsBackups() {
		resp.Diagnostics.AddAttributeError(path.Root("backup_policy_id"), "Missing backup policy",
			"A protected VM needs a policy, which says when backups are taken. Set backup_policy_id; every vault has the policies DefaultPolicy and "+
				"EnhancedPolicy. It may only be left out while protection_state is ProtectionStopped or BackupsSuspended.")
	}
	config.check(&resp.Diagnostics)
	checkPolicyVault(config, &resp.Diagnostics)
}
