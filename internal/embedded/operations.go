package embedded

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
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
	operationScan   = "scan"
)

const headerAsyncOperation = "Azure-AsyncOperation"

// begin records an operation on d that ends after the given time, with the fault if there is one.
func (s *Service) begin(tx *store.Tx, d *store.Document, kind string, takes time.Duration, fault *Fault) error {
	op := &store.Operation{
		ID:       newOperationID(d.ID),
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

// newOperationID has the form of Azure's. For what is in a vault that is a plain guid (recorded of items from 2018 to 2025).
// For a vault it is base64 of a number and a guid, and ends in '=', which shows clients up that take the URL apart instead of
// following it.
func newOperationID(resource string) string {
	if isInVault(resource) {
		return uuid.NewString()
	}
	return base64.StdEncoding.EncodeToString([]byte("0;" + uuid.NewString()))
}

// isInVault tells whether a resource belongs to a vault. In Azure another service answers for it than for the vault, whose
// operations look different.
func isInVault(resource string) bool {
	_, path, ok := strings.Cut(store.Key(resource), "/providers/"+store.Key(catalog.VaultType)+"/")
	return ok && strings.Contains(path, "/")
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

// noTime is what the service for the contents of vaults has for the end of an operation that is under way. It has no zone,
// other than all its other times.
const noTime = "0001-01-01T00:00:00"

// status answers how far an operation is, in one of two forms: that of a vault has no times (recorded with 2026-07-01), and
// that of what is in one has its id bare and an end that is noTime at first and later the time of the start (recorded of items
// from 2018 to 2025; that it holds for policies, too, is our reading).
func (s *Service) status(c *call, p place, op *store.Operation) *answer {
	body := operationStatus{ID: p.base + "/" + p.status + "/" + op.ID, Name: op.ID, Status: "InProgress"}
	if isInVault(op.Resource) {
		body.ID, body.StartTime, body.EndTime = op.ID, timestamp(op.Started), noTime
	}
	if op.Running(c.now) {
		return s.retryAfter(answerOK(body).with(headerAsyncOperation, p.url(c, p.status, op)))
	}
	body.EndTime = body.StartTime
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
		return okVault(c, d)
	})
}
