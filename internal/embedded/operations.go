package embedded

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// The kinds of operations.
const (
	operationCreate = "create"
	operationUpdate = "update"
	operationDelete = "delete"
	operationRevive = "undelete"
	operationBackup = "backup"
	operationCancel = "cancel"
)

const headerAsyncOperation = "Azure-AsyncOperation"

// begin records an operation on d that ends after the given time, with the fault if there is one.
func (s *Service) begin(tx *store.Tx, d *store.Document, kind string, takes time.Duration, fault *Fault) error {
	op := &store.Operation{
		ID:       newOperationID(),
		Resource: d.ID,
		Kind:     kind,
		Started:  tx.Now(),
		Ready:    tx.Now().Add(takes),
	}
	if fault != nil {
		op.Code, op.Message = fault.Code, fault.Message
	}
	d.Operation = op
	return tx.PutOperation(op)
}

// newOperationID has the form of Azure's, base64 of a number and a guid. It ends in '=', which shows clients up that
// take the URL apart instead of following it.
func newOperationID() string {
	return base64.StdEncoding.EncodeToString([]byte("0;" + uuid.NewString()))
}

// place is where clients ask for an operation: the same operation has its address below the id it belongs to, and
// Azure spells the views of it differently for each kind of resource.
type place struct {
	base    string
	status  string
	results string // "" where there is no such view
}

func vaultPlace(id string) place { return place{id, "operationStatus", "operationResults"} }

// url is absolute: pollers follow it as it is, and HashiCorp's refuses a relative one.
func (p place) url(c *call, view string, op *store.Operation) string {
	return c.origin() + p.base + "/" + view + "/" + op.ID + "?api-version=" + c.apiVersion
}

// accepted adds the headers of a 202 answer that tell where to ask for the outcome.
func (s *Service) accepted(c *call, a *answer, p place, op *store.Operation) *answer {
	a.with(headerAsyncOperation, p.url(c, p.status, op))
	if p.results != "" {
		a.with("Location", p.url(c, p.results, op))
	}
	return s.retryAfter(a)
}

// status answers how far an operation is.
func (s *Service) status(c *call, p place, op *store.Operation) *answer {
	body := operationStatus{
		ID:        p.base + "/" + p.status + "/" + op.ID,
		Name:      op.ID,
		Status:    "InProgress",
		StartTime: op.Started,
	}
	if op.Running(c.now) {
		return s.retryAfter(answerOK(body).with(headerAsyncOperation, p.url(c, p.status, op)))
	}
	body.EndTime = &op.Ready
	body.Status = "Succeeded"
	if op.Code != "" {
		body.Status = "Failed"
		body.Error = &errorDetail{Code: op.Code, Message: op.Message}
	}
	return answerOK(body)
}

// result answers what the request itself would have answered, had it waited; done is the answer of a success.
func (s *Service) result(c *call, p place, op *store.Operation, done func() (*answer, error)) (*answer, error) {
	switch {
	case op.Running(c.now):
		a := &answer{status: http.StatusAccepted}
		return s.retryAfter(a.with("Location", p.url(c, p.results, op))), nil
	case op.Code != "":
		// A fault's code may be any, so the status cannot come from the table. 409 is one that clients do not retry.
		return nil, &refusal{Fault: Fault{Code: op.Code, Message: op.Message}, status: http.StatusConflict}
	}
	return done()
}

// findOperation returns the operation of the call if it works on the document with this id.
func findOperation(tx *store.Tx, c *call, id string) (*store.Operation, error) {
	op, err := tx.Operation(c.params["operation"])
	if errors.Is(err, store.ErrNotFound) || err == nil && store.Key(op.Resource) != store.Key(id) {
		return nil, operationNotFound(c, id)
	}
	return op, err
}

func operationNotFound(c *call, id string) error {
	return &Fault{
		Code:    codeResourceNotFound,
		Message: fmt.Sprintf("There is no operation '%s' on '%s'.", c.params["operation"], id),
	}
}

// getOperationStatus answers also when the vault is gone: that is how the end of a deletion is seen.
func (s *Service) getOperationStatus(c *call) (*answer, error) {
	var op *store.Operation
	err := s.view(c, func(tx *store.Tx) (err error) {
		op, err = findOperation(tx, c, c.vaultID())
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.status(c, vaultPlace(op.Resource), op), nil
}

func (s *Service) getOperationResult(c *call) (*answer, error) {
	var op *store.Operation
	var d *store.Document
	err := s.view(c, func(tx *store.Tx) (err error) {
		if op, err = findOperation(tx, c, c.vaultID()); err != nil {
			return err
		}
		d, err = find(tx, catalog.VaultType, c.vaultID())
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.result(c, vaultPlace(op.Resource), op, func() (*answer, error) {
		if op.Kind == operationDelete || d == nil {
			return &answer{status: http.StatusNoContent}, nil
		}
		return okVault(d, c.now)
	})
}
