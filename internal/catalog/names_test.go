package catalog_test

import (
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// checkMessage asserts the whole text of an error, "" standing for no error.
func checkMessage(t *testing.T, err error, want string) {
	t.Helper()
	got := ""
	if err != nil {
		got = err.Error()
	}
	if got != want {
		t.Errorf("got error\n%s\nwant\n%s", got, want)
	}
}

func TestCheckVaultName(t *testing.T) {
	t.Parallel()
	const only = "; a vault name has only letters (a-z, A-Z), digits and hyphens"
	const starts = "; a vault name starts with a letter (a-z, A-Z)"
	tests := map[string]struct{ name, want string }{
		"two characters":      {"ab", ""},
		"fifty characters":    {"a" + strings.Repeat("1", 49), ""},
		"mixed":               {"Vault-1-ChinaEast", ""},
		"trailing hyphen":     {"a-", ""},
		"upper case first":    {"Z9", ""},
		"empty":               {"", "the name is empty; a vault name has 2 to 50 characters"},
		"one character":       {"a", "the name has 1 character; a vault name has 2 to 50"},
		"fifty-one":           {strings.Repeat("a", 51), "the name has 51 characters; a vault name has 2 to 50"},
		"leading digit":       {"1x", `the name starts with "1"` + starts},
		"leading hyphen":      {"-ab", `the name starts with "-"` + starts},
		"leading underscore":  {"_ab", `the name starts with "_"` + starts},
		"leading accent":      {"éab", `the name starts with "é"` + starts},
		"leading space":       {" ab", `the name starts with " "` + starts},
		"underscore":          {"a_b", `the name has "_" at position 2` + only},
		"dot at the end":      {"ab.", `the name has "." at position 3` + only},
		"space":               {"my vault", `the name has " " at position 3` + only},
		"accent":              {"café", `the name has "é" at position 4` + only},
		"after an accent":     {"aé_", `the name has "é" at position 2 and "_" at position 3` + only},
		"Arabic digit":        {"a٣", `the name has "٣" at position 2` + only},
		"Cyrillic look-alike": {"vаult", `the name has "а" at position 2` + only},
		"tab":                 {"a\tb", `the name has "\t" at position 2` + only},
		"newline":             {"ab\n", `the name has "\n" at position 3` + only},
		"no-break space":      {"a\u00a0b", `the name has "\u00a0" at position 2` + only},
		"broken UTF-8":        {"a\xffb", `the name has "\xff" at position 2` + only},
		"quotation mark":      {`a"b`, `the name has '"' at position 2` + only},
		"backslash":           {`a\b`, `the name has "\" at position 2` + only},
		"many illegal": {
			"a_b.c d+e/",
			`the name has "_" at position 2, "." at position 4, " " at position 6 and 2 more characters that it ` +
				`may not have` + only,
		},
		"length counts characters": {
			strings.Repeat("a", 49) + "é", `the name has "é" at position 50` + only,
		},
		"one wrong character": {
			"_", "the name has 1 character; a vault name has 2 to 50\n" + `the name starts with "_"` + starts,
		},
		"every rule": {
			"1_" + strings.Repeat("a", 49),
			"the name has 51 characters; a vault name has 2 to 50\n" +
				`the name starts with "1"` + starts + "\n" + `the name has "_" at position 2` + only,
		},
	}
	for label, tt := range tests {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			checkMessage(t, catalog.CheckVaultName(tt.name), tt.want)
		})
	}
}

func TestCheckResourceGroupName(t *testing.T) {
	t.Parallel()
	const only = "; a resource group name has only letters, digits, underscores, hyphens, periods and parentheses"
	tests := map[string]struct{ name, want string }{
		"one character":      {"1", ""},
		"every kind":         {"-_(.)a9", ""},
		"Chinese":            {"备份组", ""},
		"ninety of any":      {strings.Repeat("é", 90), ""},
		"empty":              {"", "the name is empty; a resource group name has 1 to 90 characters"},
		"ninety-one":         {strings.Repeat("é", 91), "the name has 91 characters; a resource group name has 1 to 90"},
		"ends in a period":   {"rg.", "the name ends in a period; a resource group name does not"},
		"only a period":      {".", "the name ends in a period; a resource group name does not"},
		"space first":        {" rg", `the name has " " at position 1` + only},
		"slash":              {"a/b", `the name has "/" at position 2` + only},
		"control character":  {"a\x00", `the name has "\x00" at position 2` + only},
		"replacement rune":   {"a\xff", `the name has "\xff" at position 2` + only},
		"superscript digit":  {"a²", `the name has "²" at position 2` + only},
		"slash and period":   {"a/.", `the name has "/" at position 2` + only + "\nthe name ends in a period; a resource group name does not"},
		"Roman numeral sign": {"Ⅷ", `the name has "Ⅷ" at position 1` + only},
	}
	for label, tt := range tests {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			checkMessage(t, catalog.CheckResourceGroupName(tt.name), tt.want)
		})
	}
}

