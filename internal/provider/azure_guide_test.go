package provider_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// Every configuration of the guide is valid, and the guide leaves no attribute of the provider block out.
func TestAccGuide_fromEmbeddedToAzure(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../templates/guides/from-embedded-to-azure.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```terraform\n(.*?)```").FindAllStringSubmatch(string(raw), -1)
	if len(blocks) < 10 {
		t.Fatalf("the guide has %d configurations", len(blocks))
	}
	w := acctest.NewWorkspace(t, "terraform {\n  required_providers { backup = { source = \"azurebackup/backup\" } }\n}\n"+
		"data \"backup_regions\" \"all\" {}\n") // without a use of it the provider block is not looked at
	for _, block := range blocks {
		w.Write("block.tf", block[1])
		if r := w.Run("validate"); r.ExitCode != 0 {
			t.Errorf("%s\n%s", block[1], r.Output)
		}
	}
	w.Write("block.tf", "provider \"backup\" {\n  environmnt = \"public\"\n}\n")
	if r := w.Run("validate"); r.ExitCode == 0 {
		t.Error("validate finds no mistakes in the provider block")
	}
	for _, a := range newProtocolClient(t, "").schemas.Provider.Block.Attributes {
		if a.Name != "embedded" && !strings.Contains(string(raw), a.Name) {
			t.Errorf("the guide does not have %s", a.Name)
		}
	}
}
