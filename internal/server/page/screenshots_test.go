package page_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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

// TestBrowser_scenes shows every page in both themes, wide and narrow. With BACKUP_SCREENSHOTS it leaves a picture of each
// in that folder.
func TestBrowser_scenes(t *testing.T) {
	const vault = "/vaults/" + embedded.DefaultSubscriptionID + "/backup/contoso-production"
	full := furnished(t).open(t)
	empty := start(t).open(t)
	for _, scene := range []struct {
		name   string
		tab    *tab
		path   string
		theme  string
		width  int64
		height int64
		whole  bool // the page, not only what fits on the screen
	}{
		{"serve-list", full, "/", "light", 1280, 860, false},
		{"serve-vault", full, vault, "light", 1280, 1180, false},
		{"vault-whole", full, vault, "light", 1280, 860, true},
		{"vault-dark", full, vault, "dark", 1280, 860, true},
		{"list-dark", full, "/", "dark", 1280, 860, false},
		{"list-narrow", full, "/", "light", 360, 860, true},
		{"vault-narrow", full, vault, "dark", 360, 860, true},
		{"empty", empty, "/", "light", 1280, 860, false},
		{"empty-narrow", empty, "/", "dark", 360, 860, true},
		{"none", full, "/?name=nothing", "light", 1280, 860, false},
		{"new-vault", full, "/vaults/" + embedded.DefaultSubscriptionID + "/backup/northwind-new", "light", 1280, 860, false},
		{"middle", full, "/", "light", 800, 860, false},
	} {
		t.Run(scene.name, func(t *testing.T) {
			b := scene.tab
			b.theme(scene.theme)
			b.do(chromedp.EmulateViewport(scene.width, scene.height))
			b.visit(scene.path)
			b.wait(`document.querySelector(".live").dataset.liveState === "live"`)
			if wide := eval[int64](b, `document.documentElement.scrollWidth`); wide > scene.width {
				t.Errorf("the page is %d px wide on a screen of %d px; its widest parts are %v", wide, scene.width, eval[[]string](b,
					`[...document.querySelectorAll("main *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 8).map(e => e.tagName + "." + e.className)`))
			}
			if folder := os.Getenv("BACKUP_SCREENSHOTS"); folder != "" {
				picture := chromedp.CaptureScreenshot()
				if scene.whole {
					picture = chromedp.FullScreenshot(100)
				}
				if err := os.WriteFile(filepath.Join(folder, scene.name+".png"), run(b, picture), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
