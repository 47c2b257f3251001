package catalog

// The tables of time zones, for tests that look at each entry.
var (
	WindowsZones = windowsZones
	IANAZones    = ianaZones
)

// ZoneAbbreviations are what suggestions are made of.
var ZoneAbbreviations = zoneAbbreviations

// CloudAPIVersions are the API versions that clouds get in place of others.
var CloudAPIVersions = cloudAPIVersions
