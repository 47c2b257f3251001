package page

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

const (
	// pointsShown is how many of an item's newest recovery points are shown.
	pointsShown = 300
	// linearUpTo is how long a time line can be before old points, of which few are kept, are drawn closer together.
	linearUpTo = 60 * 24 * time.Hour
)

// timeLine is the picture of an item's recovery points: one lane for each rule that keeps some, the oldest on the left.
type timeLine struct {
	Points     []pointRow // the newest first
	More       bool       // there are older ones
	Lanes      []lane
	Marks      []mark
	Ticks      []tick
	Places     []place // of those in the picture
	Height     int
	Base       int // where the axis is
	Compressed bool
	Summary    string
	// Guarded tells that a point is immutable, or was scanned.
	Guarded bool
}

// pointRow is a recovery point in the table.
type pointRow struct {
	Time        moment
	Consistency string
	Rule        string
	Place       place
	Expires     *moment
	// Immutable is until when the point is; empty when it is not. Threats is what a scan has found; empty when there was none.
	Immutable, Threats string
}

// place is where a point is kept, and the shape that it is drawn with.
type place struct{ Text, Shape string }

var places = []place{
	{"Snapshot and vault", "diamond"},
	{"Vault", "circle"},
	{"Archive", "square"},
	{"Snapshot", "ring"},
}

type lane struct {
	Name   string
	Count  int
	Top, Y int // of the name and of the line
}

// mark is a point in the picture. X is in percent, so that the picture has any width while its marks stay round.
type mark struct {
	X     string
	Y     int
	Shape string
	Title string
}

type tick struct {
	X      string
	Anchor string
	Text   string // "" for a line alone
}

const (
	laneHeight = 34
	leftEdge   = 1.5 // percent, for half a mark
	rightEdge  = 98.5
)

// newTimeLine draws points, which may come in any order; more tells that there are older ones.
func newTimeLine(wire []wirePoint, more bool, now time.Time) *timeLine {
	if len(wire) == 0 {
		return nil
	}
	wire = slices.Clone(wire)
	slices.SortStableFunc(wire, func(a, b wirePoint) int { return b.Properties.Time.Compare(a.Properties.Time) })
	l := &timeLine{More: more}
	oldest := wire[len(wire)-1].Properties.Time
	span := max(now.Sub(oldest), 24*time.Hour)
	l.Compressed = span > linearUpTo
	l.layLanes(wire)
	for _, w := range wire {
		row := newPointRow(w)
		l.Points = append(l.Points, row)
		l.Guarded = l.Guarded || row.Immutable != "" || row.Threats != ""
		i := slices.IndexFunc(l.Lanes, func(lane lane) bool { return lane.Name == row.Rule })
		title := row.Time.Text + ", " + strings.ToLower(row.Place.Text)
		if row.Expires != nil {
			title += ", expires " + row.Expires.Text
		}
		if row.Threats != "" {
			title += ", " + strings.ToLower(row.Threats)
		}
		l.Marks = append(l.Marks, mark{l.x(now.Sub(w.Properties.Time), span), l.Lanes[i].Y, row.Place.Shape, title})
	}
	for _, p := range places {
		if slices.ContainsFunc(l.Points, func(row pointRow) bool { return row.Place == p }) {
			l.Places = append(l.Places, p)
		}
	}
	l.layTicks(now, span)
	l.Summary = l.summary(newMoment(oldest))
	return l
}

