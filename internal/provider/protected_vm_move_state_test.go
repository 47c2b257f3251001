package provider_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

const azurermProtectedVM = "azurerm_protected_vm.json"

// moveProtectedVM asks for a move; attributes take the place of those in the state.
func (c *protocolClient) moveProtectedVM(changes map[string]any, edit func(*tfprotov6.MoveResourceStateRequest)) *tfprotov6.MoveResourceStateResponse {
	c.t.Helper()
	req := readForeign(c.t, azurermProtectedVM).request(c.t, changes)
	req.TargetTypeName = "backup_protected_vm"
	if edit != nil {
		edit(req)
	}
	resp, err := c.server.MoveResourceState(c.t.Context(), req)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp
}

func TestProtectedVMMoveState(t *testing.T) {
	const groupedID = "/resourceGroups/Shop/" // azurerm keeps the spelling of the configuration here
	for name, test := range map[string]struct {
		changes map[string]any
		edit    func(*tfprotov6.MoveResourceStateRequest)
		want    map[string]string
		include bool
		exclude bool
	}{
		"as it is": {exclude: true},
		"from OpenTofu's registry": {exclude: true, edit: func(r *tfprotov6.MoveResourceStateRequest) {
			r.SourceProviderAddress = "registry.opentofu.org/hashicorp/azurerm"
		}},
		"as OpenTofu before 1.12.4 named the provider": {exclude: true, edit: func(r *tfprotov6.MoveResourceStateRequest) {
			r.SourceProviderAddress = "azurerm"
		}},
		"included disks":          {changes: map[string]any{"include_disk_luns": []any{0}, "exclude_disk_luns": []any{}}, include: true},
		"no disks":                {changes: map[string]any{"include_disk_luns": nil, "exclude_disk_luns": []any{}}},
		"stopped, without policy": {changes: map[string]any{"protection_state": "ProtectionStopped", "backup_policy_id": ""}, want: map[string]string{"protection_state": "ProtectionStopped", "backup_policy_id": ""}, exclude: true},
		"id in capitals": {
			changes: map[string]any{"id": strings.ToUpper(webItem)}, exclude: true,
			want: map[string]string{"id": strings.ToUpper(webItem), "vault_id": "/subscriptions/" + defaultSubscription + "/resourceGroups/BACKUP/providers/Microsoft.RecoveryServices/vaults/CONTOSO"},
		},
		"an attribute to come": {changes: map[string]any{"x": []any{1}}, exclude: true},
	} {
		t.Run(name, func(t *testing.T) {
			client := newProtocolClient(t, "") // not configured: there can be no network in it
			resp := client.moveProtectedVM(test.changes, test.edit)
			client.succeed(resp.Diagnostics)
			kind := client.schemas.ResourceSchemas["backup_protected_vm"].ValueType()
			want := map[string]string{
				"id": webItem, "vault_id": contosoID, "source_vm_id": strings.Replace(webID, "/resourceGroups/shop/", groupedID, 1),
				"backup_policy_id": defaultPolicy, "protection_state": "Protected", "deletion_policy": "delete",
			}
			maps.Copy(want, test.want)
			maps.DeleteFunc(want, func(_, value string) bool { return value == "" })
			if diff := cmp.Diff(want, client.decodeTexts(resp.TargetState, kind)); diff != "" {
				t.Errorf("state (-want +got):\n%s", diff)
			}
			attributes := client.decode(resp.TargetState, kind)
			if attributes["include_disk_luns"].IsNull() == test.include || attributes["exclude_disk_luns"].IsNull() == test.exclude {
				t.Errorf("disks: %s, %s", attributes["include_disk_luns"], attributes["exclude_disk_luns"])
			}
			if got := textsOf(t, attributes["timeouts"]); !maps.Equal(got, map[string]string{"create": "2h"}) {
				t.Errorf("timeouts: %v", got)
			}
			for name, value := range attributes {
				if !value.IsFullyKnown() {
					t.Errorf("%s = %s", name, value)
				}
			}
			identity := client.decodeTexts(resp.TargetIdentity.IdentityData, protectedVMIdentityType)
			if identity["vault_id"] != want["vault_id"] || identity["source_vm_id"] != want["source_vm_id"] {
				t.Errorf("identity: %v", identity)
			}
		})
	}
}

func TestProtectedVMMoveState_refused(t *testing.T) {
	for name, test := range map[string]struct {
		changes map[string]any
		edit    func(*tfprotov6.MoveResourceStateRequest)
		want    string
	}{
		"another resource": {edit: func(r *tfprotov6.MoveResourceStateRequest) { r.SourceTypeName = "azurerm_backup_protected_file_share" }, want: "cannot become a backup_protected_vm"},
		"another azurerm":  {edit: func(r *tfprotov6.MoveResourceStateRequest) { r.SourceProviderAddress = "contoso.example/x/azurerm" }, want: "cannot become a backup_protected_vm"},
		"no id":            {changes: map[string]any{"id": ""}, want: "removed block"},
		"id of a vault":    {changes: map[string]any{"id": contosoID}, want: contosoID},
		"no VM":            {changes: map[string]any{"source_vm_id": ""}, want: "Use a removed block for the old resource and an import block"},
		"broken JSON":      {edit: func(r *tfprotov6.MoveResourceStateRequest) { r.SourceState.JSON = []byte(`{`) }, want: "is not the JSON that its provider writes"},
	} {
		t.Run(name, func(t *testing.T) {
			resp := newProtocolClient(t, "").moveProtectedVM(test.changes, test.edit)
			if len(resp.Diagnostics) != 1 || !strings.Contains(resp.Diagnostics[0].Detail, test.want) {
				for _, d := range resp.Diagnostics {
					t.Logf("%s: %s", d.Summary, d.Detail)
				}
				t.Errorf("%d diagnostics, want one that says %q", len(resp.Diagnostics), test.want)
			}
		})
	}
}

func TestAccProtectedVMMoveState(t *testing.T) {
	skipBelow(t, 8, "moves between providers")
	t.Parallel()
	database := acctest.Database(t)
	newServiceClient(t, database).protectWeb()
	w := foreignWorkspace(t, buildStandIns(t), database, readForeign(t, azurermProtectedVM), `
resource "backup_protected_vm" "web" {
  vault_id          = "`+contosoID+`"
  source_vm_id      = "`+webID+`"
  source_vm_region  = "China East"
  backup_policy_id  = "`+strings.ToLower(defaultPolicy)+`"
  protection_state  = "Protected"
  timeouts          = { create = "2h" }
}

moved {
  from = azurerm_backup_protected_vm.web
  to   = backup_protected_vm.web
}
`)
	plan := w.Plan()
	wantActions(t, plan, map[string]string{})
	wantOutput(t, plan.Result, "azurerm_backup_protected_vm.web has moved to backup_protected_vm.web")
	w.MustRun("apply", plan.File)
	forget(t, w)
	w.MustPlanNothing()
	if addresses := w.Addresses(); !slices.Equal(addresses, []string{webAddress}) {
		t.Errorf("in the state: %v", addresses)
	}
	w.MustRun("destroy", "-auto-approve")
}
