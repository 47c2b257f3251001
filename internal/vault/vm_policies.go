package vault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// childSingles is how many policies, and how many items, of a vault are read one by one before they are listed.
const childSingles = 2

// onlyVMs is the filter of the lists of policies and items.
var onlyVMs = url.Values{"$filter": {"backupManagementType eq '" + KindVM + "'"}}

func (c *Client) newPolicyBatch() *batch[Policy] {
	return &batch[Policy]{
		singles: childSingles,
		read:    c.readPolicy,
		list:    c.listPolicies,
		id:      func(p Policy) string { return p.ID.String() },
	}
}

// Policy reads one policy. When many of a vault are read in one run, a single list serves most of them.
func (c *Client) Policy(ctx context.Context, id PolicyID) (Policy, error) {
	return c.policies.get(ctx, id.Vault.String(), id.String(), want{})
}

// UncountedPolicy is Policy as it was at most a minute ago, or after this process's last write of it, so that of many VMs with one
// policy the first has it read. How many VMs have it may be older than that: protecting one changes nothing else in it.
func (c *Client) UncountedPolicy(ctx context.Context, id PolicyID) (Policy, error) {
	return c.policies.get(ctx, id.Vault.String(), id.String(), want{uncounted: true})
}

// Policies yields the policies for VMs of a vault, in the service's order. The list is always fresh. A policy that cannot be
// read is an *arm.UnreadableError, and the others come after it.
func (c *Client) Policies(ctx context.Context, vault arm.ID) iter.Seq2[Policy, error] {
	return c.listPolicies(ctx, vault.String())
}

// PoliciesInFull is Policies with what older API versions do not show.
func (c *Client) PoliciesInFull(ctx context.Context, vault arm.ID) iter.Seq2[Policy, error] {
	return c.listPoliciesIn(ctx, vault.String(), catalog.NewBackupAPIVersion)
}

// PolicyInFullOrGone is PolicyOrGone with what older API versions do not show.
func (c *Client) PolicyInFullOrGone(ctx context.Context, id PolicyID) (Policy, error) {
	read := func(ctx context.Context) (Policy, error) {
		return c.readPolicyIn(ctx, id.String(), catalog.NewBackupAPIVersion)
	}
	return orGone(ctx, c, c.policyChild(id), read, read)
}

func (c *Client) readPolicy(ctx context.Context, id string) (Policy, error) {
	return c.readPolicyIn(ctx, id, catalog.BackupAPIVersion)
}

func (c *Client) readPolicyIn(ctx context.Context, id, version string) (Policy, error) {
	var w wirePolicy
	if err := c.arm.Get(ctx, id, version, &w); err != nil {
		return Policy{}, err
	}
	return w.policy()
}

func (c *Client) listPolicies(ctx context.Context, vault string) iter.Seq2[Policy, error] {
	return c.listPoliciesIn(ctx, vault, catalog.BackupAPIVersion)
}

func (c *Client) listPoliciesIn(ctx context.Context, vault, version string) iter.Seq2[Policy, error] {
	return func(yield func(Policy, error) bool) {
		for w, err := range arm.List[wirePolicy](ctx, c.arm, vault+"/backupPolicies", version, onlyVMs) {
			var p Policy
			if err == nil {
				p, err = w.policy()
			}
			if !yield(p, err) {
				return
			}
		}
	}
}

// CreatePolicy makes a policy and returns it as the service describes it. One that exists is never written over: the error
// then wraps ErrPolicyExists. The service has no condition for that, so it is looked for first.
func (c *Client) CreatePolicy(ctx context.Context, id PolicyID, p catalog.VMPolicy) (Policy, error) {
	switch there, err := c.readPolicy(ctx, id.String()); {
	case err == nil:
		return there, fmt.Errorf("%w: %s", ErrPolicyExists, there.ARMID)
	case !arm.IsNotFound(err):
		return Policy{}, err
	}
	properties, err := newPolicyDocument(p, c.Now())
	if err != nil {
		return Policy{}, err
	}
	written, there, err := c.putPolicy(ctx, id, p, map[string]any{"properties": properties}, nil)
	if there && err != nil {
		return written, fmt.Errorf("%w: %s", ErrPolicyExists, written.ARMID) // made by somebody else meanwhile
	}
	return written, err
}

