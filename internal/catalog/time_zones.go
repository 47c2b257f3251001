package catalog

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
	// A machine may have no time zone database, as Windows has none.
	_ "time/tzdata"
)

// CheckTimeZone returns nil when s is the name of a time zone, in any letter case: a Windows name, as the service has it,
// or an IANA name, which stands for a Windows one. The error suggests the name that was probably meant.
//
// Source: Unicode CLDR, windowsZones; see windows_zones.go.
func CheckTimeZone(s string) error {
	if _, ok := WindowsTimeZone(s); ok {
		return nil
	}
	hint := `write a Windows name such as "China Standard Time" or an IANA name such as "Asia/Shanghai"`
	if s == "" {
		return fmt.Errorf("the time zone is empty; %s", hint)
	}
	if near := nearestZone(s); near != "" {
		return fmt.Errorf("%s is not a time zone; did you mean %q? Otherwise %s", quote(s), near, hint)
	}
	return fmt.Errorf("%s is not a time zone; %s", quote(s), hint)
}

// nearestZone is the name that is most like s, "" when none is.
func nearestZone(s string) string {
	names := zoneNames()
	folded := strings.ToLower(strings.TrimSpace(s))
	// "China Time" and "China" are short for one.
	for _, name := range names {
		if short := strings.TrimSuffix(folded, " time"); short != "" && strings.ToLower(name) == short+" standard time" {
			return name
		}
	}
	text := []rune(folded)
	best, distance := "", 1+min(max(1, len(text)/4), maxSuggestDistance)
	for _, name := range names {
		if d := editDistance(text, []rune(strings.ToLower(name))); d < distance {
			best, distance = name, d
		}
	}
	return best
}

var zoneNames = sync.OnceValue(func() []string {
	names := slices.Sorted(maps.Keys(windowsZones))
	return append(names, slices.Sorted(maps.Keys(ianaZones))...)
})

// foldedZones leads from the lower-cased Windows and IANA names to the Windows ones.
var foldedZones = sync.OnceValue(func() map[string]string {
	folded := map[string]string{}
	for iana, windows := range ianaZones {
		folded[strings.ToLower(iana)] = windows
	}
	for windows := range windowsZones {
		folded[strings.ToLower(windows)] = windows
	}
	return folded
})

// WindowsTimeZone returns the Windows name of a time zone that is given by its Windows or IANA name in any letter case.
func WindowsTimeZone(s string) (name string, ok bool) {
	name, ok = foldedZones()[strings.ToLower(s)]
	return name, ok
}

var standardZones sync.Map // by Windows name

// standardZone is a zone without daylight saving time, at the offset that the named zone has in its standard time.
func standardZone(s string) (*time.Location, bool) {
	if s == "" {
		s = "UTC"
	}
	name, ok := WindowsTimeZone(s)
	if !ok {
		return nil, false
	}
	if zone, ok := standardZones.Load(name); ok {
		zone, ok := zone.(*time.Location)
		return zone, ok
	}
	clock, err := time.LoadLocation(windowsZones[name])
	if err != nil {
		return nil, false
	}
	zone := time.FixedZone(name, standardOffset(clock))
	standardZones.Store(name, zone)
	return zone, true
}

// standardOffset is the smaller of the offsets in winter and summer: clocks go forward for the summer. Ireland's law has it
// the other way round, and so has the database; the clocks do not.
func standardOffset(clock *time.Location) int {
	const year = 2025 // any whose rules are settled
	offset := 0
	for month := time.January; month <= time.December; month++ {
		_, o := time.Date(year, month, 1, 12, 0, 0, 0, time.UTC).In(clock).Zone()
		if month == time.January || o < offset {
			offset = o
		}
	}
	return offset
}

// FollowsDaylightSaving tells whether clocks in the zone are moved for the summer, which the service does not follow.
func FollowsDaylightSaving(s string) bool {
	name, ok := WindowsTimeZone(s)
	if !ok {
		return false
	}
	clock, err := time.LoadLocation(windowsZones[name])
	if err != nil {
		return false
	}
	const year = 2025
	_, winter := time.Date(year, time.January, 1, 12, 0, 0, 0, time.UTC).In(clock).Zone()
	_, summer := time.Date(year, time.July, 1, 12, 0, 0, 0, time.UTC).In(clock).Zone()
	return winter != summer
}

// TimeZones returns the Windows names of all time zones, in order.
func TimeZones() []string { return slices.Sorted(maps.Keys(windowsZones)) }
