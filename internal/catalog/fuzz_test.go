package catalog_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

func seed(f *testing.F, more ...string) {
	f.Helper()
	for _, s := range append(more, "", "a", "ab", "China East", "chinaeast", "china-east", "e\xffast", "\u0130stanbul", "\u212a", "\u3000") {
		f.Add(s)
	}
}

func FuzzCheckVaultName(f *testing.F) {
	seed(f, strings.Repeat("a", 50), strings.Repeat("a", 51), "1x", "-ab", "a_b", "a-", "ab\n", "_")
	// azurerm's validator; \z because Go's $ is the end of the text only without (?m), which \z says outright.
	legal := regexp.MustCompile(`^[a-zA-Z][-a-zA-Z0-9]{1,49}\z`)
	f.Fuzz(func(t *testing.T, s string) {
		err := catalog.CheckVaultName(s)
		if (err == nil) != legal.MatchString(s) {
			t.Fatalf("%q: %v", s, err)
		}
		checkText(t, err)
	})
}

func FuzzNormalizeRegion(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s string) {
		name := catalog.NormalizeRegion(s)
		if again := catalog.NormalizeRegion(name); again != name {
			t.Fatalf("%q: %q, then %q", s, name, again)
		}
		if strings.ContainsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || 'A' <= r && r <= 'Z' }) {
			t.Fatalf("%q: %q is not normal", s, name)
		}
		if r, ok := catalog.LookupRegion(s); ok {
			if r.Name != name {
				t.Fatalf("%q: found %q by %q", s, r.Name, name)
			}
			if shown, ok := catalog.LookupRegion(r.DisplayName); !ok || shown != r {
				t.Fatalf("%q: display name %q finds %+v", s, r.DisplayName, shown)
			}
		}
	})
}

func FuzzCheckRegion(f *testing.F) {
	seed(f, "newregion1", "chinaest", "east china", "eastus22", "zzzz")
	f.Fuzz(func(t *testing.T, s string) {
		err := catalog.CheckRegion(s, "newregion1")
		_, known := catalog.LookupRegion(s)
		if (err == nil) != (known || catalog.NormalizeRegion(s) == "newregion1") {
			t.Fatalf("%q: %v", s, err)
		}
		checkText(t, err)
		suggested, near := catalog.SuggestRegion(s)
		if known && (!near || suggested.Name != catalog.NormalizeRegion(s)) {
			t.Fatalf("%q is a region, but suggests %q", s, suggested.Name)
		}
		if again, _ := catalog.SuggestRegion(s); again != suggested {
			t.Fatalf("%q: suggests %q, then %q", s, suggested.Name, again.Name)
		}
		if err != nil && near != strings.Contains(err.Error(), "did you mean") {
			t.Fatalf("%q: suggestion %t, but %v", s, near, err)
		}
		if names, err := catalog.ParseExtraRegions(s); err == nil {
			for _, name := range names {
				if err := catalog.CheckRegion(name, names...); err != nil {
					t.Fatalf("%q: parsed %q, but %v", s, name, err)
				}
			}
		}
	})
}

// checkText asserts that a message can be printed whatever was in the value: no broken UTF-8, no control characters
// but the newlines between messages, and no endless echo.
func checkText(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	text := err.Error()
	if !utf8.ValidString(text) || len(text) > 1500 {
		t.Fatalf("message of %d bytes is not fit to print: %q", len(text), text)
	}
	for _, r := range text {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Fatalf("message has %q: %q", r, text)
		}
	}
}
