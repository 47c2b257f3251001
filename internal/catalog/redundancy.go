package catalog

import (
	"fmt"
	"slices"
	"strings"
)

// Redundancy says how a vault's storage keeps copies of the backups. The values are those of
// properties.redundancySettings.standardTierStorageRedundancy in the vault's ARM document.
type Redundancy string

// The kinds of storage redundancy that a vault can be given.
const (
	// GeoRedundant keeps copies in the vault's region and in its pair. It is Azure's default.
	GeoRedundant Redundancy = "GeoRedundant"
	// LocallyRedundant keeps all copies in one datacenter of the vault's region.
	LocallyRedundant Redundancy = "LocallyRedundant"
	// ZoneRedundant keeps copies in several availability zones of the vault's region, which must have them.
	ZoneRedundant Redundancy = "ZoneRedundant"
)

// redundancyShortNames are what Azure Storage, the portal and people call the same things.
var redundancyShortNames = map[string]Redundancy{
	"geo": GeoRedundant, "grs": GeoRedundant,
	"local": LocallyRedundant, "lrs": LocallyRedundant, "localredundant": LocallyRedundant,
	"zone": ZoneRedundant, "zrs": ZoneRedundant,
}

// Redundancies returns every kind, the default first. The slice is the caller's to change.
func Redundancies() []Redundancy {
	return []Redundancy{GeoRedundant, LocallyRedundant, ZoneRedundant}
}

// CheckRedundancy returns nil when s is exactly one of Redundancies. Letter case counts, because Azure answers in the
// spelling given here and a state that differs from it would show a change for ever. The error names all three
// values, and the one that was meant when s is it in another letter case or by a short name such as "LRS".
func CheckRedundancy(s string) error {
	if slices.Contains(Redundancies(), Redundancy(s)) {
		return nil
	}
	suggestion := ""
	for _, r := range Redundancies() {
		if strings.EqualFold(s, string(r)) || redundancyShortNames[strings.ToLower(s)] == r {
			suggestion = fmt.Sprintf("; did you mean %q?", string(r))
		}
	}
	if suggestion == "" {
		suggestion = "."
	}
	return fmt.Errorf("%s is not a storage redundancy%s It is one of %s, %s and %s",
		quote(s), suggestion, GeoRedundant, LocallyRedundant, ZoneRedundant)
}

// CheckCrossRegionRestore returns nil when a vault of redundancy r can have cross-region restore enabled or not, as
// enabled says. Enabled, it needs GeoRedundant, as it restores from the copies in the paired region; not enabled, it
// goes with any redundancy.
//
// Source: learn.microsoft.com/azure/backup/backup-create-recovery-services-vault, "Set Cross Region Restore". That it
// cannot be switched off again is a rule about two states of a vault and is not checked here.
func CheckCrossRegionRestore(r Redundancy, enabled bool) error {
	if !enabled || r == GeoRedundant {
		return nil
	}
	return fmt.Errorf("cross-region restore needs the storage redundancy %s; the storage redundancy is %s",
		GeoRedundant, quote(string(r)))
}
