package embedded

import (
	"fmt"
	"net/http"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// deleteItem stops the protection and deletes the backups, at once or, with soft delete, when they have been kept for
// the vault's retention.
func (s *Service) deleteItem(c *call) (*answer, error) {
	var d *store.Document
	err := s.update(c, func(tx *store.Tx) error {
		var v *itemVault
		var err error
		if d, v, err = s.findItem(tx, c); err != nil || d == nil {
			return err
		}
		if op := d.Operation; op != nil && op.Kind == operationDelete && (op.Code == "" || op.Running(c.now)) {
			return nil // Asked for before: the client may not have heard of it.
		}
		if softDeleted(d, c.now) {
			d = nil // by an operation that is forgotten
			return nil
		}
		if err := checkUsable(v.document, c.now); err != nil {
			return err
		}
		if err := checkItemFree(d, c.now); err != nil {
			return err
		}
		if err := s.checkGuarded(tx, c, v.body, guardsDeletion, d.ID, nil); err != nil {
			return err
		}
		if refused, err := s.beginRefusedDelete(tx, c, d, v); err != nil || refused {
			return err
		}
		if v.setting(pathSoftDelete) == "Disabled" {
			return s.beginItemDelete(tx, c, d, v)
		}
		return s.beginSoftDelete(tx, c, d, v)
	})
	switch {
	case err != nil:
		return nil, err
	case d == nil:
		return &answer{status: http.StatusNoContent}, nil
	}
	return s.accepted(c, &answer{status: http.StatusAccepted}, c.backupPlace(), d.Operation), nil
}

// beginRefusedDelete begins a deletion that fails, if it is one: the item stays as it is. That its job fails, too, is our reading.
func (s *Service) beginRefusedDelete(tx *store.Tx, c *call, d *store.Document, v *itemVault) (bool, error) {
	points, err := s.countPoints(tx, d)
	if err != nil {
		return false, err
	}
	fault := deletionFault(v, points)
	if fault == nil {
		return false, nil
	}
	if err := s.begin(tx, d, operationDelete, s.config.OperationTime, fault); err != nil {
		return false, err
	}
	if err := s.recordJob(tx, c, v.document, d, job{operation: jobDeleteData, points: points, fault: fault}); err != nil {
		return false, err
	}
	return true, touch(tx, d)
}

// countPoints is how many recovery points an item has.
func (s *Service) countPoints(tx *store.Tx, item *store.Document) (int, error) {
	h, err := documentHistory(item)
	if err != nil {
		return 0, err
	}
	machine, err := sourceOf(item)
	if err != nil {
		return 0, err
	}
	return len(h.points(tx.Now(), s.courseOf(machine))), nil
}

// beginItemDelete deletes an item that is not kept.
func (s *Service) beginItemDelete(tx *store.Tx, c *call, d *store.Document, v *itemVault) error {
	if err := s.beginDelete(tx, d, s.config.OperationTime); err != nil {
		return err
	}
	return s.recordDeletion(tx, c, v, d)
}

// beginSoftDelete writes down what is true from the end of the operation on. Azure's deferredDeleteTimeInUTC is when the
// item was deleted; its clients add the days of retention to find when it will be purged.
func (s *Service) beginSoftDelete(tx *store.Tx, c *call, d *store.Document, v *itemVault) error {
	body, err := decode(d.Body)
	if err != nil {
		return err
	}
	if err := s.begin(tx, d, operationDelete, s.config.OperationTime, nil); err != nil {
		return err
	}
	if err := s.recordDeletion(tx, c, v, d); err != nil {
		return err
	}
	if err := stopHistory(body, tx.Now()); err != nil {
		return fmt.Errorf("document %s: %w", d.ID, err)
	}
	at := d.Operation.Ready
	d.GoneAt = at.Add(retention(v.body))
	merge(body, object{"properties": object{
		"protectionState":                 protectionStopped,
		"policyId":                        "",
		"deferredDeleteTimeInUTC":         timestamp(at),
		"softDeleteRetentionPeriodInDays": retentionDays(v.body),
	}})
	return save(tx, d, body)
}

// deletionFault is how the deletion of an item ends in an immutable vault that has recovery points of it: the request is accepted.
// That one without recovery points is deleted is our reading; the witness ties the fault to those there were.
func deletionFault(v *itemVault, points int) *Fault {
	if !immutable(v) || points == 0 {
		return nil
	}
	return &Fault{
		Code: codeImmutableItem,
		Message: fmt.Sprintf("The backup item cannot be deleted: the vault '%s' is immutable (%s), and recovery points cannot be deleted before they expire. "+
			"The item has %d.", lastSegment(v.document.ID), v.setting(pathImmutability), points),
	}
}
