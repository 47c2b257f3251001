package embedded

import (
	"fmt"
	"net/http"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// A vault's settings have a second, older address: its configs. They are views of the vault's own properties, so that a
// client of one sees what a client of the other has chosen.
const (
	vaultConfigPath   = "/backupconfig/vaultconfig"
	storageConfigPath = "/backupstorageconfig/vaultstorageconfig"
)

// configView shows a vault as one of its configs.
type configView func(vault *store.Document, properties object) object

// configChange lays what a client sends to a config over the properties of the vault.
type configChange func(vault, properties, sent object) error

func (s *Service) getVaultConfig(c *call) (*answer, error)   { return s.getConfig(c, vaultConfig) }
func (s *Service) getStorageConfig(c *call) (*answer, error) { return s.getConfig(c, storageConfig) }

func (s *Service) writeVaultConfig(c *call) (*answer, error) {
	return s.writeConfig(c, s.changeVaultConfig, vaultConfig)
}

func (s *Service) putStorageConfig(c *call) (*answer, error) {
	return s.writeConfig(c, changeStorageConfig, storageConfig)
}

// patchStorageConfig answers without a body, other than the PATCH of the backup config.
func (s *Service) patchStorageConfig(c *call) (*answer, error) {
	if _, err := s.putStorageConfig(c); err != nil {
		return nil, err
	}
	return &answer{status: http.StatusNoContent}, nil
}

func (s *Service) getConfig(c *call, view configView) (*answer, error) {
	var d *store.Document
	err := s.view(c, func(tx *store.Tx) (err error) {
		d, err = s.mustFindVault(tx, c)
		return err
	})
	if err != nil {
		return nil, err
	}
	return okConfig(d, view)
}

func okConfig(d *store.Document, view configView) (*answer, error) {
	body, err := decode(d.Body)
	if err != nil {
		return nil, fmt.Errorf("document %s: %w", d.ID, err)
	}
	properties, err := section(body, "properties")
	if err != nil {
		return nil, fmt.Errorf("document %s: %w", d.ID, err)
	}
	return answerOK(view(d, properties)), nil
}

// writeConfig changes the vault through a config. What is not sent stays, with PUT as with PATCH: a config always is
// complete, and to leave a setting out of a PUT does not say which value it shall have.
func (s *Service) writeConfig(c *call, change configChange, view configView) (*answer, error) {
	in, err := c.content()
	if err != nil {
		return nil, err
	}
	sent, err := section(in, "properties")
	if err != nil {
		return nil, err
	}
	var d *store.Document
	err = s.update(c, func(tx *store.Tx) error {
		if d, err = s.mustFindVault(tx, c); err != nil {
			return err
		}
		if err := checkUsable(d, c.now); err != nil {
			return err
		}
		before, body, err := twice(d)
		if err != nil {
			return err
		}
		properties, err := section(body, "properties")
		if err != nil {
			return err
		}
		if err := change(body, properties, sent); err != nil {
			return err
		}
		if err := s.settleRules(c, before, body); err != nil {
			return err
		}
		if err := s.checkGuardedVault(tx, c, d, body, operationRequests(sent)); err != nil {
			return err
		}
		return save(tx, d, body)
	})
	if err != nil {
		return nil, err
	}
	return okConfig(d, view)
}

func vaultConfig(vault *store.Document, properties object) object {
	soft := lookupText(properties, pathSoftDelete)
	return object{
		"id": vault.ID + vaultConfigPath, "name": "vaultconfig", "type": catalog.VaultType + "/backupconfig",
		// These and no more, although the model has the storage, too (recorded with 2023-01-01). Whether Azure calls AlwaysON
		// editable is not known for sure; here it is not.
		"properties": object{
			"softDeleteFeatureState":           soft,
			"softDeleteRetentionPeriodInDays":  lookup(properties, pathSoftDeleteDays),
			"enhancedSecurityState":            lookupText(properties, pathEnhancedSecurity),
			"isSoftDeleteFeatureStateEditable": soft != alwaysOn,
		},
	}
}

// changeVaultConfig takes over the soft delete. The storage, which a client may send here too, is changed elsewhere: Microsoft's
// verified Bicep module sends it in every deployment, as Locked, whatever it is.
func (s *Service) changeVaultConfig(_, properties, sent object) error {
	discardNoDays(sent, "softDeleteRetentionPeriodInDays")
	days := sent["softDeleteRetentionPeriodInDays"]
	if !s.config.SoftDeleteChosen && days != nil && fmt.Sprint(days) != fmt.Sprint(lookup(properties, pathSoftDeleteDays)) {
		return softDeleteIsOfVault("softDeleteRetentionPeriodInDays")
	}
	for name, path := range map[string]string{
		"softDeleteFeatureState": pathSoftDelete, "enhancedSecurityState": pathEnhancedSecurity,
	} {
		value, err := text(sent, name)
		if err != nil {
			return err
		}
		has := lookupText(properties, path)
		switch {
		case value == "" || equalSetting(value, has):
			continue
		case !s.config.SoftDeleteChosen:
			return softDeleteIsOfVault(name)
		case has == alwaysOn:
			return softDeleteIsAlwaysOn(name)
		}
		assign(properties, path, value)
	}
	if days != nil {
		assign(properties, pathSoftDeleteDays, days)
	}
	return nil
}

// softDeleteIsOfVault refuses what is changed through the vault alone, since the service sets it there for every new one.
func softDeleteIsOfVault(name string) error {
	return &Fault{
		Code: codeSoftDeleteOfVault,
		Message: fmt.Sprintf("This API cannot modify %s of the vault, which has been set through the Vault API before "+
			"(properties.securitySettings.softDeleteSettings) and has to be set there again.", name),
	}
}

func softDeleteIsAlwaysOn(name string) error {
	return &Fault{
		Code:    codeSoftDeleteAlwaysOn,
		Message: fmt.Sprintf("%s of the vault is AlwaysON, which cannot be changed any more.", name),
	}
}

func storageConfig(vault *store.Document, properties object) object {
	shown := storageSettings(properties)
	shown["dedupState"], shown["xcoolState"] = "Disabled", "Disabled"
	return object{
		"id": vault.ID + storageConfigPath, "name": "vaultstorageconfig", "type": catalog.VaultType + "/backupstorageconfig",
		"properties": shown,
	}
}

// storageSettings are the storage of a vault in the words of its configs.
func storageSettings(properties object) object {
	redundancy, state := lookupText(properties, pathRedundancy), "Unlocked"
	if storageIsLaidOut(lookupText(properties, pathStorageVersion)) {
		state = "Locked"
	}
	return object{
		"storageType":            redundancy,
		"storageModelType":       redundancy,
		"storageTypeState":       state,
		"crossRegionRestoreFlag": lookupText(properties, pathCrossRegionRestore) == "Enabled",
	}
}

// changeStorageConfig takes over the redundancy, unless the vault's own address has chosen it before: from then on it is
// the one place for it.
func changeStorageConfig(vault, properties, sent object) error {
	if vault[memberRedundancyChosen] == true {
		return &Fault{
			Code: codeRedundancyOfVault,
			Message: "This API cannot modify the storage redundancy of the vault, which has been set through the Vault API before " +
				"(properties.redundancySettings) and has to be set there again.",
		}
	}
	for _, name := range []string{"dedupState", "xcoolState"} {
		state, err := text(sent, name)
		if err != nil {
			return err
		}
		if equalSetting(state, "Enabled") {
			return &Fault{Code: codeNotModelled, Message: fmt.Sprintf("The embedded backup service does not model %s.", name)}
		}
	}
	wanted, err := wantedRedundancy(lookupText(properties, pathRedundancy), sent)
	if err != nil {
		return err
	}
	assign(properties, pathRedundancy, wanted)
	if enabled, sent := sent["crossRegionRestoreFlag"].(bool); sent {
		assign(properties, pathCrossRegionRestore, map[bool]string{true: "Enabled", false: "Disabled"}[enabled])
	}
	return nil
}

// wantedRedundancy is what a client wants that sends one of the two names of the redundancy, or both, one of them as it
// was when it read them.
func wantedRedundancy(current string, sent object) (string, error) {
	wanted := current
	for _, name := range []string{"storageModelType", "storageType"} {
		value, err := text(sent, name)
		switch {
		case err != nil:
			return "", err
		case value == "" || equalSetting(value, "Invalid") || equalSetting(value, current):
		case equalSetting(value, "ReadAccessGeoZoneRedundant"):
			return "", &Fault{
				Code:    codeNotModelled,
				Message: "The embedded backup service does not model ReadAccessGeoZoneRedundant storage.",
			}
		case wanted != current && !equalSetting(value, wanted):
			return "", invalidParameter("storageType", fmt.Sprintf("storageModelType is %s and storageType is %s.", wanted, value))
		default:
			wanted = value
		}
	}
	return wanted, nil
}

// equalSetting compares values of settings, which clients send in any letter case.
func equalSetting(a string, b any) bool {
	s, ok := b.(string)
	return ok && store.Key(a) == store.Key(s)
}
