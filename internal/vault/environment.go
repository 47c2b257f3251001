package vault

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// Subscription is a subscription that the caller may use.
type Subscription struct {
	// ID is a UUID.
	ID          string
	DisplayName string
	// State is the service's word: Enabled, Warned, PastDue, Disabled or Deleted.
	State string
}

// Subscriptions lists the subscriptions that the caller may use, ordered by name, then id, and beside them those that cannot
// be read.
func (c *Client) Subscriptions(ctx context.Context) ([]Subscription, []*arm.UnreadableError, error) {
	type wireSubscription struct {
		SubscriptionID string `json:"subscriptionId"`
		DisplayName    string `json:"displayName"`
		State          string `json:"state"`
	}
	var all []Subscription
	var passed []*arm.UnreadableError
	for w, err := range arm.List[wireSubscription](ctx, c.arm, "/subscriptions", catalog.SubscriptionAPIVersion, nil) {
		if err == nil && w.SubscriptionID == "" {
			err = &arm.UnreadableError{Reason: "it has no subscriptionId"}
		}
		var unreadable *arm.UnreadableError
		if errors.As(err, &unreadable) {
			passed = append(passed, unreadable)
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		all = append(all, Subscription{ID: w.SubscriptionID, DisplayName: w.DisplayName, State: orZero(said(w.State, "Enabled", "Warned", "PastDue", "Disabled", "Deleted"))})
	}
	slices.SortFunc(all, func(a, b Subscription) int {
		return strings.Compare(a.DisplayName+"\x00"+a.ID, b.DisplayName+"\x00"+b.ID)
	})
	return all, passed, nil
}

// Offer is what the cloud says about vaults to a subscription.
type Offer struct {
	// Regions are those that vaults can be made in: canonical names as keys, the service's display names as values.
	Regions map[string]string
	// Registration is the service's word for whether the subscription has the resource provider registered: Registered,
	// Registering, NotRegistered or Unregistering.
	Registration string
}

// stateRegistered is the end of a registration.
const stateRegistered = "Registered"

// Registered tells whether vaults can be made, as far as the registration goes. One under way counts: it is done before
// long, and regions are ready before all of them are.
func (o Offer) Registered() bool {
	return o.Registration == "" || strings.EqualFold(o.Registration, stateRegistered) || strings.EqualFold(o.Registration, "Registering")
}

// Offer asks what the cloud offers to a subscription, once per run.
func (c *Client) Offer(ctx context.Context, subscriptionID string) (Offer, error) {
	return c.offers.get(ctx, strings.ToLower(subscriptionID), func(ctx context.Context) (Offer, error) {
		o, _, err := c.readOffer(ctx, subscriptionID)
		return o, err
	})
}

func (c *Client) readOffer(ctx context.Context, subscriptionID string) (Offer, time.Duration, error) {
	var provider struct {
		RegistrationState string `json:"registrationState"`
		ResourceTypes     []struct {
			ResourceType string   `json:"resourceType"`
			Locations    []string `json:"locations"`
		} `json:"resourceTypes"`
	}
	hint, err := c.arm.Poll(ctx, namespacePath(subscriptionID), catalog.ProviderAPIVersion, &provider)
	if err != nil {
		return Offer{}, 0, err
	}
	o := Offer{Regions: map[string]string{}, Registration: orZero(said(provider.RegistrationState, stateRegistered, "Registering", "NotRegistered", "Unregistering"))}
	for _, resourceType := range provider.ResourceTypes {
		if strings.EqualFold(catalog.VaultNamespace+"/"+resourceType.ResourceType, catalog.VaultType) {
			for _, location := range resourceType.Locations {
				o.Regions[catalog.NormalizeRegion(location)] = location
			}
		}
	}
	return o, hint, nil
}

func namespacePath(subscriptionID string) string {
	return "/subscriptions/" + subscriptionID + "/providers/" + catalog.VaultNamespace
}

// OfferedRegions are the regions of Offer.
func (c *Client) OfferedRegions(ctx context.Context, subscriptionID string) (map[string]string, error) {
	o, err := c.Offer(ctx, subscriptionID)
	return o.Regions, err
}

// Register registers the resource provider in a subscription, unless that has been done, and returns when the service
// says that it is. It is done once per run and subscription. progress, when not nil, is told how it stands.
func (c *Client) Register(ctx context.Context, subscriptionID string, progress func(state string)) error {
	_, err := c.registrations.get(ctx, strings.ToLower(subscriptionID), func(ctx context.Context) (struct{}, error) {
		o, err := c.Offer(ctx, subscriptionID)
		if err != nil || o.Registration == "" || strings.EqualFold(o.Registration, stateRegistered) {
			return struct{}{}, err
		}
		request := arm.Request{
			Method: http.MethodPost, Path: namespacePath(subscriptionID) + "/register", APIVersion: catalog.ProviderAPIVersion, Once: true,
		}
		if err := c.arm.Do(ctx, request, nil); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, c.arm.Wait(ctx, func(ctx context.Context) (arm.Look, error) {
			o, hint, err := c.readOffer(ctx, subscriptionID)
			if err != nil {
				return arm.Look{}, err
			}
			if progress != nil {
				progress(o.Registration)
			}
			return arm.Look{Done: strings.EqualFold(o.Registration, stateRegistered), Status: o.Registration, RetryAfter: hint}, nil
		})
	})
	return err
}

// errNoGroup keeps it from being remembered that a group does not exist: somebody may make it meanwhile.
var errNoGroup = errors.New("there is no such resource group")

// HasGroup tells whether a resource group exists. The service is asked until it does.
func (c *Client) HasGroup(ctx context.Context, subscriptionID, name string) (bool, error) {
	path := "/subscriptions/" + subscriptionID + "/resourceGroups/" + name
	_, err := c.groups.get(ctx, strings.ToLower(path), func(ctx context.Context) (struct{}, error) {
		err := c.arm.Get(ctx, path, catalog.ResourceGroupAPIVersion, nil)
		if arm.HasCode(err, codeGroupMissing) {
			err = errNoGroup
		}
		return struct{}{}, err
	})
	if errors.Is(err, errNoGroup) {
		return false, nil
	}
	return err == nil, err
}
