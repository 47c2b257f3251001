package embedded

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// itemPoints are the recovery points of an item, and what they are shown with.
type itemPoints struct {
	item    *store.Document
	points  []point // the newest first
	policy  catalog.VMPolicy
	now     time.Time
	deleted bool     // softly
	machine *machine // nil when the service does not know it

	history      history
	threats      []Threat // to the machine
	immutability object   // the vault's settings; nil when it has none
}

func (s *Service) readPoints(c *call) (*itemPoints, error) {
	r := &itemPoints{now: c.now}
	err := s.view(c, func(tx *store.Tx) error {
		var err error
		var v *itemVault
		if r.item, v, err = s.findItem(tx, c); err == nil && r.item == nil {
			err = noSuchItem(c, codeNoDataSource) // another code than that of the item itself
		}
		if err != nil {
			return err
		}
		h, err := documentHistory(r.item)
		if err != nil {
			return err
		}
		machine, err := sourceOf(r.item)
		if err != nil {
			return err
		}
		r.policy, r.history, r.threats = h.policy(), h, s.threatsOf(machine)
		r.immutability, _ = lookup(v.body, "properties.securitySettings.immutabilitySettings").(object)
		r.points = h.points(c.now, s.courseOf(machine))
		r.deleted = softDeleted(r.item, c.now)
		if id, ok := parseMachineID(machine); ok {
			r.machine, err = s.findMachine(tx, id)
		}
		return err
	})
	return r, err
}

// listPoints serves the recovery points of an item, the newest first.
func (s *Service) listPoints(c *call) (*answer, error) {
	first, last, err := parsePointFilter(filterOf(c))
	if err != nil {
		return nil, err
	}
	after, err := c.position()
	if err != nil {
		return nil, err
	}
	var behind time.Time
	if after != (store.Position{}) {
		if behind, err = timeOf(after); err != nil {
			return nil, err
		}
	}
	r, err := s.readPoints(c)
	if err != nil {
		return nil, err
	}
	p := page{Value: []any{}}
	var shown point
	for _, point := range r.points {
		if point.taken().Before(first) || point.taken().After(last) {
			continue
		}
		// Of points of the same moment, which no schedule makes, the names tell.
		if !behind.IsZero() && (point.at.After(behind) || point.at.Equal(behind) && point.name >= after.ID) {
			continue
		}
		if len(p.Value) == s.longPage {
			p.NextLink = c.nextLink(timePosition(shown.at, shown.name))
			break
		}
		p.Value = append(p.Value, r.render(c, point))
		shown = point
	}
	return answerOK(p), nil
}

func parsePointFilter(s string) (first, last time.Time, err error) {
	last = time.Unix(1<<40, 0)
	terms, err := parseFilter(s)
	if err != nil {
		return first, last, err
	}
	for _, term := range terms {
		switch strings.ToLower(term.name) {
		case "startdate":
			first, err = filterTime(term)
		case "enddate":
			last, err = filterTime(term)
		default:
			err = unknownFilter("recovery points", term.name)
		}
		if err != nil {
			return first, last, err
		}
	}
	return first, last, nil
}

func (s *Service) getPoint(c *call) (*answer, error) {
	r, err := s.readPoints(c)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(r.points, func(p point) bool { return p.name == c.params["point"] })
	if i < 0 {
		return nil, &Fault{
			Code: codeResourceNotFound,
			Message: fmt.Sprintf("The recovery point '%s' was not found in the item '%s'. It may have expired.",
				c.params["point"], lastSegment(r.item.ID)),
		}
	}
	return answerOK(r.render(c, r.points[i])), nil
}

