package server_test

import (
	"os"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/server"
)

// The guide is what users copy from.
func TestGuide(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../../templates/guides/serve.md")
	if err != nil {
		t.Fatal(err)
	}
	guide := string(content)
	for _, name := range server.FlagNames() {
		if !strings.Contains(guide, "| `--"+name) && !strings.Contains(guide, "`, `--"+name) {
			t.Errorf("the guide's table lacks --%s", name)
		}
	}
	_, example, _ := strings.Cut(guide, "```json\n")
	example, _, ok := strings.Cut(example, "```")
	if !ok {
		t.Fatal("the guide has no example of faults")
	}
	if _, err := server.ParseFaults([]byte(example)); err != nil {
		t.Errorf("the guide's example of faults%v", err)
	}
}
