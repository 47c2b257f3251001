package catalog_test

import (
	"slices"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

func TestWindowsTimeZone(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"UTC": "UTC", "utc": "UTC", "Etc/UTC": "UTC", "GMT": "UTC", "Zulu": "UTC",
		"China Standard Time": "China Standard Time", "china standard time": "China Standard Time",
		"Asia/Shanghai": "China Standard Time", "asia/shanghai": "China Standard Time", "PRC": "China Standard Time",
		"Asia/Kolkata": "India Standard Time", "Asia/Calcutta": "India Standard Time",
		"Europe/Kyiv": "FLE Standard Time", "Europe/Kiev": "FLE Standard Time",
		"Europe/London": "GMT Standard Time", "Europe/Dublin": "GMT Standard Time",
		"America/New_York": "Eastern Standard Time", "US/Eastern": "Eastern Standard Time",
		"Etc/GMT-8": "Singapore Standard Time", "America/Coyhaique": "Magallanes Standard Time",
	} {
		if got, ok := catalog.WindowsTimeZone(name); !ok || got != want {
			t.Errorf("%s is %q (%v), want %q", name, got, ok, want)
		}
	}
	for _, name := range []string{"", " UTC", "Asia/Shangai", "China", "Local", "Antarctica/Troll", "\u212aorea Standard Time"} {
		if got, ok := catalog.WindowsTimeZone(name); ok {
			t.Errorf("%q is %q", name, got)
		}
	}
}

func TestTimeZones(t *testing.T) {
	t.Parallel()
	names := catalog.TimeZones()
	if len(names) < 130 || !slices.IsSorted(names) || !slices.Contains(names, "China Standard Time") {
		t.Errorf("%d zones: %q", len(names), names)
	}
	for _, name := range catalog.IANAZones {
		if _, ok := catalog.WindowsZones[name]; !ok {
			t.Errorf("%q has no clock", name)
		}
	}
}

// Each zone is in Go's database. By the clock there, a backup is on time in standard time and at most an hour late in
// summer, all year round.
func TestTimeZones_clocks(t *testing.T) {
	t.Parallel()
	for windows, iana := range catalog.WindowsZones {
		clock, err := time.LoadLocation(iana)
		if err != nil {
			t.Errorf("%s: %v", windows, err)
			continue
		}
		p := standard()
		p.TimeZone, p.Schedule.Time = windows, "12:00"
		from := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
		onTime, late := 0, 0
		for _, at := range p.Occurrences(from, from.AddDate(1, 0, 0)) {
			switch local := at.In(clock).Format("15:04"); local {
			case "12:00":
				onTime++
			case "12:30", "13:00":
				late++
			default:
				t.Fatalf("%s: %s is %s there", windows, at, local)
			}
		}
		if onTime == 0 || onTime+late < 365 || (late > 0) != catalog.FollowsDaylightSaving(windows) {
			t.Errorf("%s: %d on time, %d late, follows daylight saving time: %v", windows, onTime, late, catalog.FollowsDaylightSaving(windows))
		}
	}
}

// The Windows zone of an IANA name has its clock, but for three places, two of them without a town. CLDR keeps two names
// that IANA has given up.
func TestTimeZones_ofIANA(t *testing.T) {
	t.Parallel()
	at := func(clock *time.Location) (times [2]string) {
		for i, month := range []time.Month{time.January, time.July} {
			times[i] = time.Date(2025, month, 1, 0, 0, 0, 0, time.UTC).In(clock).Format("15:04")
		}
		return times
	}
	var others, unknown []string
	for iana, windows := range catalog.IANAZones {
		clock, err := time.LoadLocation(iana)
		if err != nil {
			unknown = append(unknown, iana)
			continue
		}
		main, err := time.LoadLocation(catalog.WindowsZones[windows])
		if err != nil {
			t.Fatal(err)
		}
		if at(clock) != at(main) {
			others = append(others, iana)
		}
	}
	// Machines with an older database than Go's may know other names, and the three places by their former clocks.
	allowed := []string{"America/Scoresbysund", "Antarctica/Casey", "Antarctica/Vostok"}
	if more := without(others, allowed); len(more) > 0 {
		t.Errorf("with another clock: %q", more)
	}
	if more := without(unknown, []string{"Canada/East-Saskatchewan", "US/Pacific-New"}); len(more) > 0 {
		t.Errorf("not in the database: %q", more)
	}
}

func without(all, some []string) []string {
	return slices.DeleteFunc(all, func(s string) bool { return slices.Contains(some, s) })
}

func TestFollowsDaylightSaving(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"UTC": false, "China Standard Time": false, "India Standard Time": false, "US Mountain Standard Time": false, "Nowhere": false, "": false,
		"Europe/Berlin": true, "Pacific Standard Time": true, "AUS Eastern Standard Time": true, "Europe/Dublin": true,
		"Lord Howe Standard Time": true, "Morocco Standard Time": true,
	} {
		if got := catalog.FollowsDaylightSaving(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
