package embedded

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// firstAsynchronousDelete is the beginning of the API versions in which DELETE of a vault is answered 202. Before, it is 200
// when all is done. The exact cut-over is not documented; 2024-04-01 is known to be before it and 2025-08-01 after.
const firstAsynchronousDelete = "2025-01-01"

func (c *call) groupID() string {
	return "/subscriptions/" + c.params["subscription"] + "/resourceGroups/" + c.params["group"]
}

func (c *call) vaultID() string {
	return c.groupID() + "/providers/" + catalog.VaultType + "/" + c.params["vault"]
}

// scope selects what is in the subscription or in the resource group of the call.
func (c *call) scope() store.Query {
	return store.Query{Subscription: c.params["subscription"], ResourceGroup: c.params["group"]}
}

// find returns the document of this type with this id, nil when there is none. The type matters: with an escaped slash
// in a name, a path of one type leads to the id of another.
func find(tx *store.Tx, kind, id string) (*store.Document, error) {
	d, err := tx.Document(id)
	if errors.Is(err, store.ErrNotFound) || err == nil && !strings.EqualFold(d.Type, kind) {
		return nil, nil
	}
	return d, err
}

// mustFindVault returns the vault of the call, or Azure's error for a missing one.
func (s *Service) mustFindVault(tx *store.Tx, c *call) (*store.Document, error) {
	d, err := find(tx, catalog.VaultType, c.vaultID())
	if err != nil || d != nil {
		return d, err
	}
	if err := s.requireGroup(tx, c); err != nil {
		return nil, err
	}
	return nil, &Fault{
		Code: codeResourceNotFound,
		Message: fmt.Sprintf("The Resource '%s/%s' under resource group '%s' was not found. For more details please go "+
			"to https://aka.ms/ARMResourceNotFoundFix", catalog.VaultType, c.params["vault"], c.params["group"]),
	}
}

func (s *Service) getVault(c *call) (*answer, error) {
	var d *store.Document
	err := s.view(c, func(tx *store.Tx) (err error) {
		d, err = s.mustFindVault(tx, c)
		return err
	})
	if err != nil {
		return nil, err
	}
	return okVault(c, d)
}

func okVault(c *call, d *store.Document) (*answer, error) {
	body, err := render(c, d, stateOf(d, c.now))
	if err != nil {
		return nil, err
	}
	return answerOK(body), nil
}

func (s *Service) putVault(c *call) (*answer, error) {
	in, err := c.content()
	if err != nil {
		return nil, err
	}
	var a *answer
	err = s.update(c, func(tx *store.Tx) error {
		existing, err := find(tx, catalog.VaultType, c.vaultID())
		switch {
		case err != nil:
		case existing == nil:
			a, err = s.createVault(tx, c, in)
		default:
			a, err = s.replaceVault(tx, c, existing, in)
		}
		return err
	})
	return a, err
}

func (s *Service) createVault(tx *store.Tx, c *call, in object) (*answer, error) {
	if err := s.requireGroup(tx, c); err != nil {
		return nil, err
	}
	if err := checkGroupLives(tx, c); err != nil {
		return nil, err
	}
	if err := s.checkNewVault(tx, c, in); err != nil {
		return nil, err
	}
	body, err := s.newVault(c, in)
	if err != nil {
		return nil, err
	}
	d := &store.Document{
		ID:            c.vaultID(),
		Type:          catalog.VaultType,
		Subscription:  c.params["subscription"],
		ResourceGroup: c.params["group"],
		Name:          c.params["vault"],
	}
	return s.provision(tx, c, d, body, http.StatusCreated)
}

// provision stores the vault and starts what makes it ready. Azure answers with an operation and with the state
// Provisioning however fast it is.
func (s *Service) provision(tx *store.Tx, c *call, d *store.Document, body object, status int) (*answer, error) {
	var fault *Fault
	if s.config.FailProvisioning != nil {
		fault = s.config.FailProvisioning(d.ID)
	}
	if err := s.begin(tx, d, operationCreate, s.config.ProvisioningTime, fault); err != nil {
		return nil, err
	}
	if err := save(tx, d, body); err != nil {
		return nil, err
	}
	rendered, err := renderNew(c, d)
	if err != nil {
		return nil, err
	}
	a, p := &answer{status: status, body: rendered}, vaultPlace(d.ID)
	return s.retryAfter(a.with(headerAsyncOperation, p.url(c, p.status, d.Operation))), nil
}

