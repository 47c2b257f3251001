package embedded

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// machineID is the id of a virtual machine.
type machineID struct{ subscription, group, name string }

// parseMachineID takes the id of a virtual machine apart, in any letter case.
func parseMachineID(id string) (machineID, bool) {
	path := strings.Split(strings.TrimSuffix(id, "/"), "/")
	machine := []string{"", "subscriptions", "", "resourceGroups", "", "providers", "Microsoft.Compute", "virtualMachines", ""}
	ok := len(path) == len(machine)
	for i := 0; ok && i < len(machine); i++ {
		ok = machine[i] == "" && (i == 0) == (path[i] == "") || machine[i] != "" && strings.EqualFold(machine[i], path[i])
	}
	if !ok {
		return machineID{}, false
	}
	return machineID{subscription: path[2], group: path[4], name: path[8]}, true
}

// CheckMachineID checks that id is the id of a virtual machine, by the names that Azure takes.
func CheckMachineID(id string) error {
	m, ok := parseMachineID(id)
	if !ok {
		return fmt.Errorf("%q is not the id of a virtual machine, which is of the form "+
			"/subscriptions/…/resourceGroups/…/providers/Microsoft.Compute/virtualMachines/…", id)
	}
	for _, part := range []struct {
		what string
		err  error
	}{
		{"subscription", catalog.CheckSubscriptionID(m.subscription)},
		{"resource group", catalog.CheckResourceGroupName(m.group)},
		{"virtual machine", catalog.CheckVMName(m.name)},
	} {
		if part.err != nil {
			return fmt.Errorf("%q is not the id of a virtual machine, by its %s: %w", id, part.what, part.err)
		}
	}
	return nil
}

func (m machineID) String() string {
	return "/subscriptions/" + m.subscription + "/resourceGroups/" + m.group + "/providers/" + protectedVM + "/" + m.name
}

func (m machineID) key() string { return store.Key(m.String()) }

const pairPrefix, itemPrefix = "iaasvmcontainerv2;", "vm;"

// pair is what the names of the machine's container and item in a vault end in.
func (m machineID) pair() string      { return pairPrefix + m.group + ";" + m.name }
func (m machineID) container() string { return "iaasvmcontainer;" + m.pair() }
func (m machineID) item() string      { return itemPrefix + m.pair() }

// machine is a virtual machine that the service knows.
type machine struct {
	id       machineID
	region   string
	document *store.Document // nil unless a client has written one
	body     object          // of the document
	fixed    bool            // in the inventory that the service was given
}

// inventoryOf reads the machines of a configuration; nil when it has none.
func inventoryOf(machines map[string]string) map[string]*machine {
	if machines == nil {
		return nil
	}
	inventory := map[string]*machine{}
	for id, region := range machines {
		if m, ok := parseMachineID(id); ok {
			inventory[m.key()] = &machine{id: m, region: catalog.NormalizeRegion(region), fixed: true}
		}
	}
	return inventory
}

// inListOrder are the machines of an inventory in the order of lists.
func inListOrder(inventory map[string]*machine) []*machine {
	return slices.SortedFunc(maps.Values(inventory), func(a, b *machine) int {
		return comparePositions(a.id.position(), b.id.position())
	})
}

// findMachine returns what is known of a machine, nil when nothing is: that it is in the inventory, that a client has
// written it, or that a vault protects it, which it can do in its own region alone. Backups that are only kept until they
// are purged say nothing: the machine may have been made again elsewhere since. Nor do backups of one that was deleted.
func (s *Service) findMachine(tx *store.Tx, id machineID) (*machine, error) {
	m := &machine{id: id}
	if fixed := s.inventory[id.key()]; fixed != nil {
		*m = *fixed
	}
	d, err := find(tx, catalog.VMType, id.String())
	if err != nil {
		return nil, err
	}
	if d != nil {
		if err := m.read(d); err != nil {
			return nil, err
		}
	}
	if m.region != "" {
		return m, nil
	}
	items, err := s.itemsOf(tx, id)
	if err != nil {
		return nil, err
	}
	active, kept, err := itemsByActivity(items, tx.Now())
	items = append(active, kept...)
	if err != nil || len(items) == 0 {
		return nil, err
	}
	if gone, err := isGone(items); err != nil || gone {
		return nil, err
	}
	return protectedMachine(tx, items[0])
}

// doesNotExist tells whether the service knows that there is no such machine: it is not in the inventory, or a client has
// deleted it. m is what is known of it.
func (s *Service) doesNotExist(tx *store.Tx, id machineID, m *machine) (bool, error) {
	switch {
	case m != nil && (m.fixed || m.document != nil):
		return false, nil
	case s.inventory != nil:
		return true, nil
	}
	items, err := s.itemsOf(tx, id)
	if err != nil {
		return false, err
	}
	return isGone(items)
}

// isGone tells whether the machine of items was deleted and not made again, which all of them have in their histories.
func isGone(items []*store.Document) (bool, error) {
	for _, item := range items {
		h, err := documentHistory(item)
		if err != nil || h.gone() {
			return true, err
		}
	}
	return false, nil
}

