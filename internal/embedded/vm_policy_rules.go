package embedded

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// managementVM is the backupManagementType of the policies and items of virtual machines.
const managementVM = "AzureIaasVM"

// policyWords are the values of the members of a policy's document that have a fixed set of them. Clients send them in
// any letter case. A member has one meaning wherever it is in the document.
var policyWords = map[string][]string{
	"policyType":                  {catalog.PolicyV1, catalog.PolicyV2},
	"schedulePolicyType":          {scheduleV1, scheduleV2},
	"scheduleRunFrequency":        {catalog.Hourly, catalog.Daily, catalog.Weekly},
	"scheduleRunDays":             catalog.Weekdays(),
	"retentionPolicyType":         {retentionLongTerm},
	"retentionScheduleFormatType": {"Daily", "Weekly"},
	"durationType":                {"Days", "Weeks", "Months", "Years", "Invalid"},
	"daysOfTheWeek":               catalog.Weekdays(),
	"weeksOfTheMonth":             catalog.Weeks(),
	"monthsOfYear":                catalog.Months(),
	"tieringMode":                 {"TierRecommended", "TierAfter", "DoNotTier", "Invalid"},
	"snapshotConsistencyType":     {catalog.SnapshotCrashConsistent},
}

// policyTimes are the members that hold times of day.
var policyTimes = []string{"scheduleRunTimes", "retentionTimes", "scheduleWindowStartTime"}

// settlePolicy makes the body of a policy, and what it says, from a request, which is the whole document. before is the
// policy that it replaces, nil when it is new.
func settlePolicy(c *call, before *policy, in object) (object, catalog.VMPolicy, error) {
	for _, name := range []string{"id", "name", "type", "eTag", "systemData"} {
		delete(in, name)
	}
	for _, name := range []string{"protectedItemsCount", "resourceGuardOperationRequests"} {
		discard(in, "properties."+name)
	}
	body := merge(object{}, in) // without nulls
	properties, err := section(body, "properties")
	if err != nil {
		return nil, catalog.VMPolicy{}, err
	}
	if err := checkPolicyKind(properties); err != nil {
		return nil, catalog.VMPolicy{}, err
	}
	keepInstantAccess(c, before, properties)
	settlePolicyValues(properties, c.now)
	fillRetentionTimes(properties)
	if properties["snapshotConsistencyType"] == "" {
		delete(properties, "snapshotConsistencyType") // azurerm's word for none
	}
	filled := object{
		"backupManagementType": managementVM, "policyType": catalog.PolicyV1, "timeZone": "UTC", "instantRPDetails": object{},
	}
	for name, value := range filled {
		if properties[name] == nil || properties[name] == "" || name == "backupManagementType" {
			properties[name] = value
		}
	}

	r := policyReader{}
	p := r.policy(properties)
	if r.err != nil {
		return nil, catalog.VMPolicy{}, r.err
	}
	if p.InstantRestoreDays == 0 && properties["instantRpRetentionRangeInDays"] == nil {
		p.InstantRestoreDays = p.DefaultInstantRestoreDays()
		properties["instantRpRetentionRangeInDays"] = p.InstantRestoreDays
	}
	if zone, ok := catalog.WindowsTimeZone(p.TimeZone); ok && strings.EqualFold(zone, p.TimeZone) {
		properties["timeZone"] = zone
	} else {
		r.refuse("timeZone must be the id of a Windows time zone, such as 'China Standard Time'; it is '%s'.", p.TimeZone)
		// Whatever else is wrong is found all the same.
		p.TimeZone = "UTC"
	}
	if before != nil && before.settings.Type != p.Type {
		r.refuse("policyType cannot be changed: it is %s, and the request says %s.", before.settings.Type, p.Type)
	}
	if len(r.reasons) == 0 {
		for _, problem := range p.Check(nil) {
			r.refuse("%s: %s", problem.Field, problem.Message)
		}
	}
	return body, p, invalidPolicy(r.reasons)
}

// firstInstantAccess is the API version from which on policies and recovery points tell of instant access.
const firstInstantAccess = "2026-10-01"

// instantAccessMembers are those of a policy that came with it.
var instantAccessMembers = []string{"instantAccessSnapshotEnabled", "instantAccessDurationMinutes"}

// keepInstantAccess leaves instant access as it is in a policy that is written with an API version which does not know of it.
// That nothing is lost so is our reading.
func keepInstantAccess(c *call, before *policy, properties object) {
	if c.since(firstInstantAccess) {
		return
	}
	for _, name := range instantAccessMembers {
		delete(properties, name)
		if before != nil && before.properties()[name] != nil {
			properties[name] = before.properties()[name]
		}
	}
}

// checkPolicyKind refuses a policy that is not for virtual machines.
func checkPolicyKind(properties object) error {
	kind, err := text(properties, "backupManagementType")
	switch {
	case err != nil:
		return err
	case strings.EqualFold(kind, managementVM):
		return nil
	case kind == "":
		return invalidPolicy([]string{"backupManagementType is missing."})
	}
	return &Fault{
		Code: codeNotModelled,
		Message: fmt.Sprintf("The embedded backup service has policies for virtual machines (%s) alone; the request is about "+
			"'%s'.", managementVM, kind),
	}
}

