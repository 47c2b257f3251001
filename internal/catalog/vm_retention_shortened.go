package catalog

import "fmt"

// ShortensRetention returns the rules of retention of before that keep recovery points for less time in p, or are no
// longer there, in the order of the attributes. That is what an immutable vault, Unlocked or Locked, refuses: to change a
// policy so, and to give a VM such a policy in place of its own. unknown is that of Check, for the attributes of p.
//
// Only how long a rule keeps its recovery points counts. The schedule may change, which weekdays, dates and months have
// longer retention is part of it here, and snapshots kept beside the VM are no backups in the vault.
//
// Source: learn.microsoft.com/azure/backup/backup-azure-immutable-vault-concept, "Restricted operations": "Any actions that
// reduce the retention period in a backup policy are disallowed [...] you can make policy changes that result in the
// increase of retention. You can also make changes to the schedule of a backup policy." It does not tell Unlocked from
// Locked there, and names no removed rule; that one reduces retention is our reading.
func (p VMPolicy) ShortensRetention(before VMPolicy, unknown func(field string) bool) []PolicyProblem {
	isUnknown := func(field string) bool { return unknown != nil && unknownAround(field, unknown) }
	if isUnknown("retention_daily.count") {
		return nil // it may keep every recovery point for longer than any rule before
	}
	after := p.keptFor()
	everyPoint := after[0].days()
	var shortened []PolicyProblem
	for i, was := range before.keptFor() {
		is := after[i]
		switch field := is.attribute + ".count"; {
		case isUnknown(field), is.count >= was.count, everyPoint >= was.days():
		case is.count == 0:
			shortened = append(shortened, PolicyProblem{
				Field: is.attribute, Message: fmt.Sprintf("%s is removed, which keeps recovery points for %s", is.attribute, was),
			})
		default:
			shortened = append(shortened, PolicyProblem{
				Field: field, Message: fmt.Sprintf("%s goes from %s to %s", is.attribute, was, is),
			})
		}
	}
	return shortened
}

// keptFor is how long one rule keeps its recovery points: count is 0 when there is no such rule.
type keptFor struct {
	attribute string
	count     int
	unit      string
	unitDays  int // at most
}

// keptFor returns the rules of retention, the daily one first, which is that of every recovery point.
func (p VMPolicy) keptFor() []keptFor {
	rules := []keptFor{
		{attribute: "retention_daily", unit: "day", unitDays: 1},
		{attribute: "retention_weekly", unit: "week", unitDays: 7},
		{attribute: "retention_monthly", unit: "month", unitDays: 31},
		{attribute: "retention_yearly", unit: "year", unitDays: 366},
	}
	if p.Daily != nil {
		rules[0].count = p.Daily.Count
	}
	if p.Weekly != nil {
		rules[1].count = p.Weekly.Count
	}
	if p.Monthly != nil {
		rules[2].count = p.Monthly.Count
	}
	if p.Yearly != nil {
		rules[3].count = p.Yearly.Count
	}
	return rules
}

func (k keptFor) days() int { return k.count * k.unitDays }

func (k keptFor) String() string {
	if k.count == 1 {
		return "1 " + k.unit
	}
	return fmt.Sprintf("%d %ss", k.count, k.unit)
}
