package page_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// isLive tells whether the page listens to events.
const isLive = `document.querySelector(".live").dataset.liveState === "live"`

// TestBrowser_becomesActive watches vaults being made, as somebody does who waits for them.
func TestBrowser_becomesActive(t *testing.T) {
	s := start(t, func(c *embedded.Config) { c.ProvisioningTime = time.Minute })
	b := s.open(t)
	b.visit("/")
	b.wait(isLive)
	if text := b.text("#vaults h2"); text != "There are no vaults yet" {
		t.Errorf("the page says %q", text)
	}
	b.do(chromedp.Evaluate[chromedp.Void](`window.untouched = true; void 0`)) // gone, were the page loaded again

	s.makeVault("contoso", "eastus")
	b.wait(`document.querySelector('tr[data-name="contoso"] .pill.creating') !== null`)
	// What the reader is doing is not disturbed: a half-typed filter, and the focus.
	b.do(chromedp.SendKeys(chromedp.CSS("#filter-name"), "con"))
	s.clock.Advance(time.Minute)
	b.wait(`document.querySelector('tr[data-name="contoso"] .pill.active') !== null`)
	b.wait(`document.querySelector(".notice") !== null`)
	if got := b.text(".notice p"); got != "Vault contoso is Active" {
		t.Errorf("the notification says %q", got)
	}
	if !eval[bool](b, `document.querySelector(".notice").closest("[aria-live=polite]") !== null`) {
		t.Error("the notification is not announced")
	}
	if typed, focus := eval[string](b, `document.querySelector("#filter-name").value`), eval[string](b, `document.activeElement.id`); typed != "con" || focus != "filter-name" {
		t.Errorf("the filter has %q, and %q the focus", typed, focus)
	}
	if got := b.rows(); !slices.Equal(got, []string{"contoso Active"}) {
		t.Errorf("the rows are %v", got)
	}
	if !eval[bool](b, `window.untouched === true`) {
		t.Error("the page was loaded anew")
	}

	// The notification leads to the vault, whose page has news of other vaults, too, and of what it holds.
	b.do(chromedp.Click(chromedp.CSS(".notice a")))
	b.wait(`document.title.startsWith("contoso") && ` + isLive)
	s.makeVault("fabrikam", "westeurope")
	s.protect(vaultID("backup", "contoso"), "web-1", vaultID("backup", "contoso")+"/backupPolicies/DefaultPolicy")
	b.wait(`document.querySelector("#items h3")?.textContent === "web-1" && document.querySelector("#overview .lock").textContent === "Locked"`)
	s.clock.Advance(time.Minute)
	b.wait(`document.querySelector(".notice p")?.textContent === "Vault fabrikam is Active"`)
	// One that is Active as soon as it is there is told of, too.
	s.makeVault("instant", "westeurope")
	s.clock.Advance(time.Minute)
	b.wait(`document.querySelectorAll(".notice p")[1]?.textContent === "Vault instant is Active"`)
	b.do(chromedp.Click(chromedp.CSS(".notice button")))
	b.wait(`document.querySelectorAll(".notice").length === 1`)
	s.clock.Advance(48 * time.Hour)
	b.wait(`document.querySelectorAll("#items svg use.mark").length > 1 && document.querySelectorAll("#jobs tbody tr").length === 3`)
}

// TestBrowser_gone looks at a vault while somebody deletes it.
func TestBrowser_gone(t *testing.T) {
	s := start(t, func(c *embedded.Config) { c.OperationTime = time.Minute })
	id := s.makeVault("contoso", "eastus")
	b := s.open(t)
	b.visit(vaultPath("contoso"))
	b.wait(isLive)
	s.arm(http.MethodDelete, id, "")
	b.wait(`document.querySelector(".pill.deleting") !== null && document.querySelector("#quick-start .none") !== null`)
	s.clock.Advance(time.Minute)
	b.wait(`document.querySelector("h1")?.textContent === "This vault was deleted"`)
	// The browser reports the status of the page, which is what it should be.
	b.forget("404")
}

// TestBrowser_password has a server that asks for a password, which the reader gives in the address.
func TestBrowser_password(t *testing.T) {
	s := start(t)
	inner := s.handler
	s.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, password, _ := r.BasicAuth(); password != "secret" {
			w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		inner.ServeHTTP(w, r)
	})
	b := s.open(t)
	b.url = strings.Replace(b.url, "http://", "http://reader:secret@", 1)
	b.visit("/")
	b.wait(isLive)
	s.makeVault("contoso", "eastus")
	b.wait(`document.querySelector('tr[data-name="contoso"]') !== null`)
}

