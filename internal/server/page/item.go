package page

import (
	"strings"
	"time"
)

// itemView is a protected VM as it is shown.
type itemView struct {
	Anchor, Name string
	VM           string // its ARM id
	Policy       string
	Condition    condition
	Health       string
	LastBackup   *moment
	LastStatus   string
	// Deleted tells that the item is soft-deleted: since when, and when it is gone for good.
	Deleted           bool
	DeletedAt, Purged *moment
	Points            int
	// Scan is what scans have found; empty when the VM is not scanned.
	Scan string
	Line *timeLine
}

// condition is something's state with the shape and the style that it is shown with.
type condition struct{ Text, Style string }

// Icon names the shape.
func (c condition) Icon() string { return "icon-" + c.Style }

func newItemView(anchor string, w wireItem) itemView {
	p := &w.Properties
	v := itemView{
		Anchor: anchor, Name: p.FriendlyName, VM: p.SourceResourceID, Policy: p.PolicyName, Condition: protection(w),
		Health: p.HealthStatus, LastBackup: parseMoment(p.LastBackupTime), LastStatus: p.LastBackupStatus,
		Deleted: p.SoftDeleted, Points: p.Extended.RecoveryPoints,
	}
	if scan := p.Scan; scan.Status != "" && !strings.EqualFold(scan.Status, "NotConfigured") {
		v.Scan = separate(scan.Status) + ", " + strings.ToLower(separate(scan.Summary))
	}
	if at, err := time.Parse(time.RFC3339, p.DeletedAt); err == nil && p.SoftDeleted {
		deleted, purged := newMoment(at), newMoment(at.AddDate(0, 0, p.KeptDays))
		v.DeletedAt, v.Purged = &deleted, &purged
	}
	return v
}

// protection says how a VM is protected.
func protection(w wireItem) condition {
	switch p := w.Properties; {
	case p.SoftDeleted:
		return condition{"Soft-deleted", "deleting"}
	case strings.EqualFold(p.ProtectionState, "IRPending"):
		return condition{"First backup pending", "creating"}
	case strings.EqualFold(p.ProtectionState, "ProtectionStopped"):
		return condition{"Protection stopped", "paused"}
	case strings.EqualFold(p.ProtectionState, "BackupsSuspended"):
		return condition{"Backups suspended", "paused"}
	case strings.EqualFold(p.ProtectionState, "Protected"):
		return condition{"Protected", "active"}
	default:
		return condition{separate(p.ProtectionState), "updating"}
	}
}
