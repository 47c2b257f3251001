// Package embedded is a backup service in this process: an http.Handler that speaks the Azure Resource Manager
// protocol for backup vaults, enforces the rules the real service enforces, and keeps its data in a store.
package embedded

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// Endpoint is the address clients of the in-process transport use. The domain .invalid never resolves, so that a
// request that escaped the transport would reach nobody.
const Endpoint = "https://embedded.backup.invalid"

// DefaultSubscriptionID is the subscription that exists when Config names none.
const DefaultSubscriptionID = "00000000-0000-4000-8000-000000000001"

const (
	defaultPageSize = 100
	// longPageSize is for what is computed anew for each page from all there is, such as the jobs of a vault: what takes
	// a while is that, not the entries.
	longPageSize = 1000
	// itemPageSize is for the items of a vault, of which Azure was seen to give 200 in one page.
	itemPageSize = 200
)

// Subscription is a subscription that exists.
type Subscription struct {
	ID          string
	DisplayName string
}

// Config says what the service offers and how fast it is. Only Store is required.
type Config struct {
	Store *store.Store

	// Subscriptions that exist. When empty, only DefaultSubscriptionID does.
	Subscriptions []Subscription

	// AnySubscription makes every other one exist as well, while it is not known which do. It is not listed.
	AnySubscription bool

	// ProvisioningTime is how long the creation of a vault takes. With 0 it is done when a client first asks.
	ProvisioningTime time.Duration

	// OperationTime is how long an update or a deletion takes. With 0 updates are answered at once, and a deletion is
	// done when a client first asks.
	OperationTime time.Duration

	// Regions that vaults can be made in; nil is all of the catalogue.
	Regions []catalog.Region

	// StrictResourceGroups makes a vault need a resource group that was created before, as in Azure. Otherwise a group
	// exists as long as a vault is in it.
	StrictResourceGroups bool

	// RetryAfter, unless 0, is sent with accepted long-running operations and unfinished polls: exactly as retry-after-ms, and
	// rounded up to seconds as Retry-After.
	RetryAfter time.Duration

	// PageSize is the number of entries in a page of a list; 0 is 100, 200 for items, and 1000 for jobs and recovery points.
	PageSize int

	// Now is the clock; nil is time.Now.
	Now func() time.Time

	// VirtualMachines are the virtual machines that exist: their ids, and the regions they are in. Those that clients
	// write exist, too. When it is nil any machine exists, in the region of the vault that protects it.
	VirtualMachines map[string]string

	// BackupTime is how long a backup takes: its recovery point is there at its end. With 0 it is done at once.
	BackupTime time.Duration

	// FailBackup, for tests, is asked when a backup on demand is accepted. The fault it returns is how its job ends; nil
	// is success.
	FailBackup func(itemID string) *Fault

	// BackupFaults make backups fail by the time at which they begin, scheduled ones too. Of several the first counts.
	BackupFaults []BackupFault

	// Threats are what the scans of machines find, in the recovery points by the time at which they are taken.
	Threats []Threat

	// FailProvisioning, for tests, is asked when the creation of a vault is accepted. The fault it returns is how the
	// creation ends; nil is success.
	FailProvisioning func(vaultID string) *Fault

	// Faults, for tests, make requests go wrong; nil is none.
	Faults *Faults

	// NamesPerGroup lets vaults of several resource groups have one name, as Azure does. Otherwise a name is unique in a
	// subscription, as the rule of backup vaults has it.
	NamesPerGroup bool

	// SoftDeleteChosen lets vaults have any soft delete, and Enabled when nobody chooses, as Azure had it before 2026 and
	// still has it in regions and subscriptions that are not switched over. Otherwise it is AlwaysON, and nothing else.
	SoftDeleteChosen bool
}

// Service answers ARM requests. It is safe for concurrent use, and keeps no state but the store's: several services,
// also in several processes, may share a database.
type Service struct {
	config        Config
	longPage      int                     // entries in a page of jobs or recovery points
	itemPage      int                     // entries in a page of items
	subscriptions map[string]Subscription // by case-folded id
	regions       map[string]catalog.Region
	inventory     map[string]*machine // by the key of the id; nil when any machine exists
	fixed         []*machine          // of the inventory, in the order of lists
	tokens        tokenKey
}

