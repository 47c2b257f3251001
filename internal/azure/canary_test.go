package azure_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	azlog "github.com/Azure/azure-sdk-for-go/sdk/azcore/log"

	"github.com/azurebackup/terraform-provider-backup/internal/azure"
	"github.com/azurebackup/terraform-provider-backup/internal/azure/azuretest"
)

// canaries are settings whose every secret is a word that must not be seen, with characters that are written differently
// in JSON, in quotes and in URLs.
func canaries(t *testing.T) (azure.Settings, []string) {
	t.Helper()
	s := azure.Settings{
		TenantID: tenant, ClientID: client, UseOIDC: &yes, UseMSI: &yes, UseCLI: &yes, ADOPipelineServiceConnectionID: "connection",
		ClientSecret: `canary-secret-"1" &+/\ü`, ClientCertificate: "Y2FuYXJ5LWNlcnRpZmljYXRl", ClientCertificatePassword: "canary-password",
		OIDCToken: "canary.oidc.token", OIDCRequestURL: azuretest.AzurePipelinesURL + "?run=canary-run", OIDCRequestToken: "canary-request-token",
		MSIEndpoint: "http://identity.example/custom/identity",
	}
	return s, []string{"canary", "Y2FuYXJ5", azuretest.AzurePipelinesToken}
}

func wantNoCanary(t *testing.T, where, text string, words []string) {
	t.Helper()
	for _, word := range words {
		if strings.Contains(text, word) {
			t.Errorf("%s shows %q:\n%s", where, word, text)
		}
	}
}

// Every field that could hold a secret is known to be one; a new field must be put in one of the two lists.
func TestEveryFieldIsSecretOrNot(t *testing.T) {
	open := "Cloud Endpoint MetadataHost SubscriptionID TenantID AuxiliaryTenantIDs ClientID ClientIDFilePath ClientSecretFilePath " +
		"ClientCertificatePath UseOIDC OIDCTokenFilePath ADOPipelineServiceConnectionID UseAKSWorkloadIdentity UseMSI MSIEndpoint MSIAPIVersion UseCLI"
	secret := "ClientSecret ClientCertificate ClientCertificatePassword OIDCToken OIDCRequestURL OIDCRequestToken"
	fields := reflect.TypeFor[azure.Settings]()
	for i := range fields.NumField() {
		f := fields.Field(i)
		list := open
		if f.Tag.Get("secret") != "" {
			list = secret
		}
		if !strings.Contains(" "+list+" ", " "+f.Name+" ") || f.Tag.Get("name") == "" {
			t.Errorf("field %s is not where its tag %q puts it", f.Name, f.Tag)
		}
	}
}

func TestSettingsPrintNoSecrets(t *testing.T) {
	s, words := canaries(t)
	inside := struct {
		Settings azure.Settings
		Pointer  *azure.Settings
	}{s, &s}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%t"} {
		for _, value := range []any{s, &s, inside, []azure.Settings{s}, map[string]azure.Settings{"s": s}} {
			text := fmt.Sprintf(verb, value)
			wantNoCanary(t, verb, text, append(words, fmt.Sprintf("%x", "canary"), fmt.Sprintf("%X", "canary")))
		}
	}
	wantNoCanary(t, "String", s.String(), words)
	wantNoCanary(t, "GoString", s.GoString(), words)
	var logged bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&logged, nil), slog.NewJSONHandler(&logged, nil)} {
		slog.New(handler).Info("settings", "value", s, "pointer", &s, "inside", inside)
	}
	wantNoCanary(t, "slog", logged.String(), words)
	content, err := json.Marshal(inside)
	if err != nil {
		t.Fatal(err)
	}
	wantNoCanary(t, "JSON", string(content), words)
	for _, want := range []string{"tenant_id:" + tenant, "client_secret:(redacted)", "use_oidc:true"} {
		if !strings.Contains(s.String(), want) {
			t.Errorf("String is %s, without %s", s, want)
		}
	}
}

// A server that repeats all that it was sent, in whatever form, gives nothing away.
func TestNoSecretInErrorsOrLogs(t *testing.T) {
	t.Run("given", func(t *testing.T) {
		s, words := canaries(t)
		testNoSecretShown(t, s, words)
	})
	t.Run("in files and handed out", func(t *testing.T) {
		s, words := canaries(t)
		s.ClientSecret, s.ClientSecretFilePath = "", writeFile(t, s.ClientSecret)
		s.OIDCToken, s.OIDCTokenFilePath = "", writeFile(t, s.OIDCToken)
		s.OIDCRequestToken = azuretest.RequestToken
		testNoSecretShown(t, s, append(words, azuretest.RequestToken))
	})
}

func testNoSecretShown(t *testing.T, s azure.Settings, words []string) {
	t.Helper()
	var logged bytes.Buffer
	azlog.SetListener(func(_ azlog.Event, text string) { logged.WriteString(text) })
	t.Cleanup(func() { azlog.SetListener(nil) })
	t.Setenv("PATH", t.TempDir())
	echoes := map[string]func(r *http.Request) string{
		"decoded": func(r *http.Request) string {
			return fmt.Sprint(r.FormValue("client_secret"), r.FormValue("client_assertion"), r.Header, r.URL)
		},
		"encoded": func(r *http.Request) string {
			return url.QueryEscape(r.FormValue("client_secret")) + r.Form.Encode() + r.URL.String()
		},
		"quoted": func(r *http.Request) string {
			return fmt.Sprintf("%q %q", r.FormValue("client_secret"), r.FormValue("client_assertion"))
		},
	}
	for name, echo := range echoes {
		for _, asJSON := range []bool{true, false} {
			server := azuretest.New(t)
			server.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
				if strings.HasSuffix(r.URL.Path, "openid-configuration") || strings.HasSuffix(r.URL.Path, "/oidctoken") {
					return false
				}
				if asJSON {
					azuretest.SignInError(w, http.StatusBadRequest, "invalid_client", "AADSTS7000215: You sent "+echo(r))
				} else {
					w.WriteHeader(http.StatusBadRequest)
					_, _ = fmt.Fprint(w, echo(r))
				}
				return true
			})
			c := connect(t, server, s)
			_, err := c.SignIn(t.Context())
			if err == nil {
				t.Fatal("signing in worked")
			}
			for _, verb := range []string{"%v", "%+v", "%#v"} {
				wantNoCanary(t, name+" error "+verb, fmt.Sprintf(verb, err), words)
				wantNoCanary(t, name+" connection "+verb, fmt.Sprintf(verb, c), words)
				wantNoCanary(t, name+" connection "+verb, fmt.Sprintf(verb, *c), words)
			}
			if _, err := get(t, c, c.Endpoint()+"/subscriptions"); err != nil {
				wantNoCanary(t, name+" ARM error", err.Error(), words)
			} else {
				t.Error("a request was sent without a sign-in")
			}
		}
	}
	wantNoCanary(t, "azcore's log", logged.String(), words)
	if logged.Len() == 0 {
		t.Error("azcore has logged nothing, so the log proves nothing")
	}
}

// The tokens that a sign-in gets are secrets as well.
func TestNoTokenIsPrinted(t *testing.T) {
	server := azuretest.New(t)
	c := connect(t, server, secretSettings())
	how := signIn(t, c)
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		wantNoCanary(t, "connection", fmt.Sprintf(verb, c)+fmt.Sprintf(verb, how), server.Tokens())
	}
}
