package provider_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// foreignState is a vault in the state of another provider, as Terraform writes it.
type foreignState struct {
	raw       []byte
	Type      string
	Provider  string
	Instances []struct {
		SchemaVersion int64 `json:"schema_version"`
		Attributes    map[string]any
	}
}

// readForeign reads a resource of a state file from testdata.
func readForeign(t *testing.T, name string) foreignState {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	s := foreignState{raw: raw}
	if err == nil {
		err = json.Unmarshal(raw, &s)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// request asks for the move. Attributes take the place of those in the state.
func (s foreignState) request(t *testing.T, changes map[string]any) *tfprotov6.MoveResourceStateRequest {
	t.Helper()
	attributes := maps.Clone(s.Instances[0].Attributes)
	maps.Copy(attributes, changes)
	raw, err := json.Marshal(attributes)
	if err != nil {
		t.Fatal(err)
	}
	return &tfprotov6.MoveResourceStateRequest{
		SourceProviderAddress: strings.TrimSuffix(strings.TrimPrefix(s.Provider, `provider["`), `"]`), SourceTypeName: s.Type, SourceSchemaVersion: s.Instances[0].SchemaVersion,
		SourceState: &tfprotov6.RawState{JSON: raw}, TargetTypeName: "backup_vault",
	}
}

const (
	azurerm4 = "azurerm_4_vault.json"
	azurerm5 = "azurerm_5_vault.json"
	azapi2   = "azapi_2_vault.json"
)

func TestVaultMoveState(t *testing.T) {
	tags := map[string]string{"cost center": "4711", "environment": "production"}
	for name, test := range map[string]struct {
		fixture  string
		changes  map[string]any
		request  func(*tfprotov6.MoveResourceStateRequest)
		want     map[string]string // besides id, name and so on
		tags     map[string]string
		timeouts map[string]string
	}{
		"azurerm 4":             {fixture: azurerm4, tags: tags},
		"azurerm 5":             {fixture: azurerm5, timeouts: map[string]string{"create": "2h"}},
		"azapi 2":               {fixture: azapi2, tags: tags},
		"azurerm, without tags": {fixture: azurerm4, changes: map[string]any{"tags": nil}},
		"azurerm from OpenTofu's registry": {fixture: azurerm4, tags: tags, request: func(r *tfprotov6.MoveResourceStateRequest) {
			r.SourceProviderAddress = "registry.opentofu.org/hashicorp/azurerm"
		}},
		"azurerm, as OpenTofu before 1.12.4 named it": {fixture: azurerm4, tags: tags, request: func(r *tfprotov6.MoveResourceStateRequest) {
			r.SourceProviderAddress = "azurerm"
		}},
		"azapi, as OpenTofu before 1.12.4 named it": {fixture: azapi2, tags: tags, request: func(r *tfprotov6.MoveResourceStateRequest) {
			r.SourceProviderAddress = "azapi"
		}},
		"azurerm from a mirror, at a schema version to come": {fixture: azurerm4, tags: tags, request: func(r *tfprotov6.MoveResourceStateRequest) {
			r.SourceProviderAddress, r.SourceSchemaVersion = "mirror.contoso.example/hashicorp/azurerm", 1
		}},
		"azurerm, with an attribute to come": {fixture: azurerm4, tags: tags, changes: map[string]any{"soft_delete": []any{map[string]any{"x": 1}}}},
		"azurerm, region by display name":    {fixture: azurerm4, tags: tags, changes: map[string]any{"location": "China East"}, want: map[string]string{"region": "China East"}},
		"azurerm, odd letter case": {
			fixture: azurerm4, tags: tags, changes: map[string]any{"id": strings.Replace(contosoID, "/resourceGroups/backup/", "/resourcegroups/BACKUP/", 1)},
			want: map[string]string{"id": strings.Replace(contosoID, "/resourceGroups/backup/", "/resourcegroups/BACKUP/", 1), "resource_group_name": "BACKUP"},
		},
		"azapi 1, whose body is text": {
			fixture: azapi2, tags: tags, changes: map[string]any{"body": `{"properties":{}}`, "output": "{}"},
			request: func(r *tfprotov6.MoveResourceStateRequest) { r.SourceSchemaVersion = 1 },
		},
		"azapi, any API version": {fixture: azapi2, tags: tags, changes: map[string]any{"type": "microsoft.recoveryservices/Vaults@2099-01-01-preview"}},
		"azapi, spelled Azure": {fixture: azapi2, tags: tags, request: func(r *tfprotov6.MoveResourceStateRequest) {
			r.SourceProviderAddress = "registry.terraform.io/Azure/azapi"
		}},
	} {
		t.Run(name, func(t *testing.T) {
			// Not configured: Terraform moves state before it configures anything, so there can be no network in it.
			client := newProtocolClient(t, "")
			req := readForeign(t, test.fixture).request(t, test.changes)
			if test.request != nil {
				test.request(req)
			}
			resp, err := client.server.MoveResourceState(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			client.succeed(resp.Diagnostics)
			if len(resp.Diagnostics) > 0 {
				t.Errorf("%+v", resp.Diagnostics)
			}

			kind := client.schemas.ResourceSchemas["backup_vault"].ValueType()
			want := map[string]string{
				"id": contosoID, "name": "contoso", "region": "chinaeast", "resource_group_name": "backup", "subscription_id": defaultSubscription,
			}
			maps.Copy(want, test.want)
			if diff := cmp.Diff(want, client.decodeTexts(resp.TargetState, kind)); diff != "" {
				t.Errorf("state (-want +got):\n%s", diff)
			}
			set := []string{"id", "name", "region", "resource_group_name", "subscription_id", "force_destroy"}
			attributes := client.decode(resp.TargetState, kind)
			for name, of := range map[string]map[string]string{"tags": test.tags, "timeouts": test.timeouts} {
				if got := textsOf(t, attributes[name]); !maps.Equal(got, of) {
					t.Errorf("%s = %v, want %v", name, got, of)
				}
				if of != nil {
					set = append(set, name)
				}
			}
			for name, value := range attributes {
				if !value.IsFullyKnown() || value.IsNull() == slices.Contains(set, name) {
					t.Errorf("%s = %s", name, value)
				}
			}
			identity := client.decodeTexts(resp.TargetIdentity.IdentityData, identityType)
			for name, value := range identity {
				if value != want[name] {
					t.Errorf("identity: %s = %q, in the state it is %q", name, value, want[name])
				}
			}
			if len(identity) != 3 {
				t.Errorf("identity: %v", identity)
			}
		})
	}
}

// textsOf is a map or object of strings, without those that are null; nil when the whole is.
func textsOf(t *testing.T, value tftypes.Value) map[string]string {
	t.Helper()
	if value.IsNull() {
		return nil
	}
	var values map[string]tftypes.Value
	if err := value.As(&values); err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for name, value := range values {
		var s *string
		if err := value.As(&s); err != nil {
			t.Fatal(err)
		}
		if s != nil {
			texts[name] = *s
		}
	}
	return texts
}

func TestVaultMoveState_refused(t *testing.T) {
	for name, test := range map[string]struct {
		fixture string
		changes map[string]any
		request func(*tfprotov6.MoveResourceStateRequest)
		want    string
	}{
		"azapi, a policy": {
			fixture: azapi2, changes: map[string]any{"type": "Microsoft.RecoveryServices/vaults/backupPolicies@2025-02-01"},
			want: `The azapi_resource to move has the type "Microsoft.RecoveryServices/vaults/backupPolicies@2025-02-01"`,
		},
		"azapi, the other backup vault": {
			fixture: azapi2, changes: map[string]any{"type": "Microsoft.DataProtection/backupVaults@2025-02-01"}, want: `Only a Microsoft.RecoveryServices/vaults`,
		},
		"azapi, no type":       {fixture: azapi2, changes: map[string]any{"type": nil}, want: `has the type ""`},
		"no id":                {fixture: azurerm4, changes: map[string]any{"id": nil}, want: "names no id"},
		"empty id":             {fixture: azurerm4, changes: map[string]any{"id": ""}, want: "names no id"},
		"id of something else": {fixture: azurerm4, changes: map[string]any{"id": contosoID + "/backupPolicies/p"}, want: "is not the id of a resource in a resource group"},
		"no location":          {fixture: azapi2, changes: map[string]any{"location": nil}, want: "terraform apply -refresh-only"},
		"a type that changed":  {fixture: azurerm4, changes: map[string]any{"tags": "none"}, want: "is not the JSON that its provider writes"},
		"broken JSON": {fixture: azurerm4, request: func(r *tfprotov6.MoveResourceStateRequest) {
			r.SourceState.JSON = []byte(`{"id": "/subsc`)
		}, want: "is not the JSON that its provider writes"},
		"null": {fixture: azurerm4, request: func(r *tfprotov6.MoveResourceStateRequest) {
			r.SourceState.JSON = []byte(`null`)
		}, want: "is not the JSON that its provider writes"},
		"another resource of azurerm": {fixture: azurerm4, request: func(r *tfprotov6.MoveResourceStateRequest) {
			r.SourceTypeName = "azurerm_data_protection_backup_vault"
		}, want: "A azurerm_data_protection_backup_vault of the provider registry.terraform.io/hashicorp/azurerm cannot become a backup_vault"},
		"another azurerm": {fixture: azurerm4, request: func(r *tfprotov6.MoveResourceStateRequest) {
			r.SourceProviderAddress = "registry.terraform.io/contoso/azurerm"
		}, want: "cannot become a backup_vault"},
	} {
		t.Run(name, func(t *testing.T) {
			client := newProtocolClient(t, "")
			req := readForeign(t, test.fixture).request(t, test.changes)
			if test.request != nil {
				test.request(req)
			}
			resp, err := client.server.MoveResourceState(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			if len(resp.Diagnostics) != 1 || resp.Diagnostics[0].Severity != tfprotov6.DiagnosticSeverityError || !strings.Contains(resp.Diagnostics[0].Detail, test.want) {
				for _, d := range resp.Diagnostics {
					t.Logf("%s: %s", d.Summary, d.Detail)
				}
				t.Errorf("%d diagnostics, want one that says %q", len(resp.Diagnostics), test.want)
			}
		})
	}
}

// foreignWorkspace is a folder with a configuration for backup_vault.v, and with a state in which another provider
// looks after that vault. The stand-ins for those providers are used without init; see testdata/foreign.
func foreignWorkspace(t *testing.T, standIns, database string, state foreignState, config string) *acctest.Workspace {
	t.Helper()
	host := "registry.terraform.io"
	if isOpenTofu() {
		host = "registry.opentofu.org"
	}
	w := acctest.NewWorkspace(t, acctest.Config(database, config))
	w.Write("versions.tf", requiredProviders("azurebackup/backup"))
	settings, err := os.ReadFile(filepath.Join(w.Folder, "dev.tfrc"))
	if err != nil {
		t.Fatal(err)
	}
	overrides := "dev_overrides {\n"
	for _, provider := range []string{"hashicorp/azurerm", "azure/azapi"} {
		overrides += fmt.Sprintf("    %q = %q\n", host+"/"+provider, filepath.ToSlash(standIns))
	}
	w.Write("dev.tfrc", strings.Replace(string(settings), "dev_overrides {\n", overrides, 1))
	raw := strings.ReplaceAll(string(state.raw), "registry.terraform.io", host)
	w.Write("terraform.tfstate", `{"version": 4, "terraform_version": "1.11.4", "serial": 7, "lineage": "5a3fe9a8-8f47-4ee5-9f4d-6ab1d0b4a9b3", "outputs": {}, "resources": [`+raw+`]}`)
	return w
}

func requiredProviders(sources ...string) string {
	var b strings.Builder
	b.WriteString("terraform {\n  required_providers {\n")
	for _, source := range sources {
		fmt.Fprintf(&b, "    %s = { source = %q }\n", source[strings.Index(source, "/")+1:], source)
	}
	b.WriteString("  }\n}\n")
	return b.String()
}

func isOpenTofu() bool { return strings.HasPrefix(filepath.Base(acctest.CLI()), "tofu") }

// buildStandIns builds the stand-ins for azurerm and azapi, and returns the folder that holds them.
func buildStandIns(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	azurerm, azapi := filepath.Join(folder, "terraform-provider-azurerm"), filepath.Join(folder, "terraform-provider-azapi")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", azurerm, "./testdata/foreign")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("unable to build the stand-ins for azurerm and azapi: %v\n%s", err, output)
	}
	if err := os.Link(azurerm, azapi); err != nil { // it goes by its name
		t.Fatal(err)
	}
	return folder
}

// putForeignVault makes, in the service, the vault that the fixtures describe.
func putForeignVault(t *testing.T, database string) {
	t.Helper()
	newServiceClient(t, database).do(http.MethodPut, contosoID, `{"location":"chinaeast","sku":{"name":"Standard"},
		"tags":{"cost center":"4711","environment":"production"},
		"properties":{"publicNetworkAccess":"Enabled","redundancySettings":{"standardTierStorageRedundancy":"LocallyRedundant","crossRegionRestore":"Disabled"}}}`)
}

// foreignConfig is what a user makes of the azurerm or azapi resource.
func foreignConfig(region string) string {
	return `
resource "backup_vault" "v" {
  name                = "contoso"
  region              = "` + region + `"
  resource_group_name = "backup"
  storage_redundancy  = "LocallyRedundant"
  tags                = { "cost center" = "4711", environment = "production" }
}
`
}

const movedVault = "backup_vault.v"

// wantMovedVault checks the state in the end, and that the vault is the one there was.
func wantMovedVault(t *testing.T, w *acctest.Workspace, database, key string) {
	t.Helper()
	if addresses := w.Addresses(); !slices.Equal(addresses, []string{movedVault + key}) {
		t.Fatalf("in the state: %v", addresses)
	}
	v := w.State()[movedVault+key]
	for name, want := range map[string]any{
		"id": contosoID, "region": "chinaeast", "storage_redundancy": "LocallyRedundant", "state": "Active", "subscription_id": defaultSubscription,
		"(status)": "",
	} {
		if v[name] != want {
			t.Errorf("%s is %v, want %v", name, v[name], want)
		}
	}
	if diff := cmp.Diff(map[string]any{"cost center": "4711", "environment": "production"}, v["tags"]); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	if _, minor, _ := acctest.Version(t); minor >= 12 && cmp.Diff(v["(identity)"], map[string]any{
		"subscription_id": defaultSubscription, "resource_group_name": "backup", "name": "contoso",
	}) != "" {
		t.Errorf("identity: %v", v["(identity)"])
	}
	if vaults := created(t, database); len(vaults) != 1 {
		t.Errorf("vaults in the service: %v", vaults)
	}
}

func TestAccVaultMoveState(t *testing.T) {
	standIns := buildStandIns(t)
	for name, test := range map[string]func(t *testing.T, standIns string){
		"moved block":                   testMovedBlock,
		"moved block, every setting":    testMovedEverySetting,
		"moved block, newer settings":   testMovedNewerSettings,
		"moved block, without refresh":  testMovedWithoutRefresh,
		"moved block of something else": testMovedNotAVault,
		"removed and import":            testRemovedAndImport,
		"state rm and import":           testStateRmAndImport,
	} {
		t.Run(name, func(t *testing.T) { test(t, standIns) })
	}
}

func testMovedBlock(t *testing.T, standIns string) {
	skipBelow(t, 8, "moves between providers") // OpenTofu has them from 1.10
	for name, test := range map[string]struct{ fixture, region, key string }{
		"azurerm":                   {azurerm4, "chinaeast", ""},
		"azurerm, region respelled": {azurerm4, "China East", ""},
		"azurerm, for_each":         {azurerm4, "China East", `["main"]`},
		"azapi":                     {azapi2, "CHINA EAST", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database := acctest.Database(t)
			putForeignVault(t, database)
			before := created(t, database)
			state, config := readForeign(t, test.fixture), foreignConfig(test.region)
			if test.key != "" {
				state.raw = bytes.Replace(state.raw, []byte(`"schema_version"`), []byte(`"index_key": "main", "schema_version"`), 1)
				config = strings.Replace(config, "{", "{\n  for_each = toset([\"main\"])\n", 1)
			}
			w := foreignWorkspace(t, standIns, database, state, config+"moved {\n  from = "+state.Type+".v\n  to   = backup_vault.v\n}\n")

			plan := w.Plan()
			wantActions(t, plan, map[string]string{})
			if want := state.Type + ".v" + test.key + " has moved to " + movedVault + test.key; !strings.Contains(plan.Output, want) {
				t.Errorf("the plan does not say %q:\n%s", want, plan.Output)
			}
			if !strings.Contains(plan.Output, "0 to add, 0 to change, 0 to destroy") {
				t.Error(plan.Output)
			}
			w.MustRun("apply", plan.File)
			wantMovedVault(t, w, database, test.key)
			if after := created(t, database); !maps.Equal(before, after) {
				t.Errorf("vaults were %v, and are %v", before, after)
			}

			// From here on the other provider need not be there, and the moved block may stay.
			forget(t, w)
			w.MustPlanNothing()
			w.MustPlanNothing("-refresh=false")
			w.MustRun("destroy", "-auto-approve")
		})
	}
}

// Whatever azurerm had set is found to be as the configuration has it; the timeouts, which no service knows, come along.
func testMovedEverySetting(t *testing.T, standIns string) {
	const key = "https://contoso.vault.azure.cn/keys/backup/0123456789abcdef0123456789abcdef"
	database := acctest.Database(t)
	service := newServiceClient(t, database)
	service.do(http.MethodPut, contosoID, `{"location":"chinaeast","sku":{"name":"RS0","tier":"Standard"},"identity":{"type":"SystemAssigned"},
		"properties":{"publicNetworkAccess":"Disabled","redundancySettings":{"standardTierStorageRedundancy":"GeoRedundant","crossRegionRestore":"Enabled"},
		"securitySettings":{"immutabilitySettings":{"state":"Unlocked"}}}}`)
	service.do(http.MethodPatch, contosoID, `{"properties":{"encryption":{"keyVaultProperties":{"keyUri":"`+key+`"},
		"kekIdentity":{"useSystemAssignedIdentity":true},"infrastructureEncryption":"Disabled"}}}`)
	w := foreignWorkspace(t, standIns, database, readForeign(t, azurerm5), `
resource "backup_vault" "v" {
  name                          = "contoso"
  region                        = "China East"
  resource_group_name           = "backup"
  sku                           = "RS0"
  storage_redundancy            = "GeoRedundant"
  cross_region_restore_enabled  = true
  immutability                  = "Unlocked"
  public_network_access_enabled = false
  identity                      = { type = "SystemAssigned" }
  timeouts                      = { create = "2h" }

  encryption = {
    key_id                            = "`+key+`"
    infrastructure_encryption_enabled = false
    use_system_assigned_identity      = true
  }
}

moved {
  from = azurerm_recovery_services_vault.v
  to   = backup_vault.v
}
`)
	plan := w.Plan()
	wantActions(t, plan, map[string]string{})
	w.MustRun("apply", plan.File)
	forget(t, w)
	w.MustPlanNothing()
}

// The state of azurerm knows nothing of the settings of 2026 that the portal or another tool gave the vault. The refresh finds them,
// be they in the configuration or left out of it.
func testMovedNewerSettings(t *testing.T, standIns string) {
	skipBelow(t, 8, "moves between providers")
	database := acctest.Database(t)
	putForeignVault(t, database)
	service := newServiceClient(t, database)
	service.doIn(catalog.VaultAPIVersion, http.MethodPatch, contosoID, `{"identity":{"type":"SystemAssigned"},"properties":{
		"securitySettings":{"immutabilitySettings":{"state":"Unlocked","configuration":{"type":"TimeBased","durationInDays":45}},
			"sourceScanConfiguration":{"state":"Enabled","sourceScanIdentity":{"operationIdentityType":"SystemAssigned"}}},
		"costManagementSettings":{"granularityLevel":"ProtectedItemLevel"},"regionOfChoiceSettings":{"status":"Enabled"}}}`)
	service.do(http.MethodPut, contosoID+"/backupResourceGuardProxies/VaultProxy", `{"properties":{"resourceGuardResourceId":"`+guardID+`"}}`)
	config := strings.Replace(foreignConfig("China East"), "}\n}\n", "}\n  identity = { type = \"SystemAssigned\" }\n  timeouts = { create = \"2h\" }\n<newer>}\n", 1) +
		"moved {\n  from = azurerm_recovery_services_vault.v\n  to   = backup_vault.v\n}\n"
	for name, newer := range map[string]string{
		"left out": "",
		"configured": `
  immutability               = "Unlocked"
  immutability_configuration = { type = "TimeBased", duration_in_days = 45 }
  region_of_choice           = "Enabled"
  cost_granularity_level     = "ProtectedItemLevel"
  source_scan_configuration  = { state = "Enabled", identity_type = "SystemAssigned" }
  resource_guard_id          = "` + guardID + `"
`,
	} {
		t.Run(name, func(t *testing.T) {
			w := foreignWorkspace(t, standIns, database, readForeign(t, azurerm5), strings.Replace(config, "<newer>", newer, 1))
			plan := w.Plan()
			wantActions(t, plan, map[string]string{})
			w.MustRun("apply", plan.File)
			forget(t, w)
			w.MustPlanNothing()
			v := w.State()[movedVault]
			if v["region_of_choice"] != "Enabled" || v["cost_granularity_level"] != "ProtectedItemLevel" || !strings.EqualFold(fmt.Sprint(v["resource_guard_id"]), guardID) {
				t.Errorf("%v", v)
			}
		})
	}
}

// Without a refresh the plan has nothing but the state of the other provider to go by; it must not replace the vault.
func testMovedWithoutRefresh(t *testing.T, standIns string) {
	skipBelow(t, 8, "moves between providers")
	database := acctest.Database(t)
	putForeignVault(t, database)
	w := foreignWorkspace(t, standIns, database, readForeign(t, azurerm4), foreignConfig("China East")+"moved {\n  from = azurerm_recovery_services_vault.v\n  to   = backup_vault.v\n}\n")
	plan := w.Plan("-refresh=false")
	for address, action := range plan.Actions {
		if action != "update" {
			t.Errorf("%s: %s", address, action)
		}
	}
	w.MustRun("apply", plan.File)
	wantMovedVault(t, w, database, "")
	w.MustPlanNothing()
}

func testMovedNotAVault(t *testing.T, standIns string) {
	skipBelow(t, 8, "moves between providers")
	state := readForeign(t, azapi2)
	state.raw = []byte(strings.ReplaceAll(string(state.raw), "Microsoft.RecoveryServices/vaults@", "Microsoft.DataProtection/backupVaults@"))
	w := foreignWorkspace(t, standIns, acctest.Database(t), state, foreignConfig("chinaeast")+"moved {\n  from = azapi_resource.v\n  to   = backup_vault.v\n}\n")
	r := w.Run("plan")
	if r.ExitCode == 0 || !strings.Contains(r.Output, `The azapi_resource to move has the type "Microsoft.DataProtection/backupVaults@2025-02-01".`) {
		t.Error(r.ExitCode, r.Output)
	}
}

func testRemovedAndImport(t *testing.T, standIns string) {
	skipBelow(t, 7, "removed blocks")
	for name, test := range map[string]struct{ fixture, region, provider string }{
		"azurerm": {azurerm4, "China East", "provider \"azurerm\" {\n  features {}\n}\n"},
		"azapi":   {azapi2, "chinaeast", "provider \"azapi\" {\n  subscription_id = \"" + defaultSubscription + "\"\n}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database := acctest.Database(t)
			putForeignVault(t, database)
			before := created(t, database)
			state := readForeign(t, test.fixture)
			w := foreignWorkspace(t, standIns, database, state, foreignConfig(test.region))
			// The old provider's block is still needed: unlike a move, a removal configures the provider. OpenTofu even
			// reads the old resource, so that it needs credentials.
			w.Write("versions.tf", requiredProviders("azurebackup/backup", "hashicorp/azurerm", "Azure/azapi"))
			w.Write("move.tf", test.provider+`
removed {
  from = `+state.Type+`.v

  lifecycle {
    destroy = false
  }
}

import {
  to = backup_vault.v
  id = "`+contosoID+`"
}
`)
			plan := w.Plan()
			if !slices.Equal(plan.Imported, []string{movedVault}) {
				t.Errorf("imported: %v", plan.Imported)
			}
			wantActions(t, plan, map[string]string{state.Type + ".v": "forget"})
			w.MustRun("apply", plan.File)
			wantMovedVault(t, w, database, "")
			if after := created(t, database); !maps.Equal(before, after) {
				t.Errorf("vaults were %v, and are %v", before, after)
			}
			w.MustPlanNothing()

			w.Write("move.tf", "")
			w.Write("versions.tf", requiredProviders("azurebackup/backup"))
			forget(t, w)
			w.MustPlanNothing()
		})
	}
}

// Where the old provider cannot be configured any more, its vault can be taken out of the state by hand.
func testStateRmAndImport(t *testing.T, standIns string) {
	skipBelow(t, 5, "import blocks")
	database := acctest.Database(t)
	putForeignVault(t, database)
	w := foreignWorkspace(t, standIns, database, readForeign(t, azurerm4), foreignConfig("China East")+"import {\n  to = backup_vault.v\n  id = \"backup/contoso\"\n}\n")
	forget(t, w)
	w.MustRun("state", "rm", "azurerm_recovery_services_vault.v")
	plan := w.Plan()
	wantActions(t, plan, map[string]string{})
	w.MustRun("apply", plan.File)
	wantMovedVault(t, w, database, "")
	w.MustPlanNothing()
}

// forget takes the stand-ins away.
func forget(t *testing.T, w *acctest.Workspace) {
	t.Helper()
	settings, err := os.ReadFile(filepath.Join(w.Folder, "dev.tfrc"))
	if err != nil {
		t.Fatal(err)
	}
	var kept []string
	for line := range strings.Lines(string(settings)) {
		if !strings.Contains(line, "/azurerm") && !strings.Contains(line, "/azapi") {
			kept = append(kept, line)
		}
	}
	w.Write("dev.tfrc", strings.Join(kept, ""))
}
