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

	"github.com/azurebackup/terraform-provider-backup/internal/backend"
)

var (
	_ provider.Provider                   = (*backupProvider)(nil)
	_ provider.ProviderWithValidateConfig = (*backupProvider)(nil)
	_ provider.ProviderWithListResources  = (*backupProvider)(nil)
	_ provider.ProviderWithFunctions      = (*backupProvider)(nil)
	_ provider.ProviderWithActions        = (*backupProvider)(nil)
)

// New returns the constructor of the provider, as the plugin server wants it. version is the provider's own.
func New(version string, options ...backend.Option) func() provider.Provider {
	return func() provider.Provider { return newProvider(version, options) }
}

func newProvider(version string, options []backend.Option) *backupProvider {
	return &backupProvider{version: version, options: append([]backend.Option{backend.WithVersion(version)}, options...)}
}

type backupProvider struct {
	version      string
	environments environments
	// configured is the run that Configure began last; nil before.
	configured atomic.Pointer[run]
	options    []backend.Option
}

func (p *backupProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "backup"
	resp.Version = p.version
}

func (p *backupProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		func() resource.Resource { return NewVaultResource(&p.environments) },
		func() resource.Resource { return NewProtectedVMResource(&p.environments) },
		NewVMPolicyResource,
	}
}

func (p *backupProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		NewVaultDataSource, func() datasource.DataSource { return NewVaultsDataSource(&p.environments) }, NewRegionsDataSource, NewSubscriptionsDataSource,
		NewProtectedVMsDataSource,
		NewVMPolicyDataSource,
		NewRecoveryPointsDataSource,
		NewJobsDataSource,
	}
}

func (p *backupProvider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{
		func() list.ListResource { return NewVaultListResource(&p.environments) },
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
