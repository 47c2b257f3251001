package azure_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/azure"
	"github.com/azurebackup/terraform-provider-backup/internal/azure/azuretest"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

func resolve(t *testing.T, server *azuretest.Server, s azure.Settings) (azure.Cloud, error) {
	t.Helper()
	var rt http.RoundTripper = brokenNetwork{err: errors.New("no request was expected")}
	if server != nil {
		rt = server.RoundTripper()
	}
	return azure.Resolve(t.Context(), s, azure.NewHTTPClient(rt))
}

func TestResolveNamedCloud(t *testing.T) {
	for _, name := range catalog.Clouds() {
		c, err := resolve(t, nil, azure.Settings{Cloud: name})
		e := name.Endpoints()
		want := azure.Cloud{
			Name: string(name), Known: name, Endpoint: e.ResourceManager, Authority: e.Authority, Audience: e.Audience, Portal: e.Portal,
		}
		if err != nil || c != want {
			t.Errorf("%s is %+v, %v; want %+v", name, c, err, want)
		}
	}
	for _, name := range []catalog.Cloud{"", "german", "Public"} {
		if _, err := resolve(t, nil, azure.Settings{Cloud: name}); err == nil || !strings.Contains(err.Error(), "public, china, usgovernment") {
			t.Errorf("%q: %v, want an error with the clouds", name, err)
		}
	}
}

func TestResolveEndpoint(t *testing.T) {
	for endpoint, want := range map[string]string{
		"https://arm.example.com":      "https://arm.example.com",
		"https://arm.example.com:8443": "https://arm.example.com:8443",
		"https://arm.example.com/":     "https://arm.example.com",
		"http://127.0.0.1:8080":        "http://127.0.0.1:8080",
		"http://127.9.9.9":             "http://127.9.9.9",
		"http://[::1]:8080/":           "http://[::1]:8080",
		"http://localhost:8080":        "http://localhost:8080",
	} {
		c, err := resolve(t, nil, azure.Settings{Cloud: catalog.China, Endpoint: endpoint})
		if err != nil || c.Endpoint != want || c.Audience != catalog.China.Endpoints().Audience || c.Known != catalog.China {
			t.Errorf("%s: %+v, %v; want %s", endpoint, c, err, want)
		}
		if err := azure.CheckEndpoint(endpoint); err != nil {
			t.Errorf("CheckEndpoint(%s): %v", endpoint, err)
		}
	}
	for endpoint, want := range map[string]string{
		"http://arm.example.com":           "http would show the token to the network",
		"http://localhost.example.com":     "http would show the token to the network",
		"http://127.0.0.1.example.com":     "http would show the token to the network",
		"http://10.0.0.1":                  "http would show the token to the network",
		"arm.example.com":                  "does not begin with https://",
		"ftp://arm.example.com":            "does not begin with https://",
		"https://":                         "names no host",
		"https://:8443":                    "names no host",
		"https://me:canary@arm.example":    "must not hold a user name or password",
		"https://arm.example/subscription": "must end after the host and port",
		"https://arm.example?a=b":          "must end after the host and port",
		"https://arm.example/%zz":          "is not a URL",
	} {
		_, err := resolve(t, nil, azure.Settings{Cloud: catalog.Public, Endpoint: endpoint})
		if err == nil || !strings.HasPrefix(err.Error(), "the endpoint ") || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v, want %q", endpoint, err, want)
		}
	}
}

func TestResolveMetadataHost(t *testing.T) {
	want := azure.Cloud{
		Name: "Stratus", Endpoint: "https://" + azuretest.MetadataHost, Authority: "https://" + azuretest.MetadataAuthority,
		Audience: "https://management.core.stratus.example", Portal: "https://portal.stratus.example",
	}
	for name, prefix := range map[string]string{"plain": "", "with a byte order mark": "\xef\xbb\xbf"} {
		t.Run(name, func(t *testing.T) {
			server := azuretest.New(t)
			server.Intercept(func(w http.ResponseWriter, _ *http.Request) bool {
				_, _ = w.Write([]byte(prefix))
				return false
			})
			// A metadata host replaces the named cloud.
			c, err := resolve(t, server, azure.Settings{Cloud: catalog.Public, MetadataHost: azuretest.MetadataHost})
			if err != nil || c != want {
				t.Fatalf("%+v, %v; want %+v", c, err, want)
			}
			requests := server.Requests()
			if r := requests[0]; len(requests) != 1 || !r.TLS || r.Host != azuretest.MetadataHost || r.Path != "/metadata/endpoints" ||
				r.Query.Encode() != "api-version=2022-09-01" || r.Header.Get("Authorization") != "" {
				t.Errorf("%d requests, the first %+v", len(requests), r)
			}
		})
	}
	t.Run("of a known cloud", func(t *testing.T) {
		server := azuretest.New(t)
		server.Intercept(func(w http.ResponseWriter, _ *http.Request) bool {
			_ = json.NewEncoder(w).Encode(map[string]any{
				"name": "AzureChinaCloud", "resourceManager": "https://management.chinacloudapi.cn", "portal": "https://portal.azure.cn",
				"authentication": map[string]any{
					"loginEndpoint": "https://login.chinacloudapi.cn", "identityProvider": "AAD", "tenant": "common",
					"audiences": []string{"https://management.core.chinacloudapi.cn", "https://management.chinacloudapi.cn"},
				},
			})
			return true
		})
		c, err := resolve(t, server, azure.Settings{Cloud: catalog.Public, MetadataHost: "management.chinacloudapi.cn"})
		e := catalog.China.Endpoints()
		if err != nil || c.Known != catalog.China || c.Name != "AzureChinaCloud" || c.Portal != e.Portal || c.Endpoint != e.ResourceManager || c.Authority != e.Authority {
			t.Errorf("%+v, %v", c, err)
		}
	})
	t.Run("with an endpoint", func(t *testing.T) {
		c, err := resolve(t, azuretest.New(t), azure.Settings{MetadataHost: azuretest.MetadataHost, Endpoint: "https://arm.example"})
		if err != nil || c.Endpoint != "https://arm.example" || c.Authority != want.Authority {
			t.Errorf("%+v, %v", c, err)
		}
	})
}

