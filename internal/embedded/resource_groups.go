package embedded

import (
	"fmt"
	"net/http"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// listGroups serves the groups of a subscription, by name.
func (s *Service) listGroups(c *call) (*answer, error) {
	return s.list(c, func(tx *store.Tx, l *listing) error {
		for g, err := range groupsBehind(tx, c.params["subscription"], l.after.Name, l.size+1) {
			if err != nil {
				return err
			}
			body, err := g.render(c)
			if err != nil {
				return err
			}
			if !l.add(entry{at: store.Position{Name: lastSegment(g.id), ID: g.id}, body: body}) {
				break
			}
		}
		return nil
	})
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
