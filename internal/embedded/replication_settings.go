package embedded

import (
	"errors"
	"fmt"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

const (
	replicationSettingsPath = "/replicationVaultSettings/default"
	typeReplicationSettings = catalog.VaultType + "/replicationVaultSettings"
)

// The two settings there are, both of site recovery.
const (
	memberVMwareProvider    = "vmwareToAzureProviderType"
	memberMigrationSolution = "migrationSolutionId"
)

// getReplicationSettings serves the settings of site recovery, which a backup vault has too. They are empty unless a
// client has chosen them; other clients read them with every vault, and take any other answer for a failure.
func (s *Service) getReplicationSettings(c *call) (*answer, error) {
	var body *replicationSettings
	err := s.view(c, func(tx *store.Tx) error {
		vault, err := s.mustFindVault(tx, c)
		if err != nil {
			return err
		}
		body, err = renderReplicationSettings(tx, vault)
		return err
	})
	if err != nil {
		return nil, err
	}
	return answerOK(body), nil
}

// putReplicationSettings keeps the settings for those who read them. They change nothing else, as there is no site
// recovery here.
func (s *Service) putReplicationSettings(c *call) (*answer, error) {
	in, err := c.content()
	if err != nil {
		return nil, err
	}
	given, err := section(in, "properties")
	if err != nil {
		return nil, err
	}
	kept := object{}
	for _, name := range []string{memberVMwareProvider, memberMigrationSolution} {
		if kept[name], err = text(given, name); err != nil {
			return nil, err
		}
	}
	var body *replicationSettings
	err = s.update(c, func(tx *store.Tx) error {
		vault, err := s.mustFindVault(tx, c)
		if err != nil {
			return err
		}
		if err := checkUsable(vault, c.now); err != nil {
			return err
		}
		d := &store.Document{
			ID: vault.ID + replicationSettingsPath, Type: typeReplicationSettings, Subscription: vault.Subscription,
			ResourceGroup: vault.ResourceGroup, Parent: vault.ID, Name: "default",
		}
		if err := save(tx, d, kept); err != nil {
			return err
		}
		body, err = renderReplicationSettings(tx, vault)
		return err
	})
	if err != nil {
		return nil, err
	}
	return answerOK(body), nil
}

func renderReplicationSettings(tx *store.Tx, vault *store.Document) (*replicationSettings, error) {
	body, err := decode(vault.Body)
	if err != nil {
		return nil, fmt.Errorf("document %s: %w", vault.ID, err)
	}
	settings := &replicationSettings{
		ID:       vault.ID + replicationSettingsPath,
		Name:     "default",
		Type:     typeReplicationSettings,
		Location: lookupText(body, "location"),
	}
	d, err := tx.Document(settings.ID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return settings, nil
	case err != nil:
		return nil, err
	}
	kept, err := decode(d.Body)
	if err != nil {
		return nil, fmt.Errorf("document %s: %w", d.ID, err)
	}
	settings.Properties.VMwareToAzureProviderType = lookupText(kept, memberVMwareProvider)
	settings.Properties.MigrationSolutionID = lookupText(kept, memberMigrationSolution)
	return settings, nil
}
