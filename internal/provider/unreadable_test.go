package provider_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// lacking answers a read of an object, alone or in a list, without one of its members; nil for what else is asked.
func lacking(t *testing.T, service serviceClient, req *http.Request, id, member string) *http.Response {
	lists := []string{"/vaults", "/backupPolicies", "/backupProtectedItems"}
	listed := slices.ContainsFunc(lists, func(list string) bool { return strings.HasSuffix(req.URL.Path, list) })
	if req.Method != http.MethodGet || !listed && !strings.EqualFold(req.URL.Path, id) {
		return nil
	}
	resp, err := service.transport.Do(req.Clone(req.Context()))
	if err != nil {
		t.Error(err)
		return nil
	}
	defer resp.Body.Close()
	var document map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&document); err != nil {
		t.Error(err)
	}
	members, _ := document["value"].([]any)
	for _, m := range append(members, document) {
		if object, ok := m.(map[string]any); ok && strings.EqualFold(fmt.Sprint(object["id"]), id) {
			delete(object, member)
		}
	}
	stripped, err := json.Marshal(document)
	if err != nil {
		t.Error(err)
	}
	return acctest.JSON(resp.StatusCode, string(stripped))
}

// A vault of which the service left out the location was planned to be replaced; a policy without properties, to be changed.
func TestAccUnreadable_isNoChange(t *testing.T) {
	for name, test := range map[string]struct{ id, member, want string }{
		"vault":  {contosoID, "location", "it has no location"},
		"policy": {contosoID + "/backupPolicies/own", "properties", "it has no properties.backupManagementType"},
		"item":   {webItem, "properties", "it has no properties"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database := acctest.Database(t)
			service := newServiceClient(t, database)
			stripping := false
			recorder := &acctest.Recorder{Answer: func(req *http.Request) *http.Response {
				if !stripping {
					return nil
				}
				return lacking(t, service, req, test.id, test.member)
			}}
			config := acctest.Config(database, goneObjects)
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: acctest.Factories(recorder.Option()),
				Steps: []resource.TestStep{
					{Config: config},
					{PreConfig: func() { stripping = true }, RefreshState: true, ExpectError: message("the answer cannot be understood.")},
					{Config: config, PlanOnly: true, ExpectError: message(test.want + ".")},
					{PreConfig: func() { stripping = false }, Config: config, ConfigPlanChecks: nothing},
				},
			})
		})
	}
}

// One vault that cannot be understood failed the lists for all; it is passed over with a warning, and asked for by itself it is an
// error.
func TestUnreadable_neighboursArePassedOver(t *testing.T) {
	database := acctest.Database(t)
	service := newServiceClient(t, database)
	const vault = `{"location":"eastus","sku":{"name":"Standard"},"properties":{}}`
	neighbour := strings.Replace(contosoID, "contoso", "neighbour", 1)
	service.do(http.MethodPut, contosoID, vault)
	service.do(http.MethodPut, neighbour, vault)
	recorder := &acctest.Recorder{Answer: func(req *http.Request) *http.Response { return lacking(t, service, req, contosoID, "location") }}
	client := newProtocolClient(t, database, recorder.Option())
	const passed = "An object cannot be understood: The description of " + contosoID + " cannot be understood: it has no location. It is left out"
	read := client.read("backup_vaults", map[string]any{}, false)
	checkOne(t, read.Diagnostics, tfprotov6.DiagnosticSeverityWarning, passed)
	if state := string(read.State.MsgPack); !strings.Contains(state, "neighbour") || strings.Contains(state, "contoso") {
		t.Errorf("%q", state)
	}
	checkOne(t, client.read("backup_vaults", map[string]any{}, false).Diagnostics, tfprotov6.DiagnosticSeverityWarning, "") // once a run
	checkOneError(t, client.read("backup_protected_vms", map[string]any{"vault_id": contosoID}, false).Diagnostics, "it has no location")
	checkOneError(t, client.read("backup_vault", map[string]any{"name": "contoso"}, false).Diagnostics, "it has no location")

	client = newProtocolClient(t, database, recorder.Option())
	var names, said []string
	for result := range client.list(t.Context(), map[string]any{}, 0, false).Results {
		if result.DisplayName != "" {
			names = append(names, result.DisplayName)
		}
		for _, d := range result.Diagnostics {
			said = append(said, d.Severity.String()+" "+d.Summary+": "+d.Detail)
		}
	}
	if len(names) != 1 || names[0] != "neighbour" || len(said) != 1 || !strings.HasPrefix(said[0], "WARNING "+passed) {
		t.Errorf("%q %q", names, said)
	}
}
