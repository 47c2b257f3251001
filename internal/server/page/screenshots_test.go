package page_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// furnished is a site with vaults in every state.
func furnished(t *testing.T) *site {
	s := start(t, func(c *embedded.Config) {
		c.ProvisioningTime = time.Minute
		c.BackupTime = 20 * time.Minute
		c.FailProvisioning = func(id string) *embedded.Fault {
			if strings.HasSuffix(id, "broken") {
				return &embedded.Fault{Code: "InternalServerError", Message: "The vault could not be created."}
			}
			return nil
		}
	})
	s.furnish()
	return s
}

// TestBrowser_narrow has no page that is wider than a small telephone.
func TestBrowser_narrow(t *testing.T) {
	const width = 360
	full, empty := furnished(t).open(t), start(t).open(t)
	for _, scene := range []struct {
		tab  *tab
		path string
	}{
		{full, "/"},
		{full, "/?name=nothing"},
		{full, vaultPath("contoso-production")},
		{full, vaultPath("northwind-new")},
		{empty, "/"},
	} {
		b := scene.tab
		b.do(chromedp.EmulateViewport(width, 800))
		b.visit(scene.path)
		// What can be unfolded is unfolded: the widest parts are there.
		b.do(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("details").forEach(e => { e.open = true; })`))
		if wide := eval[int64](b, `document.documentElement.scrollWidth`); wide > width {
			t.Errorf("%s is %d px wide on a screen of %d px; its widest parts are %v", scene.path, wide, width, eval[[]string](b,
				`[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 8).map(e => e.tagName + "." + e.className)`))
		}
	}
}

// screenshotsVariable names the folder that TestBrowser_screenshots fills; there are no pictures without it.
const screenshotsVariable = "BACKUP_SCREENSHOTS"

// TestBrowser_screenshots takes the pictures that a person has to look at. Those that begin with serve- are in the README.
func TestBrowser_screenshots(t *testing.T) {
	folder := os.Getenv(screenshotsVariable)
	if folder == "" {
		return
	}
	full, empty := furnished(t).open(t), start(t).open(t)
	for _, scene := range []struct {
		name          string
		tab           *tab
		path          string
		theme         string
		width, height int64
		whole         bool // the page, not only what fits on the screen
	}{
		{"serve-list", full, "/", "light", 1280, 860, false},
		{"serve-vault", full, vaultPath("contoso-production"), "light", 1280, 1270, false},
		{"vault-whole", full, vaultPath("contoso-production"), "light", 1280, 860, true},
		{"vault-dark", full, vaultPath("contoso-production"), "dark", 1280, 860, true},
		{"vault-middle", full, vaultPath("contoso-production"), "light", 820, 860, true},
		{"vault-narrow", full, vaultPath("contoso-production"), "dark", 360, 1700, false},
		{"items-narrow", full, vaultPath("contoso-production") + "#items", "dark", 360, 1700, false},
		{"jobs-narrow", full, vaultPath("contoso-production") + "#policies", "light", 360, 1700, false},
		{"new-vault", full, vaultPath("northwind-new"), "light", 1280, 860, false},
		{"staging", full, vaultPath("contoso-staging"), "light", 1280, 1100, false},
		{"list-dark", full, "/", "dark", 1280, 860, false},
		{"list-middle", full, "/", "light", 800, 860, false},
		{"list-narrow", full, "/", "light", 360, 1700, false},
		{"nothing", full, "/?name=nothing", "light", 1280, 860, false},
		{"empty", empty, "/", "light", 1280, 860, false},
		{"empty-narrow", empty, "/", "dark", 360, 860, true},
	} {
		b := scene.tab
		b.theme(scene.theme, &emulation.MediaFeature{Name: "prefers-reduced-motion", Value: "reduce"}) // no scrolling halfway
		b.do(chromedp.EmulateViewport(scene.width, scene.height))
		b.visit("/nowhere") // so that a fragment is scrolled to
		b.visit(scene.path)
		b.wait(isLive)
		picture := chromedp.CaptureScreenshot()
		if scene.whole {
			picture = chromedp.FullScreenshot(100)
		}
		if err := os.WriteFile(filepath.Join(folder, scene.name+".png"), run(b, picture), 0o600); err != nil {
			t.Fatal(err)
		}
		b.forget("/nowhere")
	}
}
