package page

import "strings"

// itemView is a protected VM as it is shown.
type itemView struct {
	Anchor, Name string
	VM           string // its ARM id
	Policy       string
	Condition    condition
	Health       string
	LastBackup   *moment
	LastStatus   string
	// Purged is when a soft-deleted item is gone for good; nil for one that lives.
	Purged  *moment
	Deleted bool
	Points  int
	Line    *timeLine
}

// condition is something's state with the shape and the style that it is shown with.
type condition struct{ Text, Style string }

// Icon names the shape.
func (c condition) Icon() string { return "icon-" + c.Style }

func newItemView(anchor string, w wireItem) itemView {
	p := &w.Properties
	return itemView{
		Anchor: anchor, Name: p.FriendlyName, VM: p.SourceResourceID, Policy: p.PolicyName, Condition: protection(w),
		Health: p.HealthStatus, LastBackup: parseMoment(p.LastBackupTime), LastStatus: p.LastBackupStatus,
		Deleted: p.SoftDeleted, Purged: parseMoment(p.PurgedAt), Points: p.Extended.RecoveryPoints,
	}
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
