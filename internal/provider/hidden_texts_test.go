package provider_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// hiddenText cannot be seen by whoever reads it.
const hiddenText = "\x1b[2J\a\x00\x7f\u0085\u202e\u2066\u200b\u2028"

// hidingService is an embedded service with hiddenText in whatever it says, once it hides; and it refuses what hides says.
type hidingService struct {
	*httptest.Server
	refuses atomic.Pointer[func(*http.Request) bool]
	hides   atomic.Bool
}

func newHidingService(t *testing.T) *hidingService {
	t.Helper()
	behind := newServedService(t, "", embedded.Config{})
	s := &hidingService{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if refuses := s.refuses.Load(); refuses != nil && (*refuses)(r) {
			w.Header().Set("Content-Type", "application/json")
			// What Go's client takes of such headers.
			w.Header().Set("x-ms-request-id", "id\u202e\xff")
			w.Header().Set("x-ms-error-code", "code\u202e\xff")
			w.WriteHeader(http.StatusConflict)
			_, _ = io.WriteString(w, jsonText(t, hidden(map[string]any{"error": map[string]any{
				"code": "Refused", "message": "one\r\ntwo", "details": []any{map[string]any{"code": "Detail", "message": "three"}},
			}})))
			return
		}
		answer := httptest.NewRecorder()
		behind.Config.Handler.ServeHTTP(answer, r)
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		var document any
		if !s.hides.Load() || json.Unmarshal(answer.Body.Bytes(), &document) != nil {
			_, _ = w.Write(answer.Body.Bytes())
			return
		}
		_, _ = io.WriteString(w, jsonText(t, hidden(document)))
	}))
	t.Cleanup(s.Close)
	return s
}

func jsonText(t *testing.T, value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		t.Error(err)
	}
	return string(text)
}

// hidden puts hiddenText into every text of a document but times, and what leads to the next request.
func hidden(value any) any {
	switch v := value.(type) {
	case string:
		if _, err := time.Parse(time.RFC3339, v); err == nil {
			return v
		}
		return v + hiddenText
	case []any:
		for i := range v {
			v[i] = hidden(v[i])
		}
	case map[string]any:
		for name, member := range v {
			if !slices.Contains([]string{"id", "nextLink", "subscriptionId"}, name) {
				v[name] = hidden(member)
			}
		}
	}
	return value
}

func wantNothingHidden(t *testing.T, what, text string) {
	t.Helper()
	for i, r := range text {
		if r != '\n' && r != '\t' && !unicode.IsGraphic(r) {
			t.Errorf("%s has %U at %q", what, r, text[max(0, i-200):min(len(text), i+40)])
			return
		}
	}
}

// providerLines are the lines of the log that the provider has written, with what they hold.
func providerLines(t *testing.T, log string) (texts []string) {
	t.Helper()
	for line := range strings.Lines(log) {
		var fields map[string]any
		if json.Unmarshal([]byte(line), &fields) != nil {
			continue
		}
		if module, _ := fields["@module"].(string); !strings.HasPrefix(module, "provider") && !strings.HasPrefix(module, "sdk") {
			continue
		}
		// The framework writes the keys of maps into these as they are. Terraform escapes them in the log that people read.
		delete(fields, "tf_attribute_path")
		for _, value := range fields {
			if text, ok := value.(string); ok {
				texts = append(texts, text)
			}
		}
	}
	return texts
}

