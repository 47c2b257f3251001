package catalog

import (
	"fmt"
	"strings"
)

// misreadZones are IANA names that most people take for the zone of another place, with that zone.
var misreadZones = map[string]struct{ is, taken, name string }{
	"est": {"Panama", "New York", "America/New_York"},
	"mst": {"Phoenix", "Denver", "America/Denver"},
}

// TimeZoneWarning says what is to be known about a name of a time zone that is taken; "" for nothing. Names that are none
// are CheckTimeZone's.
func TimeZoneWarning(s string) string {
	windows, ok := WindowsTimeZone(s)
	if !ok {
		return ""
	}
	folded := lowerASCII(s)
	if other, ok := misreadZones[folded]; ok {
		return fmt.Sprintf("%s is the zone of %s, at %s all year, and not that of %s; for that write %q", quote(s), other.is,
			windowsZones[windows].clock, other.taken, other.name)
	}
	if opposite, ok := oppositeZone(folded); ok {
		return fmt.Sprintf("%s is %s: in these names the sign is the other way round; for %s write %q", quote(s),
			windowsZones[windows].clock, windowsZones[ianaZones[opposite]].clock, opposite)
	}
	for name, clocks := range doubtfulZones {
		if folded == lowerASCII(name) || windows == name {
			return fmt.Sprintf("in %d clocks in %s are at %s, but the service may have %s for the zone %q; check when the backups are taken",
				clockYear, quote(s), clocks[0], clocks[1], windows)
		}
	}
	return ""
}

// oppositeZone is Etc/GMT-8 for Etc/GMT+8, and the other way round.
func oppositeZone(folded string) (name string, ok bool) {
	hours, west := strings.CutPrefix(folded, "etc/gmt+")
	name = "Etc/GMT-" + hours
	if !west {
		if hours, ok = strings.CutPrefix(folded, "etc/gmt-"); !ok {
			return "", false
		}
		name = "Etc/GMT+" + hours
	}
	return name, hours != "0" && ianaZones[name] != ""
}

// String is the offset as people write it, such as UTC+05:30, or the two between which clocks are moved.
func (c clock) String() string {
	if c.least != c.greatest {
		return clock{c.least, c.least}.String() + " to " + clock{c.greatest, c.greatest}.String()
	}
	const hour = 60
	sign, minutes := '+', c.least
	if minutes < 0 {
		sign, minutes = '-', -minutes
	}
	return fmt.Sprintf("UTC%c%02d:%02d", sign, minutes/hour, minutes%hour)
}
