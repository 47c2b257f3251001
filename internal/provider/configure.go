package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
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

// WithTransport puts a wrapper around the transport of every client that the provider makes.
func WithTransport(wrap TransportWrapper) Option {
	return func(p *backupProvider) { p.wrap = wrap }
}

// EmbeddedChange changes the settings of the embedded service before it starts.
type EmbeddedChange func(*embedded.Config)

// WithEmbedded makes the embedded service different from what the provider block says, such as to inject faults.
func WithEmbedded(change EmbeddedChange) Option {
	return func(p *backupProvider) { p.change = change }
}

// Configure decides which service answers. It opens the embedded service's file, and sends nothing yet.
func (p *backupProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var config providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	environment := p.environment(config, &resp.Diagnostics)
	settings := embeddedSettings(ctx, config.Embedded, &resp.Diagnostics)
	r := &run{
		environment: environment,
		plans:       newPlannedVaults(),
		// Terraform allows deferrals only while it applies (and in an experiment); nothing is deferred here.
		forApply:          req.ClientCapabilities.DeferralAllowed,
		subscriptionID:    orDefault(config.SubscriptionID, os.Getenv(subscriptionVariable), embedded.DefaultSubscriptionID),
		resourceGroupName: orDefault(config.ResourceGroupName, "", defaultResourceGroup),
	}
	if err := catalog.CheckSubscriptionID(r.subscriptionID.ValueString()); err != nil && !r.subscriptionID.IsUnknown() {
		resp.Diagnostics.AddAttributeError(path.Root("subscription_id"), "Invalid subscription",
			sentence(err.Error())+" It comes from the environment variable "+subscriptionVariable+".")
	}
	if resp.Diagnostics.HasError() {
		return
	}
	service, err := p.openEmbedded(ctx, settings, r.subscriptionID)
	if err != nil {
		addOpenError(&resp.Diagnostics, settings, err)
		return
	}
	if r.vaults, err = p.client(embedded.Endpoint, embedded.NewTransport(service), embeddedPolling); err != nil {
		resp.Diagnostics.AddError("Unable to configure the provider", sentence(err.Error()))
		return
	}
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
	case environment == environmentEmbedded:
	case slices.Contains(environments(), environment):
		diags.AddAttributeError(path.Root("environment"), "Environment not in this version", fmt.Sprintf(
			"The environment %q is one of Azure's clouds, which this version of the provider does not manage yet. Set environment = %q.",
			environment, environmentEmbedded))
	default:
		diags.AddAttributeError(path.Root("environment"), "Unknown environment", fmt.Sprintf(
			"The environment variable %s has the value %q; it can be %s.", environmentVariable, environment, strings.Join(environments(), ", ")))
	}
	return environment
}

// embeddedConfig is the provider's embedded attribute with its defaults filled in.
type embeddedConfig struct {
	database         string
	databaseFrom     string // where the path was set, for the user
	provisioningTime time.Duration
	operationTime    time.Duration
	backupTime       time.Duration
	clockOffset      time.Duration
	subscriptions    map[string]string
	virtualMachines  map[string]string // nil: any well-formed one exists
}

func embeddedSettings(ctx context.Context, object types.Object, diags *diag.Diagnostics) embeddedConfig {
	root := path.Root("embedded")
	var m embeddedModel
	if object.IsUnknown() {
		addUnknown(diags, root)
		return embeddedConfig{}
	}
	if !object.IsNull() {
		diags.Append(object.As(ctx, &m, basetypes.ObjectAsOptions{})...)
	}
	if m.Database.IsUnknown() {
		addUnknown(diags, root.AtName("database"))
	}
	knownMap := func(name string, value types.Map) map[string]string {
		elements, known := stringMap(ctx, value, diags)
		if !known && !value.IsNull() {
			addUnknown(diags, root.AtName(name))
		}
		return elements
	}
	checkVirtualMachines(m.VirtualMachines, root.AtName("virtual_machines"), diags)
	database, databaseFrom := databasePath(m.Database)
	return embeddedConfig{
		database:         database,
		databaseFrom:     databaseFrom,
		provisioningTime: provisioningTime.read(m.ProvisioningTime, diags),
		operationTime:    operationTime.read(m.OperationTime, diags),
		backupTime:       backupTime.read(m.BackupTime, diags),
		clockOffset:      clockOffset.read(m.ClockOffset, diags),
		subscriptions:    knownMap("subscriptions", m.Subscriptions),
		virtualMachines:  knownMap("virtual_machines", m.VirtualMachines),
	}
}