// invalidPolicy is Azure's answer to any mistake in a policy, followed by what the mistake is; nil without one.
func invalidPolicy(reasons []string) error {
	if len(reasons) == 0 {
		return nil
	}
	for i, reason := range reasons {
		reasons[i] = strings.TrimSuffix(reason, ".") + "."
	}
	return &Fault{
		Code: codeInvalidPolicy,
		Message: "Input for create or update policy is not in proper format. Please check format of parameters like " +
			"schedule time, schedule days, retention time and retention days. " + strings.Join(reasons, " "),
	}
}

// settlePolicyValues brings words to the service's spelling and times to its form, at any depth.
func settlePolicyValues(o object, now time.Time) {
	for name, value := range o {
		words, times := policyWords[name], slices.Contains(policyTimes, name)
		settled := func(v any) any {
			s, ok := v.(string)
			switch {
			case ok && times:
				return settlePolicyTime(s, now)
			case ok:
				for _, word := range words {
					if strings.EqualFold(word, s) {
						return word
					}
				}
			}
			return v
		}
		switch v := value.(type) {
		case object:
			settlePolicyValues(v, now)
		case []any:
			for i := range v {
				v[i] = settled(v[i])
			}
		default:
			o[name] = settled(v)
			if times && o[name] == "" {
				delete(o, name) // No client reads a time of it.
			}
		}
	}
}

// fillRetentionTimes gives the rules of retention that name no time that of the schedule. What Azure does with such a policy, which
// is found in public templates, is not known; this is the one time that it takes of a daily or weekly policy.
func fillRetentionTimes(properties object) {
	schedule, _ := properties["schedulePolicy"].(object)
	times := scheduleTimes(schedule)
	retention, _ := properties["retentionPolicy"].(object)
	for _, name := range []string{"dailySchedule", "weeklySchedule", "monthlySchedule", "yearlySchedule"} {
		rule, _ := retention[name].(object)
		if given, _ := rule["retentionTimes"].([]any); len(rule) > 0 && len(given) == 0 && len(times) > 0 {
			rule["retentionTimes"] = slices.Clone(times)
		}
	}
}

// scheduleTimes are the times of the part of a schedule that its frequency is about.
func scheduleTimes(schedule object) []any {
	part := schedule
	if schedule["schedulePolicyType"] == scheduleV2 {
		frequency, _ := schedule["scheduleRunFrequency"].(string)
		part, _ = schedule[strings.ToLower(frequency)+"Schedule"].(object)
	}
	if start := part["scheduleWindowStartTime"]; start != nil {
		return []any{start}
	}
	times, _ := part["scheduleRunTimes"].([]any)
	return times
}

// settlePolicyTime gives a time the form that Azure's answers have, with a date and in UTC. Clients read it as a date, and some
// send it as a time of day.
func settlePolicyTime(s string, now time.Time) string {
	t, err := readDate(s, now)
	if err != nil {
		return strings.TrimSpace(s) // refused further on
	}
	return t.Format(time.RFC3339Nano) // what is not on the minute is refused further on, too
}

// checkPolicyRoom refuses one policy more than a vault can hold.
func checkPolicyRoom(tx *store.Tx, vault *store.Document) error {
	policies, err := policiesOf(tx, vault)
	if err != nil || len(policies) < catalog.MaxPoliciesPerVault {
		return err
	}
	return &Fault{
		Code: codeInvalidPolicy,
		Message: fmt.Sprintf("The vault '%s' has %d policies, which is the most that a vault can have. Delete one that is not "+
			"used, or assign an existing policy.", lastSegment(vault.ID), len(policies)),
	}
}

// checkRetentionStays refuses a change by which a policy of an immutable vault keeps recovery points for less time, whether
// items have the policy or not.
func (s *Service) checkRetentionStays(tx *store.Tx, vault *store.Document, before *policy, after catalog.VMPolicy) error {
	if before == nil {
		return nil
	}
	v, err := s.readItemVault(tx, vault)
	if err != nil || !immutable(v) {
		return err
	}
	var reasons []string
	for _, shortened := range after.ShortensRetention(before.settings, nil) {
		reasons = append(reasons, shortened.Message)
	}
	if len(reasons) == 0 {
		return nil
	}
	return deniedOnImmutable(v, "Reduction in retention is not allowed since the vault is immutable: "+strings.Join(reasons, "; ")+".")
}

// policyInUse refuses to delete the policy of items.
func policyInUse(p *policy, items []*store.Document) error {
	vms := "VMs"
	if len(items) == 1 {
		vms = "VM"
	}
	return &Fault{
		Code: codePolicyInUse,
		Message: fmt.Sprintf("The policy '%s' cannot be deleted because %d %s of the vault have it: %s. Give each another "+
			"policy, or delete its backups, and try again.", p.name(), len(items), vms, named(items, machineName)),
	}
}

// named lists documents by name, as many as a message can hold.
func named(docs []*store.Document, name func(*store.Document) string) string {
	var names []string
	for _, d := range docs[:min(len(docs), maxNamed)] {
		names = append(names, name(d))
	}
	if more := len(docs) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, ", ")
}

// machineName is the name of the machine that an item protects.
func machineName(item *store.Document) string { return item.ID[strings.LastIndexByte(item.ID, ';')+1:] }