// UpdatePolicy changes a policy and returns when every VM that has it has been changed over. What is not modelled here
// stays, at any depth.
func (c *Client) UpdatePolicy(ctx context.Context, id PolicyID, p catalog.VMPolicy, progress func(status string)) (Policy, error) {
	document := map[string]any{}
	if err := c.arm.Get(ctx, id.String(), policyVersion(p), &document); err != nil {
		return Policy{}, err
	}
	member := spelledIn(document, "properties")
	properties, _ := document[member].(map[string]any)
	if properties == nil {
		properties = map[string]any{}
	}
	changed, err := newPolicyDocument(p, c.Now())
	if err != nil {
		return Policy{}, err
	}
	for _, name := range []string{"protectedItemsCount", "resourceGuardOperationRequests"} {
		delete(properties, spelledIn(properties, name)) // of this moment, not of the policy
	}
	keepOwnTimes(properties, changed)
	var asked asksGuard
	if was, err := policyOf(document); err != nil || p.KeepsLess(was.Settings) {
		asked = c.ask(ctx, id.Vault, catalog.WeakenPolicy)
	}
	dropModelled(properties, changed)
	overlay(properties, changed)
	if requests := asked.requests(); requests != nil {
		properties["resourceGuardOperationRequests"] = requests
	}
	document[member] = properties
	written, there, err := c.putPolicy(ctx, id, p, document, progress)
	err = asked.refusal(err)
	if there && err != nil {
		return Policy{}, err
	}
	return written, err
}

// newPolicyDocument are the properties of a policy's document.
func newPolicyDocument(p catalog.VMPolicy, today time.Time) (map[string]any, error) {
	raw, err := json.Marshal(newWirePolicy(p, today))
	if err != nil {
		return nil, err
	}
	properties := map[string]any{}
	return properties, json.Unmarshal(raw, &properties)
}

// policyVersion is the API version that a policy is written in.
func policyVersion(p catalog.VMPolicy) string {
	if p.InstantAccess != nil {
		return catalog.NewBackupAPIVersion
	}
	return catalog.BackupAPIVersion
}

// instantAccessMembers are those that came with catalog.InstantAccessSince.
var instantAccessMembers = []string{"instantAccessSnapshotEnabled", "instantAccessDurationMinutes"}

// policyIn is the document of a policy in an API version. Instant access that is switched off is left out of one that does not
// know of it, and cannot have it on.
func policyIn(version string, p catalog.VMPolicy, document map[string]any) (any, error) {
	lacks := lack(version, AttributeInstantAccess)
	if lacks == nil || p.InstantAccess == nil {
		return document, nil
	}
	if p.InstantAccess.Enabled {
		return nil, lacks
	}
	properties, _ := document[spelledIn(document, "properties")].(map[string]any)
	for _, name := range instantAccessMembers {
		delete(properties, name)
	}
	return document, nil
}

// policyOf reads a policy's document.
func policyOf(document map[string]any) (Policy, error) {
	raw, err := json.Marshal(document)
	if err != nil {
		return Policy{}, err
	}
	var w wirePolicy
	if err := json.Unmarshal(raw, &w); err != nil {
		return Policy{}, err
	}
	return w.policy()
}

// modelledInPolicies are the members of a policy's document that are written here, each with one meaning wherever it is.
var modelledInPolicies = []string{
	"policyType", "timeZone", "instantRPDetails", "azureBackupRGNamePrefix", "azureBackupRGNameSuffix", "instantRpRetentionRangeInDays",
	"snapshotConsistencyType", "schedulePolicy", "schedulePolicyType", "scheduleRunFrequency", "scheduleRunDays", "scheduleRunTimes",
	"hourlySchedule", "interval", "scheduleWindowStartTime", "scheduleWindowDuration", "dailySchedule", "weeklySchedule", "monthlySchedule",
	"yearlySchedule", "retentionPolicy", "retentionPolicyType", "retentionTimes", "retentionDuration", "count", "durationType", "daysOfTheWeek",
	"retentionScheduleFormatType", "retentionScheduleDaily", "daysOfTheMonth", "retentionScheduleWeekly", "weeksOfTheMonth", "monthsOfYear",
	"tieringPolicy", archiveTier, "tieringMode", "duration", "instantAccessSnapshotEnabled", "instantAccessDurationMinutes",
}

// dropModelled takes out of a policy's document what another one does not have any more, but for what is not modelled.
// What stays gets the spelling of the other one, as the letter case of a member does not matter.
func dropModelled(document, with map[string]any) {
	for name, value := range maps.Clone(document) {
		modelled := slices.IndexFunc(modelledInPolicies, func(m string) bool { return strings.EqualFold(m, name) })
		if modelled < 0 {
			continue
		}
		delete(document, name)
		name = modelledInPolicies[modelled]
		before, wasObject := value.(map[string]any)
		if after, isObject := with[name].(map[string]any); wasObject && isObject {
			dropModelled(before, after)
			document[name] = before
		}
	}
}

