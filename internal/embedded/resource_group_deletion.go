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
		if err := checkGroupEmptiable(tx, g); err != nil {
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
	d := g.document
	if d == nil {
		// A group without a document ends with its vaults; only the operation needs to be remembered.
		d = &store.Document{ID: g.id}
		if err := s.begin(tx, d, operationDelete, s.config.OperationTime, nil); err != nil {
			return nil, err
		}
	} else if err := s.beginDelete(tx, d); err != nil {
		return nil, err
	}
	vaults, err := tx.Documents(store.Query{
		Type: catalog.VaultType, Subscription: c.params["subscription"], ResourceGroup: c.params["group"],
	})
	if err != nil {
		return nil, err
	}
	for _, vault := range vaults {
		if err := s.beginDelete(tx, vault); err != nil {
			return nil, err
		}
	}
	return d.Operation, nil
}

// checkGroupEmptiable refuses to delete backups along with their group.
func checkGroupEmptiable(tx *store.Tx, g *group) error {
	n, err := tx.Count(store.Query{Type: typeProtectedItem, Under: g.id})
	if err != nil || n == 0 {
		return err
	}
	return &Fault{
		Code: codeGroupDeletionBlocked,
		Message: fmt.Sprintf("Deletion of resource group '%s' did not succeed: its vaults hold backups of %d items, which "+
			"have to be deleted first.", lastSegment(g.id), n),
	}
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
	case c.now.Before(op.Ready):
		return s.groupOperation(c, op), nil
	}
	return &answer{status: http.StatusOK}, nil
}
