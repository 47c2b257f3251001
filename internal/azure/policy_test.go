package azure_test

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"github.com/azurebackup/terraform-provider-backup/internal/azure"
	"github.com/azurebackup/terraform-provider-backup/internal/azure/azuretest"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

func TestOneTokenServesManyRequests(t *testing.T) {
	server := azuretest.New(t)
	c := connect(t, server, secretSettings())
	signIn(t, c)
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() {
			if status, err := get(t, c, c.Endpoint()+"/subscriptions"); err != nil || status != http.StatusOK {
				t.Errorf("%d, %v", status, err)
			}
		})
	}
	group.Wait()
	// Each get has a policy, and with it a cache, of its own; azidentity's cache serves them all.
	if n := len(server.TokenRequests()); n != 1 {
		t.Errorf("%d token requests, want one", n)
	}
}

// After a 401 there is one more try with a new token, and no third.
func TestRefusedTokenIsRenewedOnce(t *testing.T) {
	server := azuretest.New(t)
	c := connect(t, server, secretSettings())
	mustGet(t, c)
	server.Refuse()
	mustGet(t, c)
	if got := armRequests(server); len(got) != 3 || got[1].Header.Get("Authorization") == got[2].Header.Get("Authorization") {
		t.Errorf("ARM got %d requests, want a refused one and one with a new token", len(got))
	}
	server.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/subscriptions" {
			return false
		}
		w.Header().Set("WWW-Authenticate", `Bearer authorization_uri="https://login.microsoftonline.com", error="invalid_token"`)
		w.WriteHeader(http.StatusUnauthorized)
		return true
	})
	if status, err := get(t, c, c.Endpoint()+"/subscriptions"); err != nil || status != http.StatusUnauthorized {
		t.Errorf("%d, %v; want the 401", status, err)
	}
	if n := len(armRequests(server)); n != 5 {
		t.Errorf("ARM got %d requests in all, want 5", n)
	}
}

// A token that somebody else has replaced in the meantime is not renewed again.
func TestReplacedTokenIsNotRenewed(t *testing.T) {
	server := azuretest.New(t)
	c := connect(t, server, secretSettings())
	slow := newPipeline(c)
	for _, pipeline := range []runtime.Pipeline{slow, newPipeline(c), slow} {
		if status, err := getThrough(t, pipeline, c.Endpoint()+"/subscriptions"); err != nil || status != http.StatusOK {
			t.Errorf("%d, %v", status, err)
		}
		if len(server.TokenRequests()) == 1 {
			server.Refuse()
		}
	}
	if n := len(server.TokenRequests()); n != 2 {
		t.Errorf("%d token requests, want the first and one renewal", n)
	}
}

// Hours may pass between the sign-in and the first request.
func TestTokenOfTheSignInHasExpired(t *testing.T) {
	server := azuretest.New(t)
	first := true
	server.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if !first || !strings.HasSuffix(r.URL.Path, "/token") {
			return false
		}
		first = false
		_, _ = w.Write([]byte(`{"token_type":"Bearer","expires_in":60,"access_token":"nearly expired"}`))
		return true
	})
	c := connect(t, server, secretSettings())
	signIn(t, c)
	mustGet(t, c)
	if n := len(armRequests(server)); n != 1 {
		t.Errorf("ARM got %d requests, want one, with a new token", n)
	}
}

// challenge makes ARM refuse one request, and say which claims the next token must have.
func challenge(server *azuretest.Server, claims string) {
	var once sync.Once
	server.Intercept(func(w http.ResponseWriter, r *http.Request) (answered bool) {
		if r.URL.Path != "/subscriptions" {
			return false
		}
		once.Do(func() {
			w.Header().Set("WWW-Authenticate", `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", `+
				`error="insufficient_claims", claims="`+base64.StdEncoding.EncodeToString([]byte(claims))+`"`)
			w.WriteHeader(http.StatusUnauthorized)
			answered = true
		})
		return answered
	})
}

// Continuous Access Evaluation is azcore's; here it must find its way through.
func TestClaimsChallenge(t *testing.T) {
	server := azuretest.New(t)
	c := connect(t, server, secretSettings())
	mustGet(t, c)
	challenge(server, `{"access_token":{"nbf":{"essential":true,"value":"1600000000"}}}`)
	mustGet(t, c)
	tokens := server.TokenRequests()
	if got := tokens[len(tokens)-1].Form.Get("claims"); len(tokens) != 2 || !strings.Contains(got, "1600000000") || !strings.Contains(got, "nbf") {
		t.Errorf("%d token requests, the last with claims %q", len(tokens), got)
	}
}

// A sign-in that worked stays with its method: a secret that expires during an apply is an error, not another identity.
func TestRenewalThatFails(t *testing.T) {
	server := azuretest.New(t)
	s := secretSettings()
	s.UseMSI, s.ClientID = &yes, "client of a renewal"
	c := connect(t, server, s)
	mustGet(t, c)
	server.Refuse()
	server.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		hit := strings.HasSuffix(r.URL.Path, "/token") && strings.HasPrefix(r.Host, "login.")
		if hit {
			azuretest.SignInError(w, 401, "invalid_client", "AADSTS7000222: The provided client secret keys for app 'x' are expired. Visit the portal.")
		}
		return hit
	})
	_, err := get(t, c, c.Endpoint()+"/subscriptions")
	want := "no way to sign in to Azure (public) works:\n- client secret failed: AADSTS7000222: The provided client secret keys for app 'x' are expired"
	if err == nil || err.Error() != want {
		t.Errorf("error is %v\nwant %s", err, want)
	}
}

