package catalog

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// foldedZones leads from the lower-cased Windows and IANA names to the Windows ones.
var foldedZones = sync.OnceValue(func() map[string]string {
	folded := make(map[string]string, len(ianaZones)+len(windowsZones))
	for iana, windows := range ianaZones {
		folded[lowerASCII(iana)] = windows
	}
	for windows := range windowsZones {
		folded[lowerASCII(windows)] = windows
	}
	return folded
})

// WindowsTimeZone returns the Windows name of a time zone that is given by its Windows or IANA name in any letter case.
func WindowsTimeZone(s string) (name string, ok bool) {
	name, ok = foldedZones()[lowerASCII(s)]
	return name, ok
}

// TimeZones returns the Windows names of all time zones, in order.
func TimeZones() []string { return slices.Sorted(maps.Keys(windowsZones)) }

// clock is how far a zone is from UTC in the course of a year, in minutes.
//
// The least is its standard time: north and south of the equator, clocks go forward for the summer. What law and database
// call standard is not asked, because Ireland has it the other way round: its clocks go back for the winter.
type clock struct{ least, greatest int }

// windowsZone is a zone that Windows has: the IANA zone that has its clock, and the clock.
type windowsZone struct {
	iana string
	clock
}

// FollowsDaylightSaving tells whether clocks in the zone are moved in the course of a year, which the service does not
// follow.
func FollowsDaylightSaving(s string) bool {
	name, ok := WindowsTimeZone(s)
	zone := windowsZones[name]
	return ok && zone.least != zone.greatest
}

// standardZone is a zone without daylight saving time, at the offset that the named zone has in its standard time.
func standardZone(s string) (*time.Location, bool) {
	if s == "" {
		s = "UTC"
	}
	name, ok := WindowsTimeZone(s)
	if !ok {
		return nil, false
	}
	const minute = 60
	return time.FixedZone(s, windowsZones[name].least*minute), true
}
