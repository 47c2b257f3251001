package embedded

import (
	"fmt"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// checkNewVault enforces what must hold when a vault is made. It runs in the transaction that makes the vault, so that
// of several clients that want one name exactly one gets it.
func (s *Service) checkNewVault(tx *store.Tx, c *call, in object) error {
	name := c.params["vault"]
	if err := catalog.CheckVaultName(name); err != nil {
		return &Fault{Code: codeInvalidName, Message: err.Error()}
	}
	if err := catalog.CheckResourceGroupName(c.params["group"]); err != nil {
		return &Fault{Code: codeInvalidGroupName, Message: err.Error()}
	}
	where, err := requiredLocation(in)
	if err != nil {
		return err
	}
	if err := s.checkOffered(where); err != nil {
		return err
	}
	holder, err := s.nameHolder(tx, c, name)
	if err != nil || holder == nil {
		return err
	}
	body, err := decode(holder.Body)
	if err != nil {
		return err
	}
	return &Fault{
		Code: codeVaultNameTaken,
		Message: fmt.Sprintf("The vault name '%s' is already used in this subscription: by the vault in resource group "+
			"'%s', location '%s'. Vault names are unique within a subscription. Please select a new resource name.",
			name, groupName(holder), body["location"]),
	}
}

// nameHolder returns the vault that has this name, in the subscription of the request or, where names are unique in a resource
// group, in its group; nil when none does. A deleted vault does not hold its own: clean-up scripts for Azure make a vault again
// under it at once, in the same group, while the backups are kept.
func (s *Service) nameHolder(tx *store.Tx, c *call, name string) (*store.Document, error) {
	q := store.Query{Type: catalog.VaultType, Subscription: c.params["subscription"], Name: name, Limit: 1}
	if s.config.NamesPerGroup {
		q.ResourceGroup = c.params["group"]
	}
	docs, err := tx.Documents(q)
	if err != nil || len(docs) == 0 {
		return nil, err
	}
	return docs[0], nil
}

func requiredLocation(in object) (string, error) {
	where, err := text(in, "location")
	if err == nil && strings.TrimSpace(where) == "" {
		err = &Fault{Code: codeLocationRequired, Message: "The location property is required for this definition."}
	}
	return where, err
}

func (s *Service) checkOffered(where string) error {
	if _, ok := s.regions[catalog.NormalizeRegion(where)]; ok {
		return nil
	}
	return s.notOffered(where, catalog.VaultType)
}

// notOffered says where resources of a type can be.
func (s *Service) notOffered(where, kind string) error {
	var offered []string
	for _, r := range s.config.Regions {
		offered = append(offered, r.Name)
	}
	return &Fault{
		Code: codeLocationNotAvailable,
		Message: fmt.Sprintf("The provided location '%s' is not available for resource type '%s'. List of available "+
			"regions for the resource type is '%s'.", where, kind, strings.Join(offered, ",")),
	}
}

// checkLocationStays refuses to move a vault.
func checkLocationStays(d *store.Document, in object, required bool) error {
	wanted, err := text(in, "location")
	if required && err == nil {
		wanted, err = requiredLocation(in)
	}
	if err != nil || wanted == "" {
		return err
	}
	body, err := decode(d.Body)
	if err != nil {
		return err
	}
	current, err := text(body, "location")
	if err != nil || catalog.NormalizeRegion(wanted) == current {
		return err
	}
	return &Fault{
		Code: codeInvalidLocation,
		Message: fmt.Sprintf("The resource '%s' already exists in location '%s' in resource group '%s'. A resource with "+
			"the same name cannot be created in location '%s'. Please select a new resource name.",
			lastSegment(d.ID), current, groupName(d), wanted),
	}
}

// checkIdle refuses a change while another operation runs. Live tests of others saw Azure do so with PATCH and DELETE; that it
// does with PUT, and for what is in the vault, is our reading.
func checkIdle(d *store.Document, now time.Time) error {
	state := stateOf(d, now)
	switch state {
	case stateProvisioning, stateUpdating, stateDeleting:
		return &Fault{
			Code: codeVaultBusy,
			Message: fmt.Sprintf("Another operation is in progress on vault '%s', whose state is %s. Please retry when it "+
				"has ended.", lastSegment(d.ID), state),
		}
	}
	return nil
}

// checkUsable refuses to put backups into a vault that is not ready for them.
func checkUsable(d *store.Document, now time.Time) error {
	if err := checkIdle(d, now); err != nil || stateOf(d, now) != stateFailed {
		return err
	}
	return &Fault{
		Code: codeOperationNotAllowed,
		Message: fmt.Sprintf("The creation of vault '%s' failed (%s: %s), so it cannot be used. Delete it, or create it "+
			"again.", lastSegment(d.ID), d.Operation.Code, d.Operation.Message),
	}
}

// storageIsLaidOut tells whether the first machine has been registered, which gives the storage a version.
func storageIsLaidOut(version string) bool { return version == "V1" || version == "V2" }
