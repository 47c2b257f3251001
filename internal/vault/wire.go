package vault

import (
	"maps"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// The wire structs of Microsoft.RecoveryServices/vaults at catalog.VaultAPIVersion, cut down to what is used here.
// The embedded service has its own: shared ones would agree with each other while both are wrong.

type wireVault struct {
	ID         string            `json:"id"`
	Location   string            `json:"location"`
	Tags       map[string]string `json:"tags"`
	Properties wireProperties    `json:"properties"`
}

type wireProperties struct {
	ProvisioningState    string         `json:"provisioningState,omitempty"`
	BackupStorageVersion string         `json:"backupStorageVersion,omitempty"`
	RedundancySettings   wireRedundancy `json:"redundancySettings"`
}

type wireRedundancy struct {
	StandardTierStorageRedundancy string `json:"standardTierStorageRedundancy,omitempty"`
	CrossRegionRestore            string `json:"crossRegionRestore,omitempty"`
}

type wireCreate struct {
	Location   string               `json:"location"`
	SKU        wireSKU              `json:"sku"`
	Tags       map[string]string    `json:"tags,omitempty"`
	Properties wireCreateProperties `json:"properties"`
}

type wireSKU struct {
	Name string `json:"name"`
}

type wireCreateProperties struct {
	RedundancySettings wireRedundancy `json:"redundancySettings"`
}

type wireChange struct {
	// Tags is a pointer: an empty map removes all tags, an absent one keeps them.
	Tags       *map[string]string    `json:"tags,omitempty"`
	Properties *wireCreateProperties `json:"properties,omitempty"`
}

func (w wireVault) vault() (Vault, error) {
	id, err := ParseID(w.ID)
	if err != nil {
		return Vault{}, err
	}
	v := Vault{
		ID:                        id,
		ARMID:                     w.ID,
		Region:                    catalog.NormalizeRegion(w.Location),
		Redundancy:                catalog.Redundancy(w.Properties.RedundancySettings.StandardTierStorageRedundancy),
		CrossRegionRestoreEnabled: w.Properties.RedundancySettings.CrossRegionRestore == "Enabled",
		RedundancyLocked:          locked(w.Properties.BackupStorageVersion),
		State:                     stateOf(w.Properties.ProvisioningState),
	}
	if len(w.Tags) > 0 {
		v.Tags = maps.Clone(w.Tags)
	}
	return v, nil
}

// locked reads the redundancy lock from the vault itself, which saves a call to backupstorageconfig for each vault:
// the storage version is "Unassigned" until the first item is registered, which is the moment the redundancy locks.
func locked(backupStorageVersion string) bool {
	return backupStorageVersion != "" && backupStorageVersion != "Unassigned"
}

func newWireCreate(s Settings) wireCreate {
	return wireCreate{
		Location:   catalog.NormalizeRegion(s.Region),
		SKU:        wireSKU{Name: "Standard"},
		Tags:       s.Tags,
		Properties: wireCreateProperties{RedundancySettings: newWireRedundancy(s.Redundancy, s.CrossRegionRestoreEnabled)},
	}
}

func newWireRedundancy(redundancy catalog.Redundancy, crossRegionRestore bool) wireRedundancy {
	w := wireRedundancy{StandardTierStorageRedundancy: string(redundancy), CrossRegionRestore: "Disabled"}
	if crossRegionRestore {
		w.CrossRegionRestore = "Enabled"
	}
	return w
}

func newWireChange(c Change) wireChange {
	w := wireChange{Tags: c.Tags}
	if c.Redundancy == nil && c.CrossRegionRestoreEnabled == nil {
		return w
	}
	w.Properties = &wireCreateProperties{}
	if c.Redundancy != nil {
		w.Properties.RedundancySettings.StandardTierStorageRedundancy = string(*c.Redundancy)
	}
	if c.CrossRegionRestoreEnabled != nil {
		w.Properties.RedundancySettings.CrossRegionRestore = newWireRedundancy("", *c.CrossRegionRestoreEnabled).CrossRegionRestore
	}
	return w
}
