package embedded

import (
	"fmt"
	"net/http"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

func (s *Service) listGroups(c *call) (*answer, error) {
	after, err := c.position()
	if err != nil {
		return nil, err
	}
	var groups []*group
	err = s.view(c, func(tx *store.Tx) (err error) {
		groups, err = groupsOf(tx, c.params["subscription"], "")
		return err
	})
	if err != nil {
		return nil, err
	}
	p := page{Value: []any{}}
	var last *group
	for _, g := range groups {
		if store.Key(g.id) <= store.Key(after.ID) {
			continue
		}
		if len(p.Value) == s.config.PageSize {
			p.NextLink = c.nextLink(store.Position{Name: lastSegment(last.id), ID: last.id})
			break
		}
		body, err := g.render(c)
		if err != nil {
			return nil, err
		}
		p.Value = append(p.Value, body)
		last = g
	}
	return answerOK(p), nil
}

func (s *Service) getGroup(c *call) (*answer, error) {
	var g *group
	err := s.view(c, func(tx *store.Tx) (err error) {
		g, err = mustFindGroup(tx, c)
		return err
	})
	if err != nil {
		return nil, err
	}
	return g.answer(c, http.StatusOK)
}

func (s *Service) headGroup(c *call) (*answer, error) {
	var g *group
	err := s.view(c, func(tx *store.Tx) (err error) {
		g, err = findGroup(tx, c)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case g == nil:
		return &answer{status: http.StatusNotFound}, nil
	}
	return &answer{status: http.StatusNoContent}, nil
}

func (s *Service) putGroup(c *call) (*answer, error) {
	in, err := c.content()
	if err != nil {
		return nil, err
	}
	if err := catalog.CheckResourceGroupName(c.params["group"]); err != nil {
		return nil, &Fault{Code: codeInvalidGroupName, Message: err.Error()}
	}
	where, err := requiredLocation(in)
	if err != nil {
		return nil, err
	}
	if _, ok := s.regions[catalog.NormalizeRegion(where)]; !ok {
		return nil, &Fault{
			Code:    codeGroupLocationNotAvailable,
			Message: fmt.Sprintf("The provided location '%s' is not available for resource group.", where),
		}
	}
	var g *group
	status := http.StatusOK
	err = s.update(c, func(tx *store.Tx) error {
		if err := checkGroupLives(tx, c); err != nil {
			return err
		}
		if g, err = findGroup(tx, c); err != nil {
			return err
		}
		if g == nil {
			status = http.StatusCreated
			g = &group{id: c.groupID(), body: object{"location": catalog.NormalizeRegion(where)}}
		}
		if current := g.body["location"]; current != catalog.NormalizeRegion(where) {
			return &Fault{
				Code: codeInvalidGroupLocation,
				Message: fmt.Sprintf("Invalid resource group location '%s'. The Resource group already exists in location "+
					"'%s'.", where, current),
			}
		}
		delete(g.body, "tags")
		return g.save(tx, c, in)
	})
	if err != nil {
		return nil, err
	}
	return g.answer(c, status)
}

func (s *Service) patchGroup(c *call) (*answer, error) {
	in, err := c.content()
	if err != nil {
		return nil, err
	}
	var g *group
	err = s.update(c, func(tx *store.Tx) error {
		if err := checkGroupLives(tx, c); err != nil {
			return err
		}
		if g, err = mustFindGroup(tx, c); err != nil {
			return err
		}
		return g.save(tx, c, in)
	})
	if err != nil {
		return nil, err
	}
	return g.answer(c, http.StatusOK)
}