// TestAccHiddenTexts has everything that is asked of the service end with texts that would change the terminal of whoever
// reads them.
func TestAccHiddenTexts(t *testing.T) {
	t.Parallel()
	s := newHidingService(t)
	const vault = "/subscriptions/" + defaultSubscription + "/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/contoso-a"
	block := requiredProviders("azurebackup/backup") + "provider \"backup\" {\n  environment = \"embedded\"\n  endpoint = \"" + s.URL + "\"\n}\n"
	config := func(days string, more ...string) string {
		return block + `
resource "backup_vault" "a" {
  name   = "contoso-a"
  region = "eastus"
  tags   = { days = "` + days + `" }
  ` + strings.Join(more, "\n") + `
}
resource "backup_policy_vm" "a" {
  name     = "nightly"
  vault_id = backup_vault.a.id
  backup   = { frequency = "Daily", time = "23:00" }
  retention_daily = { count = ` + days + ` }
}
resource "backup_protected_vm" "a" {
  vault_id         = backup_vault.a.id
  source_vm_id     = "` + machines + `web-1"
  source_vm_region = "eastus"
  backup_policy_id = backup_policy_vm.a.id
}
`
	}
	w := acctest.NewWorkspace(t, config("30"))
	w.Setenv("TF_LOG_PROVIDER", "")
	w.Setenv("TF_LOG", "JSON")
	w.MustRun("apply", "-auto-approve")

	neighbours := config("30") + `
resource "backup_vault" "taken" {
  name   = "contoso-A"
  region = "eastus"
}
resource "backup_policy_vm" "taken" {
  name     = "Nightly"
  vault_id = backup_vault.a.id
  backup   = { frequency = "Daily", time = "23:00" }
  retention_daily = { count = 30 }
}
resource "backup_protected_vm" "taken" {
  vault_id         = backup_vault.a.id
  source_vm_id     = "` + machines + `web-1"
  backup_policy_id = "${backup_vault.a.id}/backupPolicies/DefaultPolicy"
}
`
	data := block + `
data "backup_vault" "a" {
  name                = "contoso-a"
  resource_group_name = "backup"
}
data "backup_vaults" "a" {}
data "backup_regions" "a" {}
data "backup_subscriptions" "a" {}
data "backup_policy_vm" "a" {
  vault_id = "` + vault + `"
  name     = "nightly"
}
data "backup_protected_vms" "a" {
  vault_id = "` + vault + `"
}
data "backup_jobs" "a" {
  vault_id = "` + vault + `"
}
`
	everything, writes := func(*http.Request) bool { return true }, func(r *http.Request) bool { return r.Method != http.MethodGet && r.Method != http.MethodPost }
	afterSignIn := func(r *http.Request) bool { return r.URL.Path != "/subscriptions" }
	shown := `Refused\x1b[2J\a\x00\x7f\u0085\u202e\u2066\u200b\u2028`
	for _, step := range []struct {
		name, config string
		refuses      func(*http.Request) bool
		hides        bool
		args         []string
		want         string
	}{
		{"refused when configuring", config("30"), everything, false, []string{"plan"}, shown},
		{"reads refused", config("30"), afterSignIn, false, []string{"plan"}, shown},
		{"data sources refused", data, afterSignIn, false, []string{"plan", "-refresh=false"}, shown},
		{"writes refused", config("31"), writes, false, []string{"apply", "-auto-approve"}, shown},
		{"deletes refused", config("30"), writes, false, []string{"destroy", "-auto-approve"}, shown},
		{"everything hidden", config("31"), nil, true, []string{"plan"}, ""},
		{"data sources hidden", data, nil, true, []string{"plan", "-refresh=false"}, ""},
		{"neighbours hidden", neighbours, nil, true, []string{"plan", "-refresh=false"}, `\u202e`},
		{"a wait for what is hidden", config("32", `timeouts = { update = "1s" }`), nil, true, []string{"apply", "-auto-approve", "-refresh=false"}, "ran out"},
	} {
		w.Write("main.tf", step.config)
		s.refuses.Store(nil)
		if step.refuses != nil {
			s.refuses.Store(&step.refuses)
		}
		s.hides.Store(step.hides)
		r := w.Run(step.args...)
		wantNothingHidden(t, step.name, r.Printed)
		if !strings.Contains(r.Output, step.want) {
			t.Errorf("%s: %q is not in\n%s", step.name, step.want, r.Output)
		}
	}
	texts := providerLines(t, w.Log())
	if !slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, `\u202e`) }) {
		t.Errorf("no line of %d holds what the service said", len(texts))
	}
	for _, text := range texts {
		wantNothingHidden(t, "the log", text)
	}
}
