package provider

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/azure"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// The environments; all but the first are Azure's clouds.
const environmentEmbedded = "embedded"

func environments() []string {
	names := []string{environmentEmbedded}
	for _, cloud := range catalog.Clouds() {
		names = append(names, string(cloud))
	}
	return names
}

// The environment variables that stand in for attributes that are not set.
const (
	environmentVariable      = "BACKUP_ENVIRONMENT"
	databaseVariable         = "BACKUP_DATABASE"
	provisioningTimeVariable = "BACKUP_PROVISIONING_TIME"
	operationTimeVariable    = "BACKUP_OPERATION_TIME"
	backupTimeVariable       = "BACKUP_BACKUP_TIME"
	clockOffsetVariable      = "BACKUP_CLOCK_OFFSET"
	endpointVariable         = "BACKUP_ENDPOINT"
	tokenFileVariable        = "BACKUP_TOKEN_FILE"
	subscriptionVariable     = "ARM_SUBSCRIPTION_ID"
)

const (
	defaultDatabase      = "backup-vaults.db"
	defaultResourceGroup = "backup"
)

// Option changes how a provider is put together; tests use it.
type Option func(*backupProvider)

// TransportWrapper stands between the client and the service, and sees every request and answer.
type TransportWrapper func(policy.Transporter) policy.Transporter

// WithTransport puts a wrapper around the transport of every client that the provider makes. Of several the first one
// sees a request first.
func WithTransport(wrap TransportWrapper) Option {
	return func(p *backupProvider) {
		outer := p.wrap
		if outer == nil {
			p.wrap = wrap
			return
		}
		p.wrap = func(next policy.Transporter) policy.Transporter { return outer(wrap(next)) }
	}
}

// EmbeddedChange changes the settings of the embedded service before it starts.
type EmbeddedChange func(*embedded.Config)

// WithEmbedded makes the embedded service different from what the provider block says, such as to inject faults.
func WithEmbedded(change EmbeddedChange) Option {
	return func(p *backupProvider) { p.change = change }
}

// AzureChange changes how the provider reaches Azure.
type AzureChange func(*azure.Options)

// WithAzure makes the way to Azure different from the network, such as one that leads to a test's own server.
func WithAzure(change AzureChange) Option {
	return func(p *backupProvider) { p.azure = change }
}

// WithAPIVersions replaces the table of API versions that clouds get in place of others.
func WithAPIVersions(of func(cloud catalog.Cloud, version string) string) Option {
	return func(p *backupProvider) { p.apiVersion = of }
}

// Configure decides which service answers. It opens the embedded service's file, or signs in to Azure. What the rest of
// the provider has to know of the service is in the run; nothing else asks which one it is.
func (p *backupProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var config providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	environment := p.environment(config, &resp.Diagnostics)
	for name, value := range map[string]attr.Value{"endpoint": config.Endpoint, "register_resource_provider": config.Register} {
		if value.IsUnknown() {
			addUnknown(&resp.Diagnostics, path.Root(name))
		}
	}
	if resp.Diagnostics.HasError() {
		return
	}
	r := &run{
		environment:       environment,
		plans:             newPlannedVaults(),
		registers:         config.Register.ValueBool(),
		resourceGroupName: config.ResourceGroupName,
	}
	application := "Terraform/" + req.TerraformVersion
	endpoint := cmp.Or(config.Endpoint.ValueString(), os.Getenv(endpointVariable))
	switch {
	case environment != environmentEmbedded:
		p.configureAzure(ctx, config, catalog.Cloud(environment), endpoint, application, r, &resp.Diagnostics)
	case endpoint != "":
		p.configureServed(ctx, config, endpoint, application, r, &resp.Diagnostics)
	default:
		p.configureEmbedded(ctx, config, application, r, &resp.Diagnostics)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	p.configured.Store(r)
	resp.ResourceData, resp.DataSourceData, resp.ListResourceData, resp.ActionData = r, r, r, r
}

// environment reads where vaults live. Only BACKUP_ENVIRONMENT and the attribute count: a stray ARM_* variable must
// never move a configuration to Azure.
func (p *backupProvider) environment(config providerModel, diags *diag.Diagnostics) string {
	if config.Environment.IsUnknown() {
		addUnknown(diags, path.Root("environment"))
		return ""
	}
	environment := cmp.Or(config.Environment.ValueString(), os.Getenv(environmentVariable))
	switch {
	case environment == "":
		diags.AddAttributeWarning(path.Root("environment"), "Vaults live in the embedded service",
			"The provider's environment is not set, so vaults live in the service embedded in the provider, and nothing is created in Azure. "+
				"Set environment = \"embedded\" to say that this is meant.")
		return environmentEmbedded
	case !slices.Contains(environments(), environment):
		diags.AddAttributeError(path.Root("environment"), "Unknown environment", fmt.Sprintf(
			"The environment variable %s has the value %q; it can be %s.", environmentVariable, environment, strings.Join(environments(), ", ")))
	}
	return environment
}

// client connects to a service; o says where and how.
func (p *backupProvider) client(o arm.Options) (*vault.Client, error) {
	if p.wrap != nil {
		o.Transport = p.wrap(o.Transport)
	}
	o.Version, o.Trace = p.version, traceExchange
	o.KnownVersions, o.VersionChosen = catalog.KnownAPIVersions, warnOfVersion
	connection, err := arm.NewClient(o)
	if err != nil {
		return nil, err
	}
	return vault.NewClient(connection), nil
}

// warnOfVersion logs that the service does not have the API version that the provider was made for.
func warnOfVersion(ctx context.Context, namespace, asked, chosen string) {
	tflog.Warn(ctx, "the service does not have the API version asked for, another one is used", map[string]any{
		"namespace": namespace, "asked": asked, "used": chosen,
	})
}

// traceExchange logs every request; queries, headers and bodies may hold secrets and stay out.
func traceExchange(ctx context.Context, e arm.Exchange) {
	tflog.Debug(ctx, "ARM request", map[string]any{
		"method": e.Method, "path": e.Path, "status": e.StatusCode, "duration_us": e.Duration.Microseconds(), "request_id": e.RequestID,
	})
}

func addUnknown(diags *diag.Diagnostics, p path.Path) {
	diags.AddAttributeError(p, "Provider setting not known yet",
		"The value depends on something that is only known after an apply, but the provider needs it to plan. Use a variable or a literal value.")
}

// takeSubscription gives the run its default subscription: the configured one, or else the one of the environment or the
// service, unless that is empty.
func (r *run) takeSubscription(configured types.String, other string, diags *diag.Diagnostics) {
	switch {
	case !configured.IsNull():
		r.subscriptionID = configured // the validator has checked it
		return
	case other == "":
		r.subscriptionID = types.StringNull()
		return
	}
	r.subscriptionID = types.StringValue(other)
	if err := catalog.CheckSubscriptionID(other); err != nil {
		diags.AddAttributeError(path.Root("subscription_id"), "Invalid subscription",
			sentence(err.Error())+" It comes from the environment variable "+subscriptionVariable+".")
	}
}