// databasePath is the path of the database, and who chose it.
func databasePath(attribute types.String) (path, from string) {
	if path = attribute.ValueString(); path != "" {
		return path, "the provider's attribute embedded.database"
	}
	if path = os.Getenv(databaseVariable); path != "" {
		return path, "the environment variable " + databaseVariable
	}
	return defaultDatabase, "the default of the provider's attribute embedded.database"
}

// embeddedPolling suits a service in the same process, where a look costs less than a millisecond.
var embeddedPolling = arm.Polling{First: 10 * time.Millisecond, Longest: 2 * time.Second}

// client connects to a service.
func (p *backupProvider) client(endpoint string, transport policy.Transporter, polling arm.Polling) (*vault.Client, error) {
	if p.wrap != nil {
		transport = p.wrap(transport)
	}
	connection, err := arm.NewClient(arm.Options{
		Endpoint: endpoint, Transport: transport, Version: p.version, Polling: polling, Trace: traceExchange,
	})
	if err != nil {
		return nil, err
	}
	return vault.NewClient(connection), nil
}

// traceExchange logs every request; queries, headers and bodies may hold secrets and stay out.
func traceExchange(ctx context.Context, e arm.Exchange) {
	tflog.Debug(ctx, "ARM request", map[string]any{
		"method": e.Method, "path": e.Path, "status": e.StatusCode, "duration_us": e.Duration.Microseconds(), "request_id": e.RequestID,
	})
}

func (p *backupProvider) openEmbedded(ctx context.Context, settings embeddedConfig, subscriptionID types.String) (*embedded.Service, error) {
	extra, err := extraRegions()
	if err != nil {
		return nil, err
	}
	regions := catalog.Regions()
	for _, name := range extra {
		if _, known := catalog.LookupRegion(name); !known {
			regions = append(regions, catalog.Region{Name: name, DisplayName: name, Cloud: catalog.Public})
		}
	}
	file, err := store.Open(ctx, settings.database)
	if err != nil {
		return nil, err
	}
	closeLater(file)
	config := embedded.Config{
		Store:            file,
		Subscriptions:    subscriptionsOf(settings, subscriptionID.ValueString()),
		ProvisioningTime: settings.provisioningTime,
		OperationTime:    settings.operationTime,
		BackupTime:       settings.backupTime,
		Regions:          regions,
		VirtualMachines:  settings.virtualMachines,
		Now:              func() time.Time { return time.Now().Add(settings.clockOffset) },
	}
	if p.change != nil {
		p.change(&config)
	}
	return embedded.New(config), nil
}

// subscriptionsOf lists the subscriptions that exist: those configured, and the provider's own.
func subscriptionsOf(settings embeddedConfig, own string) []embedded.Subscription {
	var all []embedded.Subscription
	listed := false
	for id, name := range settings.subscriptions {
		all = append(all, embedded.Subscription{ID: id, DisplayName: name})
		listed = listed || strings.EqualFold(id, own)
	}
	if !listed && own != "" {
		all = append(all, embedded.Subscription{ID: own, DisplayName: "Embedded subscription"})
	}
	slices.SortFunc(all, func(a, b embedded.Subscription) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// addOpenError names the setting in its text, because Terraform does not show the path of a nested attribute.
func addOpenError(diags *diag.Diagnostics, settings embeddedConfig, err error) {
	detail := problem("Database "+settings.database, err, "")
	var open *store.OpenError
	if errors.As(err, &open) {
		detail = sentence(open.Error())
	}
	diags.AddAttributeError(path.Root("embedded").AtName("database"), "Unable to open the vault database",
		detail+"\n\nThe path comes from "+settings.databaseFrom+".")
}

// orDefault is an attribute's value, or the environment's, or the default. An unknown value stays unknown.
func orDefault(value types.String, fromEnvironment, fallback string) types.String {
	if !value.IsNull() {
		return value
	}
	return types.StringValue(cmp.Or(fromEnvironment, fallback))
}

func addUnknown(diags *diag.Diagnostics, p path.Path) {
	diags.AddAttributeError(p, "Provider setting not known yet",
		"The value depends on something that is only known after an apply, but the provider needs it to plan. Use a variable or a literal value.")
}

// opened are the databases that Close closes.
var opened struct {
	sync.Mutex
	stores []*store.Store
}

func closeLater(s *store.Store) {
	opened.Lock()
	defer opened.Unlock()
	opened.stores = append(opened.stores, s)
}

// Close closes the databases that providers of this process have opened, so that nothing is left beside them. main
// calls it when Terraform is done.
func Close() error {
	opened.Lock()
	defer opened.Unlock()
	var errs []error
	for _, s := range opened.stores {
		errs = append(errs, s.Close())
	}
	opened.stores = nil
	return errors.Join(errs...)
}
