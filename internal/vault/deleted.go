package vault

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// DeletedVault is a vault that was deleted and is kept with its backups. It does not hold its name: there may be several
// of one id, and a vault of that name besides.
type DeletedVault struct {
	// ARMID is the id of the deleted vault's own resource, which an undelete names.
	ARMID string
	// VaultID is the id that the vault had.
	VaultID string
	// Region is where it was, a canonical name.
	Region string
	// DeletedAt is when its deletion ended.
	DeletedAt time.Time
	// PurgeAt is when its backups are gone for good. That of a vault which held none is about when it was deleted.
	PurgeAt time.Time
}

const (
	// regionsAtOnce bounds how many regions are asked for their deleted vaults at the same time: a cloud has some sixty.
	regionsAtOnce = 8
	// deletedPatience bounds the whole search. A region that is down would otherwise hold up every plan of a new vault.
	deletedPatience = 20 * time.Second
)

// deletedVaults are those of a subscription, as far as its regions could be asked.
type deletedVaults struct {
	all     []DeletedVault
	unasked error // nil when every region has answered
}

// FindDeleted looks in every region that a subscription is offered for the deleted vaults that had a name and still hold
// backups beyond now; the one that was deleted last comes first. The regions are asked once per run and subscription, and
// those that cannot answer, as some of Azure's cannot, are passed over: the error tells of them, beside what the others said.
func (c *Client) FindDeleted(ctx context.Context, subscriptionID, name string, now time.Time) ([]DeletedVault, error) {
	kept, err := c.deleted.get(ctx, strings.ToLower(subscriptionID), func(ctx context.Context) (deletedVaults, error) {
		return c.listDeleted(ctx, subscriptionID)
	})
	if err != nil {
		return nil, err
	}
	var found []DeletedVault
	for _, v := range kept.all {
		if id, err := ParseID(v.VaultID); err == nil && strings.EqualFold(id.Name, name) && v.PurgeAt.After(now) {
			found = append(found, v)
		}
	}
	return found, kept.unasked
}

func (c *Client) listDeleted(ctx context.Context, subscriptionID string) (deletedVaults, error) {
	offered, err := c.OfferedRegions(ctx, subscriptionID)
	if err != nil {
		return deletedVaults{}, err
	}
	limited, cancel := context.WithTimeout(ctx, deletedPatience)
	defer cancel()
	var (
		mu     sync.Mutex
		found  deletedVaults
		failed int
		asking sync.WaitGroup
		places = make(chan struct{}, regionsAtOnce)
	)
	for region := range offered {
		asking.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			kept, err := c.deletedIn(limited, subscriptionID, region)
			mu.Lock()
			defer mu.Unlock()
			found.all = append(found.all, kept...)
			if err != nil {
				failed++
				found.unasked = fmt.Errorf("%d of %d regions did not list their deleted vaults, such as %s: %w", failed, len(offered), region, err)
			}
		})
	}
	asking.Wait()
	slices.SortFunc(found.all, func(a, b DeletedVault) int {
		if byTime := b.DeletedAt.Compare(a.DeletedAt); byTime != 0 {
			return byTime
		}
		return strings.Compare(a.ARMID, b.ARMID)
	})
	return found, context.Cause(ctx)
}

// deletedIn lists the deleted vaults of a region. What came beside an error counts.
func (c *Client) deletedIn(ctx context.Context, subscriptionID, region string) ([]DeletedVault, error) {
	type wireDeleted struct {
		ID         string `json:"id"`
		Properties struct {
			VaultID   string   `json:"vaultId"`
			DeletedAt wireTime `json:"vaultDeletionTime"`
			PurgeAt   wireTime `json:"purgeAt"`
		} `json:"properties"`
	}
	var all []DeletedVault
	var unreadable error
	for w, err := range arm.List[wireDeleted](ctx, c.arm, namespacePath(subscriptionID)+"/locations/"+region+"/deletedVaults", catalog.VaultAPIVersion, nil) {
		p := w.Properties
		switch {
		case err != nil:
		case p.VaultID == "":
			err = &arm.UnreadableError{ID: w.ID, Reason: "it has no properties.vaultId"}
		case p.PurgeAt.IsZero():
			err = &arm.UnreadableError{ID: w.ID, Reason: "it has no properties.purgeAt that is a time"}
		}
		if arm.IsUnreadable(err) {
			unreadable = err
			continue
		}
		if err != nil {
			return all, err
		}
		all = append(all, DeletedVault{ARMID: w.ID, VaultID: p.VaultID, Region: region, DeletedAt: p.DeletedAt.Time, PurgeAt: p.PurgeAt.Time})
	}
	return all, unreadable
}
