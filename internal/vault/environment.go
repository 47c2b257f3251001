package vault

import (
	"context"
	"slices"
	"strings"

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
// display names as values. The service is asked once per run and subscription.
func (c *Client) OfferedRegions(ctx context.Context, subscriptionID string) (map[string]string, error) {
	return c.offers.get(ctx, strings.ToLower(subscriptionID), func(ctx context.Context) (map[string]string, error) {
		var provider struct {
			ResourceTypes []struct {
				ResourceType string   `json:"resourceType"`
				Locations    []string `json:"locations"`
			} `json:"resourceTypes"`
		}
		path := "/subscriptions/" + subscriptionID + "/providers/" + catalog.VaultNamespace
		if err := c.arm.Get(ctx, path, catalog.ProviderAPIVersion, &provider); err != nil {
			return nil, err
		}
		offered := map[string]string{}
		for _, resourceType := range provider.ResourceTypes {
			if strings.EqualFold(catalog.VaultNamespace+"/"+resourceType.ResourceType, catalog.VaultType) {
				for _, location := range resourceType.Locations {
					offered[catalog.NormalizeRegion(location)] = location
				}
			}
		}
		return offered, nil
	})
}
