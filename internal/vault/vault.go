package vault

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// State is where a vault stands. It is ARM's provisioning state in the words of the portal, where a vault that is
// ready is Active.
type State string

// The states of a vault.
const (
	Creating State = "Creating" // accepted, not usable yet
	Active   State = "Active"   // ready
	Updating State = "Updating" // a change is being applied
	Deleting State = "Deleting" // about to be gone
	Failed   State = "Failed"   // the service gave up on the last write; it can be written again or deleted
)

// States lists every state, in the order of a vault's life.
func States() []State { return []State{Creating, Active, Updating, Deleting, Failed} }

// stateOf reads ARM's properties.provisioningState. Resources that carry none are ready, by ARM's convention; a word
// that is not known is one of a write in progress, since the terminal ones are fixed (Succeeded, Failed, Canceled).
func stateOf(provisioningState string) State {
	switch strings.ToLower(provisioningState) {
	case "", "succeeded":
		return Active
	case "provisioning", "creating", "accepted":
		return Creating
	case "deleting":
		return Deleting
	case "failed", "canceled", "cancelled":
		return Failed
	default:
		return Updating
	}
}

// Vault is a backup vault as the service describes it.
type Vault struct {
	ID arm.ID
	// ARMID is the id in the service's own spelling.
	ARMID string
	// Region is the canonical name, such as "chinaeast".
	Region string
	// Settings are what the service says of them; what it does not say is nil, and so is what the vault does not have.
	// Only Tags never is.
	Settings Settings
	// RedundancyLocked tells that a VM has been registered with the vault.
	RedundancyLocked bool
	// GuardID is the id of the resource guard, empty for none; nil while that has not been asked (Client.WithGuard).
	GuardID *string
	State   State

	// operation is the URL of the write in progress, known only to the process that began it.
	operation string
	// multiUser is the service's word for whether the vault has a resource guard.
	multiUser string
	// enhancedSecurity is the service's word for what belongs to soft delete and is not managed here.
	enhancedSecurity string
}

// ImmutabilityState is what the service goes by: a vault of which it says nothing is not immutable.
func (v Vault) ImmutabilityState() string {
	return cmp.Or(orZero(v.Settings.Immutability), ImmutabilityDisabled)
}

// ProtectsOtherRegions tells whether VMs of other regions can be protected in the vault.
func (v Vault) ProtectsOtherRegions() bool {
	return orZero(v.Settings.RegionOfChoice) == catalog.SettingEnabled
}

// NewID builds the id of a vault.
func NewID(subscriptionID, resourceGroup, name string) arm.ID {
	return arm.ID{SubscriptionID: subscriptionID, ResourceGroup: resourceGroup, Type: catalog.VaultType, Name: name}
}

// ParseID reads the id of a vault, in any letter case. The error is written for the user.
func ParseID(s string) (arm.ID, error) {
	id, err := arm.ParseID(s)
	if err != nil {
		return arm.ID{}, err
	}
	if !strings.EqualFold(id.Type, catalog.VaultType) {
		return arm.ID{}, fmt.Errorf("%q is the id of a %s, not of a backup vault (%s)", s, id.Type, catalog.VaultType)
	}
	id.Type = catalog.VaultType
	return id, nil
}
