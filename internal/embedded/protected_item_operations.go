package embedded

import (
	"errors"
	"net/http"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// getItemStatus answers also when the item is gone.
func (s *Service) getItemStatus(c *call) (*answer, error) {
	var op *store.Operation
	err := s.view(c, func(tx *store.Tx) (err error) {
		op, err = findOperation(tx, c, c.itemID())
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.itemStatus(c, itemPlace(op.Resource), op), nil
}

// itemStatus is the status of an operation on an item, which leads to the job of the operation, if it has one, once that has
// ended.
func (s *Service) itemStatus(c *call, p place, op *store.Operation) *answer {
	a := s.status(c, p, op)
	if body, ok := a.body.(operationStatus); ok && !op.Running(c.now) && op.Kind != operationScan {
		body.Properties = object{"objectType": "OperationStatusJobExtendedInfo", "jobId": jobOf(op)}
		a.body = body
	}
	return a
}

func (s *Service) getItemResult(c *call) (*answer, error) {
	var op *store.Operation
	var body object
	err := s.view(c, func(tx *store.Tx) (err error) {
		if op, err = findOperation(tx, c, c.itemID()); err != nil {
			return err
		}
		d, v, err := s.findItem(tx, c)
		if err != nil || d == nil {
			return err
		}
		body, err = renderItem(c, d, v)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.result(c, itemPlace(op.Resource), op, func() (*answer, error) {
		if op.Kind == operationDelete || op.Kind == operationScan || body == nil {
			return &answer{status: http.StatusNoContent}, nil
		}
		return answerOK(body), nil
	})
}

// findBackupOperation returns the operation of the call if it works on anything in the vault.
func findBackupOperation(tx *store.Tx, c *call) (*store.Operation, error) {
	op, err := tx.Operation(c.params["operation"])
	if errors.Is(err, store.ErrNotFound) || err == nil && !strings.HasPrefix(store.Key(op.Resource), store.Key(c.vaultID())+"/") {
		return nil, operationNotFound(c, c.vaultID())
	}
	return op, err
}

func (s *Service) getBackupStatus(c *call) (*answer, error) {
	var op *store.Operation
	err := s.view(c, func(tx *store.Tx) (err error) {
		op, err = findBackupOperation(tx, c)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.itemStatus(c, c.backupPlace(), op), nil
}

func (s *Service) getBackupResult(c *call) (*answer, error) {
	var op *store.Operation
	err := s.view(c, func(tx *store.Tx) (err error) {
		op, err = findBackupOperation(tx, c)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.result(c, c.backupPlace(), op, func() (*answer, error) {
		return &answer{status: http.StatusNoContent}, nil
	})
}
