package page

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

const (
	// itemsPerPage is how many protected VMs are shown at once, each with its recovery points.
	itemsPerPage = 10
	// jobsShown is how many of the newest jobs are shown.
	jobsShown = 20
)

// vaultBody is the body of a vault's page.
type vaultBody struct {
	ID, Name     string
	State        state
	Region       string
	RegionID     string
	Subscription string
	Group        string
	Redundancy   string
	Locked       bool
	CrossRegion  string
	SoftDelete   string
	Immutability string
	PublicAccess string
	// RegionOfChoice, Costs and SourceScan are empty where nobody has chosen them.
	RegionOfChoice, Costs, SourceScan string
	Guards                            []string // the ids of its resource guard
	Tags                              []tag

	Steps                   []step
	Policies                []policyRow
	Items                   []itemView
	ItemCount, DeletedCount int
	Pages                   *pagination
	Jobs                    []jobRow
	MoreJobs                bool
	Usages                  []usageRow
}

type tag struct{ Name, Value string }

type usageRow struct {
	Name  string
	Value int
}

// isGone tells whether the service says that there is no such thing.
func isGone(err error) bool {
	var refused *refusal
	return errors.As(err, &refused) && refused.Status == http.StatusNotFound
}

// vault makes the page of a vault.
func (s *site) vault(r *http.Request) (*view, error) {
	ctx := r.Context()
	id := "/subscriptions/" + url.PathEscape(r.PathValue("subscription")) + "/resourceGroups/" +
		url.PathEscape(r.PathValue("group")) + "/providers/" + catalog.VaultType + "/" + url.PathEscape(r.PathValue("vault"))
	body, contents, err := s.readVault(ctx, id, r.URL.Query().Get("page"))
	var refused *refusal
	switch {
	case errors.As(err, &refused) && (refused.Status == http.StatusNotFound || refused.Status == http.StatusBadRequest):
		// Of an address that can be no vault's, such as one with a malformed subscription, the service says 400.
		return s.noVault(r)
	case err != nil:
		return nil, err
	}
	body.Steps = quickStart(r, body, contents)
	return &view{
		name: "vault", Title: body.Name, Crumbs: []crumb{{"Backup vaults", "/"}},
		Events: "/events?vault=" + url.QueryEscape(body.ID), Body: body,
	}, nil
}

// contents are what a vault holds.
type contents struct {
	vault       wireVault
	policies    []wirePolicy
	items       []wireItem
	jobs        []wireJob
	moreJobs    bool
	protectable []wireProtectable
}

func (r *reader) contents(ctx context.Context, id string) (*contents, error) {
	c := &contents{}
	var err error
	if c.policies, _, err = list[wirePolicy](ctx, r, id+"/backupPolicies", catalog.NewBackupAPIVersion, 0); err != nil {
		return nil, err
	}
	if c.items, _, err = list[wireItem](ctx, r, id+"/backupProtectedItems", catalog.NewBackupAPIVersion, 0); err != nil {
		return nil, err
	}
	c.jobs, c.moreJobs, err = list[wireJob](ctx, r, id+"/backupJobs", catalog.BackupAPIVersion, jobsShown)
	return c, err
}

func (s *site) readVault(ctx context.Context, escaped, page string) (*vaultBody, *contents, error) {
	var v wireVault
	if err := s.service.fetch(ctx, embedded.Endpoint+escaped+"?api-version="+catalog.VaultAPIVersion, &v); err != nil {
		return nil, nil, err
	}
	c, err := s.service.contents(ctx, v.ID)
	if err != nil {
		return nil, nil, err
	}
	c.vault = v
	if c.protectable, _, err = list[wireProtectable](ctx, s.service, v.ID+"/backupProtectableItems", catalog.BackupAPIVersion, 1); err != nil {
		return nil, nil, err
	}
	body := describe(&v)
	var subscription wireSubscription
	if err := s.service.get(ctx, "/subscriptions/"+segmentAfter(v.ID, "subscriptions"), catalog.SubscriptionAPIVersion, &subscription); err != nil {
		return nil, nil, err
	}
	body.Subscription = subscription.DisplayName
	if strings.EqualFold(v.Properties.SecuritySettings.MultiUser, "Enabled") {
		guards, _, err := list[wireGuard](ctx, s.service, v.ID+"/backupResourceGuardProxies", catalog.BackupAPIVersion, 0)
		if err != nil {
			return nil, nil, err
		}
		for _, g := range guards {
			body.Guards = append(body.Guards, g.Properties.ID)
		}
	}
	usages, _, err := list[wireUsage](ctx, s.service, v.ID+"/usages", catalog.VaultAPIVersion, 0)
	if err != nil {
		return nil, nil, err
	}
	for _, u := range usages {
		body.Usages = append(body.Usages, usageRow{usageName(u.Name.Value), u.CurrentValue})
	}
	for _, p := range c.policies {
		body.Policies = append(body.Policies, newPolicyRow(p))
	}
	now := s.now().UTC()
	for _, j := range c.jobs {
		body.Jobs = append(body.Jobs, newJobRow(j, now))
	}
	body.MoreJobs = c.moreJobs
	return body, c, s.readItems(ctx, body, c.items, page, now)
}

