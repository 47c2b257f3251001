package azure_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/azure"
	"github.com/azurebackup/terraform-provider-backup/internal/azure/azuretest"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// The order is part of what is promised: with everything configured, the first method that works wins.
func TestMethodsAreTriedInOrder(t *testing.T) {
	certificate, _ := newCertificate(t)
	server := azuretest.New(t)
	refuse := map[azure.Method]bool{}
	server.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		which := azure.Method("")
		switch assertion := r.FormValue("client_assertion"); {
		case strings.HasPrefix(r.URL.Path, "/metadata/identity"):
			which = azure.ManagedIdentity
		case r.FormValue("client_secret") != "":
			which = azure.ClientSecret
		case assertion == "given.oidc.token":
			which = azure.OIDCToken
		case assertion == azuretest.GitHubToken:
			which = azure.OIDCRequest
		case assertion != "":
			which = azure.ClientCertificate
		}
		if refuse[which] {
			azuretest.SignInError(w, http.StatusUnauthorized, "invalid_client", "AADSTS7000222: The provided client secret keys are expired. Visit the portal.")
		}
		return refuse[which]
	})
	var failed []azure.Method
	for _, want := range []azure.Method{
		azure.ClientCertificate, azure.ClientSecret, azure.OIDCToken, azure.OIDCRequest, azure.ManagedIdentity, "",
	} {
		s := secretSettings()
		s.ClientID = "principal before " + string(want) // azidentity keeps tokens of managed identities for the whole process
		s.ClientCertificatePath = writeFile(t, certificate)
		s.UseOIDC, s.OIDCToken = &yes, "given.oidc.token"
		s.OIDCRequestURL, s.OIDCRequestToken = azuretest.GitHubURL, azuretest.RequestToken
		s.UseMSI, s.UseCLI = &yes, &yes
		t.Setenv("PATH", t.TempDir()) // no az
		c := connect(t, server, s)
		if want == "" {
			for method, a := range refusedSignIn(t, c) {
				if !a.Tried || a.Reason == "" {
					t.Errorf("%s: %+v, want it tried", method, a)
				}
			}
			break
		}
		how := signIn(t, c)
		if how.Method != want {
			t.Fatalf("signed in with %s, want %s", how.Method, want)
		}
		var tried []azure.Method
		for _, a := range how.Attempts {
			if a.Reason != "" {
				tried = append(tried, a.Method)
			}
		}
		if !slices.Equal(tried, failed) {
			t.Errorf("before %s failed %v, want %v", want, tried, failed)
		}
		refuse[want] = true
		failed = append(failed, want)
	}
}

