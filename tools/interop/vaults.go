package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/recoveryservices/armrecoveryservices"
	backup "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/recoveryservices/armrecoveryservicesbackup/v5"
)

func (s *service) createVault(ctx context.Context) {
	vaults := s.vaults.NewVaultsClient()
	row(vaultsClient, "Vaults.BeginCreateOrUpdate", func() error {
		poller, err := vaults.BeginCreateOrUpdate(ctx, s.group, s.vault, armrecoveryservices.Vault{
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
	})
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
	row(backupClient, "BackupResourceVaultConfigs.Update", func() error {
		// The API version of the vaults' module deletes no vault in which soft-deleted items are left.
		config, err := s.backup.NewBackupResourceVaultConfigsClient().Update(ctx, s.vault, s.group, backup.BackupResourceVaultConfigResource{
			Properties: &backup.BackupResourceVaultConfig{SoftDeleteFeatureState: to.Ptr(backup.SoftDeleteFeatureStateDisabled)},
		}, nil)
		if err != nil {
			return err
		}
		return expect("softDeleteFeatureState", config.Properties.SoftDeleteFeatureState, backup.SoftDeleteFeatureStateDisabled)
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

func (s *service) deleteVault(ctx context.Context) {
	vaults := s.vaults.NewVaultsClient()
	row(vaultsClient, "Vaults.Delete", func() error {
		_, err := vaults.Delete(ctx, s.group, s.vault, nil)
		return err
	})
	row(vaultsClient, "Vaults.Get of one that is gone", func() error {
		_, err := vaults.Get(ctx, s.group, s.vault, nil)
		if e, ok := errors.AsType[*azcore.ResponseError](err); ok {
			return errors.Join(expect("status", &e.StatusCode, http.StatusNotFound), expect("code", &e.ErrorCode, "ResourceNotFound"))
		}
		return fmt.Errorf("want 404, got %w", err)
	})
}
