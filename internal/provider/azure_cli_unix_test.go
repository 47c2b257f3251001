//go:build unix

package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/azure/azuretest"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// Whoever is signed in to Azure CLI needs no setting but the environment: the subscription is the CLI's too.
func TestAccAzure_cli(t *testing.T) {
	t.Parallel()
	a := newAzureCloud(t, catalog.Public)
	w := newAzureWorkspace(t, a, `
provider "backup" {
  environment         = "public"
  resource_group_name = "backup"
  use_cli             = true
}
resource "backup_vault" "test" {
  name   = "contoso"
  region = "eastus"
}
`)
	folder := t.TempDir()
	script := fmt.Sprintf(`#!/bin/sh
case "$2" in
get-access-token) echo '{"accessToken":"%s","expires_on":%d,"tokenType":"Bearer"}' ;;
show) echo '{"environmentName":"Stratus","id":"%s","isDefault":true,"name":"Production","state":"Enabled","tenantId":"%s"}' ;;
esac
`, azuretest.CLIToken, time.Now().Add(time.Hour).Unix(), azureAccount, azureTenant)
	if err := os.WriteFile(filepath.Join(folder, "az"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	w.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH"))
	w.MustRun("apply", "-auto-approve")
	if got := w.State()["backup_vault.test"]["subscription_id"]; got != azureAccount {
		t.Errorf("the vault is in subscription %v", got)
	}
	w.MustPlanNothing()
	w.MustRun("destroy", "-auto-approve")
	for _, r := range a.sent("127.0.0.1") {
		if r.Path != "/metadata/endpoints" && r.Header.Get("Authorization") != "Bearer "+azuretest.CLIToken {
			t.Errorf("%s %s is not signed", r.Method, r.Path)
		}
	}
}
