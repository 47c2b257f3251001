package page

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// rowsPerPage is how many vaults are shown at once. What is counted for each vault is asked for only when it is shown.
const rowsPerPage = 50

// vaultList is the body of the list of vaults.
type vaultList struct {
	Total  int // of the vaults there are, before the filter
	Found  int
	Counts []stateCount
	Filter vaultFilter
	// Regions are those that have vaults, for the filter.
	Regions []choice
	States  []choice
	Rows    []vaultRow
	Pages   *pagination
	Start   starter
}

// stateCount is how many vaults are in a state, and where they are listed.
type stateCount struct {
	State   state
	Count   int
	URL     string
	Current bool
}

// choice is an option of a filter.
type choice struct {
	Value, Text string
	Chosen      bool
}

// vaultFilter says which vaults are shown; an empty text does not restrict.
type vaultFilter struct{ Name, Region, Status string }

func (f vaultFilter) Active() bool { return f != vaultFilter{} }

func (f vaultFilter) passes(v *wireVault) bool {
	is := func(want, got string) bool { return want == "" || strings.EqualFold(want, got) }
	return strings.Contains(strings.ToLower(v.Name), strings.ToLower(f.Name)) &&
		is(f.Region, catalog.NormalizeRegion(v.Location)) && is(f.Status, string(v.state()))
}

func (f vaultFilter) url(page int) string {
	q := url.Values{}
	for name, value := range map[string]string{"name": f.Name, "region": f.Region, "status": f.Status} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	if len(q) == 0 {
		return "/"
	}
	return "/?" + q.Encode()
}

// vaultRow is a vault in the list.
type vaultRow struct {
	ID, Name, URL       string
	State               state
	Region              string
	Subscription, Group string
	Redundancy          string
	Locked              bool
	// Protected is the number of protected VMs; "" when the vault went while it was counted.
	Protected string
}

// vaultOf is a vault with the subscription it is in.
type vaultOf struct {
	wireVault
	group        string
	subscription wireSubscription
}

// allVaults reads the vaults of all subscriptions, by name.
func (r *reader) allVaults(ctx context.Context) ([]vaultOf, error) {
	subscriptions, _, err := list[wireSubscription](ctx, r, "/subscriptions", catalog.SubscriptionAPIVersion, 0)
	if err != nil {
		return nil, err
	}
	var all []vaultOf
	for _, subscription := range subscriptions {
		id := "/subscriptions/" + subscription.SubscriptionID + "/providers/" + catalog.VaultType
		vaults, _, err := list[wireVault](ctx, r, id, catalog.VaultAPIVersion, 0)
		if err != nil {
			return nil, err
		}
		for _, v := range vaults {
			all = append(all, vaultOf{v, segmentAfter(v.ID, "resourceGroups"), subscription})
		}
	}
	slices.SortStableFunc(all, func(a, b vaultOf) int {
		return cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	return all, nil
}

// segmentAfter returns the part of an ARM id behind a fixed one.
func segmentAfter(id, segment string) string {
	parts := strings.Split(id, "/")
	for i, part := range parts[:len(parts)-1] {
		if strings.EqualFold(part, segment) {
			return parts[i+1]
		}
	}
	return ""
}

// vaultURL is the address of a vault's page.
func vaultURL(id string) string {
	return "/vaults/" + url.PathEscape(segmentAfter(id, "subscriptions")) + "/" +
		url.PathEscape(segmentAfter(id, "resourceGroups")) + "/" + url.PathEscape(segmentAfter(id, "vaults"))
}

// vaults makes the list.
func (s *site) vaults(r *http.Request) (*view, error) {
	all, err := s.service.allVaults(r.Context())
	if err != nil {
		return nil, err
	}
	q := r.URL.Query()
	filter := vaultFilter{strings.TrimSpace(q.Get("name")), catalog.NormalizeRegion(q.Get("region")), q.Get("status")}
	body := &vaultList{Total: len(all), Filter: filter, Start: newStarter(r)}
	var found []*vaultOf
	counts, regions := map[state]int{}, map[string]int{}
	for i := range all {
		v := &all[i]
		counts[v.state()]++
		regions[catalog.NormalizeRegion(v.Location)]++
		if filter.passes(&v.wireVault) {
			found = append(found, v)
		}
	}
	body.Found = len(found)
	body.count(counts, regions)
	body.Pages = paginate(len(found), rowsPerPage, q.Get("page"), filter.url)
	for _, v := range found[body.Pages.from:body.Pages.to] {
		row, err := s.row(r.Context(), v)
		if err != nil {
			return nil, err
		}
		body.Rows = append(body.Rows, row)
	}
	return &view{name: "vaults", Title: "Backup vaults", Events: "/events", Body: body}, nil
}

// count fills in how many vaults are in which state and region.
func (l *vaultList) count(byState map[state]int, byRegion map[string]int) {
	l.States = []choice{{"", "All statuses", l.Filter.Status == ""}}
	for _, st := range states() {
		chosen := strings.EqualFold(l.Filter.Status, string(st))
		filter := l.Filter
		filter.Status = string(st)
		if chosen {
			filter.Status = "" // a second click takes the first back
		}
		l.Counts = append(l.Counts, stateCount{st, byState[st], filter.url(1), chosen})
		l.States = append(l.States, choice{string(st), string(st), chosen})
	}
	if name := l.Filter.Region; name != "" && byRegion[name] == 0 {
		byRegion[name] = 0 // what was asked for stays chosen
	}
	for name := range byRegion {
		l.Regions = append(l.Regions, choice{name, regionName(name), name == l.Filter.Region})
	}
	slices.SortFunc(l.Regions, func(a, b choice) int { return cmp.Compare(a.Text, b.Text) })
	l.Regions = slices.Insert(l.Regions, 0, choice{"", "All regions", l.Filter.Region == ""})
}

func (s *site) row(ctx context.Context, v *vaultOf) (vaultRow, error) {
	row := vaultRow{
		ID: v.ID, Name: v.Name, URL: vaultURL(v.ID), State: v.state(), Region: regionName(v.Location),
		Subscription: v.subscription.DisplayName, Group: v.group,
		Redundancy: redundancyName(v.Properties.RedundancySettings.Storage), Locked: v.locked(),
	}
	if !row.Locked {
		row.Protected = "0" // none was ever registered, which needs no asking
		return row, nil
	}
	usages, _, err := list[wireUsage](ctx, s.service, v.ID+"/usages", catalog.VaultAPIVersion, 0)
	if isGone(err) {
		return row, nil
	}
	for _, u := range usages {
		if u.Name.Value == usageVMs {
			row.Protected = strconv.Itoa(u.CurrentValue)
		}
	}
	return row, err
}

// usageVMs is the name of the number of protected VMs.
const usageVMs = "IaaSVMProtectedItemCount"
