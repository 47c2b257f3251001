package provider

import (
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
)

// The types of the nested attributes.
var (
	softDeleteTypes = map[string]attr.Type{"state": types.StringType, "retention_days": types.Int64Type}
	identityTypes   = map[string]attr.Type{
		"type": types.StringType, "identity_ids": types.SetType{ElemType: types.StringType},
		"principal_id": types.StringType, "tenant_id": types.StringType,
	}
	encryptionTypes = map[string]attr.Type{
		"key_id": types.StringType, "infrastructure_encryption_enabled": types.BoolType,
		"use_system_assigned_identity": types.BoolType, "user_assigned_identity_id": tfvalue.ARMName,
	}
	monitoringTypes = map[string]attr.Type{
		"alerts_for_all_job_failures_enabled": types.BoolType, "alerts_for_all_replication_issues_enabled": types.BoolType,
		"alerts_for_all_failover_issues_enabled": types.BoolType, "alerts_for_critical_operation_failures_enabled": types.BoolType,
		"email_notifications_for_site_recovery_enabled": types.BoolType,
	}
	usageTypes = map[string]attr.Type{
		"protected_items": types.Int64Type, "recovery_points": types.Int64Type, "by_kind": types.MapType{ElemType: types.Int64Type},
	}
)

// settingsAttributes are the attributes of a vault beyond its name, place, redundancy and tags.
func settingsAttributes() map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{
		"sku": schema.StringAttribute{
			MarkdownDescription: "`Standard` or `RS0`; it has no effect on the redundancy of the storage. Default `Standard` at creation; when it is " +
				"not set later, the vault keeps what it has. Changed in place.",
			Optional: true, Computed: true,
		},
		"soft_delete": schema.SingleNestedAttribute{
			MarkdownDescription: "Whether deleted backups are kept for a while. What is not set, the service chooses, and the vault keeps; null is what " +
				"it does not say. Changed in place.",
			Optional: true, Computed: true,
			Attributes: map[string]schema.Attribute{
				"state": schema.StringAttribute{
					MarkdownDescription: "`Disabled`, `Enabled` or `AlwaysOn`, which is final: another value is then an error when planning. Since 2026 " +
						"Azure gives every new vault `AlwaysOn` and refuses the others, but for regions and subscriptions that it has not switched over: the " +
						"plan warns of them in Azure, and in the embedded service they are an error unless its setting `soft_delete_forced` is `false`.",
					Optional: true, Computed: true,
				},
				"retention_days": schema.Int64Attribute{
					MarkdownDescription: "How many days deleted backups are kept: 14 to 180. Null when the service does not say.",
					Optional:            true, Computed: true,
				},
			},
		},
		"immutability": schema.StringAttribute{
			MarkdownDescription: "Whether backups are protected from being deleted early: `Disabled`, `Unlocked` or `Locked`, which is final: another value " +
				"is then an error when planning. The way to `Locked` leads through `Unlocked`; the provider goes it in two steps. Default " +
				"`Disabled` at creation; when it is not set later, the vault keeps what it has. Changed in place.",
			Optional: true, Computed: true,
		},
		"public_network_access_enabled": schema.BoolAttribute{
			MarkdownDescription: "Whether the vault can be reached from public networks. Default `true` at creation; when it is not set later, the vault " +
				"keeps what it has. Changed in place.",
			Optional: true, Computed: true,
		},
		"cross_subscription_restore": schema.StringAttribute{
			MarkdownDescription: "Whether backups can be restored to other subscriptions: `Enabled`, `Disabled` or `PermanentlyDisabled`, which is final: " +
				"another value is then an error when planning. What is not set, the service chooses, and the vault keeps. Changed in place.",
			Optional: true, Computed: true,
		},
		"resource_guard_id": schema.StringAttribute{
			MarkdownDescription: "The ARM id of the resource guard by which others have to agree to critical operations on the vault (multi-user authorization). It may be " +
				"in another subscription. `\"\"` takes the guard away, which the guard protects itself; when it is not set, the vault keeps what it has. Changed in place.",
			CustomType: tfvalue.ARMName, Optional: true, Computed: true,
			Validators:    []validator.String{rule("resource guard id", checkGuardID)},
			PlanModifiers: []planmodifier.String{tfvalue.ARMName.KeepSpelling()},
		},
		"identity": schema.SingleNestedAttribute{
			MarkdownDescription: "The managed identity of the vault. Default: none; leaving it out removes it. Changed in place.",
			Optional:            true,
			Attributes: map[string]schema.Attribute{
				"type": schema.StringAttribute{
					MarkdownDescription: "`SystemAssigned`, `UserAssigned` or `SystemAssigned, UserAssigned`.",
					Required:            true,
				},
				"identity_ids": schema.SetAttribute{
					MarkdownDescription: "The ARM ids of the user-assigned identities: needed when `type` has `UserAssigned`, not allowed otherwise.",
					ElementType:         types.StringType, Optional: true,
					Validators: []validator.Set{setvalidator.NoNullValues(), setvalidator.ValueStringsAre(rule("identity id", checkIdentityID))},
				},
				"principal_id": schema.StringAttribute{MarkdownDescription: "The object id of the system-assigned identity.", Computed: true},
				"tenant_id":    schema.StringAttribute{MarkdownDescription: "The tenant of the system-assigned identity.", Computed: true},
			},
		},
		"encryption": schema.SingleNestedAttribute{
			MarkdownDescription: "Encryption with a key of your own. Default: with a key of Azure's. It cannot be removed again, which is an error when " +
				"planning. The key is changed in place.",
			Optional: true,
			Attributes: map[string]schema.Attribute{
				"key_id": schema.StringAttribute{
					MarkdownDescription: "The URL of a Key Vault key, with or without a version: without one the vault follows the key's rotation.",
					Required:            true,
				},
				"infrastructure_encryption_enabled": schema.BoolAttribute{
					MarkdownDescription: "Whether the storage is encrypted a second time. It cannot be changed later, which is an error when planning.",
					Required:            true,
				},
				"use_system_assigned_identity": schema.BoolAttribute{
					MarkdownDescription: "Whether the vault reaches the key by its system-assigned identity. Default `true`; `false` needs `user_assigned_identity_id`.",
					Optional:            true, Computed: true, Default: booldefault.StaticBool(true),
				},
				"user_assigned_identity_id": schema.StringAttribute{
					MarkdownDescription: "The ARM id of the user-assigned identity by which the vault reaches the key; one of `identity.identity_ids`.",
					CustomType:          tfvalue.ARMName, Optional: true,
					Validators:    []validator.String{rule("identity id", checkIdentityID)},
					PlanModifiers: []planmodifier.String{tfvalue.ARMName.KeepSpelling()},
				},
			},
		},
		"monitoring": schema.SingleNestedAttribute{
			MarkdownDescription: "The alerts of the vault. A vault made without them has none that the service tells of, which is null. When one is set, those that are " +
				"not set stay as they are, or are on. Changed in place.",
			Optional: true, Computed: true,
			Attributes: map[string]schema.Attribute{
				"alerts_for_all_job_failures_enabled":       alertSwitch("Azure Monitor alerts for failed jobs"),
				"alerts_for_all_replication_issues_enabled": alertSwitch("Azure Monitor alerts for replication issues"),
				"alerts_for_all_failover_issues_enabled":    alertSwitch("Azure Monitor alerts for failover issues"),
				"alerts_for_critical_operation_failures_enabled": alertSwitch("classic alerts for failures of critical operations. Microsoft retired classic alerts on 2026-03-31: `true` is a warning, as nothing is sent any more; " +
					"`alerts_for_all_job_failures_enabled` has the alerts of Azure Monitor in their place"),
				"email_notifications_for_site_recovery_enabled": alertSwitch("e-mails about Site Recovery"),
			},
		},
		"force_destroy": schema.BoolAttribute{
			MarkdownDescription: "Whether a destroy deletes the protected items with their backups first. With `false` the service refuses to delete a vault " +
				"that holds any. The plan says how many there are. It never overrides immutability. Default `false`. Changed in place, without a call.",
			Optional: true, Computed: true, Default: booldefault.StaticBool(false),
		},
		"usage": schema.SingleNestedAttribute{
			MarkdownDescription: "What the vault held when it was last read.",
			Computed:            true,
			Attributes: map[string]schema.Attribute{
				"protected_items": schema.Int64Attribute{MarkdownDescription: "How many VMs are protected; soft-deleted ones do not count.", Computed: true},
				"recovery_points": schema.Int64Attribute{MarkdownDescription: "How many recovery points there are; null when there are some, since the service does not say how many in a list of VMs.", Computed: true},
				"by_kind": schema.MapAttribute{
					MarkdownDescription: "The service's own counters by its names, such as `IaaSVMProtectedItemCount`; empty until the first VM is registered.",
					ElementType:         types.Int64Type, Computed: true,
				},
			},
		},
	}
	maps.Copy(attributes, newerSettingsAttributes())
	return attributes
}

func alertSwitch(what string) schema.Attribute {
	return schema.BoolAttribute{MarkdownDescription: "Whether there are " + what + ".", Optional: true, Computed: true}
}
