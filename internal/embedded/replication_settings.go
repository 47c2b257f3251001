package embedded

import (
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// getReplicationSettings serves the settings of site recovery, which a backup vault has too. They are empty here; other
// clients read them with every vault, and take any other answer for a failure.
func (s *Service) getReplicationSettings(c *call) (*answer, error) {
	var d *store.Document
	err := s.view(c, func(tx *store.Tx) (err error) {
		d, err = s.mustFindVault(tx, c)
		return err
	})
	if err != nil {
		return nil, err
	}
	body, err := decode(d.Body)
	if err != nil {
		return nil, err
	}
	return answerOK(replicationSettings{
		ID:       d.ID + "/replicationVaultSettings/default",
		Name:     "default",
		Type:     catalog.VaultType + "/replicationVaultSettings",
		Location: lookupText(body, "location"),
	}), nil
}

func (s *Service) putReplicationSettings(c *call) (*answer, error) {
	return nil, &Fault{
		Code:    codeNotModelled,
		Message: "The embedded backup service does not model site recovery, so its vault settings cannot be changed.",
	}
}
