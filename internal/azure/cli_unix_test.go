//go:build unix

// The fake az is a shell script, so these tests are for Unix; on Windows nothing here is different but the name az.cmd.

package azure_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/azure"
	"github.com/azurebackup/terraform-provider-backup/internal/azure/azuretest"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// fakeAz puts a program az first in PATH: it writes its arguments to a file, and answers as the two scripts say.
func fakeAz(t *testing.T, token, show string) (calls func() []string) {
	t.Helper()
	dir := t.TempDir()
	log := filepath.Join(dir, "calls")
	script := fmt.Sprintf("#!/bin/sh\necho \"$*\" >> %s\ncase \"$2\" in\nget-access-token) %s ;;\nshow) %s ;;\nesac\n", log, token, show)
	if err := os.WriteFile(filepath.Join(dir, "az"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+"/usr/bin"+string(os.PathListSeparator)+"/bin")
	return func() []string {
		content, err := os.ReadFile(log)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		return strings.Split(strings.TrimSpace(string(content)), "\n")
	}
}

// printToken prints a token as az does.
func printToken() string {
	return fmt.Sprintf(`echo '{"accessToken":"%s","expires_on":%d,"tokenType":"Bearer"}'`, azuretest.CLIToken, time.Now().Add(time.Hour).Unix())
}

const (
	signedOut = `echo "ERROR: Please run 'az login' to setup account." >&2; exit 1`
	showChina = `echo '{"environmentName":"AzureChinaCloud","id":"s-1","isDefault":true,"name":"Backup","state":"Enabled","tenantId":"t-1"}'`
)

func connectCLI(t *testing.T, server *azuretest.Server, s azure.Settings) *azure.Connection {
	t.Helper()
	c, err := azure.Connect(t.Context(), s, azure.Options{RoundTripper: server.RoundTripper()})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAzureCLIInEveryCloud(t *testing.T) {
	for _, cloud := range catalog.Clouds() {
		for _, test := range []struct {
			name     string
			settings azure.Settings
			want     string // of the arguments after the resource
		}{
			{"default account", azure.Settings{}, ""},
			{"a tenant", azure.Settings{TenantID: tenant}, " --tenant " + tenant},
			{"a subscription", azure.Settings{SubscriptionID: "s-1"}, " --subscription s-1"},
			{"tenant and subscription", azure.Settings{TenantID: tenant, SubscriptionID: "s-1"}, " --tenant " + tenant},
			{"a client id alone", azure.Settings{ClientID: client}, ""},
			{"asked for", azure.Settings{UseCLI: &yes}, ""},
		} {
			t.Run(string(cloud)+"/"+test.name, func(t *testing.T) {
				calls := fakeAz(t, printToken(), showChina)
				server := azuretest.New(t)
				test.settings.Cloud = cloud
				c := connectCLI(t, server, test.settings)
				if how := signIn(t, c); how.Method != azure.AzureCLI {
					t.Errorf("signed in with %s", how.Method)
				}
				mustGet(t, c)
				want := "account get-access-token -o json --resource " + cloud.Endpoints().Audience + test.want
				if got := calls(); len(got) != 1 || got[0] != want {
					t.Errorf("az was called with %q, want once %q", got, want)
				}
				if got := armRequests(server)[0].Header.Get("Authorization"); got != "Bearer "+azuretest.CLIToken {
					t.Errorf("Authorization is %q", got)
				}
			})
		}
	}
}

func TestAzureCLIAndAuxiliaryTenants(t *testing.T) {
	calls := fakeAz(t, printToken(), showChina)
	c := connectCLI(t, azuretest.New(t), azure.Settings{Cloud: catalog.Public, SubscriptionID: "s-1", AuxiliaryTenantIDs: []string{"tenant-a"}})
	signIn(t, c)
	mustGet(t, c)
	got := calls()
	if len(got) != 2 || !strings.HasSuffix(got[0], " --subscription s-1") || !strings.HasSuffix(got[1], "net/ --tenant tenant-a") {
		t.Errorf("az was called with %q, want once for each tenant, never with tenant and subscription", got)
	}
}

func TestAzureCLIReasons(t *testing.T) {
	for _, test := range []struct {
		name, token, show, want string
	}{
		{"signed out", signedOut, signedOut, "nobody is signed in to Azure CLI: run az login"},
		{
			"another cloud", `echo "ERROR: AADSTS500011: The resource principal was not found." >&2; exit 1`,
			strings.Replace(showChina, "AzureChinaCloud", "AzureCloud", 1),
			"the cloud of Azure CLI is AzureCloud, but the environment is china: run az cloud set --name AzureChinaCloud and az login",
		},
		{
			"refused", `echo "ERROR: AADSTS50173: The provided grant has expired due to it being revoked. The user must sign in. Trace ID: 1" >&2; exit 1`, showChina,
			"AADSTS50173: The provided grant has expired due to it being revoked",
		},
		{"broken", `echo "Traceback (most recent call last):" >&2; exit 1`, showChina, "az: Traceback (most recent call last):"},
	} {
		t.Run(test.name, func(t *testing.T) {
			fakeAz(t, test.token, test.show)
			a := refusedSignIn(t, connectCLI(t, azuretest.New(t), azure.Settings{Cloud: catalog.China}))[azure.AzureCLI]
			if !a.Tried || a.Reason != test.want {
				t.Errorf("reason is %q, want %q", a.Reason, test.want)
			}
		})
	}
	t.Run("not there", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		a := refusedSignIn(t, connectCLI(t, azuretest.New(t), azure.Settings{Cloud: catalog.China}))[azure.AzureCLI]
		if !a.Tried || a.Reason != "the program az (Azure CLI) is not in PATH" {
			t.Errorf("reason is %q", a.Reason)
		}
	})
}

// Azure CLI is somebody's personal account: it must not step in for a principal that is refused.
func TestAzureCLIIsNoSilentSecondIdentity(t *testing.T) {
	calls := fakeAz(t, printToken(), showChina)
	server := azuretest.New(t)
	s := secretSettings()
	s.Cloud, s.TenantID = catalog.China, ""
	a := refusedSignIn(t, connectCLI(t, server, s))[azure.AzureCLI]
	if a.Tried || !strings.Contains(a.Reason, "use_cli = true") || len(calls()[0]) != 0 {
		t.Errorf("%+v, calls %q", a, calls())
	}
	s.UseCLI = &yes
	if how := signIn(t, connectCLI(t, server, s)); how.Method != azure.AzureCLI || how.Attempts[1].Reason != "tenant_id is not set" {
		t.Errorf("%+v", how)
	}
}

// Azure CLI cannot be given claims; the user must run the command that azidentity names.
func TestAzureCLIAndClaimsChallenge(t *testing.T) {
	fakeAz(t, printToken(), showChina)
	server := azuretest.New(t)
	c := connectCLI(t, server, azure.Settings{Cloud: catalog.China})
	signIn(t, c)
	challenge(server, `{"access_token":{"nbf":{"essential":true,"value":"1600000000"}}}`)
	_, err := get(t, c, c.Endpoint()+"/subscriptions")
	var refused *azure.SignInError
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "az login --claims-challenge eyJ") {
		t.Errorf("error is %v, want the command to run", err)
	}
}