// New returns a service on config.Store.
func New(config Config) *Service {
	if len(config.Subscriptions) == 0 && !config.AnySubscription {
		config.Subscriptions = []Subscription{{ID: DefaultSubscriptionID, DisplayName: "Embedded backup service"}}
	}
	if config.Regions == nil {
		config.Regions = catalog.Regions()
	}
	longPage, itemPage := config.PageSize, config.PageSize
	if config.PageSize <= 0 {
		config.PageSize, longPage, itemPage = defaultPageSize, longPageSize, itemPageSize
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	s := &Service{
		config:        config,
		longPage:      longPage,
		itemPage:      itemPage,
		subscriptions: map[string]Subscription{},
		regions:       map[string]catalog.Region{},
		inventory:     inventoryOf(config.VirtualMachines),
		tokens:        newTokenKey(),
	}
	for _, sub := range config.Subscriptions {
		s.subscriptions[store.Key(sub.ID)] = sub
	}
	for _, r := range config.Regions {
		s.regions[r.Name] = r
	}
	s.fixed = inListOrder(s.inventory)
	return s
}

// ServeHTTP implements http.Handler.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	setCommonHeaders(w.Header(), r.Header, s.config.Now())
	serve := func() (*answer, error) { return s.answer(r) }
	var a *answer
	var err error
	if rule := s.picked(r); rule != nil && (!rule.PolicyToken || !s.tokens.proves(r)) {
		a, err = rule.apply(r.Context(), serve)
	} else {
		a, err = serve()
	}
	if err != nil {
		a = failure(err)
	}
	a.write(w)
}

// picked is the fault rule for a request, nil for none.
func (s *Service) picked(r *http.Request) *FaultRule {
	if s.config.Faults == nil {
		return nil
	}
	// A malformed path is refused further on.
	path, _ := splitPath(r.URL)
	return s.config.Faults.pick(r.Method, kindOf(path), path)
}

// answer finds the handler of the request and runs it.
func (s *Service) answer(r *http.Request) (a *answer, err error) {
	// A bug must not take the provider down with it: Terraform would lose the state of everything else it applies.
	defer func() {
		if v := recover(); v != nil {
			err = &Fault{Code: codeInternal, Message: fmt.Sprintf("The embedded service failed: %v", v)}
		}
	}()
	c, handle, err := s.route(r)
	if err != nil {
		return nil, err
	}
	return handle(s, c)
}

// view and update run fn in a transaction of the store at the time of the call, update where the conditions of the request
// hold.
func (s *Service) view(c *call, fn func(*store.Tx) error) error {
	return s.config.Store.View(c.context(), c.now, fn)
}

func (s *Service) update(c *call, fn func(*store.Tx) error) error {
	return s.config.Store.Update(c.context(), c.now, func(tx *store.Tx) error {
		if err := s.checkConditions(tx, c); err != nil {
			return err
		}
		return fn(tx)
	})
}

// call is a request on its way through the service.
type call struct {
	request    *http.Request
	kind       Kind
	neighbour  *neighbour        // that a write is about, nil for what is none
	params     map[string]string // of the path
	apiVersion string
	now        time.Time // one moment for the whole request
}

func (c *call) context() context.Context { return c.request.Context() }

// since tells whether the request has an API version of that date or a later one.
func (c *call) since(date string) bool { return c.apiVersion[:len(date)] >= date }

// clientRequest is the id that the client gave the request, "" when it gave none that Azure would take for one.
func (c *call) clientRequest() string {
	id := c.request.Header.Get("X-Ms-Client-Request-Id")
	if uuid.Validate(id) != nil {
		return ""
	}
	return id
}

// origin is the scheme and host the client used, on which the URLs in answers are built.
func (c *call) origin() string {
	r := c.request
	scheme := "http"
	if r.TLS != nil || r.URL.Scheme == "https" {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}