// putPolicy writes a policy and waits for the end. Once the service has accepted it the value has its ARMID, also when the
// wait fails. When no answer tells what came of the write, a policy that is there and shows what was asked for is taken for
// written; another comes with the error, and there is true.
func (c *Client) putPolicy(ctx context.Context, id PolicyID, p catalog.VMPolicy, document map[string]any, progress func(string)) (written Policy, there bool, err error) {
	if err := errors.Join(id.Vault.Validate(), context.Cause(ctx)); err != nil {
		return Policy{}, false, err
	}
	wrote := c.writesPolicy(id)
	defer func() { wrote(written, err) }()
	version := policyVersion(p)
	look := unhurried(func(ctx context.Context, id string) (Policy, error) { return c.readPolicyIn(ctx, id, version) }, id.String())
	op, err := c.beginWhenFree(ctx, arm.Request{
		Method: http.MethodPut, Path: id.String(), APIVersion: version, Heard: true,
		BodyIn: func(version string) (any, error) { return policyIn(version, p, document) },
	})
	found, err := lookAfter(ctx, err, look)
	if found != nil && found.shows(p) {
		return *found, true, nil
	}
	if err != nil {
		return orZero(found), found != nil, err
	}
	var w wirePolicy
	if op.Finished && json.Unmarshal(op.Accepted, &w) == nil {
		if written, err := w.policy(); err == nil {
			return written, true, nil
		}
	}
	written, err = follow(ctx, c, accepted[Policy]{
		op: op, look: look, stands: func(is Policy) standing { return standing{shows: is.shows(p)} }, progress: progress,
	})
	if err != nil {
		// Until it is seen it is what was asked for.
		written = Policy{ID: id, ARMID: id.String(), Kind: KindVM, Settings: newWirePolicy(p, c.Now()).settings()}
	}
	return written, false, err
}

// shows tells whether a policy says what was asked for. What was not asked for does not count.
func (p Policy) shows(asked catalog.VMPolicy) bool {
	wanted, has := newWirePolicy(asked, time.Time{}).settings(), p.Settings
	if wanted.InstantRestoreDays == 0 {
		has.InstantRestoreDays = 0
	}
	wanted.InstantAccess, has.InstantAccess = new(shownAccess(asked.InstantAccess, asked.InstantAccess)), new(shownAccess(asked.InstantAccess, has.InstantAccess))
	return p.Kind == KindVM && reflect.DeepEqual(sortedDays(wanted), sortedDays(has))
}

// shownAccess is what counts of instant access where it was asked for so: that it is off is the same as that nothing is said.
func shownAccess(asked, a *catalog.InstantAccess) catalog.InstantAccess {
	if asked == nil || a == nil || !a.Enabled {
		return catalog.InstantAccess{}
	}
	shown := *a
	if asked.Minutes == 0 {
		shown.Minutes = 0
	}
	return shown
}

// sortedDays is a policy with the days of its months in order, in which the service may have them in another.
func sortedDays(p catalog.VMPolicy) catalog.VMPolicy {
	if p.Monthly != nil {
		monthly := *p.Monthly
		monthly.Days = slices.Sorted(slices.Values(monthly.Days))
		p.Monthly = &monthly
	}
	if p.Yearly != nil {
		yearly := *p.Yearly
		yearly.Days = slices.Sorted(slices.Values(yearly.Days))
		p.Yearly = &yearly
	}
	return p
}

// DeletePolicy deletes a policy and returns when it is gone. One that is known to exist no longer is success, as in Delete; one
// that VMs use is refused by the service.
func (c *Client) DeletePolicy(ctx context.Context, id PolicyID) error {
	wrote := c.writesPolicy(id)
	err := c.remove(ctx, c.policyChild(id), nil)
	wrote(Policy{}, err)
	return err
}

// writesPolicy is called before a write of a policy, and wrote after it. The items that have it may be others then.
func (c *Client) writesPolicy(id PolicyID) (wrote func(Policy, error)) {
	vault := id.Vault.String()
	c.items.wroteAny(vault)
	end := c.policies.writing(vault, id.String())
	return func(written Policy, err error) {
		c.items.wroteAny(vault)
		if err != nil || written.ARMID == "" {
			end(nil)
			return
		}
		end(&written)
	}
}
