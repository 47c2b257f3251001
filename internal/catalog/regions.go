package catalog

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// ExtraRegionsVariable is the environment variable whose value ParseExtraRegions reads. This package does not read
// the environment itself; it only names the variable where it helps a user.
const ExtraRegionsVariable = "BACKUP_EXTRA_REGIONS"

// Region is one physical Azure region. The catalogue is of late 2026; regions_public.go, regions_china.go and
// regions_usgovernment.go say where each table is from.
type Region struct {
	// Name is the canonical name, as ARM returns it: lower-case ASCII letters and digits, such as "chinaeast".
	Name string
	// DisplayName is the name as the portal shows it, such as "China East". NormalizeRegion of it is Name.
	DisplayName string
	// Cloud is the one cloud that has the region.
	Cloud Cloud
	// Geography is the data residency boundary, such as "China".
	Geography string
	// Pair is the canonical name of the region that geo-redundant storage replicates to, in the same cloud, or ""
	// when the region has none. Pairs need not be mutual: West US 3 has East US, East US has West US.
	Pair string
	// Zones tells whether the region has availability zones, which zone-redundant storage needs.
	Zones bool
}

// Regions returns the regions of the given clouds, or of all clouds when none is given. They are ordered by cloud, as
// Clouds orders them, and then by canonical name, however the arguments are ordered or repeated. A cloud that is not
// in Clouds has no regions. The slice is the caller's to change.
func Regions(clouds ...Cloud) []Region {
	var regions []Region
	for _, c := range Clouds() {
		if len(clouds) == 0 || slices.Contains(clouds, c) {
			regions = append(regions, cloudRegions(c)...)
		}
	}
	return regions
}

// RegionsAnd returns the regions of every cloud, behind them those that are announced, and those of extra that are none of
// these. Nothing is known of extra ones but their names.
func RegionsAnd(extra []string) []Region {
	regions := append(Regions(), announcedRegions...)
	for _, name := range extra {
		if isNamed := func(r Region) bool { return r.Name == name }; !slices.ContainsFunc(regions, isNamed) {
			regions = append(regions, Region{Name: name, DisplayName: name, Cloud: Public})
		}
	}
	return regions
}

func cloudRegions(c Cloud) []Region {
	switch c {
	case Public:
		return publicRegions
	case China:
		return chinaRegions
	case USGovernment:
		return usGovernmentRegions
	default:
		return nil
	}
}

var regionsByName = func() map[string]Region {
	m := make(map[string]Region)
	for _, r := range Regions() {
		m[r.Name] = r
	}
	return m
}()

// NormalizeRegion returns the spelling by which regions are compared: upper-case ASCII letters become lower-case and
// white space, wherever it stands, is dropped, so that "China East", " CHINA EAST " and "chinaeast" are one. ARM and
// azurerm compare locations this way. Hyphens and underscores are kept: Azure does not accept "china-east" either.
// The geography that the portal puts before a region, as in "(US) East US", is left out.
// The result may be the name of no region; LookupRegion tells. Normalizing twice changes nothing more.
func NormalizeRegion(s string) string {
	return withoutGeography(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return -1
		case 'A' <= r && r <= 'Z':
			// Not unicode.ToLower: it would make an ASCII k of the Kelvin sign, which Azure does not take for one.
			return r + ('a' - 'A')
		default:
			return r
		}
	}, s))
}

// withoutGeography leaves out what stands in parentheses before a region: "(US)", or "(Canary (US))".
func withoutGeography(s string) string {
	const shortest = len("(x)")
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth > 0 {
			continue
		}
		region := s[i+1:]
		if i+1 < shortest || region == "" {
			return s
		}
		return withoutGeography(region)
	}
	return s
}

// LookupRegion finds a region of any cloud by its canonical or display name in any spelling that NormalizeRegion
// makes equal. It reports false, with a zero Region, when the catalogue has none of that name, or only as announced.
func LookupRegion(s string) (Region, bool) {
	r, ok := regionsByName[NormalizeRegion(s)]
	return r, ok
}

// UnknownRegionError says that a name is that of no region which the catalogue has, open or announced.
type UnknownRegionError struct {
	// What says so, with the region that was probably meant, if there is one near. It ends in a full stop or a question mark.
	What string
	// CouldBeNewer is true when the name could be that of a region which the catalogue does not have yet.
	CouldBeNewer bool
}

// Error names ExtraRegionsVariable as the way to use a region newer than the catalogue.
func (e *UnknownRegionError) Error() string {
	return e.What + " If the region is newer than the provider, list it in the environment variable " + ExtraRegionsVariable
}

// CheckRegion returns nil when s is, in any spelling, a region of the catalogue, be it an announced one, or one of extra, the
// names that ParseExtraRegions returned (they are normalized again, so display names do too). It does not ask which cloud the
// region is in, nor whether that cloud offers vaults there: the service is asked for that at plan time.
//
// The error of a name that no region has is an *UnknownRegionError.
func CheckRegion(s string, extra ...string) error {
	name := NormalizeRegion(s)
	if name == "" {
		return errors.New(`the region is empty; give the name of an Azure region, such as "China East" or "chinaeast"`)
	}
	if _, ok := regionsByName[name]; ok {
		return nil
	}
	if _, ok := LookupAnnounced(name); ok || IsExtraRegion(name, extra) {
		return nil
	}
	what := quote(s) + " is not an Azure region that this provider knows."
	if r, ok := SuggestRegion(s); ok {
		what = fmt.Sprintf("%s is not an Azure region that this provider knows; did you mean %q (%s)?", quote(s), r.DisplayName, r.Name)
	}
	malformed := strings.ContainsFunc(name, func(r rune) bool { return !isASCIILetterOrDigit(r) })
	return &UnknownRegionError{What: what, CouldBeNewer: !malformed}
}

// IsExtraRegion tells whether s is, in any spelling, one of extra, the names that ParseExtraRegions returned.
func IsExtraRegion(s string, extra []string) bool {
	name := NormalizeRegion(s)
	return slices.ContainsFunc(extra, func(e string) bool { return NormalizeRegion(e) == name })
}

// ParseExtraRegions reads the value of the environment variable BACKUP_EXTRA_REGIONS: names of regions that the
// catalogue does not have yet, separated by commas, in any spelling, such as "newregion1, New Region 2". It returns
// them normalized, in order, each once, for CheckRegion. Blank entries are skipped, so a trailing comma does no harm,
// and an empty value gives no names.
//
// An entry with anything but ASCII letters, digits and white space is an error that names the entry, its 1-based
// place in the list and the character. With several such entries the error has a line for each. Names are returned
// only when there is no error.
func ParseExtraRegions(s string) ([]string, error) {
	var names []string
	var errs []error
	for i, entry := range strings.Split(s, ",") {
		entry = strings.TrimSpace(entry)
		bad := strings.IndexFunc(entry, func(r rune) bool { return !isASCIILetterOrDigit(r) && !unicode.IsSpace(r) })
		if bad >= 0 {
			errs = append(errs, fmt.Errorf("entry %d of %s, %s, has %s; a region name has only letters (a-z, A-Z), "+
				"digits and spaces, and commas separate the names", i+1, ExtraRegionsVariable, quote(entry),
				quote(firstChar(entry[bad:]))))
			continue
		}
		if name := NormalizeRegion(entry); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return names, nil
}
