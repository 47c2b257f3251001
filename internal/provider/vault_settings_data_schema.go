package provider

import (
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
)

// settingsDataAttributes describe the settings of a vault that was found; all of them are computed.
func settingsDataAttributes() map[string]schema.Attribute {
	text := func(description string) schema.Attribute {
		return schema.StringAttribute{MarkdownDescription: description, Computed: true}
	}
	flag := func(description string) schema.Attribute {
		return schema.BoolAttribute{MarkdownDescription: description, Computed: true}
	}
	count := func(description string) schema.Attribute {
		return schema.Int64Attribute{MarkdownDescription: description, Computed: true}
	}
	object := func(description string, attributes map[string]schema.Attribute) schema.Attribute {
		return schema.SingleNestedAttribute{MarkdownDescription: description, Computed: true, Attributes: attributes}
	}
	attributes := map[string]schema.Attribute{
		"storage_redundancy":            text("How backups are kept: `GeoRedundant`, `LocallyRedundant` or `ZoneRedundant`."),
		"storage_redundancy_locked":     flag("Whether the redundancy can no longer change, because a VM has been registered with the vault."),
		"cross_region_restore_enabled":  flag("Whether backups can be restored in the paired region."),
		"sku":                           text("`Standard` or `RS0`."),
		"immutability":                  text("Whether backups are protected from being deleted early: `Disabled`, `Unlocked` or `Locked`."),
		"public_network_access_enabled": flag("Whether the vault can be reached from public networks."),
		"cross_subscription_restore":    text("Whether backups can be restored to other subscriptions: `Enabled`, `Disabled` or `PermanentlyDisabled`."),
		"state":                         text("Where the vault stands: `Creating`, `Active`, `Updating`, `Deleting` or `Failed`."),
		"resource_guard_id": schema.StringAttribute{
			MarkdownDescription: "The ARM id of the resource guard of the vault; null when there is none, or no right to see it.", CustomType: tfvalue.ARMName, Computed: true,
		},
		"soft_delete": object("Whether deleted backups are kept for a while; null, also in it, is what the service does not say.", map[string]schema.Attribute{
			"state":          text("`Disabled`, `Enabled` or `AlwaysOn`."),
			"retention_days": count("How many days deleted backups are kept."),
		}),
		"identity": object("The managed identity; null when there is none.", map[string]schema.Attribute{
			"type": text("`SystemAssigned`, `UserAssigned` or `SystemAssigned, UserAssigned`."),
			"identity_ids": schema.SetAttribute{
				MarkdownDescription: "The ARM ids of the user-assigned identities.", ElementType: types.StringType, Computed: true,
			},
			"principal_id": text("The object id of the system-assigned identity."),
			"tenant_id":    text("The tenant of the system-assigned identity."),
		}),
		"encryption": object("Encryption with a key of the customer's; null when there is none.", map[string]schema.Attribute{
			"key_id":                            text("The URL of the Key Vault key."),
			"infrastructure_encryption_enabled": flag("Whether the storage is encrypted a second time."),
			"use_system_assigned_identity":      flag("Whether the vault reaches the key by its system-assigned identity."),
			"user_assigned_identity_id": schema.StringAttribute{
				MarkdownDescription: "The ARM id of the user-assigned identity by which the vault reaches the key.", CustomType: tfvalue.ARMName, Computed: true,
			},
		}),
		"monitoring": object("The alerts of the vault; null when the service tells of none, as of a vault that was made without them.", map[string]schema.Attribute{
			"alerts_for_all_job_failures_enabled":            flag("Whether there are Azure Monitor alerts for failed jobs."),
			"alerts_for_all_replication_issues_enabled":      flag("Whether there are Azure Monitor alerts for replication issues."),
			"alerts_for_all_failover_issues_enabled":         flag("Whether there are Azure Monitor alerts for failover issues."),
			"alerts_for_critical_operation_failures_enabled": flag("Whether there are classic alerts for failures of critical operations, which Microsoft retired on 2026-03-31."),
			"email_notifications_for_site_recovery_enabled":  flag("Whether there are e-mails about Site Recovery."),
		}),
		"usage": object("What the vault holds. A vault that ever registered a VM costs two calls more to read.", map[string]schema.Attribute{
			"protected_items": count("How many VMs are protected; soft-deleted ones do not count."),
			"recovery_points": count("How many recovery points there are; null when there are some, since the service does not say how many in a list of VMs."),
			"by_kind": schema.MapAttribute{
				MarkdownDescription: "The service's own counters by its names; empty until the first VM is registered.", ElementType: types.Int64Type, Computed: true,
			},
		}),
	}
	maps.Copy(attributes, newerSettingsDataAttributes())
	return attributes
}