// layLanes makes a lane for each rule that keeps a point, in the order of their periods.
func (l *timeLine) layLanes(wire []wirePoint) {
	counts := map[string]int{}
	for _, w := range wire {
		counts[ruleName(w)]++
	}
	names := []string{catalog.Daily, catalog.Weekly, catalog.Monthly, catalog.Yearly, onDemand}
	for name := range counts {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, name := range names {
		if counts[name] == 0 {
			continue
		}
		top := len(l.Lanes) * laneHeight
		l.Lanes = append(l.Lanes, lane{Name: name, Count: counts[name], Top: top + 12, Y: top + 25})
	}
	l.Base = len(l.Lanes)*laneHeight + 4
	l.Height = l.Base + 20
}

// layTicks draws five lines, of which three say when they are.
func (l *timeLine) layTicks(now time.Time, span time.Duration) {
	const quarters = 4
	for i := range quarters + 1 {
		left := float64(quarters-i) / quarters // of the width, from now
		age := left
		if l.Compressed {
			age = left * left
		}
		t := tick{X: percent(rightEdge - left*(rightEdge-leftEdge)), Anchor: "middle"}
		if i%2 == 0 {
			t.Text = now.Add(-time.Duration(age * float64(span))).UTC().Format("2 Jan 2006")
		}
		switch i {
		case 0:
			t.Anchor = "start"
		case quarters:
			t.Anchor, t.Text = "end", "now"
		}
		l.Ticks = append(l.Ticks, t)
	}
}

// x is where something of an age is.
func (l *timeLine) x(age, span time.Duration) string {
	left := float64(max(age, 0)) / float64(span)
	if l.Compressed {
		left = math.Sqrt(left)
	}
	return percent(rightEdge - left*(rightEdge-leftEdge))
}

func percent(v float64) string { return fmt.Sprintf("%.2f%%", v) }

// summary says in words what the picture shows.
func (l *timeLine) summary(oldest moment) string {
	var kept []string
	for _, lane := range l.Lanes {
		kept = append(kept, fmt.Sprintf("%d %s", lane.Count, strings.ToLower(lane.Name)))
	}
	return fmt.Sprintf("%s from %s to %s: %s. The table below has the same data.", plural(len(l.Points), "recovery point"),
		oldest.Text, l.Points[0].Time.Text, enumerate(kept))
}

// onDemand is the lane of the points that no rule keeps.
const onDemand = "On demand"

func ruleName(w wirePoint) string {
	if rule := w.Properties.Kept.Rule; rule != "" {
		return rule
	}
	return onDemand
}

func newPointRow(w wirePoint) pointRow {
	return pointRow{
		Time: newMoment(w.Properties.Time), Consistency: consistency(w.Properties.Type), Rule: ruleName(w), Place: placeOf(w),
		Expires: parseMoment(w.Properties.Kept.Expiry), Immutable: immutable(w), Threats: threats(w),
	}
}

func immutable(w wirePoint) string {
	fixed := w.Properties.Kept.Fixed
	if until := parseMoment(fixed.Expiry); fixed.Is && until != nil {
		return "Until " + until.Text
	}
	if fixed.Is {
		return "Until it expires"
	}
	return ""
}

// threats says what a scan has found, in the service's words where they are not known.
func threats(w wirePoint) string {
	status := w.Properties.ThreatStatus
	if status == "" || strings.EqualFold(status, "NotAvailable") {
		return ""
	}
	var found []string
	for _, t := range w.Properties.Threats {
		found = append(found, t.Title+" ("+strings.ToLower(t.Severity)+")")
	}
	if strings.EqualFold(status, "Healthy") && len(found) == 0 {
		return "None found"
	}
	if strings.EqualFold(status, "UnHealthy") {
		status = "Unhealthy"
	}
	return strings.Join(append([]string{separate(status)}, found...), ", ")
}

func consistency(kind string) string {
	switch kind {
	case "AppConsistent":
		return "Application"
	case "CrashConsistent":
		return "Crash"
	case "FileSystemConsistent":
		return "File system"
	}
	return kind
}

// placeOf reads the tiers that hold a point.
func placeOf(w wirePoint) place {
	has := func(kind string) bool {
		return slices.ContainsFunc(tiersOf(w), func(tier string) bool { return strings.EqualFold(tier, kind) })
	}
	snapshot := has("InstantRP")
	switch {
	case has("ArchivedRP"):
		return places[2]
	case snapshot && has("HardenedRP"):
		return places[0]
	case snapshot:
		return places[3]
	case has("HardenedRP"), len(tiersOf(w)) == 0:
		return places[1]
	}
	return place{enumerate(tiersOf(w)), places[1].Shape} // tiers that are not known here
}

// tiersOf are the tiers that hold a point.
func tiersOf(w wirePoint) []string {
	var tiers []string
	for _, tier := range w.Properties.Tiers {
		if !slices.ContainsFunc([]string{"Invalid", "Disabled", "Deleted", ""}, func(gone string) bool { return strings.EqualFold(tier.Status, gone) }) {
			tiers = append(tiers, tier.Type)
		}
	}
	return tiers
}
