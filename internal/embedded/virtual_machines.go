package embedded

import (
	"fmt"
	"net/http"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// machineID is the machine that the call is about. Its subscription is looked at by the handler: a machine that a vault
// protects may be in one that the service does not have.
func (c *call) machineID() machineID {
	return machineID{subscription: c.params["machineSubscription"], group: c.params["group"], name: c.params["name"]}
}

// ownMachine makes the call one about a machine in a subscription that the service has.
func (s *Service) ownMachine(c *call) (machineID, error) {
	m := c.machineID()
	c.params["subscription"] = m.subscription
	return m, s.checkSubscription(m.subscription)
}

func (s *Service) getMachine(c *call) (*answer, error) {
	id := c.machineID()
	var m *machine
	var gone bool
	err := s.view(c, func(tx *store.Tx) (err error) {
		if m, err = s.findMachine(tx, id); err == nil && m == nil {
			gone, err = s.doesNotExist(tx, id, m)
		}
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case m != nil:
		body, err := m.render()
		return answerOK(body), err
	case gone:
		return nil, machineNotFound(id)
	}
	// Clients make what is not there. Ours are not to take it for the word that the machine does not exist: a vault protects
	// it all the same.
	return nil, &Fault{
		Code: codeMachineNotDescribed,
		Message: fmt.Sprintf("The embedded backup service has no inventory of virtual machines, and no client has made '%s', so that it "+
			"cannot describe it. A vault can protect it all the same: any well-formed id exists, in the region of that vault.", id),
	}
}

func machineNotFound(id machineID) error {
	return &Fault{
		Code: codeResourceNotFound,
		Message: fmt.Sprintf("The Resource '%s/%s' under resource group '%s' was not found. For more details please go to "+
			"https://aka.ms/ARMResourceNotFoundFix", catalog.VMType, id.name, id.group),
	}
}

// listMachines serves the machines of a subscription or of one resource group, by name.
func (s *Service) listMachines(c *call) (*answer, error) {
	return s.list(c, func(tx *store.Tx, l *listing) error {
		l.size = s.longPage // the names of all that is protected are read anew for each page
		show := (*machine).render
		in := c.scope()
		return l.fill(
			machineEntries(s.writtenMachines(tx, l, in), show),
			machineEntries(s.fixedMachines(l, in), show),
			machineEntries(s.protectedMachines(tx, l, in), show),
		)
	})
}

func (s *Service) putMachine(c *call) (*answer, error) { return s.writeMachine(c, virtualMachines.put) }

func (s *Service) patchMachine(c *call) (*answer, error) {
	return s.writeMachine(c, virtualMachines.patch)
}

func (s *Service) writeMachine(c *call, write handler) (*answer, error) {
	if _, err := s.ownMachine(c); err != nil {
		return nil, err
	}
	return write(s, c)
}

// inventoryEntry is what the inventory has of a machine. It has the last word on where the machine is.
func (s *Service) inventoryEntry(_ *store.Tx, c *call) (object, error) {
	if fixed := s.inventory[c.machineID().key()]; fixed != nil {
		return object{"location": fixed.region}, nil
	}
	return nil, nil
}

// checkMachine refuses a name that no machine can have, and to move one of the inventory.
func (s *Service) checkMachine(c *call, _, in object) error {
	id := c.machineID()
	if err := catalog.CheckVMName(id.name); err != nil {
		return &Fault{Code: codeInvalidName, Message: fmt.Sprintf("The virtual machine '%s': %s.", id.name, err)}
	}
	where, err := text(in, "location")
	if fixed := s.inventory[id.key()]; err == nil && fixed != nil && where != "" && catalog.NormalizeRegion(where) != fixed.region {
		return machineIsFixed(fixed, fmt.Sprintf("cannot be in '%s'", where))
	}
	return err
}

func machineIsFixed(m *machine, what string) error {
	return &Fault{
		Code: codeMachineFixed,
		Message: fmt.Sprintf("The virtual machine '%s' %s: it is in '%s' by the inventory that the embedded backup service was "+
			"configured with. Change it there.", m.id, what, m.region),
	}
}

// deleteMachine leaves the machine's backups where they are, as Azure does. Further ones fail.
func (s *Service) deleteMachine(c *call) (*answer, error) {
	id, err := s.ownMachine(c)
	if err != nil {
		return nil, err
	}
	status := http.StatusOK
	err = s.update(c, func(tx *store.Tx) error {
		m, err := s.findMachine(tx, id)
		switch {
		case err != nil:
			return err
		case m != nil && m.fixed:
			return machineIsFixed(m, "cannot be deleted")
		case m == nil:
			status = http.StatusNoContent
			return nil
		case m.document != nil:
			return virtualMachines.remove(s, tx, resource{m.document, m.body})
		}
		// It is known by its protection alone.
		return s.changeHistories(tx, id, func(h *history) { h.leave(tx.Now()) })
	})
	if err != nil {
		return nil, err
	}
	return &answer{status: status}, nil
}
