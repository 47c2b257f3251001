package vault

import (
	"context"
	"slices"
	"strings"
	"sync"

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

// Subscriptions lists the subscriptions that the caller may use, ordered by name, then id.
func (c *Client) Subscriptions(ctx context.Context) ([]Subscription, error) {
	type wireSubscription struct {
		SubscriptionID string `json:"subscriptionId"`
		DisplayName    string `json:"displayName"`
		State          string `json:"state"`
	}
	var all []Subscription
	for w, err := range arm.List[wireSubscription](ctx, c.arm, "/subscriptions", catalog.SubscriptionAPIVersion, nil) {
		if err != nil {
			return nil, err
		}
		all = append(all, Subscription{ID: w.SubscriptionID, DisplayName: w.DisplayName, State: w.State})
	}
	slices.SortFunc(all, func(a, b Subscription) int {
		return strings.Compare(a.DisplayName+"\x00"+a.ID, b.DisplayName+"\x00"+b.ID)
	})
	return all, nil
}

// OfferedRegions returns the regions that a subscription may make vaults in: canonical names as keys, the service's
// display names as values. The service is asked once per run and subscription; a failure is not remembered.
func (c *Client) OfferedRegions(ctx context.Context, subscriptionID string) (map[string]string, error) {
	return c.offers.regions(ctx, subscriptionID)
}

// offers remembers which regions each subscription is offered; they do not change while the provider runs.
type offers struct {
	arm *arm.Client

	mu     sync.Mutex
	known  map[string]map[string]string
	asking map[string]*sync.Mutex
}

func newOffers(connection *arm.Client) *offers {
	return &offers{arm: connection, known: map[string]map[string]string{}, asking: map[string]*sync.Mutex{}}
}

func (o *offers) regions(ctx context.Context, subscriptionID string) (map[string]string, error) {
	key := strings.ToLower(subscriptionID)
	o.mu.Lock()
	asking := o.asking[key]
	if asking == nil {
		asking = &sync.Mutex{}
		o.asking[key] = asking
	}
	o.mu.Unlock()

	asking.Lock() // one question at a time for each subscription; those who wait find the answer
	defer asking.Unlock()
	o.mu.Lock()
	known, ok := o.known[key]
	o.mu.Unlock()
	if ok {
		return known, nil
	}
	var provider struct {
		ResourceTypes []struct {
			ResourceType string   `json:"resourceType"`
			Locations    []string `json:"locations"`
		} `json:"resourceTypes"`
	}
	path := "/subscriptions/" + subscriptionID + "/providers/" + catalog.VaultNamespace
	if err := o.arm.Get(ctx, path, catalog.ProviderAPIVersion, &provider); err != nil {
		return nil, err
	}
	known = map[string]string{}
	for _, resourceType := range provider.ResourceTypes {
		if strings.EqualFold(catalog.VaultNamespace+"/"+resourceType.ResourceType, catalog.VaultType) {
			for _, location := range resourceType.Locations {
				known[catalog.NormalizeRegion(location)] = location
			}
		}
	}
	o.mu.Lock()
	o.known[key] = known
	o.mu.Unlock()
	return known, nil
}
