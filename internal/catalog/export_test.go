package catalog

// The tables of time zones, for tests that look at each entry.
var (
	WindowsZones  = windowsZones
	IANAZones     = ianaZones
	DoubtfulZones = doubtfulZones
)

// ClockYear is the year of the clocks.
const ClockYear = clockYear

// IANA is the name of the IANA zone that has the clock.
func (z windowsZone) IANA() string { return z.iana }

// ZoneAbbreviations are what suggestions are made of.
var ZoneAbbreviations = zoneAbbreviations
