package embedded

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// neighbour is a type of resource that configurations make beside a vault: a virtual machine, and what a machine needs. All
// are kept as plain documents: what a client sends comes back, with what the service says of itself. Nothing refuses a
// reference to what is not there, and nothing is held by what refers to it. What has no row is not modelled.
type neighbour struct {
	kind, kinds Kind // of one, and of a list of them; the last is empty for what is not listed
	of          string
	apiVersion  string // one that clients are known to send
	members     members
	made        int    // the status of the answer to a PUT that makes one
	stateless   bool   // it has no provisioningState
	always      string // the name of the only one, which is there as long as its parent is

	// owned are the paths of what the service alone says. What it has said once stays.
	owned []string
	// secrets are the paths of what Azure takes and never shows. It is not stored.
	secrets []string
	// defaults are what a request that leaves them out gets.
	defaults object
	// parts are what is inside one and is also sent and shown with it, as a list at a path.
	parts     *neighbour
	partsPath string

	// The following are nil where there is nothing to do.

	// given is the body of one that is there without a document, nil when there is none.
	given func(*Service, *store.Tx, *call) (object, error)
	// check refuses a request. old is what there was, nil for nothing.
	check func(s *Service, c *call, old, in object) error
	// settle works out what the service says of one that is stored next.
	settle func(s *Service, tx *store.Tx, d *store.Document, body object) error
	// changed is called when one was stored or deleted, with its body before and after, nil for none.
	changed func(s *Service, tx *store.Tx, d *store.Document, before, after object) error
}

// isChild tells whether the type is one of what is inside of another.
func (n *neighbour) isChild() bool { return strings.Count(n.of, "/") > 1 }

// parentID and id are those of the call's resource. The last segment of the path is its name.
func (n *neighbour) parentID(c *call) string {
	if !n.isChild() {
		return ""
	}
	namespace, types, _ := strings.Cut(n.of, "/")
	parent, _, _ := strings.Cut(types, "/")
	return c.groupID() + "/providers/" + namespace + "/" + parent + "/" + c.params["parent"]
}

func (n *neighbour) id(c *call) string {
	if n.isChild() {
		return n.childID(n.parentID(c), c.params["name"])
	}
	return c.groupID() + "/providers/" + n.of + "/" + c.params["name"]
}

func (n *neighbour) childID(parent, name string) string {
	return parent + n.of[strings.LastIndexByte(n.of, '/'):] + "/" + name
}

// resource is one of a type as it is in the store.
type resource struct {
	document *store.Document // nil when nobody has written it
	body     object          // nil when there is none
}

// load reads a resource.
func (n *neighbour) load(tx *store.Tx, id string) (resource, error) {
	d, err := find(tx, n.of, id)
	if err != nil || d == nil {
		return resource{}, err
	}
	body, err := decode(d.Body)
	if err != nil {
		return resource{}, fmt.Errorf("document %s: %w", d.ID, err)
	}
	return resource{document: d, body: body}, nil
}

// look is load of the call's resource, with what is there without a document.
func (n *neighbour) look(s *Service, tx *store.Tx, c *call) (resource, error) {
	r, err := n.load(tx, n.id(c))
	if err != nil || n.given == nil {
		return r, err
	}
	given, err := n.given(s, tx, c)
	if given != nil {
		r.body = merge(merge(object{}, r.body), given)
	}
	return r, err
}

func (n *neighbour) notFound(c *call) error {
	if n.isChild() {
		return &Fault{
			Code:    codeResourceNotFound,
			Message: fmt.Sprintf("The Resource '%s' was not found.", strings.TrimPrefix(n.id(c), c.groupID()+"/providers/")),
		}
	}
	return &Fault{
		Code: codeResourceNotFound,
		Message: fmt.Sprintf("The Resource '%s/%s' under resource group '%s' was not found. For more details please go to "+
			"https://aka.ms/ARMResourceNotFoundFix", n.of, c.params["name"], c.params["group"]),
	}
}

func (n *neighbour) get(s *Service, c *call) (*answer, error) {
	var body object
	err := s.view(c, func(tx *store.Tx) error {
		r, err := n.look(s, tx, c)
		switch {
		case err != nil:
			return err
		case r.body == nil:
			if err := s.requireGroup(tx, c); err != nil {
				return err
			}
			return n.notFound(c)
		}
		body, err = n.render(tx, n.id(c), r)
		return err
	})
	if err != nil {
		return nil, err
	}
	return answerOK(body), nil
}

// list serves the resources of the type in a subscription, a resource group or a parent, by name.
func (n *neighbour) list(s *Service, c *call) (*answer, error) {
	return s.listFiltered(c, string(n.kinds), nil, func(tx *store.Tx, l *listing) error {
		if parent := n.parentID(c); parent != "" {
			if err := n.requireParent(tx, parent); err != nil {
				return err
			}
		}
		return l.fill(n.entries(tx, l, store.Query{Parent: n.parentID(c)}))
	})
}

