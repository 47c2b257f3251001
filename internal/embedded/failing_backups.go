package embedded

import (
	"fmt"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// BackupFault makes the backups of a machine fail that begin at some time, those that a schedule takes among them: their
// jobs end in the fault and leave no recovery point. As everything about scheduled backups it follows from timestamps
// whenever something reads, also for backups of the past.
type BackupFault struct {
	// Machine is the id or the name of a virtual machine, in any letter case; empty is any.
	Machine string
	// From and Until are the first and the last moment at which a backup that begins fails; zero is without limit.
	From, Until time.Time
	// Fault is how the job ends.
	Fault Fault
}

// isMeant tells whether the machine with an id is the one that has the name or id, any of which is the empty one.
func isMeant(nameOrID, machine string) bool {
	whole := machine
	if !strings.Contains(nameOrID, "/") {
		whole = lastSegment(machine)
	}
	return nameOrID == "" || store.Key(nameOrID) == store.Key(whole)
}

// isWithin tells whether a moment is in a time, of which either end may be zero.
func isWithin(at, from, until time.Time) bool {
	return !at.Before(from) && (until.IsZero() || !at.After(until))
}

// course is how the backups of a machine go.
type course struct {
	takes  time.Duration
	faults []BackupFault // those about the machine
}

// courseOf is how the backups of the machine with this id go.
func (s *Service) courseOf(machine string) course {
	c := course{takes: s.config.BackupTime}
	for _, f := range s.config.BackupFaults {
		if isMeant(f.Machine, machine) {
			c.faults = append(c.faults, f)
		}
	}
	return c
}

// fault is how a backup ends that begins at that time; nil is success.
func (h history) fault(at time.Time, c course) *Fault {
	if h.absence(at) != nil {
		return machineGone()
	}
	for _, f := range c.faults {
		if isWithin(at, f.From, f.Until) {
			return &f.Fault
		}
	}
	return nil
}

// absence is the one that a backup falls into which begins at that time, nil when the machine existed.
func (h history) absence(at time.Time) *absence {
	for i, a := range h.Absences {
		if at.After(a.From) && (a.Until.IsZero() || at.Before(a.Until)) {
			return &h.Absences[i]
		}
	}
	return nil
}

// absence is a time in which the machine of an item does not exist, because a client has deleted it.
//
// Source: learn.microsoft.com/azure/backup/backup-azure-manage-vms, "Backup item where primary data source no longer
// exists": scheduled and on-demand backups of a machine that was deleted without a stop of its protection fail with
// UserErrorVmNotFoundV2.
type absence struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until,omitzero"` // zero: it is still gone
}

// leave and come back tell that the machine was deleted and made.
func (h *history) leave(at time.Time) {
	if !h.gone() {
		h.Absences = append(h.Absences, absence{From: at.UTC()})
	}
}

func (h *history) comeBack(at time.Time) {
	if h.gone() {
		h.Absences[len(h.Absences)-1].Until = at.UTC()
	}
}

// gone tells whether the machine was deleted and not made again.
func (h history) gone() bool {
	n := len(h.Absences)
	return n > 0 && h.Absences[n-1].Until.IsZero()
}

// changeHistories changes the histories of the items of a machine.
func (s *Service) changeHistories(tx *store.Tx, m machineID, change func(*history)) error {
	items, err := s.itemsOf(tx, m)
	if err != nil {
		return err
	}
	for _, d := range items {
		body, err := decode(d.Body)
		if err == nil {
			err = changeHistory(body, change)
		}
		if err != nil {
			return fmt.Errorf("document %s: %w", d.ID, err)
		}
		if err := save(tx, d, body); err != nil {
			return err
		}
	}
	return nil
}

// absentNow is how a backup of a machine ends that the inventory does not have, of which nobody says since when. The histories of
// those that a client has deleted say it.
func (s *Service) absentNow(tx *store.Tx, machine string) (*Fault, error) {
	id, ok := parseMachineID(machine)
	if !ok || s.inventory == nil {
		return nil, nil
	}
	m, err := s.findMachine(tx, id)
	if err != nil {
		return nil, err
	}
	if gone, err := s.doesNotExist(tx, id, m); err != nil || !gone {
		return nil, err
	}
	return machineGone(), nil
}

// machineGone is how backups of a machine end that does not exist.
func machineGone() *Fault {
	return &Fault{Code: codeMachineGone, Message: "Virtual machine doesn't exist."}
}

// number is what jobs and items have beside the code of an error, 0 where it is not known.
func (f *Fault) number() int {
	if f.Code == codeMachineGone {
		return 400136
	}
	return 0
}

// recommendations are what jobs and items say about an error. Azure has one about a machine that is gone; its words are ours.
func (f *Fault) recommendations() []any {
	if f.Code == codeMachineGone {
		return []any{"If the virtual machine was deleted, stop the protection of the item. If it was moved, protect it where it is now."}
	}
	return []any{}
}
