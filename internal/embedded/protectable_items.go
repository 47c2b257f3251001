package embedded

import (
	"net/http"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

const typeProtectableItem = typeContainer + "/protectableItems"

// protectableFilterPaths are the terms of a filter of protectable items that the service knows.
var protectableFilterPaths = map[string]string{
	"backupmanagementtype": "properties.backupManagementType",
	"workloadtype":         "properties.workloadType",
	"friendlyname":         "properties.friendlyName",
}

// listProtectableItems serves the machines that the vault could protect: those of its subscription and region that no
// vault protects. Where any machine exists, these are the ones that clients have written.
func (s *Service) listProtectableItems(c *call) (*answer, error) {
	after, err := c.position()
	if err != nil {
		return nil, err
	}
	passes, err := parseMemberFilter(c, "protectable items", protectableFilterPaths)
	if err != nil {
		return nil, err
	}
	var vault *store.Document
	var machines []*machine
	err = s.view(c, func(tx *store.Tx) error {
		if vault, err = s.mustFindVault(tx, c); err != nil {
			return err
		}
		v, err := s.readItemVault(tx, vault)
		if err != nil {
			return err
		}
		known, err := s.machines(tx, c.params["subscription"], "")
		if err != nil {
			return err
		}
		for _, m := range known {
			items, err := s.itemsOf(tx, m.id)
			if err != nil {
				return err
			}
			exists := m.fixed || m.document != nil
			if exists && m.region == v.region() && len(liveItems(items, c.now)) == 0 && passes.passes(m.protectable(vault.ID)) {
				machines = append(machines, m)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return answerOK(s.machinePage(c, machines, after, func(m *machine) object { return m.protectable(vault.ID) })), nil
}

// protectable is the machine as something that the vault could protect.
func (m *machine) protectable(vault string) object {
	return object{
		"id":   vault + "/backupFabrics/Azure/protectionContainers/" + m.id.container() + "/protectableItems/" + m.id.item(),
		"name": m.id.pair(),
		"type": typeProtectableItem,
		"properties": object{
			"protectableItemType":   protectedVM,
			"backupManagementType":  managementVM,
			"workloadType":          dataSourceVM,
			"virtualMachineId":      m.id.String(),
			"virtualMachineVersion": "Compute",
			"resourceGroup":         m.id.group,
			"friendlyName":          m.id.name,
			"protectionState":       "NotProtected",
		},
	}
}

func (c *call) fabricID() string { return c.vaultID() + "/backupFabrics/Azure" }

// refreshContainers looks for machines, which the service has no need of: it sees them when it is asked.
func (s *Service) refreshContainers(c *call) (*answer, error) {
	var op *store.Operation
	err := s.update(c, func(tx *store.Tx) error {
		if _, err := s.mustFindVault(tx, c); err != nil {
			return err
		}
		fabric := &store.Document{ID: c.fabricID()}
		err := s.begin(tx, fabric, operationUpdate, s.config.OperationTime, nil)
		op = fabric.Operation
		return err
	})
	if err != nil {
		return nil, err
	}
	a := &answer{status: http.StatusAccepted}
	return s.retryAfter(a.with("Location", c.fabricPlace().url(c, "operationResults", op))), nil
}

func (c *call) fabricPlace() place { return place{base: c.fabricID(), results: "operationResults"} }

func (s *Service) getRefreshResult(c *call) (*answer, error) {
	var op *store.Operation
	err := s.view(c, func(tx *store.Tx) (err error) {
		op, err = findOperation(tx, c, c.fabricID())
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.result(c, c.fabricPlace(), op, func() (*answer, error) {
		return &answer{status: http.StatusNoContent}, nil
	})
}
