package backend

import (
	"cmp"
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// EmbeddedSettings are those of the embedded service.
type EmbeddedSettings struct {
	Database string
	// Lengths of time, as catalog's rules for them read them.
	ProvisioningTime, OperationTime, BackupTime, ClockOffset string
	Subscriptions                                            map[string]string // display names by id
	VirtualMachines                                          map[string]string // regions by id; nil: any well-formed one exists
	FailedBackups                                            []FailedBackup
	Threats                                                  []Threat
	// SoftDeleteChosen: vaults may have any soft delete.
	SoftDeleteChosen bool
}

// Threat says which recovery points a scan finds a threat in. Empty texts are the defaults.
type Threat struct {
	VMID                         string
	From, Until                  time.Time
	Title, Description, Severity string
}

func (t Threat) found() embedded.Threat {
	return embedded.Threat{
		Machine: t.VMID, From: t.From, Until: t.Until, Title: t.Title, Description: t.Description, Severity: t.Severity,
	}
}

// FailedBackup says which backups fail, and with what error.
type FailedBackup struct {
	VMID        string
	From, Until time.Time
	// Code and Message are the error's; empty ones are the defaults.
	Code, Message string
}

// The error of a failed backup that says none; it is one of Azure's
// (learn.microsoft.com/azure/backup/backup-azure-vms-troubleshoot).
const (
	DefaultFailureCode    = "ExtensionSnapshotFailedNoNetwork"
	DefaultFailureMessage = "Snapshot operation failed due to no network connectivity on the virtual machine."
)

func (f FailedBackup) fault() embedded.BackupFault {
	message := "The provider's setting embedded.failed_backups asked for this."
	code := cmp.Or(f.Code, DefaultFailureCode)
	if code == DefaultFailureCode {
		message = DefaultFailureMessage
	}
	return embedded.BackupFault{Machine: f.VMID, From: f.From, Until: f.Until, Fault: embedded.Fault{Code: code, Message: cmp.Or(f.Message, message)}}
}

// embeddedRetries is how often a request to the service in this process is repeated, such as one that met a busy database.
const embeddedRetries = 3

// embeddedPolling suits a service in the same process, where a look costs less than a millisecond.
var embeddedPolling = arm.Polling{First: 10 * time.Millisecond, Longest: 2 * time.Second}

// openEmbedded starts the embedded service in this process.
func (o *opening) openEmbedded(ctx context.Context) {
	o.takeEmbeddedDefaults()
	var settings EmbeddedSettings
	if o.settings.Embedded != nil {
		settings = *o.settings.Embedded
	}
	config := o.embeddedConfig(settings)
	if !o.needs("embedded", "embedded.database") {
		return
	}
	if past := o.Unknown.Past(); len(past) > 0 {
		o.add(Problem{Warning: true, Attribute: past[0], Summary: "Resources are planned as the state has them", Text: "The embedded service shows backups and jobs according to " +
			strings.Join(past, ", ") + ", which is only known after the apply. Resources are not read for this plan; data sources that show the past wait. The next plan reads them."})
	}
	file, err := o.openDatabase(ctx, settings.Database)
	if err != nil {
		return
	}
	config.Store = file
	if o.options.change != nil {
		o.options.change(&config)
	}
	o.ForcesSoftDelete = catalog.Known(!config.SoftDeleteChosen)
	if o.Unknown.Has(softDeleteForced) {
		o.ForcesSoftDelete = catalog.Unknown[bool]()
	}
	o.connect(arm.Options{
		Endpoint: embedded.Endpoint, Transport: embedded.NewTransport(embedded.New(config)), Polling: embeddedPolling,
		// Between the service and us there is nothing that could break for a while: what fails often goes on failing.
		Persistence: arm.Persistence{Retries: embeddedRetries},
	})
}

// embeddedConfig is what the settings make of the service, but for its store.
func (o *opening) embeddedConfig(settings EmbeddedSettings) embedded.Config {
	extra, err := catalog.ParseExtraRegions(os.Getenv(catalog.ExtraRegionsVariable))
	if err != nil {
		o.addError(err)
	}
	o.clockOffset = o.duration("clock_offset", settings.ClockOffset, "BACKUP_CLOCK_OFFSET", catalog.ClockOffset)
	offset := o.clockOffset
	config := embedded.Config{
		Subscriptions:    o.subscriptions(settings.Subscriptions),
		AnySubscription:  o.Unknown.Has("subscription_id") || o.Unknown.Has("embedded.subscriptions"),
		ProvisioningTime: o.duration("provisioning_time", settings.ProvisioningTime, "BACKUP_PROVISIONING_TIME", catalog.ProvisioningTime),
		OperationTime:    o.duration("operation_time", settings.OperationTime, "BACKUP_OPERATION_TIME", catalog.OperationTime),
		BackupTime:       o.duration("backup_time", settings.BackupTime, "BACKUP_BACKUP_TIME", catalog.BackupTime),
		Regions:          catalog.RegionsAnd(extra),
		VirtualMachines:  settings.VirtualMachines,
		SoftDeleteChosen: settings.SoftDeleteChosen,
		NamesPerGroup:    o.settings.NamesPerGroup,
		Now:              func() time.Time { return time.Now().Add(offset) },
	}
	for _, f := range settings.FailedBackups {
		config.BackupFaults = append(config.BackupFaults, f.fault())
	}
	for _, t := range settings.Threats {
		config.Threats = append(config.Threats, t.found())
	}
	return config
}

// duration is a setting that is a length of time, or else the value of its variable; 0 unless one is set.
func (o *opening) duration(name, setting, variable string, rule catalog.DurationRule) time.Duration {
	name = "embedded." + name
	if o.Unknown.Has(name) {
		return 0
	}
	value, err := rule.Parse(cmp.Or(setting, os.Getenv(variable), "0s"))
	if err != nil {
		if setting == "" {
			err = from(err, variable)
		}
		o.add(Problem{Attribute: name, Summary: "Invalid " + rule.What, Err: err})
	}
	return value
}

// subscriptions lists the subscriptions that exist: those configured, and the provider's own.
func (o *opening) subscriptions(configured map[string]string) []embedded.Subscription {
	var all []embedded.Subscription
	own := o.SubscriptionID
	for id, name := range configured {
		all = append(all, embedded.Subscription{ID: id, DisplayName: name})
		if strings.EqualFold(id, own) {
			own = ""
		}
	}
	if own != "" {
		all = append(all, embedded.Subscription{ID: own, DisplayName: "Embedded subscription"})
	}
	slices.SortFunc(all, func(a, b embedded.Subscription) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// openDatabase opens the file that the attribute, the variable or the default names, for Close to close.
func (o *opening) openDatabase(ctx context.Context, attribute string) (*store.Store, error) {
	chosenBy := "the default of the provider's attribute embedded.database"
	if attribute != "" {
		chosenBy = "the provider's attribute embedded.database"
	} else if os.Getenv(databaseVariable) != "" {
		chosenBy = "the environment variable " + databaseVariable
	}
	o.Database = cmp.Or(attribute, os.Getenv(databaseVariable), "backup-vaults.db")
	file, err := store.Open(ctx, o.Database)
	if err != nil {
		p := Problem{
			Attribute: "embedded.database", Summary: "Unable to open the vault database", Object: "Database " + o.Database, Err: err,
			Text: "The path comes from " + chosenBy + ".",
		}
		var named *store.OpenError
		if errors.As(err, &named) {
			p.Object, p.Err = "", named
		}
		o.add(p)
		return nil, err
	}
	opened.Lock()
	defer opened.Unlock()
	opened.stores = append(opened.stores, file)
	return file, nil
}

// opened are the databases that Close closes.
var opened struct {
	sync.Mutex
	stores []*store.Store
}

// Close closes the databases that this process has opened, so that nothing is left beside them. main calls it when
// Terraform is done: it does not tell a provider before.
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
