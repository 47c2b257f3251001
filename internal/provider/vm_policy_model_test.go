package provider

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// policies are one of each kind and format.
var policies = map[string]catalog.VMPolicy{
	"V1 daily": {
		Type: "V1", TimeZone: "UTC", InstantRestoreDays: 2,
		Schedule: catalog.VMSchedule{Frequency: "Daily", Time: "23:00"},
		Daily:    &catalog.DailyRetention{Count: 30},
	},
	"V1 weekly": {
		Type: "V1", TimeZone: "China Standard Time", InstantRestoreDays: 5,
		Schedule: catalog.VMSchedule{Frequency: "Weekly", Time: "04:30", Weekdays: []string{"Sunday", "Monday", "Thursday"}},
		Weekly:   &catalog.WeeklyRetention{Count: 26, Weekdays: []string{"Sunday", "Monday", "Thursday"}},
	},
	"V2 hourly, days by week": {
		Type: "V2", TimeZone: "UTC", InstantRestoreDays: 7, SnapshotConsistency: "OnlyCrashConsistent",
		InstantRestoreGroup: &catalog.InstantRestoreGroup{Prefix: "snap-", Suffix: "-rg"},
		Schedule:            catalog.VMSchedule{Frequency: "Hourly", Time: "08:00", HourInterval: 4, HourDuration: 12},
		Daily:               &catalog.DailyRetention{Count: 14},
		Weekly:              &catalog.WeeklyRetention{Count: 13, Weekdays: []string{"Sunday"}},
		Monthly: &catalog.MonthlyRetention{Count: 24, MonthDays: catalog.MonthDays{
			Weekdays: []string{"Tuesday", "Friday"}, Weeks: []string{"First", "Third", "Last"},
		}},
		Yearly: &catalog.YearlyRetention{Count: 7, Months: []string{"January", "July"}, MonthDays: catalog.MonthDays{
			Weekdays: []string{"Saturday"}, Weeks: []string{"Second"},
		}},
		Archive: &catalog.ArchiveTiering{Mode: "TierAfter", Duration: 6, DurationType: "Months"},
	},
	"V2 daily, days by date": {
		Type: "V2", TimeZone: "UTC", InstantRestoreDays: 30,
		InstantRestoreGroup: &catalog.InstantRestoreGroup{Prefix: "snap-"},
		Schedule:            catalog.VMSchedule{Frequency: "Daily", Time: "00:00"},
		Daily:               &catalog.DailyRetention{Count: 9999},
		Monthly:             &catalog.MonthlyRetention{Count: 1188, MonthDays: catalog.MonthDays{Days: []int{1, 15, 31}, LastDay: true}},
		Yearly:              &catalog.YearlyRetention{Count: 99, Months: []string{"February"}, MonthDays: catalog.MonthDays{LastDay: true}},
		Archive:             &catalog.ArchiveTiering{Mode: "TierRecommended"},
	},
	"nothing chosen": {Type: "V1", TimeZone: "UTC"},
}

func TestVMPolicyModel_bothWays(t *testing.T) {
	id := vault.NewPolicyID(vault.NewID("00000000-0000-4000-8000-000000000001", "backup", "contoso"), "nightly")
	for name, want := range policies {
		t.Run(name, func(t *testing.T) {
			m := emptyVMPolicyModel(t.Context())
			// What was there before leaves no trace.
			for _, before := range policies {
				m.take(t.Context(), vault.Policy{ID: id, ARMID: id.String(), Kind: vault.KindVM, Settings: before})
			}
			diags := m.take(t.Context(), vault.Policy{ID: id, ARMID: id.String(), Kind: vault.KindVM, Settings: want, ProtectedItems: 3})
			got := m.settings(t.Context(), &diags)
			if diags.HasError() {
				t.Fatal(diags)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if back, ok := m.policyID(); !ok || !back.Equal(id) || m.ID.ValueString() != id.String() || m.ProtectedVMCount.ValueInt64() != 3 {
				t.Errorf("%v, %v, %v, %v", back, ok, m.ID, m.ProtectedVMCount)
			}
			// Each kind differs from each other.
			for otherName, other := range policies {
				o := emptyVMPolicyModel(t.Context())
				o.take(t.Context(), vault.Policy{ID: id, ARMID: id.String(), Settings: other})
				if differs := len(m.differing(o.vmPolicySettingsModel)) > 0; differs != (otherName != name) {
					t.Errorf("differs from %s: %t", otherName, differs)
				}
			}
		})
	}
}

// The state keeps the user's name of a zone; the service gets the Windows name.
func TestVMPolicyModel_timeZone(t *testing.T) {
	var diags diag.Diagnostics
	for _, test := range []struct{ has, service, want, sent string }{
		{"Asia/Shanghai", "China Standard Time", "Asia/Shanghai", "China Standard Time"},
		{"asia/shanghai", "China Standard Time", "asia/shanghai", "China Standard Time"},
		{"china standard time", "China Standard Time", "china standard time", "China Standard Time"},
		{"Asia/Shanghai", "UTC", "UTC", "UTC"},
		{"", "China Standard Time", "China Standard Time", "China Standard Time"},
		{"A zone to come", "A zone to come", "A zone to come", "A zone to come"}, // newer than this provider
	} {
		m := emptyPolicySettings()
		if test.has != "" {
			m.TimeZone = tfvalue.TimeZone.Value(test.has)
		}
		m.take(t.Context(), catalog.VMPolicy{TimeZone: test.service}, &diags)
		if got := m.TimeZone.ValueString(); got != test.want {
			t.Errorf("%q, and the service has %q: %q, want %q", test.has, test.service, got, test.want)
		}
		if got := m.settings(t.Context(), &diags).TimeZone; got != test.sent {
			t.Errorf("%q is sent as %q, want %q", m.TimeZone.ValueString(), got, test.sent)
		}
	}
	if diags.HasError() {
		t.Error(diags)
	}
}
