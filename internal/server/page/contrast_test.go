package page_test

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/server/page"
)

// TestContrast computes the contrast of the colours that are used together (WCAG 2.2, 1.4.3 and 1.4.11).
func TestContrast(t *testing.T) {
	const text, graphic = 4.5, 3
	pairs := []struct {
		front, back string
		least       float64
	}{
		{"text", "ground", text},
		{"text", "surface", text},
		{"text", "sunken", text},
		{"muted", "ground", text},
		{"muted", "surface", text},
		{"muted", "code", text}, // above a block of code
		{"accent", "ground", text},
		{"accent", "surface", text},
		{"accent-hover", "ground", text},
		{"accent-hover", "surface", text},
		{"on-accent", "accent", text},
		{"on-accent", "accent-hover", text},
		{"on-top", "top", text},
		{"on-top-muted", "top", text},
		{"code-text", "code", text},
		{"comment", "code", text},
		{"string", "code", text},
		{"active", "active-tint", text},
		{"creating", "creating-tint", text},
		{"updating", "updating-tint", text},
		{"deleting", "deleting-tint", text},
		{"failed", "failed-tint", text},
		{"paused", "paused-tint", text},
		{"active", "surface", text},
		{"creating", "surface", text},
		{"updating", "surface", text},
		{"deleting", "surface", text},
		{"failed", "surface", text},
		{"control", "surface", graphic}, // the border of fields and buttons
		{"control", "code", graphic},
		{"accent", "code", graphic}, // the outline of what has the focus
		{"accent", "sunken", graphic},
	}
	themes := themes(t)
	for name, colors := range themes {
		for _, pair := range pairs {
			if got := contrast(t, colors, pair.front, pair.back); got < pair.least {
				t.Errorf("%s: %s on %s has a contrast of %.2f, less than %.1f", name, pair.front, pair.back, got, pair.least)
			}
		}
	}
}

// TestContrast_colorsHaveNames keeps colours out of the rules, where TestContrast would not see them.
func TestContrast_colorsHaveNames(t *testing.T) {
	_, rules, ok := strings.Cut(page.Stylesheet(), "*, *::before")
	if !ok {
		t.Fatal("the stylesheet has no rules")
	}
	literal := regexp.MustCompile(`(?i)#[0-9a-f]{3,8}\b|\b(rgb|hsl|oklch|color)a?\(|:\s*(white|black|red|green|blue|gr[ae]y)\b`)
	shadow := regexp.MustCompile(`box-shadow: [^;]*;`)
	for _, line := range strings.Split(rules, "\n") {
		if found := literal.FindString(shadow.ReplaceAllString(line, "")); found != "" {
			t.Errorf("a colour without a name, %q, in %s", found, line)
		}
	}
	defined := themes(t)["light"]
	for _, use := range regexp.MustCompile(`var\(--([a-z-]+)\)`).FindAllStringSubmatch(rules, -1) {
		if _, ok := defined[use[1]]; !ok && use[1] != "shadow" {
			t.Errorf("--%s is not defined", use[1])
		}
	}
}

// themes reads the colours of the stylesheet. The dark ones are laid over the light ones, as a browser does.
func themes(t *testing.T) map[string]map[string]string {
	t.Helper()
	blocks := regexp.MustCompile(`(?s):root \{(.*?)\}`).FindAllStringSubmatch(page.Stylesheet(), -1)
	if len(blocks) != 2 {
		t.Fatalf("the stylesheet has %d blocks of colours", len(blocks))
	}
	light, dark := map[string]string{}, map[string]string{}
	for i, block := range blocks {
		for _, color := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(block[1], -1) {
			if i == 0 {
				light[color[1]] = color[2]
			}
			dark[color[1]] = color[2]
		}
	}
	for name, color := range light {
		if dark[name] == color && name != "on-top" {
			t.Errorf("the dark theme has no --%s of its own", name)
		}
	}
	return map[string]map[string]string{"light": light, "dark": dark}
}

func contrast(t *testing.T, colors map[string]string, front, back string) float64 {
	t.Helper()
	a, b := luminance(t, colors, front), luminance(t, colors, back)
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}

// luminance is the relative luminance of a colour, as WCAG defines it.
func luminance(t *testing.T, colors map[string]string, name string) float64 {
	t.Helper()
	value, err := strconv.ParseUint(strings.TrimPrefix(colors[name], "#"), 16, 32)
	if err != nil {
		t.Fatalf("--%s: %v", name, err)
	}
	linear := func(channel uint64) float64 {
		c := float64(channel&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(value>>16) + 0.7152*linear(value>>8) + 0.0722*linear(value)
}
