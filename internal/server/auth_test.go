package server_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/server"
)

const subscriptions = "/subscriptions?api-version=2022-12-01"

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

func TestOpenMode(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.get(subscriptions).want(http.StatusOK, "")
	s.get(subscriptions, "Authorization", "Bearer "+s.token("whatever")).want(http.StatusOK, "")
	for _, header := range []string{"Bearer made-up", "Bearer " + secret, "Bearer a.b.c"} {
		a := s.get(subscriptions, "Authorization", header).want(http.StatusUnauthorized, "InvalidAuthenticationToken")
		if got := a.header.Get("WWW-Authenticate"); !strings.HasPrefix(got, `Bearer authorization_uri="`+s.url+`/`+embedded.TenantID+`", error="invalid_token"`) {
			t.Errorf("WWW-Authenticate %s", got)
		}
	}
	s.get(subscriptions, "Authorization", basic("a", "b")).want(http.StatusUnauthorized, "AuthenticationFailed")
	s.get("/metrics", "Authorization", basic("a", "b")).want(http.StatusOK, "")
}

func TestSecretMode(t *testing.T) {
	t.Parallel()
	s := start(t, withSecret)
	token := s.token(secret)
	for _, test := range []struct {
		name, path, header string
		status             int
		code               string
	}{
		{"nothing", subscriptions, "", 401, "AuthenticationFailed"},
		{"a token", subscriptions, "Bearer " + token, 200, ""},
		{"any letter case of the scheme", subscriptions, "bearer " + token, 200, ""},
		{"the secret", subscriptions, "Bearer " + secret, 200, ""},
		{"a part of the secret", subscriptions, "Bearer " + secret[:10], 401, "InvalidAuthenticationToken"},
		{"no token", subscriptions, "Bearer ", 401, "InvalidAuthenticationToken"},
		{"a changed token", subscriptions, "Bearer " + token[:len(token)-2] + "xx", 401, "InvalidAuthenticationToken"},
		{"basic", subscriptions, basic("x", secret), 401, "AuthenticationFailed"},
		{"the page with basic", "/", basic("x", secret), 404, "NotFound"},
		{"the page with a token", "/", "Bearer " + token, 404, "NotFound"},
		{"the page with nothing", "/", "", 401, "AuthenticationFailed"},
		{"the page with another password", "/", basic("x", "no"), 401, "AuthenticationFailed"},
		{"metrics with nothing", "/metrics", "", 401, "AuthenticationFailed"},
		{"metrics with basic", "/metrics", basic("", secret), 200, ""},
		{"what is not there", "/providers/x", "", 401, "AuthenticationFailed"},
		{"alive", "/healthz", "", 200, ""},
		{"ready", "/readyz", "", 200, ""},
		{"metadata", "/metadata/endpoints?api-version=2022-09-01", "", 200, ""},
		{"discovery", "/common/v2.0/.well-known/openid-configuration", "", 200, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var headers []string
			if test.header != "" {
				headers = []string{"Authorization", test.header}
			}
			a := s.get(test.path, headers...).want(test.status, test.code)
			scheme, _, _ := strings.Cut(a.header.Get("WWW-Authenticate"), " ")
			want := ""
			if test.status == http.StatusUnauthorized {
				want = "Bearer"
				if test.path == "/" || test.path == "/metrics" {
					want = "Basic"
				}
			}
			if scheme != want {
				t.Errorf("WWW-Authenticate %q, want %q", scheme, want)
			}
		})
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	now := time.Now()
	at := func(moment time.Time) func(*server.Config, *embedded.Config) {
		return func(c *server.Config, _ *embedded.Config) { c.Now = func() time.Time { return moment } }
	}
	token := start(t, withSecret, at(now)).token(secret)

	// Another process with the same secret, such as after a restart.
	later := start(t, withSecret, at(now.Add(time.Hour)))
	later.get(subscriptions, "Authorization", "Bearer "+token).want(http.StatusOK, "")
	tooLate := start(t, withSecret, at(now.Add(time.Hour+2*time.Second)))
	tooLate.get(subscriptions, "Authorization", "Bearer "+token).want(http.StatusUnauthorized, "ExpiredAuthenticationToken")
	other := start(t, func(c *server.Config, _ *embedded.Config) { c.Secret = "another-secret-0123456789" })
	other.get(subscriptions, "Authorization", "Bearer "+token).want(http.StatusUnauthorized, "InvalidAuthenticationToken")

	// Made by somebody who lacks the key.
	for _, forged := range []string{forge(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType), forge(t, jwt.SigningMethodHS256, []byte(""))} {
		later.get(subscriptions, "Authorization", "Bearer "+forged).want(http.StatusUnauthorized, "InvalidAuthenticationToken")
	}

	open := start(t)
	openToken := open.token("x")
	start(t).get(subscriptions, "Authorization", "Bearer "+openToken).want(http.StatusOK, "")
	elsewhere := start(t, func(c *server.Config, _ *embedded.Config) { c.KeySeed = "another" })
	elsewhere.get(subscriptions, "Authorization", "Bearer "+openToken).want(http.StatusUnauthorized, "InvalidAuthenticationToken")

	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"aud", "iss", "iat", "nbf", "exp", "oid", "tid", "appid", "sub", "ver"} {
		if claims[name] == nil || claims[name] == "" {
			t.Errorf("the token has no %s: %s", name, payload)
		}
	}
	if claims["tid"] != embedded.TenantID || claims["appid"] != "client" || claims["ver"] != "2.0" {
		t.Errorf("claims %s", payload)
	}
}

