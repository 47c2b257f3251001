package provider_test

import (
	"context"
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
	"github.com/hashicorp/terraform-plugin-testing/querycheck/queryfilter"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// listed are the vaults to list: seven in the service's order, which is that of their names.
var listed = []struct{ name, group, region, tags string }{
	{"contoso-a", "backup", "chinaeast", `{"env":"prod","owner":"x"}`},
	{"contoso-B", "Other", "chinanorth", `{"env":"prod"}`},
	{"contoso-c", "backup", "chinaeast", `{}`},
	{"fabrikam-1", "backup", "eastus", `{"env":"test"}`},
	{"fabrikam-2", "Other", "eastus", `{}`},
	{"fabrikam-3", "Other", "eastus", `{}`},
	{"woodgrove", "backup", "eastus", `{}`},
}

// listPage is how many of them are on a page.
const listPage = 2

// listClient is a configured provider, for a service that has the vaults and gives them out in pages.
func listClient(t *testing.T) (*protocolClient, *acctest.Recorder) {
	t.Helper()
	database := acctest.Database(t)
	service := newServiceClient(t, database)
	for _, v := range listed {
		id := "/subscriptions/" + defaultSubscription + "/resourceGroups/" + v.group + "/providers/Microsoft.RecoveryServices/vaults/" + v.name
		service.do(http.MethodPut, id, `{"location":"`+v.region+`","sku":{"name":"RS0"},"properties":{},"tags":`+v.tags+`}`)
	}
	pages := embedded.NewTransport(embedded.New(embedded.Config{Store: service.store, PageSize: listPage}))
	recorder := &acctest.Recorder{Answer: func(req *http.Request) *http.Response {
		resp, err := pages.Do(req)
		if err != nil {
			return nil // the provider's own transport meets the same error
		}
		return resp
	}}
	return newProtocolClient(t, database, recorder.Option()), recorder
}

// list makes the call; the stream is not read yet.
func (c *protocolClient) list(ctx context.Context, config map[string]any, limit int64, includeResource bool) *tfprotov6.ListResourceServerStream {
	c.t.Helper()
	stream, err := c.lists.ListResource(ctx, &tfprotov6.ListResourceRequest{
		TypeName: "backup_vault", Limit: limit, IncludeResource: includeResource,
		Config: c.encode(objectOf(c.t, c.schemas.ListResourceSchemas["backup_vault"].ValueType(), config)),
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return stream
}

func TestVaultListResource_filters(t *testing.T) {
	client, _ := listClient(t)
	all := []string{"contoso-a", "contoso-B", "contoso-c", "fabrikam-1", "fabrikam-2", "fabrikam-3", "woodgrove"}
	tags := func(values map[string]string) tftypes.Value {
		tags := map[string]tftypes.Value{}
		for name, value := range values {
			tags[name] = tftypes.NewValue(tftypes.String, value)
		}
		return tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, tags)
	}
	for name, test := range map[string]struct {
		config map[string]any
		limit  int64
		want   []string
	}{
		"none":                     {nil, 0, all},
		"the subscription":         {map[string]any{"subscription_id": strings.ToUpper(defaultSubscription)}, 0, all},
		"region":                   {map[string]any{"region": "China EAST"}, 0, []string{"contoso-a", "contoso-c"}},
		"group":                    {map[string]any{"resource_group_name": "OTHER"}, 0, []string{"contoso-B", "fabrikam-2", "fabrikam-3"}},
		"pattern":                  {map[string]any{"name_pattern": "CONTOSO-[ab]"}, 0, []string{"contoso-a", "contoso-B"}},
		"state":                    {map[string]any{"state": "Active"}, 0, all},
		"state nobody has":         {map[string]any{"state": "Failed"}, 0, nil},
		"a tag":                    {map[string]any{"tags": tags(map[string]string{"env": "prod"})}, 0, []string{"contoso-a", "contoso-B"}},
		"a tag's letter case":      {map[string]any{"tags": tags(map[string]string{"ENV": "prod", "Owner": "x"})}, 0, []string{"contoso-a"}},
		"a value's letter case":    {map[string]any{"tags": tags(map[string]string{"env": "Prod"})}, 0, nil},
		"two tags":                 {map[string]any{"tags": tags(map[string]string{"env": "prod", "owner": "x"})}, 0, []string{"contoso-a"}},
		"everything":               {map[string]any{"region": "eastus", "resource_group_name": "other", "name_pattern": "*-3"}, 0, []string{"fabrikam-3"}},
		"limit":                    {nil, 3, all[:3]},
		"limit after filtering":    {map[string]any{"region": "eastus"}, 2, []string{"fabrikam-1", "fabrikam-2"}},
		"limit beyond the end":     {nil, 100, all},
		"limit exactly at the end": {nil, 7, all},
	} {
		t.Run(name, func(t *testing.T) {
			var names []string
			for result := range client.list(t.Context(), test.config, test.limit, false).Results {
				client.succeed(result.Diagnostics)
				identity := client.decodeTexts(result.Identity.IdentityData, identityType)
				if identity["name"] != result.DisplayName || identity["subscription_id"] != defaultSubscription || identity["resource_group_name"] == "" {
					t.Errorf("%q has the identity %v", result.DisplayName, identity)
				}
				if result.Resource != nil {
					t.Errorf("%q comes with the resource, which was not asked for", result.DisplayName)
				}
				names = append(names, result.DisplayName)
			}
			if diff := cmp.Diff(test.want, names); diff != "" {
				t.Errorf("vaults (-want +got):\n%s", diff)
			}
		})
	}
}

func TestVaultListResource_includeResource(t *testing.T) {
	client, recorder := listClient(t)
	for result := range client.list(t.Context(), map[string]any{"name_pattern": "contoso-b"}, 0, true).Results {
		client.succeed(result.Diagnostics)
		kind := client.schemas.ResourceSchemas["backup_vault"].ValueType()
		got := client.decodeTexts(result.Resource, kind)
		for name, want := range map[string]string{
			"id":   "/subscriptions/" + defaultSubscription + "/resourceGroups/Other/providers/Microsoft.RecoveryServices/vaults/contoso-B",
			"name": "contoso-B", "region": "chinanorth", "resource_group_name": "Other", "subscription_id": defaultSubscription,
			"storage_redundancy": "GeoRedundant", "state": "Active",
		} {
			if got[name] != want {
				t.Errorf("%s = %q, want %q", name, got[name], want)
			}
		}
		attributes := client.decode(result.Resource, kind)
		var tags map[string]tftypes.Value
		if err := attributes["tags"].As(&tags); err != nil || !tags["env"].Equal(tftypes.NewValue(tftypes.String, "prod")) {
			t.Errorf("tags: %v, %v", attributes["tags"], err)
		}
		if !attributes["timeouts"].IsNull() {
			t.Errorf("timeouts: %s", attributes["timeouts"])
		}
	}
	// What the list says suffices for the resource.
	if calls := recorder.Take(); len(calls) != 4 {
		t.Errorf("calls: %q", calls)
	}
}

// A page is asked for when a vault of it is wanted, and not before.
func TestVaultListResource_streams(t *testing.T) {
	client, recorder := listClient(t)
	for limit, want := range map[int64]int{1: 1, 2: 1, 3: 2, 4: 2, 5: 3, 7: 4, 0: 4} {
		for range client.list(t.Context(), nil, limit, false).Results {
		}
		if calls := recorder.Take(); len(calls) != want {
			t.Errorf("limit %d: %d calls, want %d: %q", limit, len(calls), want, calls)
		}
	}

	stream := client.list(t.Context(), nil, 0, false)
	if calls := recorder.Take(); len(calls) != 0 {
		t.Errorf("calls before anything was read: %q", calls)
	}
	seen := 0
	for range stream.Results {
		seen++
		if calls := recorder.Take(); len(calls) != seen%listPage {
			t.Errorf("vault %d: %q", seen, calls)
		}
		if seen == listPage+1 {
			break // the consumer has enough
		}
	}
	if calls := recorder.Take(); len(calls) != 0 {
		t.Errorf("calls after the consumer had stopped: %q", calls)
	}
}

func TestVaultListResource_interrupted(t *testing.T) {
	client, recorder := listClient(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var names []string
	var failed []*tfprotov6.Diagnostic
	for result := range client.list(ctx, nil, 0, false).Results {
		if len(result.Diagnostics) > 0 {
			failed = append(failed, result.Diagnostics...)
			continue
		}
		names = append(names, result.DisplayName)
		cancel() // with another vault of the page still there
	}
	if !slices.Equal(names, []string{"contoso-a"}) || len(failed) != 1 || !strings.Contains(failed[0].Detail, "interrupted") {
		t.Errorf("vaults %v, diagnostics %v", names, failed)
	}
	if calls := recorder.Take(); len(calls) != 1 {
		t.Errorf("calls: %q", calls)
	}
}

func TestVaultListResource_errors(t *testing.T) {
	client, recorder := listClient(t)
	fromService := recorder.Answer
	for name, test := range map[string]struct {
		config map[string]any
		answer func(*http.Request) *http.Response
		names  []string
		want   string
	}{
		"subscription that is not there": {
			config: map[string]any{"subscription_id": "00000000-0000-4000-8000-00000000beef"}, want: "SubscriptionNotFound",
		},
		"the second page fails": {
			answer: func(req *http.Request) *http.Response {
				if req.URL.Query().Has("$skipToken") {
					return acctest.JSON(http.StatusForbidden, `{"error":{"code":"AuthorizationFailed","message":"No right to list."}}`)
				}
				return fromService(req)
			},
			names: []string{"contoso-a", "contoso-B"}, want: "AuthorizationFailed",
		},
		"not known yet": {
			config: map[string]any{"subscription_id": tftypes.NewValue(tftypes.String, tftypes.UnknownValue)},
			want:   "only known after an apply",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if test.answer != nil {
				recorder.Answer = test.answer
				t.Cleanup(func() { recorder.Answer = fromService })
			}
			var names []string
			var failed []*tfprotov6.Diagnostic
			for result := range client.list(t.Context(), test.config, 0, true).Results {
				if len(failed) > 0 {
					t.Errorf("something comes after the error: %+v", result)
				}
				if failed = append(failed, result.Diagnostics...); len(failed) == 0 {
					names = append(names, result.DisplayName)
				}
			}
			if diff := cmp.Diff(test.names, names); diff != "" {
				t.Errorf("vaults before the error (-want +got):\n%s", diff)
			}
			if len(failed) != 1 || failed[0].Severity != tfprotov6.DiagnosticSeverityError || !strings.Contains(failed[0].Detail, test.want) {
				t.Errorf("diagnostics %+v, want one that says %q", failed, test.want)
			}
		})
	}
}

func TestVaultListResource_validation(t *testing.T) {
	client := newProtocolClient(t, "")
	for attribute, test := range map[string][2]string{
		"name_pattern":        {"[", "bracket that is not closed"},
		"state":               {"Sleeping", "must be one of"},
		"region":              {"Chnia East", `did you mean "China East"`},
		"subscription_id":     {"mine", "not a subscription ID"},
		"resource_group_name": {"x.", "ends in a period"},
	} {
		resp, err := client.lists.ValidateListResourceConfig(t.Context(), &tfprotov6.ValidateListResourceConfigRequest{
			TypeName: "backup_vault",
			Config:   client.encode(objectOf(t, client.schemas.ListResourceSchemas["backup_vault"].ValueType(), map[string]any{attribute: test[0]})),
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(resp.Diagnostics) != 1 || !strings.Contains(resp.Diagnostics[0].Detail, test[1]) {
			t.Errorf("%s = %q: %+v, want %q", attribute, test[0], resp.Diagnostics, test[1])
		}
	}
}

// The whole way, with `terraform query`.
func TestAccVaultListResource_query(t *testing.T) {
	database := acctest.Database(t)
	query := func(body string) string {
		return "list \"backup_vault\" \"test\" {\n  provider = backup\n" + body + "\n}\n" // beside the first step's configuration
	}
	identity := func(group, name string) map[string]knownvalue.Check {
		return map[string]knownvalue.Check{"subscription_id": text(defaultSubscription), "resource_group_name": text(group), "name": text(name)}
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		// List blocks and `terraform query` came with Terraform 1.14; OpenTofu has neither.
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_14_0)},
		Steps: []resource.TestStep{
			{Config: acctest.Config(database, threeVaults)},
			{
				Query: true, Config: query(""),
				QueryResultChecks: []querycheck.QueryResultCheck{
					querycheck.ExpectLength("backup_vault.test", 3),
					querycheck.ExpectIdentity("backup_vault.test", identity("backup", "contoso-a")),
					querycheck.ExpectIdentity("backup_vault.test", identity("Other", "contoso-B")),
					querycheck.ExpectIdentity("backup_vault.test", identity("backup", "fabrikam")),
				},
			},
			{
				Query: true, Config: query("  include_resource = true\n  config {\n    region = \"China North\"\n    tags   = { env = \"prod\" }\n  }"),
				QueryResultChecks: []querycheck.QueryResultCheck{
					querycheck.ExpectLength("backup_vault.test", 1),
					querycheck.ExpectResourceDisplayName("backup_vault.test", queryfilter.ByResourceIdentity(identity("Other", "contoso-B")), text("contoso-B")),
					querycheck.ExpectResourceKnownValues("backup_vault.test", queryfilter.ByResourceIdentity(identity("Other", "contoso-B")), []querycheck.KnownValueCheck{
						{Path: attribute("storage_redundancy"), KnownValue: text("LocallyRedundant")},
						{Path: attribute("region"), KnownValue: text("chinanorth")},
					}),
				},
			},
			{
				Query: true, Config: query("  limit = 2"),
				QueryResultChecks: []querycheck.QueryResultCheck{querycheck.ExpectLength("backup_vault.test", 2)},
			},
			{Query: true, Config: query("  config {\n    region = \"Chnia East\"\n  }"), ExpectError: message(`did you mean "China East"`)},
		},
	})
}
