package catalog

// The severities of a threat that a scan finds in a recovery point, the worst first, by Microsoft's model of the backup API
// 2026-07-01.
const (
	SeverityCritical      = "Critical"
	SeverityHigh          = "High"
	SeverityWarning       = "Warning"
	SeverityInformational = "Informational"
)

// ThreatSeverities returns them. The slice is the caller's to change.
func ThreatSeverities() []string {
	return []string{SeverityCritical, SeverityHigh, SeverityWarning, SeverityInformational}
}

// DefaultThreatTitle is the title of a threat that the embedded service is told of without one.
const DefaultThreatTitle = "Suspicious activity"