func TestBrowser_copy(t *testing.T) {
	s := start(t)
	s.makeVault("contoso", "eastus", `,"tags":{"a":"<b> & \"c\""}`)
	b := s.open(t)
	c := chromedp.FromContext(b.ctx)
	b.visit(vaultPath("contoso"))
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		if _, err := chromedp.CallBrowser(b.ctx, browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: name}, Setting: "granted", Origin: b.url, BrowserContextID: c.BrowserContextID,
		}); err != nil {
			t.Fatal(err)
		}
	}
	want := s.get(vaultPath("contoso")).code("step-redundancy")
	b.do(chromedp.Click(chromedp.CSS(`[data-copy="step-redundancy"]`)))
	b.wait(`document.querySelector('[data-copy="step-redundancy"]').textContent === "Copied"`)
	if got := run(b, chromedp.Evaluate[string](`navigator.clipboard.readText()`, chromedp.EvalAwaitPromise)); got != want {
		t.Errorf("copied\n%q, want\n%q", got, want)
	}
	if !strings.Contains(want, `"<b> & \"c\""`) {
		t.Errorf("the code is %q", want)
	}
	if !eval[bool](b, `[...document.querySelectorAll("[aria-live] p")].some(e => e.textContent === "Copied")`) {
		t.Error("it is not announced that it was copied")
	}
}

// TestBrowser_withoutJavaScript reads everything, filters and follows links.
func TestBrowser_withoutJavaScript(t *testing.T) {
	b := furnished(t).open(t)
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.visit("/")
	b.do(chromedp.WaitVisible(chromedp.CSS("noscript .hint")))
	b.do(
		chromedp.WaitNotVisible(chromedp.CSS(".live")), chromedp.WaitNotVisible(chromedp.CSS("[data-notify]")),
		chromedp.SendKeys(chromedp.CSS("#filter-name"), "production"), chromedp.Click(chromedp.CSS(".filter button")),
		chromedp.WaitVisible(chromedp.CSS(`a[href="/"].quiet`)),
	)
	if got := run(b, chromedp.Text(chromedp.CSS("caption"))); got != "1 of 6 vaults" {
		t.Errorf("the filter finds %q", got)
	}
	b.do(chromedp.Click(chromedp.CSS(`tbody th a`)), chromedp.WaitVisible(chromedp.CSS("#overview")))
	b.do(chromedp.WaitNotVisible(chromedp.CSS(".copy")))
	b.do(chromedp.Click(chromedp.CSS("#item-2-table summary")), chromedp.WaitVisible(chromedp.CSS("#item-2-table table")))
}

// TestBrowser_keyboard goes to a vault and opens a step there by keys alone.
func TestBrowser_keyboard(t *testing.T) {
	s := start(t)
	s.makeVault("contoso", "eastus")
	b := s.open(t)
	b.visit("/")
	b.wait(isLive)
	b.do(chromedp.KeyEvent(kb.Tab))
	if got := eval[string](b, `document.activeElement.textContent`); got != "Skip to the content" {
		t.Errorf("the first stop is %q", got)
	}
	if top := eval[float64](b, `document.activeElement.getBoundingClientRect().top`); top < 0 {
		t.Errorf("the link to skip to the content is at %v, out of sight", top)
	}
	b.do(chromedp.KeyEvent(kb.Enter))
	stops := b.tabTo(t, `document.activeElement.textContent === "contoso"`)
	want := []string{"Creating0", "Active1", "Updating0", "Deleting0", "Failed0", "filter-name", "filter-region", "filter-status", "Filter", "contoso"}
	if !slices.Equal(stops, want) {
		t.Errorf("the stops are %q, want %q", stops, want)
	}
	if width := eval[string](b, `getComputedStyle(document.activeElement).outlineWidth`); width != "3px" {
		t.Errorf("what has the focus has an outline of %s", width)
	}
	b.do(chromedp.KeyEvent(kb.Enter))
	b.wait(`document.title.startsWith("contoso") && ` + isLive)
	b.tabTo(t, `document.activeElement.matches("#step-1 > summary")`)
	b.do(chromedp.KeyEvent(kb.Enter))
	b.wait(`document.querySelector("#step-1").open`)
	b.tabTo(t, `document.activeElement.id === "step-policy"`) // a block that scrolls
}

