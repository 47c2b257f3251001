package page_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// rowPattern finds the rows of the list, and what is in their cells.
var (
	rowPattern  = regexp.MustCompile(`(?s)<tr role="row" data-vault=.*?</tr>`)
	cellPattern = regexp.MustCompile(`(?s)<(?:td|th)[^>]*>(.*?)</(?:td|th)>`)
	tagPattern  = regexp.MustCompile(`<[^>]*>`)
)

// listed are the rows of the list as text, cells separated by bars.
func (a *answer) listed() []string {
	rows := []string{}
	for _, row := range rowPattern.FindAllString(a.body, -1) {
		var cells []string
		for _, cell := range cellPattern.FindAllStringSubmatch(row, -1) {
			cells = append(cells, strings.TrimSpace(tagPattern.ReplaceAllString(cell[1], "")))
		}
		rows = append(rows, strings.Join(cells, "|"))
	}
	return rows
}

func (a *answer) wantRows(want ...string) {
	a.tb.Helper()
	if diff := cmp.Diff(want, a.listed()); diff != "" {
		a.tb.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestList(t *testing.T) {
	a := furnished(t).get("/").want(http.StatusOK, `<html lang="en">`, "<h1>Recovery services</h1>", ">6 vaults</caption>")
	a.wantRows(
		"adatum-edge|Active|Japan East|backup|Embedded backup service|Geo-redundant Unlocked|0",
		"contoso-production|Active|China East 2|backup|Embedded backup service|Geo-redundant Locked|2",
		"contoso-staging|Active|China North 3|backup|Embedded backup service|Locally redundant Unlocked|0",
		"fabrikam-archive|Active|West Europe|backup|Embedded backup service|Zone-redundant Unlocked|0",
		"fabrikam-broken|Failed|East US|backup|Embedded backup service|Geo-redundant Unlocked|0",
		"northwind-new|Creating|UK South|backup|Embedded backup service|Geo-redundant Unlocked|0",
	)
	// Each state has a shape of its own, and the number of its vaults.
	a.want(http.StatusOK, `<span class="pill creating"><svg aria-hidden="true"><use href="#icon-creating"/></svg>Creating</span>`,
		`Creating</span><span class="tile-count">1<`, `Active</span><span class="tile-count">4<`,
		`Updating</span><span class="tile-count">0<`, `Failed</span><span class="tile-count">1<`)
	a.want(http.StatusOK, `href="/vaults/`+embedded.DefaultSubscriptionID+`/backup/contoso-production"`)
}

func TestList_subscriptions(t *testing.T) {
	const second = "00000000-0000-4000-8000-000000000002"
	s := start(t, func(c *embedded.Config) {
		c.Subscriptions = []embedded.Subscription{
			{ID: embedded.DefaultSubscriptionID, DisplayName: "First"}, {ID: second, DisplayName: "Second"},
		}
	})
	s.makeVault("zulu", "eastus")
	s.arm(http.MethodPut, "/subscriptions/"+second+"/resourceGroups/Group-(1)/providers/Microsoft.RecoveryServices/vaults/alpha",
		`{"location":"eastus","sku":{"name":"Standard"}}`)
	a := s.get("/")
	a.wantRows(
		"alpha|Active|East US|Group-(1)|Second|Geo-redundant Unlocked|0",
		"zulu|Active|East US|backup|First|Geo-redundant Unlocked|0",
	)
	s.get("/vaults/"+second+"/Group-%281%29/alpha").want(http.StatusOK, "<h1>alpha</h1>", "<dd>Second</dd>")
	a.want(http.StatusOK, `href="/vaults/`+second+`/Group-%281%29/alpha"`)
}

func TestList_filter(t *testing.T) {
	s := furnished(t)
	for _, test := range []struct {
		query string
		want  []string
	}{
		{"?name=CONTOSO", []string{"contoso-production", "contoso-staging"}},
		{"?name=+staging+", []string{"contoso-staging"}},
		{"?region=chinaeast2", []string{"contoso-production"}},
		{"?region=China+East+2", []string{"contoso-production"}},
		{"?status=Failed", []string{"fabrikam-broken"}},
		{"?status=creating", []string{"northwind-new"}},
		{"?status=Active&name=fabrikam", []string{"fabrikam-archive"}},
		{"?status=Active&name=fabrikam&region=eastus", nil},
		{"?name=nothing", nil},
		{"?page=7", []string{"adatum-edge", "contoso-production", "contoso-staging", "fabrikam-archive", "fabrikam-broken", "northwind-new"}},
	} {
		a := s.get("/" + test.query).want(http.StatusOK)
		var names []string
		for _, row := range a.listed() {
			name, _, _ := strings.Cut(row, "|")
			names = append(names, name)
		}
		if !slices.Equal(names, test.want) {
			t.Errorf("%s: got %v, want %v", test.query, names, test.want)
		}
		if test.want == nil {
			a.want(http.StatusOK, "No vault matches the filter", "There are 6 vaults in all")
		}
	}
	// The form shows what was asked for.
	s.get("/?name=%22%3E%3Cb%3E&region=westeurope&status=Active").want(http.StatusOK,
		`value="&#34;&gt;&lt;b&gt;"`, `<option value="westeurope" selected>West Europe</option>`,
		`<option value="Active" selected>Active</option>`, `href="/">Show all</a>`)
	// A region without vaults stays chosen.
	s.get("/?region=brazilsouth").want(http.StatusOK, `<option value="brazilsouth" selected>Brazil South</option>`)
	// The number of a state keeps the rest of the filter, and takes its own back.
	s.get("/?name=fabrikam").want(http.StatusOK, `href="/?name=fabrikam&amp;status=Failed"`)
	s.get("/?status=Failed").want(http.StatusOK, `<a href="/" class="tile failed" aria-current="true">`)
}

func TestList_empty(t *testing.T) {
	a := start(t).get("/").want(http.StatusOK, "There are no vaults yet", "terraform init", "terraform apply")
	config := a.code("start")
	for _, part := range []string{
		`source = "azurebackup/backup"`, `environment = "embedded"`, `endpoint    = "http://127.0.0.1:10800"`,
		`resource "backup_vault" "production" {`, `region             = "China East"`,
	} {
		if !strings.Contains(config, part) {
			t.Errorf("the configuration has no %q:\n%s", part, config)
		}
	}
}

// TestList_many has as many vaults as a big team, of which a page is read and shown at a time.
func TestList_many(t *testing.T) {
	const vaults = 1000
	s := start(t)
	s.copyVault(s.makeVault("vault-0000", "eastus"), vaults)
	began := time.Now()
	a := s.get("/?page=20").want(http.StatusOK, ">1000 vaults</caption>", "951 to 1000 of 1000", "Page 20 of 20",
		`<a rel="prev" href="/?page=19">Previous</a>`)
	took := time.Since(began)
	a.wantNot(`rel="next"`)
	rows := a.listed()
	if len(rows) != 50 || !strings.HasPrefix(rows[49], "vault-0999|") {
		t.Errorf("got %d rows, the last %q", len(rows), rows[len(rows)-1])
	}
	s.get("/?name=vault-01&page=2").want(http.StatusOK, "100 of 1000 vaults", `href="/?name=vault-01"`)
	t.Logf("a page of %d vaults took %v", vaults, took)
	// Generous, for a busy machine with the race detector; a quiet one without needs a twentieth of it.
	if limit := 5 * time.Second; took > limit {
		t.Errorf("a page of %d vaults took %v, more than %v", vaults, took, limit)
	}
}

// copyVault makes vaults like one whose name ends in 0000, until there are as many as wanted.
func (s *site) copyVault(id string, wanted int) {
	s.tb.Helper()
	err := s.store.Update(s.tb.Context(), s.clock.Now(), func(tx *store.Tx) error {
		first, err := tx.Document(id)
		if err != nil {
			return err
		}
		for i := 1; i < wanted; i++ {
			d := *first
			number := fmt.Sprintf("%04d", i)
			d.ID, d.Name = strings.TrimSuffix(d.ID, "0000")+number, strings.TrimSuffix(d.Name, "0000")+number
			if err := tx.PutDocument(&d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.tb.Fatal(err)
	}
}

var codePattern = regexp.MustCompile(`(?s)<pre id="([^"]*)"[^>]*><code>(.*?)</code></pre>`)

// code is what a reader copies.
func (a *answer) code(id string) string {
	a.tb.Helper()
	for _, found := range codePattern.FindAllStringSubmatch(a.body, -1) {
		if found[1] == id {
			return unescape(tagPattern.ReplaceAllString(found[2], ""))
		}
	}
	a.tb.Fatalf("there is no code %q in:\n%s", id, a.body)
	return ""
}
