package embedded

import (
	"errors"
	"fmt"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// What pre-validation and the backup status call a virtual machine, and the code they have when all is well.
const (
	dataSourceVM = "VM"
	codeSuccess  = "Success"
)

// machineRequest reads a request that asks about a machine.
func (s *Service) machineRequest(c *call) (object, machineID, error) {
	in, err := c.content()
	if err != nil {
		return nil, machineID{}, err
	}
	if err := s.checkOffered(c.params["location"]); err != nil {
		return nil, machineID{}, err
	}
	kind, err := text(in, "resourceType")
	switch {
	case err != nil:
		return nil, machineID{}, err
	case kind == "":
		return nil, machineID{}, invalidItem("resourceType is missing.")
	case !strings.EqualFold(kind, dataSourceVM):
		return nil, machineID{}, &Fault{
			Code: codeNotModelled,
			Message: fmt.Sprintf("The embedded backup service protects virtual machines (%s) alone; the request is about '%s'.",
				dataSourceVM, kind),
		}
	}
	id, err := text(in, "resourceId")
	if err != nil {
		return nil, machineID{}, err
	}
	if err := CheckMachineID(id); err != nil {
		return nil, machineID{}, invalidItem("resourceId: %s.", err)
	}
	m, _ := parseMachineID(id)
	return in, m, nil
}

// backupStatus tells which vault of a region protects a machine: the one that takes its backups, if there is one. What Azure says
// of a machine that was stopped in one vault and is free for another is not known; that it names that vault is our reading.
func (s *Service) backupStatus(c *call) (*answer, error) {
	_, m, err := s.machineRequest(c)
	if err != nil {
		return nil, err
	}
	status := backupStatus{
		ProtectionStatus: "NotProtected", FabricName: "Invalid", ErrorCode: codeSuccess, RegistrationStatus: "NotRegistered",
	}
	err = s.view(c, func(tx *store.Tx) error {
		items, err := s.itemsOf(tx, m)
		if err != nil {
			return err
		}
		active, kept, err := itemsByActivity(items, c.now)
		if err != nil {
			return err
		}
		for _, item := range append(active, kept...) {
			vault, err := tx.Document(item.Parent)
			if err != nil {
				return err
			}
			v, err := s.readItemVault(tx, vault)
			if err != nil {
				return err
			}
			// A region does not know the vaults of the others.
			if v.region() == catalog.NormalizeRegion(c.params["location"]) {
				return status.of(c, item, v)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return answerOK(status), nil
}

// of fills in what an item says.
func (b *backupStatus) of(c *call, item *store.Document, v *itemVault) error {
	body, err := renderItem(c, item, v)
	if err != nil {
		return err
	}
	b.ProtectionStatus, b.RegistrationStatus = "Protected", "Registered"
	if op := item.Operation; op != nil && op.Kind == operationCreate && op.Running(v.tx.Now()) {
		b.ProtectionStatus = "Protecting"
	}
	b.VaultID, b.FabricName = v.document.ID, "Azure"
	b.ContainerName, b.ProtectedItemName = containerOf(item.ID), lastSegment(item.ID)
	b.PolicyName = lookupText(body, "properties.policyName")
	return nil
}

// containerOf takes the name of the container out of the id of an item.
func containerOf(item string) string {
	return lastSegment(strings.TrimSuffix(item, "/protectedItems/"+lastSegment(item)))
}

// preValidate tells whether a vault could protect a machine, by the rules that hold when it does.
func (s *Service) preValidate(c *call) (*answer, error) {
	in, m, err := s.machineRequest(c)
	if err != nil {
		return nil, err
	}
	vaultID, err := text(in, "vaultId")
	if err != nil {
		return nil, err
	}
	result := preValidation{
		Status: "Succeeded", ErrorCode: codeSuccess, ContainerName: m.container(), ProtectedItemName: m.item(),
	}
	err = s.view(c, func(tx *store.Tx) error { return s.checkPreValidation(tx, c, vaultID, m) })
	if fault, ok := errors.AsType[*Fault](err); ok {
		result.Status, result.ErrorCode, result.ErrorMessage = "Failed", fault.Code, fault.Message
		result.Recommendation = "Correct what the message names, and try again."
	} else if err != nil {
		return nil, err
	}
	return answerOK(result), nil
}

func (s *Service) checkPreValidation(tx *store.Tx, c *call, vaultID string, m machineID) error {
	vault, err := find(tx, catalog.VaultType, vaultID)
	if err != nil {
		return err
	}
	if vault == nil {
		return invalidItem("vaultId must be the id of a vault; there is no vault '%s'.", vaultID)
	}
	if err := checkUsable(vault, c.now); err != nil {
		return err
	}
	v, err := s.readItemVault(tx, vault)
	if err != nil {
		return err
	}
	d, err := find(tx, typeProtectedItem, itemID(vault.ID, m.container(), m.item()))
	if err != nil {
		return err
	}
	if d != nil && softDeleted(d, c.now) {
		return itemIsSoftDeleted(d)
	}
	return s.checkProtectable(tx, v, m, d)
}
