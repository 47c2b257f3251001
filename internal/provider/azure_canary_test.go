package provider_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// newAzureWorkspace is a workspace whose provider, the built program, finds this Azure by a metadata host and trusts its
// CA.
func newAzureWorkspace(t *testing.T, a *azureCloud, config string) *acctest.Workspace {
	t.Helper()
	address := "https://" + a.Address()
	a.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/metadata/endpoints" {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{
			"name": "Stratus", "resourceManager": address + "/", "portal": address,
			"authentication": map[string]any{"loginEndpoint": address, "identityProvider": "AAD", "tenant": "common", "audiences": []string{"https://arm.stratus.example"}},
		})
		return true
	})
	w := newTrustingWorkspace(t, a, "terraform {\n  required_providers { backup = { source = \"azurebackup/backup\" } }\n}\n"+config)
	w.Setenv("ARM_METADATA_HOSTNAME", a.Address())
	return w
}

// newTrustingWorkspace is a workspace whose provider, the built program, trusts the CA of this Azure.
func newTrustingWorkspace(t *testing.T, a *azureCloud, config string) *acctest.Workspace {
	t.Helper()
	w := acctest.NewWorkspace(t, config)
	w.Write("ca.pem", string(a.CA()))
	w.Setenv("SSL_CERT_FILE", filepath.Join(w.Folder, "ca.pem"))
	return w
}

// Nothing that is secret is seen anywhere: not in the log at its highest level, not on the screen, not in the state.
func TestAccAzure_secretsStaySecret(t *testing.T) {
	t.Parallel()
	a := newAzureCloud(t, catalog.Public)
	// A sign-in service may repeat what it was sent.
	a.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, "/wrong-tenant/oauth2/") {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = fmt.Fprintf(w, `{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret %s provided."}`, azureSecret)
		return true
	})
	// canaries are values of every setting that is secret; only the client secret is any good.
	canaries := azureBlock(catalog.Public,
		`client_certificate          = "Y2FuYXJ5LW9mLXRoZS1jZXJ0aWZpY2F0ZQ=="`, `client_certificate_password = "canary-of-the-password"`,
		`use_oidc = true`, `oidc_token = "canary-of-the-oidc-token"`,
		"oidc_request_url = \"https://"+a.Address()+"/idtoken?run=canary-of-the-url\"", `oidc_request_token = "canary-of-the-request"`)
	w := newAzureWorkspace(t, a, canaries+strings.Replace(azureStack("eastus"), `"contoso"`, `"contoso"
  resource_group_name = "missing"`, 1))
	for name, value := range map[string]string{"TF_LOG": "TRACE", "TF_LOG_PROVIDER": "TRACE", "AZURE_SDK_GO_LOGGING": "all"} {
		w.Setenv(name, value)
	}
	var printed strings.Builder
	run := func(args ...string) acctest.Result {
		r := w.Run(args...)
		printed.WriteString(r.Output)
		return r
	}
	plan := run("plan")
	for _, want := range []string{
		"A way to sign in to Azure failed", "client certificate: client_certificate cannot be read", "The provider is signed in with client secret.",
		`There is no resource group "missing" in subscription ` + azureAccount + " yet.", "az group create --name missing --location eastus",
	} {
		if plan.ExitCode != 0 || !strings.Contains(plan.Output, want) {
			t.Errorf("the plan (exit code %d) does not say %q:\n%s", plan.ExitCode, want, plan.Output)
		}
	}
	if r := run("apply", "-auto-approve"); r.ExitCode == 0 || !strings.Contains(r.Output, "ResourceGroupNotFound") {
		t.Errorf("an apply without the group: exit code %d\n%s", r.ExitCode, r.Output)
	}
	a.put("/subscriptions/"+azureAccount+"/resourceGroups/missing", `{"location":"eastus"}`)
	for _, args := range [][]string{{"apply", "-auto-approve"}, {"plan", "-detailed-exitcode"}, {"state", "pull"}} {
		if r := run(args...); r.ExitCode != 0 {
			t.Fatalf("%s: exit code %d\n%s", strings.Join(args, " "), r.ExitCode, r.Output)
		}
	}
	w.Write("override.tf", "provider \"backup\" {\n  tenant_id = \"wrong-tenant\"\n}\n")
	if r := run("plan"); r.ExitCode == 0 || !strings.Contains(r.Output, "client secret failed: AADSTS7000215") || !strings.Contains(r.Output, "OIDC request failed") {
		t.Errorf("a plan without a way to sign in: exit code %d\n%s", r.ExitCode, r.Output)
	} else if n := strings.Count(r.Output, "Unable to sign in to Azure"); n != 1 {
		t.Errorf("the error is printed %d times", n)
	}
	if err := os.Remove(filepath.Join(w.Folder, "override.tf")); err != nil {
		t.Fatal(err)
	}
	if r := run("destroy", "-auto-approve"); r.ExitCode != 0 {
		t.Fatalf("destroy: exit code %d\n%s", r.ExitCode, r.Output)
	}
	log := w.Log()
	if len(requestsIn(log)) == 0 || len(a.Tokens()) == 0 {
		t.Error("nothing is logged, or nobody signed in")
	}
	secrets := append(a.Tokens(), "canary-of", "Y2FuYXJ5")
	for where, text := range map[string]string{"log": log, "output": printed.String()} {
		for line := range strings.Lines(text) {
			for _, word := range secrets {
				if strings.Contains(line, word) {
					t.Errorf("the %s shows %q: %s", where, word, line)
				}
			}
		}
	}
}
