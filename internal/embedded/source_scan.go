package embedded

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// The API versions from which on recovery points tell of their immutability and of threats, by Microsoft's type definitions.
// Items and points tell of the scan of their machines from the second of them on.
const (
	firstImmutabilityOfPoints = "2026-05-01"
	firstSourceScan           = "2026-07-01"
)

// The words for the scan of an item's machine. Of the summaries NotApplicable and NoThreatsReported are not used here.
const (
	scanConfigured    = "Configured"
	scanNotConfigured = "NotConfigured"

	scanUnknown    = "Unknown"
	scanHealthy    = "Healthy"
	scanSuspicious = "Suspicious"
)

// Threat is something that the scan of a machine finds while its recovery points are taken. As everything about recovery
// points it follows from timestamps whenever something reads, also for points of the past.
type Threat struct {
	// Machine is the id or the name of a virtual machine, in any letter case; empty is any.
	Machine string
	// From and Until are the first and the last moment at which a recovery point is taken that has it; zero is without limit.
	From, Until time.Time
	// Severity is one of catalog.ThreatSeverities; empty is High.
	Severity string
	// Title is catalog.DefaultThreatTitle where it is empty.
	Title, Description string
}

func (t Threat) severity() string { return orDefault(t.Severity, catalog.SeverityHigh) }

// threatsOf are the threats to the machine with this id.
func (s *Service) threatsOf(machine string) []Threat {
	var found []Threat
	for _, t := range s.config.Threats {
		if isMeant(t.Machine, machine) {
			found = append(found, t)
		}
	}
	return found
}

// threatsAt are those among threats that a point has which is taken at that time.
func threatsAt(threats []Threat, at time.Time) []Threat {
	return slices.DeleteFunc(slices.Clone(threats), func(t Threat) bool { return !isWithin(at, t.From, t.Until) })
}

// threatStatus is what a point says that has these threats: the words are Microsoft's, and which goes with which severity is
// our reading, as it is that a point of a machine which was not scanned then says NotAvailable.
func threatStatus(scanned bool, threats []Threat) string {
	status := "Healthy"
	for _, t := range threats {
		switch t.severity() {
		case catalog.SeverityCritical, catalog.SeverityHigh:
			status = "UnHealthy"
		case catalog.SeverityWarning:
			if status == "Healthy" {
				status = "Warning"
			}
		}
	}
	if !scanned {
		return "NotAvailable"
	}
	return status
}

// threatInfo is what a point says of the threats it has.
func threatInfo(threats []Threat, taken time.Time) []any {
	var all []any
	for _, t := range threats {
		o := object{
			"threatTitle": orDefault(t.Title, catalog.DefaultThreatTitle), "threatDescription": t.Description, "threatSeverity": t.severity(), "threatState": "Active",
			"threatStartTime": timestamp(taken), "lastUpdatedTime": timestamp(taken),
		}
		if !t.From.IsZero() {
			o["threatStartTime"] = timestamp(t.From)
		}
		if !t.Until.IsZero() {
			o["threatEndTime"] = timestamp(t.Until)
		}
		all = append(all, o)
	}
	return all
}

// scan is a time in which the machine of an item is scanned.
type scan struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until,omitzero"` // zero: it still is
}

// configureScan begins or ends the scan.
func (h *history) configureScan(at time.Time, scanned bool) {
	n := len(h.Scans)
	switch on := n > 0 && h.Scans[n-1].Until.IsZero(); {
	case scanned && !on:
		h.Scans = append(h.Scans, scan{From: at.UTC()})
	case !scanned && on:
		h.Scans[n-1].Until = at.UTC()
	}
}

// scanned tells whether the machine was scanned at that time.
func (h history) scanned(at time.Time) bool {
	return slices.ContainsFunc(h.Scans, func(s scan) bool { return !at.Before(s.From) && (s.Until.IsZero() || at.Before(s.Until)) })
}

// scanInfo is what an item says of the scan of its machine. That it says NotConfigured and Unknown when nobody has configured
// it, and Unknown before there is a point, is as recorded; the other summaries are our reading.
func (h history) scanInfo(points []point, threats []Threat, now time.Time) object {
	if !h.scanned(now) {
		return object{"sourceSideScanStatus": scanNotConfigured, "sourceSideScanSummary": scanUnknown}
	}
	summary := scanUnknown
	for _, p := range points { // the newest first
		if !h.scanned(p.taken()) {
			continue
		}
		summary = scanHealthy
		if threatStatus(true, threatsAt(threats, p.taken())) != "Healthy" {
			summary = scanSuspicious
		}
		break
	}
	return object{"sourceSideScanStatus": scanConfigured, "sourceSideScanSummary": summary}
}

// configureSourceScan switches the scan of an item's machine on or off. There is no job of it.
//
// Source: Azure/azure-cli, recorded session test_backup_item_source_scan_configuration. What is refused is our reading, and
// that the vault's own switch does not matter.
func (s *Service) configureSourceScan(c *call) (*answer, error) {
	if !c.since(firstSourceScan) {
		return nil, &Fault{
			Code: codeInvalidAPIVersion,
			Message: "The api-version '" + c.apiVersion + "' is invalid for the scan of a protected item. The supported versions are '" +
				firstSourceScan + "' and later.",
		}
	}
	in, err := c.content()
	if err != nil {
		return nil, err
	}
	action, err := text(in, "sourceScanAction")
	if err != nil {
		return nil, err
	}
	enable := strings.EqualFold(action, "Enable")
	if !enable && !strings.EqualFold(action, "Disable") {
		return nil, invalidItem("The sourceScanAction must be Enable or Disable; it is '%s'.", action)
	}
	var d *store.Document
	err = s.update(c, func(tx *store.Tx) error {
		var v *itemVault
		if d, v, err = s.mustFindItem(tx, c); err != nil {
			return err
		}
		if err := checkUsable(v.document, c.now); err != nil {
			return err
		}
		if softDeleted(d, c.now) {
			return itemIsSoftDeleted(d)
		}
		if err := checkItemFree(d, c.now); err != nil {
			return err
		}
		body, err := decode(d.Body)
		if err != nil {
			return err
		}
		if err := changeHistory(body, func(h *history) { h.configureScan(tx.Now(), enable) }); err != nil {
			return err
		}
		if err := s.begin(tx, d, operationScan, s.config.OperationTime, nil); err != nil {
			return err
		}
		return save(tx, d, body)
	})
	if err != nil {
		return nil, err
	}
	return s.accepted(c, &answer{status: http.StatusAccepted}, itemPlace(d.ID), d.Operation), nil
}

// takeScan takes out of a PUT of an item whether its machine is to be scanned, which Microsoft's PowerShell module says there.
func takeScan(c *call, body, in object) error {
	if !c.since(firstSourceScan) {
		return nil
	}
	status := lookupText(in, "properties.sourceSideScanInfo.sourceSideScanStatus")
	enable := strings.EqualFold(status, scanConfigured)
	if !enable && !strings.EqualFold(status, scanNotConfigured) {
		return nil
	}
	return changeHistory(body, func(h *history) { h.configureScan(c.now, enable) })
}
