package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// retired are Windows names that CLDR has no zone for, because Windows keeps them for old policies and programs only. Their
// standard time is that of these.
var retired = map[string]string{
	"Kamchatka Standard Time":    "Asia/Kamchatka",
	"Mid-Atlantic Standard Time": "Etc/GMT+2",
}

// moved are zones whose clocks are others than when CLDR gave them a Windows zone, with one that has the clock they have now:
// of several the one that has other places of the country, or has been in Windows for longest. Those in Canada stopped
// changing their clocks in 2026.
var moved = map[string]string{
	"America/Edmonton":     "Canada Central Standard Time",
	"America/Inuvik":       "Canada Central Standard Time",
	"America/Scoresbysund": "Greenland Standard Time",
	"America/Vancouver":    "US Mountain Standard Time",
	"America/Winnipeg":     "SA Pacific Standard Time",
	"Antarctica/Casey":     "W. Australia Standard Time",
	"Antarctica/Vostok":    "West Asia Standard Time",
}

// table is what is written.
type table struct {
	cldr, iana string // versions
	year       int    // of the clocks
	windows    map[string]windowsZone
	names      map[string]string // IANA names, with the Windows names
	doubts     map[string][2]span
}

type windowsZone struct {
	iana string
	span
}

// span is the least and the greatest offset from UTC of a clock in the course of a year, in minutes.
type span struct{ least, greatest int }

func (c clock) span() span { return span{c.least(), c.greatest()} }

// newTable gives each IANA name the Windows zone that has its clock. mains are the IANA zones whose clocks the Windows zones
// have.
func newTable(mains, names map[string]string, aliases [][]string, known clocks) (table, error) {
	t := table{iana: known.version, year: known.year, windows: map[string]windowsZone{}, names: names, doubts: map[string][2]span{}}
	maps.Copy(mains, retired)
	windows := map[string]clock{}
	for name, iana := range mains {
		now, ok := known.in(iana, known.year)
		if !ok {
			return table{}, fmt.Errorf("the database %s does not have %s, the clock of %s", known.version, iana, name)
		}
		windows[name] = now
		t.windows[name] = windowsZone{iana, now.span()}
		// A zone with new rules may be an old one to the service.
		const settled = 2
		if before, _ := known.in(iana, known.year-settled); before.span() != now.span() {
			t.doubts[name] = [2]span{now.span(), before.span()}
		}
	}
	for iana, name := range moved {
		if names[iana] != "" {
			names[iana] = name
		}
	}
	addAliases(names, aliases)
	for _, iana := range slices.Sorted(maps.Keys(names)) {
		now, ok := known.in(iana, known.year)
		if !ok || slices.Equal(now, windows[names[iana]]) {
			continue // CLDR keeps names that IANA has given up
		}
		same := slices.DeleteFunc(slices.Sorted(maps.Keys(windows)), func(name string) bool { return !slices.Equal(now, windows[name]) })
		if len(same) > 0 {
			return table{}, fmt.Errorf("%s does not have the clock of %s in %d; add it to moved, with one that has: %s",
				iana, names[iana], known.year, strings.Join(same, ", "))
		}
		t.doubts[iana] = [2]span{now.span(), windows[names[iana]].span()}
	}
	return t, nil
}
