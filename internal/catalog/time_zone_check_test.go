package catalog_test

import (
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

func TestCheckTimeZone(t *testing.T) {
	t.Parallel()
	const hint = `write a Windows name such as "China Standard Time" or an IANA name such as "Asia/Shanghai"`
	tests := map[string]struct {
		text, want string // want is the suggestion; "" for none
	}{
		"transposed":          {"China Standrad Time", `"China Standard Time"`},
		"missing period":      {"W Europe Standard Time", `"W. Europe Standard Time"`},
		"IANA, missing":       {"Asia/Shangai", `"Asia/Shanghai"`},
		"IANA, added":         {"Europe/Kyyiv", `"Europe/Kyiv"`},
		"spaces":              {" UTC ", `"UTC"`},
		"spaces within":       {"China  Standard Time", `"China Standard Time"`},
		"word":                {"china", `"China Standard Time"`},
		"word and time":       {"China Time", `"China Standard Time"`},
		"summer":              {"Pacific Daylight Time", `"Pacific Standard Time"`},
		"city":                {"Hong Kong", `"Asia/Hong_Kong"`},
		"city, as in IANA":    {"new_york", `"America/New_York"`},
		"no city of IANA":     {"Beijing", `"China Standard Time"`},
		"no name of IANA":     {"Asia/Beijing", `"Asia/Shanghai"`},
		"abbreviation":        {"JST", `"Tokyo Standard Time"`},
		"portal's words":      {"Coordinated Universal Time", `"UTC"`},
		"portal's text":       {"(UTC) Coordinated Universal Time", `"UTC"`},
		"Greenwich":           {"Greenwich Mean Time", `"UTC" or "GMT Standard Time"`},
		"ambiguous":           {"CST", `"Central Standard Time" or "China Standard Time"`},
		"offset":              {"GMT+8", ""},
		"another offset":      {"UTC+8", ""},
		"offset alone":        {"+08:00", ""},
		"short":               {"xx", ""},
		"space":               {"  ", ""},
		"nothing like it":     {"Nowhere in the sea", ""},
		"a file":              {strings.Repeat("China Standard Time\n", 100_000), ""},
		"broken UTF-8":        {"China Standard T\xffme", `"China Standard Time"`},
		"only standard words": {"Standard Time", ""},
	}
	for label, tt := range tests {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			err := catalog.CheckTimeZone(tt.text)
			if err == nil {
				t.Fatalf("%q is taken", tt.text)
			}
			checkText(t, err)
			_, text, _ := strings.Cut(err.Error(), " is not a time zone; ")
			want := hint
			if tt.want != "" {
				want = "did you mean " + tt.want + "? Otherwise " + hint
			}
			if text != want {
				t.Errorf("got  %s\nwant %s", text, want)
			}
		})
	}
	checkMessage(t, catalog.CheckTimeZone(""), "the time zone is empty; "+hint)
}

// What is suggested is a time zone, and every name is taken, whatever its letter case.
func TestCheckTimeZone_names(t *testing.T) {
	t.Parallel()
	for windows, zone := range catalog.WindowsZones {
		names := []string{windows, strings.ToUpper(windows)}
		if iana := zone.IANA(); catalog.IANAZones[iana] == windows { // a name that Windows has retired has another's
			names = append(names, iana, strings.ToLower(iana))
		}
		for _, name := range names {
			checkMessage(t, catalog.CheckTimeZone(name), "")
			if got, ok := catalog.WindowsTimeZone(name); !ok || got != windows {
				t.Errorf("%s is %q, want %q", name, got, windows)
			}
		}
	}
	for iana, windows := range catalog.IANAZones {
		if got, ok := catalog.WindowsTimeZone(iana); !ok || got != windows {
			t.Errorf("%s is %q, want %q", iana, got, windows)
		}
	}
	for short, names := range catalog.ZoneAbbreviations {
		if _, ok := catalog.WindowsTimeZone(short); ok {
			t.Errorf("%q is a name itself", short)
		}
		for _, name := range names {
			checkMessage(t, catalog.CheckTimeZone(name), "")
		}
	}
}
