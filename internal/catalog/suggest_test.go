package catalog_test

import (
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

func TestSuggestRegion(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text, want string // want "" for no suggestion
	}{
		"missing letter":          {"chinaest", "chinaeast"},
		"transposed":              {"China Eats", "chinaeast"},
		"transposed, short name":  {"eatsus", "eastus"},
		"cut short":               {"westeurop", "westeurope"},
		"digit twice":             {"eastus22", "eastus2"},
		"added letter":            {"chinaeeast", "chinaeast"},
		"replaced letter":         {"japanwezt", "japanwest"},
		"two slips":               {"geramnywestcentrel", "germanywestcentral"},
		"tie goes to first char":  {"wastus", "westus"},
		"tie goes to usual order": {"westu", "westus"},
		"right name":              {"China East", "chinaeast"},
		"swapped":                 {"east china", "chinaeast"},
		"swapped, joined":         {"eastchina2", "chinaeast2"},
		"swapped, upper case":     {"EUROPE WEST", "westeurope"},
		"swapped with digit":      {"us east 2", "eastus2"},
		"swapped three":           {"US Central South", "southcentralus"},
		"swapped and misspelt":    {"est china", "chinaeast"},
		"swapped beats a slip":    {"us-east", "eastus"},
		"hyphen":                  {"china-east", "chinaeast"},
		"underscore":              {"us_gov_virginia", "usgovvirginia"},
		"dots":                    {"us.east.2", "eastus2"},
		"accent":                  {"brásil south", "brazilsouth"},
		"not there in this cloud": {"chinaeast4", "chinaeast"},
		"nothing near":            {"zzzz", ""},
		"empty":                   {"", ""},
		"only separators":         {" -_- ", ""},
		"logical":                 {"global", ""},
		"AWS region":              {"eu-central-1", ""},
		"very long":               {strings.Repeat("chinaeast", 10000), ""},
		"broken UTF-8":            {"\xff\xfe", ""},
	}
	for label, tt := range tests {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			for range 3 {
				got, ok := catalog.SuggestRegion(tt.text)
				if got.Name != tt.want || ok != (tt.want != "") {
					t.Fatalf("got %q, %t; want %q", got.Name, ok, tt.want)
				}
			}
		})
	}
}

func TestSuggestRegionFindsEveryRegion(t *testing.T) {
	t.Parallel()
	for _, r := range catalog.Regions() {
		words := strings.Fields(r.DisplayName)
		reversed := make([]string, 0, len(words))
		for _, w := range words {
			reversed = append([]string{w}, reversed...)
		}
		for _, text := range []string{r.Name, strings.Join(words, "-"), strings.Join(reversed, " ")} {
			t.Run(text, func(t *testing.T) {
				t.Parallel()
				if got, ok := catalog.SuggestRegion(text); !ok || got.Name != r.Name {
					t.Errorf("got %q, %t; want %q", got.Name, ok, r.Name)
				}
			})
		}
		t.Run(r.Name+" with a slip", func(t *testing.T) {
			t.Parallel()
			for i := range r.Name {
				text := r.Name[:i] + "~x" + r.Name[i+1:]
				if _, ok := catalog.SuggestRegion(text); !ok {
					t.Errorf("%q has no suggestion", text)
				}
			}
		})
	}
}
