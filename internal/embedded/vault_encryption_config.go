package embedded

import (
	"net/http"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

const (
	encryptionConfigName = "backupResourceEncryptionConfig"
	encryptionConfigPath = "/backupEncryptionConfigs/" + encryptionConfigName
)

// What a vault's encryption config calls the owner of the key.
const (
	keyOfMicrosoft = "MicrosoftManaged"
	keyOfCustomer  = "CustomerManaged"
)

func (s *Service) getEncryptionConfig(c *call) (*answer, error) {
	return s.getConfig(c, encryptionConfig)
}

// putEncryptionConfig answers without a body, as Microsoft's clients expect it.
func (s *Service) putEncryptionConfig(c *call) (*answer, error) {
	if _, err := s.writeConfig(c, changeEncryptionConfig, encryptionConfig); err != nil {
		return nil, err
	}
	return &answer{status: http.StatusOK}, nil
}

// encryptionConfig shows whose key encrypts the backups.
func encryptionConfig(vault *store.Document, properties object) object {
	shown := object{
		"encryptionAtRestType":          keyOfMicrosoft,
		"infrastructureEncryptionState": orDefault(lookupText(properties, pathInfrastructureEncryption), "Disabled"),
		"lastUpdateStatus":              "NotEnabled",
	}
	if key := lookupText(properties, pathEncryptionKey); key != "" {
		shown["encryptionAtRestType"], shown["lastUpdateStatus"], shown["keyUri"] = keyOfCustomer, "Succeeded", key
		shown["useSystemAssignedIdentity"] = lookup(properties, pathKeyUsesSystemIdentity) == true
		if user := lookupText(properties, pathKeyUserIdentity); user != "" {
			shown["userAssignedIdentity"] = user
		}
	}
	return object{
		"id": vault.ID + encryptionConfigPath, "name": encryptionConfigName,
		"type": catalog.VaultType + "/backupEncryptionConfigs", "properties": shown,
	}
}

// changeEncryptionConfig sets or rotates the key. The config names no identity that reads it: that which read the last one goes
// on, and the system-assigned one reads the first, being all that vaults had when this address was the one way to set a key. The
// vault's own rules decide about the rest, such as that it stays with a key once it has one.
func changeEncryptionConfig(_, properties, sent object) error {
	owner, err := text(sent, "encryptionAtRestType")
	if err != nil {
		return err
	}
	key, err := text(sent, "keyUri")
	if err != nil {
		return err
	}
	infrastructure, err := text(sent, "infrastructureEncryptionState")
	if err != nil {
		return err
	}
	change := object{}
	switch {
	case equalSetting(keyOfMicrosoft, owner):
		change["keyVaultProperties"] = nil
	case owner != "" && !equalSetting(keyOfCustomer, owner):
		return invalidParameter("encryptionAtRestType", "It must be one of "+keyOfMicrosoft+", "+keyOfCustomer+".")
	case key != "":
		change["keyVaultProperties"] = object{"keyUri": key}
		if lookup(properties, pathKeyIdentity) == nil {
			change["kekIdentity"] = object{"useSystemAssignedIdentity": true}
		}
	}
	// A client that repeats what it has read sends Invalid of a vault that has none.
	if infrastructure != "" && !equalSetting("Invalid", infrastructure) {
		change["infrastructureEncryption"] = infrastructure
	}
	if len(change) > 0 {
		merge(properties, object{"encryption": change})
	}
	return nil
}
