package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// world is the territory whose IANA zone is the clock of a Windows zone.
const world = "001"

func readJSON(dir fs.FS, name string, into any) error {
	content, err := fs.ReadFile(dir, name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(content, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// packageVersion is that of package.json, which has all three numbers; the files themselves have the first only.
func packageVersion(dir fs.FS, name string) (string, error) {
	var manifest struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	if err := readJSON(dir, "package.json", &manifest); err != nil {
		return "", err
	}
	if manifest.Name != name || manifest.Version == "" {
		return "", fmt.Errorf("package.json is not that of %s: its name is %q and its version %q",
			name, manifest.Name, manifest.Version)
	}
	return manifest.Version, nil
}

// readWindowsZones returns the IANA zone of each Windows zone's clock, and the Windows zones of the IANA names that CLDR
// gives them: one of the names of each IANA zone.
func readWindowsZones(core fs.FS) (clocks, names map[string]string, err error) {
	var source struct {
		Supplemental struct {
			WindowsZones struct {
				MapTimezones []struct {
					MapZone struct {
						Windows   string `json:"_other"`
						IANA      string `json:"_type"`
						Territory string `json:"_territory"`
					} `json:"mapZone"`
				} `json:"mapTimezones"`
			} `json:"windowsZones"`
		} `json:"supplemental"`
	}
	const name = "supplemental/windowsZones.json"
	if err := readJSON(core, name, &source); err != nil {
		return nil, nil, err
	}
	clocks, names = map[string]string{}, map[string]string{}
	for _, m := range source.Supplemental.WindowsZones.MapTimezones {
		zone := m.MapZone
		if zone.Territory == world {
			clocks[zone.Windows] = zone.IANA
		}
		for iana := range strings.FieldsSeq(zone.IANA) {
			if other, ok := names[iana]; ok && other != zone.Windows {
				return nil, nil, fmt.Errorf("%s: %s is both %s and %s", name, iana, other, zone.Windows)
			}
			names[iana] = zone.Windows
		}
	}
	if len(clocks) == 0 {
		return nil, nil, fmt.Errorf("%s: no zone has the territory %s", name, world)
	}
	for _, windows := range names {
		if clocks[windows] == "" {
			return nil, nil, fmt.Errorf("%s: %s has no zone of the territory %s", name, windows, world)
		}
	}
	return clocks, names, nil
}

// readAliases returns the names of each IANA zone, such as Asia/Calcutta and Asia/Kolkata.
func readAliases(bcp47 fs.FS) ([][]string, error) {
	var source struct {
		Keyword struct {
			U struct {
				TZ map[string]json.RawMessage `json:"tz"`
			} `json:"u"`
		} `json:"keyword"`
	}
	const name = "bcp47/timezone.json"
	if err := readJSON(bcp47, name, &source); err != nil {
		return nil, err
	}
	var zones [][]string
	for key, raw := range source.Keyword.U.TZ {
		if strings.HasPrefix(key, "_") {
			continue // about the whole list
		}
		var zone struct {
			Alias string `json:"_alias"`
		}
		if err := json.Unmarshal(raw, &zone); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", name, key, err)
		}
		zones = append(zones, strings.Fields(zone.Alias))
	}
	if len(zones) == 0 {
		return nil, fmt.Errorf("%s: there are no zones", name)
	}
	return zones, nil
}

// addAliases gives each name of a zone the Windows name that one of them has. A zone of which no name has one is left
// out: Windows does not have it.
func addAliases(names map[string]string, zones [][]string) {
	for _, aliases := range zones {
		i := slices.IndexFunc(aliases, func(name string) bool { return names[name] != "" })
		if i < 0 {
			continue
		}
		for _, name := range aliases {
			if names[name] == "" {
				names[name] = names[aliases[i]]
			}
		}
	}
}
