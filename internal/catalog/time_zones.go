package catalog

import (
	"maps"
	"slices"
	"sync"
	"time"
	// A machine may have no time zone database, as Windows has none.
	_ "time/tzdata"
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

// FollowsDaylightSaving tells whether clocks in the zone are moved in the course of a year, which the service does not
// follow.
func FollowsDaylightSaving(s string) bool {
	least, greatest, ok := zoneOffsets(s)
	return ok && least != greatest
}

// standardZone is a zone without daylight saving time, at the offset that the named zone has in its standard time.
func standardZone(s string) (*time.Location, bool) {
	if s == "" {
		s = "UTC"
	}
	standard, _, ok := zoneOffsets(s)
	if !ok {
		return nil, false
	}
	return time.FixedZone(s, standard), true
}

// offsets are those of a zone's clock from UTC in the course of a year, in seconds.
type offsets struct{ least, greatest int }

var knownOffsets sync.Map // by Windows name

// zoneOffsets returns the smallest and the greatest offset from UTC of a zone's clock, in seconds.
//
// The smallest is that of its standard time: north and south of the equator, clocks go forward for the summer. What law
// and database call standard is not asked, because Ireland has it the other way round: its clocks go back for the winter.
// Morocco's go back for Ramadan, which counts the same way.
func zoneOffsets(s string) (least, greatest int, ok bool) {
	name, ok := WindowsTimeZone(s)
	if !ok {
		return 0, 0, false
	}
	if known, ok := knownOffsets.Load(name); ok {
		if o, ok := known.(offsets); ok {
			return o.least, o.greatest, true
		}
	}
	clock, err := time.LoadLocation(windowsZones[name])
	if err != nil {
		return 0, 0, false
	}
	o := offsetsOf(clock)
	knownOffsets.Store(name, o)
	return o.least, o.greatest, true
}

// offsetsOf asks every week of a year, so that no summer is too short to be seen.
func offsetsOf(clock *time.Location) offsets {
	const year, week = 2025, 7 // a year whose rules are settled
	var o offsets
	for at := time.Date(year, time.January, 1, 0, 0, 0, 0, time.UTC); at.Year() == year; at = at.AddDate(0, 0, week) {
		_, offset := at.In(clock).Zone()
		if at.YearDay() == 1 {
			o = offsets{offset, offset}
		}
		o = offsets{min(o.least, offset), max(o.greatest, offset)}
	}
	return o
}
