package catalog

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// CheckTimeZone returns nil when s is the name of a time zone, in any letter case: a Windows name, as the service has it,
// or an IANA name, which stands for a Windows one. The error suggests what was probably meant:
//
//   - for an abbreviation such as "CST", the zones that it may be short for;
//   - for "China", "China Time" or "Pacific Daylight Time", the Windows name;
//   - for the name of a city such as "Hong Kong", the IANA name;
//   - for a name with a few wrong, missing, added or transposed characters, that name.
//
// Source: Unicode CLDR, windowsZones; see windows_zones.go.
func CheckTimeZone(s string) error {
	if _, ok := WindowsTimeZone(s); ok {
		return nil
	}
	const hint = `write a Windows name such as "China Standard Time" or an IANA name such as "Asia/Shanghai"`
	if s == "" {
		return fmt.Errorf("the time zone is empty; %s", hint)
	}
	if near := suggestTimeZones(s); len(near) > 0 {
		return fmt.Errorf(`%s is not a time zone; did you mean "%s"? Otherwise %s`,
			quote(s), strings.Join(near, `" or "`), hint)
	}
	return fmt.Errorf("%s is not a time zone; %s", quote(s), hint)
}

// zoneAbbreviations are what people call zones, and what neither Windows nor IANA does. Some mean several.
var zoneAbbreviations = map[string][]string{
	"asia/beijing": {"Asia/Shanghai"},
	"beijing":      {"China Standard Time"},
	"aest":         {"AUS Eastern Standard Time"},
	"bst":          {"GMT Standard Time"},
	"cest":         {"W. Europe Standard Time", "Romance Standard Time", "Central European Standard Time"},
	"cst":          {"Central Standard Time", "China Standard Time"},
	"ct":           {"Central Standard Time"},
	"eest":         {"FLE Standard Time", "GTB Standard Time"},
	"et":           {"Eastern Standard Time"},
	"edt":          {"Eastern Standard Time"},
	"cdt":          {"Central Standard Time"},
	"mdt":          {"Mountain Standard Time"},
	"pdt":          {"Pacific Standard Time"},
	"pst":          {"Pacific Standard Time"},
	"pt":           {"Pacific Standard Time"},
	"gst":          {"Arabian Standard Time"},
	"hkt":          {"China Standard Time"},
	"ist":          {"India Standard Time", "Israel Standard Time"},
	"jst":          {"Tokyo Standard Time"},
	"kst":          {"Korea Standard Time"},
	"msk":          {"Russian Standard Time"},
	"nzst":         {"New Zealand Standard Time"},
	"sast":         {"South Africa Standard Time"},
	"sgt":          {"Singapore Standard Time"},
	"z":            {"UTC"},

	"coordinated universal time":       {"UTC"},
	"(utc) coordinated universal time": {"UTC"},
	"universal coordinated time":       {"UTC"},
	"universal time coordinated":       {"UTC"},
	"greenwich mean time":              {"UTC", "GMT Standard Time"},
}

// suggestTimeZones returns the names that s, which is none, was probably meant to be: one, except for abbreviations that
// are short for several; none when nothing is near.
func suggestTimeZones(s string) []string {
	// No name is nearly as long, and an absurdly long text is not worth the comparison.
	const long = 64
	if len(s) > long {
		return nil
	}
	words := strings.Fields(lowerASCII(s))
	folded := strings.Join(words, " ")
	if near, ok := zoneAbbreviations[folded]; ok {
		return near
	}
	if name, ok := zonesByShortName()[withoutTime(words)]; ok {
		return []string{name}
	}
	if name, ok := zonesByShortName()[strings.ReplaceAll(folded, " ", "_")]; ok {
		return []string{name}
	}
	// Of "GMT+8", what is nearest in spelling is far off in time.
	if strings.ContainsAny(folded, "+0123456789") {
		return nil
	}
	if name := similarZone([]rune(folded)); name != "" {
		return []string{name}
	}
	return nil
}

// withoutTime leaves out the words for standard and summer time at the end.
func withoutTime(words []string) string {
	last := len(words)
	for last > 0 && slices.Contains([]string{"standard", "daylight", "summer", "saving", "savings", "time"}, words[last-1]) {
		last--
	}
	return strings.Join(words[:last], " ")
}

// zonesByShortName leads from "china" to China Standard Time, and from cities such as "hong_kong" to Asia/Hong_Kong.
var zonesByShortName = sync.OnceValue(func() map[string]string {
	short := map[string]string{}
	for _, name := range zoneNames() {
		key := withoutTime(strings.Fields(lowerASCII(name)))
		if i := strings.LastIndexByte(name, '/'); i >= 0 {
			key = lowerASCII(name[i+1:])
		}
		// Etc/GMT+8 is eight hours behind, which nobody means by "GMT+8".
		if _, ok := short[key]; !ok && !strings.HasPrefix(name, "Etc/") {
			short[key] = name
		}
	}
	return short
})

// similarZone is the name that differs from text by the fewest characters, one for each four of its own and at most
// three; of equals the first of zoneNames. It returns "" when there is none.
func similarZone(text []rune) string {
	best, least := "", maxSuggestDistance+1
	for _, name := range zoneNames() {
		spelled := []rune(lowerASCII(name))
		limit := min(len(spelled)/4, maxSuggestDistance)
		if diff := len(text) - len(spelled); diff > limit || -diff > limit {
			continue
		}
		if d := editDistance(text, spelled); d <= limit && d < least {
			best, least = name, d
		}
	}
	return best
}

// zoneNames are all names, the Windows ones first.
var zoneNames = sync.OnceValue(func() []string {
	return append(TimeZones(), slices.Sorted(maps.Keys(ianaZones))...)
})
