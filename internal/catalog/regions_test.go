package catalog_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

func TestClouds(t *testing.T) {
	t.Parallel()
	want := []catalog.Cloud{"public", "china", "usgovernment"}
	if diff := cmp.Diff(want, catalog.Clouds()); diff != "" {
		t.Errorf("clouds (-want +got):\n%s", diff)
	}
}

func TestRegionsAreConsistent(t *testing.T) {
	t.Parallel()
	byName := map[string]catalog.Region{}
	displayNames := map[string]bool{}
	for _, r := range catalog.Regions() {
		if _, ok := byName[r.Name]; ok || displayNames[r.DisplayName] {
			t.Errorf("region %s (%s) is listed twice", r.Name, r.DisplayName)
		}
		byName[r.Name], displayNames[r.DisplayName] = r, true
	}
	for _, r := range catalog.Regions() {
		t.Run(r.Name, func(t *testing.T) {
			t.Parallel()
			if got := catalog.NormalizeRegion(r.DisplayName); got != r.Name {
				t.Errorf("display name %q normalizes to %q", r.DisplayName, got)
			}
			if !slices.Contains(catalog.Clouds(), r.Cloud) || r.Geography == "" {
				t.Errorf("incomplete: %+v", r)
			}
			if r.Pair == "" {
				return
			}
			pair, ok := byName[r.Pair]
			if !ok || pair.Cloud != r.Cloud || pair.Name == r.Name {
				t.Errorf("pair %q is not another region of cloud %s", r.Pair, r.Cloud)
			}
			if pair.Pair == "" {
				t.Errorf("pair %q has no pair itself", r.Pair)
			}
		})
	}
}

// A slip in the tables shows here: every pair that is not mutual is a documented one.
func TestOneWayPairs(t *testing.T) {
	t.Parallel()
	want := []string{
		"brazilsoutheast>brazilsouth", "brazilsouth>southcentralus", "indiasouthcentral>centralindia",
		"usgovarizona>usgovtexas", "westindia>southindia", "westus3>eastus",
	}
	slices.Sort(want)
	var got []string
	for _, r := range catalog.Regions() {
		if pair, ok := catalog.LookupRegion(r.Pair); ok && pair.Pair != r.Name {
			got = append(got, r.Name+">"+r.Pair)
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("one-way pairs (-want +got):\n%s", diff)
	}
}

// China in full: its regions are two by two each other's pairs, and it has a portal, an authority and an endpoint of its own.
func TestChina(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"China East": "chinanorth", "China East 2": "chinanorth2", "China East 3": "chinanorth3",
		"China North": "chinaeast", "China North 2": "chinaeast2", "China North 3": "chinaeast3",
	}
	got := map[string]string{}
	for _, r := range catalog.Regions(catalog.China) {
		got[r.DisplayName] = r.Pair
		if r.Geography != "China" || catalog.NormalizeRegion(r.DisplayName) != r.Name {
			t.Errorf("%+v", r)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	endpoints := catalog.Endpoints{
		ResourceManager: "https://management.chinacloudapi.cn", Authority: "https://login.chinacloudapi.cn",
		Audience: "https://management.core.chinacloudapi.cn/", Portal: "https://portal.azure.cn", CLI: "AzureChinaCloud",
	}
	if diff := cmp.Diff(endpoints, catalog.China.Endpoints()); diff != "" {
		t.Error(diff)
	}
}

func TestRegions(t *testing.T) {
	t.Parallel()
	names := func(regions []catalog.Region) []string {
		var names []string
		for _, r := range regions {
			names = append(names, r.Name)
		}
		return names
	}
	china := []string{"chinaeast", "chinaeast2", "chinaeast3", "chinanorth", "chinanorth2", "chinanorth3"}
	usGov := []string{"usdodcentral", "usdodeast", "usgovarizona", "usgovtexas", "usgovvirginia"}
	tests := map[string]struct {
		clouds []catalog.Cloud
		want   []string
	}{
		"China":                  {[]catalog.Cloud{catalog.China}, china},
		"US Government":          {[]catalog.Cloud{catalog.USGovernment}, usGov},
		"two in catalogue order": {[]catalog.Cloud{catalog.USGovernment, catalog.China}, append(slices.Clone(china), usGov...)},
		"one twice":              {[]catalog.Cloud{catalog.China, catalog.China}, china},
		"unknown":                {[]catalog.Cloud{"germany"}, nil},
	}
	for label, tt := range tests {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, names(catalog.Regions(tt.clouds...))); diff != "" {
				t.Errorf("regions (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("none is all, each cloud by name", func(t *testing.T) {
		t.Parallel()
		var want []catalog.Region
		for _, c := range catalog.Clouds() {
			part := catalog.Regions(c)
			if len(part) == 0 || !slices.IsSorted(names(part)) {
				t.Errorf("cloud %s: %d regions, not by name: %v", c, len(part), names(part))
			}
			want = append(want, part...)
		}
		if diff := cmp.Diff(want, catalog.Regions()); diff != "" {
			t.Errorf("regions (-want +got):\n%s", diff)
		}
	})
	t.Run("a copy", func(t *testing.T) {
		t.Parallel()
		catalog.Regions(catalog.China)[0].Name = "spoilt"
		if got := catalog.Regions(catalog.China)[0].Name; got != "chinaeast" {
			t.Errorf("the catalogue was changed from outside: %q", got)
		}
	})
}

func TestLookupRegion(t *testing.T) {
	t.Parallel()
	chinaEast := catalog.Region{
		Name: "chinaeast", DisplayName: "China East", Cloud: catalog.China, Geography: "China", Pair: "chinanorth",
	}
	chinaNorth3 := catalog.Region{
		Name: "chinanorth3", DisplayName: "China North 3", Cloud: catalog.China, Geography: "China", Pair: "chinaeast3",
		Zones: true,
	}
	tests := map[string]struct {
		spelling string
		want     catalog.Region
		ok       bool
	}{
		"canonical":      {"chinaeast", chinaEast, true},
		"display name":   {"China East", chinaEast, true},
		"shouted":        {" CHINA  EAST\t", chinaEast, true},
		"ideographic sp": {"China\u3000North\u00a03", chinaNorth3, true},
		"hyphen":         {"china-east", catalog.Region{}, false},
		"Kelvin sign":    {"\u212aorea Central", catalog.Region{}, false},
		"logical":        {"europe", catalog.Region{}, false},
		"empty":          {"", catalog.Region{}, false},
	}
	for label, tt := range tests {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			got, ok := catalog.LookupRegion(tt.spelling)
			if ok != tt.ok {
				t.Errorf("found: %t, want %t", ok, tt.ok)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("region (-want +got):\n%s", diff)
			}
		})
	}
}