func TestCheckVMName(t *testing.T) {
	t.Parallel()
	const only = "; the name of a virtual machine has only letters, digits, underscores, hyphens and periods"
	const starts = "; the name of a virtual machine starts with a letter or digit"
	const ends = "; the name of a virtual machine ends in a letter, digit or underscore"
	tests := map[string]struct{ name, want string }{
		"one character":     {"1", ""},
		"every kind":        {"web-1.prod_", ""},
		"Chinese":           {"备份机", ""},
		"sixty-four of any": {strings.Repeat("é", 64), ""},
		"empty":             {"", "the name is empty; the name of a virtual machine has 1 to 64 characters"},
		"sixty-five":        {strings.Repeat("é", 65), "the name has 65 characters; the name of a virtual machine has 1 to 64"},
		"starts with _":     {"_vm", `the name starts with "_"` + starts},
		"ends in a hyphen":  {"vm-", `the name ends in "-"` + ends},
		"ends in a period":  {"vm.", `the name ends in "."` + ends},
		"only a period":     {".", `the name starts with "."` + starts},
		"space":             {"my vm", `the name has " " at position 3` + only},
		"semicolon":         {"a;b", `the name has ";" at position 2` + only},
		"path":              {"a/b?c#d\\e", `the name has "/" at position 2, "?" at position 4, "#" at position 6 and 1 more character that it may not have` + only},
		"percent":           {"a%2F", `the name has "%" at position 2` + only},
		"control character": {"a\x00", `the name has "\x00" at position 2` + only},
	}
	for label, tt := range tests {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			checkMessage(t, catalog.CheckVMName(tt.name), tt.want)
		})
	}
}

func TestCheckSubscriptionID(t *testing.T) {
	t.Parallel()
	const form = "; a subscription ID is 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12, such as " +
		"00000000-0000-0000-0000-000000000000"
	tests := map[string]struct{ id, want string }{
		"lower case":      {"2a8527ca-5340-49aa-8931-ea03669451a0", ""},
		"upper case":      {"2A8527CA-5340-49AA-8931-EA03669451A0", ""},
		"all zero":        {"00000000-0000-0000-0000-000000000000", ""},
		"empty":           {"", "the subscription ID is empty" + form},
		"a name":          {"production", `"production" is not a subscription ID` + form},
		"no hyphens":      {"2a8527ca534049aa8931ea03669451a0", `"2a8527ca534049aa8931ea03669451a0" is not a subscription ID` + form},
		"braces":          {"{2a8527ca-5340-49aa-8931-ea03669451a0}", `"{2a8527ca-5340-49aa-8931-ea03669451a0}" is not a subscription ID` + form},
		"not hexadecimal": {"2a8527ca-5340-49aa-8931-ea03669451ag", `"2a8527ca-5340-49aa-8931-ea03669451ag" is not a subscription ID` + form},
		"middle letter":   {"2a8527ca-5x40-49aa-8931-ea03669451a0", `"2a8527ca-5x40-49aa-8931-ea03669451a0" is not a subscription ID` + form},
		"other groups":    {"2a8527c-a5340-49aa-8931-ea03669451a0", `"2a8527c-a5340-49aa-8931-ea03669451a0" is not a subscription ID` + form},
		"newline":         {"2a8527ca-5340-49aa-8931-ea03669451a0\n", `"2a8527ca-5340-49aa-8931-ea03669451a0\n" is not a subscription ID` + form},
		"long": {
			strings.Repeat("é", 61), `"` + strings.Repeat("é", 60) + `…" is not a subscription ID` + form,
		},
	}
	for label, tt := range tests {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			checkMessage(t, catalog.CheckSubscriptionID(tt.id), tt.want)
		})
	}
}

func TestCheckPolicyName(t *testing.T) {
	t.Parallel()
	const only = "; a policy name has only letters (a-z, A-Z), digits, hyphens, underscores and exclamation marks"
	const starts = "; a policy name starts with a letter (a-z, A-Z)"
	tests := map[string]struct{ name, want string }{
		"three characters":    {"abc", ""},
		"150 characters":      {"a" + strings.Repeat("1", 149), ""},
		"Azure's own":         {"DefaultPolicy", ""},
		"all marks":           {"a-_!", ""},
		"empty":               {"", "the name is empty; a policy name has 3 to 150 characters"},
		"two characters":      {"ab", "the name has 2 characters; a policy name has 3 to 150"},
		"151 characters":      {strings.Repeat("a", 151), "the name has 151 characters; a policy name has 3 to 150"},
		"leading digit":       {"1st", `the name starts with "1"` + starts},
		"leading mark":        {"_abc", `the name starts with "_"` + starts},
		"space":               {"daily policy", `the name has " " at position 6` + only},
		"dot":                 {"daily.", `the name has "." at position 6` + only},
		"newline":             {"abc\n", `the name has "\n" at position 4` + only},
		"Cyrillic look-alike": {"d\u0430ily", `the name has "` + "\u0430" + `" at position 2` + only},
		"every rule": {
			"1 ",
			"the name has 2 characters; a policy name has 3 to 150\n" + `the name starts with "1"` + starts + "\n" + `the name has " " at position 2` + only,
		},
	}
	for label, tt := range tests {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			checkMessage(t, catalog.CheckPolicyName(tt.name), tt.want)
		})
	}
}
