package page

import "strings"

// state is where a vault stands, in the words of the portal and of the provider.
type state string

const (
	creating state = "Creating"
	active   state = "Active"
	updating state = "Updating"
	deleting state = "Deleting"
	failed   state = "Failed"
)

// states lists every state, in the order of a vault's life.
func states() []state { return []state{creating, active, updating, deleting, failed} }

// stateOf reads ARM's provisioning state. By ARM's convention what has none is ready, and a word that is not one of the
// terminal ones is that of a write in progress.
func stateOf(provisioning string) state {
	switch strings.ToLower(provisioning) {
	case "", "succeeded":
		return active
	case "provisioning", "creating", "accepted":
		return creating
	case "deleting":
		return deleting
	case "failed", "canceled", "cancelled":
		return failed
	}
	return updating
}

// Icon names the shape that tells the state where colours do not.
func (s state) Icon() string { return "icon-" + s.Class() }

// Class is the state as the name of a style.
func (s state) Class() string { return strings.ToLower(string(s)) }

func (v *wireVault) state() state { return stateOf(v.Properties.ProvisioningState) }

// locked tells whether the redundancy can be changed no more: from the first registration of a VM on the vault's storage
// has a version.
func (v *wireVault) locked() bool {
	version := v.Properties.BackupStorageVersion
	return version != "" && !strings.EqualFold(version, "Unassigned")
}
