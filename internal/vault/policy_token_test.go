package vault_test

import (
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

func TestWritesPassPoliciesThatWantToken(t *testing.T) {
	c, _ := newClient(t, func(c *embedded.Config) {
		c.Faults = embedded.NewFaults(embedded.FaultRule{PolicyToken: true, Times: embedded.Always})
	})
	v := create(t, c, "tokens")
	v, err := c.Apply(t.Context(), v, vault.Settings{Tags: &map[string]string{"env": "<prod> & more"}}, nil)
	if err != nil || (*v.Settings.Tags)["env"] != "<prod> & more" {
		t.Fatalf("got %v, %v", v.Settings.Tags, err)
	}
	if err := c.Delete(t.Context(), v.ID, nil); err != nil {
		t.Fatal(err)
	}
}
