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
	return machineID{subscription: c.params["machineSubscription"], group: c.params["group"], name: c.params["machine"]}
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
	err := s.view(c, func(tx *store.Tx) (err error) {
		m, err = s.findMachine(tx, id)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case m != nil:
		return answerOK(m.render()), nil
	case s.inventory != nil:
		return nil, machineNotFound(id)
	}
	// 404 would say that there is no such machine, and a vault would protect it all the same.
	return nil, &Fault{
		Code: codeNotModelled,
		Message: fmt.Sprintf("The embedded backup service has no inventory of virtual machines, so it cannot describe '%s'. "+
			"Any well-formed id exists, in the region of the vault that protects it.", id),
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
		show := func(m *machine) (object, error) { return m.render(), nil }
		in := c.scope()
		return l.fill(
			machineEntries(s.writtenMachines(tx, l, in), show),
			machineEntries(s.fixedMachines(l, in), show),
			machineEntries(s.protectedMachines(tx, l, in), show),
		)
	})
}

func (s *Service) putMachine(c *call) (*answer, error) {
	return s.writeMachine(c, func(m *machine) (object, error) {
		body := object{}
		if vm := lookup(m.body, "properties.vmId"); vm != nil {
			body["properties"] = object{"vmId": vm}
		}
		return body, nil
	})
}

func (s *Service) patchMachine(c *call) (*answer, error) {
	return s.writeMachine(c, func(m *machine) (object, error) {
		if m.document == nil && !m.fixed {
			return nil, machineNotFound(m.id)
		}
		return merge(merge(object{}, m.body), object{"location": m.region}), nil
	})
}

// writeMachine stores a machine. start gives the body that the request is laid over.
func (s *Service) writeMachine(c *call, start func(*machine) (object, error)) (*answer, error) {
	id, err := s.ownMachine(c)
	if err != nil {
		return nil, err
	}
	in, err := c.content()
	if err != nil {
		return nil, err
	}
	status := http.StatusOK
	var m *machine
	err = s.update(c, func(tx *store.Tx) error {
		if m, err = s.writableMachine(tx, c, id); err != nil {
			return err
		}
		body, err := start(m)
		if err != nil {
			return err
		}
		if _, sent := in["tags"]; sent {
			delete(body, "tags") // Replaced whole, not merged.
		}
		if err := settleMachine(body, in); err != nil {
			return err
		}
		if err := s.checkMachinePlace(m, body); err != nil {
			return err
		}
		if m.document == nil {
			if !m.fixed {
				status = http.StatusCreated
			}
			m.document = &store.Document{
				ID: id.String(), Type: catalog.VMType, Subscription: id.subscription, ResourceGroup: id.group, Name: id.name,
			}
		}
		if err := save(tx, m.document, body); err != nil {
			return err
		}
		if err := s.changeHistories(tx, id, func(h *history) { h.comeBack(tx.Now()) }); err != nil {
			return err
		}
		return m.read(m.document)
	})
	if err != nil {
		return nil, err
	}
	return &answer{status: status, body: m.render()}, nil
}

// writableMachine returns the machine that a request writes. One that is known by its protection alone can be made.
func (s *Service) writableMachine(tx *store.Tx, c *call, id machineID) (*machine, error) {
	if err := catalog.CheckVMName(id.name); err != nil {
		return nil, &Fault{Code: codeInvalidName, Message: fmt.Sprintf("The virtual machine '%s': %s.", id.name, err)}
	}
	if err := catalog.CheckResourceGroupName(id.group); err != nil {
		return nil, &Fault{Code: codeInvalidGroupName, Message: err.Error()}
	}
	if err := s.requireGroup(tx, c); err != nil {
		return nil, err
	}
	if err := checkGroupLives(tx, c); err != nil {
		return nil, err
	}
	m, err := s.findMachine(tx, id)
	if m == nil {
		m = &machine{id: id}
	}
	return m, err
}

// checkMachinePlace refuses a region that does not exist, and to move a machine.
func (s *Service) checkMachinePlace(m *machine, body object) error {
	where := lookupText(body, "location")
	if _, ok := s.regions[where]; !ok {
		return s.notOffered(where, catalog.VMType)
	}
	switch {
	case m.region == where, m.document == nil && !m.fixed:
		return nil
	case m.fixed:
		return machineIsFixed(m, fmt.Sprintf("cannot be in '%s'", where))
	}
	return &Fault{
		Code: codeInvalidLocation,
		Message: fmt.Sprintf("The resource '%s' already exists in location '%s' in resource group '%s'. A resource with the "+
			"same name cannot be created in location '%s'. Please select a new resource name.", m.id.name, m.region, m.id.group,
			where),
	}
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
		case m.document != nil: // the others are known by their protection alone
			if err := tx.DeleteDocument(m.document.ID); err != nil {
				return err
			}
		}
		return s.changeHistories(tx, id, func(h *history) { h.leave(tx.Now()) })
	})
	if err != nil {
		return nil, err
	}
	return &answer{status: status}, nil
}
