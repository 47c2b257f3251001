package provider

import (
	"cmp"
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// configureEmbedded starts the embedded service in this process.
func (p *backupProvider) configureEmbedded(ctx context.Context, config providerModel, application string, r *run, diags *diag.Diagnostics) {
	r.takeEmbeddedDefaults(config, diags)
	settings := embeddedSettings(ctx, config.Embedded, diags)
	if diags.HasError() {
		return
	}
	service, err := p.openEmbedded(ctx, settings, r.subscriptionID)
	if err != nil {
		addOpenError(diags, settings, err)
		return
	}
	r.undelete = settings.undeleteInFile
	r.vaults, err = p.client(arm.Options{
		Endpoint: embedded.Endpoint, Transport: embedded.NewTransport(service), Application: application, Polling: embeddedPolling,
		// Between the service and us there is nothing that could break for a while: what fails often goes on failing.
		Persistence: arm.Persistence{Retries: embeddedRetries},
	})
	addConfigureError(err, diags)
}

// embeddedRetries is how often a request to the service in this process is repeated, such as one that met a busy database.
const embeddedRetries = 3

func (r *run) takeEmbeddedDefaults(config providerModel, diags *diag.Diagnostics) {
	r.takeSubscription(config.SubscriptionID, cmp.Or(os.Getenv(subscriptionVariable), embedded.DefaultSubscriptionID), diags)
	if r.resourceGroupName.IsNull() {
		r.resourceGroupName = types.StringValue(defaultResourceGroup)
	}
}

func addConfigureError(err error, diags *diag.Diagnostics) {
	if err != nil {
		diags.AddError("Unable to configure the provider", sentence(err.Error()))
	}
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
	failedBackups    []embedded.BackupFault
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
	checkSubscriptions(m.Subscriptions, root.AtName("subscriptions"), diags)
	checkVirtualMachines(m.VirtualMachines, root.AtName("virtual_machines"), diags)
	failed, known := readFailedBackups(ctx, m.FailedBackups, root.AtName("failed_backups"), diags)
	if !known {
		addUnknown(diags, root.AtName("failed_backups"))
	}
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
		failedBackups:    failed,
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

func (p *backupProvider) openEmbedded(ctx context.Context, settings embeddedConfig, subscriptionID types.String) (*embedded.Service, error) {
	extra, err := extraRegions()
	if err != nil {
		return nil, err
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
		Regions:          catalog.RegionsAnd(extra),
		VirtualMachines:  settings.virtualMachines,
		BackupFaults:     settings.failedBackups,
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
