package page_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/azurebackup/terraform-provider-backup/internal/server/page"
)

const hidden = "\x1b[2J\x00\u0085\u202e\u200b\u2028"

// hide puts what cannot be seen into every text of a document, but not into times and the ids by which more is asked for.
func hide(value any) any {
	switch v := value.(type) {
	case string:
		if _, err := time.Parse(time.RFC3339, v); err == nil {
			return v
		}
		return v + hidden
	case []any:
		for i := range v {
			v[i] = hide(v[i])
		}
	case map[string]any:
		for name, member := range v {
			switch {
			case slices.Contains([]string{"id", "nextLink", "subscriptionId", "policyType", "backupManagementType", "provisioningState"}, name):
			case name == "tags":
				v[name] = map[string]any{"note" + hidden: "${danger}" + hidden}
			default:
				v[name] = hide(member)
			}
		}
	}
	return value
}

// hiding answers as the site's service does, with what cannot be seen in every text.
func (s *site) hiding(change func(w http.ResponseWriter, r *http.Request) bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if change != nil && change(w, r) {
			return
		}
		recorded := httptest.NewRecorder()
		s.service.ServeHTTP(recorded, r)
		var document any
		if err := json.Unmarshal(recorded.Body.Bytes(), &document); err != nil {
			s.tb.Error(err)
		}
		w.WriteHeader(recorded.Code)
		if err := json.NewEncoder(w).Encode(hide(document)); err != nil {
			s.tb.Error(err)
		}
	})
}

func (a *answer) wantNothingHidden() {
	a.tb.Helper()
	for i, r := range a.body {
		if r != '\n' && !unicode.IsGraphic(r) {
			a.tb.Errorf("the page has %U at %q", r, a.body[max(0, i-60):i+4])
		}
	}
}

func TestPages_showWhatCannotBeSeen(t *testing.T) {
	s := furnished(t)
	s.handler = page.New(s.hiding(nil), page.Options{Now: s.clock.Now})
	s.get("/").want(http.StatusOK, `contoso-production\x1b[2J`, `\u0085\u202e\u200b\u2028`).wantNothingHidden()
	s.get(vaultPath("contoso-production")).want(http.StatusOK, `web-1\x1b[2J`,
		// What is to be copied means what the service said.
		`>&#34;note\u001b[2J\u0000\u0085\u202e\u200b\u2028&#34;</span> = `, `>&#34;$${danger}\u001b[2J\u0000\u0085\u202e\u200b\u2028&#34;</span>`,
	).wantNothingHidden()
	s.get(vaultPath("none%1b%5b2J%e2%80%ae%ff")).want(http.StatusNotFound).wantNothingHidden()
	s.get("/?name=%1b%5b2J%e2%80%ae%ff").want(http.StatusOK).wantNothingHidden()

	s.handler = page.New(s.hiding(func(w http.ResponseWriter, r *http.Request) bool {
		refused := strings.HasSuffix(r.URL.Path, "/backupPolicies")
		if refused {
			w.WriteHeader(http.StatusForbidden)
			_ = json.NewEncoder(w).Encode(hide(map[string]any{"error": map[string]any{"code": "No", "message": "no"}}))
		}
		return refused
	}), page.Options{Now: s.clock.Now})
	s.get(vaultPath("contoso-production")).want(http.StatusBadGateway, `No\x1b[2J`).wantNothingHidden()
}
