// Command foreign stands in for the providers azurerm and azapi, whichever its name says. It has the schema that
// Terraform wants while one of their resources is in the state, and nothing else: it cannot be configured without a
// provider block, like the real ones, and its resource cannot be written.
package main

import (
	"context"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	providerschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

func main() {
	name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(os.Args[0]), "terraform-provider-"), ".exe")
	options := providerserver.ServeOpts{Address: "registry.terraform.io/hashicorp/azurerm", ProtocolVersion: 5}
	if name == "azapi" {
		options = providerserver.ServeOpts{Address: "registry.terraform.io/azure/azapi", ProtocolVersion: 6}
	}
	if err := providerserver.Serve(context.Background(), func() provider.Provider { return foreign{name} }, options); err != nil {
		log.Fatal(err)
	}
}

type foreign struct{ name string }

func (p foreign) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = p.name
}

func (foreign) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = providerschema.Schema{
		Attributes: map[string]providerschema.Attribute{"subscription_id": providerschema.StringAttribute{Optional: true}},
		Blocks:     map[string]providerschema.Block{"features": providerschema.ListNestedBlock{}},
	}
}

func (p foreign) Configure(_ context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	block := map[string]tftypes.Value{}
	if err := req.Config.Raw.As(&block); err != nil {
		resp.Diagnostics.AddError("Unexpected configuration", err.Error())
		return
	}
	var features []tftypes.Value
	if err := block["features"].As(&features); err != nil || len(features) == 0 && block["subscription_id"].IsNull() {
		resp.Diagnostics.AddError(p.name+" has no credentials", "The stand-in for "+p.name+" was configured without a provider block.")
	}
}

func (p foreign) Resources(context.Context) []func() resource.Resource {
	if p.name == "azapi" {
		return []func() resource.Resource{func() resource.Resource { return vault{"azapi_resource", azapiSchema()} }}
	}
	return []func() resource.Resource{
		func() resource.Resource { return vault{"azurerm_recovery_services_vault", azurermSchema()} },
		func() resource.Resource { return vault{"azurerm_backup_protected_vm", protectedVMSchema()} },
		func() resource.Resource { return vault{"azurerm_backup_policy_vm", policyVMSchema()} },
	}
}

func (foreign) DataSources(context.Context) []func() datasource.DataSource { return nil }

type vault struct {
	name   string
	schema schema.Schema
}

func (v vault) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = v.name
}

func (v vault) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = v.schema
}

func (v vault) Create(_ context.Context, _ resource.CreateRequest, resp *resource.CreateResponse) {
	resp.Diagnostics.AddError("Not called", v.name+" was created.")
}

// Read finds everything as it is in the state. OpenTofu reads what a removed block forgets; Terraform does not.
func (v vault) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (v vault) Update(_ context.Context, _ resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.Diagnostics.AddError("Not called", v.name+" was updated.")
}

func (v vault) Delete(_ context.Context, _ resource.DeleteRequest, resp *resource.DeleteResponse) {
	resp.Diagnostics.AddError("Not called", v.name+" was deleted.")
}

func texts(names ...string) map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{}
	for _, name := range names {
		attributes[name] = schema.StringAttribute{Optional: true, Computed: true}
	}
	return attributes
}

func switches(attributes map[string]schema.Attribute, names ...string) map[string]schema.Attribute {
	for _, name := range names {
		attributes[name] = schema.BoolAttribute{Optional: true, Computed: true}
	}
	return attributes
}

func blocks(attributes map[string]schema.Attribute) schema.Block {
	return schema.ListNestedBlock{NestedObject: schema.NestedBlockObject{Attributes: attributes}}
}

func timeouts() schema.Block {
	return schema.SingleNestedBlock{Attributes: texts("create", "read", "update", "delete")}
}

func identity() schema.Block {
	attributes := texts("type", "principal_id", "tenant_id")
	attributes["identity_ids"] = schema.ListAttribute{ElementType: types.StringType, Optional: true}
	return blocks(attributes)
}

func azurermSchema() schema.Schema {
	attributes := switches(texts("id", "name", "location", "resource_group_name", "sku", "immutability", "storage_mode_type"),
		"public_network_access_enabled", "cross_region_restore_enabled", "soft_delete_enabled", "classic_vmware_replication_enabled")
	attributes["tags"] = schema.MapAttribute{ElementType: types.StringType, Optional: true}
	return schema.Schema{
		Attributes: attributes,
		Blocks: map[string]schema.Block{
			"identity":   identity(),
			"encryption": blocks(switches(texts("key_id", "user_assigned_identity_id"), "infrastructure_encryption_enabled", "use_system_assigned_identity")),
			"monitoring": blocks(switches(texts(), "alerts_for_all_job_failures_enabled", "alerts_for_all_failover_issues_enabled",
				"alerts_for_all_replication_issues_enabled", "alerts_for_critical_operation_failures_enabled", "email_notifications_for_site_recovery_enabled")),
			"timeouts": timeouts(),
		},
	}
}

func azapiSchema() schema.Schema {
	attributes := switches(texts("id", "name", "parent_id", "type", "location"),
		"ignore_casing", "ignore_missing_property", "ignore_null_property", "schema_validation_enabled")
	for _, name := range []string{"body", "sensitive_body", "output", "response_export_values", "replace_triggers_external_values"} {
		attributes[name] = schema.DynamicAttribute{Optional: true, Computed: true}
	}
	for _, name := range []string{"tags", "create_headers", "read_headers", "update_headers", "delete_headers", "list_unique_id_property", "sensitive_body_version"} {
		attributes[name] = schema.MapAttribute{ElementType: types.StringType, Optional: true, Computed: true}
	}
	for _, name := range []string{"create_query_parameters", "read_query_parameters", "update_query_parameters", "delete_query_parameters"} {
		attributes[name] = schema.MapAttribute{ElementType: types.ListType{ElemType: types.StringType}, Optional: true}
	}
	for _, name := range []string{"locks", "replace_triggers_refs", "ignore_other_items_in_list"} {
		attributes[name] = schema.ListAttribute{ElementType: types.StringType, Optional: true}
	}
	attributes["retry"] = schema.SingleNestedAttribute{Optional: true, Attributes: map[string]schema.Attribute{
		"error_message_regex": schema.ListAttribute{ElementType: types.StringType, Optional: true},
	}}
	return schema.Schema{
		Version: 2, Attributes: attributes,
		Blocks: map[string]schema.Block{"identity": identity(), "timeouts": timeouts()},
	}
}
