package catalog_test

import (
	"strings"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

func TestWindowsTimeZone(t *testing.T) {
	for name, want := range map[string]string{
		"UTC": "UTC", "utc": "UTC", "Etc/UTC": "UTC", "GMT": "UTC", "China Standard Time": "China Standard Time", "china standard time": "China Standard Time",
		"Asia/Shanghai": "China Standard Time", "asia/shanghai": "China Standard Time", "PRC": "China Standard Time",
		"Asia/Kolkata": "India Standard Time", "Asia/Calcutta": "India Standard Time", "Europe/Kyiv": "FLE Standard Time", "Europe/Kiev": "FLE Standard Time",
		"Europe/London": "GMT Standard Time", "America/New_York": "Eastern Standard Time", "US/Eastern": "Eastern Standard Time",
	} {
		if got, ok := catalog.WindowsTimeZone(name); !ok || got != want {
			t.Errorf("%s is %q (%v), want %q", name, got, ok, want)
		}
	}
}

func TestCheckTimeZone(t *testing.T) {
	for name, says := range map[string]string{
		"":                    "empty",
		"China Standrad Time": `did you mean "China Standard Time"?`,
		"China Time":          `did you mean "China Standard Time"?`,
		"pacific":             `did you mean "Pacific Standard Time"?`,
		"Asia/Shangai":        `did you mean "Asia/Shanghai"?`,
		"Nowhere in the sea":  `"Nowhere in the sea" is not a time zone; write`,
	} {
		if err := catalog.CheckTimeZone(name); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", name, err, says)
		}
	}
}

// Every zone has a clock.
func TestTimeZones_haveClocks(t *testing.T) {
	at := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	names := catalog.TimeZones()
	if len(names) < 130 {
		t.Errorf("%d zones", len(names))
	}
	for _, name := range names {
		p := standard()
		p.TimeZone = name
		if _, ok := p.Next(at); !ok {
			t.Errorf("%s has no clock", name)
		}
	}
}

func TestFollowsDaylightSaving(t *testing.T) {
	for name, want := range map[string]bool{
		"UTC": false, "China Standard Time": false, "India Standard Time": false, "Arizona": false, "US Mountain Standard Time": false,
		"Europe/Berlin": true, "Pacific Standard Time": true, "AUS Eastern Standard Time": true, "Europe/Dublin": true,
	} {
		if got := catalog.FollowsDaylightSaving(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
