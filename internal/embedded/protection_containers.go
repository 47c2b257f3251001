package embedded

import (
	"fmt"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// containerFilterPaths are the terms of a filter of containers that the service knows.
var containerFilterPaths = map[string]string{
	"backupmanagementtype": "properties.backupManagementType",
	"status":               "properties.registrationStatus",
	"friendlyname":         "properties.friendlyName",
}

// listContainers serves the containers of a vault by name. Every machine that has backups in the vault is one.
func (s *Service) listContainers(c *call) (*answer, error) {
	return s.listInVault(c, "containers", containerFilterPaths, func(tx *store.Tx, l *listing, vault *store.Document) error {
		items := l.documents(tx, store.Query{Type: typeProtectedItem, Parent: vault.ID})
		v, err := s.readItemVault(tx, vault)
		if err != nil {
			return err
		}
		return l.fill(rendered(items, func(d *store.Document) (object, error) { return renderContainer(c, d, v) }))
	})
}

func (s *Service) getContainer(c *call) (*answer, error) {
	var body object
	err := s.view(c, func(tx *store.Tx) error {
		vault, err := s.mustFindVault(tx, c)
		if err != nil {
			return err
		}
		items, err := tx.Documents(store.Query{Type: typeProtectedItem, Parent: vault.ID})
		if err != nil {
			return err
		}
		for _, item := range items {
			if store.Key(containerOf(item.ID)) == store.Key(c.params["container"]) {
				v, err := s.readItemVault(tx, vault)
				if err == nil {
					body, err = renderContainer(c, item, v)
				}
				return err
			}
		}
		return &Fault{
			Code:    codeResourceNotFound,
			Message: fmt.Sprintf("The container '%s' was not found in the vault '%s'.", c.params["container"], c.params["vault"]),
		}
	})
	if err != nil {
		return nil, err
	}
	return answerOK(body), nil
}

// writeContainer refuses what registers and unregisters other containers than virtual machines.
func (s *Service) writeContainer(*call) (*answer, error) {
	return nil, &Fault{
		Code: codeNotModelled,
		Message: "The embedded backup service does not model the registration of containers. The container of a virtual " +
			"machine comes and goes with its protection.",
	}
}

// renderContainer is the container of an item as clients see it.
func renderContainer(c *call, item *store.Document, v *itemVault) (object, error) {
	source, err := sourceOf(item)
	if err != nil {
		return nil, err
	}
	m, _ := parseMachineID(source)
	name := containerOf(item.ID)
	vault, _, _ := strings.Cut(item.ID, "/backupFabrics/")
	properties := object{
		"containerType":         protectedVM,
		"backupManagementType":  managementVM,
		"protectableObjectType": protectedVM,
		"friendlyName":          machineName(item),
		"registrationStatus":    "Registered",
		"healthStatus":          "Healthy",
		"virtualMachineId":      source,
		"virtualMachineVersion": "Compute",
		"resourceGroup":         m.group,
	}
	if c.since(firstSourceLocation) {
		if properties["sourceLocation"], err = v.regionOf(source); err != nil {
			return nil, err
		}
	}
	return object{
		"id":         vault + "/backupFabrics/Azure/protectionContainers/" + name,
		"name":       name,
		"type":       typeContainer,
		"properties": properties,
	}, nil
}
