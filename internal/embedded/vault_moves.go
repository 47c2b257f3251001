package embedded

import (
	"slices"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// checkMove asks the catalog whether a vault may become what body says. before is the vault as it was, nil at its
// creation.
func (s *Service) checkMove(c *call, before, body object) error {
	var was *catalog.Vault
	if before != nil {
		was = new(s.vaultOf(before))
	}
	from, to := lookupText(before, "properties."+pathImmutability), lookupText(body, "properties."+pathImmutability)
	if from == catalog.ImmutabilityLocked && to != from && slices.Contains(catalog.ImmutabilityStates(), to) {
		return unsupportedImmutability("It is Locked, which cannot be taken back.")
	}
	for _, problem := range catalog.CheckVault(was, s.vaultOf(body)) {
		if !problem.Warns() {
			return refusalOf(c, problem)
		}
	}
	if catalog.ImmutabilityStep(from, to) != to {
		return unsupportedImmutability("Only a vault whose state is Unlocked can become Locked.")
	}
	return nil
}

// unsupportedImmutability has one text in Azure for all changes, that the property is locked and cannot be disabled; the
// reason spares the user a guess.
func unsupportedImmutability(reason string) error {
	return &Fault{
		Code:    codeImmutabilityChange,
		Message: "The immutability state of the vault cannot be changed in this way. " + reason,
	}
}

// firstSoftDeleteAlwaysOn is where the API versions begin that say in their refusal that soft delete has to be AlwaysON. No
// witness tells which version has which of the two codes; the newer one speaks of "this API version", so that it is ours here.
const firstSoftDeleteAlwaysOn = "2024-09-30"

// parameters are what the service calls the attributes of backup_vault, which the catalog's problems are about.
var parameters = map[string]string{
	"sku":                          "sku",
	"storage_redundancy":           "redundancySettings",
	"cross_region_restore_enabled": "redundancySettings",
	"soft_delete":                  "softDeleteSettings",
	"immutability":                 "immutabilitySettings",
	"immutability_configuration":   "immutabilitySettings",
	"source_scan_configuration":    "sourceScanConfiguration",
	"region_of_choice":             "regionOfChoiceSettings",
	"cost_granularity_level":       "costManagementSettings",
	"cross_subscription_restore":   "restoreSettings",
	"identity":                     "identity",
	"encryption":                   "encryption",
}

func refusalOf(c *call, problem catalog.VaultProblem) error {
	switch {
	case problem.Summary == catalog.RedundancyIsLocked:
		return &Fault{
			Code: codeStorageLocked,
			Message: "Storage redundancy of the vault is locked. It can be chosen until the first item is registered with the " +
				"vault, and not be modified after that.",
		}
	case problem.Summary == catalog.SoftDeleteIsForced && c.since(firstSoftDeleteAlwaysOn):
		return &Fault{
			Code:    codeSoftDeleteNotAlwaysOn,
			Message: "Soft delete state and enhanced security state have to be set to AlwaysON with this API version.",
		}
	case problem.Summary == catalog.SoftDeleteIsForced:
		return &Fault{
			Code: codeSoftDeleteNotDisabled,
			Message: "Disabling soft delete or enhanced security state is not allowed for this vault; both have to be AlwaysON. If " +
				"this is not expected, please contact Microsoft's support.",
		}
	}
	attribute, _, _ := strings.Cut(problem.Field, ".")
	return invalidParameter(parameters[attribute], strings.ToUpper(problem.Message[:1])+problem.Message[1:]+".")
}

// vaultOf is what the catalog's rules read of a vault, in their words. What a document lacks has the value that ARM
// documents for that, so that no final setting is left by leaving it out.
func (s *Service) vaultOf(body object) catalog.Vault {
	p, _ := body["properties"].(object)
	word := func(path string) catalog.Value[string] {
		value := lookupText(p, path)
		if value == alwaysOn {
			value = catalog.SoftDeleteAlwaysOn
		}
		return catalog.Known(value)
	}
	// What no document need have is absent where it is not, and no word.
	chosen := func(path string) (none catalog.Value[string]) {
		if lookupText(p, path) == "" {
			return none
		}
		return word(path)
	}
	v := catalog.Vault{
		SKU:                      catalog.Known(lookupText(body, "sku.name")),
		Redundancy:               word(pathRedundancy),
		RedundancyLocked:         catalog.Known(storageIsLaidOut(lookupText(p, pathStorageVersion))),
		CrossRegionRestore:       catalog.Known(lookupText(p, pathCrossRegionRestore) == "Enabled"),
		SoftDelete:               word(pathSoftDelete),
		EnhancedSecurity:         word(pathEnhancedSecurity),
		SoftDeleteForced:         catalog.Known(!s.config.SoftDeleteChosen),
		Immutability:             catalog.Known(orDefault(lookupText(p, pathImmutability), catalog.ImmutabilityDisabled)),
		CrossSubscriptionRestore: word(pathCrossSubscriptionRestore),
		RegionOfChoice:           chosen(pathRegionOfChoice),
		CostGranularity:          chosen(pathCostGranularity),
		Identity:                 identityOf(body),
		Encryption:               encryptionOf(p),
	}
	where, _ := body["location"].(string)
	if _, known := catalog.LookupRegion(where); known {
		v.Region = catalog.Known(catalog.Region{DisplayName: where, Zones: s.regions[where].Zones})
	}
	if days, ok := daysOf(p, pathSoftDeleteDays); ok {
		v.SoftDeleteDays = catalog.Known(days)
	}
	if lookup(p, pathImmutabilityPeriod) != nil {
		period := catalog.VaultImmutabilityPeriod{Type: chosen(pathImmutabilityType)}
		if days, ok := daysOf(p, pathImmutabilityDays); ok {
			period.Days = catalog.Known(days)
		}
		v.ImmutabilityPeriod = catalog.Known(period)
	}
	if lookup(p, pathSourceScan) != nil || lookup(p, pathSourceScanIdentity) != nil {
		v.SourceScan = catalog.Known(catalog.VaultSourceScan{
			State: chosen(pathSourceScan), IdentityType: chosen(pathSourceScanIdentityType), UserIdentity: chosen(pathSourceScanUserIdentity),
		})
	}
	return v
}

func identityOf(body object) (none catalog.Value[catalog.VaultIdentity]) {
	kind := lookupText(body, "identity.type")
	if kind == "" || kind == identityNone {
		return none
	}
	var ids []catalog.Value[string]
	users, _ := lookup(body, "identity.userAssignedIdentities").(object)
	for id := range users {
		ids = append(ids, catalog.Known(id))
	}
	return catalog.Known(catalog.VaultIdentity{Type: catalog.Known(kind), IDs: catalog.Known(ids)})
}

func encryptionOf(properties object) (none catalog.Value[catalog.VaultEncryption]) {
	system, _ := lookup(properties, pathKeyUsesSystemIdentity).(bool)
	e := catalog.VaultEncryption{
		Infrastructure:     catalog.Known(lookupText(properties, pathInfrastructureEncryption) == "Enabled"),
		UsesSystemIdentity: catalog.Known(system),
	}
	key, user := lookupText(properties, pathEncryptionKey), lookupText(properties, pathKeyUserIdentity)
	if key != "" {
		e.KeyURL = catalog.Known(key)
	}
	if user != "" {
		e.UserIdentity = catalog.Known(user)
	}
	if infrastructure, _ := e.Infrastructure.Get(); key == "" && user == "" && !system && !infrastructure {
		return none
	}
	return catalog.Known(e)
}
