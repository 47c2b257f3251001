package catalog_test

import (
	"testing"
	"unicode"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

func TestVisible(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "",
		"Vault \"a\\b\" 虚拟机 é 🎉 – “ok” ": "Vault \"a\\b\" 虚拟机 é 🎉 – “ok” ",
		"one\n\ttwo":          "one\n\ttwo",
		"one\r\ntwo\rthree":   "one\ntwo\\rthree",
		"\x1b[2J\a\x00\b\x7f": `\x1b[2J\a\x00\b\x7f`,
		"\u0085\u009b31m":     `\u0085\u009b31m`,
		"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c": `\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c`,
		"\u200b\u200c\u200d\u2060\ufeff\u00ad":                                     `\u200b\u200c\u200d\u2060\ufeff\u00ad`,
		"\u2028\u2029\ue000\U000e0041":                                             `\u2028\u2029\ue000\U000e0041`,
		"a\xffb\xc3":                                                               `a\xffb\xc3`,
		"a\ufffdb":                                                                 "a\ufffdb",
	} {
		got := catalog.Visible(in)
		if got != want {
			t.Errorf("Visible(%q)\ngot  %q\nwant %q", in, got, want)
		}
		if again := catalog.Visible(got); again != got {
			t.Errorf("Visible(%q) changes at the second time to %q", in, again)
		}
	}
}

func TestHCL(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`a"b\c`: `"a\"b\\c"`, "${a} %{b} $c $${d}": `"$${a} %%{b} $c $$${d}"`, "a\nb\tc\x00": `"a\nb\tc\u0000"`, "虚": `"虚"`,
		"\x1b\x7f\u0085\u202e\u200b\u2028\U000e0041": `"\u001b\u007f\u0085\u202e\u200b\u2028\U000e0041"`,
	} {
		if got := catalog.HCL(in); got != want {
			t.Errorf("HCL(%q) = %s, want %s", in, got, want)
		}
	}
}

// TestHCL_everyCharacter reads back what is written with Terraform's own parser.
func TestHCL_everyCharacter(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if r > unicode.MaxASCII && unicode.IsGraphic(r) || 0xd800 <= r && r <= 0xdfff || r > 0x30000 && r < 0xe0000 {
			continue // what is written as it is, halves of characters, and planes that have none
		}
		in := "a" + string(r) + "{b"
		expression, problems := hclsyntax.ParseExpression([]byte(catalog.HCL(in)), "", hcl.InitialPos)
		if problems.HasErrors() {
			t.Fatalf("%U: %s: %v", r, catalog.HCL(in), problems)
		}
		value, problems := expression.Value(nil)
		if problems.HasErrors() {
			t.Fatalf("%U: %v", r, problems)
		}
		if got := value.AsString(); got != in {
			t.Fatalf("%U: %q was read as %q", r, in, got)
		}
	}
}
