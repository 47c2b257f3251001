package embedded

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

func (n *neighbour) put(s *Service, c *call) (*answer, error)   { return n.write(s, c, true) }
func (n *neighbour) patch(s *Service, c *call) (*answer, error) { return n.write(s, c, false) }

// write stores the resource of a call: whole, or merged with what there was.
func (n *neighbour) write(s *Service, c *call, whole bool) (*answer, error) {
	c.neighbour = n
	in, err := c.contentAs(n.members)
	if err != nil {
		return nil, err
	}
	status := http.StatusOK
	var body object
	err = s.update(c, func(tx *store.Tx) error {
		if err := n.checkPlace(s, tx, c); err != nil {
			return err
		}
		r, err := n.look(s, tx, c)
		switch {
		case err != nil:
			return err
		case r.body == nil && !whole:
			return n.notFound(c)
		case r.body == nil:
			status = n.made
		}
		if n.check != nil {
			if err := n.check(s, c, r.body, in); err != nil {
				return err
			}
		}
		if r.document == nil {
			r.document = n.document(c.params["subscription"], c.params["group"], n.parentID(c), n.id(c))
		}
		if err := n.store(s, tx, &r, in, whole); err != nil {
			return err
		}
		body, err = n.render(tx, r.document.ID, r)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &answer{status: status, body: body}, nil
}

// document is that of a new resource.
func (n *neighbour) document(subscription, group, parent, id string) *store.Document {
	return &store.Document{
		ID: id, Type: n.of, Subscription: subscription, ResourceGroup: group, Parent: parent, Name: lastSegment(id),
	}
}

// store lays a request over a resource and stores it.
func (n *neighbour) store(s *Service, tx *store.Tx, r *resource, in object, whole bool) error {
	for _, name := range []string{"id", "name", "type", "etag", "systemData"} {
		delete(in, name)
	}
	for _, path := range slices.Concat(n.owned, n.secrets, []string{"properties.provisioningState"}) {
		discard(in, path)
	}
	given, err := section(in, "properties")
	if err != nil {
		return err
	}
	parts, sent := given[n.partsPath]
	delete(given, n.partsPath)
	body := merge(object{}, r.body)
	if whole {
		body = object{}
		for _, path := range n.owned {
			if value := lookup(r.body, path); value != nil {
				setAt(body, path, value)
			}
		}
	}
	if _, sent := in["tags"]; sent {
		delete(body, "tags") // Replaced whole, not merged.
	}
	merge(body, in)
	if err := n.settleAll(s, tx, r, body); err != nil {
		return err
	}
	before := r.body
	r.body = body
	if err := save(tx, r.document, body); err != nil {
		return err
	}
	if n.parts != nil && sent && parts != nil {
		if err := n.storeParts(s, tx, r.document, parts); err != nil {
			return err
		}
	}
	if n.changed == nil {
		return nil
	}
	return n.changed(s, tx, r.document, before, body)
}

// settleAll checks what all types have, and adds what the service says.
func (n *neighbour) settleAll(s *Service, tx *store.Tx, r *resource, body object) error {
	if !n.isChild() {
		if _, err := tagsOf(body); err != nil {
			return err
		}
		if err := n.settleLocation(s, r, body); err != nil {
			return err
		}
		if err := settleIdentity(r.document.ID, body); err != nil {
			return err
		}
	}
	properties, err := section(body, "properties")
	if err != nil {
		return err
	}
	body["properties"] = properties
	fill(body, n.defaults)
	if n.settle == nil {
		return nil
	}
	return n.settle(s, tx, r.document, body)
}

// settleLocation refuses a region that does not exist, and to move a resource.
func (n *neighbour) settleLocation(s *Service, r *resource, body object) error {
	where, err := requiredLocation(body)
	if err != nil {
		return err
	}
	where = catalog.NormalizeRegion(where)
	if _, ok := s.regions[where]; !ok {
		return s.notOffered(where, n.of)
	}
	if current := lookupText(r.body, "location"); r.body != nil && current != where {
		return &Fault{
			Code: codeInvalidLocation,
			Message: fmt.Sprintf("The resource '%s' already exists in location '%s' in resource group '%s'. A resource with the "+
				"same name cannot be created in location '%s'. Please select a new resource name.", lastSegment(r.document.ID), current,
				groupName(r.document), where),
		}
	}
	body["location"] = where
	return nil
}

// storeParts makes what is inside of a resource what a request has of it, no more and no less.
func (n *neighbour) storeParts(s *Service, tx *store.Tx, d *store.Document, sent any) error {
	path := "properties." + n.partsPath
	list, ok := sent.([]any)
	if !ok {
		return invalidContent("'%s' must be a list.", path)
	}
	wanted := map[string]bool{}
	for i, value := range list {
		in, _ := value.(object)
		name := lookupText(in, "name")
		if !neighbourName.MatchString(name) {
			return invalidContent("'%s[%d].name' must be the name of a resource; it is '%s'.", path, i, name)
		}
		id := n.parts.childID(d.ID, name)
		wanted[store.Key(id)] = true
		r, err := n.parts.load(tx, id)
		if err != nil {
			return err
		}
		if r.document == nil {
			r.document = n.parts.document(d.Subscription, d.ResourceGroup, d.ID, id)
		}
		if err := n.parts.store(s, tx, &r, in, true); err != nil {
			return err
		}
	}
	docs, err := tx.Documents(store.Query{Type: n.parts.of, Parent: d.ID})
	if err != nil {
		return err
	}
	for _, part := range docs {
		if wanted[store.Key(part.ID)] {
			continue
		}
		if err := n.parts.remove(s, tx, resource{document: part}); err != nil {
			return err
		}
	}
	return nil
}

// fill gives a body what it leaves out.
func fill(body, defaults object) {
	for name, value := range defaults {
		under, deeper := value.(object)
		switch has := body[name].(type) {
		case nil:
			if deeper {
				body[name] = merge(object{}, under)
			} else if list, ok := value.([]any); ok {
				body[name] = slices.Clone(list)
			} else {
				body[name] = value
			}
		case object:
			if deeper {
				fill(has, under)
			}
		}
	}
}

// setAt puts a value at a dotted path, and makes the objects on the way.
func setAt(body object, path string, value any) {
	name, rest, deeper := strings.Cut(path, ".")
	if !deeper {
		body[name] = value
		return
	}
	under, ok := body[name].(object)
	if !ok {
		under = object{}
		body[name] = under
	}
	setAt(under, rest, value)
}

// objectsIn are the objects of the list at a path. What is none is left alone.
func objectsIn(body object, path string) []object {
	list, _ := lookup(body, path).([]any)
	var objects []object
	for _, value := range list {
		if o, ok := value.(object); ok {
			objects = append(objects, o)
		}
	}
	return objects
}

// words are members of any kind, which are spelled and kept.
func words(names string, further ...members) members {
	all := members{}
	for _, name := range strings.Fields(names) {
		all[name] = free
	}
	for _, m := range further {
		maps.Copy(all, m)
	}
	return all
}
