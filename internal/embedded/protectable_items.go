package embedded

import (
	"net/http"
	"slices"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

const typeProtectableItem = typeContainer + "/protectableItems"

// protectableFilterPaths are the terms of a filter of protectable items that the service knows.
var protectableFilterPaths = map[string]string{
	"backupmanagementtype": "properties.backupManagementType",
	"workloadtype":         "properties.workloadType",
	"friendlyname":         "properties.friendlyName",
}

// listProtectableItems serves the machines that the vault could protect: those of its subscription and region of which no vault
// takes backups. One that another vault has stopped protecting is among them, as recorded; that one which this vault has
// stopped protecting is not is our reading, since its item is there already. Where any machine exists, these are the ones that clients have written.
func (s *Service) listProtectableItems(c *call) (*answer, error) {
	return s.listInVault(c, "protectable items", protectableFilterPaths, func(tx *store.Tx, l *listing, vault *store.Document) error {
		v, err := s.readItemVault(tx, vault)
		if err != nil {
			return err
		}
		in := store.Query{Subscription: c.params["subscription"]}
		protectable := func(m *machine) (object, error) {
			if m.region != v.region() {
				return nil, nil
			}
			items, err := s.itemsOf(tx, m.id)
			if err != nil {
				return nil, err
			}
			active, kept, err := itemsByActivity(items, c.now)
			own := func(item *store.Document) bool { return item.Parent == store.Key(vault.ID) }
			if err != nil || len(active) > 0 || slices.ContainsFunc(kept, own) {
				return nil, err
			}
			return m.protectable(vault.ID), nil
		}
		return l.fill(machineEntries(s.writtenMachines(tx, l, in), protectable), machineEntries(s.fixedMachines(l, in), protectable))
	})
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
