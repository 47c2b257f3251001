package vault

import (
	"errors"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// PolicyID is the id of a backup policy in a vault.
type PolicyID struct {
	Vault arm.ID
	Name  string
}

// Policy is a backup policy as the service describes it.
type Policy struct {
	ID PolicyID
	// ARMID is the id in the service's own spelling.
	ARMID string
	// Kind is ARM's backupManagementType; policies for VMs are KindVM. A vault can hold other kinds, which are listed
	// and not read further.
	Kind string
	// Settings are those of a policy for VMs; zero for another kind. TimeZone is as the service has it, a Windows name.
	Settings catalog.VMPolicy
	// ProtectedItems is how many items have the policy.
	ProtectedItems int
}

// KindVM is the kind of the policies for virtual machines.
const KindVM = "AzureIaasVM"

// ErrPolicyExists is wrapped by CreatePolicy's error when the vault has a policy of that name already.
var ErrPolicyExists = errors.New("a policy with this name exists already")

// ItemID is the id of a protected item in a vault.
type ItemID struct {
	Vault arm.ID
	// Container and Item are the two names below the vault, such as "IaasVMContainer;iaasvmcontainerv2;group;vm" and
	// "VM;iaasvmcontainerv2;group;vm".
	Container, Item string
}

// ProtectedVM is a VM whose backups a vault holds.
type ProtectedVM struct {
	ID ItemID
	// ARMID is the id of the item in the vault, in the service's own spelling.
	ARMID string
	// SourceVMID is the ARM id of the VM.
	SourceVMID string
	// SourceLocation is the region of the VM; empty where the service does not say, as with older API versions.
	SourceLocation string
	// PolicyID is the ARM id of the policy; empty when the protection is stopped.
	PolicyID string
	// State is the service's protectionState, such as Protected, IRPending, ProtectionStopped or BackupsSuspended.
	State string
	// Health is the service's healthStatus: Passed, ActionRequired, ActionSuggested or Invalid.
	Health string
	// LastBackupStatus is the service's word; empty before the first backup.
	LastBackupStatus string
	// LastBackup is when the last backup was taken; zero before the first.
	LastBackup time.Time
	// RecoveryPoints is how many there are; nil is some, where the service does not say how many, as in lists.
	RecoveryPoints *int
	// Disks restrict the backup to some disks; nil is all of them.
	Disks *Disks
	// SourceScan is what the service says of the scan of the VM; lists and reads in older API versions say nothing.
	SourceScan SourceScan
	// SoftDeleted tells that the item was deleted and is kept until PurgeAt; it does not hold up the vault's own deletion.
	SoftDeleted bool
	PurgeAt     time.Time
}

// Region is where the VM is, as far as its item and the vault of it tell: a vault protects only VMs of its own region, unless
// that is one of choice.
func (p ProtectedVM) Region(v Vault) string {
	switch {
	case p.SourceLocation != "":
		return catalog.NormalizeRegion(p.SourceLocation)
	case v.ProtectsOtherRegions():
		return ""
	}
	return v.Region
}

// The protection states that can be asked for. The service shows others too.
const (
	StateProtected = "Protected"
	StateIRPending = "IRPending" // protected, and no backup has been taken yet
	StateStopped   = "ProtectionStopped"
	StateSuspended = "BackupsSuspended"
)

// Disks choose data disks of a VM by their logical unit numbers; the OS disk is always backed up.
type Disks struct {
	// LUNs are sorted.
	LUNs []int
	// Include backs up these alone; otherwise all but these.
	Include bool
}

// Protection is what can be asked about the protection of a VM.
type Protection struct {
	SourceVMID string
	PolicyID   string
	// Disks is nil for all disks.
	Disks *Disks
}

// RecoveryPoint is a state of a VM that can be restored.
type RecoveryPoint struct {
	ARMID string
	Name  string
	Time  time.Time
	// Consistency is the service's recoveryPointType: AppConsistent, CrashConsistent or FileSystemConsistent.
	Consistency string
	// Tiers are those that hold the point: IASnapshotRP, InstantRP, HardenedRP or ArchivedRP.
	Tiers []string
	// Expires is when the point is removed; zero when the service does not say, or never.
	Expires time.Time
	// Rule is the retention rule that keeps the point, as the service names it; may be empty.
	Rule string
	// Immutable tells whether the point cannot be deleted before its time; nil when the service does not say.
	Immutable *bool
	// ImmutableUntil is when that ends; zero when the service does not say, or the policy decides.
	ImmutableUntil time.Time
	// ThreatStatus is the service's word: Healthy, Warning, UnHealthy, Unknown or NotAvailable; empty when it says nothing.
	ThreatStatus string
	Threats      []Threat
}

// Clean tells whether a scan has found the point free of threats.
func (p RecoveryPoint) Clean() bool { return strings.EqualFold(p.ThreatStatus, "Healthy") }

// Threat is something that a scan has found in a recovery point.
type Threat struct {
	Title, Description string
	// Severity is the service's word: Critical, High, Warning or Informational. State is Active, InProgress, Ignored or Resolved.
	Severity, State string
	// Start, End and Updated are zero when the service does not say.
	Start, End, Updated time.Time
	// URL leads to more about it.
	URL string
}

// Window is a time window, both ends included; a zero end is open.
type Window struct{ From, To time.Time }

// Job is something the service does or has done in a vault.
type Job struct {
	ARMID string
	Name  string
	// Operation is the service's word, such as Backup, ConfigureBackup or DeleteBackupData.
	Operation string
	// Status is the service's word: InProgress, Completed, CompletedWithWarnings, Failed, Cancelling or Cancelled.
	Status string
	// VMName is the VM that the job is about, and Container its container in the vault.
	VMName, Container string
	Start             time.Time
	// End is zero while the job runs.
	End time.Time
	// UserTriggered tells that somebody asked for the job, as opposed to a policy's schedule; nil when the service does not say.
	UserTriggered *bool
	Errors        []JobError
}

// JobError is a reason for the failure of a job.
type JobError struct {
	Code            int
	Title, Message  string
	Recommendations []string
}

// JobFilter chooses jobs; an empty field does not restrict.
type JobFilter struct {
	Status, Operation string
	Window            Window
}