// tabTo presses Tab until an expression is true, and returns what had the focus.
func (b *tab) tabTo(t *testing.T, there string) []string {
	t.Helper()
	var stops []string
	for range 40 {
		b.do(chromedp.KeyEvent(kb.Tab))
		stops = append(stops, eval[string](b, `document.activeElement.id || document.activeElement.textContent`))
		if eval[bool](b, there) {
			return stops
		}
	}
	t.Fatalf("Tab leads to %q only", stops)
	return nil
}

// TestBrowser_preferences has the page follow what the reader prefers.
func TestBrowser_preferences(t *testing.T) {
	b := furnished(t).open(t)
	b.visit("/")
	for theme, want := range map[string]string{"light": "rgb(244, 246, 249)", "dark": "rgb(13, 19, 28)"} {
		b.theme(theme)
		if got := eval[string](b, `getComputedStyle(document.body).backgroundColor`); got != want {
			t.Errorf("%s is %s, want %s", theme, got, want)
		}
	}
	for preference, want := range map[string]bool{"reduce": false, "no-preference": true} {
		b.theme("light", &emulation.MediaFeature{Name: "prefers-reduced-motion", Value: preference})
		if got := eval[bool](b, `document.getAnimations().length > 0`); got != want {
			t.Errorf("with %s there is motion: %v", preference, got)
		}
	}
}

// TestBrowser_accessible reads the page as a screen reader does.
func TestBrowser_accessible(t *testing.T) {
	b := furnished(t).open(t)
	for path, want := range map[string][]string{
		"/": {
			"banner ", "main ", "contentinfo ", "region Notifications", "search Filter the vaults", "list Vaults by status",
			"heading Recovery services", "table 6 vaults", "columnheader Protected VMs", "rowheader contoso-production", "link contoso-production",
			"searchbox Name contains", "combobox Region", "combobox Status", "button Filter", "link Active 4",
		},
		vaultPath("contoso-production"): {
			"banner ", "main ", "contentinfo ", "navigation Where you are", "navigation On this page", "heading contoso-production",
			"region Overview", "region Quick Start", "region Policies", "region Protected VMs", "region Jobs", "region Usage",
			"article web-1", "image Recovery points of web-1", "table 3 policies", "button Copy the ARM id",
		},
	} {
		b.visit(path)
		b.wait(isLive)
		nodes := call(b, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{}).Nodes
		seen := map[string]int{}
		for _, n := range nodes {
			if n.Ignored {
				continue
			}
			role, name := text(n.Role), text(n.Name)
			// An SVG image is "img" in some versions of Chromium.
			role = strings.Replace(role, "img", "image", 1)
			seen[role+" "+name]++
			unnamed := strings.TrimSpace(name) == ""
			switch role {
			case "link", "button", "searchbox", "combobox", "image", "table", "columnheader", "rowheader", "heading", "navigation", "search":
				if unnamed {
					t.Errorf("%s: a %s has no name", path, role)
				}
			}
		}
		for _, node := range want {
			if seen[node] == 0 {
				t.Errorf("%s: there is no %q", path, node)
			}
		}
		if n := eval[int](b, `document.querySelectorAll("h1").length`); n != 1 {
			t.Errorf("%s: there are %d first headings", path, n)
		}
		if got := eval[[]string](b, `[...document.querySelectorAll("[id]")].map(e => e.id).filter((id, i, all) => all.indexOf(id) !== i)`); len(got) > 0 {
			t.Errorf("%s: ids are used twice: %v", path, got)
		}
		if got := eval[[]string](b, `[...document.querySelectorAll("[aria-labelledby]")].flatMap(e => e.getAttribute("aria-labelledby").split(" ")).filter(id => !document.getElementById(id))`); len(got) > 0 {
			t.Errorf("%s: labels are missing: %v", path, got)
		}
		if got := eval[string](b, `[...document.querySelectorAll("h1, h2, h3")].map(e => e.tagName[1]).join("")`); strings.Contains(got, "13") || got[0] != '1' {
			t.Errorf("%s: headings are of the levels %s", path, got)
		}
		if got := eval[[]string](b, `[...document.querySelectorAll("table")].filter(e => !e.caption || [...e.querySelectorAll("th")].some(h => !h.scope)).map(e => e.outerHTML)`); len(got) > 0 {
			t.Errorf("%s: tables without a caption, or headers without a scope: %v", path, got)
		}
	}
}

// text is a string of the accessibility tree.
func text(v *accessibility.Value) string {
	if v == nil {
		return ""
	}
	return strings.Trim(fmt.Sprintf("%s", v.Value), `"`)
}

// forget takes expected messages out of the console.
func (b *tab) forget(part string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.messages = slices.DeleteFunc(b.messages, func(m string) bool { return strings.Contains(m, part) })
}
