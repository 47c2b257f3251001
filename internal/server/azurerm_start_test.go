package server_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// How azurerm starts with metadata_host, request by request: it reads the metadata, gets a token for Microsoft Graph and
// looks into it, gets one for Azure Resource Manager, and lists the resource providers with it.
func TestAzurermStarts(t *testing.T) {
	t.Parallel()
	s := start(t, withSecret)
	const tenant = "11111111-2222-4333-8444-555555555555"
	cloud := s.get("/metadata/endpoints?api-version=2022-09-01").want(http.StatusOK, "").decode()
	checkCloud(t, s.url, cloud)
	authentication, _ := cloud["authentication"].(map[string]any)
	login, _ := authentication["loginEndpoint"].(string)
	manager, _ := cloud["resourceManager"].(string)
	graph, _ := cloud["microsoftGraphResourceId"].(string)
	if strings.HasSuffix(login, "/") {
		t.Errorf("azurerm would put two slashes behind %s", login)
	}

	token := func(resource string) string {
		t.Helper()
		form := url.Values{
			"grant_type": {"client_credentials"}, "client_id": {"azurerm"}, "client_secret": {secret}, "scope": {resource + "/.default"},
		}
		answer := s.do(http.MethodPost, strings.TrimPrefix(login, s.url)+"/"+tenant+"/oauth2/v2.0/token", form.Encode(),
			"Content-Type", "application/x-www-form-urlencoded").want(http.StatusOK, "").decode()
		if answer["token_type"] != "Bearer" {
			t.Errorf("token_type %v", answer["token_type"])
		}
		// With less than 20 minutes left azurerm would get a new one before every request.
		if life, _ := answer["expires_in"].(float64); life < 3600 {
			t.Errorf("expires_in %v", answer["expires_in"])
		}
		access, _ := answer["access_token"].(string)
		return access
	}

	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(token(graph), ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	// Without the object id azurerm would ask Microsoft Graph for it, which is not here.
	if claims["oid"] == nil || claims["oid"] == "" || claims["tid"] != tenant || claims["appid"] != "azurerm" {
		t.Errorf("claims %s", payload)
	}

	bearer := "Bearer " + token(strings.TrimSuffix(manager, "/"))
	providers := s.get(sub+"/providers?api-version=2022-09-01", "Authorization", bearer).want(http.StatusOK, "")
	for _, namespace := range []string{"Microsoft.Authorization", "Microsoft.Compute", "Microsoft.RecoveryServices", "Microsoft.Resources"} {
		if !strings.Contains(providers.body, `"namespace":"`+namespace+`","registrationState":"Registered"`) {
			t.Errorf("azurerm would have to register %s", namespace)
		}
	}
}
