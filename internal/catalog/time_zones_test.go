package catalog_test

import (
	"slices"
	"testing"
	"time"
	_ "time/tzdata" // a machine may have no time zone database

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

// By the clock of each zone, a backup is on time in standard time and at most an hour late in summer, all year round. The
// clocks are compared with those of another database, which may be older.
func TestTimeZones_clocks(t *testing.T) {
	t.Parallel()
	for windows, zone := range catalog.WindowsZones {
		clock, err := time.LoadLocation(zone.IANA())
		if err != nil {
			t.Errorf("%s: %v", windows, err)
			continue
		}
		p := standard()
		p.TimeZone, p.Schedule.Time = windows, "12:00"
		from := time.Date(catalog.ClockYear, 1, 1, 0, 0, 0, 0, time.UTC)
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
		if _, doubtful := catalog.DoubtfulZones[windows]; doubtful {
			continue
		}
		if onTime == 0 || onTime+late < 365 || (late > 0) != catalog.FollowsDaylightSaving(windows) {
			t.Errorf("%s: %d on time, %d late, follows daylight saving time: %v", windows, onTime, late, catalog.FollowsDaylightSaving(windows))
		}
	}
}

// A backup at 23:00 in Casey was taken at 20:00, and in Vancouver an hour late. The offsets are those of the database 2026f.
func TestWindowsTimeZoneHasTheClockOfThePlace(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int{
		"America/Vancouver": -7, "Canada/Pacific": -7, "America/Edmonton": -6, "Canada/Mountain": -6, "America/Yellowknife": -6,
		"America/Inuvik": -6, "America/Winnipeg": -5, "Canada/Central": -5, "America/Rainy_River": -5, "America/Scoresbysund": -2,
		"Antarctica/Vostok": 5, "Antarctica/Casey": 8, "America/Los_Angeles": -8, "America/Denver": -7, "America/Chicago": -6,
		"Kamchatka Standard Time": 12, "Mid-Atlantic Standard Time": -2,
	} {
		p := standard()
		p.TimeZone, p.Schedule.Time = name, "12:00"
		at, ok := p.Next(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC))
		if got := 12 - at.Hour(); !ok || got != want {
			t.Errorf("12:00 in %s is %s, %d hours from UTC, want %d", name, at.Format("15:04"), got, want)
		}
		if moves := name == "America/Scoresbysund" || want == -8 || name == "America/Denver" || name == "America/Chicago"; moves != catalog.FollowsDaylightSaving(name) {
			t.Errorf("%s follows daylight saving time: %v", name, !moves)
		}
	}
}

// No other name has a clock that differs from that of its Windows zone by another database.
func TestTimeZones_ofIANA(t *testing.T) {
	t.Parallel()
	var others, unknown []string
	for iana, windows := range catalog.IANAZones {
		clock, err := time.LoadLocation(iana)
		if err != nil {
			unknown = append(unknown, iana)
			continue
		}
		main, err := time.LoadLocation(catalog.WindowsZones[windows].IANA())
		if err != nil {
			t.Fatal(err)
		}
		for _, month := range []time.Month{time.January, time.July} {
			at := time.Date(catalog.ClockYear, month, 1, 0, 0, 0, 0, time.UTC)
			if at.In(clock).Format("15:04") != at.In(main).Format("15:04") {
				others = append(others, iana)
				break
			}
		}
	}
	// An older database does not know of the clocks that were changed in 2026, and it or a newer one may know other names.
	allowed := []string{
		"America/Edmonton", "America/Inuvik", "America/Rainy_River", "America/Vancouver", "America/Winnipeg", "America/Yellowknife",
		"Canada/Central", "Canada/Mountain", "Canada/Pacific", "America/Scoresbysund", "Antarctica/Casey", "Antarctica/Vostok",
	}
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
		"Lord Howe Standard Time": true, "Morocco Standard Time": false,
	} {
		if got := catalog.FollowsDaylightSaving(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestTimeZoneWarning(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"EST":                   `"EST" is the zone of Panama, at UTC-05:00 all year, and not that of New York; for that write "America/New_York"`,
		"mst":                   `"mst" is the zone of Phoenix, at UTC-07:00 all year, and not that of Denver; for that write "America/Denver"`,
		"Etc/GMT+8":             `"Etc/GMT+8" is UTC-08:00: in these names the sign is the other way round; for UTC+08:00 write "Etc/GMT-8"`,
		"etc/gmt-12":            `"etc/gmt-12" is UTC+12:00: in these names the sign is the other way round; for UTC-12:00 write "Etc/GMT+12"`,
		"Morocco Standard Time": `in 2027 clocks in "Morocco Standard Time" are at UTC+00:00, but the service may have UTC+00:00 to UTC+01:00 for the zone "Morocco Standard Time"; check when the backups are taken`,
		"Africa/Casablanca":     `in 2027 clocks in "Africa/Casablanca" are at UTC+00:00, but the service may have UTC+00:00 to UTC+01:00 for the zone "Morocco Standard Time"; check when the backups are taken`,
		"UTC":                   "", "Etc/UTC": "", "GMT": "", "Etc/GMT-14": "", "EST5EDT": "", "HST": "", "CET": "", "America/Vancouver": "",
		"Eastern Standard Time": "", "UTC-08": "", "Nowhere": "", "": "",
	} {
		if got := catalog.TimeZoneWarning(name); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, want)
		}
	}
}
