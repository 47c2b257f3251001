package embedded

import (
	"fmt"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// checkNewVault enforces what must hold when a vault is made. It runs in the transaction that makes the vault, so that
// of several clients that want one name exactly one gets it.
func (s *Service) checkNewVault(tx *store.Tx, c *call, in object) error {
	name := c.params["vault"]
	if err := catalog.CheckVaultName(name); err != nil {
		return &Fault{Code: codeInvalidName, Message: err.Error()}
	}
	if err := catalog.CheckResourceGroupName(c.params["group"]); err != nil {
		return &Fault{Code: codeInvalidGroupName, Message: err.Error()}
	}
	where, err := requiredLocation(in)
	if err != nil {
		return err
	}
	if err := s.checkOffered(where); err != nil {
		return err
	}
	holder, err := nameHolder(tx, c.params["subscription"], name)
	if err != nil || holder == nil {
		return err
	}
	body, err := decode(holder.Body)
	if err != nil {
		return err
	}
	return &Fault{
		Code: codeVaultNameNotAvailable,
		Message: fmt.Sprintf("The vault name '%s' is already used in this subscription: by the vault in resource group "+
			"'%s', location '%s'. Vault names are unique within a subscription. Please select a new resource name.",
			name, groupName(holder), body["location"]),
	}
}

// nameHolder returns the vault of the subscription that has this name, nil when none does. A deleted vault does not
// hold its own: clean-up scripts for Azure make a vault again under it at once, in the same group, while the backups are kept.
func nameHolder(tx *store.Tx, subscription, name string) (*store.Document, error) {
	docs, err := tx.Documents(store.Query{Type: catalog.VaultType, Subscription: subscription, Name: name, Limit: 1})
	if err != nil || len(docs) == 0 {
		return nil, err
	}
	return docs[0], nil
}

func requiredLocation(in object) (string, error) {
	where, err := text(in, "location")
	if err == nil && strings.TrimSpace(where) == "" {
		err = &Fault{Code: codeLocationRequired, Message: "The location property is required for this definition."}
	}
	return where, err
}

func (s *Service) checkOffered(where string) error {
	if _, ok := s.regions[catalog.NormalizeRegion(where)]; ok {
		return nil
	}
	return s.notOffered(where, catalog.VaultType)
}

// notOffered says where resources of a type can be.
func (s *Service) notOffered(where, kind string) error {
	var offered []string
	for _, r := range s.config.Regions {
		offered = append(offered, r.Name)
	}
	return &Fault{
		Code: codeLocationNotAvailable,
		Message: fmt.Sprintf("The provided location '%s' is not available for resource type '%s'. List of available "+
			"regions for the resource type is '%s'.", where, kind, strings.Join(offered, ",")),
	}
}

// checkLocationStays refuses to move a vault.
func checkLocationStays(d *store.Document, in object, required bool) error {
	wanted, err := text(in, "location")
	if required && err == nil {
		wanted, err = requiredLocation(in)
	}
	if err != nil || wanted == "" {
		return err
	}
	body, err := decode(d.Body)
	if err != nil {
		return err
	}
	current, err := text(body, "location")
	if err != nil || catalog.NormalizeRegion(wanted) == current {
		return err
	}
	return &Fault{
		Code: codeInvalidLocation,
		Message: fmt.Sprintf("The resource '%s' already exists in location '%s' in resource group '%s'. A resource with "+
			"the same name cannot be created in location '%s'. Please select a new resource name.",
			lastSegment(d.ID), current, groupName(d), wanted),
	}
}

// checkIdle refuses a change while another operation runs. Deleting is allowed at any time.
func checkIdle(d *store.Document, now time.Time) error {
	state := stateOf(d, now)
	switch state {
	case stateProvisioning, stateUpdating, stateDeleting:
		return &Fault{
			Code: codeOperationInProgress,
			Message: fmt.Sprintf("Another operation is in progress on vault '%s', whose state is %s. Please retry when it "+
				"has ended.", lastSegment(d.ID), state),
		}
	}
	return nil
}

// checkUsable refuses to put backups into a vault that is not ready for them.
func checkUsable(d *store.Document, now time.Time) error {
	if err := checkIdle(d, now); err != nil || stateOf(d, now) != stateFailed {
		return err
	}
	return &Fault{
		Code: codeOperationNotAllowed,
		Message: fmt.Sprintf("The creation of vault '%s' failed (%s: %s), so it cannot be used. Delete it, or create it "+
			"again.", lastSegment(d.ID), d.Operation.Code, d.Operation.Message),
	}
}

// propertyRules hold between the properties a vault had, nil at its creation, and those it is to have.
var propertyRules = []func(before, after object) error{
	storageIsLocked,
	crossRegionRestoreNeedsCopies,
	crossRegionRestoreStays,
	softDeleteStaysAlwaysOn,
	immutabilityMovesStepwise,
	permanentlyDisabledStays,
	encryptionStays,
}

func checkProperties(before, after object) error {
	for _, rule := range propertyRules {
		if err := rule(before, after); err != nil {
			return err
		}
	}
	return nil
}

// storageIsLocked: the storage is laid out when the first machine is registered, which gives it a version.
func storageIsLocked(before, after object) error {
	if !storageIsLaidOut(lookupText(before, pathStorageVersion)) || lookupText(before, pathRedundancy) == lookupText(after, pathRedundancy) {
		return nil
	}
	return &Fault{
		Code: codeStorageLocked,
		Message: "Storage redundancy of the vault is locked. It can be chosen until the first item is registered with the " +
			"vault, and not be modified after that.",
	}
}

func storageIsLaidOut(version string) bool { return version == "V1" || version == "V2" }

func crossRegionRestoreNeedsCopies(_, after object) error {
	r := catalog.Redundancy(lookupText(after, pathRedundancy))
	if err := catalog.CheckCrossRegionRestore(r, lookupText(after, pathCrossRegionRestore) == "Enabled"); err != nil {
		return invalidParameter("redundancySettings", err.Error())
	}
	return nil
}

func crossRegionRestoreStays(before, after object) error {
	if lookupText(before, pathCrossRegionRestore) == "Enabled" && lookupText(after, pathCrossRegionRestore) != "Enabled" {
		return invalidParameter("redundancySettings", "Cross-region restore cannot be disabled once it has been enabled.")
	}
	return nil
}

// checkZones refuses copies in zones that the region does not have.
func (s *Service) checkZones(before, body object) error {
	const zones = string(catalog.ZoneRedundant)
	after, _ := body["properties"].(object)
	if lookupText(after, pathRedundancy) != zones || lookupText(before, pathRedundancy) == zones {
		return nil
	}
	where, _ := body["location"].(string)
	// Of a region that was configured and that the catalogue does not know, nobody has said whether it has zones.
	if _, known := catalog.LookupRegion(where); !known || s.regions[where].Zones {
		return nil
	}
	return invalidParameter("redundancySettings", fmt.Sprintf("The region '%s' has no availability zones, which %s "+
		"storage needs.", where, zones))
}

func softDeleteStaysAlwaysOn(before, after object) error {
	for _, path := range []string{pathSoftDelete, pathEnhancedSecurity} {
		if lookupText(before, path) == alwaysOn && lookupText(after, path) != alwaysOn {
			return invalidParameter("softDeleteSettings", lastName(path)+" is AlwaysON, which cannot be changed any more.")
		}
	}
	return nil
}

// immutabilityMovesStepwise: Disabled to Unlocked and back, Unlocked to Locked, and there it ends.
func immutabilityMovesStepwise(before, after object) error {
	from, to := lookupText(before, pathImmutability), lookupText(after, pathImmutability)
	switch {
	case from == "Locked" && to != "Locked":
		return invalidParameter("immutabilitySettings", "The state is Locked, which cannot be changed any more.")
	case to == "Locked" && from != "Locked" && from != "Unlocked":
		return invalidParameter("immutabilitySettings", "Only a vault whose state is Unlocked can become Locked.")
	}
	return nil
}

func permanentlyDisabledStays(before, after object) error {
	const final = "PermanentlyDisabled"
	if lookupText(before, pathCrossSubscriptionRestore) == final && lookupText(after, pathCrossSubscriptionRestore) != final {
		return invalidParameter("restoreSettings", "The state is PermanentlyDisabled, which cannot be changed any more.")
	}
	return nil
}
