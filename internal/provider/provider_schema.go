package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/backend"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// providerModel is the provider block.
type providerModel struct {
	Environment       types.String `tfsdk:"environment"`
	SubscriptionID    types.String `tfsdk:"subscription_id"`
	ResourceGroupName types.String `tfsdk:"resource_group_name"`
	Endpoint          types.String `tfsdk:"endpoint"`
	Embedded          types.Object `tfsdk:"embedded"`
	MetadataHost      types.String `tfsdk:"metadata_host"`
	Register          types.Bool   `tfsdk:"register_resource_provider"`
	NamesUniquePer    types.String `tfsdk:"vault_names_unique_per"`
	signInModel
}

// embeddedModel is the provider's embedded attribute.
type embeddedModel struct {
	Database         types.String `tfsdk:"database"`
	ProvisioningTime types.String `tfsdk:"provisioning_time"`
	OperationTime    types.String `tfsdk:"operation_time"`
	BackupTime       types.String `tfsdk:"backup_time"`
	ClockOffset      types.String `tfsdk:"clock_offset"`
	Subscriptions    types.Map    `tfsdk:"subscriptions"`
	VirtualMachines  types.Map    `tfsdk:"virtual_machines"`
	FailedBackups    types.List   `tfsdk:"failed_backups"`
	Threats          types.List   `tfsdk:"threats"`
	SoftDeleteForced types.Bool   `tfsdk:"soft_delete_forced"`
}

func (p *backupProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Azure VM backup vaults (Recovery Services vaults, `Microsoft.RecoveryServices/vaults`; not " +
			"`Microsoft.DataProtection/backupVaults`). By default the vaults live in a service embedded in the provider, " +
			"which keeps them in one SQLite file and needs no cloud and no account.",
		Attributes: map[string]schema.Attribute{
			"environment": schema.StringAttribute{
				MarkdownDescription: "Where vaults live: `embedded` is the service inside the provider; `public`, `china` (21Vianet) and " +
					"`usgovernment` are Azure's clouds. Default `embedded`, with a warning. Can be set by the environment variable " +
					"`BACKUP_ENVIRONMENT`; no `ARM_*` variable changes it.",
				Optional:   true,
				Validators: []validator.String{stringvalidator.OneOf(backend.Environments()...)},
			},
			"subscription_id": schema.StringAttribute{
				MarkdownDescription: "The subscription of resources that name none: a UUID. Can be set by the environment variable " +
					"`ARM_SUBSCRIPTION_ID`. Default in Azure: the subscription that Azure CLI works with, when it is the way to sign in. The embedded " +
					"service has a default subscription, `00000000-0000-4000-8000-000000000001`.",
				Optional:   true,
				Validators: []validator.String{rule("subscription id", catalog.CheckSubscriptionID)},
			},
			"resource_group_name": schema.StringAttribute{
				MarkdownDescription: "The resource group of resources that name none: 1 to 90 letters, digits, `_`, `-`, `.`, `(` and `)`, " +
					"not ending in a period. In Azure there is no default, and the group has to exist: the provider makes none. In the embedded service " +
					"it defaults to `backup`, and groups need not be made first.",
				Optional:   true,
				Validators: []validator.String{rule("resource group name", catalog.CheckResourceGroupName)},
			},
			"endpoint": schema.StringAttribute{
				MarkdownDescription: "Another ARM endpoint than the environment's, as `https://` and a host, with or without a port; `http://` only on a " +
					"loopback address. With the environment `embedded` it is that of a service that runs elsewhere. Default: the endpoint of the " +
					"environment. Can be set by the environment variable `BACKUP_ENDPOINT`.",
				Optional:   true,
				Validators: []validator.String{rule("endpoint", backend.CheckEndpoint)},
			},
			"metadata_host": schema.StringAttribute{
				MarkdownDescription: "The host, with or without a port, that describes another cloud than those that `environment` names: its ARM endpoint and " +
					"where accounts sign in. `environment` has to name one of Azure's clouds all the same. Default: none. Can be set by the environment " +
					"variable `ARM_METADATA_HOSTNAME`. Not used by the embedded service.",
				Optional: true,
			},
			"register_resource_provider": schema.BoolAttribute{
				MarkdownDescription: "Whether an apply registers the resource provider `Microsoft.RecoveryServices` in a subscription that has it not " +
					"registered, before it makes the first vault there. Default `false`: such a subscription is an error when planning.",
				Optional: true,
			},
			"vault_names_unique_per": schema.StringAttribute{
				MarkdownDescription: "Where the name of a vault is unique: `subscription` is the rule of backup vaults, which keeps one name from meaning two " +
					"vaults; `resource_group` is what Azure itself asks for, and is for subscriptions whose vaults of several groups have one name already. " +
					"Plans, applies and the embedded service go by it. Default `subscription`.",
				Optional:   true,
				Validators: []validator.String{stringvalidator.OneOf(catalog.NamesPerSubscription, catalog.NamesPerResourceGroup)},
			},
			"embedded": embeddedAttribute(),
		},
	}
	for name, attribute := range signInAttributes() {
		resp.Schema.Attributes[name] = attribute
	}
}

func embeddedAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{
		MarkdownDescription: "Settings of the embedded service; ignored in other environments, and when `endpoint` is set.",
		Optional:            true,
		Attributes: map[string]schema.Attribute{
			"database": schema.StringAttribute{
				MarkdownDescription: "Path of the SQLite file that keeps the vaults, relative to the working directory. It is made " +
					"when missing, but its folder is not. Several Terraform runs may share it. Default `backup-vaults.db`. Can be " +
					"set by the environment variable `BACKUP_DATABASE`.",
				Optional:   true,
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"provisioning_time": schema.StringAttribute{
				MarkdownDescription: "How long the creation of a vault takes, as a Go duration such as `500ms` or `2m`; at most `24h`. " +
					"Default `0s`. Useful to see how a configuration behaves while Azure works. Can be set by the environment variable " +
					"`BACKUP_PROVISIONING_TIME`.",
				Optional:   true,
				Validators: []validator.String{duration(catalog.ProvisioningTime)},
			},
			"operation_time": schema.StringAttribute{
				MarkdownDescription: "How long an update, a deletion, and any change of a VM's protection takes; as `provisioning_time`. Default " +
					"`0s`. Can be set by the environment variable `BACKUP_OPERATION_TIME`.",
				Optional:   true,
				Validators: []validator.String{duration(catalog.OperationTime)},
			},
			"backup_time": schema.StringAttribute{
				MarkdownDescription: "How long a backup takes; as `provisioning_time`. Default `0s`. Can be set by the environment variable " +
					"`BACKUP_BACKUP_TIME`.",
				Optional:   true,
				Validators: []validator.String{duration(catalog.BackupTime)},
			},
			"clock_offset": schema.StringAttribute{
				MarkdownDescription: "How far the service's clock is ahead, as a number of days, a Go duration, or both: `40d`, `12h`, `40d12h`; at " +
					"most `36500d`. Default `0s`. The backups that a policy's schedule brings about until then are there to be looked at, and " +
					"those that have expired are gone. Can be set by the environment variable `BACKUP_CLOCK_OFFSET`.",
				Optional:   true,
				Validators: []validator.String{duration(catalog.ClockOffset)},
			},
			"subscriptions": schema.MapAttribute{
				MarkdownDescription: "The subscriptions that exist, display names by id (UUID). The provider's own `subscription_id` " +
					"always exists. Default: that one alone.",
				ElementType: types.StringType,
				Optional:    true,
				Validators: []validator.Map{
					mapvalidator.KeysAre(rule("subscription id", catalog.CheckSubscriptionID)), subscriptionsValidator{},
				},
			},
			"virtual_machines": schema.MapAttribute{
				MarkdownDescription: "The virtual machines that exist: regions by the VM's ARM id. No other can be protected then, and an empty map " +
					"means that there is none. Default: every VM exists, in the region that the configuration gives it, or else in its vault's.",
				ElementType: types.StringType,
				Optional:    true,
				Validators:  []validator.Map{virtualMachinesValidator{}},
			},
			"failed_backups": failedBackupsAttribute(),
			"threats":        threatsAttribute(),
			"soft_delete_forced": schema.BoolAttribute{
				MarkdownDescription: "Whether every vault has soft delete `AlwaysOn`, and anything else is refused, as Azure has it since 2026. `false` is for " +
					"regions and subscriptions that are not switched over: a vault has `Enabled` then unless it says otherwise, and all three states can be " +
					"chosen. Default `true`.",
				Optional: true,
			},
		},
	}
}

// duration checks a setting that is a length of time.
func duration(r catalog.DurationRule) validator.String {
	return rule(r.What, func(s string) error {
		_, err := r.Parse(s)
		return err
	})
}
