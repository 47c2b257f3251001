package page

import (
	"context"
	"errors"
	"fmt"
	"net/http"
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
	deleted, err := s.service.deletedVault(r.Context(), subscription,
		"/subscriptions/"+subscription+"/resourceGroups/"+group+"/providers/"+catalog.VaultType+"/"+name)
	switch {
	case err != nil:
		return nil, err
	case deleted == nil:
		return v, nil
	}
	p := &deleted.Properties
	v.Title = "This vault was deleted"
	text := fmt.Sprintf("The vault %s was deleted on %s.", strconv.Quote(name), newMoment(p.Deleted).Text)
	if p.Purged.After(s.now()) {
		text += fmt.Sprintf(" Its soft-deleted backups, and its name, are kept until %s. Until then any client of the ARM API can "+
			"bring it back: POST %s/undelete.", newMoment(p.Purged).Text, deleted.ID)
	}
	v.Body = problem{text}
	return v, nil
}

// deletedVault looks for the vault that had an id; nil when the service remembers none. Deleted vaults are listed by
// region, and of this one nobody knows where it was.
func (r *reader) deletedVault(ctx context.Context, subscription, id string) (*wireDeletedVault, error) {
	if catalog.CheckSubscriptionID(subscription) != nil {
		return nil, nil // it has had no vaults
	}
	var last *wireDeletedVault
	for _, region := range catalog.Regions() {
		list, _, err := list[wireDeletedVault](ctx, r, "/subscriptions/"+subscription+"/providers/"+catalog.VaultNamespace+
			"/locations/"+region.Name+"/deletedVaults", catalog.VaultAPIVersion, 0)
		var refused *refusal
		if errors.As(err, &refused) && refused.Status < http.StatusInternalServerError && refused.Status != http.StatusTooManyRequests {
			continue // no vaults in this region, or no such subscription
		}
		if err != nil {
			return nil, err
		}
		for i := range list {
			d := &list[i]
			if strings.EqualFold(d.Properties.VaultID, id) && (last == nil || d.Properties.Deleted.After(last.Properties.Deleted)) {
				last = d
			}
		}
	}
	return last, nil
}
