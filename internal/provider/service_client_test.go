package provider_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/backend"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// serviceClient is another client of the embedded service, behind Terraform's back.
type serviceClient struct {
	t         *testing.T
	store     *store.Store
	transport *embedded.Transport
}

func newServiceClient(t *testing.T, database string, change ...backend.EmbeddedChange) serviceClient {
	t.Helper()
	return newServiceClientFor(t, database, defaultSubscription, change...)
}

// newServiceClientFor is newServiceClient for a service with another subscription.
func newServiceClientFor(t *testing.T, database, subscription string, change ...backend.EmbeddedChange) serviceClient {
	t.Helper()
	s, err := store.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	config := embedded.Config{Store: s, Subscriptions: []embedded.Subscription{{ID: subscription, DisplayName: "Test"}}}
	for _, f := range change {
		f(&config)
	}
	return serviceClient{t: t, store: s, transport: embedded.NewTransport(embedded.New(config))}
}

// newServiceClientAt is newServiceClient for a service whose clock is ahead.
func newServiceClientAt(t *testing.T, database string, ahead time.Duration) serviceClient {
	t.Helper()
	c := newServiceClient(t, database)
	c.transport = embedded.NewTransport(embedded.New(embedded.Config{Store: c.store, Now: func() time.Time { return time.Now().Add(ahead) }}))
	return c
}

// do sends a request that has to succeed. A path without a query gets the usual API version.
func (c serviceClient) do(method, path, body string) {
	c.t.Helper()
	c.doIn("2025-08-01", method, path, body)
}

// doIn is do in another API version.
func (c serviceClient) doIn(version, method, path, body string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if !strings.Contains(path, "?") {
		path += "?api-version=" + version
	}
	req, err := http.NewRequestWithContext(ctx, method, embedded.Endpoint+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	resp, err := c.transport.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		c.t.Fatalf("%s %s: %s", method, path, resp.Status)
	}
}

func (c serviceClient) delete(id string) {
	c.t.Helper()
	c.do(http.MethodDelete, id, "")
}

// skipBelowIdentity skips a test on a command line without resource identity: Terraform below 1.12. OpenTofu has it
// from 1.12 too, but calls itself 1.13 to providers, so the framework's version checks do not fit.
func skipBelowIdentity(t *testing.T) {
	t.Helper()
	if major, minor, version := acctest.Version(t); major < 1 || major == 1 && minor < 12 {
		t.Skipf("resource identity needs Terraform or OpenTofu 1.12; this is %s", version)
	}
}

// lock makes the vault as it is once its first VM was registered; the service sets this itself and takes it from nobody.
func (c serviceClient) lock(id string) {
	c.t.Helper()
	c.edit(id, `"backupStorageVersion":"Unassigned"`, `"backupStorageVersion":"V2"`)
}

// edit changes a text in a document of the service that no request can change.
func (c serviceClient) edit(id, from, to string) {
	c.t.Helper()
	err := c.store.Update(context.Background(), time.Now(), func(tx *store.Tx) error {
		document, err := tx.Document(id)
		if err != nil || document == nil {
			return fmt.Errorf("no document %s: %w", id, err)
		}
		body := bytes.Replace(document.Body, []byte(from), []byte(to), 1)
		if bytes.Equal(body, document.Body) {
			return fmt.Errorf("there is no %s in %s", from, body)
		}
		document.Body = body
		return tx.PutDocument(document)
	})
	if err != nil {
		c.t.Fatal(err)
	}
}
