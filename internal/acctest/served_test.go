package acctest_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/google/uuid"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/azure"
	"github.com/azurebackup/terraform-provider-backup/internal/backend"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// rehearsed is a service that the provider takes for a cloud of Azure.
func rehearsed() (b target, stop func(), err error) {
	b, stop, err = served("--strict-resource-groups")
	if err != nil {
		return b, nil, err
	}
	const group = "rehearsal"
	p, err := b.place(context.Background())
	if err == nil {
		err = p.connection.Do(context.Background(), arm.Request{
			Method: http.MethodPut, Path: "/subscriptions/" + p.subscription + "/resourceGroups/" + group, APIVersion: catalog.ResourceGroupAPIVersion,
			Body: map[string]any{"location": b.region},
		}, nil)
	}
	if err != nil {
		stop()
		return b, nil, err
	}
	p.group = group
	b.place = func(context.Context) (place, error) { return p, nil }
	b.block = fmt.Sprintf(`environment = "public"
  metadata_host = %q
  resource_group_name = %q
  subscription_id = %q
  tenant_id = "00000000-0000-4000-8000-0000000000ff"
  client_id = "11111111-1111-4111-8111-111111111111"
  client_secret_file_path = %q`, strings.TrimPrefix(b.endpoint, "https://"), group, p.subscription, b.token)
	return b, stop, nil
}

var address = regexp.MustCompile(`https://127\.0\.0\.1:\d+`)

// served starts `terraform-provider-backup serve` in a process of its own, with TLS and a token; creations and changes take
// some time there.
func served(flags ...string) (b target, stop func(), err error) {
	folder, err := os.MkdirTemp("", "backup-served-")
	if err != nil {
		return b, nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	stop = func() {
		cancel()
		_ = os.RemoveAll(folder)
	}
	defer func() {
		if err != nil {
			stop()
		}
	}()
	token, secret := filepath.Join(folder, "token"), uuid.NewString()
	if err = os.WriteFile(token, []byte(secret), 0o600); err != nil {
		return b, nil, err
	}
	binary, err := acctest.Binary(ctx)
	if err != nil {
		return b, nil, err
	}
	log, err := os.Create(filepath.Join(folder, "serve.log"))
	if err != nil {
		return b, nil, err
	}
	serve := exec.CommandContext(ctx, binary, append([]string{
		"serve", "--listen", "127.0.0.1:0", "--database", filepath.Join(folder, "vaults.db"),
		"--tls-self-signed", folder, "--token-file", token, "--provisioning-time", "300ms", "--operation-time", "200ms",
	}, flags...)...)
	serve.Stderr = log
	output, err := serve.StdoutPipe()
	if err == nil {
		err = serve.Start()
	}
	if err != nil {
		return b, nil, err
	}
	kill := stop
	stop = func() {
		// As a user stops it, so that a stop that hangs is noticed.
		_ = serve.Process.Signal(os.Interrupt)
		timer := time.AfterFunc(10*time.Second, cancel)
		if err := serve.Wait(); err != nil {
			fmt.Fprintln(os.Stderr, "serve did not stop as it should:", err)
		}
		timer.Stop()
		kill()
	}
	endpoint := ""
	for lines := bufio.NewScanner(output); endpoint == "" && lines.Scan(); {
		endpoint = address.FindString(lines.Text())
	}
	go func() { _, _ = io.Copy(io.Discard, output) }()
	if endpoint == "" {
		said, _ := os.ReadFile(log.Name())
		return b, nil, fmt.Errorf("serve did not start: %s", said)
	}
	authority, err := os.ReadFile(filepath.Join(folder, "ca.pem"))
	if err != nil {
		return b, nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(authority) {
		return b, nil, errors.New("ca.pem holds no certificate")
	}
	// SSL_CERT_FILE, which users set, does not work on every system.
	network := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true}
	there := func(context.Context) (place, error) {
		client, err := arm.NewClient(arm.Options{
			Endpoint: endpoint, Transport: azure.NewHTTPClient(network), Version: "sweep",
			SignIn: runtime.NewKeyCredentialPolicy(azcore.NewKeyCredential(secret), "Authorization", &runtime.KeyCredentialPolicyOptions{Prefix: "Bearer "}),
		})
		return place{client, vault.NewClient(client), embedded.DefaultSubscriptionID, "backup"}, err
	}
	token = filepath.ToSlash(token)
	return target{
		place: there, endpoint: endpoint, token: token,
		block:  fmt.Sprintf("environment = \"embedded\"\n  endpoint = %q\n  client_secret_file_path = %q", endpoint, token),
		region: "chinaeast2", elsewhere: "chinanorth3",
		vm:        "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/shop/providers/Microsoft.Compute/virtualMachines/web-1",
		providers: acctest.Factories(backend.WithAzure(func(o *azure.Options) { o.RoundTripper = network })),
	}, stop, nil
}
