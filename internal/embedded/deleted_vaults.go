package embedded

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// listDeletedVaults serves the vaults that were deleted in a region and are not purged, by the names they had.
func (s *Service) listDeletedVaults(c *call) (*answer, error) {
	if err := s.checkOffered(c.params["location"]); err != nil {
		return nil, err
	}
	return s.list(c, func(tx *store.Tx, l *listing) error {
		deleted := l.documents(tx, store.Query{
			Type:         typeDeletedVault,
			Subscription: c.params["subscription"],
			Under:        deletedVaultsID(c.params["subscription"], c.params["location"]),
		})
		return l.fill(rendered(deleted, func(d *store.Document) (object, error) {
			v, err := readDeletedVault(d)
			if err != nil || v.at.After(c.now) { // its deletion has not ended
				return nil, err
			}
			return v.render(), nil
		}))
	})
}

func (c *call) deletedVaultID() string {
	return deletedVaultsID(c.params["subscription"], c.params["location"]) + "/" + c.params["deleted"]
}

func mustFindDeletedVault(tx *store.Tx, c *call) (*deletedVault, error) {
	d, err := find(tx, typeDeletedVault, c.deletedVaultID())
	if err != nil {
		return nil, err
	}
	if d != nil {
		v, err := readDeletedVault(d)
		if err != nil || !v.at.After(c.now) {
			return v, err
		}
	}
	return nil, &Fault{
		Code: codeResourceNotFound,
		Message: fmt.Sprintf("There is no deleted vault '%s' in location '%s'. It may have been purged or undeleted.",
			c.params["deleted"], c.params["location"]),
	}
}

func (s *Service) getDeletedVault(c *call) (*answer, error) {
	var v *deletedVault
	err := s.view(c, func(tx *store.Tx) (err error) {
		v, err = mustFindDeletedVault(tx, c)
		return err
	})
	if err != nil {
		return nil, err
	}
	return answerOK(v.render()), nil
}

// undeleteVault brings a vault back, with everything in it, into the resource group that the request names.
func (s *Service) undeleteVault(c *call) (*answer, error) {
	in, err := c.content()
	if err != nil {
		return nil, err
	}
	if _, err := section(in, "properties"); err != nil {
		return nil, err
	}
	group, err := c.undeleteInto(lookupText(in, "properties.recoveryResourceGroupId"))
	if err != nil {
		return nil, err
	}
	var op *store.Operation
	err = s.update(c, func(tx *store.Tx) error {
		v, err := mustFindDeletedVault(tx, c)
		if err != nil {
			return err
		}
		op, err = s.beginUndelete(tx, c, v, group)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.accepted(c, &answer{status: http.StatusAccepted}, c.undeletePlace(), op), nil
}

// undeleteInto takes the name of the group out of its id.
func (c *call) undeleteInto(id string) (string, error) {
	own := "/subscriptions/" + c.params["subscription"] + "/resourceGroups/"
	name, ok := strings.CutPrefix(store.Key(id), strings.ToLower(own))
	if !ok || name == "" || strings.Contains(name, "/") {
		return "", invalidParameter("recoveryResourceGroupId", "It must be the id of a resource group in this subscription, "+
			own+"{name}.")
	}
	name = lastSegment(strings.TrimSuffix(id, "/"))
	if err := catalog.CheckResourceGroupName(name); err != nil {
		return "", &Fault{Code: codeInvalidGroupName, Message: err.Error()}
	}
	return name, nil
}

func (s *Service) beginUndelete(tx *store.Tx, c *call, v *deletedVault, group string) (*store.Operation, error) {
	// From here on the request is about that group and the vault in it.
	c.params["group"], c.params["vault"] = group, lastSegment(v.vaultID())
	if !v.purge.After(c.now) {
		return nil, &Fault{
			Code: codeInvalidParameter,
			Message: fmt.Sprintf("The vault '%s' was purged at %s and cannot be undeleted.", v.vaultID(),
				v.purge.UTC().Format(time.RFC3339)),
		}
	}
	if err := s.requireGroup(tx, c); err != nil {
		return nil, err
	}
	if err := checkGroupLives(tx, c); err != nil {
		return nil, err
	}
	if err := s.checkUndeletePlace(tx, c); err != nil {
		return nil, err
	}
	if err := s.begin(tx, v.document, operationRevive, s.config.OperationTime, nil); err != nil {
		return nil, err
	}
	op := v.document.Operation
	body, err := section(v.body, "vault")
	if err != nil {
		return nil, err
	}
	d := &store.Document{
		ID:            c.vaultID(),
		Type:          catalog.VaultType,
		Subscription:  c.params["subscription"],
		ResourceGroup: group,
		Name:          c.params["vault"],
		Created:       v.document.Created,
		Operation:     op,
	}
	if err := save(tx, d, body); err != nil {
		return nil, err
	}
	if err := tx.CopyUnder(v.document.ID, d.ID, group); err != nil {
		return nil, err
	}
	return op, tx.DeleteDocument(v.document.ID)
}

// checkUndeletePlace refuses to bring a vault back while there is another of its name, also one that is going. Azure's
// code does not say where it looks; here it is where names are unique.
func (s *Service) checkUndeletePlace(tx *store.Tx, c *call) error {
	holder, err := s.nameHolder(tx, c, c.params["vault"])
	if err != nil || holder == nil {
		return err
	}
	return &Fault{
		Code: codeUndeleteConflict,
		Message: fmt.Sprintf("The deleted vault '%s' cannot be undeleted while there is a vault of that name, which is '%s'. "+
			"Delete that one, wait until it is gone, and try again.", c.params["vault"], holder.ID),
	}
}

func (c *call) undeletePlace() place { return place{base: c.deletedVaultID(), status: "operations"} }

// getUndeleteStatus answers also when the deleted vault is gone, which it is as soon as it is a vault again.
func (s *Service) getUndeleteStatus(c *call) (*answer, error) {
	var op *store.Operation
	err := s.view(c, func(tx *store.Tx) (err error) {
		op, err = findOperation(tx, c, c.deletedVaultID())
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.status(c, c.undeletePlace(), op), nil
}