// "(US) East US", copied from the portal, was no region.
func TestRegionsAsThePortalWritesThem(t *testing.T) {
	t.Parallel()
	for _, r := range catalog.Regions() {
		for _, geography := range []string{
			r.Geography, "US", "Canada", "Mexico", "South America", "Europe", "Africa", "Middle East", "Asia Pacific", "China", "Azure Government", "Stage (US)",
		} {
			for _, text := range []string{"(" + geography + ") " + r.DisplayName, " (" + geography + ")" + r.Name, "( " + strings.ToUpper(geography) + " )  " + r.DisplayName + " "} {
				if got, ok := catalog.LookupRegion(text); !ok || got.Name != r.Name {
					t.Errorf("%q is %q (%v), want %q", text, got.Name, ok, r.Name)
				}
			}
		}
	}
}

func TestCheckRegion(t *testing.T) {
	t.Parallel()
	const newer = " If the region is newer than the provider, list it in the environment variable BACKUP_EXTRA_REGIONS"
	extra := []string{"newregion1", "New Region 2"}
	tests := map[string]struct {
		region string
		extra  []string
		want   string
	}{
		"canonical":             {"westeurope", nil, ""},
		"display name":          {"China East 2", nil, ""},
		"shouted":               {"USGOV VIRGINIA", nil, ""},
		"extra":                 {"New Region 1", extra, ""},
		"announced":             {"Saudi Arabia East", nil, ""},
		"extra not normalized":  {"newregion2", extra, ""},
		"catalogue with extras": {"eastus", extra, ""},
		"portal's":              {"(US) East US", nil, ""},
		"portal's extra":        {"(Europe) New Region 1", extra, ""},
		"portal's, typo":        {"(Asia Pacific) Southeast Aisa", nil, `"(Asia Pacific) Southeast Aisa" is not an Azure region that this provider knows; did you mean "Southeast Asia" (southeastasia)?` + newer},
		"a geography alone":     {"(US)", nil, `"(US)" is not an Azure region that this provider knows.` + newer},
		"no geography":          {"() East US", nil, `"() East US" is not an Azure region that this provider knows; did you mean "East US" (eastus)?` + newer},
		"open":                  {"(US East US", nil, `"(US East US" is not an Azure region that this provider knows.` + newer},
		"empty":                 {"", nil, `the region is empty; give the name of an Azure region, such as "China East" or "chinaeast"`},
		"blank, blank extra":    {" \t", []string{""}, `the region is empty; give the name of an Azure region, such as "China East" or "chinaeast"`},
		"typo":                  {"China Eats", nil, `"China Eats" is not an Azure region that this provider knows; did you mean "China East" (chinaeast)?` + newer},
		"hyphen":                {"china-east", extra, `"china-east" is not an Azure region that this provider knows; did you mean "China East" (chinaeast)?` + newer},
		"not an extra":          {"newregion1", nil, `"newregion1" is not an Azure region that this provider knows.` + newer},
		"nothing near":          {"zzzz\n", nil, `"zzzz\n" is not an Azure region that this provider knows.` + newer},
	}
	for label, tt := range tests {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			checkMessage(t, catalog.CheckRegion(tt.region, tt.extra...), tt.want)
		})
	}
}

