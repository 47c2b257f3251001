package server_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/server"
)

// A file of faults is taken, or refused with its line; what is taken can be carried out.
func FuzzFaultsFile(f *testing.F) {
	for _, text := range []string{
		`{"rules":[{"method":"PUT","kind":"vault","path":"vaults/main","from":2,"times":"always","delay":"1.5s","act":true,"status":503,"code":"B","message":"m","retry_after":"5s"}]}`,
		`{"rules":[{"drop":true,"times":3}],"failed_vaults":[{"name":"Bad","times":1}],"failed_backups":[{"name":"*"}]}`,
		`{"failed_backups":[{"name":"web","start_time":"2026-01-01T00:00:00Z","end_time":"2026-01-02T00:00:00Z"}]}`,
		"", "null", "[]", "{}", `{"rules":null}`, `{"rules":[null]}`, `{"rules":[5]}`, `{"rules":[{"status":99}]}`, `{"rules":[{"delay":5}]}`, `{"rules":[{"delay":"9999999h"}]}`,
		"{\"rules\":[{\"delay\":\"\x7f999h\"}]}",
		`{"rules":[{"drop":true}],"rules":[{"drop":true}]}`, "{\"rules\":[\n{\"drop\":true},\n{\"x\":1}]}", `{"rules":[{"drop":true}]} {}`, strings.Repeat(`{"rules":[`, 2000),
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		faults, err := server.ParseFaults([]byte(text))
		if err == nil {
			faults.Check("/x/vaults/main", "/x/protectedItems/VM;iaasvmcontainerv2;group;vm")
			if longest := faults.Rules().LongestDelay(); longest < 0 {
				t.Errorf("%q: a delay of %s", text, longest)
			}
			return
		}
		// As it is printed.
		if message := catalog.Visible(err.Error()); !strings.HasPrefix(message, ":") || strings.ContainsFunc(message, unicode.IsControl) {
			t.Errorf("%q: %q", text, message)
		}
	})
}