func forge(t *testing.T, method jwt.SigningMethod, key any) string {
	t.Helper()
	token, err := jwt.NewWithClaims(method, jwt.MapClaims{"exp": time.Now().Add(time.Hour).Unix()}).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestTokenEndpoint(t *testing.T) {
	t.Parallel()
	open, closed := start(t), start(t, withSecret)
	for _, test := range []struct {
		name   string
		server *running
		path   string
		form   string // without grant type and client
		status int
		error  string
		code   float64
	}{
		{"v2", open, "/common/oauth2/v2.0/token", "client_secret=x&scope={url}/.default", 200, "", 0},
		{"v2, two slashes", open, "/common/oauth2/v2.0/token", "client_secret=x&scope={url}//.default", 200, "", 0},
		{"v2 for Azure", open, "/organizations/oauth2/v2.0/token", "client_secret=x&scope=https://management.azure.com/.default", 200, "", 0},
		{"v2 for China", open, "/x/oauth2/v2.0/token", "client_secret=x&scope=https://management.core.chinacloudapi.cn//.default", 200, "", 0},
		{"v2 by another name of loopback", open, "/x/oauth2/v2.0/token", "client_secret=x&scope=https://localhost:1/.default", 200, "", 0},
		{"v2 with an assertion", open, "/x/oauth2/v2.0/token", "client_assertion=x&client_assertion_type=y&scope={url}/.default", 200, "", 0},
		{"v2 as Microsoft's libraries ask", open, "/x/oauth2/v2.0/token", "client_secret=x&scope={url}/.default openid offline_access profile", 200, "", 0},
		{"v2 for two", open, "/x/oauth2/v2.0/token", "client_secret=x&scope={url}/.default {url}//.default", 400, "invalid_scope", 1002012},
		{"v2 for others", open, "/x/oauth2/v2.0/token", "client_secret=x&scope=https://vault.azure.net/.default", 400, "invalid_resource", 500011},
		{"v2 for nobody", open, "/x/oauth2/v2.0/token", "client_secret=x", 400, "invalid_request", 900144},
		{"v2 with a plain scope", open, "/x/oauth2/v2.0/token", "client_secret=x&scope={url}/user", 400, "invalid_scope", 1002012},
		{"v2 without a secret", open, "/x/oauth2/v2.0/token", "scope={url}/.default", 401, "invalid_client", 7000218},
		{"v1", open, "/tenant/oauth2/token", "client_secret=x&resource={url}/", 200, "", 0},
		{"v1 for Azure", open, "/tenant/oauth2/token", "client_secret=x&resource=https://management.core.windows.net/", 200, "", 0},
		{"v1 without a resource", open, "/tenant/oauth2/token", "client_secret=x", 400, "invalid_request", 900144},
		{"v1 as az asks AD FS", open, "/adfs/oauth2/token", "client_secret=x&scope={url}/.default", 200, "", 0},
		{"v1 as az asks AD FS, for others", open, "/adfs/oauth2/token", "client_secret=x&scope=https://vault.azure.net/.default", 400, "invalid_resource", 500011},
		{"another grant", open, "/tenant/oauth2/token", "grant_type=password&client_secret=x", 400, "unsupported_grant_type", 70003},
		{"no grant", open, "/tenant/oauth2/token", "grant_type=", 400, "invalid_request", 900144},
		{"no client", open, "/tenant/oauth2/token", "client_id=&client_secret=x", 400, "invalid_request", 900144},
		{"the secret", closed, "/x/oauth2/v2.0/token", "client_secret=" + secret + "&scope={url}/.default", 200, "", 0},
		{"another secret", closed, "/x/oauth2/v2.0/token", "client_secret=" + secret + "x&scope={url}/.default", 401, "invalid_client", 7000215},
		{"an assertion instead", closed, "/x/oauth2/v2.0/token", "client_assertion=x&scope={url}/.default", 401, "invalid_client", 700027},
		{"a secret in the query", closed, "/x/oauth2/v2.0/token?client_secret=" + secret, "scope={url}/.default", 401, "invalid_client", 7000218},
	} {
		t.Run(test.name, func(t *testing.T) {
			form, err := url.ParseQuery(strings.ReplaceAll(test.form, "{url}", test.server.url))
			if err != nil {
				t.Fatal(err)
			}
			for name, value := range map[string]string{"grant_type": "client_credentials", "client_id": "client"} {
				if !form.Has(name) {
					form.Set(name, value)
				}
			}
			a := test.server.do(http.MethodPost, test.path, form.Encode(), "Content-Type", "application/x-www-form-urlencoded").want(test.status, "")
			body := a.decode()
			if test.error == "" {
				if body["token_type"] != "Bearer" || body["access_token"] == "" || a.header.Get("Cache-Control") != "no-store" {
					t.Errorf("answer %s", a.body)
				}
				// The first version has numbers as text.
				if strings.Contains(test.path, "v2.0") && body["expires_in"] != 3600.0 || !strings.Contains(test.path, "v2.0") && body["expires_in"] != "3600" {
					t.Errorf("expires_in is %v", body["expires_in"])
				}
				token, _ := body["access_token"].(string)
				test.server.get(subscriptions, "Authorization", "Bearer "+token).want(http.StatusOK, "")
				return
			}
			description, _ := body["error_description"].(string)
			codes, _ := body["error_codes"].([]any)
			if body["error"] != test.error || len(codes) != 1 || codes[0] != test.code || !strings.HasPrefix(description, "AADSTS") {
				t.Errorf("answer %s", a.body)
			}
		})
	}
	basicClient := "grant_type=client_credentials&scope=" + closed.url + "/.default"
	closed.do(http.MethodPost, "/x/oauth2/v2.0/token", basicClient,
		"Content-Type", "application/x-www-form-urlencoded", "Authorization", basic("client", secret)).want(http.StatusOK, "")
	open.get("/x/oauth2/v2.0/token").want(http.StatusMethodNotAllowed, "HttpMethodNotAllowed")
}

// The secret and tokens must not be in what is written down or told to others.
func TestNoSecretsInLogAndMetrics(t *testing.T) {
	t.Parallel()
	s := start(t, withSecret)
	token := s.token(secret)
	s.do(http.MethodPost, "/x/oauth2/v2.0/token?client_secret="+secret, "client_id="+secret+"&client_secret="+secret, "Content-Type", "application/x-www-form-urlencoded")
	s.get(subscriptions+"&code="+secret, "Authorization", "Bearer "+token, "Cookie", "a="+secret, "Referer", "http://x/?"+secret)
	s.get(subscriptions, "Authorization", "Bearer x"+secret).want(http.StatusUnauthorized, "")
	s.get("/", "Authorization", basic("x", secret))
	s.do(http.MethodPut, vaultPath("main"), `{"location":"`+secret+`"}`, "Authorization", "Bearer "+token)
	metrics := s.get("/metrics", "Authorization", "Bearer "+secret).want(http.StatusOK, "").body
	log := s.log.String()
	if !strings.Contains(log, `"path":"/subscriptions"`) || !strings.Contains(metrics, `route="subscriptions"`) {
		t.Fatalf("nothing was written:\n%s\n%s", log, metrics)
	}
	for what, text := range map[string]string{"log": log, "metrics": metrics} {
		for _, canary := range []string{secret, token, strings.Split(token, ".")[2], base64.StdEncoding.EncodeToString([]byte("x:" + secret))} {
			if strings.Contains(text, canary) {
				t.Errorf("the %s holds a secret:\n%s", what, text)
			}
		}
	}
}
