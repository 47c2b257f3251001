package azure_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/azure"
	"github.com/azurebackup/terraform-provider-backup/internal/azure/azuretest"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// Every way to sign in that sends a form to the authority, in every cloud: what is sent, and where.
func TestTokenRequestInEveryCloud(t *testing.T) {
	certificate, parsed := newCertificate(t)
	pfx, err := os.ReadFile("testdata/legacy.pfx")
	if err != nil {
		t.Fatal(err)
	}
	for _, cloud := range catalog.Clouds() {
		hosts := map[catalog.Cloud]string{
			catalog.Public: "login.microsoftonline.com", catalog.China: "login.chinacloudapi.cn", catalog.USGovernment: "login.microsoftonline.us",
		}
		scopes := map[catalog.Cloud]string{
			catalog.Public:       "https://management.core.windows.net//.default",
			catalog.China:        "https://management.core.chinacloudapi.cn//.default",
			catalog.USGovernment: "https://management.core.usgovcloudapi.net//.default",
		}
		for _, test := range []struct {
			name     string
			settings azure.Settings
			method   azure.Method
			check    func(t *testing.T, r azuretest.Request)
		}{
			{"secret", azure.Settings{ClientSecret: " a secret\n"}, azure.ClientSecret, wantForm("client_secret", "a secret")},
			{"secret in a file", azure.Settings{ClientSecretFilePath: writeFile(t, "a secret\n")}, azure.ClientSecret, wantForm("client_secret", "a secret")},
			{"PEM file", azure.Settings{ClientCertificatePath: writeFile(t, certificate)}, azure.ClientCertificate, wantSigned(parsed)},
			{"PEM with a password that it does not need", azure.Settings{
				ClientCertificatePath: writeFile(t, certificate), ClientCertificatePassword: "unused",
			}, azure.ClientCertificate, wantSigned(parsed)},
			{"PEM in base64", azure.Settings{ClientCertificate: wrapped(certificate)}, azure.ClientCertificate, wantSigned(parsed)},
			{"PFX file", azure.Settings{
				ClientCertificatePath: "testdata/legacy.pfx", ClientCertificatePassword: "canary-pfx-password",
			}, azure.ClientCertificate, wantSigned(nil)},
			{"PFX in base64", azure.Settings{
				ClientCertificate: wrapped(string(pfx)), ClientCertificatePassword: "canary-pfx-password",
			}, azure.ClientCertificate, wantSigned(nil)},
			{"OIDC token", azure.Settings{UseOIDC: &yes, OIDCToken: "a.b.c"}, azure.OIDCToken, wantForm("client_assertion", "a.b.c")},
			{"OIDC token in a file", azure.Settings{UseOIDC: &yes, OIDCTokenFilePath: writeFile(t, "a.b.c")}, azure.OIDCToken, wantForm("client_assertion", "a.b.c")},
			{"GitHub Actions", azure.Settings{
				UseOIDC: &yes, OIDCRequestURL: azuretest.GitHubURL, OIDCRequestToken: azuretest.RequestToken,
			}, azure.OIDCRequest, wantForm("client_assertion", azuretest.GitHubToken)},
			{"Azure Pipelines", azure.Settings{
				UseOIDC: &yes, OIDCRequestURL: azuretest.AzurePipelinesURL, OIDCRequestToken: azuretest.RequestToken,
				ADOPipelineServiceConnectionID: "connection",
			}, azure.OIDCRequest, wantForm("client_assertion", azuretest.AzurePipelinesToken)},
		} {
			t.Run(string(cloud)+"/"+test.name, func(t *testing.T) {
				server := azuretest.New(t)
				s := test.settings
				s.Cloud, s.TenantID, s.ClientIDFilePath = cloud, tenant, writeFile(t, client+"\n")
				c := connect(t, server, s)
				if how := signIn(t, c); how.Method != test.method {
					t.Errorf("signed in with %s, want %s", how.Method, test.method)
				}
				mustGet(t, c)
				tokens := server.TokenRequests()
				if len(tokens) != 1 {
					t.Fatalf("%d token requests, want one", len(tokens))
				}
				r := tokens[0]
				if r.Method != "POST" || !r.TLS || r.Host != hosts[cloud] || r.Path != "/"+tenant+"/oauth2/v2.0/token" {
					t.Errorf("token request is %s %s%s (TLS %v)", r.Method, r.Host, r.Path, r.TLS)
				}
				for name, want := range map[string]string{"grant_type": "client_credentials", "client_id": client} {
					if got := r.Form.Get(name); got != want {
						t.Errorf("%s is %q, want %q", name, got, want)
					}
				}
				if scope := strings.Fields(r.Form.Get("scope")); !slices.Contains(scope, scopes[cloud]) {
					t.Errorf("scope is %q, want %q in it", scope, scopes[cloud])
				}
				test.check(t, r)
				for _, r := range server.Requests() {
					if r.Host != hosts[cloud] && r.Host != strings.TrimPrefix(c.Endpoint(), "https://") && !strings.HasSuffix(r.Host, ".example") {
						t.Errorf("a request went to %s, another cloud", r.Host)
					}
				}
			})
		}
	}
}

