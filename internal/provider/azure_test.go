package provider_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// The whole provider, with each cloud's hosts and scope: apply, an empty plan, destroy.
func TestAccAzureCloud(t *testing.T) {
	t.Parallel()
	for cloud, want := range map[catalog.Cloud]struct{ arm, login, scope, region string }{
		catalog.Public:       {"management.azure.com", "login.microsoftonline.com", "https://management.core.windows.net//.default", "East US"},
		catalog.China:        {"management.chinacloudapi.cn", "login.chinacloudapi.cn", "https://management.core.chinacloudapi.cn//.default", "China East 2"},
		catalog.USGovernment: {"management.usgovcloudapi.net", "login.microsoftonline.us", "https://management.core.usgovcloudapi.net//.default", "usgovvirginia"},
	} {
		t.Run(string(cloud), func(t *testing.T) {
			t.Parallel()
			a := newAzureCloud(t, cloud)
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: a.factories(),
				Steps: []resource.TestStep{
					{
						Config: azureBlock(cloud) + azureStack(want.region),
						ConfigStateChecks: []statecheck.StateCheck{
							has("state", text("Active")), has("subscription_id", text(azureAccount)), has("resource_group_name", text("backup")),
						},
					},
					{Config: azureBlock(cloud) + azureStack(want.region), ConfigPlanChecks: nothing},
				},
			})
			agent := regexp.MustCompile(`^Terraform/\d+\.\d+\.\d+\S* azsdk-go-terraform-provider-backup/vtest `)
			for _, r := range a.Requests() {
				switch {
				case !r.TLS:
					t.Errorf("%s %s came without TLS", r.Method, r.Path)
				case r.Host == want.login || r.Host == "login.microsoftonline.com" && strings.HasPrefix(r.Path, "/common/discovery/"):
				case r.Host != want.arm:
					t.Errorf("%s %s went to %s", r.Method, r.Path, r.Host)
				case !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer token-"):
					t.Errorf("%s %s is not signed", r.Method, r.Path)
				case !agent.MatchString(r.Header.Get("User-Agent")):
					t.Errorf("%s %s has the user agent %q", r.Method, r.Path, r.Header.Get("User-Agent"))
				}
			}
			tokens := a.TokenRequests()
			if len(tokens) == 0 {
				t.Fatal("no token was asked for")
			}
			for _, r := range tokens {
				if !strings.Contains(r.Form.Get("scope"), want.scope) || r.Form.Get("client_secret") != azureSecret || !strings.HasPrefix(r.Path, "/"+azureTenant+"/") {
					t.Errorf("a token was asked for at %s with the scope %q", r.Path, r.Form.Get("scope"))
				}
			}
			for _, method := range []string{http.MethodPut, http.MethodDelete} {
				if !hasRequest(a.sent(want.arm), method, "/vaults/contoso") {
					t.Errorf("there was no %s of the vault", method)
				}
			}
		})
	}
}
