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
	SourceLocation               string              `json:"sourceLocation"`
	PolicyID                     string              `json:"policyId"`
	ProtectionState              string              `json:"protectionState"`
	HealthStatus                 string              `json:"healthStatus"`
	LastBackupStatus             string              `json:"lastBackupStatus"`
	LastBackupTime               wireTime            `json:"lastBackupTime"`
	LastRecoveryPoint            wireTime            `json:"lastRecoveryPoint"`
	IsScheduledForDeferredDelete bool                `json:"isScheduledForDeferredDelete"`
	DeferredDeleteTimeInUTC      wireTime            `json:"deferredDeleteTimeInUTC"`
	DeferredDeleteTimeRemaining  wireSpan            `json:"deferredDeleteTimeRemaining"`
	SoftDeleteRetentionInDays    int                 `json:"softDeleteRetentionPeriodInDays"`
	ExtendedInfo                 *wireItemInfo       `json:"extendedInfo"`
	ExtendedProperties           *wireItemExtensions `json:"extendedProperties"`
	SourceScan                   *wireSourceScan     `json:"sourceSideScanInfo"`
}

type wireItemInfo struct {
	RecoveryPointCount *int `json:"recoveryPointCount"`
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

	ResourceGuardOperationRequests []string `json:"resourceGuardOperationRequests,omitempty"`
}

// The service's words about items.
var (
	itemStates         = []string{StateProtected, StateIRPending, StateStopped, StateSuspended, "ProtectionError", "ProtectionPaused", "Invalid"}
	itemHealths        = []string{"Passed", "ActionRequired", "ActionSuggested", "Invalid"}
	itemBackupStatuses = append(JobStatuses(), "Healthy", "Unhealthy")
)

// never is what the service has for the time of a backup that was never taken.
const never = 2001

// protectedVM reads an item. now is the service's.
func (w wireItem) protectedVM(now time.Time) (ProtectedVM, error) {
	id, err := ParseItemID(w.ID)
	switch {
	case err != nil:
		return ProtectedVM{}, unreadableID(w.ID, err)
	case w.Properties == nil:
		return ProtectedVM{}, &arm.UnreadableError{ID: w.ID, Reason: "it has no properties"}
	}
	p := *w.Properties
	vm := ProtectedVM{
		ID: id, ARMID: w.ID, SourceVMID: cmp.Or(p.SourceResourceID, p.VirtualMachineID), PolicyID: p.PolicyID,
		SourceLocation:   p.SourceLocation,
		Health:           orZero(said(p.HealthStatus, itemHealths...)),
		State:            orZero(said(p.ProtectionState, itemStates...)),
		LastBackupStatus: orZero(said(p.LastBackupStatus, itemBackupStatuses...)), RecoveryPoints: p.recoveryPoints(),
		SourceScan: orZero(p.SourceScan).scan(),
		Disks:      orZero(p.ExtendedProperties).Disks.disks(), SoftDeleted: p.IsScheduledForDeferredDelete,
	}
	if p.LastBackupTime.Year() > never {
		vm.LastBackup = p.LastBackupTime.Time
	}
	// When it was deleted; it is kept for the days of retention after that.
	if at, days := p.DeferredDeleteTimeInUTC, p.keptDays(now); vm.SoftDeleted && !at.IsZero() && days > 0 {
		vm.PurgeAt = at.AddDate(0, 0, days)
	}
	return vm, nil
}

// recoveryPoints is how many there are. Lists do not say it, except that there are none.
func (p wireItemProperties) recoveryPoints() *int {
	if count := orZero(p.ExtendedInfo).RecoveryPointCount; count != nil || !p.LastRecoveryPoint.IsZero() {
		return count
	}
	return new(0)
}

// keptDays is how long a deleted item is kept. Where the service does not say it, it follows from how long is left of it.
func (p wireItemProperties) keptDays(now time.Time) int {
	if p.SoftDeleteRetentionInDays > 0 {
		return p.SoftDeleteRetentionInDays
	}
	left := time.Duration(p.DeferredDeleteTimeRemaining)
	if left == 0 {
		return 0
	}
	return int((now.Sub(p.DeferredDeleteTimeInUTC.Time) + left).Round(24*time.Hour) / (24 * time.Hour))
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