func TestDefaultSubscription(t *testing.T) {
	fakeAz(t, printToken(), showChina)
	account, err := connectCLI(t, azuretest.New(t), azure.Settings{Cloud: catalog.China}).DefaultSubscription(t.Context())
	want := azure.Account{SubscriptionID: "s-1", SubscriptionName: "Backup", TenantID: "t-1", Cloud: "AzureChinaCloud"}
	if err != nil || account != want {
		t.Errorf("%+v, %v; want %+v", account, err, want)
	}
	_, err = connectCLI(t, azuretest.New(t), azure.Settings{Cloud: catalog.Public}).DefaultSubscription(t.Context())
	if err == nil || !strings.Contains(err.Error(), "az cloud set --name AzureCloud") {
		t.Errorf("another cloud: %v", err)
	}
	s := secretSettings()
	s.Cloud = catalog.China
	if _, err = connectCLI(t, azuretest.New(t), s).DefaultSubscription(t.Context()); !errors.Is(err, azure.ErrNoDefaultSubscription) {
		t.Errorf("with a secret: %v", err)
	}
	for show, want := range map[string]string{
		signedOut:      "run az login",
		"echo 'hello'": "has not printed the JSON expected",
		"exit 3":       "az: exit status 3",
	} {
		fakeAz(t, printToken(), show)
		_, err := connectCLI(t, azuretest.New(t), azure.Settings{Cloud: catalog.China}).DefaultSubscription(t.Context())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", show, err, want)
		}
	}
}
