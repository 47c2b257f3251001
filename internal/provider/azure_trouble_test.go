package provider_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azurebackup/terraform-provider-backup/internal/azure/azuretest"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

const azureVault = `
resource "backup_vault" "test" {
  name     = "contoso"
  region   = "eastus"
  timeouts = { create = "3s", read = "3s" }
}
`

// azureRefusal answers as Azure Resource Manager refuses.
func azureRefusal(w http.ResponseWriter, status int, code, message string) bool {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("x-ms-request-id", "5a9d4b2e-request")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `{"error":{"code":%q,"message":%q}}`, code, message)
	return true
}

// ofVault tells whether a request is about the vault of azureVault itself.
func ofVault(r *http.Request, method string) bool {
	return r.Method == method && strings.HasSuffix(r.URL.Path, "/vaults/contoso")
}

const missingRegistration = "The subscription is not registered to use namespace 'Microsoft.RecoveryServices'. See https://aka.ms/rps-not-found for how to register subscriptions."

// What Azure refuses at apply is worded for the user.
func TestAccAzure_refusals(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer func(w http.ResponseWriter, r *http.Request) bool
		want   string
	}{
		"no role": {
			func(w http.ResponseWriter, r *http.Request) bool {
				return ofVault(r, http.MethodPut) && azureRefusal(w, http.StatusForbidden, "AuthorizationFailed",
					"The client 'c' with object id 'o' does not have authorization to perform action 'Microsoft.RecoveryServices/vaults/write' over scope '/subscriptions/s'.")
			}, "The identity that the provider is signed in with lacks the right to do this. Give it a role that has the action named above",
		},
		"not registered": {
			func(w http.ResponseWriter, r *http.Request) bool {
				return ofVault(r, http.MethodPut) && azureRefusal(w, http.StatusConflict, "MissingSubscriptionRegistration", missingRegistration)
			}, "az provider register --namespace Microsoft.RecoveryServices --subscription " + azureAccount,
		},
		"not registered in China": {
			func(w http.ResponseWriter, r *http.Request) bool {
				return ofVault(r, http.MethodPut) && azureRefusal(w, http.StatusConflict, "MissingSubscriptionRegistration", missingRegistration)
			}, "https://portal.azure.cn/#@/resource/subscriptions/" + azureAccount,
		},
		"no group": {
			func(w http.ResponseWriter, r *http.Request) bool {
				return ofVault(r, http.MethodPut) && azureRefusal(w, http.StatusNotFound, "ResourceGroupNotFound", "Resource group 'backup' could not be found.")
			}, "az group create --name backup --location eastus --subscription " + azureAccount,
		},
		"gateway": {
			func(w http.ResponseWriter, r *http.Request) bool {
				if !ofVault(r, http.MethodPut) {
					return false
				}
				w.Header().Set("Content-Type", "text/html")
				w.WriteHeader(http.StatusBadGateway)
				_, _ = fmt.Fprint(w, "<html><head><title>502 Bad Gateway</title></head><body><h1>The gateway is unwell</h1></body></html>")
				return true
			}, "HTTP status 502 Bad Gateway, not from Azure Resource Manager itself: 502 Bad Gateway The gateway is unwell",
		},
		"slow body": {
			func(w http.ResponseWriter, r *http.Request) bool {
				if !ofVault(r, http.MethodPut) {
					return false
				}
				w.Header().Set("Content-Length", "1000")
				_, _ = fmt.Fprint(w, `{"id":"/subscriptions/`)
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
				return true
			}, `the time ran out (timeouts.create = "3s")`,
		},
		"redirect": {
			func(w http.ResponseWriter, r *http.Request) bool {
				if !ofVault(r, http.MethodPut) {
					return false
				}
				http.Redirect(w, r, "https://evil.example"+r.URL.Path, http.StatusTemporaryRedirect)
				return true
			}, "https://management.azure.com redirects to https://evil.example, which is not followed",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cloud, config := catalog.Public, azureVault
			if strings.HasSuffix(name, "in China") {
				cloud, config = catalog.China, strings.Replace(azureVault, "eastus", "chinaeast2", 1)
			}
			a := newAzureCloud(t, cloud)
			a.Intercept(test.answer)
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: a.factories(),
				Steps:                    []resource.TestStep{{Config: azureBlock(cloud) + config, ExpectError: message(test.want)}},
			})
			if requests := a.sent("evil"); len(requests) > 0 {
				t.Errorf("%d requests went to another host", len(requests))
			}
		})
	}
}