// One error names every method and why it was of no use.
func TestReasons(t *testing.T) {
	with := func(change func(*azure.Settings)) azure.Settings {
		s := secretSettings()
		s.ClientSecret = ""
		change(&s)
		return s
	}
	for _, test := range []struct {
		name     string
		settings azure.Settings
		method   azure.Method
		tried    bool
		want     string
	}{
		{"no certificate", azure.Settings{UseCLI: &no}, azure.ClientCertificate, false, "neither client_certificate nor client_certificate_path is set"},
		{"no secret", azure.Settings{UseCLI: &no}, azure.ClientSecret, false, "neither client_secret nor client_secret_file_path is set"},
		{"no OIDC", azure.Settings{UseCLI: &no}, azure.OIDCToken, false, "use_oidc is not true"},
		{"OIDC token without switch", azure.Settings{OIDCToken: "x", UseCLI: &no}, azure.OIDCToken, false, "use_oidc is not true"},
		{"no OIDC token", azure.Settings{UseOIDC: &yes}, azure.OIDCToken, false, "neither oidc_token nor oidc_token_file_path is set"},
		{"no AKS", azure.Settings{UseAKSWorkloadIdentity: &yes}, azure.OIDCToken, false, "use_aks_workload_identity is true, but AKS has not set AZURE_FEDERATED_TOKEN_FILE"},
		{"no OIDC request", azure.Settings{UseOIDC: &yes}, azure.OIDCRequest, false, `the permission "id-token: write"`},
		{"no identity", azure.Settings{UseCLI: &no}, azure.ManagedIdentity, false, "use_msi is not true"},
		{"CLI off", azure.Settings{UseCLI: &no}, azure.AzureCLI, false, "use_cli is false"},
		{"CLI behind OIDC", azure.Settings{UseOIDC: &yes}, azure.AzureCLI, false, "another method is configured"},
		{"no tenant", azure.Settings{ClientID: client, ClientSecret: "x"}, azure.ClientSecret, true, "tenant_id is not set"},
		{"no client", azure.Settings{TenantID: tenant, ClientSecret: "x"}, azure.ClientSecret, true, "client_id is not set"},
		{"tenant is no id", azure.Settings{TenantID: "my tenant", ClientID: client, ClientSecret: "x"}, azure.ClientSecret, true, "invalid tenantID"},
		{"secret file is missing", with(func(s *azure.Settings) { s.ClientSecretFilePath = "/nowhere/secret" }), azure.ClientSecret, true, "client_secret_file_path cannot be read: open /nowhere/secret: no such file or directory"},
		{"secret file is empty", with(func(s *azure.Settings) { s.ClientSecretFilePath = writeFile(t, "\n") }), azure.ClientSecret, true, "which is empty"},
		{"secret file has two lines", with(func(s *azure.Settings) { s.ClientSecretFilePath = writeFile(t, "a\nb") }), azure.ClientSecret, true, " has more than one line; it has to hold the secret alone"},
		{"OIDC token file has a NUL", with(func(s *azure.Settings) { s.UseOIDC, s.OIDCTokenFilePath = &yes, writeFile(t, "a\x00b") }), azure.OIDCToken, true, " holds U+0000, which cannot be seen"},
		{"secret and file differ", with(func(s *azure.Settings) { s.ClientSecret, s.ClientSecretFilePath = "a", writeFile(t, "b") }), azure.ClientSecret, true, "client_secret and the file"},
		{"client id and file differ", with(func(s *azure.Settings) { s.ClientSecret, s.ClientIDFilePath = "a", writeFile(t, "b") }), azure.ClientSecret, true, "client_id and the file"},
		{"certificate is not base64", with(func(s *azure.Settings) { s.ClientCertificate = "%%%" }), azure.ClientCertificate, true, "client_certificate is not base64"},
		{"certificate file is missing", with(func(s *azure.Settings) { s.ClientCertificatePath = "/nowhere/c.pfx" }), azure.ClientCertificate, true, "client_certificate_path cannot be read: open /nowhere/c.pfx: no such file or directory"},
		{"certificate is none", with(func(s *azure.Settings) { s.ClientCertificatePath = writeFile(t, "hello") }), azure.ClientCertificate, true, "client_certificate_path cannot be read: "},
		{"certificate without certificate", with(func(s *azure.Settings) { s.ClientCertificatePath = writeFile(t, ecKey(t)) }), azure.ClientCertificate, true, "a PEM must hold a certificate and a private key that is not encrypted"},
		{"PFX with the wrong password", with(func(s *azure.Settings) {
			s.ClientCertificatePath, s.ClientCertificatePassword = "testdata/legacy.pfx", "wrong"
		}), azure.ClientCertificate, true, "client_certificate_password is not the password of the PFX"},
		{"PFX of OpenSSL 3", with(func(s *azure.Settings) {
			s.ClientCertificatePath, s.ClientCertificatePassword = "testdata/modern.pfx", "canary-pfx-password"
		}), azure.ClientCertificate, true, "openssl pkcs12 -export -legacy"},
		{"OIDC request without token", with(func(s *azure.Settings) { s.UseOIDC, s.OIDCRequestURL = &yes, azuretest.GitHubURL }), azure.OIDCRequest, true, "oidc_request_token is not set, but oidc_request_url is"},
		{"OIDC request without URL", with(func(s *azure.Settings) { s.UseOIDC, s.OIDCRequestToken = &yes, "x" }), azure.OIDCRequest, true, "oidc_request_url is not set, but oidc_request_token is"},
		{"OIDC request over http", with(func(s *azure.Settings) {
			s.UseOIDC, s.OIDCRequestToken, s.OIDCRequestURL = &yes, "x", "http://pipelines.example/token"
		}), azure.OIDCRequest, true, "oidc_request_url is not an https URL"},
		{"OIDC request refused", with(func(s *azure.Settings) {
			s.UseOIDC, s.OIDCRequestToken, s.OIDCRequestURL = &yes, "x", azuretest.GitHubURL
		}), azure.OIDCRequest, true, "oidc_request_url answered HTTP 401: oidc_request_token has expired or is for another job"},
		{"identity and auxiliary tenants", azure.Settings{UseMSI: &yes, AuxiliaryTenantIDs: []string{"a"}}, azure.ManagedIdentity, true, "has no tokens for auxiliary_tenant_ids"},
		{"identity endpoint", azure.Settings{UseMSI: &yes, MSIEndpoint: "identity"}, azure.ManagedIdentity, true, "msi_endpoint is not an http or https URL"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := refusedSignIn(t, connect(t, azuretest.New(t), test.settings))[test.method]
			if a.Tried != test.tried || !strings.Contains(a.Reason, test.want) {
				t.Errorf("%s: tried %v, %q; want %v, %q", test.method, a.Tried, a.Reason, test.tried, test.want)
			}
		})
	}
}

