package vault

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// Client makes the calls on vaults. It lives for one provider run, and is safe for concurrent use.
type Client struct {
	// NamesPerGroup makes names unique in a resource group, as Azure has it, instead of in a subscription. It is set before
	// the first call.
	NamesPerGroup bool

	arm       *arm.Client
	inventory *inventory
	offers    memo[Offer]    // by subscription
	groups    memo[struct{}] // by id, those that exist
	// groupWords are how resource groups stand of which the answer was that something in them does not exist, by id.
	groupWords  memo[groupWord]
	parentLooks sync.Map            // of *sync.Mutex, by vault
	deleted     memo[deletedVaults] // by subscription
	guards      memo[Guard]         // by vault
	// registrations are those that Register has made sure of, by subscription.
	registrations memo[struct{}]
	newVersion    memo[struct{}] // known once the service has answered to catalog.NewBackupAPIVersion

	policies *batch[Policy]      // by vault
	items    *batch[ProtectedVM] // by vault
	vms      *batch[wireVM]      // by subscription
	noVMs    atomic.Pointer[noDescription]
	// pointCounts are how many VMs of a vault were asked for the number of their recovery points: *atomic.Int32, by vault.
	pointCounts sync.Map
}

// NewClient makes a client on an ARM connection.
func NewClient(connection *arm.Client) *Client {
	c := &Client{arm: connection}
	c.inventory = newInventory(c)
	c.policies, c.items, c.vms = c.newPolicyBatch(), c.newItemBatch(), c.newVMBatch()
	return c
}

// Now is the service's clock, as far as its answers have told; before the first it is our own.
func (c *Client) Now() time.Time { return c.arm.Now() }

// ErrExists is wrapped by BeginCreate's error when the subscription has a vault of that name already.
var ErrExists = errors.New("a vault with this name exists already")

// FailedError says that the service accepted a vault and then gave up on it.
type FailedError struct {
	Name string
	// Reason is the service's own; nil when it gave none.
	Reason *arm.Error
}

// Error names the vault and the service's reason.
func (e *FailedError) Error() string {
	if e.Reason == nil {
		return fmt.Sprintf("vault %q ended in the state Failed, for which the service gave no reason", e.Name)
	}
	return fmt.Sprintf("vault %q ended in the state Failed: %s", e.Name, e.Reason)
}

// Unwrap returns the service's reason.
func (e *FailedError) Unwrap() error {
	if e.Reason == nil {
		return nil
	}
	return e.Reason
}

// BeginCreate asks for a new vault and returns once the service has accepted it, usually in the state Creating. Some
// settings cannot be had at birth; Apply brings them once the vault is Active. An existing vault is never written over:
// the error then wraps ErrExists, and comes with the vault when it was seen. When the answers are lost, a vault that is
// there afterwards as it was asked for is the one asked for.
func (c *Client) BeginCreate(ctx context.Context, id arm.ID, region string, settings Settings) (Vault, error) {
	// A PUT on an existing vault is an update in ARM; the condition makes it a refusal.
	body := func(version string) (any, error) { return settings.in(version, newWireCreate(region, settings)) }
	v, there, err := c.put(ctx, id, body, http.Header{"If-None-Match": {"*"}}, func(v Vault) bool {
		_, lacking := settings.atBirth().missing(v.Settings)
		return v.Region == catalog.NormalizeRegion(region) && !lacking
	})
	if there && err != nil && !errors.Is(err, ErrExists) {
		err = fmt.Errorf("%w: %w", ErrExists, err)
	}
	if arm.IsConflict(err) {
		// The name may be another's, and Azure's code for that is not known.
		c.inventory.forget(id.SubscriptionID)
		isOther := func(v Vault) bool { return !v.ID.Equal(id) }
		if found, findErr := c.Namesakes(ctx, id); findErr == nil && slices.ContainsFunc(found, isOther) {
			return v, fmt.Errorf("%w: %w", ErrExists, err)
		}
	}
	return v, err
}

