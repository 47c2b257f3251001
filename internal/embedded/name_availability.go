package embedded

import (
	"fmt"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// checkNameAvailability tells whether a vault could be made under a name. Only making it reserves the name.
// Microsoft documents that the name of a vault deleted in the last 24 hours is not available, and yet Azure makes a vault
// under it: the answer here is what the creation would say.
func (s *Service) checkNameAvailability(c *call) (*answer, error) {
	in, err := c.content()
	if err != nil {
		return nil, err
	}
	name, err := text(in, "name")
	if err != nil {
		return nil, err
	}
	kind, err := text(in, "type")
	if err != nil {
		return nil, err
	}
	if !strings.EqualFold(kind, catalog.VaultType) {
		return nil, invalidParameter("type", fmt.Sprintf("It must be %s.", catalog.VaultType))
	}
	if err := s.checkOffered(c.params["location"]); err != nil {
		return nil, err
	}
	if broken := catalog.CheckVaultName(name); broken != nil {
		//nolint:nilerr // The broken rule is the answer.
		return answerOK(nameAvailability{Reason: "Invalid", Message: broken.Error()}), nil
	}

	var holder *store.Document
	err = s.view(c, func(tx *store.Tx) (err error) {
		if err := s.requireGroup(tx, c); err != nil {
			return err
		}
		holder, err = s.nameHolder(tx, c, name)
		return err
	})
	if err != nil {
		return nil, err
	}
	if holder != nil {
		return answerOK(nameAvailability{Reason: "AlreadyExists", Message: "Resource already exists with the same name."}), nil
	}
	return answerOK(nameAvailability{NameAvailable: true}), nil
}
