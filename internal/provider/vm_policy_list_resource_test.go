package provider_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// listPolicies makes the call; the stream is not read yet.
func (c *protocolClient) listPolicies(config map[string]any, limit int64, includeResource bool) *tfprotov6.ListResourceServerStream {
	c.t.Helper()
	stream, err := c.lists.ListResource(c.t.Context(), &tfprotov6.ListResourceRequest{
		TypeName: "backup_policy_vm", Limit: limit, IncludeResource: includeResource,
		Config: c.encode(objectOf(c.t, c.schemas.ListResourceSchemas["backup_policy_vm"].ValueType(), config)),
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return stream
}

// policyListClient is a configured provider with two vaults; contoso has a policy beside those it was born with.
func policyListClient(t *testing.T) (*protocolClient, *acctest.Recorder) {
	t.Helper()
	database := acctest.Database(t)
	service := newServiceClient(t, database)
	for _, name := range []string{"contoso", "fabrikam"} {
		service.do(http.MethodPut, strings.Replace(contosoID, "contoso", name, 1), `{"location":"eastus","sku":{"name":"RS0"},"properties":{}}`)
	}
	service.do(http.MethodPut, nightlyID, dailyDocument)
	recorder := &acctest.Recorder{}
	return newProtocolClient(t, database, recorder.Option()), recorder
}

func TestVMPolicyListResource(t *testing.T) {
	client, recorder := policyListClient(t)
	for name, test := range map[string]struct {
		config map[string]any
		limit  int64
		want   []string
		calls  int
	}{
		"every vault": {
			nil, 0, []string{"contoso/DefaultPolicy", "contoso/EnhancedPolicy", "contoso/nightly", "fabrikam/DefaultPolicy", "fabrikam/EnhancedPolicy"}, 3,
		},
		"a vault":     {map[string]any{"vault_id": strings.ToLower(contosoID)}, 0, []string{"contoso/DefaultPolicy", "contoso/EnhancedPolicy", "contoso/nightly"}, 1},
		"a name":      {map[string]any{"name_pattern": "NIGHT*"}, 0, []string{"contoso/nightly"}, 3},
		"both":        {map[string]any{"vault_id": contosoID, "name_pattern": "*Policy"}, 0, []string{"contoso/DefaultPolicy", "contoso/EnhancedPolicy"}, 1},
		"none":        {map[string]any{"name_pattern": "x*"}, 0, nil, 3},
		"the limit":   {nil, 4, []string{"contoso/DefaultPolicy", "contoso/EnhancedPolicy", "contoso/nightly", "fabrikam/DefaultPolicy"}, 3},
		"a low limit": {nil, 1, []string{"contoso/DefaultPolicy"}, 2}, // the other vault's policies are not asked for
	} {
		t.Run(name, func(t *testing.T) {
			recorder.Take()
			var got []string
			for result := range client.listPolicies(test.config, test.limit, false).Results {
				client.succeed(result.Diagnostics)
				if result.Resource != nil {
					t.Error("a resource that was not asked for")
				}
				got = append(got, result.DisplayName)
				if identity := client.decodeTexts(result.Identity.IdentityData, policyIdentityType); identity["vault_name"]+"/"+identity["name"] != result.DisplayName {
					t.Errorf("%s has the identity %v", result.DisplayName, identity)
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("policies (-want +got):\n%s", diff)
			}
			if calls := recorder.Take(); len(calls) != test.calls {
				t.Errorf("%d calls, want %d: %q", len(calls), test.calls, calls)
			}
		})
	}
}

func TestVMPolicyListResource_includeResource(t *testing.T) {
	client, _ := policyListClient(t)
	kind := client.schemas.ResourceSchemas["backup_policy_vm"].ValueType()
	for result := range client.listPolicies(map[string]any{"name_pattern": "nightly"}, 0, true).Results {
		client.succeed(result.Diagnostics)
		want := map[string]string{"id": nightlyID, "name": "nightly", "vault_id": contosoID, "policy_type": "V1", "timezone": "UTC"}
		if diff := cmp.Diff(want, client.decodeTexts(result.Resource, kind)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if attributes := client.decode(result.Resource, kind); !attributes["timeouts"].IsNull() || attributes["backup"].IsNull() {
			t.Errorf("timeouts %s, backup %s", attributes["timeouts"], attributes["backup"])
		}
	}
}

func TestVMPolicyListResource_errors(t *testing.T) {
	client, recorder := policyListClient(t)
	for name, test := range map[string]struct {
		config map[string]any
		answer func(*http.Request) *http.Response
		names  []string
		want   string
	}{
		"no such vault": {config: map[string]any{"vault_id": strings.Replace(contosoID, "contoso", "woodgrove", 1)}, want: `Policies of vault "woodgrove"`},
		"not known yet": {config: map[string]any{"vault_id": tftypes.NewValue(tftypes.String, tftypes.UnknownValue)}, want: "only known after an apply"},
		"the second vault fails": {
			config: map[string]any{"name_pattern": "DefaultPolicy"},
			answer: func(req *http.Request) *http.Response {
				if strings.Contains(req.URL.Path, "/fabrikam/") {
					return acctest.JSON(http.StatusForbidden, `{"error":{"code":"AuthorizationFailed","message":"No right to list."}}`)
				}
				return nil
			},
			names: []string{"contoso/DefaultPolicy"}, want: "AuthorizationFailed",
		},
	} {
		t.Run(name, func(t *testing.T) {
			recorder.Answer = test.answer
			var names []string
			var failed []*tfprotov6.Diagnostic
			for result := range client.listPolicies(test.config, 0, true).Results {
				if failed = append(failed, result.Diagnostics...); len(failed) == 0 {
					names = append(names, result.DisplayName)
				}
			}
			if diff := cmp.Diff(test.names, names); diff != "" {
				t.Errorf("policies before the error (-want +got):\n%s", diff)
			}
			if len(failed) != 1 || !strings.Contains(failed[0].Detail, test.want) {
				t.Errorf("diagnostics %+v, want one that says %q", failed, test.want)
			}
		})
	}
}

// The whole way, with `terraform query`.
func TestAccVMPolicyListResource_query(t *testing.T) {
	database := acctest.Database(t)
	identity := map[string]knownvalue.Check{
		"subscription_id": text(defaultSubscription), "resource_group_name": text("backup"), "vault_name": text("contoso"), "name": text("nightly"),
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_14_0)},
		Steps: []resource.TestStep{
			{Config: policyConfig(database, daily, thirtyDays)},
			{
				Query: true, Config: "list \"backup_policy_vm\" \"test\" {\n  provider = backup\n  include_resource = true\n  config {\n    name_pattern = \"night*\"\n  }\n}\n",
				QueryResultChecks: []querycheck.QueryResultCheck{
					querycheck.ExpectLength("backup_policy_vm.test", 1),
					querycheck.ExpectIdentity("backup_policy_vm.test", identity),
				},
			},
		},
	})
}