// wrapped is base64 as command line tools print it.
func wrapped(text string) string {
	encoded, lines := base64.StdEncoding.EncodeToString([]byte(text)), ""
	for chunk := range slices.Chunk([]byte(encoded), 76) {
		lines += string(chunk) + "\n"
	}
	return lines
}

func wantForm(name, want string) func(*testing.T, azuretest.Request) {
	return func(t *testing.T, r azuretest.Request) {
		t.Helper()
		if got := r.Form.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
		if got := r.Form.Get("client_assertion_type"); name == "client_assertion" && got != assertor {
			t.Errorf("client_assertion_type is %q", got)
		}
	}
}

// wantSigned wants a JWT in the form, for the token endpoint, of the application, signed with the certificate's key.
func wantSigned(cert *x509.Certificate) func(*testing.T, azuretest.Request) {
	return func(t *testing.T, r azuretest.Request) {
		t.Helper()
		if got := r.Form.Get("client_assertion_type"); got != assertor {
			t.Errorf("client_assertion_type is %q", got)
		}
		parts := strings.Split(r.Form.Get("client_assertion"), ".")
		if len(parts) != 3 {
			t.Fatalf("client_assertion has %d parts, want those of a JWT", len(parts))
		}
		var claims struct{ Aud, Iss, Sub string }
		decode(t, parts[1], &claims)
		if want := "https://" + r.Host + r.Path; claims.Aud != want || claims.Iss != client || claims.Sub != client {
			t.Errorf("the assertion's claims are %+v, want audience %s", claims, want)
		}
		var header map[string]any
		decode(t, parts[0], &header)
		if header["alg"] != "PS256" || header["x5t#S256"] == nil {
			t.Errorf("the assertion's header is %v", header)
		}
		if cert == nil {
			return
		}
		signature, err := base64.RawURLEncoding.DecodeString(parts[2])
		if err != nil {
			t.Fatal(err)
		}
		key, isRSA := cert.PublicKey.(*rsa.PublicKey)
		sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
		if !isRSA || rsa.VerifyPSS(key, crypto.SHA256, sum[:], signature, nil) != nil {
			t.Error("the assertion is not signed with the certificate's key")
		}
	}
}

func decode(t *testing.T, part string, out any) {
	t.Helper()
	content, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, out); err != nil {
		t.Fatal(err)
	}
}

// What the two kinds of pipeline are asked.
func TestOIDCRequestShapes(t *testing.T) {
	for _, test := range []struct {
		name, url, connection, method string
		query                         map[string]string
		header                        map[string]string
	}{
		{
			"GitHub", azuretest.GitHubURL, "", "GET",
			map[string]string{"audience": "api://AzureADTokenExchange", "api-version": "2.0"},
			nil,
		},
		{"GitHub with an audience of its own", azuretest.GitHubURL + "&audience=mine", "", "GET", map[string]string{"audience": "mine"}, nil},
		{
			"Azure Pipelines", azuretest.AzurePipelinesURL, "connection", "POST",
			map[string]string{"api-version": "7.1", "serviceConnectionId": "connection"},
			map[string]string{"X-Tfs-Fedauthredirect": "Suppress", "Content-Type": "application/json"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := azuretest.New(t)
			signIn(t, connect(t, server, azure.Settings{
				TenantID: tenant, ClientID: client, UseOIDC: &yes, OIDCRequestURL: test.url, OIDCRequestToken: azuretest.RequestToken,
				ADOPipelineServiceConnectionID: test.connection,
			}))
			for _, r := range server.Requests() {
				if !strings.Contains(test.url, r.Host) {
					continue
				}
				if r.Method != test.method || r.Header.Get("Authorization") != "Bearer "+azuretest.RequestToken {
					t.Errorf("request is %s with %q", r.Method, r.Header.Get("Authorization"))
				}
				for name, want := range test.query {
					if got := r.Query.Get(name); got != want {
						t.Errorf("query %s is %q, want %q", name, got, want)
					}
				}
				for name, want := range test.header {
					if got := r.Header.Get(name); got != want {
						t.Errorf("header %s is %q, want %q", name, got, want)
					}
				}
				return
			}
			t.Error("the pipeline was not asked")
		})
	}
}

