package main

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func numbers(attributes map[string]schema.Attribute, names ...string) map[string]schema.Attribute {
	for _, name := range names {
		attributes[name] = schema.Int64Attribute{Optional: true, Computed: true}
	}
	return attributes
}

func sets(attributes map[string]schema.Attribute, names ...string) map[string]schema.Attribute {
	for _, name := range names {
		attributes[name] = schema.SetAttribute{ElementType: types.StringType, Optional: true}
	}
	return attributes
}

// policyVMSchema is that of azurerm_backup_policy_vm.
func policyVMSchema() schema.Schema {
	monthDays := func(more ...string) schema.Block {
		attributes := sets(switches(numbers(texts(), "count"), "include_last_days"), append(more, "weekdays", "weeks")...)
		attributes["days"] = schema.SetAttribute{ElementType: types.Int64Type, Optional: true}
		return blocks(attributes)
	}
	return schema.Schema{
		Attributes: numbers(texts("id", "name", "resource_group_name", "recovery_vault_name", "policy_type", "timezone", "snapshot_consistency_type"),
			"instant_restore_retention_days"),
		Blocks: map[string]schema.Block{
			"backup":                         blocks(sets(numbers(texts("frequency", "time"), "hour_interval", "hour_duration"), "weekdays")),
			"instant_restore_resource_group": blocks(texts("prefix", "suffix")),
			"retention_daily":                blocks(numbers(texts(), "count")),
			"retention_weekly":               blocks(sets(numbers(texts(), "count"), "weekdays")),
			"retention_monthly":              monthDays(),
			"retention_yearly":               monthDays("months"),
			"tiering_policy": schema.ListNestedBlock{NestedObject: schema.NestedBlockObject{Blocks: map[string]schema.Block{
				"archived_restore_point": blocks(numbers(texts("mode", "duration_type"), "duration")),
			}}},
			"timeouts": timeouts(),
		},
	}
}
