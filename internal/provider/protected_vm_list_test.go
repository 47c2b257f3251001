package provider_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// protectedClient is a configured provider for a service with two vaults that protect VMs and one that never did; the
// second VM of each vault is soft-deleted, the third has the EnhancedPolicy.
func protectedClient(t *testing.T) (*protocolClient, *acctest.Recorder) {
	t.Helper()
	database := acctest.Database(t)
	service := newServiceClient(t, database)
	for _, name := range []string{"contoso", "empty", "fabrikam"} {
		vault := strings.Replace(contosoID, "contoso", name, 1)
		service.do(http.MethodPut, vault, `{"location":"chinaeast","sku":{"name":"Standard"},"properties":{}}`)
		for i := 1; i <= 4 && name != "empty"; i++ {
			vm := fmt.Sprintf("%s-%d", name, i)
			item := strings.ReplaceAll(strings.Replace(webItem, contosoID, vault, 1), "web-1", vm)
			policy := "DefaultPolicy"
			if i == 3 {
				policy = "EnhancedPolicy"
			}
			service.do(http.MethodPut, item, `{"properties":{"protectedItemType":"Microsoft.Compute/virtualMachines","sourceResourceId":"`+machines+vm+`","policyId":"`+vault+`/backupPolicies/`+policy+`"}}`)
			if i == 2 {
				service.do(http.MethodDelete, item, "")
			}
		}
	}
	recorder := &acctest.Recorder{}
	return newProtocolClient(t, database, recorder.Option()), recorder
}

