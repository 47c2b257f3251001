package page

import (
	"fmt"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// moment is a point in time as it is shown: in words with its zone, and for machines.
type moment struct{ Text, Machine string }

func newMoment(t time.Time) moment {
	t = t.UTC()
	return moment{t.Format("2 Jan 2006, 15:04 UTC"), t.Format(time.RFC3339)}
}

// parseMoment reads a time of the service, which writes "never" as a time long ago.
func parseMoment(s string) *moment {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || t.Year() < 2002 {
		return nil
	}
	m := newMoment(t)
	return &m
}

// spell writes a duration in its two largest units.
func spell(d time.Duration) string {
	d = d.Round(time.Second)
	days, hours := int(d/(24*time.Hour)), int(d/time.Hour)%24
	minutes, seconds := int(d/time.Minute)%60, int(d/time.Second)%60
	two := func(a int, unit string, b int, smaller string) string {
		if b == 0 {
			return plural(a, unit)
		}
		return plural(a, unit) + " " + plural(b, smaller)
	}
	switch {
	case days > 0:
		return two(days, "day", hours, "hour")
	case hours > 0:
		return two(hours, "hour", minutes, "minute")
	case minutes > 0:
		return two(minutes, "minute", seconds, "second")
	}
	return plural(seconds, "second")
}

// plural counts something in English.
func plural(n int, what string) string {
	switch {
	case n == 1:
		return "1 " + what
	case strings.HasSuffix(what, "y") && !strings.HasSuffix(what, "ay"):
		return fmt.Sprintf("%d %sies", n, strings.TrimSuffix(what, "y"))
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// enumerate joins words as a sentence does.
func enumerate(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// regionName is what people call a region.
func regionName(name string) string {
	if r, ok := catalog.LookupRegion(name); ok {
		return r.DisplayName
	}
	return name
}

// redundancyName is what people call a storage redundancy.
func redundancyName(s string) string {
	switch catalog.Redundancy(s) {
	case catalog.GeoRedundant:
		return "Geo-redundant"
	case catalog.LocallyRedundant:
		return "Locally redundant"
	case catalog.ZoneRedundant:
		return "Zone-redundant"
	}
	return s
}

// separate takes a word in camel case apart, such as "ConfigureBackup": "Configure backup".
func separate(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 && 'A' <= r && r <= 'Z' && s[i-1] >= 'a' && s[i-1] <= 'z' {
			b.WriteByte(' ')
			if i+1 >= len(s) || s[i+1] >= 'a' && s[i+1] <= 'z' {
				r += 'a' - 'A'
			}
		}
		b.WriteRune(r)
	}
	return b.String()
}
