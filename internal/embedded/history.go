package embedded

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// history is what has happened to the protection of an item. Backups that a schedule takes are not written down one by
// one: they follow from the periods when something reads.
type history struct {
	// Periods are in the order of time; each lasts until the next begins.
	Periods []period `json:"periods,omitempty"`
	// OnDemand are the backups that somebody asked for, in the order of time, without those that failed.
	OnDemand []onDemand `json:"onDemand,omitempty"`
}

// period is a time in which an item is treated in one way.
type period struct {
	From time.Time `json:"from"`
	// State is empty while backups are taken, or one of those below.
	State string `json:"state,omitempty"`
	// Policy holds the properties of the policy's document as they were when the period began. It is that of the period
	// before where the state has none.
	Policy object `json:"policy,omitempty"`
}

// The states of a period without backups.
const (
	periodSuspended = "suspended" // backups expire, except for the last
	periodStopped   = "stopped"   // backups are kept for ever
)

// onDemand is a backup that somebody asked for.
type onDemand struct {
	Job     string    `json:"job"`
	Name    string    `json:"name"`
	At      time.Time `json:"at"`
	Ready   time.Time `json:"ready"`
	Expires time.Time `json:"expires"`
}

// memberHistory is the member of an item's document that clients never see.
const memberHistory = "history"

// historyOf reads the history of an item from its document.
func historyOf(body object) (history, error) {
	var h history
	stored, ok := body[memberHistory]
	if !ok {
		return h, nil
	}
	b, err := json.Marshal(stored)
	if err != nil {
		return h, fmt.Errorf("history: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(b))
	decoder.UseNumber() // the policies are documents too
	if err := decoder.Decode(&h); err != nil {
		return h, fmt.Errorf("history: %w", err)
	}
	return h, nil
}

// into writes the history into the document of its item.
func (h history) into(body object) { body[memberHistory] = h }

// begin starts a period in which the item is backed up under a policy, of which it takes the document's properties. It
// is called when the item is protected, gets another policy or is protected again, and when its policy is changed.
func (h *history) begin(at time.Time, policy object) {
	h.enter(period{From: at.UTC(), Policy: snapshot(policy)})
}

// end suspends backups: no more are taken, those there are expire, and the last of them stays.
func (h *history) end(at time.Time) { h.enter(period{From: at.UTC(), State: periodSuspended}) }

// stop ends backups: no more are taken, and those there are at that moment are kept for ever. It is for protection that
// is stopped and for items that are soft-deleted.
func (h *history) stop(at time.Time) { h.enter(period{From: at.UTC(), State: periodStopped}) }

func (h *history) enter(p period) {
	if n := len(h.Periods); n > 0 && p.State != "" && h.Periods[n-1].State == p.State {
		return
	}
	h.Periods = append(h.Periods, p)
}

// snapshot is a copy of a policy's properties without those that say nothing of its backups.
func snapshot(policy object) object {
	kept := object{}
	for name, value := range policy {
		if name != "protectedItemsCount" && name != "resourceGuardOperationRequests" {
			kept[name] = value
		}
	}
	return kept
}

// point is a recovery point.
type point struct {
	name string
	at   time.Time // when its backup began
	// until is when it expires; zero is never.
	until time.Time
	// rule is the retention rule that keeps it; empty for a backup on demand.
	rule string
	// crashConsistent tells that the machine's applications took no part in it.
	crashConsistent bool
}

// points are the recovery points that exist at now, the newest first. policy is the item's present one; where backups
// are stopped the one they were stopped under counts. A backup takes as long as takes says, and leaves its point at its
// end.
func (h history) points(policy catalog.VMPolicy, now time.Time, takes time.Duration) []point {
	var points []point
	for _, b := range h.OnDemand {
		points = append(points, point{name: b.Name, at: b.At, until: b.Expires})
	}
	return points
}