func (s *Service) replaceVault(tx *store.Tx, c *call, d *store.Document, in object) (*answer, error) {
	if err := checkLocationStays(d, in, true); err != nil {
		return nil, err
	}
	if err := checkIdle(d, c.now); err != nil {
		return nil, err
	}
	named := operationRequests(under(in, "properties"))
	body, err := s.putOver(c, d, in)
	if err != nil {
		return nil, err
	}
	if err := s.checkGuardedVault(tx, c, d, body, named); err != nil {
		return nil, err
	}
	if stateOf(d, c.now) == stateFailed {
		// The way out of a failed creation besides deleting: creating again.
		return s.provision(tx, c, d, body, http.StatusOK)
	}
	if err := s.change(tx, d, body); err != nil {
		return nil, err
	}
	a, err := okVault(c, d)
	if err == nil && stateOf(d, c.now) == stateUpdating {
		p := vaultPlace(d.ID)
		a = s.retryAfter(a.with(headerAsyncOperation, p.url(c, p.status, d.Operation)))
	}
	return a, err
}

func (s *Service) patchVault(c *call) (*answer, error) {
	in, err := c.content()
	if err != nil {
		return nil, err
	}
	var d *store.Document
	err = s.update(c, func(tx *store.Tx) error {
		if d, err = s.mustFindVault(tx, c); err != nil {
			return err
		}
		if err := checkLocationStays(d, in, false); err != nil {
			return err
		}
		if err := checkUsable(d, c.now); err != nil {
			return err
		}
		named := operationRequests(under(in, "properties"))
		body, err := s.patchOver(c, d, in)
		if err != nil {
			return err
		}
		if err := s.checkGuardedVault(tx, c, d, body, named); err != nil {
			return err
		}
		return s.change(tx, d, body)
	})
	if err != nil {
		return nil, err
	}
	a, err := okVault(c, d)
	if err == nil && stateOf(d, c.now) == stateUpdating {
		a.status = http.StatusAccepted
		a = s.accepted(c, a, vaultPlace(d.ID), d.Operation)
	}
	return a, err
}

// change stores an update of a vault, which takes effect at once; its operation, if updates take time, only says when
// the vault is free again.
func (s *Service) change(tx *store.Tx, d *store.Document, body object) error {
	if err := followImmutability(tx, d, body); err != nil {
		return err
	}
	d.Operation = nil
	if s.config.OperationTime > 0 {
		if err := s.begin(tx, d, operationUpdate, s.config.OperationTime, nil); err != nil {
			return err
		}
	}
	return save(tx, d, body)
}

func (s *Service) deleteVault(c *call) (*answer, error) {
	synchronous := !c.since(firstAsynchronousDelete)
	var d *store.Document
	err := s.update(c, func(tx *store.Tx) (err error) {
		if d, err = find(tx, catalog.VaultType, c.vaultID()); err != nil {
			return err
		}
		if d == nil {
			return s.requireGroup(tx, c)
		}
		if stateOf(d, c.now) != stateDeleting { // which the client may not have heard of
			if err := checkIdle(d, c.now); err != nil {
				return err
			}
		}
		if err := checkEmpty(tx, c, d); err != nil {
			return err
		}
		takes := s.config.OperationTime
		if synchronous {
			takes = 0
		}
		return s.beginVaultDelete(tx, d, takes)
	})
	switch {
	case err != nil:
		return nil, err
	case d == nil:
		return &answer{status: http.StatusNoContent}, nil
	case synchronous:
		return &answer{status: http.StatusOK}, nil
	}
	return s.accepted(c, &answer{status: http.StatusAccepted}, vaultPlace(d.ID), d.Operation), nil
}

// beginVaultDelete starts the deletion of a vault, at whose end it is among the deleted vaults.
func (s *Service) beginVaultDelete(tx *store.Tx, d *store.Document, takes time.Duration) error {
	state := stateOf(d, tx.Now())
	if state == stateDeleting && takes > 0 {
		return nil
	}
	// What never came to be is not kept; nor is what the deletion that is cut short here has kept already.
	if state != stateFailed && state != stateProvisioning && state != stateDeleting {
		if err := keepDeletedVault(tx, d, tx.Now().Add(takes)); err != nil {
			return err
		}
	}
	return s.beginDelete(tx, d, takes)
}

// beginDelete starts the deletion of a document, or joins the one that is under way and may take its time.
func (s *Service) beginDelete(tx *store.Tx, d *store.Document, takes time.Duration) error {
	if stateOf(d, tx.Now()) == stateDeleting && takes > 0 {
		return nil
	}
	if err := s.begin(tx, d, operationDelete, takes, nil); err != nil {
		return err
	}
	if takes <= 0 {
		return tx.DeleteDocument(d.ID)
	}
	d.GoneAt = d.Operation.Ready
	return touch(tx, d)
}

// save stores the document with a new body.
func save(tx *store.Tx, d *store.Document, body object) error {
	b, err := encode(body)
	if err != nil {
		return err
	}
	d.Body = b
	return touch(tx, d)
}

// touch stores the document under a new etag.
func touch(tx *store.Tx, d *store.Document) error {
	stamp, err := tx.Stamp()
	if err != nil {
		return err
	}
	d.ETag = etag(stamp)
	return tx.PutDocument(d)
}