// The sign-in service throttles as well, and asks for a pause.
func TestThrottledSignIn(t *testing.T) {
	server := azuretest.New(t)
	refusals := 0
	server.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/token") || refusals == 2 {
			return false
		}
		refusals++
		w.Header().Set("Retry-After-Ms", "1")
		w.WriteHeader(http.StatusTooManyRequests)
		return true
	})
	signIn(t, connect(t, server, secretSettings()))
	if n := len(server.TokenRequests()); n != 3 {
		t.Errorf("%d token requests, want 3", n)
	}
}

func TestAuxiliaryTenants(t *testing.T) {
	server := azuretest.New(t)
	s := secretSettings()
	s.Cloud = catalog.USGovernment
	s.AuxiliaryTenantIDs = []string{"tenant-a", "tenant-b"}
	c := connect(t, server, s)
	mustGet(t, c)
	mustGet(t, c)
	if n := len(server.TokenRequests()); n != 3 {
		t.Errorf("%d token requests, want one for each tenant", n)
	}
	r := armRequests(server)[0]
	tokens := server.Tokens()
	auxiliary := r.Header.Get("X-Ms-Authorization-Auxiliary")
	if r.Header.Get("Authorization") != "Bearer "+tokens[0] {
		t.Errorf("Authorization is %q, want the own tenant's token", r.Header.Get("Authorization"))
	}
	for i, name := range []string{"tenant-a", "tenant-b"} {
		if !strings.Contains(auxiliary, "Bearer "+tokens[i+1]) || !strings.HasSuffix(tokens[i+1], name) {
			t.Errorf("auxiliary header is %q, want %q in it", auxiliary, tokens[i+1])
		}
	}
	s.AuxiliaryTenantIDs = []string{"a", "b", "c", "d"}
	if _, err := azure.Connect(t.Context(), s, azure.Options{}); err == nil || !strings.Contains(err.Error(), "at most 3") {
		t.Errorf("four auxiliary tenants: %v", err)
	}
}

func TestRefusedAuxiliaryTenantIsNamed(t *testing.T) {
	server := azuretest.New(t)
	server.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		hit := strings.HasPrefix(r.URL.Path, "/tenant-b/oauth2")
		if hit {
			azuretest.SignInError(w, 400, "unauthorized_client", "AADSTS700016: Application with identifier 'x' was not found in the directory 'b'. Install it.")
		}
		return hit
	})
	s := secretSettings()
	s.AuxiliaryTenantIDs = []string{"tenant-a", "tenant-b"}
	a := refusedSignIn(t, connect(t, server, s))[azure.ClientSecret]
	if !strings.HasPrefix(a.Reason, "auxiliary tenant tenant-b: AADSTS700016: Application with identifier 'x' was not found") {
		t.Errorf("reason is %q", a.Reason)
	}
}

// A token never travels to another host, even when a caller asks for it.
func TestForeignHostGetsNoToken(t *testing.T) {
	server := azuretest.New(t)
	c := connect(t, server, secretSettings())
	for _, target := range []string{
		"https://management.azure.com.evil.example/subscriptions", "https://management.chinacloudapi.cn/subscriptions",
		"https://management.azure.com:8443/subscriptions", "http://management.azure.com/subscriptions",
	} {
		if _, err := get(t, c, target); err == nil || !strings.Contains(err.Error(), "tokens only travel to the ARM endpoint") {
			t.Errorf("%s: %v", target, err)
		}
	}
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestPlainHTTPOnLoopback(t *testing.T) {
	server := azuretest.New(t)
	s := secretSettings()
	s.Endpoint = "http://127.0.0.1:80"
	mustGet(t, connect(t, server, s))
	if r := armRequests(server)[0]; r.TLS || r.Header.Get("Authorization") == "" {
		t.Errorf("request over TLS %v with %q", r.TLS, r.Header.Get("Authorization"))
	}
}

// ARM that redirects to another host: the token stays here, and azcore does not try again.
func TestRedirects(t *testing.T) {
	for _, test := range []struct {
		name, to string
		status   int
		follow   bool
	}{
		{"another host", "https://evil.example/subscriptions", http.StatusTemporaryRedirect, false},
		{"another port", "https://management.azure.com:8443/subscriptions", http.StatusFound, false},
		{"down to http", "http://management.azure.com/subscriptions", http.StatusMovedPermanently, false},
		{"same host", "https://management.azure.com/moved", http.StatusTemporaryRedirect, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := azuretest.New(t)
			c := connect(t, server, secretSettings())
			signIn(t, c)
			before := len(server.Requests())
			server.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path != "/subscriptions" {
					return false
				}
				http.Redirect(w, r, test.to, test.status)
				return true
			})
			_, err := get(t, c, c.Endpoint()+"/subscriptions")
			var redirect *azure.RedirectError
			if errors.As(err, &redirect) == test.follow {
				t.Errorf("error is %v", err)
			}
			want := 1
			if test.follow {
				want = 2
			}
			if n := len(server.Requests()) - before; n != want {
				t.Errorf("%d requests, want %d", n, want)
			}
		})
	}
}

func TestRedirectRules(t *testing.T) {
	server := azuretest.New(t)
	server.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		http.Redirect(w, r, "/again", http.StatusTemporaryRedirect)
		return true
	})
	httpClient := azure.NewHTTPClient(server.RoundTripper())
	for method, want := range map[string]int{http.MethodGet: 6, http.MethodPost: 1, http.MethodPut: 1, http.MethodDelete: 1} {
		before := len(server.Requests())
		req, err := http.NewRequestWithContext(t.Context(), method, "https://a.example/", strings.NewReader("secret"))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := httpClient.Do(req)
		if err == nil {
			t.Errorf("%s: %s, want an error", method, resp.Status)
			_ = resp.Body.Close()
		}
		if n := len(server.Requests()) - before; n != want {
			t.Errorf("%s: %d requests, want %d", method, n, want)
		}
	}
}