func TestBadMetadataHosts(t *testing.T) {
	for _, host := range []string{"https://management.example", "management.example/path", "management.example?x", "me@management.example", ":443", "a b"} {
		if _, err := resolve(t, nil, azure.Settings{MetadataHost: host}); err == nil || !strings.Contains(err.Error(), "must be a host name") {
			t.Errorf("%q: %v", host, err)
		}
	}
}

func TestBadMetadata(t *testing.T) {
	without := func(path ...string) string {
		m := azuretest.MetadataCloud()
		inner := m
		for _, name := range path[:len(path)-1] {
			next, isMap := inner[name].(map[string]any)
			if !isMap {
				t.Fatalf("%s is no object", name)
			}
			inner = next
		}
		delete(inner, path[len(path)-1])
		content, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	replaced := func(old, text string) string {
		content, err := json.Marshal(azuretest.MetadataCloud())
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(content), old) {
			t.Fatalf("no %s in %s", old, content)
		}
		return strings.Replace(string(content), old, text, 1)
	}
	for _, test := range []struct {
		name   string
		status int
		body   string
		want   string
	}{
		{"not found", 404, "{}", "the answer is 404 Not Found"},
		{"a page", 200, "<html>", "is not the JSON expected"},
		{"truncated", 200, `{"name":"Str`, "is not the JSON expected"},
		{"too long", 200, strings.Repeat(" ", 1<<20+1), "longer than 1048576 bytes"},
		{"no name", 200, without("name"), "the field name is missing"},
		{"no ARM", 200, without("resourceManager"), "the field resourceManager is missing"},
		{"no sign-in", 200, without("authentication"), "the field authentication.loginEndpoint is missing"},
		{"no login endpoint", 200, without("authentication", "loginEndpoint"), "the field authentication.loginEndpoint is missing"},
		{"no audiences", 200, without("authentication", "audiences"), "the field authentication.audiences is missing"},
		{"no identity provider", 200, without("authentication", "identityProvider"), "the field authentication.identityProvider is missing"},
		{"Azure Stack with ADFS", 200, replaced(`"AAD"`, `"ADFS"`), `identityProvider is "ADFS"`},
		{"ARM over http", 200, replaced("https://"+azuretest.MetadataHost+"/", "http://arm.example/"), "the field resourceManager \"http://arm.example/\" must begin with https://"},
		{"sign-in over http", 200, replaced("https://"+azuretest.MetadataAuthority, "http://127.0.0.1"), "the field authentication.loginEndpoint does not begin with https://"},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := azuretest.New(t)
			server.Intercept(func(w http.ResponseWriter, _ *http.Request) bool {
				w.WriteHeader(test.status)
				_, _ = w.Write([]byte(test.body))
				return true
			})
			_, err := resolve(t, server, azure.Settings{MetadataHost: azuretest.MetadataHost})
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "GET https://"+azuretest.MetadataHost) {
				t.Errorf("error is %v, want %q", err, test.want)
			}
		})
	}
	t.Run("unknown certificate", func(t *testing.T) {
		rt := azuretest.New(t).RoundTripper()
		rt.TLSClientConfig = nil
		_, err := azure.Resolve(t.Context(), azure.Settings{MetadataHost: azuretest.MetadataHost}, azure.NewHTTPClient(rt))
		if err == nil || !strings.Contains(err.Error(), "certificate signed by unknown authority") {
			t.Errorf("error is %v", err)
		}
	})
}