// read adds what the machine's document says. The inventory has the last word on where the machine is.
func (m *machine) read(d *store.Document) error {
	body, err := decode(d.Body)
	if err != nil {
		return fmt.Errorf("document %s: %w", d.ID, err)
	}
	id, ok := parseMachineID(d.ID)
	if !ok {
		return fmt.Errorf("document %s: not the id of a virtual machine", d.ID)
	}
	m.id, m.document, m.body = id, d, body
	if !m.fixed {
		m.region = lookupText(body, "location")
	}
	return nil
}

// itemsOf returns the items that protect a machine, in any vault, those of deleted vaults among them.
func (s *Service) itemsOf(tx *store.Tx, m machineID) ([]*store.Document, error) {
	var found []*store.Document
	for _, sub := range s.searched() {
		items, err := tx.Documents(store.Query{Type: typeProtectedItem, Subscription: sub, Name: m.item()})
		if err != nil {
			return nil, err
		}
		for _, item := range items {
			source, err := sourceOf(item)
			if err != nil {
				return nil, err
			}
			// The item's name does not say which subscription the machine is in.
			if store.Key(source) == m.key() {
				found = append(found, item)
			}
		}
	}
	return found, nil
}

// sourceOf is the id of the machine that an item protects.
func sourceOf(item *store.Document) (string, error) {
	body, err := decode(item.Body)
	if err != nil {
		return "", fmt.Errorf("document %s: %w", item.ID, err)
	}
	return lookupText(body, "properties.sourceResourceId"), nil
}

// protectedMachine is the machine of an item, nil when the item does not lead to one.
func protectedMachine(tx *store.Tx, item *store.Document) (*machine, error) {
	source, err := sourceOf(item)
	if err != nil {
		return nil, err
	}
	id, ok := parseMachineID(source)
	if !ok {
		return nil, nil
	}
	vault, err := tx.Document(item.Parent)
	if err != nil {
		return nil, err
	}
	body, err := decode(vault.Body)
	if err != nil {
		return nil, fmt.Errorf("document %s: %w", vault.ID, err)
	}
	return &machine{id: id, region: lookupText(body, "location")}, nil
}

// position is the place of a machine in lists.
func (m machineID) position() store.Position { return store.Position{Name: m.name, ID: m.String()} }

// listed tells whether a machine is in a place, and on the page or behind it.
func (m machineID) listed(l *listing, in store.Query) bool {
	return strings.EqualFold(m.subscription, in.Subscription) &&
		(in.ResourceGroup == "" || strings.EqualFold(m.group, in.ResourceGroup)) && comparePositions(m.position(), l.after) > 0
}

// machines are in the order of lists.
type machines = iter.Seq2[*machine, error]

func machineEntries(all machines, body func(*machine) (object, error)) entries {
	return entriesOf(all, func(m *machine) store.Position { return m.id.position() }, body)
}

// writtenMachines are those that a client has written.
func (s *Service) writtenMachines(tx *store.Tx, l *listing, in store.Query) machines {
	in.Type, in.Name = catalog.VMType, l.filter.value("name")
	docs := l.documents(tx, in)
	return func(yield func(*machine, error) bool) {
		for d, err := range docs {
			m := &machine{}
			if err == nil {
				if fixed := s.inventory[store.Key(d.ID)]; fixed != nil {
					*m = *fixed
				}
				err = m.read(d)
			}
			if !yield(m, err) || err != nil {
				return
			}
		}
	}
}

// fixedMachines are those of the inventory, which clients may have written as well.
func (s *Service) fixedMachines(l *listing, in store.Query) machines {
	return func(yield func(*machine, error) bool) {
		for _, m := range s.fixed {
			if m.id.listed(l, in) && !yield(m, nil) {
				return
			}
		}
	}
}

// protectedMachines are those that a vault protects, whatever else is known of them. The names of items tell which they may
// be; what the items say is read when the machine is shown.
func (s *Service) protectedMachines(tx *store.Tx, l *listing, in store.Query) machines {
	return func(yield func(*machine, error) bool) {
		var candidates []machineID
		for _, sub := range s.searched() {
			names, err := tx.Names(store.Query{Type: typeProtectedItem, Subscription: sub})
			if err != nil {
				yield(nil, err)
				return
			}
			for _, name := range names {
				group, vm, _ := strings.Cut(strings.TrimPrefix(name, itemPrefix+pairPrefix), ";")
				if id := (machineID{in.Subscription, group, vm}); id.listed(l, in) {
					candidates = append(candidates, id)
				}
			}
		}
		slices.SortFunc(candidates, func(a, b machineID) int { return comparePositions(a.position(), b.position()) })
		for _, id := range slices.Compact(candidates) {
			m, err := s.findMachine(tx, id)
			if m == nil && err == nil {
				continue // The item is kept until it is purged, or protects a machine of another subscription.
			}
			if !yield(m, err) || err != nil {
				return
			}
		}
	}
}

// render is the machine as clients see it.
func (m *machine) render() (object, error) {
	body := merge(merge(object{}, m.body), object{"location": m.region})
	if lookup(body, "properties.vmId") == nil {
		setAt(body, "properties.vmId", directoryID(m.id.String(), "machine"))
	}
	return virtualMachines.render(nil, m.id.String(), resource{m.document, body})
}