func TestManagedIdentityInEveryCloud(t *testing.T) {
	for _, cloud := range catalog.Clouds() {
		for _, test := range []struct {
			name, clientID, endpoint, apiVersion string
			wantHost, wantPath, wantAPIVersion   string
		}{
			{"of the system", "", "", "", "169.254.169.254", "/metadata/identity/oauth2/token", "2018-02-01"},
			{"assigned by a user", "identity-a-" + string(cloud), "", "", "169.254.169.254", "/metadata/identity/oauth2/token", "2018-02-01"},
			{"at another endpoint", "identity-b-" + string(cloud), "http://identity.example/custom/identity?site=1", "2019-08-01", "identity.example", "/custom/identity", "2019-08-01"},
		} {
			t.Run(string(cloud)+"/"+test.name, func(t *testing.T) {
				server := azuretest.New(t)
				c := connect(t, server, azure.Settings{
					Cloud: cloud, UseMSI: &yes, ClientID: test.clientID, MSIEndpoint: test.endpoint, MSIAPIVersion: test.apiVersion,
				})
				if how := signIn(t, c); how.Method != azure.ManagedIdentity {
					t.Errorf("signed in with %s", how.Method)
				}
				mustGet(t, c)
				// A token that an earlier run of this test has left in the process is refused first, and renewed.
				asked := slices.DeleteFunc(server.Requests(), func(r azuretest.Request) bool { return r.Path == "/subscriptions" })
				if len(asked) != 1 {
					t.Fatalf("%d requests for tokens, want one", len(asked))
				}
				r := asked[0]
				if r.TLS || r.Host != test.wantHost || r.Path != test.wantPath || r.Header.Get("Metadata") != "true" {
					t.Errorf("request is %s%s with %v", r.Host, r.Path, r.Header)
				}
				for name, want := range map[string]string{
					"resource": cloud.Endpoints().Audience, "api-version": test.wantAPIVersion, "client_id": test.clientID,
				} {
					if got := r.Query.Get(name); got != want {
						t.Errorf("query %s is %q, want %q", name, got, want)
					}
				}
				if want := strings.Contains(test.endpoint, "site=1"); r.Query.Has("site") != want {
					t.Errorf("query of the endpoint: %v", r.Query)
				}
				server.Refuse()
				mustGet(t, c)
				if n := len(server.Tokens()); n != 2 {
					t.Errorf("%d tokens were handed out, want a second one after the refusal", n)
				}
			})
		}
	}
}

// A cloud that only a metadata host knows must not be asked about at login.microsoftonline.com.
func TestSignInToAnotherCloud(t *testing.T) {
	server := azuretest.New(t)
	s := secretSettings()
	s.MetadataHost = azuretest.MetadataHost
	c := connect(t, server, s)
	signIn(t, c)
	mustGet(t, c)
	for _, r := range server.Requests() {
		if !strings.HasSuffix(r.Host, ".stratus.example") {
			t.Errorf("a request went to %s", r.Host)
		}
	}
	if r := server.TokenRequests()[0]; !strings.Contains(r.Form.Get("scope"), "https://management.core.stratus.example/.default") {
		t.Errorf("scope is %q", r.Form.Get("scope"))
	}
}

// Kubernetes replaces the token file while Terraform runs.
func TestOIDCTokenFileIsReadAgain(t *testing.T) {
	server := azuretest.New(t)
	path := writeFile(t, "old.token.jwt")
	c := connect(t, server, azure.Settings{TenantID: tenant, ClientID: client, UseOIDC: &yes, OIDCTokenFilePath: path})
	mustGet(t, c)
	if err := os.WriteFile(path, []byte("new.token.jwt"), 0o600); err != nil {
		t.Fatal(err)
	}
	server.Refuse()
	mustGet(t, c)
	if got := server.TokenRequests()[1].Form.Get("client_assertion"); got != "new.token.jwt" {
		t.Errorf("the second assertion is %q", got)
	}
}
