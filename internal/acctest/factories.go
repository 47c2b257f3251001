package acctest

import (
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/azurebackup/terraform-provider-backup/internal/backend"
	"github.com/azurebackup/terraform-provider-backup/internal/provider"
)

// Factories makes the provider for the test framework, in the test's own process.
func Factories(options ...backend.Option) map[string]func() (tfprotov6.ProviderServer, error) {
	options = append(options, servedOptions()...)
	return map[string]func() (tfprotov6.ProviderServer, error){
		"backup": func() (tfprotov6.ProviderServer, error) { return provider.NewServer("test", options...)(), nil },
	}
}

// Config is a configuration that starts with a provider block on a database of the test's own. embedded are further
// lines of its embedded attribute.
func Config(database, body string, embedded ...string) string {
	return fmt.Sprintf(`provider "backup" {
  environment = "embedded"
  embedded = {
    database = %q
    %s
  }
}
%s`, filepath.ToSlash(database), strings.Join(embedded, "\n    "), body)
}

// Database is the path of a new database file.
func Database(tb testing.TB) string {
	tb.Helper()
	return filepath.Join(tb.TempDir(), "vaults.db")
}

// Recorder notes the requests that a provider sends.
type Recorder struct {
	mu    sync.Mutex
	calls []string
	// Answer, when it returns a response, takes the place of the service. It must be set before the first request.
	Answer func(*http.Request) *http.Response
}

// Option puts the recorder into a provider.
func (r *Recorder) Option() backend.Option {
	return backend.WithTransport(func(next policy.Transporter) policy.Transporter {
		return transport(func(req *http.Request) (*http.Response, error) {
			r.mu.Lock()
			r.calls = append(r.calls, req.Method+" "+req.URL.Path)
			r.mu.Unlock()
			if r.Answer != nil {
				if resp := r.Answer(req); resp != nil {
					resp.Request = req
					return resp, nil
				}
			}
			return next.Do(req)
		})
	})
}

// Take returns the calls since the last Take, as "GET /path", in the order sent.
func (r *Recorder) Take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	calls := r.calls
	r.calls = nil
	return calls
}

type transport func(*http.Request) (*http.Response, error)

// Do implements policy.Transporter.
func (t transport) Do(req *http.Request) (*http.Response, error) { return t(req) }

// JSON is an answer that a test gives in place of the service.
func JSON(status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status,
		Header:     http.Header{"Content-Type": {"application/json"}},
		Body:       io.NopCloser(strings.NewReader(body)),
	}
}