// What servers answer is put into one line: never azidentity's pages.
func TestAnswersOfTheSignInService(t *testing.T) {
	for _, test := range []struct {
		name   string
		path   string // the end of the path that is answered
		answer http.HandlerFunc
		want   string
	}{
		{"wrong secret", "/token", func(w http.ResponseWriter, _ *http.Request) {
			azuretest.SignInError(w, 401, "invalid_client", "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value.")
		}, "AADSTS7000215: Invalid client secret provided (give the secret's value, not its id)"},
		{"tenant of another cloud", "/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
			azuretest.SignInError(w, 400, "invalid_tenant", "AADSTS90002: Tenant 'x' not found. Check to make sure you have the correct tenant ID.")
		}, "AADSTS90002: Tenant 'x' not found (a tenant belongs to one cloud; is the environment the right one?)"},
		{"another error", "/token", func(w http.ResponseWriter, _ *http.Request) {
			azuretest.SignInError(w, 400, "invalid_request", "Something is wrong.")
		}, "invalid_request: Something is wrong"},
		{"a gateway's page", "/token", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(403)
			_, _ = w.Write([]byte("<html><body>Blocked by policy</body></html>"))
		}, "HTTP 403 from https://login.microsoftonline.com, which is not the answer of a sign-in service"},
		{"a redirect", "/token", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://portal.proxy.example/login?secret=1", http.StatusTemporaryRedirect)
		}, "https://login.microsoftonline.com redirects to https://portal.proxy.example, which is not followed, since a token or secret would travel there; is there a proxy in between that wants a sign-in?"},
		{"truncated", "/token", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"access_tok`))
		}, "the answer of the sign-in service is not the JSON expected"},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := azuretest.New(t)
			server.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
				hit := strings.HasSuffix(r.URL.Path, test.path)
				if hit {
					test.answer(w, r)
				}
				return hit
			})
			a := refusedSignIn(t, connect(t, server, secretSettings()))[azure.ClientSecret]
			if a.Reason != test.want {
				t.Errorf("reason is %q,\nwant      %q", a.Reason, test.want)
			}
			for _, r := range server.Requests() {
				if strings.HasSuffix(r.Host, "proxy.example") {
					t.Error("the redirect was followed")
				}
			}
		})
	}
}

type brokenNetwork struct {
	err   error
	tried *int
}

func (b brokenNetwork) RoundTrip(*http.Request) (*http.Response, error) {
	if b.tried != nil {
		*b.tried++
	}
	return nil, b.err
}

// A machine that is not in Azure has no identity endpoint; azidentity's retries would take minutes to find out.
func TestNoIdentityEndpoint(t *testing.T) {
	tried := 0
	c, err := azure.Connect(t.Context(), azure.Settings{Cloud: catalog.China, UseMSI: &yes, ClientID: "client of no machine"},
		azure.Options{RoundTripper: brokenNetwork{err: errors.New("no route to host"), tried: &tried}, RunCLI: noCLI})
	if err != nil {
		t.Fatal(err)
	}
	want := "http://169.254.169.254 does not answer (no route to host): this machine is not in Azure or has no managed identity"
	if a := refusedSignIn(t, c)[azure.ManagedIdentity]; a.Reason != want || tried != 1 {
		t.Errorf("reason is %q after %d tries, want %q after one", a.Reason, tried, want)
	}
}

// A sign-in that the user interrupts is no failure of a method, and does not stick.
func TestInterruptedSignIn(t *testing.T) {
	server := azuretest.New(t)
	c := connect(t, server, secretSettings())
	ctx, cancel := context.WithCancel(t.Context())
	server.Intercept(func(http.ResponseWriter, *http.Request) bool { cancel(); return false })
	_, err := c.SignIn(ctx)
	var refused *azure.SignInError
	if !errors.Is(err, context.Canceled) || errors.As(err, &refused) {
		t.Errorf("the error is %v, want that of the context", err)
	}
	signIn(t, c)
}

// A failure is not remembered, a success is.
func TestSignInIsRepeatedUntilItWorks(t *testing.T) {
	server := azuretest.New(t)
	works := false
	server.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if works || !strings.HasSuffix(r.URL.Path, "/token") {
			return false
		}
		azuretest.SignInError(w, 401, "invalid_client", "AADSTS7000215: Invalid client secret provided.")
		return true
	})
	c := connect(t, server, secretSettings())
	refusedSignIn(t, c)
	works = true
	signIn(t, c)
	n := len(server.TokenRequests())
	signIn(t, c)
	if len(server.TokenRequests()) != n {
		t.Error("a sign-in that worked was repeated")
	}
}
