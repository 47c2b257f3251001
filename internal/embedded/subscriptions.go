package embedded

import (
	"fmt"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// checkSubscription refuses a subscription that does not exist.
func (s *Service) checkSubscription(id string) error {
	if _, ok := s.subscriptions[store.Key(id)]; ok {
		return nil
	}
	wrong := catalog.CheckSubscriptionID(id)
	if s.config.AnySubscription && wrong == nil {
		return nil
	}
	if wrong != nil {
		return &Fault{
			Code:    codeInvalidSubscription,
			Message: fmt.Sprintf("The provided subscription identifier '%s' is malformed or invalid.", id),
		}
	}
	return &Fault{Code: codeSubscriptionNotFound, Message: fmt.Sprintf("The subscription '%s' could not be found.", id)}
}

// subscription is one that exists.
func (s *Service) subscription(id string) Subscription {
	if sub, ok := s.subscriptions[store.Key(id)]; ok {
		return sub
	}
	return Subscription{ID: id, DisplayName: id}
}

// searched are the ids of the subscriptions to search for what can be in any; "" is all there are.
func (s *Service) searched() []string {
	if s.config.AnySubscription {
		return []string{""}
	}
	var ids []string
	for _, sub := range s.config.Subscriptions {
		ids = append(ids, sub.ID)
	}
	return ids
}

func (s *Service) listSubscriptions(*call) (*answer, error) {
	p := page{}
	for _, sub := range s.config.Subscriptions {
		p.Value = append(p.Value, renderSubscription(sub))
	}
	return answerOK(p), nil
}

func (s *Service) getSubscription(c *call) (*answer, error) {
	return answerOK(renderSubscription(s.subscription(c.params["subscription"]))), nil
}

func renderSubscription(sub Subscription) subscription {
	return subscription{
		ID:             "/subscriptions/" + sub.ID,
		SubscriptionID: sub.ID,
		TenantID:       TenantID,
		DisplayName:    sub.DisplayName,
		State:          "Enabled",
		SubscriptionPolicies: subscriptionPolicies{
			LocationPlacementID: "Public_2014-09-01",
			QuotaID:             "PayAsYouGo_2014-09-01",
			SpendingLimit:       "Off",
		},
		AuthorizationSource: "RoleBased",
		ManagedByTenants:    []any{},
	}
}

// listTenants serves the one directory there is; clients that sign in ask which they may use.
func (s *Service) listTenants(*call) (*answer, error) {
	return answerOK(page{Value: []any{tenant{
		ID: "/tenants/" + TenantID, TenantID: TenantID, TenantCategory: "Home", DisplayName: "Embedded backup service", Domains: []string{},
	}}}), nil
}

// listLocations serves the regions a subscription can use.
func (s *Service) listLocations(c *call) (*answer, error) {
	base := "/subscriptions/" + s.subscription(c.params["subscription"]).ID + "/locations/"
	p := page{}
	for _, r := range s.config.Regions {
		p.Value = append(p.Value, renderLocation(base, r))
	}
	return answerOK(p), nil
}

func renderLocation(base string, r catalog.Region) location {
	l := location{
		ID:                  base + r.Name,
		Name:                r.Name,
		Type:                "Region",
		DisplayName:         r.DisplayName,
		RegionalDisplayName: fmt.Sprintf("(%s) %s", r.Geography, r.DisplayName),
		Metadata: locationMetadata{
			RegionType:     "Physical",
			RegionCategory: "Other",
			Geography:      r.Geography,
			PairedRegion:   []pairedRegion{},
		},
	}
	if r.Pair != "" {
		l.Metadata.PairedRegion = append(l.Metadata.PairedRegion, pairedRegion{Name: r.Pair, ID: base + r.Pair})
	}
	if r.Zones {
		l.Metadata.RegionCategory = "Recommended"
		for zone := 1; zone <= 3; zone++ {
			l.AvailabilityZoneMappings = append(l.AvailabilityZoneMappings, availabilityZone{
				LogicalZone:  fmt.Sprint(zone),
				PhysicalZone: fmt.Sprintf("%s-az%d", r.Name, zone),
			})
		}
	}
	return l
}
