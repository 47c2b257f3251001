package provider_test

import (
	"context"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/server/page"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// shownService is an embedded service on a port, and its page.
type shownService struct {
	t   *testing.T
	url string
}

func newShownService(t *testing.T) *shownService {
	t.Helper()
	file, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "vaults.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	service := embedded.New(embedded.Config{Store: file})
	shown := page.New(service, page.Options{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(strings.ToLower(r.URL.Path), "/subscriptions") {
			service.ServeHTTP(w, r)
			return
		}
		shown.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return &shownService{t, server.URL}
}

// do sends a request that has to succeed, and returns the body of the answer.
func (s *shownService) do(method, path, body string) string {
	s.t.Helper()
	request, err := http.NewRequestWithContext(context.WithoutCancel(s.t.Context()), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= http.StatusMultipleChoices {
		s.t.Fatalf("%s %s: %s %v %s", method, path, response.Status, err, answer)
	}
	return string(answer)
}

var htmlTag = regexp.MustCompile(`<[^>]*>`)

// code is what the page at a path has to copy, by the id of its element.
func (s *shownService) code(path, id string) string {
	s.t.Helper()
	found := regexp.MustCompile(`(?s)<pre id="` + id + `"[^>]*>(.*?)</pre>`).FindStringSubmatch(s.do(http.MethodGet, path, ""))
	if found == nil {
		s.t.Fatalf("%s has no %s", path, id)
	}
	return html.UnescapeString(htmlTag.ReplaceAllString(found[1], ""))
}

// TestAccPage_quickStart does what the page says, with what it has to copy and nothing else.
func TestAccPage_quickStart(t *testing.T) {
	t.Parallel()
	const vault = "/vaults/" + embedded.DefaultSubscriptionID + "/backup/contoso-production"
	s := newShownService(t)

	first := acctest.NewWorkspace(t, s.code("/", "start"))
	first.MustRun("apply", "-auto-approve")
	first.MustPlanNothing()

	// Somebody else has changed the vault; what the page has to copy is the vault as it is.
	s.do(http.MethodPatch, "/subscriptions/"+embedded.DefaultSubscriptionID+
		"/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/contoso-production?api-version=2025-08-01",
		`{"tags":{"${a} \"b\"":"%{ if x } \\ 虚","owner":"me"},"properties":{"publicNetworkAccess":"Disabled",
"redundancySettings":{"crossRegionRestore":"Enabled"},"securitySettings":{"immutabilitySettings":{"state":"Unlocked"}}}}`)
	second := acctest.NewWorkspace(t, s.code(vault, "step-redundancy"))
	second.Write("provider.tf", s.code(vault, "step-provider"))
	planned := second.MustRun("plan").Output
	if want := "Plan: 1 to import, 0 to add, 0 to change, 0 to destroy."; !strings.Contains(planned, want) {
		t.Fatalf("the plan has no %q:\n%s", want, planned)
	}
	second.Write("more.tf", s.code(vault, "step-policy")+s.code(vault, "step-protect"))
	second.MustRun("apply", "-auto-approve")
	second.MustPlanNothing()
	if got := s.do(http.MethodGet, vault, ""); !strings.Contains(got, `<h3 id="item-1">my-vm</h3>`) {
		t.Error("the page does not show the protected VM")
	}

	if major, minor, _ := acctest.Version(t); major == 1 && minor >= 14 && !isOpenTofu() { // as skipBelowActions
		second.Write("action.tf", s.code(vault, "step-backup"))
		invoke := strings.Fields(strings.TrimPrefix(s.code(vault, "step-invoke"), "terraform "))
		second.MustRun(append(invoke, "-auto-approve")...)
	}
}
