package provider_test

import (
	"fmt"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// moves are groups of settings that limit each other, or themselves: what a vault may have before, and what is asked of it.
// Every pair of a group is tried, and every cell after at a creation.
type moves struct {
	regions       []string
	locked        []bool
	before, after []vaultCell
	chosen        bool // soft delete is not forced
}

func movesOfAVault() map[string]moves {
	redundancies := one("storage_redundancy", catalog.Redundancies()...)
	for i, r := range redundancies.values {
		redundancies.values[i] = fmt.Sprint(r)
	}
	restore := one("cross_region_restore_enabled", true, false)
	asked := redundancies.orNone()
	asked.values = append(asked.values, "LRS")

	softDelete := one("soft_delete.state", catalog.SoftDeleteStates()...)
	const lowest, highest = catalog.MinSoftDeleteDays, catalog.MaxSoftDeleteDays
	days := one("soft_delete.retention_days", lowest, highest)
	anyDays := one("soft_delete.retention_days", 0, lowest-1, lowest, highest, highest+1).orNone()

	immutability := one("immutability", catalog.ImmutabilityStates()...)
	subscriptions := one("cross_subscription_restore", catalog.CrossSubscriptionRestoreStates()...)
	sku := one("sku", catalog.SKUs()...)
	misspelled := func(s set) []vaultCell {
		s = s.orNone()
		s.values = append(s.values, "Sometimes")
		return product(s)
	}

	identities := append([]vaultCell{{}}, product(one("identity.type", catalog.IdentityTypes()...),
		one("identity.identity_ids", []string{identityA}, []string{identityA, identityB}).orNone())...)
	readers := product(one("encryption.use_system_assigned_identity", true, false), one("encryption.user_assigned_identity_id", identityA, identityB).orNone())
	key := one("encryption.key_id", keyURL)
	infrastructure := one("encryption.infrastructure_encryption_enabled", true, false)
	using := append([]vaultCell{{}}, cross(readers, []vaultCell{{"encryption.key_id": keyURL, "encryption.infrastructure_encryption_enabled": false}})...)

	none := []vaultCell{{"identity.type": catalog.IdentitySystemAssigned}}
	bySystem := one("encryption.use_system_assigned_identity", true)
	encrypted := append(none, cross(none, product(key, infrastructure, bySystem))...)
	key.values = append(key.values, keyURL+"-2", "https://contoso.example.com/keys/backup")
	encryptions := append(none, cross(none, product(key, infrastructure, bySystem))...)

	const withZones, withoutZones = "eastus", "chinaeast"
	plain, unlocked := []string{withZones}, []bool{false}
	return map[string]moves{
		"redundancy":                 {[]string{withZones, withoutZones}, []bool{false, true}, product(redundancies, restore), product(asked, restore.orNone()), false},
		"soft delete":                {plain, unlocked, product(softDelete, days), append(product(softDelete.orNone(), anyDays), misspelled(softDelete)...), true},
		"soft delete, forced":        {plain, unlocked, product(softDelete, days), append(product(softDelete.orNone(), anyDays), misspelled(softDelete)...), false},
		"immutability":               {plain, unlocked, product(immutability), misspelled(immutability), false},
		"cross-subscription restore": {plain, unlocked, product(subscriptions), misspelled(subscriptions), false},
		"sku":                        {plain, unlocked, product(sku), misspelled(sku), false},
		"identity":                   {plain, unlocked, cross(identities, using), cross(identities, using), false},
		"encryption":                 {plain, unlocked, encrypted, encryptions, false},
	}
}

// What the plan refuses and what the service refuses is the same, for each pair of what a vault was and what it is to be. A
// cell that the provider takes and the service does not fails in the apply; the other way round it is refused for nothing.
func TestVaultMoves_providerAndServiceAgree(t *testing.T) {
	t.Parallel()
	for name, group := range movesOfAVault() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMover(t, func(c *embedded.Config) { c.SoftDeleteChosen = group.chosen })
			for _, region := range group.regions {
				for _, after := range group.after {
					m.tryBirth(after, region)
				}
				for _, before := range group.before {
					for _, locked := range group.locked {
						if !m.make(before, region, locked) {
							continue // no vault is like this: the birth has shown it
						}
						for _, after := range group.after {
							m.tryMove(before, after, region, locked)
						}
					}
				}
			}
			if m.taken == 0 || m.refused == 0 || m.differing > 0 {
				t.Errorf("%d cells are taken, %d refused by both; %d differ", m.taken, m.refused, m.differing)
			}
			t.Logf("%d cells are taken by both, %d refused by both", m.taken, m.refused)
		})
	}
}
