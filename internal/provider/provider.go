package provider

import (
	"context"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

var (
	_ provider.Provider                  = (*backupProvider)(nil)
	_ provider.ProviderWithListResources = (*backupProvider)(nil)
	_ provider.ProviderWithFunctions     = (*backupProvider)(nil)
	_ provider.ProviderWithActions       = (*backupProvider)(nil)
)

// New returns the constructor of the provider, as the plugin server wants it. version is the provider's own.
func New(version string, options ...Option) func() provider.Provider {
	return func() provider.Provider { return newProvider(version, options) }
}

func newProvider(version string, options []Option) *backupProvider {
	p := &backupProvider{version: version, apiVersion: catalog.Cloud.APIVersion}
	for _, option := range options {
		option(p)
	}
	return p
}

type backupProvider struct {
	version string
	// configured is the run that Configure began last; nil before.
	configured atomic.Pointer[run]
	wrap       TransportWrapper
	change     EmbeddedChange
	azure      AzureChange
	// apiVersion is the version to send to a cloud in place of one.
	apiVersion func(cloud catalog.Cloud, version string) string
}

func (p *backupProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "backup"
	resp.Version = p.version
}

func (p *backupProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		NewVaultResource,
		NewProtectedVMResource,
		NewVMPolicyResource,
	}
}

func (p *backupProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		NewVaultDataSource, NewVaultsDataSource, NewRegionsDataSource, NewSubscriptionsDataSource,
		NewProtectedVMsDataSource,
		NewVMPolicyDataSource,
		NewRecoveryPointsDataSource,
		NewJobsDataSource,
	}
}

func (p *backupProvider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{
		NewVaultListResource,
		NewProtectedVMListResource,
		NewVMPolicyListResource,
	}
}

func (p *backupProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{
		NewNormalizeRegionFunction,
		NewParseVaultIDFunction,
		NewVaultsByRegionFunction,
	}
}

func (p *backupProvider) Actions(context.Context) []func() action.Action {
	return []func() action.Action{NewBackupNowAction}
}
