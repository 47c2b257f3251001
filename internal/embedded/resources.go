package embedded

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// resourceFilterPaths are the terms of a filter of resources that the service knows.
var resourceFilterPaths = map[string]string{
	"resourcetype":  "type",
	"resourcegroup": "resourceGroup",
	"name":          "name",
	"location":      "location",
}

// listResources serves whatever is in a subscription or in one resource group: vaults and what is beside them, by name, as
// the few members that all resources have. Clients look here whether a group is empty.
func (s *Service) listResources(c *call) (*answer, error) {
	size, err := s.top(c)
	if err != nil {
		return nil, err
	}
	expand, err := expandedMembers(c)
	if err != nil {
		return nil, err
	}
	return s.listFiltered(c, "resources", resourceFilterPaths, func(tx *store.Tx, l *listing) error {
		l.size = size
		if c.params["group"] != "" {
			if err := requireSomeGroup(tx, c); err != nil {
				return err
			}
		}
		var sources []entries
		wanted := func(kind string) bool { is := l.filter.value("type"); return is == "" || strings.EqualFold(is, kind) }
		if wanted(catalog.VaultType) {
			sources = append(sources, shown(s.vaultResources(tx, l), expand))
		}
		if wanted(catalog.VMType) {
			// Machines that are known by their backups alone may not exist any more, and are left out.
			machine := func(m *machine) (object, error) {
				body, err := m.render()
				return resourceOf(body, m.document), err
			}
			sources = append(sources, shown(machineEntries(s.writtenMachines(tx, l, c.scope()), machine), expand),
				shown(machineEntries(s.fixedMachines(l, c.scope()), machine), expand))
		}
		for _, n := range topNeighbours() {
			if n != virtualMachines && wanted(n.of) {
				sources = append(sources, shown(n.resources(tx, l), expand))
			}
		}
		return l.fill(sources...)
	})
}

// resources are those of a type as resources.
func (n *neighbour) resources(tx *store.Tx, l *listing) entries {
	q := l.call.scope()
	q.Type, q.Name = n.of, l.filter.value("name")
	return rendered(l.documents(tx, q), func(d *store.Document) (object, error) {
		body, err := n.renderDocument(tx, d)
		if err != nil {
			return nil, err
		}
		return resourceOf(body, d), nil
	})
}

// vaultResources are the vaults as resources.
func (s *Service) vaultResources(tx *store.Tx, l *listing) entries {
	q := l.call.scope()
	q.Type, q.Name = catalog.VaultType, l.filter.value("name")
	return rendered(l.documents(tx, q), func(d *store.Document) (object, error) {
		body, err := render(l.call, d, stateOf(d, l.call.now))
		if err != nil {
			return nil, err
		}
		return resourceOf(body, d), nil
	})
}

// shown takes away what clients have not asked for, after the filter has seen it.
func shown(all entries, expand []string) entries {
	return func(yield func(entry, error) bool) {
		for e, err := range all {
			body := maps.Clone(e.filtered)
			delete(body, "resourceGroup")
			for _, member := range expandableMembers {
				if !slices.Contains(expand, member) {
					delete(body, member)
				}
			}
			e.body = body
			if !yield(e, err) {
				return
			}
		}
	}
}

// expandableMembers are the members that clients get when they ask for them with $expand.
var expandableMembers = []string{"createdTime", "changedTime", "provisioningState"}

// resourceOf takes from a resource what a list of all kinds of resources shows. d is nil for one without a document.
func resourceOf(body object, d *store.Document) object {
	resource := object{
		"resourceGroup": strings.Split(lookupText(body, "id"), "/")[4],
	}
	if state := lookup(body, "properties.provisioningState"); state != nil {
		resource["provisioningState"] = state
	}
	for _, name := range []string{"id", "name", "type", "location", "tags", "sku", "kind", "managedBy", "identity", "zones"} {
		if body[name] != nil {
			resource[name] = body[name]
		}
	}
	if d != nil {
		resource["createdTime"], resource["changedTime"] = timestamp(d.Created), timestamp(d.Updated)
	}
	return resource
}

func expandedMembers(c *call) ([]string, error) {
	var members []string
	for _, name := range strings.Split(queryValue(queryOf(c.request.URL), "$expand"), ",") {
		name = strings.TrimSpace(name)
		i := slices.IndexFunc(expandableMembers, func(member string) bool { return strings.EqualFold(member, name) })
		switch {
		case name == "":
		case i < 0:
			return nil, &Fault{
				Code: codeNotModelled,
				Message: fmt.Sprintf("The embedded backup service does not expand resources by '%s'; it has %s.", name,
					strings.Join(expandableMembers, ", ")),
			}
		default:
			members = append(members, expandableMembers[i])
		}
	}
	return members, nil
}

// top is how many entries a page has: as many as the client wants at most.
func (s *Service) top(c *call) (int, error) {
	wanted := queryValue(queryOf(c.request.URL), "$top")
	if wanted == "" {
		return s.config.PageSize, nil
	}
	n, err := strconv.Atoi(wanted)
	if err != nil || n < 1 {
		return 0, &Fault{
			Code:    codeInvalidTop,
			Message: fmt.Sprintf("The $top '%s' must be a whole number from 1 on.", wanted),
		}
	}
	return min(n, s.config.PageSize), nil
}