// What passes is waited for: a token that is refused, a gateway that fails once, an answer that breaks off, an accepted
// vault that is not found at first.
func TestAccAzure_passingTrouble(t *testing.T) {
	t.Parallel()
	a := newAzureCloud(t, catalog.Public)
	var puts, gets atomic.Int32
	a.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case ofVault(r, http.MethodPut) && puts.Add(1) == 1:
			a.Refuse()
			return false // ARM finds the token expired
		case ofVault(r, http.MethodPut) && puts.Load() == 2:
			w.WriteHeader(http.StatusBadGateway)
			_, _ = fmt.Fprint(w, "<html>502</html>")
			return true
		case ofVault(r, http.MethodGet) && gets.Add(1) == 1:
			return azureRefusal(w, http.StatusNotFound, "ResourceNotFound", "The Resource was not found.")
		case ofVault(r, http.MethodGet) && gets.Load() == 2:
			w.Header().Set("Content-Length", "1000")
			_, _ = fmt.Fprint(w, `{"id":"/subscriptions/`)
			panic(http.ErrAbortHandler)
		}
		return false
	})
	config := azureBlock(catalog.Public) + strings.ReplaceAll(azureVault, "3s", "1m")
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: a.factories(),
		Steps: []resource.TestStep{
			{Config: config, ConfigStateChecks: []statecheck.StateCheck{has("state", text("Active"))}},
		},
	})
	if puts.Load() != 3 || gets.Load() < 3 {
		t.Errorf("the vault was written %d and read %d times", puts.Load(), gets.Load())
	}
}

// What the service accepted is in the state although nothing it says can be read: the next apply goes on from there, and does
// not find a vault of that name which nobody knows of.
func TestAccAzure_garbledAnswers(t *testing.T) {
	t.Parallel()
	a := newAzureCloud(t, catalog.Public)
	var readable atomic.Bool
	a.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if readable.Load() || !ofVault(r, http.MethodPut) && !ofVault(r, http.MethodGet) {
			return false
		}
		answer := httptest.NewRecorder()
		a.arm.ServeHTTP(answer, r)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes()[:answer.Body.Len()/2])
		return true
	})
	config := azureBlock(catalog.Public) + strings.ReplaceAll(azureVault, "3s", "10s")
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: a.factories(),
		Steps: []resource.TestStep{
			{
				// The apply ends well; it is the refresh after it that finds nothing to read.
				Config: config, ExpectNonEmptyPlan: true,
				ExpectError: message("the answer cannot be understood. The answer to GET /subscriptions/" + azureAccount),
			},
			{
				PreConfig:         func() { readable.Store(true) },
				Config:            config,
				ConfigPlanChecks:  nothing,
				ConfigStateChecks: []statecheck.StateCheck{has("state", text("Active"))},
			},
		},
	})
}

// A subscription that has had enough is left alone by all requests for as long as it asks.
func TestAccAzure_throttled(t *testing.T) {
	t.Parallel()
	a := newAzureCloud(t, catalog.Public)
	var refused atomic.Int32
	var until atomic.Int64
	a.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPut {
			return false
		}
		until.CompareAndSwap(0, time.Now().Add(time.Second).UnixMilli())
		if time.Now().UnixMilli() >= until.Load() {
			return false
		}
		refused.Add(1)
		w.Header().Set("Retry-After", "1")
		return azureRefusal(w, http.StatusTooManyRequests, "SubscriptionRequestsThrottled", "Number of 'write' requests for the subscription exceeded.")
	})
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: a.factories(),
		Steps: []resource.TestStep{{Config: azureBlock(catalog.Public) + `
resource "backup_vault" "test" {
  count  = 12
  name   = "contoso-${count.index}"
  region = "eastus"
}
`}},
	})
	// Terraform makes ten at a time; each may be refused once.
	if n := refused.Load(); n == 0 || n > 10 {
		t.Errorf("%d requests were throttled", n)
	}
}

