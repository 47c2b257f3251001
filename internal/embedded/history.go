package embedded

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// history is what has happened to the protection of an item. Backups that a schedule takes are not written down one by
// one: they follow from the periods when something reads.
type history struct {
	// Periods are in the order of time; each lasts until the next begins.
	Periods []period `json:"periods,omitempty"`
	// OnDemand are the backups that somebody asked for, in the order of time, without those that were cancelled.
	OnDemand []onDemand `json:"onDemand,omitempty"`
	// Absences are when the machine did not exist, in the order of time.
	Absences []absence `json:"absences,omitempty"`
	// Scans are when the machine was scanned for threats, in the order of time.
	Scans []scan `json:"scans,omitempty"`
}

// period is a time in which an item is treated in one way.
type period struct {
	From time.Time `json:"from"`
	// State is empty while backups are taken, or one of those below.
	State string `json:"state,omitempty"`
	// Policy holds the properties of the policy's document as they were when the period began; a period that has none
	// goes on with those of the one before.
	Policy object `json:"policy,omitempty"`
	// ImmutableDays is how long the vault keeps each recovery point, whatever the policy says.
	ImmutableDays int `json:"immutableDays,omitempty"`

	settings catalog.VMPolicy // what Policy says
}

// The states of a period without backups.
const (
	periodSuspended = "suspended" // backups expire
	periodStopped   = "stopped"   // backups are kept for ever
)

// onDemand is a backup that somebody asked for.
type onDemand struct {
	Job     string    `json:"job"`
	Name    string    `json:"name"`
	At      time.Time `json:"at"`
	Ready   time.Time `json:"ready"`
	Expires time.Time `json:"expires"`
	Failed  bool      `json:"failed,omitempty"` // and left no recovery point
	Code    string    `json:"code,omitempty"`   // of its fault
	Message string    `json:"message,omitempty"`
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
	if err = unmarshal(b, &h); err == nil {
		err = h.readAll()
	}
	if err != nil {
		return h, fmt.Errorf("history: %w", err)
	}
	return h, nil
}

// unmarshal keeps the numbers in documents as they are written.
func unmarshal(b []byte, value any) error {
	decoder := json.NewDecoder(bytes.NewReader(b))
	decoder.UseNumber()
	return decoder.Decode(value)
}

func (h *history) readAll() error {
	for i := range h.Periods {
		if err := h.read(i); err != nil {
			return err
		}
	}
	return nil
}

// read takes the settings of a period from its policy, or from the period before.
func (h *history) read(i int) (err error) {
	p := &h.Periods[i]
	switch {
	case p.Policy != nil:
		p.settings, err = policyOf(p.Policy)
	case i > 0:
		p.settings = h.Periods[i-1].settings
	}
	return err
}

// into writes the history into the document of its item.
func (h history) into(body object) { body[memberHistory] = h }

// begin starts a period in which the item is backed up under a policy, of which it takes the document's properties. It
// is called when the item is protected, gets another policy or is protected again, and when its policy is changed.
func (h *history) begin(at time.Time, policy object, immutableDays int) {
	h.enter(period{From: at.UTC(), Policy: snapshot(policy), ImmutableDays: immutableDays})
}

// end suspends backups: no more are taken, those there are expire, and the last of them stays.
func (h *history) end(at time.Time) {
	h.enter(period{From: at.UTC(), State: periodSuspended, ImmutableDays: h.immutableDays()})
}

// stop ends backups: no more are taken, and those there are at that moment are kept for ever. It is for protection that
// is stopped and for items that are soft-deleted.
func (h *history) stop(at time.Time) {
	h.enter(period{From: at.UTC(), State: periodStopped, ImmutableDays: h.immutableDays()})
}

// change tells that the item's policy was changed while it keeps its state: where backups are suspended, those there
// are expire by the new retention.
func (h *history) change(at time.Time, policy object) {
	if state := h.state(); state != periodStopped {
		h.enter(period{From: at.UTC(), State: state, Policy: snapshot(policy), ImmutableDays: h.immutableDays()})
	}
}

func (h *history) enter(p period) {
	// What is to come, because the clock was set back, comes otherwise now.
	for n := len(h.Periods); n > 0 && h.Periods[n-1].From.After(p.From); n = len(h.Periods) {
		h.Periods = h.Periods[:n-1]
	}
	if n := len(h.Periods); n > 0 && p.Policy == nil && p.State == h.Periods[n-1].State && p.ImmutableDays == h.Periods[n-1].ImmutableDays {
		return
	}
	h.Periods = append(h.Periods, p)
	// A policy that is in use has been read before.
	_ = h.read(len(h.Periods) - 1)
}

// add writes down a backup that somebody asked for, in its place: the clock may have been set back since the last one.
func (h *history) add(b onDemand) {
	i, _ := slices.BinarySearchFunc(h.OnDemand, b.At.Add(1), func(o onDemand, at time.Time) int { return o.At.Compare(at) })
	h.OnDemand = slices.Insert(h.OnDemand, i, b)
}

// forget takes a backup out that was cancelled.
func (h *history) forget(job string) {
	h.OnDemand = slices.DeleteFunc(h.OnDemand, func(b onDemand) bool { return b.Job == job })
}

// state is that of the last period.
func (h history) state() string {
	if len(h.Periods) == 0 {
		return ""
	}
	return h.Periods[len(h.Periods)-1].State
}

// policy is what the policy says that the item has or had last.
func (h history) policy() catalog.VMPolicy {
	if len(h.Periods) == 0 {
		return catalog.VMPolicy{}
	}
	return h.Periods[len(h.Periods)-1].settings
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
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
