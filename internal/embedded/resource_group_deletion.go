package embedded

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// deleteGroup deletes a resource group with everything in it.
func (s *Service) deleteGroup(c *call) (*answer, error) {
	var op *store.Operation
	err := s.update(c, func(tx *store.Tx) error {
		g, err := mustFindGroup(tx, c)
		if err != nil {
			return err
		}
		held, err := groupHolds(tx, g)
		if err != nil {
			return err
		}
		if held != nil {
			// Nothing of the group goes then, which is our reading; Azure may delete what it can.
			d := &store.Document{ID: g.id}
			err = s.begin(tx, d, operationDelete, s.config.OperationTime, held)
			op = d.Operation
			return err
		}
		op, err = s.beginGroupDelete(tx, c, g)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.groupOperation(c, op), nil
}

func (s *Service) beginGroupDelete(tx *store.Tx, c *call, g *group) (*store.Operation, error) {
	// The vaults first: with the group's document goes everything below it.
	vaults, err := tx.Documents(store.Query{
		Type: catalog.VaultType, Subscription: c.params["subscription"], ResourceGroup: c.params["group"],
	})
	if err != nil {
		return nil, err
	}
	for _, vault := range vaults {
		if err := s.beginVaultDelete(tx, vault, s.config.OperationTime); err != nil {
			return nil, err
		}
	}
	for _, n := range topNeighbours() {
		docs, err := tx.Documents(store.Query{Type: n.of, Subscription: c.params["subscription"], ResourceGroup: c.params["group"]})
		if err != nil {
			return nil, err
		}
		for _, d := range docs {
			body, err := decode(d.Body)
			if err == nil {
				err = n.remove(s, tx, resource{d, body})
			}
			if err != nil {
				return nil, fmt.Errorf("document %s: %w", d.ID, err)
			}
		}
	}
	if d := g.document; d != nil {
		err := s.beginDelete(tx, d, s.config.OperationTime)
		return d.Operation, err
	}
	// A group without a document ends with what is in it; only the operation needs to be remembered.
	d := &store.Document{ID: g.id}
	err = s.begin(tx, d, operationDelete, s.config.OperationTime, nil)
	return d.Operation, err
}

// groupHolds is why a group cannot be deleted, nil when it can. The request is accepted all the same, and the operation fails.
// An old report has it fail for soft-deleted items, too, of file shares; those of machines are no obstacle to the deletion of
// their vault, and are none here. A fault rule on the resource group operation can make them one.
func groupHolds(tx *store.Tx, g *group) (*Fault, error) {
	items, err := tx.Documents(store.Query{Type: typeProtectedItem, Under: g.id})
	live := liveItems(items, tx.Now())
	if err != nil || len(live) == 0 {
		return nil, err
	}
	return holdsItems(codeVaultNotEmpty, live), nil
}

// groupOperation is the answer to a deletion and to its polls. For groups Azure has a Location and nothing else.
func (s *Service) groupOperation(c *call, op *store.Operation) *answer {
	a := &answer{status: http.StatusAccepted}
	return s.retryAfter(a.with("Location", c.origin()+"/subscriptions/"+c.params["subscription"]+
		"/operationresults/"+op.ID+"?api-version="+c.apiVersion))
}

func (s *Service) getGroupOperationResult(c *call) (*answer, error) {
	var op *store.Operation
	err := s.view(c, func(tx *store.Tx) (err error) {
		op, err = tx.Operation(c.params["operation"])
		return err
	})
	owned := "/subscriptions/" + store.Key(c.params["subscription"]) + "/"
	switch {
	case errors.Is(err, store.ErrNotFound), err == nil && !strings.HasPrefix(store.Key(op.Resource), owned):
		return nil, &Fault{
			Code:    codeResourceNotFound,
			Message: fmt.Sprintf("There is no operation '%s' in this subscription.", c.params["operation"]),
		}
	case err != nil:
		return nil, err
	case op.Running(c.now):
		return s.groupOperation(c, op), nil
	case op.Code != "":
		return nil, &refusal{
			Fault: Fault{Code: codeGroupDeletionBlocked, Message: fmt.Sprintf("Deletion of resource group '%s' did not succeed: %s",
				lastSegment(op.Resource), op.Message)},
			details: []errorDetail{{Code: op.Code, Message: op.Message}},
		}
	}
	return &answer{status: http.StatusOK}, nil
}