// put writes a vault, whose body is made for the API version that is sent. When no answer tells what came of it, a vault that is there and shows what was asked for is taken for
// accepted, and one that does not comes with the error.
func (c *Client) put(ctx context.Context, id arm.ID, body func(version string) (any, error), header http.Header, shows func(Vault) bool) (v Vault, there bool, err error) {
	if err := id.Validate(); err != nil {
		return Vault{}, false, err
	}
	if ctx.Err() != nil {
		return Vault{}, false, context.Cause(ctx)
	}
	c.inventory.writing(id)
	op, err := c.beginWhenFree(ctx, arm.Request{
		Method: http.MethodPut, Path: id.String(), APIVersion: catalog.VaultAPIVersion, Header: header, BodyIn: body, Heard: true,
	})
	found, err := lookAfter(ctx, err, c.lookAt(id))
	if found != nil && shows(*found) {
		c.inventory.wrote(id, true)
		return *found, true, nil
	}
	c.inventory.wrote(id, err == nil)
	var refusal *arm.Error
	if errors.As(err, &refusal) && refusal.StatusCode == http.StatusPreconditionFailed {
		c.inventory.forget(id.SubscriptionID)
		err = fmt.Errorf("%w: %w", ErrExists, err)
	}
	if err != nil {
		return orZero(found), found != nil, err
	}
	asked, err := body(c.arm.VersionOf(id.String(), catalog.VaultAPIVersion))
	if err != nil {
		return Vault{}, true, err
	}
	v, err = acceptedVault(op.Accepted, id, asked)
	v.operation = op.URL
	return v, true, err
}

// lookAt makes looks at a vault.
func (c *Client) lookAt(id arm.ID) func(context.Context) (Vault, time.Duration, error) {
	return func(ctx context.Context) (Vault, time.Duration, error) { return c.read(ctx, id) }
}

// WaitActive looks at an accepted vault until it is Active, and returns it as the service then describes it. It polls
// the vault rather than the operation: the last look is then also the answer. progress, when not nil, is told each
// state. A vault that ends in Failed is a *FailedError; a context that ends first is an *arm.TimeoutError.
func (c *Client) WaitActive(ctx context.Context, accepted Vault, progress func(State)) (Vault, error) {
	if over := ctx.Err() != nil; over && accepted.State == Active {
		return accepted, nil // seen when the time was over already
	}
	return c.settle(ctx, accepted, nil, nil, progress)
}

// settle waits until a vault is at rest after an accepted write: until it is Active and, where nobody says how the
// operation stands, until it shows what was asked for.
func (c *Client) settle(ctx context.Context, v Vault, op *arm.Operation, shows func(Vault) bool, progress func(State)) (Vault, error) {
	seen, err := follow(ctx, c, accepted[Vault]{
		op: op, look: c.lookAt(v.ID),
		stands: func(v Vault) standing {
			report(progress, v.State)
			return standing{
				status: string(v.State), working: v.State != Active && v.State != Failed, failed: v.State == Failed, shows: shows == nil || shows(v),
			}
		},
		progress: func(string) { report(progress, Updating) },
	})
	c.inventory.wrote(v.ID, true)
	if seen.ARMID == "" {
		seen, seen.operation = v, ""
	}
	if err != nil || seen.State != Failed {
		return seen, err
	}
	failure := &FailedError{Name: seen.ID.Name}
	if v.operation != "" {
		failure.Reason = c.arm.Failure(ctx, v.operation)
	}
	return seen, failure
}

// Get reads one vault. When many vaults of a subscription are read in one run, a single list serves most of them.
func (c *Client) Get(ctx context.Context, id arm.ID) (Vault, error) {
	if err := id.Validate(); err != nil {
		return Vault{}, err
	}
	return c.inventory.get(ctx, id)
}

