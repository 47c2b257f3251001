package provider

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
)

func (r *vaultResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A backup vault: it holds the backups and recovery points of virtual machines, and the policies applied to " +
			"them. In Azure it is a Recovery Services vault (`Microsoft.RecoveryServices/vaults`). The resource is created when the vault " +
			"is Active. No storage account is needed; the service looks after storage.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				MarkdownDescription: "The ARM resource id, as the service spells it. Compared without regard to letter case.",
				CustomType:          tfvalue.ARMName,
				Computed:            true,
			},
			"name": schema.StringAttribute{
				MarkdownDescription: "The name: 2 to 50 characters, the first an ASCII letter, the others ASCII letters, digits or hyphens. It must be " +
					"unique within the subscription, or what the provider's `vault_names_unique_per` says. A change replaces the vault; another letter case is not a change.",
				CustomType:    tfvalue.ARMName,
				Required:      true,
				Validators:    []validator.String{nameValidator{}},
				PlanModifiers: []planmodifier.String{tfvalue.ARMName.KeepSpelling(), tfvalue.ReplaceIfDiffers()},
			},
			"region": schema.StringAttribute{
				MarkdownDescription: "The Azure region, by name or display name: `chinaeast`, `China East` and the portal's `(China) China East` are the same. It must be the region of the " +
					"VMs to protect; VMs in several regions need a vault in each. The names are listed by the data source `backup_regions`. In a cloud, its own list " +
					"counts, so that newer regions can be used; the environment variable `BACKUP_EXTRA_REGIONS` (comma-separated) adds them to the embedded service. A change replaces the " +
					"vault; another spelling is not a change.",
				CustomType:    tfvalue.Region,
				Required:      true,
				Validators:    []validator.String{regionValidator{r.environments}},
				PlanModifiers: []planmodifier.String{tfvalue.Region.KeepSpelling(), tfvalue.ReplaceIfDiffers()},
			},
			"resource_group_name": schema.StringAttribute{
				MarkdownDescription: "The resource group: 1 to 90 letters, digits, `_`, `-`, `.`, `(` and `)`, not ending in a period. Default: the " +
					"provider's `resource_group_name` at the time of creation. A change replaces the vault; another letter case is not a change.",
				CustomType: tfvalue.ARMName,
				Optional:   true,
				Computed:   true,
				Validators: []validator.String{rule("resource group name", catalog.CheckResourceGroupName)},
				PlanModifiers: []planmodifier.String{
					stringplanmodifier.UseStateForUnknown(), tfvalue.ARMName.KeepSpelling(), tfvalue.ReplaceIfDiffers(),
				},
			},
			"subscription_id": schema.StringAttribute{
				MarkdownDescription: "The subscription: a UUID. Default: the provider's `subscription_id` at the time of creation. A change replaces " +
					"the vault; another letter case is not a change.",
				CustomType: tfvalue.ARMName,
				Optional:   true,
				Computed:   true,
				Validators: []validator.String{rule("subscription id", catalog.CheckSubscriptionID)},
				PlanModifiers: []planmodifier.String{
					stringplanmodifier.UseStateForUnknown(), tfvalue.ARMName.KeepSpelling(), tfvalue.ReplaceIfDiffers(),
				},
			},
			"storage_redundancy": schema.StringAttribute{
				MarkdownDescription: "How backups are kept: `GeoRedundant` (copies in the paired region), `LocallyRedundant` or `ZoneRedundant`. " +
					"Default `GeoRedundant` at creation; when it is not set later, the vault keeps what it has. Changed in place until the first " +
					"VM is registered; then it is locked, and a change is an error when planning.",
				Optional: true,
				Computed: true,
			},
			"storage_redundancy_locked": schema.BoolAttribute{
				MarkdownDescription: "Whether `storage_redundancy` can no longer change, because a VM has been registered with the vault.",
				Computed:            true,
			},
			"cross_region_restore_enabled": schema.BoolAttribute{
				MarkdownDescription: "Whether backups can be restored in the paired region. Needs `storage_redundancy = \"GeoRedundant\"`. Default `false` " +
					"at creation; when it is not set later, the vault keeps what it has. Switched on in place; it cannot be switched off again, " +
					"which is an error when planning.",
				Optional: true,
				Computed: true,
			},
			"tags": schema.MapAttribute{
				MarkdownDescription: "Tags of the vault: at most 50, with names of 1 to 512 characters (none of `<>%&\\?/`) that differ in more than " +
					"letter case, and values of at most 256 characters. Default: none. Changed in place; another letter case of a name is not a change.",
				ElementType:   types.StringType,
				Optional:      true,
				Validators:    []validator.Map{tagsValidator{}},
				PlanModifiers: []planmodifier.Map{keepTagSpelling{}},
			},
			"state": schema.StringAttribute{
				MarkdownDescription: "Where the vault stands: `Creating`, `Active`, `Updating`, `Deleting` or `Failed`. After an apply it is `Active`; " +
					"only an interrupted apply leaves another, and the next one goes on from there.",
				Computed: true,
			},
			"timeouts": timeoutsAttribute(ctx, vaultTimeouts),
		},
	}
	maps.Copy(resp.Schema.Attributes, settingsAttributes())
}

func (r *vaultResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"subscription_id":     identityschema.StringAttribute{OptionalForImport: true, Description: "The subscription, a UUID. Default: the provider's."},
			"resource_group_name": identityschema.StringAttribute{OptionalForImport: true, Description: "The resource group. Default: the provider's."},
			"name":                identityschema.StringAttribute{RequiredForImport: true, Description: "The name of the vault."},
		},
	}
}
