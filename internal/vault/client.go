package vault

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// Client makes the calls on vaults. It lives for one provider run, and is safe for concurrent use.
type Client struct {
	arm       *arm.Client
	inventory *inventory
	offers    memo[Offer]         // by subscription
	groups    memo[struct{}]      // by id, those that exist
	deleted   memo[deletedVaults] // by subscription
	// registrations are those that Register has made sure of, by subscription.
	registrations memo[struct{}]

	policies  *batch[Policy] // by vault
	schedules schedules
	items     *batch[ProtectedVM] // by vault
	vms       *batch[wireVM]      // by subscription
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
// the error then wraps ErrExists.
func (c *Client) BeginCreate(ctx context.Context, id arm.ID, region string, settings Settings) (Vault, error) {
	// A PUT on an existing vault is an update in ARM; the condition makes it a refusal.
	v, err := c.put(ctx, id, newWireCreate(region, settings), http.Header{"If-None-Match": {"*"}})
	var refusal *arm.Error
	if errors.As(err, &refusal) && refusal.StatusCode == http.StatusPreconditionFailed && refusal.Repeated {
		// The answer to an earlier try was lost on its way: the vault that is there is the one asked for.
		if seen, _, readErr := c.read(ctx, id); readErr == nil && seen.Region == catalog.NormalizeRegion(region) {
			if _, lacking := settings.atBirth().missing(seen.Settings); !lacking {
				return seen, nil
			}
		}
	}
	if refusal != nil && refusal.StatusCode == http.StatusConflict {
		// Names are unique in a subscription, and Azure's code for that is not known.
		c.inventory.forget(id.SubscriptionID)
		if other, found, findErr := c.FindByName(ctx, id.SubscriptionID, id.Name); findErr == nil && found && !other.ID.Equal(id) {
			return v, fmt.Errorf("%w: %w", ErrExists, err)
		}
	}
	return v, err
}

func (c *Client) put(ctx context.Context, id arm.ID, body any, header http.Header) (Vault, error) {
	if err := id.Validate(); err != nil {
		return Vault{}, err
	}
	if err := ctx.Err(); err != nil {
		return Vault{}, err
	}
	c.inventory.writing(id)
	op, err := c.beginHeardWhenFree(ctx, arm.Request{
		Method: http.MethodPut, Path: id.String(), APIVersion: catalog.VaultAPIVersion,
		Header: header, Body: body,
	})
	c.inventory.wrote(id, err == nil)
	var refusal *arm.Error
	if errors.As(err, &refusal) && refusal.StatusCode == http.StatusPreconditionFailed {
		c.inventory.forget(id.SubscriptionID)
		return Vault{}, fmt.Errorf("%w: %w", ErrExists, err)
	}
	if err != nil {
		return Vault{}, err
	}
	v, err := acceptedVault(op.Accepted, id, body)
	v.operation = op.URL
	return v, err
}

// answerGrace is how long the answer to a create is still waited for after an interrupt.
const answerGrace = 10 * time.Second

// untilHeard gives a create time to hear whether it was accepted, although its context has ended: a request given up
// in flight may leave a vault that nobody knows of.
func untilHeard(ctx context.Context) (context.Context, context.CancelFunc) {
	heard, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(answerGrace, cancel)
		context.AfterFunc(heard, func() { timer.Stop() })
	})
	return heard, func() { stop(); cancel() }
}

// beginHeard sends a write whose acceptance must be heard of.
func (c *Client) beginHeard(ctx context.Context, request arm.Request) (*arm.Operation, error) {
	ctx, cancel := untilHeard(ctx)
	defer cancel()
	return c.arm.Begin(ctx, request)
}

// WaitActive looks at an accepted vault until it is Active, and returns it as the service then describes it. It polls
// the vault rather than the operation: the last look is then also the answer. progress, when not nil, is told each
// state. A vault that ends in Failed is a *FailedError; a context that ends first is an *arm.TimeoutError.
func (c *Client) WaitActive(ctx context.Context, accepted Vault, progress func(State)) (Vault, error) {
	// A vault that was accepted just now may not be found for a moment: ARM's replicas take time to agree.
	const patience = 10
	missed := 0
	v := accepted
	err := c.arm.Wait(ctx, func(ctx context.Context) (arm.Look, error) {
		seen, retryAfter, err := c.read(ctx, accepted.ID)
		if arm.IsNotFound(err) && missed < patience {
			missed++
			return arm.Look{Status: err.Error()}, nil
		}
		if err != nil {
			return arm.Look{}, err
		}
		v = seen
		if progress != nil {
			progress(seen.State)
		}
		done := seen.State == Active || seen.State == Failed
		return arm.Look{Done: done, Status: string(seen.State), RetryAfter: retryAfter}, nil
	})
	c.inventory.wrote(accepted.ID, true)
	if err != nil {
		return v, err
	}
	if v.State == Failed {
		failure := &FailedError{Name: v.ID.Name}
		if accepted.operation != "" {
			failure.Reason = c.arm.Failure(ctx, accepted.operation)
		}
		return v, failure
	}
	return v, nil
}

// Get reads one vault. When many vaults of a subscription are read in one run, a single list serves most of them.
func (c *Client) Get(ctx context.Context, id arm.ID) (Vault, error) {
	if err := id.Validate(); err != nil {
		return Vault{}, err
	}
	return c.inventory.get(ctx, id)
}

// Delete deletes a vault and returns when it is gone. A vault that does not exist is success.
func (c *Client) Delete(ctx context.Context, id arm.ID, progress func(State)) error {
	c.inventory.writing(id)
	op, err := c.beginWhenFree(ctx, arm.Request{
		Method: http.MethodDelete, Path: id.String(), APIVersion: catalog.VaultAPIVersion,
	})
	if err == nil {
		err = op.Wait(ctx, func(string) { report(progress, Deleting) }, nil)
	}
	if arm.IsNotFound(err) {
		err = nil
	}
	c.inventory.deleted(id, err == nil)
	c.deleted.forget(strings.ToLower(id.SubscriptionID)) // there is one more
	c.wrote(id.String())
	return err
}

// List yields the vaults of a subscription, or of one of its resource groups unless that is empty, in the service's
// order. The list is always fresh.
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
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
}

// FindByName looks for a vault by its name, which is unique in a subscription. found is false when no vault has it.
func (c *Client) FindByName(ctx context.Context, subscriptionID, name string) (v Vault, found bool, err error) {
	return c.inventory.find(ctx, subscriptionID, name)
}

func report(progress func(State), state State) {
	if progress != nil {
		progress(state)
	}
}