func (c *protocolClient) listProtectedVMs(config map[string]any, limit int64, includeResource bool) *tfprotov6.ListResourceServerStream {
	c.t.Helper()
	stream, err := c.lists.ListResource(c.t.Context(), &tfprotov6.ListResourceRequest{
		TypeName: "backup_protected_vm", Limit: limit, IncludeResource: includeResource,
		Config: c.encode(objectOf(c.t, c.schemas.ListResourceSchemas["backup_protected_vm"].ValueType(), config)),
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return stream
}

func TestProtectedVMListResource(t *testing.T) {
	client, recorder := protectedClient(t)
	for name, test := range map[string]struct {
		config map[string]any
		limit  int64
		want   []string
		calls  int
	}{
		"all":                  {nil, 0, []string{"contoso-1 in contoso", "contoso-3 in contoso", "contoso-4 in contoso", "fabrikam-1 in fabrikam", "fabrikam-3 in fabrikam", "fabrikam-4 in fabrikam"}, 3},
		"a vault":              {map[string]any{"vault_id": strings.ToUpper(strings.Replace(contosoID, "contoso", "fabrikam", 1))}, 0, []string{"fabrikam-1 in fabrikam", "fabrikam-3 in fabrikam", "fabrikam-4 in fabrikam"}, 2},
		"a policy":             {map[string]any{"policy_name": "enhancedpolicy"}, 0, []string{"contoso-3 in contoso", "fabrikam-3 in fabrikam"}, 3},
		"the subscription":     {map[string]any{"subscription_id": defaultSubscription, "policy_name": "none"}, 0, nil, 3},
		"no more than asked":   {nil, 2, []string{"contoso-1 in contoso", "contoso-3 in contoso"}, 2},
		"a vault without any":  {map[string]any{"vault_id": strings.Replace(contosoID, "contoso", "empty", 1)}, 0, nil, 2},
		"a limit for a policy": {map[string]any{"policy_name": "EnhancedPolicy"}, 1, []string{"contoso-3 in contoso"}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			recorder.Take()
			var names []string
			for result := range client.listProtectedVMs(test.config, test.limit, false).Results {
				client.succeed(result.Diagnostics)
				identity := client.decodeTexts(result.Identity.IdentityData, protectedVMIdentityType)
				if !strings.HasSuffix(result.DisplayName, identity["vault_id"][strings.LastIndex(identity["vault_id"], "/")+1:]) || result.Resource != nil {
					t.Errorf("%q has the identity %v", result.DisplayName, identity)
				}
				names = append(names, result.DisplayName)
			}
			if diff := cmp.Diff(test.want, names); diff != "" {
				t.Errorf("VMs (-want +got):\n%s", diff)
			}
			if calls := recorder.Take(); len(calls) > test.calls {
				t.Errorf("%d calls:\n%s", len(calls), strings.Join(calls, "\n"))
			}
		})
	}
}

func TestProtectedVMListResource_includeResource(t *testing.T) {
	client, _ := protectedClient(t)
	kind := client.schemas.ResourceSchemas["backup_protected_vm"].ValueType()
	for result := range client.listProtectedVMs(map[string]any{"vault_id": contosoID}, 1, true).Results {
		client.succeed(result.Diagnostics)
		got := client.decodeTexts(result.Resource, kind)
		for name, want := range map[string]string{
			"vault_id": contosoID, "source_vm_id": machines + "contoso-1", "source_vm_region": "chinaeast", "backup_policy_id": defaultPolicy,
			"protection_state": "IRPending", "deletion_policy": "delete",
		} {
			if got[name] != want {
				t.Errorf("%s = %q, want %q", name, got[name], want)
			}
		}
		if got["next_scheduled_backup"] == "" {
			t.Error("there is no next backup")
		}
	}
}

func TestProtectedVMListResource_noVault(t *testing.T) {
	client, _ := protectedClient(t)
	results := slices.Collect(client.listProtectedVMs(map[string]any{"vault_id": strings.Replace(contosoID, "contoso", "nowhere", 1)}, 0, false).Results)
	if len(results) != 1 || len(results[0].Diagnostics) != 1 || !strings.Contains(results[0].Diagnostics[0].Detail, "nowhere") {
		t.Errorf("%+v", results)
	}
}

func TestAccProtectedVMsDataSource(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	data := func(attributes string) string {
		return acctest.Config(database, contoso()+web()+`
data "backup_protected_vms" "test" {
  `+attributes+`
  depends_on = [backup_protected_vm.web]
}
`)
	}
	of := func(value knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue("data.backup_protected_vms.test", attribute("protected_vms"), value)
	}
	live := knownvalue.ObjectPartial(map[string]knownvalue.Check{
		"vault_id": text(contosoID), "source_vm_id": text(webID), "source_vm_region": text("chinaeast"), "backup_policy_id": text(defaultPolicy),
		"protection_state": text("IRPending"), "health": text("Passed"), "last_backup_time": knownvalue.Null(), "next_scheduled_backup": knownvalue.NotNull(),
		"recovery_point_count": knownvalue.Int64Exact(0), "soft_deleted": knownvalue.Bool(false), "purge_time": knownvalue.Null(),
	})
	gone := knownvalue.ObjectPartial(map[string]knownvalue.Check{
		"source_vm_id": text(machines + "web-0"), "soft_deleted": knownvalue.Bool(true), "purge_time": knownvalue.NotNull(),
		"backup_policy_id": knownvalue.Null(), "next_scheduled_backup": knownvalue.Null(),
	})
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			// Made in the same apply: nothing that was read before may answer.
			{Config: data(`vault_id = backup_vault.test.id`), ConfigStateChecks: []statecheck.StateCheck{
				of(knownvalue.ListExact([]knownvalue.Check{live})),
				statecheck.ExpectKnownValue("data.backup_protected_vms.test", attribute("subscription_id"), text(defaultSubscription)),
			}},
			{
				PreConfig: func() {
					item := strings.ReplaceAll(webItem, "web-1", "web-0")
					client := newServiceClient(t, database)
					client.do(http.MethodPut, item, `{"properties":{"protectedItemType":"Microsoft.Compute/virtualMachines","sourceResourceId":"`+machines+`web-0","policyId":"`+defaultPolicy+`"}}`)
					client.do(http.MethodDelete, item, "")
				},
				Config: data(``), ConfigStateChecks: []statecheck.StateCheck{of(knownvalue.ListExact([]knownvalue.Check{live}))},
			},
			{Config: data(`include_soft_deleted = true`), ConfigStateChecks: []statecheck.StateCheck{of(knownvalue.ListExact([]knownvalue.Check{gone, live}))}},
			{Config: data(`policy_name = "EnhancedPolicy"`), ConfigStateChecks: []statecheck.StateCheck{of(knownvalue.ListExact(nil))}},
			{Config: data("vault_id = backup_vault.test.id\n subscription_id = \"" + defaultSubscription + "\""), ExpectError: message("cannot be specified when")},
			{Config: data(``)},
		},
	})
}
