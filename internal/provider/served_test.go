package provider_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// servedService is an embedded service behind a port. With a token it takes only requests that carry it.
type servedService struct {
	*httptest.Server
	requests, signed atomic.Int64
}

func newServedService(t *testing.T, token string, config embedded.Config) *servedService {
	t.Helper()
	file, err := store.Open(t.Context(), acctest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	config.Store = file
	service := embedded.New(config)
	s := &servedService{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		if got := r.Header.Values("Authorization"); len(got) > 0 {
			s.signed.Add(1)
			if len(got) != 1 || got[0] != "Bearer "+token {
				azureRefusal(w, http.StatusUnauthorized, "InvalidAuthenticationToken", "The token is not this service's.")
				return
			}
		} else if token != "" {
			azureRefusal(w, http.StatusUnauthorized, "AuthenticationFailed", "The request carries no token.")
			return
		}
		service.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// block is the provider block that leads to the service; more are further lines of it.
func (s *servedService) block(more ...string) string {
	return fmt.Sprintf("provider \"backup\" {\n  environment = \"embedded\"\n  endpoint    = %q\n  %s\n}\n", s.URL, strings.Join(more, "\n  "))
}

// send makes a request that has to succeed, behind Terraform's back.
func (s *servedService) send(t *testing.T, method, path, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL+path+"?api-version=2021-04-01", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= http.StatusMultipleChoices {
		t.Fatalf("%s %s: %s", method, path, resp.Status)
	}
}

// The embedded service of another process is used like the one inside; without a token, no request is signed.
func TestAccServed(t *testing.T) {
	t.Parallel()
	s := newServedService(t, "", embedded.Config{})
	config := s.block() + oneVault
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{Config: config, ConfigStateChecks: []statecheck.StateCheck{
				has("state", text("Active")), has("resource_group_name", text("backup")), has("subscription_id", text(defaultSubscription)),
			}},
		},
	})
	if s.requests.Load() == 0 || s.signed.Load() != 0 {
		t.Errorf("%d requests, %d of them signed", s.requests.Load(), s.signed.Load())
	}
}

// A service that wants a token gets it from the attribute, or from the file; the one subscription that it has is the
// default.
func TestAccServed_token(t *testing.T) {
	t.Parallel()
	const token, only = "correct-horse-battery-staple", "22222222-0000-4000-8000-000000000002"
	s := newServedService(t, token, embedded.Config{Subscriptions: []embedded.Subscription{{ID: only, DisplayName: "Team"}}})
	folder := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return filepath.ToSlash(path)
	}
	file := "client_secret_file_path = \"" + write("token", token+"\n") + `"`
	refused := func(want string, more ...string) resource.TestStep {
		return resource.TestStep{Config: s.block(more...) + oneVault, ExpectError: message(want)}
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			refused("The service wants a token"),
			refused("BACKUP_TOKEN_FILE"),
			refused("The service does not take this token", `client_secret = "of-another-service"`),
			refused("Unable to read the token file", `client_secret_file_path = "`+filepath.ToSlash(filepath.Join(folder, "nowhere"))+`"`),
			refused("has more than one line; it has to hold the secret alone", `client_secret_file_path = "`+write("lines", token+"\n"+token)+`"`),
			refused("The token file is empty", `client_secret_file_path = "`+write("empty", "\n")+`"`),
			{Config: s.block(file) + oneVault, ConfigStateChecks: []statecheck.StateCheck{has("subscription_id", text(only))}},
			{Config: s.block(`client_secret = "`+token+`"`) + oneVault, ConfigPlanChecks: nothing},
		},
	})
}

// Nothing that is meant for Azure is sent to a service that is not Azure.
func TestAccServed_azureSecretIsNotSent(t *testing.T) {
	t.Parallel()
	s := newServedService(t, "", embedded.Config{})
	w := acctest.NewWorkspace(t, "terraform {\n  required_providers { backup = { source = \"azurebackup/backup\" } }\n}\n"+s.block()+oneVault)
	for _, name := range []string{"ARM_CLIENT_SECRET", "ARM_CLIENT_ID", "ARM_TENANT_ID", "ARM_OIDC_TOKEN"} {
		w.Setenv(name, "canary-of-azure")
	}
	w.MustRun("apply", "-auto-approve")
	if s.requests.Load() == 0 || s.signed.Load() != 0 {
		t.Errorf("%d requests, %d of them signed", s.requests.Load(), s.signed.Load())
	}
}

// When nothing answers, that is said once and soon, with the reason, not for every resource when its timeout is over. A
// certificate that nobody knows is not waited for.
func TestAccServed_nothingAnswers(t *testing.T) {
	t.Parallel()
	gone := newServedService(t, "", embedded.Config{})
	gone.Close()
	untrusted := &servedService{Server: httptest.NewTLSServer(http.NotFoundHandler())}
	t.Cleanup(untrusted.Close)
	for want, s := range map[string]*servedService{
		"no answer from " + strings.TrimPrefix(gone.URL, "http://"): gone,
		"SSL_CERT_FILE": untrusted,
	} {
		resource.UnitTest(t, resource.TestCase{
			ProtoV6ProviderFactories: acctest.Factories(),
			Steps:                    []resource.TestStep{{Config: s.block() + oneVault, ExpectError: message(want)}},
		})
	}
}
