package provider_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/azure"
	"github.com/azurebackup/terraform-provider-backup/internal/azure/azuretest"
	"github.com/azurebackup/terraform-provider-backup/internal/backend"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

const (
	azureTenant  = "11111111-2222-3333-4444-555555555555"
	azureClient  = "66666666-7777-8888-9999-aaaaaaaaaaaa"
	azureSecret  = "canary-of-the-secret"
	azureAccount = "22222222-0000-4000-8000-000000000002" // the subscription
)

// azureCloud plays Azure in a test: every host of every cloud, over TLS, with a sign-in service before an ARM that has the
// embedded service's rules. A resource group "backup" has been made in it. Its regions are those of the catalogue and newer ones.
type azureCloud struct {
	*azuretest.Server
	t      *testing.T
	faults *embedded.Faults
	arm    *embedded.Service
	runCLI func(ctx context.Context, args ...string) ([]byte, error)
}

func newAzureCloud(t *testing.T, cloud catalog.Cloud, newer ...catalog.Region) *azureCloud {
	t.Helper()
	file, err := store.Open(t.Context(), acctest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	a := &azureCloud{Server: azuretest.New(t), t: t, faults: &embedded.Faults{}}
	a.runCLI = func(context.Context, ...string) ([]byte, error) { return nil, errors.New("there is no az here") }
	a.arm = embedded.New(embedded.Config{
		Store: file, Faults: a.faults, Regions: append(catalog.Regions(cloud), newer...), StrictResourceGroups: true,
		Subscriptions: []embedded.Subscription{{ID: azureAccount, DisplayName: "Production"}},
	})
	a.ServeARM(a.arm)
	a.put("/subscriptions/"+azureAccount+"/resourceGroups/backup", fmt.Sprintf(`{"location":%q}`, catalog.Regions(cloud)[0].Name))
	return a
}

// put makes something behind Terraform's back.
func (a *azureCloud) put(path, body string) {
	a.t.Helper()
	req, err := http.NewRequestWithContext(a.t.Context(), http.MethodPut, embedded.Endpoint+path+"?api-version=2021-04-01", strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	resp, err := embedded.NewTransport(a.arm).Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= http.StatusMultipleChoices {
		a.t.Fatalf("PUT %s: %s", path, resp.Status)
	}
}

// factories make the provider, whose every request comes here.
func (a *azureCloud) factories() map[string]func() (tfprotov6.ProviderServer, error) {
	return acctest.Factories(backend.WithAzure(func(o *azure.Options) {
		o.RoundTripper = a.RoundTripper()
		o.RunCLI = func(ctx context.Context, args ...string) ([]byte, error) { return a.runCLI(ctx, args...) }
	}))
}

// sent are the requests that came to a host whose name begins so, since the last was taken.
func (a *azureCloud) sent(host string) []azuretest.Request {
	var all []azuretest.Request
	for _, r := range a.Requests() {
		if strings.HasPrefix(r.Host, host) {
			all = append(all, r)
		}
	}
	return all
}

// azureBlock is a provider block that signs in with a client secret; further are more lines of it.
func azureBlock(environment catalog.Cloud, further ...string) string {
	return fmt.Sprintf(`provider "backup" {
  environment         = %q
  subscription_id     = %q
  resource_group_name = "backup"
  tenant_id           = %q
  client_id           = %q
  client_secret       = %q
  %s
}
`, environment, azureAccount, azureTenant, azureClient, azureSecret, strings.Join(further, "\n  "))
}

// azureStack is a vault with a policy and a VM that it protects.
func azureStack(region string) string {
	return fmt.Sprintf(`
resource "backup_vault" "test" {
  name   = "contoso"
  region = %[1]q
}
resource "backup_policy_vm" "test" {
  name            = "daily"
  vault_id        = backup_vault.test.id
  backup          = { frequency = "Daily", time = "23:00" }
  retention_daily = { count = 10 }
}
resource "backup_protected_vm" "test" {
  vault_id         = backup_vault.test.id
  backup_policy_id = backup_policy_vm.test.id
  source_vm_id     = "/subscriptions/%[2]s/resourceGroups/backup/providers/Microsoft.Compute/virtualMachines/vm1"
  source_vm_region = %[1]q
}
`, region, azureAccount)
}

// hasRequest tells whether one of the requests is of this method and for a path that ends so.
func hasRequest(requests []azuretest.Request, method, path string) bool {
	return slices.ContainsFunc(requests, func(r azuretest.Request) bool { return r.Method == method && strings.HasSuffix(r.Path, path) })
}
