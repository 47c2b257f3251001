package embedded

import (
	"fmt"
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

// listResources serves whatever is in a subscription or in one resource group: vaults and virtual machines, as the few
// members that all resources have. Clients look here whether a group is empty.
func (s *Service) listResources(c *call) (*answer, error) {
	after, err := c.position()
	if err != nil {
		return nil, err
	}
	passes, err := parseMemberFilter(c, "resources", resourceFilterPaths)
	if err != nil {
		return nil, err
	}
	size, err := s.top(c)
	if err != nil {
		return nil, err
	}
	expand, err := expandedMembers(c)
	if err != nil {
		return nil, err
	}
	var found []object
	err = s.view(c, func(tx *store.Tx) error {
		if c.params["group"] != "" {
			if _, err := mustFindGroup(tx, c); err != nil {
				return err
			}
		}
		found, err = s.resources(tx, c)
		return err
	})
	if err != nil {
		return nil, err
	}

	p := page{Value: []any{}}
	var last string
	for _, resource := range found {
		id := lookupText(resource, "id")
		if store.Key(id) <= store.Key(after.ID) || !passes.passes(resource) {
			continue
		}
		if len(p.Value) == size {
			p.NextLink = c.nextLink(store.Position{Name: lastSegment(last), ID: last})
			break
		}
		delete(resource, "resourceGroup")
		for _, member := range expandableMembers {
			if !slices.Contains(expand, member) {
				delete(resource, member)
			}
		}
		p.Value = append(p.Value, resource)
		last = id
	}
	return answerOK(p), nil
}

// resources are the vaults and machines of the call, by id.
func (s *Service) resources(tx *store.Tx, c *call) ([]object, error) {
	vaults, err := tx.Documents(store.Query{
		Type: catalog.VaultType, Subscription: c.params["subscription"], ResourceGroup: c.params["group"],
	})
	if err != nil {
		return nil, err
	}
	machines, err := s.machines(tx, c.params["subscription"], c.params["group"])
	if err != nil {
		return nil, err
	}
	var found []object
	for _, vault := range vaults {
		body, err := render(c, vault, stateOf(vault, c.now))
		if err != nil {
			return nil, err
		}
		found = append(found, resourceOf(body, vault))
	}
	for _, m := range machines {
		// One that is known by its backups alone may not exist any more.
		if m.fixed || m.document != nil {
			found = append(found, resourceOf(m.render(), m.document))
		}
	}
	slices.SortFunc(found, func(a, b object) int {
		return strings.Compare(store.Key(lookupText(a, "id")), store.Key(lookupText(b, "id")))
	})
	return found, nil
}

// expandableMembers are the members that clients get when they ask for them with $expand.
var expandableMembers = []string{"createdTime", "changedTime", "provisioningState"}

// resourceOf takes from a resource what a list of all kinds of resources shows. d is nil for one without a document.
func resourceOf(body object, d *store.Document) object {
	resource := object{
		"resourceGroup":     strings.Split(lookupText(body, "id"), "/")[4],
		"provisioningState": lookup(body, "properties.provisioningState"),
	}
	for _, name := range []string{"id", "name", "type", "location", "tags", "sku", "identity", "zones"} {
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
