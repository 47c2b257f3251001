package vault

import (
	"cmp"
	"slices"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
)

// The wire structs of protected items at catalog.BackupAPIVersion, cut down to VMs.

const protectedVMType = "Microsoft.Compute/virtualMachines"

type wireItem struct {
	ID         string              `json:"id"`
	Properties *wireItemProperties `json:"properties"`
}

type wireItemProperties struct {
	SourceResourceID             string              `json:"sourceResourceId"`
	VirtualMachineID             string              `json:"virtualMachineId"`
	PolicyID                     string              `json:"policyId"`
	ProtectionState              string              `json:"protectionState"`
	HealthStatus                 string              `json:"healthStatus"`
	LastBackupStatus             string              `json:"lastBackupStatus"`
	LastBackupTime               string              `json:"lastBackupTime"`
	IsScheduledForDeferredDelete bool                `json:"isScheduledForDeferredDelete"`
	DeferredDeleteTimeInUTC      string              `json:"deferredDeleteTimeInUTC"`
	SoftDeleteRetentionInDays    int                 `json:"softDeleteRetentionPeriodInDays"`
	ExtendedInfo                 *wireItemInfo       `json:"extendedInfo"`
	ExtendedProperties           *wireItemExtensions `json:"extendedProperties"`
}

type wireItemInfo struct {
	RecoveryPointCount int `json:"recoveryPointCount"`
}

type wireItemExtensions struct {
	Disks *wireDisks `json:"diskExclusionProperties,omitempty"`
}

type wireDisks struct {
	LUNs    []int `json:"diskLunList"`
	Include bool  `json:"isInclusionList"`
}

// wireProtection is the body of a request; what it leaves out the service leaves as it is.
type wireProtection struct {
	ProtectedItemType  string              `json:"protectedItemType"`
	SourceResourceID   string              `json:"sourceResourceId,omitempty"`
	PolicyID           string              `json:"policyId,omitempty"`
	ProtectionState    string              `json:"protectionState,omitempty"`
	IsRehydrate        bool                `json:"isRehydrate,omitempty"`
	ExtendedProperties *wireItemExtensions `json:"extendedProperties,omitempty"`
}

// never is what the service has for the time of a backup that was never taken.
const never = 2001

func (w wireItem) protectedVM() (ProtectedVM, error) {
	id, err := ParseItemID(w.ID)
	switch {
	case err != nil:
		return ProtectedVM{}, unreadableID(w.ID, err)
	case w.Properties == nil:
		return ProtectedVM{}, &arm.UnreadableError{ID: w.ID, Reason: "it has no properties"}
	}
	p := *w.Properties
	vm := ProtectedVM{
		ID: id, ARMID: w.ID, SourceVMID: cmp.Or(p.SourceResourceID, p.VirtualMachineID), PolicyID: p.PolicyID, Health: p.HealthStatus,
		State:            orZero(said(p.ProtectionState, StateProtected, StateIRPending, StateStopped, StateSuspended)),
		LastBackupStatus: p.LastBackupStatus, RecoveryPoints: orZero(p.ExtendedInfo).RecoveryPointCount,
		Disks: orZero(p.ExtendedProperties).Disks.disks(), SoftDeleted: p.IsScheduledForDeferredDelete,
	}
	if at, err := time.Parse(time.RFC3339, p.LastBackupTime); err == nil && at.Year() > never {
		vm.LastBackup = at.UTC()
	}
	if at, err := time.Parse(time.RFC3339, p.DeferredDeleteTimeInUTC); err == nil && vm.SoftDeleted && p.SoftDeleteRetentionInDays > 0 {
		// When it was deleted; it is kept for the days of retention after that, which not every API version tells.
		vm.PurgeAt = at.UTC().AddDate(0, 0, p.SoftDeleteRetentionInDays)
	}
	return vm, nil
}

// disks reads a list; one that excludes nothing restricts nothing.
func (w *wireDisks) disks() *Disks {
	if w == nil || len(w.LUNs) == 0 && !w.Include {
		return nil
	}
	return &Disks{LUNs: slices.Sorted(slices.Values(w.LUNs)), Include: w.Include}
}

// newWireDisks restricts to disks. For all disks it is empty, as Azure CLI sends it to reset the restriction.
func newWireDisks(d *Disks) *wireItemExtensions {
	if d == nil {
		return &wireItemExtensions{}
	}
	// Of the OS disk alone the list is empty, not null.
	return &wireItemExtensions{&wireDisks{LUNs: append([]int{}, d.LUNs...), Include: d.Include}}
}
