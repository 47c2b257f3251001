package server_test

import (
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/server"
)

func TestFaultsFile(t *testing.T) {
	t.Parallel()
	const good = `{
  "rules": [
    {"method": "PUT", "kind": "vault", "path": "vaults/main", "from": 2, "times": "always", "delay": "1.5s", "act": true,
     "status": 503, "code": "ServerBusy", "message": "busy", "retry_after": "5s"},
    {"drop": true, "times": 3}
  ],
  "failed_vaults": [{"name": "Bad", "times": 1}, {"name": "worse", "code": "X", "message": "y"}],
  "failed_backups": [{"name": "*"}],
  "threats": [{"name": "*"}, {"name": "web", "severity": "Warning", "start_time": "2026-01-31T00:00:00Z"}]
}`
	faults, err := server.ParseFaults([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	const item = "/x/protectedItems/VM;iaasvmcontainerv2;group;vm"
	for i, want := range []struct {
		vault string
		fails bool
	}{{"/x/vaults/good", false}, {"/x/vaults/bad", true}, {"/x/vaults/bad", false}, {"/x/vaults/WORSE", true}, {"/x/vaults/worse", true}} {
		if vault, backup := faults.Check(want.vault, item); vault != want.fails || !backup {
			t.Errorf("%d: the creation of %s fails: %t; the backup: %t", i, want.vault, vault, backup)
		}
	}
	if got := faults.Rules().LongestDelay().String(); got != "1.5s" {
		t.Errorf("longest delay %s", got)
	}

	for _, test := range []struct{ text, want string }{
		{"", ":1: unexpected end of JSON input"},
		{"{\n\"rules\": [\n}", ":3: invalid character"},
		{"[]", ":1: the file must hold a JSON object with the lists: failed_backups, failed_vaults, rules, threats"},
		{"{\n\"rule\": []}", `:2: unknown field "rule"; the file has the lists: failed_backups, failed_vaults, rules`},
		{"{\n\"rules\": {}}", ":2: rules must be a list"},
		{"{\"rules\": [\n{\"drop\": true},\n{\"drop\": true,\n\"stats\": 1}]}", `:4: rules: unknown field "stats"; the fields are: method, kind, path,`},
		{"{\"rules\": [\n{\"drop\": true,\n\"status\": \"500\"}]}", ":3: rules: status must be a int, not a string"},
		{"{\"rules\": [\n\n{\"status\": 99}]}", ":3: rules: status is 99; it can be 200 to 599"},
		{"{\"rules\": [{\"status\": 600}]}", "status is 600"},
		{"{\"rules\": [{\"drop\": true,\n\"policy_token\": true}]}", `:2: rules: policy_token is an answer of its own; leave out status and drop, or it`},
		{"{\"rules\": [{\"drop\": true,\n\n\n\"kind\": \"valt\"}]}", `:4: rules: unknown kind "valt"; the kinds are: availability set, availability sets,`},
		{"{\"rules\": [{\n\"delay\": 5}]}", `:2: rules: 5 is not a duration between 0s and 1h0m0s; write a number and a unit as text, such as "500ms"`},
		{"{\"rules\": [{\"delay\": \"-5s\"}]}", "is not a duration"},
		{"{\"rules\": [{\"drop\": true, \"times\": 0}]}", `times is 0; it can be a number from 1 on, or "always"`},
		{"{\"rules\": [{\"drop\": true, \"times\": \"ever\"}]}", `times is "ever"`},
		{"{\"rules\": [{\"drop\": true, \"from\": -1}]}", "from is -1"},
		{"{\"rules\": [{\"method\": \"PUT\"}]}", "the rule changes nothing"},
		{"{\"failed_vaults\": [{\"code\": \"x\"}]}", ":1: failed_vaults: name is missing; * stands for any"},
		{"{\"failed_backups\": [{\"name\": \"x\",\n\"vm\": \"x\"}]}", `:2: failed_backups: unknown field "vm"; the fields are: name, code, message, times, start_time, end_time`},
		{"{\"threats\": [{\"title\": \"x\"}]}", ":1: threats: name is missing"},
		{"{\"threats\": [{\"name\": \"x\",\n\"severity\": \"Bad\"}]}", `:2: threats: unknown severity "Bad"; the severities are: Critical, High, Warning, Informational`},
		{"{\"threats\": [{\"name\": \"x\", \"start_time\": \"2026-01-02T00:00:00Z\",\n\"end_time\": \"2026-01-01T00:00:00Z\"}]}", ":2: threats: end_time is before start_time"},
		{"{\"failed_backups\": [5]}", ":1: failed_backups: "},
		{"{\"failed_backups\": [{\"name\": \"x\", \"start_time\": \"yesterday\"}]}", ":1: failed_backups: parsing time"},
		{"{\"failed_backups\": [{\"name\": \"x\", \"start_time\": \"2026-01-01T00:00:00Z\",\n\"times\": 1}]}", ":2: failed_backups: times is about backups on demand"},
		{"{\"failed_backups\": [{\"name\": \"x\", \"start_time\": \"2026-01-02T00:00:00Z\",\n\"end_time\": \"2026-01-01T00:00:00Z\"}]}", ":2: failed_backups: end_time is before start_time"},
	} {
		_, err := server.ParseFaults([]byte(test.text))
		if err == nil || !strings.HasPrefix(err.Error(), test.want) && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want %s", test.text, err, test.want)
		}
	}
}