// A name that can be that of a region which is newer than the catalogue is told from one that no region can have.
func TestNamesThatCouldBeNewerRegions(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"eastus9": true, "Greece Central": true, "China Eats": true, "china-east": false, "not_here": false, "\u212aorea Central": false, "east.us": false,
	} {
		var unknown *catalog.UnknownRegionError
		if err := catalog.CheckRegion(name); !errors.As(err, &unknown) || unknown.CouldBeNewer != want {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// Regions that were announced could not be named at all.
func TestAnnouncedRegions(t *testing.T) {
	t.Parallel()
	all := catalog.RegionsAnd([]string{"eastus3", "atlantis"})
	if want := len(catalog.Regions()) + len(catalog.AnnouncedRegions()) + 1; len(all) != want {
		t.Errorf("%d regions, want %d", len(all), want)
	}
	if !slices.IsSortedFunc(catalog.AnnouncedRegions(), func(a, b catalog.Region) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("they are not by name")
	}
	for _, r := range catalog.AnnouncedRegions() {
		if _, open := catalog.LookupRegion(r.Name); open {
			t.Errorf("%s is open", r.Name)
		}
		if found, ok := catalog.LookupAnnounced(strings.ToUpper(r.DisplayName)); !ok || found != r || r.Cloud != catalog.Public || r.Geography == "" || r.Pair != "" || r.Zones {
			t.Errorf("%+v is found as %+v", r, found)
		}
		if near, ok := catalog.SuggestRegion(r.Name + "x"); !ok || near.Name != r.Name {
			t.Errorf("%sx suggests %q", r.Name, near.Name)
		}
		if err := catalog.CheckRegion(r.DisplayName); err != nil {
			t.Error(err)
		}
	}
}

func TestParseExtraRegions(t *testing.T) {
	t.Parallel()
	const only = "; a region name has only letters (a-z, A-Z), digits and spaces, and commas separate the names"
	tests := map[string]struct {
		value   string
		want    []string
		wantErr string
	}{
		"empty":           {"", nil, ""},
		"blank":           {" , ,", nil, ""},
		"one":             {"newregion1", []string{"newregion1"}, ""},
		"spellings":       {"newregion1, New Region 2", []string{"newregion1", "newregion2"}, ""},
		"trailing comma":  {"newregion1,", []string{"newregion1"}, ""},
		"twice":           {"New Region 2,newregion1,newregion2", []string{"newregion2", "newregion1"}, ""},
		"semicolon":       {"a1;b2", nil, `entry 1 of BACKUP_EXTRA_REGIONS, "a1;b2", has ";"` + only},
		"hyphen":          {"newregion1, new-region", nil, `entry 2 of BACKUP_EXTRA_REGIONS, "new-region", has "-"` + only},
		"not ASCII":       {"región", nil, `entry 1 of BACKUP_EXTRA_REGIONS, "región", has "ó"` + only},
		"control":         {"a\x00", nil, `entry 1 of BACKUP_EXTRA_REGIONS, "a\x00", has "\x00"` + only},
		"quotation marks": {`"a b"`, nil, `entry 1 of BACKUP_EXTRA_REGIONS, '"a b"', has '"'` + only},
		"two bad": {
			"a_b,ok,c.d", nil,
			`entry 1 of BACKUP_EXTRA_REGIONS, "a_b", has "_"` + only + "\n" +
				`entry 3 of BACKUP_EXTRA_REGIONS, "c.d", has "."` + only,
		},
	}
	for label, tt := range tests {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			got, err := catalog.ParseExtraRegions(tt.value)
			checkMessage(t, err, tt.wantErr)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("names (-want +got):\n%s", diff)
			}
		})
	}
}
