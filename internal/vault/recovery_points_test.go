package vault_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

func points(t *testing.T, c *vault.Client, w vault.Window) []vault.RecoveryPoint {
	t.Helper()
	var all []vault.RecoveryPoint
	for p, err := range c.RecoveryPoints(t.Context(), itemID("web"), w) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

func pointNames(all []vault.RecoveryPoint) (names []string) {
	for _, p := range all {
		names = append(names, p.Name)
	}
	return names
}

func at(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, time.UTC) }

func TestRecoveryPoints(t *testing.T) {
	c, f := newFake(t)
	for _, day := range []int{3, 1, 2, 4} { // names sort otherwise than times
		path := fmt.Sprintf("%s/recoveryPoints/p-%d", itemID("web"), 9-day)
		f.put(path, fmt.Sprintf(`{"id":%q,"name":"p-%d","properties":{"objectType":"IaasVMRecoveryPoint","recoveryPointTime":"2026-11-0%dT10:00:00.5Z",`+
			`"recoveryPointType":"AppConsistent","recoveryPointTierDetails":[{"type":"InstantRP","status":"Deleted"},{"type":"HardenedRP","status":"Valid"}],`+
			`"recoveryPointProperties":{"expiryTime":"2026-12-0%dT10:00:00Z","ruleName":"Daily"}}}`, path, 9-day, day, day))
	}
	got := points(t, c, vault.Window{})
	want := vault.RecoveryPoint{
		ARMID: itemID("web").String() + "/recoveryPoints/p-5", Name: "p-5", Time: at(4, 10).Add(time.Second / 2), Consistency: "AppConsistent",
		Tiers: []string{"HardenedRP"}, Expires: time.Date(2026, 12, 4, 10, 0, 0, 0, time.UTC), Rule: "Daily",
	}
	if diff := cmp.Diff([]string{"p-5", "p-6", "p-7", "p-8"}, pointNames(got)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want, got[0]); diff != "" || len(f.filters) != 0 {
		t.Error(diff, f.filters)
	}
	if early := points(t, c, vault.Window{To: at(2, 11)}); cmp.Diff([]string{"p-7", "p-8"}, pointNames(early)) != "" || len(f.filters) != 0 {
		t.Errorf("without a beginning: %v, filters %v", pointNames(early), f.filters)
	}
	// What the service gives too much is sorted out: both ends are in the window, to the fraction of a second.
	exact := vault.Window{From: at(2, 10).Add(time.Second / 2), To: at(3, 10).Add(time.Second / 2)}
	if diff := cmp.Diff([]string{"p-6", "p-7"}, pointNames(points(t, c, exact))); diff != "" {
		t.Error(diff)
	}
	if want := "startDate eq '2026-11-02 10:00:00 AM' and endDate eq '2026-11-03 10:00:01 AM'"; f.filters[0] != want {
		t.Errorf("%s, want %s", f.filters[0], want)
	}
	afternoon := vault.Window{From: time.Date(2026, 11, 2, 21, 5, 0, 0, time.FixedZone("", -3600)), To: at(3, 0)}
	points(t, c, afternoon)
	if want := "startDate eq '2026-11-02 10:05:00 PM' and endDate eq '2026-11-03 12:00:00 AM'"; f.filters[1] != want {
		t.Errorf("%s, want %s", f.filters[1], want)
	}
}

func TestRecoveryPointsOfTheEmbeddedService(t *testing.T) {
	start := at(1, 0)
	now := start
	c, _ := embeddedVault(t, func(c *embedded.Config) { c.Now, c.PageSize = func() time.Time { return now }, 3 })
	protect(t, c) // by DefaultPolicy: each day, for 30 days
	now = at(11, 0)
	all := points(t, c, vault.Window{})
	if len(all) != 10 || !all[0].Time.After(all[9].Time) || all[0].Expires.Sub(all[0].Time) != 30*24*time.Hour || len(all[0].Tiers) == 0 {
		t.Fatalf("%d: %v", len(all), all)
	}
	for name, test := range map[string]struct {
		window vault.Window
		want   int
	}{
		"days":      {vault.Window{From: at(3, 0), To: at(6, 0)}, 3},
		"one point": {vault.Window{From: all[4].Time, To: all[4].Time}, 1},
		"from":      {vault.Window{From: all[4].Time}, 5},
		"to":        {vault.Window{To: all[4].Time}, 6},
		"none":      {vault.Window{From: at(1, 0), To: at(1, 1)}, 0},
	} {
		if got := points(t, c, test.window); len(got) != test.want {
			t.Errorf("%s: %d points: %v", name, len(got), got)
		}
	}
	if d := c.Now().Sub(now); d.Abs() > 10*time.Second {
		t.Errorf("the service's clock is taken for %s off", d)
	}
	for _, err := range c.RecoveryPoints(t.Context(), itemID("nobody"), vault.Window{}) {
		if !arm.IsNotFound(err) {
			t.Error(err)
		}
	}
}
