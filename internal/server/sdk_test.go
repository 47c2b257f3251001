package server_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/recoveryservices/armrecoveryservices"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// serveTLS starts the command with a certificate and a secret of its own, and returns a client that trusts it.
func serveTLS(t *testing.T) *process {
	t.Helper()
	folder := t.TempDir()
	roots := x509.NewCertPool()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}}
	p := serve(t, client, "--database", filepath.Join(folder, "v.db"), "--tls-self-signed", filepath.Join(folder, "tls"),
		"--token-file", writeFile(t, secret+"\n"), "--provisioning-time", "300ms", "--retry-after", "1s", "--log-format", "json")
	_, authority, ok := strings.Cut(p.start, "export SSL_CERT_FILE=")
	if !ok {
		t.Fatalf("it does not say whom to trust: %s", p.start)
	}
	authority, _, _ = strings.Cut(authority, "\n")
	content, err := os.ReadFile(authority)
	if err != nil || !roots.AppendCertsFromPEM(content) {
		t.Fatalf("%s: %v", authority, err)
	}
	return p
}

// Microsoft's own sign-in and client, against the command as a user starts it.
func TestMicrosoftClientSignsIn(t *testing.T) {
	t.Parallel()
	p := serveTLS(t)
	for _, want := range []string{" BACKUP_ENDPOINT=" + p.url, " BACKUP_TOKEN_FILE=", "export ARM_METADATA_HOSTNAME=" + strings.TrimPrefix(p.url, "https://") + "\n"} {
		if !strings.Contains(p.start, want) {
			t.Errorf("it starts without saying %s: %s", want, p.start)
		}
	}
	ctx := t.Context()
	options := policy.ClientOptions{
		Transport: p.client,
		Cloud: cloud.Configuration{
			ActiveDirectoryAuthorityHost: p.url,
			Services: map[cloud.ServiceName]cloud.ServiceConfiguration{
				cloud.ResourceManager: {Endpoint: p.url, Audience: p.url},
			},
		},
	}
	signIn := func(clientSecret string) *azidentity.ClientSecretCredential {
		credential, err := azidentity.NewClientSecretCredential(embedded.TenantID, "00000000-0000-4000-8000-00000000000c", clientSecret,
			&azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
		if err != nil {
			t.Fatal(err)
		}
		return credential
	}
	vaultsFor := func(credential *azidentity.ClientSecretCredential) *armrecoveryservices.VaultsClient {
		vaults, err := armrecoveryservices.NewVaultsClient(embedded.DefaultSubscriptionID, credential, &arm.ClientOptions{ClientOptions: options})
		if err != nil {
			t.Fatal(err)
		}
		return vaults
	}

	vaults := vaultsFor(signIn(secret))
	creating, err := vaults.BeginCreateOrUpdate(ctx, "group", "main", armrecoveryservices.Vault{
		Location: to.Ptr("East Asia"), SKU: &armrecoveryservices.SKU{Name: to.Ptr(armrecoveryservices.SKUNameStandard)},
		Properties: &armrecoveryservices.VaultProperties{},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	created, err := creating.PollUntilDone(ctx, &runtime.PollUntilDoneOptions{Frequency: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if *created.Name != "main" || *created.Properties.ProvisioningState != "Succeeded" {
		t.Errorf("created %+v", created.Properties)
	}
	page, err := vaults.NewListBySubscriptionIDPager(nil).NextPage(ctx)
	if err != nil || len(page.Value) != 1 {
		t.Errorf("listed %d vaults, %v", len(page.Value), err)
	}

	_, err = vaultsFor(signIn("not-the-secret")).Get(ctx, "group", "main", nil)
	if err == nil || !strings.Contains(err.Error(), "AADSTS7000215") {
		t.Errorf("with another secret: %v", err)
	}
	if log := p.log.String(); strings.Contains(log, secret) || !strings.Contains(log, `"user_agent":"azsdk-go-`) {
		t.Errorf("log %s", log)
	}
}

func TestOldTLSIsRefused(t *testing.T) {
	t.Parallel()
	p := serveTLS(t)
	transport, ok := p.client.Transport.(*http.Transport)
	if !ok {
		t.Fatalf("the transport is a %T", p.client.Transport)
	}
	old := transport.Clone()
	old.TLSClientConfig.MinVersion = tls.VersionTLS10
	old.TLSClientConfig.MaxVersion = tls.VersionTLS11
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+"/healthz", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if response, err := (&http.Client{Transport: old}).Do(request); err == nil {
		_ = response.Body.Close()
		t.Error("TLS 1.1 was accepted")
	}
	p.get("/healthz").want(http.StatusOK, "")
}
