package page

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// noVault is the page of a vault that is not there, and says what became of it when the service knows.
func (s *site) noVault(r *http.Request) (*view, error) {
	subscription, group, name := r.PathValue("subscription"), r.PathValue("group"), r.PathValue("vault")
	v := problemView(http.StatusNotFound, "There is no such vault", fmt.Sprintf(
		"The vault %s is not in the resource group %s. It may have been deleted, or the link may be mistyped.",
		strconv.Quote(name), strconv.Quote(group)))
	v.Crumbs = []crumb{{"Backup vaults", "/"}}
	if !isSubscriptionID(subscription) {
		return v, nil
	}
	deleted, err := s.service.deletedVaults(r.Context(), subscription,
		"/subscriptions/"+subscription+"/resourceGroups/"+group+"/providers/"+catalog.VaultType+"/"+name)
	switch {
	case err != nil:
		return nil, err
	case len(deleted) == 0:
		return v, nil
	}
	v.Title = "This vault was deleted"
	text := fmt.Sprintf("The vault %s was deleted on %s.", strconv.Quote(name), newMoment(deleted[0].Properties.Deleted).Text)
	for i, d := range deleted {
		p := &d.Properties
		if !p.Purged.After(s.now()) {
			continue // it held nothing
		}
		which := "Its soft-deleted backups"
		if i > 0 {
			which = fmt.Sprintf("The soft-deleted backups of the one that was deleted on %s", newMoment(p.Deleted).Text)
		}
		text += fmt.Sprintf(" %s are kept until %s. Until then any client of the ARM API can bring it back, unless there is a vault "+
			"of that name again: POST %s/undelete.", which, newMoment(p.Purged).Text, d.ID)
	}
	v.Body = problem{text}
	return v, nil
}

func isSubscriptionID(s string) bool { return catalog.CheckSubscriptionID(s) == nil }

// deletedVaults looks for the vaults that had an id, of which there can be several; the one that was deleted last comes
// first. Deleted vaults are listed by region, and of these nobody knows where they were.
func (r *reader) deletedVaults(ctx context.Context, subscription, id string) ([]wireDeletedVault, error) {
	regions, _, err := list[wireLocation](ctx, r, "/subscriptions/"+subscription+"/locations", catalog.SubscriptionAPIVersion, 0)
	if refusedAsMissing(err) {
		return nil, nil // no such subscription
	}
	if err != nil {
		return nil, err
	}
	var found []wireDeletedVault
	for _, region := range regions {
		list, _, err := list[wireDeletedVault](ctx, r, "/subscriptions/"+subscription+"/providers/"+catalog.VaultNamespace+
			"/locations/"+region.Name+"/deletedVaults", catalog.VaultAPIVersion, 0)
		if refusedAsMissing(err) {
			continue // no vaults in this region
		}
		if err != nil {
			return nil, err
		}
		for _, d := range list {
			if strings.EqualFold(d.Properties.VaultID, id) {
				found = append(found, d)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b wireDeletedVault) int { return b.Properties.Deleted.Compare(a.Properties.Deleted) })
	return found, nil
}

// wireLocation is a region of a subscription.
type wireLocation struct {
	Name string `json:"name"`
}

// refusedAsMissing tells whether the service refused because of what was asked for, not because it could not answer.
func refusedAsMissing(err error) bool {
	var refused *refusal
	return errors.As(err, &refused) && refused.Status < http.StatusInternalServerError && refused.Status != http.StatusTooManyRequests
}
