package embedded

import (
	"fmt"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// listGuardProxies serves the resource guards that watch over a vault. There are none, since none can be mapped to it;
// the az CLI asks before every critical change.
func (s *Service) listGuardProxies(c *call) (*answer, error) {
	if err := s.checkVaultExists(c); err != nil {
		return nil, err
	}
	return answerOK(page{Value: []any{}}), nil
}

func (s *Service) getGuardProxy(c *call) (*answer, error) {
	if err := s.checkVaultExists(c); err != nil {
		return nil, err
	}
	return nil, &Fault{
		Code:    codeResourceNotFound,
		Message: fmt.Sprintf("The resource guard mapping '%s' was not found in the vault '%s'.", c.params["guard"], c.params["vault"]),
	}
}

func (s *Service) putGuardProxy(*call) (*answer, error) {
	return nil, &Fault{
		Code:    codeNotModelled,
		Message: "The embedded backup service does not model resource guards, so that none can be mapped to a vault.",
	}
}

func (s *Service) checkVaultExists(c *call) error {
	return s.view(c, func(tx *store.Tx) error {
		_, err := s.mustFindVault(tx, c)
		return err
	})
}
