package main

import (
	"strings"
	"testing"
)

const sampleZones = `{"supplemental": {"version": {"_cldrVersion": "99"}, "windowsZones": {"mapTimezones": [
  {"mapZone": {"_other": "India Standard Time", "_type": "Asia/Calcutta", "_territory": "001"}},
  {"mapZone": {"_other": "India Standard Time", "_type": "Asia/Calcutta", "_territory": "IN"}},
  {"mapZone": {"_other": "China Standard Time", "_type": "Asia/Shanghai Asia/Urumqi", "_territory": "CN"}},
  {"mapZone": {"_other": "China Standard Time", "_type": "Asia/Shanghai", "_territory": "001"}}]}}}`

const sampleAliases = `{"keyword": {"u": {"tz": {"_description": "Time zone key",
  "inccu": {"_description": "Kolkata", "_alias": "Asia/Calcutta Asia/Kolkata"},
  "aqtrl": {"_alias": "Antarctica/Troll"}}}}}`

func TestGenerate(t *testing.T) {
	var b strings.Builder
	if err := generate([]byte(sampleZones), []byte(sampleAliases), &b); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"Unicode CLDR 99", `"India Standard Time": "Asia/Calcutta",`, `"China Standard Time": "Asia/Shanghai",`,
		`"Asia/Kolkata":  "India Standard Time",`, `"Asia/Urumqi":   "China Standard Time",`,
	} {
		if !strings.Contains(b.String(), line) {
			t.Errorf("%q is missing:\n%s", line, b.String())
		}
	}
	if strings.Contains(b.String(), "Troll") {
		t.Error("a zone that Windows does not have is there")
	}
}

func TestGenerate_refusesOtherFiles(t *testing.T) {
	var b strings.Builder
	if err := generate([]byte(`{}`), []byte(sampleAliases), &b); err == nil {
		t.Error("a file without zones is taken")
	}
	if err := generate([]byte(sampleZones), []byte(`[]`), &b); err == nil {
		t.Error("a file that is not one of time zones is taken")
	}
}
