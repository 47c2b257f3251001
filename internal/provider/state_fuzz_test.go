package provider_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/provider"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// fuzzed is a provider, with a vault and what is in it, that is called with states nobody wrote.
type fuzzed struct {
	server  tfprotov6.ProviderServer
	schemas *tfprotov6.GetProviderSchemaResponse
}

// theKinds are the resources whose states are made up.
var theKinds = []string{"backup_vault", "backup_policy_vm", "backup_protected_vm"}

func newFuzzed(f testing.TB) fuzzed {
	f.Helper()
	database := filepath.Join(f.TempDir(), "vaults.db")
	file, err := store.Open(f.Context(), database)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = file.Close() })
	transport := embedded.NewTransport(embedded.New(embedded.Config{Store: file}))
	for _, put := range [][2]string{
		{contosoID, `{"location":"chinaeast","sku":{"name":"Standard"},"properties":{}}`},
		{webItem, `{"properties":{"protectedItemType":"Microsoft.Compute/virtualMachines","sourceResourceId":"` + webID + `","policyId":"` + defaultPolicy + `"}}`},
	} {
		req, err := http.NewRequestWithContext(f.Context(), http.MethodPut, embedded.Endpoint+put[0]+"?api-version=2025-08-01", strings.NewReader(put[1]))
		if err != nil {
			f.Fatal(err)
		}
		resp, err := transport.Do(req)
		if err != nil || resp.StatusCode >= 300 {
			f.Fatal(err, resp)
		}
		_ = resp.Body.Close()
	}
	z := fuzzed{server: provider.NewServer("test")()}
	if z.schemas, err = z.server.GetProviderSchema(f.Context(), &tfprotov6.GetProviderSchemaRequest{}); err != nil {
		f.Fatal(err)
	}
	configured, err := z.server.ConfigureProvider(f.Context(), &tfprotov6.ConfigureProviderRequest{
		Config: &tfprotov6.DynamicValue{JSON: []byte(`{"environment":"embedded","embedded":{"database":"` + filepath.ToSlash(database) + `"}}`)},
	})
	if err != nil || len(configured.Diagnostics) > 0 {
		f.Fatal(err, configured.Diagnostics)
	}
	return z
}

// hasError tells whether there is an error among the diagnostics, which have to be fit to print.
func hasError(t *testing.T, diagnostics []*tfprotov6.Diagnostic) (is bool) {
	t.Helper()
	for _, d := range diagnostics {
		is = is || d.Severity == tfprotov6.DiagnosticSeverityError
		if d.Summary == "" {
			t.Errorf("a diagnostic without a summary: %s", d.Detail)
		}
		if strings.Contains(d.Detail, "Unexpected panic") || strings.Contains(d.Detail, "goroutine ") {
			t.Errorf("%s: %s", d.Summary, d.Detail)
		}
	}
	return is
}

// stateSeeds are states as Terraform has them, whole and not.
var stateSeeds = []string{
	`{"id":"` + contosoID + `","name":"contoso","region":"chinaeast","resource_group_name":"backup","subscription_id":"` + defaultSubscription + `","state":"Active","force_destroy":false,"storage_redundancy":"GeoRedundant","soft_delete":{"state":"Enabled","retention_days":14},"tags":{"a":"b"}}`,
	`{"id":"` + defaultPolicy + `","name":"DefaultPolicy","vault_id":"` + contosoID + `","policy_type":"V1","timezone":"UTC","backup":{"frequency":"Daily","time":"23:00"},"retention_daily":{"count":30}}`,
	`{"id":"` + webItem + `","vault_id":"` + contosoID + `","source_vm_id":"` + webID + `","backup_policy_id":"` + defaultPolicy + `","deletion_policy":"delete","protection_state":"IRPending","timeouts":{"read":"1s"}}`,
	`{}`, `null`, `[]`, `""`, `{"id":null}`, `{"id":""}`, `{"id":"/"}`, `{"id":5}`, `{"name":"contoso"}`, `{"timeouts":{"read":"x"}}`, `{"timeouts":{"read":"-1s"}}`,
	`{"vault_id":"` + webID + `","source_vm_id":"` + contosoID + `"}`, `{"soft_delete":{"retention_days":1e400}}`, `{"tags":{"a":null}}`, `{"unknown":{"a":[]}}`, `{"id":"` + contosoID + `"`,
}