// readItems adds a page of the vault's items, with the recovery points of each.
func (s *site) readItems(ctx context.Context, body *vaultBody, items []wireItem, page string, now time.Time) error {
	items = slices.Clone(items)
	// What is protected comes first.
	slices.SortStableFunc(items, func(a, b wireItem) int {
		if a.Properties.SoftDeleted != b.Properties.SoftDeleted {
			if a.Properties.SoftDeleted {
				return 1
			}
			return -1
		}
		return cmp.Compare(strings.ToLower(a.Properties.FriendlyName), strings.ToLower(b.Properties.FriendlyName))
	})
	for _, item := range items {
		if item.Properties.SoftDeleted {
			body.DeletedCount++
		} else {
			body.ItemCount++
		}
	}
	base := vaultURL(body.ID)
	body.Pages = paginate(len(items), itemsPerPage, page, func(n int) string {
		return base + "?page=" + strconv.Itoa(n) + "#items"
	})
	for i, item := range items[body.Pages.from:body.Pages.to] {
		points, more, err := list[wirePoint](ctx, s.service, item.ID+"/recoveryPoints", catalog.NewBackupAPIVersion, pointsShown)
		if isGone(err) {
			continue
		}
		if err != nil {
			return err
		}
		if more {
			// How many there are lists do not say.
			if err := s.service.get(ctx, item.ID, catalog.NewBackupAPIVersion, &item); err != nil {
				return err
			}
		}
		shown := newItemView("item-"+strconv.Itoa(body.Pages.from+i+1), item)
		shown.Line = newTimeLine(points, more, now)
		body.Items = append(body.Items, shown)
	}
	return nil
}

// describe takes the settings of a vault into words.
func describe(v *wireVault) *vaultBody {
	p := &v.Properties
	body := &vaultBody{
		ID: v.ID, Name: v.Name, State: v.state(), Region: regionName(v.Location), RegionID: catalog.NormalizeRegion(v.Location),
		Group: segmentAfter(v.ID, "resourceGroups"), Redundancy: redundancyName(p.RedundancySettings.Storage), Locked: v.locked(),
		CrossRegion: cmp.Or(p.RedundancySettings.CrossRegionRestore, "Disabled"), PublicAccess: cmp.Or(p.PublicNetworkAccess, "Enabled"),
		Immutability: cmp.Or(p.SecuritySettings.Immutability.State, "Disabled"),
	}
	if period := p.SecuritySettings.Immutability.Configuration; body.Immutability != "Disabled" && period.Days > 0 {
		body.Immutability += ", " + plural(period.Days, "day")
	}
	if status := p.RegionOfChoice.Status; status != "Disabled" {
		body.RegionOfChoice = status
	}
	if state := p.SecuritySettings.SourceScan.State; state != "Disabled" {
		body.SourceScan = state
	}
	body.Costs = costName(p.CostManagement.Granularity)
	body.SoftDelete = cmp.Or(p.SecuritySettings.SoftDelete.State, "Disabled")
	if strings.EqualFold(body.SoftDelete, "AlwaysOn") {
		body.SoftDelete = "Always on"
	}
	if body.SoftDelete != "Disabled" && p.SecuritySettings.SoftDelete.Days > 0 {
		body.SoftDelete += ", " + plural(p.SecuritySettings.SoftDelete.Days, "day")
	}
	for _, name := range slices.Sorted(maps.Keys(v.Tags)) {
		body.Tags = append(body.Tags, tag{name, v.Tags[name]})
	}
	return body
}

// costName says what costs are shown by; a word that is not known is shown as it is.
func costName(granularity string) string {
	switch granularity {
	case catalog.CostByVault:
		return "By vault"
	case catalog.CostByItem:
		return "By VM"
	case catalog.CostByItemAndParentTag:
		return "By VM, with the tags of what it belongs to"
	}
	return granularity
}

func usageName(name string) string {
	switch name {
	case "ProtectedItemCount":
		return "Protected items"
	case usageVMs:
		return "Protected VMs"
	case "MABContainersCount":
		return "Backup agents"
	case "InProgressJobsCount":
		return "Jobs in progress, last day"
	case "FailedJobsCount":
		return "Failed jobs, last day"
	}
	return separate(name)
}