// notRegistered plays a subscription without the resource provider until somebody registers it.
func notRegistered(a *azureCloud) (registrations *atomic.Int32) {
	var posts, looks atomic.Int32
	a.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		state := "NotRegistered"
		switch {
		case strings.HasSuffix(r.URL.Path, "/providers/Microsoft.RecoveryServices/register"):
			posts.Add(1)
		case ofVault(r, http.MethodPut) && posts.Load() == 0:
			return azureRefusal(w, http.StatusConflict, "MissingSubscriptionRegistration", missingRegistration)
		case !strings.HasSuffix(r.URL.Path, "/providers/Microsoft.RecoveryServices"):
			return false
		case posts.Load() > 0 && looks.Add(1) > 1:
			state = "Registered"
		case posts.Load() > 0:
			state = "Registering"
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"namespace":"Microsoft.RecoveryServices","registrationState":%q,"resourceTypes":[{"resourceType":"vaults","locations":["East US"]}]}`, state)
		return true
	})
	return &posts
}

func TestAccAzure_registration(t *testing.T) {
	t.Parallel()
	a := newAzureCloud(t, catalog.Public)
	registrations := notRegistered(a)
	const second = "resource \"backup_vault\" \"second\" {\n  name = \"second\"\n  region = \"eastus\"\n}\n"
	vaults := strings.ReplaceAll(azureVault, "3s", "1m") + second
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: a.factories(),
		Steps: []resource.TestStep{
			{
				Config: azureBlock(catalog.Public) + vaults, PlanOnly: true,
				ExpectError: message("has the resource provider Microsoft.RecoveryServices not registered (its state is NotRegistered)"),
			},
			{
				Config: azureBlock(catalog.Public, "register_resource_provider = true") + vaults,
			},
		},
	})
	if n := registrations.Load(); n != 1 {
		t.Errorf("the resource provider was registered %d times", n)
	}
}

// publicMetadata is what the public cloud says of itself.
func publicMetadata(w http.ResponseWriter, r *http.Request) bool {
	if r.URL.Path != "/metadata/endpoints" || r.Host != "management.azure.com" {
		return false
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprint(w, `{"name":"AzureCloud","resourceManager":"https://management.azure.com/","portal":"https://portal.azure.com",`+
		`"authentication":{"loginEndpoint":"https://login.microsoftonline.com","identityProvider":"AAD","tenant":"common",`+
		`"audiences":["https://management.core.windows.net/","https://management.azure.com/"]}}`)
	return true
}

func TestAccAzure_planErrors(t *testing.T) {
	t.Parallel()
	noSubscription := strings.Replace(azureBlock(catalog.Public), "subscription_id", "# subscription_id", 1)
	for name, test := range map[string]struct{ config, want string }{
		"a region of another cloud": {
			azureBlock(catalog.Public) + strings.Replace(azureVault, "eastus", "China East", 1),
			`"China East" (chinaeast) is a region of the cloud "china", and the provider's environment is "public". Set the provider's environment = "china"`,
		},
		"no subscription":            {noSubscription + azureVault, "These subscriptions can be used:\n  " + azureAccount + "  Production"},
		"no subscription for a list": {noSubscription + "data \"backup_vaults\" \"all\" {}\n", azureAccount + "  Production"},
		"no resource group": {
			strings.Replace(azureBlock(catalog.Public), "resource_group_name", "# resource_group_name", 1) + azureVault,
			"Neither this resource nor the provider names a resource group",
		},
		"a subscription of somebody else": {
			azureBlock(catalog.Public) + strings.Replace(azureVault, "name     =", "subscription_id = \"22222222-0000-4000-8000-00000000000f\"\nname =", 1),
			"These subscriptions can be used:",
		},
		"a region that a cloud of its own does not offer": {
			azureBlock(catalog.Public, `metadata_host = "`+azuretest.MetadataHost+`"`) + strings.Replace(azureVault, "eastus", "China East", 1),
			`The environment "Stratus" does not offer backup vaults in "China East" to subscription ` + azureAccount,
		},
		"a region that a metadata host's cloud is known not to have": {
			azureBlock(catalog.Public, `metadata_host = "management.azure.com"`) + strings.Replace(azureVault, "eastus", "China East", 1),
			`"China East" (chinaeast) is a region of the cloud "china", and the provider's environment is "AzureCloud".`,
		},
		"wrong secret": {
			azureBlock(catalog.USGovernment, "client_id_file_path = \"nowhere\"") + azureVault,
			"client secret failed: client_id_file_path cannot be read",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAzureCloud(t, catalog.Public)
			a.Intercept(publicMetadata)
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: a.factories(),
				Steps:                    []resource.TestStep{{Config: test.config, PlanOnly: true, ExpectError: message(test.want)}},
			})
		})
	}
}