// entries are the documents of the type that a query selects in the scope of the call.
func (n *neighbour) entries(tx *store.Tx, l *listing, q store.Query) entries {
	in := l.call.scope()
	q.Type, q.Subscription, q.ResourceGroup = n.of, in.Subscription, in.ResourceGroup
	return rendered(l.documents(tx, q), func(d *store.Document) (object, error) { return n.renderDocument(tx, d) })
}

func (n *neighbour) renderDocument(tx *store.Tx, d *store.Document) (object, error) {
	body, err := decode(d.Body)
	if err != nil {
		return nil, fmt.Errorf("document %s: %w", d.ID, err)
	}
	return n.render(tx, d.ID, resource{d, body})
}

// render is a resource as clients see it.
func (n *neighbour) render(tx *store.Tx, id string, r resource) (object, error) {
	body := merge(object{}, r.body)
	fill(body, n.defaults)
	if r.document != nil {
		id = r.document.ID
	}
	body["id"], body["name"], body["type"] = id, lastSegment(id), n.of
	if r.document != nil && strings.HasPrefix(n.of, networkNamespace+"/") {
		body["etag"] = r.document.ETag
	}
	properties, _ := body["properties"].(object)
	if properties == nil {
		properties = object{}
		body["properties"] = properties
	}
	if !n.stateless {
		properties["provisioningState"] = stateSucceeded
	}
	if n.parts == nil {
		return body, nil
	}
	docs, err := tx.Documents(store.Query{Type: n.parts.of, Parent: id})
	if err != nil {
		return nil, err
	}
	parts := []any{}
	for _, d := range docs {
		part, err := n.parts.renderDocument(tx, d)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	properties[n.partsPath] = parts
	return body, nil
}

func (n *neighbour) delete(s *Service, c *call) (*answer, error) {
	c.neighbour = n
	status := http.StatusOK
	err := s.update(c, func(tx *store.Tx) error {
		if err := s.requireGroup(tx, c); err != nil {
			return err
		}
		r, err := n.load(tx, n.id(c))
		if err != nil {
			return err
		}
		if r.document == nil {
			status = http.StatusNoContent
			return nil
		}
		return n.remove(s, tx, r)
	})
	if err != nil {
		return nil, err
	}
	return &answer{status: status}, nil
}

// remove deletes a resource with all that is inside.
func (n *neighbour) remove(s *Service, tx *store.Tx, r resource) error {
	if err := tx.DeleteDocument(r.document.ID); err != nil || n.changed == nil {
		return err
	}
	return n.changed(s, tx, r.document, r.body, nil)
}

// neighbourName is what the names of all types have in common; for each Azure has narrower rules.
var neighbourName = regexp.MustCompile(`^[\pL\pN_][\pL\pN_.-]{0,127}$`)

// checkPlace refuses a name that no resource can have, and a place that is none.
func (n *neighbour) checkPlace(s *Service, tx *store.Tx, c *call) error {
	name := c.params["name"]
	if !neighbourName.MatchString(name) || n.always != "" && !strings.EqualFold(name, n.always) {
		return &Fault{Code: codeInvalidName, Message: fmt.Sprintf("The resource name '%s' is invalid for the type '%s'.", name, n.of)}
	}
	if err := catalog.CheckResourceGroupName(c.params["group"]); err != nil {
		return &Fault{Code: codeInvalidGroupName, Message: err.Error()}
	}
	if err := s.requireGroup(tx, c); err != nil {
		return err
	}
	if err := checkGroupLives(tx, c); err != nil || !n.isChild() {
		return err
	}
	return n.requireParent(tx, n.parentID(c))
}

// requireParent refuses what is inside of a resource that is not there.
func (n *neighbour) requireParent(tx *store.Tx, id string) error {
	d, err := find(tx, n.of[:strings.LastIndexByte(n.of, '/')], id)
	if err != nil || d != nil {
		return err
	}
	return &Fault{
		Code: codeParentNotFound,
		Message: fmt.Sprintf("Failed to perform operation on nested resource. The parent resource '%s' could not be found.",
			id[strings.Index(id, "/providers/")+len("/providers/"):]),
	}
}

// neighbourVersion is what the conditions of a request about a neighbour look at.
func (s *Service) neighbourVersion(tx *store.Tx, c *call) (version, error) {
	r, err := c.neighbour.look(s, tx, c)
	v := version{exists: r.body != nil}
	if r.document != nil && strings.HasPrefix(c.neighbour.of, networkNamespace+"/") {
		v.etag = r.document.ETag
	}
	return v, err
}
