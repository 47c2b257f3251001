package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

func TestMetadata(t *testing.T) {
	t.Parallel()
	s := start(t)
	metadata := func(version string) *answer { return s.get("/metadata/endpoints?api-version=" + version) }

	for _, version := range []string{"2022-09-01", "2022-01-01", "2024-01-01"} {
		checkCloud(t, s.url, metadata(version).want(http.StatusOK, "").decode())
	}
	for _, version := range []string{"2019-05-01", "2020-06-01", "2021-12-01"} {
		var clouds []map[string]any
		if err := json.Unmarshal([]byte(metadata(version).want(http.StatusOK, "").body), &clouds); err != nil || len(clouds) != 1 {
			t.Fatalf("%s: %v, %d clouds", version, err, len(clouds))
		}
		checkCloud(t, s.url, clouds[0])
	}
	for _, version := range []string{"2015-01-01", "2018-01-01", "2018-05-01"} {
		old := metadata(version).want(http.StatusOK, "").decode()
		authentication, _ := old["authentication"].(map[string]any)
		audiences, _ := authentication["audiences"].([]any)
		if old["galleryEndpoint"] == "" || old["graphEndpoint"] == "" || old["portalEndpoint"] == "" ||
			authentication["loginEndpoint"] != s.url || len(audiences) == 0 {
			t.Errorf("%s: %v", version, old)
		}
	}
	for version, code := range map[string]string{
		"": "MissingApiVersionParameter", "latest": "InvalidApiVersionParameter", "2014-12-31": "InvalidApiVersionParameter", "2022-13-01": "InvalidApiVersionParameter",
	} {
		metadata(version).want(http.StatusBadRequest, code)
	}
	s.do(http.MethodPost, "/metadata/endpoints?api-version=2022-09-01", "").want(http.StatusMethodNotAllowed, "HttpMethodNotAllowed")
	s.get("/Metadata/Endpoints?api-version=2022-09-01").want(http.StatusOK, "")

	// Whatever name the client uses is the one that it is sent on to.
	named := s.get("/metadata/endpoints?api-version=2022-09-01", "Host", "localhost:1234").decode()
	if named["resourceManager"] != "http://localhost:1234/" {
		t.Errorf("resourceManager %v", named["resourceManager"])
	}
}

// checkCloud checks what azurerm needs to be there.
func checkCloud(t *testing.T, address string, cloud map[string]any) {
	t.Helper()
	authentication, _ := cloud["authentication"].(map[string]any)
	suffixes, _ := cloud["suffixes"].(map[string]any)
	audiences, _ := authentication["audiences"].([]any)
	name, _ := cloud["name"].(string)
	if name == "" || name == "AzureStackCloud" || cloud["resourceManager"] != address+"/" || cloud["microsoftGraphResourceId"] != address+"/" ||
		authentication["loginEndpoint"] != address || authentication["identityProvider"] != "AAD" || authentication["tenant"] != "common" ||
		len(audiences) == 0 || suffixes["storage"] == nil || suffixes["keyVaultDns"] == nil {
		t.Errorf("metadata %v", cloud)
	}
}

func TestOpenIDAndInstanceDiscovery(t *testing.T) {
	t.Parallel()
	s := start(t)
	const tenant = "11111111-2222-4333-8444-555555555555"
	for path, want := range map[string]struct{ issuer, token string }{
		"/" + tenant + "/v2.0/.well-known/openid-configuration":    {"/" + tenant + "/v2.0", "/" + tenant + "/oauth2/v2.0/token"},
		"/organizations/v2.0/.well-known/openid-configuration":     {"/" + embedded.TenantID + "/v2.0", "/organizations/oauth2/v2.0/token"},
		"/contoso.example/.well-known/openid-configuration?x=y":    {"/" + embedded.TenantID, "/contoso.example/oauth2/token"},
		"/Contoso.Example/V2.0/.well-known/openid-configuration?x": {"/" + embedded.TenantID + "/v2.0", "/contoso.example/oauth2/v2.0/token"},
	} {
		configuration := s.get(path).want(http.StatusOK, "").decode()
		if configuration["issuer"] != s.url+want.issuer || configuration["token_endpoint"] != s.url+want.token || configuration["authorization_endpoint"] == nil {
			t.Errorf("%s: %v", path, configuration)
		}
		keys, _ := configuration["jwks_uri"].(string)
		if got := s.get(strings.TrimPrefix(keys, s.url)).want(http.StatusOK, "").body; got != "{\"keys\":[]}\n" {
			t.Errorf("keys %s", got)
		}
	}
	instances := s.get("/common/discovery/instance?api-version=1.1&authorization_endpoint=x").want(http.StatusOK, "").decode()
	next, _ := instances["tenant_discovery_endpoint"].(string)
	s.get(strings.TrimPrefix(next, s.url)).want(http.StatusOK, "")
	metadata, _ := instances["metadata"].([]any)
	first, _ := metadata[0].(map[string]any)
	aliases, _ := first["aliases"].([]any)
	if host := strings.TrimPrefix(s.url, "http://"); first["preferred_network"] != host || len(aliases) != 1 || aliases[0] != host {
		t.Errorf("instances %v", instances)
	}
}

func TestTenants(t *testing.T) {
	t.Parallel()
	tenants := start(t).get("/tenants?api-version=2022-12-01").want(http.StatusOK, "").body
	if strings.Count(tenants, `"tenantId"`) != 1 || !strings.Contains(tenants, `"tenantId":"`+embedded.TenantID+`"`) {
		t.Errorf("tenants %s", tenants)
	}
}
