package embedded

import (
	"fmt"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// immutableDays is how many days a vault with this body keeps each recovery point at least; 0 where its policies alone
// say so. Microsoft describes it as a number of days regardless of the policy (microsoft/mcp, 2026-08); that the points
// before the change are kept for so long, too, is our reading.
func immutableDays(vault object) int {
	properties, _ := vault["properties"].(object)
	state := lookupText(properties, pathImmutability)
	if state != catalog.ImmutabilityUnlocked && state != catalog.ImmutabilityLocked || lookupText(properties, pathImmutabilityType) != catalog.ImmutableTimeBased {
		return 0
	}
	days, _ := daysOf(properties, pathImmutabilityDays)
	return int(days)
}

// followImmutability begins a period in the items of a vault when it keeps recovery points for another time.
func followImmutability(tx *store.Tx, vault *store.Document, after object) error {
	before, err := decode(vault.Body)
	if err != nil {
		return err
	}
	days := immutableDays(after)
	if days == immutableDays(before) {
		return nil
	}
	items, err := tx.Documents(store.Query{Type: typeProtectedItem, Parent: vault.ID})
	if err != nil {
		return err
	}
	for _, item := range items {
		body, err := decode(item.Body)
		if err == nil {
			err = changeHistory(body, func(h *history) { h.keep(tx.Now(), days) })
		}
		if err != nil {
			return fmt.Errorf("document %s: %w", item.ID, err)
		}
		if err := save(tx, item, body); err != nil {
			return err
		}
	}
	return nil
}

// keep tells that the vault keeps recovery points for at least so many days from now on.
func (h *history) keep(at time.Time, days int) {
	if len(h.Periods) > 0 {
		h.enter(period{From: at.UTC(), State: h.state(), ImmutableDays: days})
	}
}

// immutableDays are those of the last period.
func (h history) immutableDays() int {
	if len(h.Periods) == 0 {
		return 0
	}
	return h.Periods[len(h.Periods)-1].ImmutableDays
}

// immutableUntil is when the vault no longer keeps a point itself; zero where it does not.
func (p period) immutableUntil(point point) time.Time {
	if p.ImmutableDays == 0 {
		return time.Time{}
	}
	return point.taken().AddDate(0, 0, p.ImmutableDays)
}

// longest is a time after which nothing keeps a point of the period.
func (p period) longest() time.Duration {
	return max(longest(p.settings), time.Duration(p.ImmutableDays+1)*24*time.Hour)
}
