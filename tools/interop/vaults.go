package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/recoveryservices/armrecoveryservices"
	backup "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/recoveryservices/armrecoveryservicesbackup/v5"
)

func (s *service) newVault(ctx context.Context, name string) error {
	poller, err := s.vaults.NewVaultsClient().BeginCreateOrUpdate(ctx, s.group, name, armrecoveryservices.Vault{
		Location:   &s.region,
		SKU:        &armrecoveryservices.SKU{Name: to.Ptr(armrecoveryservices.SKUNameStandard)},
		Properties: &armrecoveryservices.VaultProperties{PublicNetworkAccess: to.Ptr(armrecoveryservices.PublicNetworkAccessEnabled)},
	}, nil)
	if err != nil {
		return err
	}
	vault, err := poller.PollUntilDone(ctx, pollOften)
	if err != nil {
		return err
	}
	return expect("provisioningState", vault.Properties.ProvisioningState, "Succeeded")
}

func (s *service) createVault(ctx context.Context) {
	vaults := s.vaults.NewVaultsClient()
	row(vaultsClient, "Vaults.BeginCreateOrUpdate", func() error { return s.newVault(ctx, s.vault) })
	row(vaultsClient, "Vaults.Get", func() error {
		vault, err := vaults.Get(ctx, s.group, s.vault, nil)
		if err != nil {
			return err
		}
		return errors.Join(expect("name", vault.Name, s.vault), expect("location", vault.Location, s.region))
	})
	row(vaultsClient, "Vaults.NewListByResourceGroupPager", func() error {
		pages, err := all(ctx, vaults.NewListByResourceGroupPager(s.group, nil))
		if err != nil {
			return err
		}
		return expect("vaults of the group", to.Ptr(len(pages[0].Value)), 1)
	})
	row(vaultsClient, "Vaults.NewListBySubscriptionIDPager", func() error {
		pages, err := all(ctx, vaults.NewListBySubscriptionIDPager(nil))
		if err != nil {
			return err
		}
		for _, page := range pages {
			for _, vault := range page.Value {
				if *vault.Name == s.vault {
					return nil
				}
			}
		}
		return fmt.Errorf("the list does not have %s", s.vault)
	})
	row(vaultsClient, "Vaults.BeginUpdate", func() error {
		poller, err := vaults.BeginUpdate(ctx, s.group, s.vault, armrecoveryservices.PatchVault{Tags: map[string]*string{"from": to.Ptr("go")}}, nil)
		if err != nil {
			return err
		}
		vault, err := poller.PollUntilDone(ctx, pollOften)
		if err != nil {
			return err
		}
		return expect("the tag", vault.Tags["from"], "go")
	})
	row(vaultsClient, "Usages.NewListByVaultsPager", func() error {
		_, err := all(ctx, s.vaults.NewUsagesClient().NewListByVaultsPager(s.group, s.vault, nil))
		return err
	})
	row(backupClient, "BackupResourceVaultConfigs.Get", func() error {
		config, err := s.backup.NewBackupResourceVaultConfigsClient().Get(ctx, s.vault, s.group, nil)
		if err != nil {
			return err
		}
		return expect("softDeleteFeatureState", config.Properties.SoftDeleteFeatureState, backup.SoftDeleteFeatureStateAlwaysON)
	})
	refused(backupClient, "BackupResourceVaultConfigs.Update", "BMSUserErrorSoftDeleteUseVaultApi", func() error {
		_, err := s.backup.NewBackupResourceVaultConfigsClient().Update(ctx, s.vault, s.group, backup.BackupResourceVaultConfigResource{
			Properties: &backup.BackupResourceVaultConfig{SoftDeleteFeatureState: to.Ptr(backup.SoftDeleteFeatureStateDisabled)},
		}, nil)
		return err
	})
	row(backupClient, "BackupResourceStorageConfigsNonCRR.Get", func() error {
		config, err := s.backup.NewBackupResourceStorageConfigsNonCRRClient().Get(ctx, s.vault, s.group, nil)
		if err != nil {
			return err
		}
		return expect("storageTypeState", config.Properties.StorageTypeState, backup.StorageTypeStateUnlocked)
	})
	row(backupClient, "BackupResourceStorageConfigsNonCRR.Patch", func() error {
		_, err := s.backup.NewBackupResourceStorageConfigsNonCRRClient().Patch(ctx, s.vault, s.group, backup.BackupResourceConfigResource{
			Properties: &backup.BackupResourceConfig{StorageModelType: to.Ptr(backup.StorageTypeLocallyRedundant)},
		}, nil)
		return err
	})
}

// deleteVaults leaves the vault with the machine's backups: the module's API version deletes no vault in which soft-deleted items
// are left. Another one, without backups, shows how it deletes.
func (s *service) deleteVaults(ctx context.Context) {
	vaults := s.vaults.NewVaultsClient()
	refused(vaultsClient, "Vaults.Delete", "ServiceResourceNotEmptyWithBackendMessage", func() error {
		_, err := vaults.Delete(ctx, s.group, s.vault, nil)
		return err
	})
	empty := s.vault + "-empty"
	row(vaultsClient, "Vaults.BeginCreateOrUpdate (without backups)", func() error { return s.newVault(ctx, empty) })
	row(vaultsClient, "Vaults.Delete (without backups)", func() error {
		_, err := vaults.Delete(ctx, s.group, empty, nil)
		return err
	})
	refused(vaultsClient, "Vaults.Get of one that is gone", "ResourceNotFound", func() error {
		_, err := vaults.Get(ctx, s.group, empty, nil)
		return err
	})
}