// Whatever is in a state file, there is an error or a plan: nothing panics, and nothing else is made of it.
func FuzzState(f *testing.F) {
	z := newFuzzed(f)
	for _, state := range stateSeeds {
		for kind := range theKinds {
			f.Add(kind, state, "")
			f.Add(kind, state, `{"pending":"eyJvcGVyYXRpb24iOiJjcmVhdGUifQ==","owner":"IngiCg=="}`)
		}
	}
	f.Fuzz(func(t *testing.T, number int, state, private string) {
		kind := theKinds[max(0, number%len(theKinds))]
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		upgraded, err := z.server.UpgradeResourceState(ctx, &tfprotov6.UpgradeResourceStateRequest{TypeName: kind, RawState: &tfprotov6.RawState{JSON: []byte(state)}})
		if err != nil || hasError(t, upgraded.Diagnostics) || upgraded.UpgradedState == nil {
			return
		}
		read, err := z.server.ReadResource(ctx, &tfprotov6.ReadResourceRequest{TypeName: kind, CurrentState: upgraded.UpgradedState, Private: []byte(private)})
		if err == nil && !hasError(t, read.Diagnostics) {
			z.plan(ctx, t, kind, read.NewState, read.Private)
		}
		z.plan(ctx, t, kind, upgraded.UpgradedState, []byte(private)) // as with -refresh=false
	})
}

// plan plans that an object stays, and that it goes.
func (z fuzzed) plan(ctx context.Context, t *testing.T, kind string, state *tfprotov6.DynamicValue, private []byte) {
	t.Helper()
	of := z.schemas.ResourceSchemas[kind].ValueType()
	null, err := tfprotov6.NewDynamicValue(of, tftypes.NewValue(of, nil))
	if err != nil {
		t.Fatal(err)
	}
	for _, config := range []*tfprotov6.DynamicValue{state, &null} {
		resp, err := z.server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
			TypeName: kind, PriorState: state, ProposedNewState: config, Config: config, PriorPrivate: private,
		})
		if err != nil {
			continue // of the protocol: a value or a private state that cannot be read
		}
		if hasError(t, resp.Diagnostics) {
			continue
		}
		if resp.PlannedState == nil {
			t.Error("neither an error nor a plan")
		} else if _, err := resp.PlannedState.Unmarshal(of); err != nil {
			t.Errorf("the plan cannot be read: %v", err)
		}
	}
}

// What another provider left in its state is taken over, or refused in words.
func FuzzMoveState(f *testing.F) {
	z := newFuzzed(f)
	for i, name := range []string{azurerm5, azurerm4, azapi2, azurerm5Policy, "azurerm_protected_vm.json"} {
		raw, err := os.ReadFile(filepath.Join("testdata", name))
		var file struct {
			Instances []struct{ Attributes json.RawMessage }
		}
		if err == nil {
			err = json.Unmarshal(raw, &file)
		}
		if err != nil {
			f.Fatal(err)
		}
		source := []int{0, 0, 1, 2, 3}[i]
		f.Add(max(0, source-1), source, string(file.Instances[0].Attributes))
	}
	for _, state := range stateSeeds {
		f.Add(0, 0, state)
		f.Add(1, 1, state)
		f.Add(2, 2, state)
	}
	sources := [][2]string{
		{"registry.terraform.io/hashicorp/azurerm", "azurerm_recovery_services_vault"},
		{"registry.terraform.io/azure/azapi", "azapi_resource"},
		{"registry.terraform.io/hashicorp/azurerm", "azurerm_backup_policy_vm"},
		{"registry.terraform.io/hashicorp/azurerm", "azurerm_backup_protected_vm"},
	}
	f.Fuzz(func(t *testing.T, number, from int, state string) {
		kind, source := theKinds[max(0, number%len(theKinds))], sources[max(0, from%len(sources))]
		resp, err := z.server.MoveResourceState(t.Context(), &tfprotov6.MoveResourceStateRequest{
			SourceProviderAddress: source[0], SourceTypeName: source[1], SourceState: &tfprotov6.RawState{JSON: []byte(state)}, TargetTypeName: kind,
		})
		if err != nil {
			t.Fatal(err)
		}
		if hasError(t, resp.Diagnostics) {
			return
		}
		of := z.schemas.ResourceSchemas[kind].ValueType()
		if resp.TargetState == nil {
			t.Fatal("neither an error nor a state")
		}
		moved, err := resp.TargetState.Unmarshal(of)
		if err != nil || moved.IsNull() || !moved.IsFullyKnown() {
			t.Fatalf("the state cannot be used: %v %s", err, moved)
		}
	})
}
