package page_test

import (
	"net/http"
	"time"
)

// furnish fills the service with vaults in several states, one of them with half a year of backups. It needs
// FailProvisioning and a ProvisioningTime.
func (s *site) furnish() (production string) {
	s.tb.Helper()
	production = s.makeVault("contoso-production", "chinaeast2", `,"tags":{"environment":"production","owner":"platform team","cost centre":"4711"}`)
	s.makeVault("contoso-staging", "chinanorth3", `,"properties":{"redundancySettings":{"standardTierStorageRedundancy":"LocallyRedundant"}}`)
	s.makeVault("fabrikam-archive", "westeurope", `,"properties":{"redundancySettings":{"standardTierStorageRedundancy":"ZoneRedundant"}}`)
	s.makeVault("fabrikam-broken", "eastus")
	s.makeVault("adatum-edge", "japaneast")
	s.clock.Advance(time.Hour)
	policy := s.makePolicy(production, "nightly", nightly)
	web := s.protect(production, "web-1", policy)
	s.protect(production, "database-1", policy)
	s.clock.Advance(20 * time.Hour)
	s.backUp(web)
	s.clock.Advance(260 * 24 * time.Hour)
	retired := s.protect(production, "retired-1", production+"/backupPolicies/DefaultPolicy")
	s.clock.Advance(3 * 24 * time.Hour)
	s.arm(http.MethodDelete, retired, "")
	s.backUp(web)
	s.clock.Advance(5 * time.Hour)
	s.makeVault("northwind-new", "uksouth")
	return production
}
