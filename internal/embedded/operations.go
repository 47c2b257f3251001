package embedded

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// The kinds of operations.
const (
	operationCreate = "create"
	operationUpdate = "update"
	operationDelete = "delete"
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

// operationURL is absolute: pollers follow it as it is, and HashiCorp's refuses a relative one.
func (c *call) operationURL(op *store.Operation, view string) string {
	return c.origin() + op.Resource + "/" + view + "/" + op.ID + "?api-version=" + c.apiVersion
}

// accepted adds the headers of a 202 answer that tell where to ask for the outcome.
func (s *Service) accepted(c *call, a *answer, op *store.Operation) *answer {
	a.with(headerAsyncOperation, c.operationURL(op, "operationStatus"))
	a.with("Location", c.operationURL(op, "operationResults"))
	return s.retryAfter(a)
}

// findOperation returns the operation of the call if it works on the document with this id.
func findOperation(tx *store.Tx, c *call, id string) (*store.Operation, error) {
	op, err := tx.Operation(c.params["operation"])
	if errors.Is(err, store.ErrNotFound) || err == nil && store.Key(op.Resource) != store.Key(id) {
		return nil, &Fault{
			Code:    codeResourceNotFound,
			Message: fmt.Sprintf("There is no operation '%s' on '%s'.", c.params["operation"], id),
		}
	}
	return op, err
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

	body := operationStatus{
		ID:        op.Resource + "/operationStatus/" + op.ID,
		Name:      op.ID,
		Status:    "InProgress",
		StartTime: op.Started,
	}
	if c.now.Before(op.Ready) {
		return s.retryAfter(answerOK(body).with(headerAsyncOperation, c.operationURL(op, "operationStatus"))), nil
	}
	body.EndTime = &op.Ready
	body.Status = "Succeeded"
	if op.Code != "" {
		body.Status = "Failed"
		body.Error = &errorDetail{Code: op.Code, Message: op.Message}
	}
	return answerOK(body), nil
}

// getOperationResult answers what the request itself would have answered, had it waited.
func (s *Service) getOperationResult(c *call) (*answer, error) {
	var op *store.Operation
	var d *store.Document
	err := s.view(c, func(tx *store.Tx) (err error) {
		if op, err = findOperation(tx, c, c.vaultID()); err != nil {
			return err
		}
		d, err = find(tx, c.vaultID())
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case c.now.Before(op.Ready):
		a := &answer{status: http.StatusAccepted}
		return s.retryAfter(a.with("Location", c.operationURL(op, "operationResults"))), nil
	case op.Code != "":
		// A fault's code may be any, so the status cannot come from the table. 409 is one that clients do not retry.
		return nil, &refusal{Fault: Fault{Code: op.Code, Message: op.Message}, status: http.StatusConflict}
	case op.Kind == operationDelete, d == nil:
		return &answer{status: http.StatusNoContent}, nil
	}
	return okVault(d, c.now)
}
