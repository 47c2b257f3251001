package vault

import (
	"context"
	"iter"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

type wireRecoveryPoint struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Properties struct {
		Time  wireTime `json:"recoveryPointTime"`
		Type  string   `json:"recoveryPointType"`
		Tiers []struct {
			Type   string `json:"type"`
			Status string `json:"status"`
		} `json:"recoveryPointTierDetails"`
		Properties struct {
			ExpiryTime wireTime `json:"expiryTime"`
			RuleName   string   `json:"ruleName"`
			Immutable  *struct {
				IsImmutable *bool    `json:"isImmutable"`
				ExpiryTime  wireTime `json:"expiryTime"`
			} `json:"immutabilityProperties"`
		} `json:"recoveryPointProperties"`
		ThreatStatus string       `json:"threatStatus"`
		ThreatInfo   []wireThreat `json:"threatInfo"`
	} `json:"properties"`
}

type wireThreat struct {
	Title       string   `json:"threatTitle"`
	Description string   `json:"threatDescription"`
	Severity    string   `json:"threatSeverity"`
	State       string   `json:"threatState"`
	Start       wireTime `json:"threatStartTime"`
	End         wireTime `json:"threatEndTime"`
	Updated     wireTime `json:"lastUpdatedTime"`
	URL         string   `json:"threatURI"`
}

// goneTiers are the statuses of a tier that does not hold the point.
var goneTiers = []string{"Invalid", "Disabled", "Deleted", ""}

func (w wireRecoveryPoint) recoveryPoint() (RecoveryPoint, error) {
	switch {
	case w.Name == "":
		return RecoveryPoint{}, &arm.UnreadableError{ID: w.ID, Reason: "it has no name"}
	case w.Properties.Time.IsZero():
		return RecoveryPoint{}, &arm.UnreadableError{ID: w.ID, Reason: "it has no properties.recoveryPointTime"}
	}
	p := RecoveryPoint{
		ARMID: w.ID, Name: w.Name, Time: w.Properties.Time.Time, Consistency: orZero(said(w.Properties.Type, "AppConsistent", "CrashConsistent", "FileSystemConsistent")), Rule: w.Properties.Properties.RuleName, Tiers: []string{},
		Expires:      w.Properties.Properties.ExpiryTime.Time,
		ThreatStatus: orZero(said(w.Properties.ThreatStatus, "Healthy", "Warning", "UnHealthy", "Unknown", "NotAvailable")),
	}
	if kept := w.Properties.Properties.Immutable; kept != nil {
		p.Immutable, p.ImmutableUntil = kept.IsImmutable, kept.ExpiryTime.Time
	}
	for _, t := range w.Properties.ThreatInfo {
		p.Threats = append(p.Threats, Threat{
			Title: t.Title, Description: t.Description, Severity: orZero(said(t.Severity, catalog.ThreatSeverities()...)),
			State: orZero(said(t.State, "Active", "InProgress", "Ignored", "Resolved")), Start: t.Start.Time, End: t.End.Time, Updated: t.Updated.Time, URL: t.URL,
		})
	}
	for _, tier := range w.Properties.Tiers {
		// A status that is not known is not one of those, and the tier is shown.
		if !slices.ContainsFunc(goneTiers, func(status string) bool { return strings.EqualFold(tier.Status, status) }) {
			p.Tiers = append(p.Tiers, orZero(said(tier.Type, "IASnapshotRP", "InstantRP", "HardenedRP", "ArchivedRP")))
		}
	}
	return p, nil
}

// RecoveryPoints yields the recovery points of a VM within a window, newest first. One that cannot be read is an
// *arm.UnreadableError; those come before the others. What older API versions do not show is left out where the cloud has none
// newer.
func (c *Client) RecoveryPoints(ctx context.Context, id ItemID, w Window) iter.Seq2[RecoveryPoint, error] {
	var query url.Values
	if terms := w.terms("startDate", "endDate", c.Now()); len(terms) > 0 {
		query = url.Values{"$filter": {strings.Join(terms, " and ")}}
	}
	return func(yield func(RecoveryPoint, error) bool) {
		// The service's order is not documented.
		var points []RecoveryPoint
		for read, err := range arm.List[wireRecoveryPoint](ctx, c.arm, id.String()+"/recoveryPoints", catalog.NewBackupAPIVersion, query) {
			var point RecoveryPoint
			if err == nil {
				point, err = read.recoveryPoint()
			}
			switch {
			case err == nil && w.has(point.Time):
				points = append(points, point)
			case err != nil && !yield(RecoveryPoint{}, err):
				return
			case err != nil && !arm.IsUnreadable(err):
				return
			}
		}
		slices.SortStableFunc(points, func(a, b RecoveryPoint) int { return b.Time.Compare(a.Time) })
		for _, point := range points {
			if !yield(point, nil) {
				return
			}
		}
	}
}

// has tells whether a time is in the window.
func (w Window) has(t time.Time) bool {
	return (w.From.IsZero() || !t.Before(w.From)) && (w.To.IsZero() || !t.After(w.To))
}

// terms are the window as the terms of a filter, which knows whole seconds and, in Azure's own clients, always both ends. A
// window without a beginning is not asked for but sorted out afterwards; one without an end ends tomorrow.
func (w Window) terms(from, to string, now time.Time) []string {
	const form = "2006-01-02 03:04:05 PM"
	if w.From.IsZero() {
		return nil
	}
	end := w.To.Add(time.Second - 1)
	if w.To.IsZero() {
		end = now.AddDate(0, 0, 1)
	}
	return []string{from + " eq '" + w.From.UTC().Format(form) + "'", to + " eq '" + end.UTC().Format(form) + "'"}
}
