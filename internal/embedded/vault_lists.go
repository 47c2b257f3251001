package embedded

import (
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// listVaults serves the vaults of a subscription or of one resource group, by name.
func (s *Service) listVaults(c *call) (*answer, error) {
	return s.list(c, func(tx *store.Tx, l *listing) error {
		if c.params["group"] != "" {
			if err := s.requireGroup(tx, c); err != nil {
				return err
			}
		}
		q := c.scope()
		q.Type = catalog.VaultType
		if c.brief() {
			q.Member, l.size = briefMember, s.longPage
		}
		return l.fill(rendered(l.documents(tx, q), func(d *store.Document) (object, error) {
			return render(c, d, stateOf(d, c.now))
		}))
	})
}

// listInVault serves a filtered list of what a vault holds.
func (s *Service) listInVault(
	c *call, what string, terms map[string]string, fill func(*store.Tx, *listing, *store.Document) error,
) (*answer, error) {
	return s.listFiltered(c, what, terms, func(tx *store.Tx, l *listing) error {
		vault, err := s.mustFindVault(tx, c)
		if err != nil {
			return err
		}
		return fill(tx, l, vault)
	})
}
