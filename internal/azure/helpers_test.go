package azure_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/azurebackup/terraform-provider-backup/internal/azure"
	"github.com/azurebackup/terraform-provider-backup/internal/azure/azuretest"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

const (
	tenant   = "11111111-2222-3333-4444-555555555555"
	client   = "66666666-7777-8888-9999-aaaaaaaaaaaa"
	assertor = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
)

var (
	yes = true
	no  = false
)

// noCLI stands for a machine without Azure CLI.
func noCLI(context.Context, ...string) ([]byte, error) { return nil, errors.New("there is no az here") }

func connect(t *testing.T, server *azuretest.Server, s azure.Settings) *azure.Connection {
	t.Helper()
	if s.Cloud == "" {
		s.Cloud = catalog.Public
	}
	c, err := azure.Connect(t.Context(), s, azure.Options{RoundTripper: server.RoundTripper(), RunCLI: noCLI})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// secretSettings are those of a service principal with a secret.
func secretSettings() azure.Settings {
	return azure.Settings{TenantID: tenant, ClientID: client, ClientSecret: "secret-of-the-principal"}
}

func signIn(t *testing.T, c *azure.Connection) azure.SignIn {
	t.Helper()
	how, err := c.SignIn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return how
}

// refusedSignIn signs in, which must fail, and returns the lines of the error after the first by method.
func refusedSignIn(t *testing.T, c *azure.Connection) map[azure.Method]azure.Attempt {
	t.Helper()
	_, err := c.SignIn(t.Context())
	var refused *azure.SignInError
	if !errors.As(err, &refused) {
		t.Fatalf("signing in: %v, want a SignInError", err)
	}
	if lines := strings.Split(err.Error(), "\n"); len(lines) != len(refused.Attempts)+1 || len(refused.Attempts) != 6 {
		t.Errorf("the error has %d lines and %d attempts, want one for each of 6 methods:\n%v", len(lines), len(refused.Attempts), err)
	}
	all := map[azure.Method]azure.Attempt{}
	for _, a := range refused.Attempts {
		all[a.Method] = a
	}
	return all
}

// get sends a GET through a new pipeline like that of an ARM client, and returns the status.
func get(t *testing.T, c *azure.Connection, target string) (int, error) {
	t.Helper()
	return getThrough(t, newPipeline(c), target)
}

func newPipeline(c *azure.Connection) runtime.Pipeline {
	return runtime.NewPipeline("test", "v0", runtime.PipelineOptions{PerRetry: []policy.Policy{c.Policy()}},
		&policy.ClientOptions{Transport: c.Transport(), Retry: policy.RetryOptions{RetryDelay: time.Millisecond}})
}

func getThrough(t *testing.T, pipeline runtime.Pipeline, target string) (int, error) {
	t.Helper()
	req, err := runtime.NewRequest(t.Context(), http.MethodGet, target)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := pipeline.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	return resp.StatusCode, nil
}

func mustGet(t *testing.T, c *azure.Connection) {
	t.Helper()
	status, err := get(t, c, c.Endpoint()+"/subscriptions?api-version=2022-12-01")
	if err != nil || status != http.StatusOK {
		t.Fatalf("ARM answered %d, %v", status, err)
	}
}

// armRequests are the requests that came to ARM.
func armRequests(server *azuretest.Server) []azuretest.Request {
	var all []azuretest.Request
	for _, r := range server.Requests() {
		if r.Path == "/subscriptions" {
			all = append(all, r)
		}
	}
	return all
}

func writeFile(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// newCertificate makes a self-signed certificate with its key, both as PEM.
func newCertificate(t *testing.T) (text string, cert *x509.Certificate) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "principal"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	if cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})) +
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
	return text, cert
}

// ecKey is a PEM that is not a certificate.
func ecKey(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}
