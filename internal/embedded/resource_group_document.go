package embedded

import (
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

const typeResourceGroup = "Microsoft.Resources/resourceGroups"

// group is a resource group: one that a client has created, which has a document, or one that exists because something
// is in it.
type group struct {
	id       string
	document *store.Document
	body     object // location and tags
}

// groupName is the resource group of a document, as the document's creator spelled it.
func groupName(d *store.Document) string {
	const position = 4 // of /subscriptions/{id}/resourceGroups/{name}/…
	return strings.Split(d.ID, "/")[position]
}

// groupsBehind gives the groups of a subscription behind a name, by name. It reads their names in batches.
func groupsBehind(tx *store.Tx, subscription, after string, batch int) iter.Seq2[*group, error] {
	return func(yield func(*group, error) bool) {
		for {
			names, err := tx.ResourceGroups(subscription, after, batch)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, name := range names {
				after = name
				// What is left of a deleted vault may be all that has the name.
				if g, err := groupNamed(tx, subscription, name); (g != nil || err != nil) && !yield(g, err) {
					return
				}
			}
			if len(names) < batch {
				return
			}
		}
	}
}

// groupNamed returns the group of this name, nil when there is none. One that nobody has created is as what was first in it
// is: that gives it its spelling and location.
func groupNamed(tx *store.Tx, subscription, name string) (*group, error) {
	d, err := find(tx, typeResourceGroup, "/subscriptions/"+subscription+"/resourceGroups/"+name)
	if err != nil {
		return nil, err
	}
	if d != nil {
		body, err := decode(d.Body)
		return &group{id: d.ID, document: d, body: body}, err
	}
	var first *store.Document
	for _, kind := range groupTypes() {
		d, err := tx.Oldest(store.Query{Type: kind, Subscription: subscription, ResourceGroup: name})
		switch {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return nil, err
		case first == nil || d.Created.Before(first.Created):
			first = d
		}
	}
	if first == nil {
		return nil, nil
	}
	body, err := decode(first.Body)
	id, _, _ := strings.Cut(first.ID, "/providers/")
	return &group{id: id, body: object{"location": body["location"]}}, err
}

// findGroup returns the group of the call, nil when there is none.
func findGroup(tx *store.Tx, c *call) (*group, error) {
	return groupNamed(tx, c.params["subscription"], c.params["group"])
}

func mustFindGroup(tx *store.Tx, c *call) (*group, error) {
	g, err := findGroup(tx, c)
	if err == nil && g == nil {
		err = groupNotFound(c)
	}
	return g, err
}

// requireGroup refuses to look for or put something into a group that does not exist, where groups must.
func (s *Service) requireGroup(tx *store.Tx, c *call) error {
	if !s.config.StrictResourceGroups {
		return nil
	}
	d, err := find(tx, typeResourceGroup, c.groupID())
	if err != nil || d != nil {
		return err
	}
	// Not through findGroup, which reads every vault of the group to describe it.
	vaults, err := tx.Documents(store.Query{
		Type: catalog.VaultType, Subscription: c.params["subscription"], ResourceGroup: c.params["group"], Limit: 1,
	})
	if err == nil && len(vaults) == 0 {
		err = groupNotFound(c)
	}
	return err
}

// requireSomeGroup refuses to look into a group that neither somebody has made nor anything is in. It does not describe the
// group, for which all that is in it is looked at.
func requireSomeGroup(tx *store.Tx, c *call) error {
	d, err := find(tx, typeResourceGroup, c.groupID())
	if err != nil || d != nil {
		return err
	}
	for _, kind := range groupTypes() {
		q := c.scope()
		q.Type, q.Limit = kind, 1
		if inside, err := tx.Documents(q); err != nil || len(inside) > 0 {
			return err
		}
	}
	return groupNotFound(c)
}

// checkGroupLives refuses to put anything into a group that is being deleted, as it would go with the group.
func checkGroupLives(tx *store.Tx, c *call) error {
	d, err := find(tx, typeResourceGroup, c.groupID())
	if err != nil || d == nil || stateOf(d, c.now) != stateDeleting {
		return err
	}
	return &Fault{
		Code: codeGroupBeingDeleted,
		Message: fmt.Sprintf("The resource group '%s' is in deprovisioning state and cannot perform this operation.",
			c.params["group"]),
	}
}

func groupNotFound(c *call) error {
	return &Fault{
		Code:    codeGroupNotFound,
		Message: fmt.Sprintf("Resource group '%s' could not be found.", c.params["group"]),
	}
}

// save creates or updates the group's document from a request.
func (g *group) save(tx *store.Tx, c *call, in object) error {
	for _, name := range []string{"id", "name", "type", "location", "properties", "systemData"} {
		delete(in, name)
	}
	if _, sent := in["tags"]; sent {
		delete(g.body, "tags")
	}
	merge(g.body, in)
	if _, err := tagsOf(g.body); err != nil {
		return err
	}
	if _, err := text(g.body, "managedBy"); err != nil {
		return err
	}
	if g.document == nil {
		g.document = &store.Document{
			ID:            g.id,
			Type:          typeResourceGroup,
			Subscription:  c.params["subscription"],
			ResourceGroup: c.params["group"],
			Name:          c.params["group"],
		}
	}
	return save(tx, g.document, g.body)
}

func (g *group) render(c *call) (*resourceGroup, error) {
	tags, err := tagsOf(g.body)
	if err != nil {
		return nil, err
	}
	body := &resourceGroup{
		ID:         g.id,
		Name:       lastSegment(g.id),
		Type:       typeResourceGroup,
		Tags:       tags,
		Properties: resourceGroupProperties{ProvisioningState: stateSucceeded},
	}
	if body.Location, err = text(g.body, "location"); err != nil {
		return nil, err
	}
	if body.ManagedBy, err = text(g.body, "managedBy"); err != nil {
		return nil, err
	}
	if g.document != nil {
		body.Properties.ProvisioningState = stateOf(g.document, c.now)
	}
	return body, nil
}

func (g *group) answer(c *call, status int) (*answer, error) {
	body, err := g.render(c)
	if err != nil {
		return nil, err
	}
	return &answer{status: status, body: body}, nil
}