// Delete deletes a vault and returns when it is gone. A vault that is known to exist no longer is success; a *DoubtError says
// that the service calls it missing, which what is around it does not bear out.
func (c *Client) Delete(ctx context.Context, id arm.ID, progress func(State)) error {
	c.inventory.writing(id)
	err := c.deleteVault(ctx, id, progress)
	c.inventory.deleted(id, err == nil)
	c.deleted.forget(strings.ToLower(id.SubscriptionID)) // there is one more
	c.wroteAny(id.String())
	return err
}

func (c *Client) deleteVault(ctx context.Context, id arm.ID, progress func(State)) error {
	op, err := c.beginWhenFree(ctx, arm.Request{
		Method: http.MethodDelete, Path: id.String(), APIVersion: catalog.VaultAPIVersion,
	})
	if arm.IsNotFound(err) {
		return orNil(c.confirmGone(ctx, id, err))
	}
	if err != nil {
		return err
	}
	err = op.Wait(ctx, func(string) { report(progress, Deleting) }, nil)
	if !arm.IsNotFound(err) {
		return err
	}
	look := func(ctx context.Context) (bool, string, error) {
		v, _, err := c.read(ctx, id)
		return true, string(v.State), err
	}
	return c.awaitGone(ctx, err, look, func(answer error) error {
		_, err := c.aboveVault(ctx, id, answer)
		return err
	})
}

// List yields the vaults of a subscription, or of one of its resource groups unless that is empty, in the service's
// order. The list is always fresh. A vault that cannot be read is an *arm.UnreadableError, and the others come after it.
func (c *Client) List(ctx context.Context, subscriptionID, resourceGroup string) iter.Seq2[Vault, error] {
	path := "/subscriptions/" + subscriptionID
	if resourceGroup != "" {
		path += "/resourceGroups/" + resourceGroup
	}
	return func(yield func(Vault, error) bool) {
		for w, err := range arm.List[wireVault](ctx, c.arm, path+"/providers/"+catalog.VaultType, catalog.VaultAPIVersion, nil) {
			var v Vault
			if err == nil {
				v, err = w.vault()
			}
			if !yield(v, err) {
				return
			}
		}
	}
}

// AmbiguousNameError says that several vaults of a subscription have one name.
type AmbiguousNameError struct {
	Name   string
	Groups []string // the resource groups that have one, in order
}

// Error names the resource groups.
func (e *AmbiguousNameError) Error() string {
	return fmt.Sprintf("%d vaults of the subscription are named %q: in the resource groups %s; name the resource group of the one that is meant",
		len(e.Groups), e.Name, strings.Join(e.Groups, ", "))
}

// FindByName looks for the vault of a subscription that has a name. found is false when no vault has it; that several have it
// is an *AmbiguousNameError.
func (c *Client) FindByName(ctx context.Context, subscriptionID, name string) (v Vault, found bool, err error) {
	all, err := c.inventory.find(ctx, subscriptionID, "", name)
	switch {
	case err != nil || len(all) == 0:
		return Vault{}, false, err
	case len(all) == 1:
		return all[0], true, nil
	}
	ambiguous := &AmbiguousNameError{Name: name}
	for _, v := range all {
		ambiguous.Groups = append(ambiguous.Groups, v.ID.ResourceGroup)
	}
	slices.Sort(ambiguous.Groups)
	return Vault{}, false, ambiguous
}

// Namesakes are the vaults that hold the name which a vault of this id would have, the one of its own resource group first.
func (c *Client) Namesakes(ctx context.Context, id arm.ID) ([]Vault, error) {
	group := ""
	if c.NamesPerGroup {
		group = id.ResourceGroup
	}
	all, err := c.inventory.find(ctx, id.SubscriptionID, group, id.Name)
	slices.SortStableFunc(all, func(a, b Vault) int { return foreign(a, id) - foreign(b, id) })
	return all, err
}

// foreign is 0 for a vault of the resource group of an id, 1 for another.
func foreign(v Vault, id arm.ID) int {
	if inGroup(v.ID, id.ResourceGroup) {
		return 0
	}
	return 1
}