// render is a recovery point as clients see it.
func (r *itemPoints) render(c *call, p point) object {
	consistency := "AppConsistent"
	if p.crashConsistent {
		consistency = "CrashConsistent"
	}
	properties := object{"isSoftDeleted": r.deleted}
	if !p.until.IsZero() {
		properties["expiryTime"] = timestamp(p.until)
	}
	if p.rule != "" {
		properties["ruleName"] = p.rule
	}
	if c.since(firstImmutabilityOfPoints) {
		properties["immutabilityProperties"] = r.pointImmutability(p)
	}
	shown := object{
		"objectType":                   "IaasVMRecoveryPoint",
		"recoveryPointTime":            timestamp(p.taken()),
		"recoveryPointType":            consistency,
		"recoveryPointAdditionalInfo":  "",
		"recoveryPointTierDetails":     r.tiers(c, p),
		"recoveryPointProperties":      properties,
		"sourceVMStorageType":          "NormalStorage",
		"isManagedVirtualMachine":      true,
		"isSourceVMEncrypted":          false,
		"isInstantIlrSessionActive":    false,
		"originalStorageAccountOption": false,
	}
	if c.since(firstSourceScan) {
		scanned, threats := r.history.scanned(p.taken()), threatsAt(r.threats, p.taken())
		shown["threatStatus"] = threatStatus(scanned, threats)
		if scanned && len(threats) > 0 {
			shown["threatInfo"] = threatInfo(threats, p.taken())
		}
	}
	if r.machine != nil {
		if size := lookupText(r.machine.body, "properties.hardwareProfile.vmSize"); size != "" {
			shown["virtualMachineSize"] = size
		}
		if system := lookupText(r.machine.body, "properties.storageProfile.osDisk.osType"); system != "" {
			shown["osType"] = system
		}
		if r.machine.hasPremiumDisk() {
			shown["sourceVMStorageType"] = "PremiumVMOnPartialPremiumStorage"
		}
	}
	return object{
		"id":         r.item.ID + "/recoveryPoints/" + p.name,
		"name":       p.name,
		"type":       typeRecoveryPoint,
		"properties": shown,
	}
}

// hasPremiumDisk tells whether a disk that the machine was written with lies on premium storage.
func (m *machine) hasPremiumDisk() bool {
	profile, _ := lookup(m.body, "properties.storageProfile").(object)
	disks, _ := profile["dataDisks"].([]any)
	return slices.ContainsFunc(append(disks, profile["osDisk"]), func(disk any) bool {
		d, _ := disk.(object)
		return strings.HasPrefix(strings.ToLower(lookupText(d, "managedDisk.storageAccountType")), "premium")
	})
}

// tiers are the places that hold a point: the snapshot beside the machine for some days, and the vault or its archive.
func (r *itemPoints) tiers(c *call, p point) []any {
	tier := func(kind string) any { return object{"type": kind, "status": "Valid"} }
	days := r.policy.InstantRestoreDays
	if days == 0 {
		days = r.policy.DefaultInstantRestoreDays()
	}
	var tiers []any
	if c.since(firstInstantAccess) && r.now.Before(p.taken().Add(p.instantAccess)) {
		tiers = append(tiers, tier("IASnapshotRP"))
	}
	if r.now.Before(p.at.AddDate(0, 0, days)) {
		tiers = append(tiers, tier("InstantRP"))
	}
	if r.archived(p) {
		return append(tiers, tier(archiveTier))
	}
	return append(tiers, tier("HardenedRP"))
}

// pointImmutability is what a point of an immutable vault says. Microsoft's model leaves out the time when the point is
// immutable as long as its policy keeps it; that Unlocked makes points immutable, too, is our reading.
func (r *itemPoints) pointImmutability(p point) object {
	if state := lookupText(r.immutability, "state"); !strings.EqualFold(state, catalog.ImmutabilityUnlocked) && !strings.EqualFold(state, catalog.ImmutabilityLocked) {
		return object{"isImmutable": false}
	}
	if !strings.EqualFold(lookupText(r.immutability, "configuration.type"), "TimeBased") {
		return object{"isImmutable": true}
	}
	days, _ := lookup(r.immutability, "configuration.durationInDays").(json.Number)
	n, _ := days.Int64()
	until := p.taken().AddDate(0, 0, int(n))
	return object{"isImmutable": r.now.Before(until), "expiryTime": timestamp(until)}
}

// archived tells whether a point has been moved to the archive. Azure moves those of the monthly and yearly rules that
// are then kept for another six months (learn.microsoft.com/azure/backup/archive-tier-support: "Retention left >= 6
// months"). With TierRecommended it moves those for which it finds that this saves money, by how much of the data has
// changed. Here there is no data, so they stay.
func (r *itemPoints) archived(p point) bool {
	a := r.policy.Archive
	if a == nil || a.Mode != "TierAfter" || p.rule != "Monthly" && p.rule != "Yearly" {
		return false
	}
	moved := p.at
	switch a.DurationType {
	case "Days":
		moved = moved.AddDate(0, 0, a.Duration)
	case "Weeks":
		moved = moved.AddDate(0, 0, 7*a.Duration)
	case "Months":
		moved = moved.AddDate(0, a.Duration, 0)
	case "Years":
		moved = moved.AddDate(a.Duration, 0, 0)
	default:
		return false
	}
	if !p.until.IsZero() && p.until.Before(moved.AddDate(0, catalog.MinMonthsInArchive, 0)) {
		return false
	}
	return !r.now.Before(moved)
}
