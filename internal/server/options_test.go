package server_test

import (
	"bytes"
	"errors"
	"flag"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/server"
)

func TestOptions(t *testing.T) {
	vm := "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm"
	for _, test := range []struct {
		args string
		want string // in the error; "" is none
	}{
		{"", ""},
		{"--database x.db --listen localhost:0 --host backup.example --host 10.0.0.1 --provisioning-time 30s --clock-offset 40d12h", ""},
		{"--listen [::1]:0 --log-format json --reads-per-second 0.5 --writes-per-second 100", ""},
		{"--listen :10800 --tls-self-signed d --token-file t", ""},
		{"--listen 0.0.0.0:1 --tls-cert c --tls-key k --token-file t", ""},
		{"--subscription 00000000-0000-4000-8000-000000000003=Test --subscription 00000000-0000-4000-8000-000000000004", ""},
		{"--virtual-machine " + vm + "=eastasia --strict-resource-groups", ""},
		{"--vault-names-unique-per=resource_group", ""},
		{"--vault-names-unique-per group", "it must be subscription or resource_group"},
		{"-listen 127.0.0.1:5", ""},

		{"--nope", "unknown flag --nope"},
		{"-nope=3", "unknown flag --nope"},
		{"--listen", "a value is missing for --listen"},
		{"extra", `unexpected argument "extra"; settings are flags`},
		{"--listen 10800", `--listen "10800" is not an address and a port`},
		{"--listen 0.0.0.0:10800", "needs TLS (--tls-self-signed DIR, or --tls-cert and --tls-key) and a secret (--token-file FILE)"},
		{"--listen :10800 --tls-self-signed d", "needs a secret (--token-file FILE)"},
		{"--listen example.com:10800 --token-file t", "needs TLS"},
		{"--tls-cert c", "--tls-cert and --tls-key go together"},
		{"--tls-cert c --tls-key k --tls-self-signed d", "--tls-self-signed makes the certificate"},
		{"--log-format xml", `--log-format is "xml"; it can be text or json`},
		{"--database=", "--database is empty"},
		{"--provisioning-time 5", `invalid value "5" for flag --provisioning-time: "5" is not a duration; write a number and a unit`},
		{"--backup-time 25h", `the backup time "25h" is not between 0s and 24h`},
		{"--retry-after 2h", "not between 0s and 1h"},
		{"--reads-per-second many", "it must be a number, such as 10 or 0.5"},
		{"--writes-per-second -1", "it must be a number"},
		{"--reads-per-second NaN", "it must be a number"},
		{"--host https://x", "it must be a host name or an address"},
		{"--host x:5", "it must be a host name or an address"},
		{"--subscription x", "subscription"},
		{"--subscription 00000000-0000-4000-8000-000000000003 --subscription 00000000-0000-4000-8000-000000000003=b", "is given twice"},
		{"--virtual-machine vm=eastasia", "is not the id of a virtual machine"},
		{"--virtual-machine " + vm, "it must be ID=REGION"},
		{"--virtual-machine " + vm + "=eastasai", "eastasia"},
		{"--virtual-machine " + vm + "=eastasia --virtual-machine " + strings.ToUpper(vm) + "=eastasia", "is given twice"},
	} {
		_, err := server.ParseOptions(strings.Fields(test.args))
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s: %v", test.args, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: error %v, want %s", test.args, err, test.want)
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: more than one line: %v", test.args, err)
		}
	}
	if _, err := server.ParseOptions([]string{"--help"}); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("--help: %v", err)
	}
	t.Setenv("BACKUP_BACKUP_TIME", "soon")
	if _, err := server.ParseOptions(nil); err == nil || !strings.Contains(err.Error(), "the environment variable BACKUP_BACKUP_TIME") {
		t.Errorf("variable: %v", err)
	}
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args           []string
		code           int
		stdout, stderr string
	}{
		{[]string{"--help"}, 0, "Usage: terraform-provider-backup serve [flags]", ""},
		{[]string{"--nope"}, 2, "", "serve: unknown flag --nope (see terraform-provider-backup serve --help)\n"},
		{[]string{"--database", t.TempDir() + "/none/x.db"}, 1, "", "serve: "},
		{[]string{"--token-file", t.TempDir() + "/none"}, 1, "", "serve: --token-file: "},
		{[]string{"--token-file", writeFile(t, " 0123456789abcde\n")}, 1, "", "the secret in it has 15 characters; it needs 16 or more"},
		{[]string{"--token-file", writeFile(t, "\n")}, 1, "", "the secret in it has 0 characters; it needs 16 or more"},
		{[]string{"--token-file", writeFile(t, secret+"\n"+secret)}, 1, "", "has more than one line; it has to hold the secret alone"},
		{[]string{"--token-file", writeFile(t, secret+"\x00")}, 1, "", "holds U+0000, which cannot be seen and belongs to no secret"},
		{[]string{"--token-file", writeFile(t, strings.Repeat(secret, 5000))}, 1, "", "has more than 16384 characters"},
		{[]string{"--faults", writeFile(t, "{\n\n\"x\":1}")}, 1, "", `:3: unknown field "x"`},
		{[]string{"--tls-cert", "none", "--tls-key", "none"}, 1, "", "serve: --tls-key: "},
		{[]string{"--database", t.TempDir() + "/x.db", "--listen", "127.0.0.1:99999"}, 1, "", "serve: cannot listen on 127.0.0.1:99999"},
	} {
		var stdout, stderr bytes.Buffer
		code := server.Main(t.Context(), test.args, "test", &stdout, &stderr)
		if code != test.code || !strings.Contains(stdout.String(), test.stdout) || !strings.Contains(stderr.String(), test.stderr) ||
			(test.stderr == "") != (stderr.Len() == 0) {
			t.Errorf("%s: exit code %d, want %d; printed %s and %s", test.args, code, test.code, &stdout, &stderr)
		}
		if strings.Contains(stderr.String(), secret) {
			t.Errorf("%s: printed the secret: %s", test.args, &stderr)
		}
	}
}
