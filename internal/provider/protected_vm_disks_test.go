package provider_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// What the service has for the disks of an item.
const (
	allDisks   = `null`
	osDiskOnly = `{"diskLunList":[],"isInclusionList":true}`
	diskOne    = `{"diskLunList":[1],"isInclusionList":true}`
)

// putWeb changes, in the service, the protection of web-1, as another tool does.
func (c serviceClient) putWeb(properties string) {
	c.t.Helper()
	c.do(http.MethodPut, webItem, `{"properties":{"protectedItemType":"Microsoft.Compute/virtualMachines","sourceResourceId":"`+webID+`",`+properties+`}}`)
}

// wantDisks checks what the service has for the disks of web-1.
func (c serviceClient) wantDisks(want string) {
	c.t.Helper()
	extended, _ := c.properties(webItem)["extendedProperties"].(map[string]any)
	got, err := json.Marshal(extended["diskExclusionProperties"])
	if err != nil || string(got) != want {
		c.t.Errorf("the service has the disks %s, want %s", got, want)
	}
}

// wantChange checks that a plan shows what becomes of an attribute; Terraform puts the signs of equality below each other.
func wantChange(t *testing.T, p acctest.Plan, name, change string) {
	t.Helper()
	if !regexp.MustCompile(`~ ` + name + ` += ` + regexp.QuoteMeta(change)).MatchString(p.Output) {
		t.Errorf("the plan does not show %s = %s:\n%s", name, change, p.Output)
	}
}

// The OS disk alone is written, and kept by every later write, also when the attribute is left out: false goes back to all
// disks. There was no way to say it.
func TestAccProtectedVM_osDiskOnly(t *testing.T) {
	t.Parallel()
	const only, enhanced = `os_disk_only = true`, `backup_policy_id = "${backup_vault.test.id}/backupPolicies/EnhancedPolicy"`
	database := acctest.Database(t)
	service := newServiceClient(t, database)
	var steps []resource.TestStep
	want := ""
	action := plancheck.ResourceActionCreate
	for _, step := range []struct {
		attributes []string
		before     func()
		disks      string
		action     plancheck.ResourceActionType // else an update
	}{
		{attributes: []string{only}, disks: osDiskOnly},
		{attributes: []string{only, enhanced}, disks: osDiskOnly},
		{attributes: []string{only, enhanced, `protection_state = "ProtectionStopped"`}, disks: osDiskOnly},
		{attributes: []string{only, enhanced, `protection_state = "Protected"`}, disks: osDiskOnly},
		// Undeleted.
		{attributes: []string{only, enhanced}, before: func() { service.delete(webItem) }, disks: osDiskOnly, action: plancheck.ResourceActionCreate},
		{attributes: []string{enhanced, `os_disk_only = false`}, disks: allDisks},
		{attributes: []string{enhanced}, disks: allDisks, action: plancheck.ResourceActionNoop},
		{attributes: []string{enhanced, only, `include_disk_luns = []`, `exclude_disk_luns = []`}, disks: osDiskOnly},
		{attributes: []string{enhanced}, disks: osDiskOnly, action: plancheck.ResourceActionUpdate}, // of the sets, [] to null
		{attributes: []string{enhanced, `include_disk_luns = [1]`}, disks: diskOne},
		{attributes: []string{enhanced}, disks: allDisks},
		{attributes: []string{enhanced, only}, disks: osDiskOnly},
		{attributes: []string{enhanced, `exclude_disk_luns = [1]`}, disks: `{"diskLunList":[1],"isInclusionList":false}`},
	} {
		if step.action != "" {
			action = step.action
		}
		before, service := want, service
		steps = append(steps, resource.TestStep{
			PreConfig: func() {
				if before != "" {
					service.wantDisks(before)
				}
				if step.before != nil {
					step.before()
				}
			},
			Config: acctest.Config(database, contoso()+web(step.attributes...)), ConfigPlanChecks: plansWeb(action),
			ConfigStateChecks: []statecheck.StateCheck{hasWeb("os_disk_only", knownvalue.Bool(step.disks == osDiskOnly))},
		})
		want, action = step.disks, plancheck.ResourceActionUpdate
	}
	last := steps[len(steps)-1].Config
	steps = append(steps, resource.TestStep{PreConfig: func() { service.wantDisks(want) }, Config: last, ConfigPlanChecks: nothing})
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(), Steps: steps})
}

// The OS disk alone, chosen with another tool, was read as all disks, and the next change of anything made it so without a word.
func TestAccProtectedVM_osDiskOnlyElsewhere(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t, lifecycleConfig("", contoso()+web()))
	w.MustRun("apply", "-auto-approve")
	service := newServiceClient(t, databaseOf(w))
	elsewhere := func() {
		service.putWeb(`"policyId":"` + defaultPolicy + `","extendedProperties":{"diskExclusionProperties":` + osDiskOnly + `}`)
	}
	elsewhere()
	w.MustPlanNothing()
	w.Write("main.tf", lifecycleConfig("", contoso()+web(`backup_policy_id = "${backup_vault.test.id}/backupPolicies/EnhancedPolicy"`)))
	w.MustRun("apply", "-auto-approve")
	service.wantDisks(osDiskOnly)
	if only := w.State()[webAddress]["os_disk_only"]; only != true {
		t.Errorf("the state has os_disk_only = %v", only)
	}
	w.Write("main.tf", lifecycleConfig("", contoso()+web(`backup_policy_id = "${backup_vault.test.id}/backupPolicies/EnhancedPolicy"`, "os_disk_only = false")))
	plan := w.Plan()
	wantActions(t, plan, map[string]string{webAddress: "update"})
	wantChange(t, plan, "os_disk_only", "true -> false")
	w.MustRun("apply", plan.File)
	service.wantDisks(allDisks)
	w.MustPlanNothing()

	service.putWeb(`"policyId":"` + strings.Replace(defaultPolicy, "Default", "Enhanced", 1) + `","extendedProperties":{"diskExclusionProperties":` + osDiskOnly + `}`)
	w.Write("main.tf", lifecycleConfig("", contoso()+web("os_disk_only = true", `backup_policy_id = "${backup_vault.test.id}/backupPolicies/EnhancedPolicy"`)))
	w.MustPlanNothing()
	w.MustRun("destroy", "-auto-approve")
}

// Import and the configuration that Terraform writes for it know the OS disk alone, and what is imported is what is configured.
func TestAccProtectedVM_osDiskOnlyImport(t *testing.T) {
	t.Parallel()
	skipBelow(t, 5, "import blocks")
	w := acctest.NewWorkspace(t, lifecycleConfig("", contoso()))
	w.MustRun("apply", "-auto-approve")
	service := newServiceClient(t, databaseOf(w))
	service.putWeb(`"policyId":"` + defaultPolicy + `","extendedProperties":{"diskExclusionProperties":` + osDiskOnly + `}`)
	// Terraform from 1.16 on needs to be told the provider, and none takes it when there is a resource block.
	imported := "import {\n  to = " + webAddress + "\n  id = \"" + webItem + "\"\n%s}\n"
	w.Write("main.tf", lifecycleConfig("", contoso()+fmt.Sprintf(imported, "  provider = backup\n")))
	plan := w.Plan("-generate-config-out=generated.tf")
	wantActions(t, plan, map[string]string{})
	generated, err := os.ReadFile(filepath.Join(w.Folder, "generated.tf"))
	if err != nil || !strings.Contains(strings.Join(strings.Fields(string(generated)), " "), "os_disk_only = true") {
		t.Errorf("%v\n%s", err, generated)
	}
	if err := os.Remove(filepath.Join(w.Folder, "generated.tf")); err != nil {
		t.Fatal(err)
	}
	for attributes, want := range map[string]string{
		`os_disk_only = true`: "", `include_disk_luns = [1]`: "true -> false", `protection_state = "Protected"`: "", `os_disk_only = false`: "true -> false",
	} {
		w.Write("main.tf", lifecycleConfig("", contoso()+fmt.Sprintf(imported, "")+web(attributes)))
		plan := w.Plan()
		if want == "" {
			wantActions(t, plan, map[string]string{})
		} else {
			wantChange(t, plan, "os_disk_only", want)
		}
	}
	w.Write("main.tf", lifecycleConfig("", contoso()+fmt.Sprintf(imported, "")+web(`os_disk_only = true`, `backup_policy_id = "${backup_vault.test.id}/backupPolicies/EnhancedPolicy"`)))
	w.MustRun("apply", "-auto-approve")
	service.wantDisks(osDiskOnly)
	w.MustPlanNothing()
	w.MustRun("destroy", "-auto-approve")
}

// azurerm has [] for all disks and for the OS disk alone; the refresh after the move tells which.
func TestAccProtectedVMMoveState_osDiskOnly(t *testing.T) {
	skipBelow(t, 8, "moves between providers")
	t.Parallel()
	database := acctest.Database(t)
	service := newServiceClient(t, database)
	service.protectWeb()
	service.putWeb(`"policyId":"` + defaultPolicy + `","extendedProperties":{"diskExclusionProperties":` + osDiskOnly + `}`)
	state := readForeign(t, azurermProtectedVM)
	for name, test := range map[string]struct {
		attribute, want string
	}{
		"kept": {"os_disk_only = true", ""}, "as modules for azurerm have it": {"include_disk_luns = []", "kept"}, "all disks": {"os_disk_only = false", "true -> false"},
	} {
		t.Run(name, func(t *testing.T) {
			w := foreignWorkspace(t, buildStandIns(t), database, state,
				web(`vault_id = "`+contosoID+`"`, `backup_policy_id = "`+defaultPolicy+`"`, test.attribute, `timeouts = { create = "2h" }`)+
					"moved {\n  from = azurerm_backup_protected_vm.web\n  to = "+webAddress+"\n}\n")
			plan := w.Plan()
			switch test.want {
			case "":
				wantActions(t, plan, map[string]string{})
			case "kept":
				if strings.Contains(plan.Output, "os_disk_only") {
					t.Errorf("the disks change:\n%s", plan.Output)
				}
			default:
				wantChange(t, plan, "os_disk_only", test.want)
			}
		})
	}
}

// The list for `terraform query` and the data source tell the choices of disks apart.
func TestProtectedVMListResource_disks(t *testing.T) {
	database := acctest.Database(t)
	service := newServiceClient(t, database)
	service.protectWeb()
	for name, test := range map[string]struct {
		disks            string
		include, exclude bool
	}{
		"OS disk only": {disks: osDiskOnly}, "included": {disks: diskOne, include: true},
		"excluded": {disks: `{"diskLunList":[2],"isInclusionList":false}`, exclude: true}, "all": {disks: allDisks},
	} {
		service.putWeb(`"policyId":"` + defaultPolicy + `","extendedProperties":{"diskExclusionProperties":` + test.disks + `}`)
		client := newProtocolClient(t, database)
		check := func(where string, attributes map[string]tftypes.Value) {
			t.Helper()
			var only bool
			if err := attributes["os_disk_only"].As(&only); err != nil || only != (test.disks == osDiskOnly) {
				t.Errorf("%s, %s: os_disk_only = %s, %v", name, where, attributes["os_disk_only"], err)
			}
			if attributes["include_disk_luns"].IsNull() == test.include || attributes["exclude_disk_luns"].IsNull() == test.exclude {
				t.Errorf("%s, %s: %s, %s", name, where, attributes["include_disk_luns"], attributes["exclude_disk_luns"])
			}
		}
		for result := range client.listProtectedVMs(map[string]any{"vault_id": contosoID}, 0, true).Results {
			client.succeed(result.Diagnostics)
			check("list", client.decode(result.Resource, client.schemas.ResourceSchemas["backup_protected_vm"].ValueType()))
		}
		kind := client.schemas.DataSourceSchemas["backup_protected_vms"].ValueType()
		read, err := client.server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{
			TypeName: "backup_protected_vms", Config: client.encode(objectOf(t, kind, map[string]any{"vault_id": contosoID})),
		})
		if err != nil {
			t.Fatal(err)
		}
		client.succeed(read.Diagnostics)
		var vms []tftypes.Value
		if err := client.decode(read.State, kind)["protected_vms"].As(&vms); err != nil || len(vms) != 1 {
			t.Fatalf("%v, %v", vms, err)
		}
		attributes := map[string]tftypes.Value{}
		if err := vms[0].As(&attributes); err != nil {
			t.Fatal(err)
		}
		check("data source", attributes)
	}
}

// Two choices are refused only when both are known to choose something, and only once.
func TestProtectedVMValidate_disks(t *testing.T) {
	client := newProtocolClient(t, "")
	kind := client.schemas.ResourceSchemas["backup_protected_vm"].ValueType()
	const include, exclude, only = "include_disk_luns", "exclude_disk_luns", "os_disk_only"
	unknown := tftypes.UnknownValue
	for name, test := range map[string]struct {
		attributes map[string]any
		at         string
	}{
		"nothing":                      {map[string]any{}, ""},
		"empty sets":                   {map[string]any{include: []any{}, exclude: []any{}, only: true}, ""},
		"one set, and an empty one":    {map[string]any{include: []any{1}, exclude: []any{}, only: false}, ""},
		"both sets":                    {map[string]any{include: []any{1}, exclude: []any{2}}, exclude},
		"both sets, elements unknown":  {map[string]any{include: []any{unknown}, exclude: []any{unknown}}, exclude},
		"one set unknown":              {map[string]any{include: []any{1}, exclude: unknown, only: unknown}, ""},
		"OS disk only, set unknown":    {map[string]any{include: unknown, exclude: unknown, only: true}, ""},
		"OS disk only, and disks":      {map[string]any{include: []any{1}, only: true}, only},
		"OS disk only, and but these":  {map[string]any{exclude: []any{1}, only: true}, only},
		"not the OS disk only":         {map[string]any{exclude: []any{1}, only: false}, ""},
		"a disk that is none":          {map[string]any{exclude: []any{64}}, exclude},
		"null, which is no disk's LUN": {map[string]any{include: []any{nil}}, include},
	} {
		t.Run(name, func(t *testing.T) {
			config := map[string]any{"vault_id": contosoID, "source_vm_id": webID, "backup_policy_id": defaultPolicy}
			for name, value := range test.attributes {
				config[name] = value
			}
			resp, err := client.server.ValidateResourceConfig(t.Context(), &tfprotov6.ValidateResourceConfigRequest{
				TypeName: "backup_protected_vm", Config: client.encode(valueOf(t, kind, config)),
			})
			if err != nil {
				t.Fatal(err)
			}
			var at []string
			for _, d := range resp.Diagnostics {
				at = append(at, strings.Split(d.Attribute.String(), `"`)[1])
			}
			if got := strings.Join(at, ", "); got != test.at {
				t.Errorf("problems at %q, want %q", got, test.at)
			}
		})
	}
}

// Which disks are chosen of a stopped protection may not be known yet, which is no error.
func TestAccProtectedVM_unknownDisksOfStopped(t *testing.T) {
	t.Parallel()
	const stopped = `protection_state = "ProtectionStopped"`
	late := "resource \"terraform_data\" \"late\" {\n  input = %s\n}\n"
	w := acctest.NewWorkspace(t, lifecycleConfig("", contoso()+web(stopped, `exclude_disk_luns = [1]`)))
	w.MustRun("apply", "-auto-approve")
	w.Write("main.tf", lifecycleConfig("", contoso()+web(stopped, `exclude_disk_luns = toset(terraform_data.late.output)`)+fmt.Sprintf(late, "[1]")))
	w.MustRun("apply", "-auto-approve")
	w.MustPlanNothing()
	w.Write("main.tf", lifecycleConfig("", contoso()+web(stopped, `exclude_disk_luns = toset(terraform_data.late.output)`)+fmt.Sprintf(late, "[2]")))
	if r := w.Run("apply", "-auto-approve"); r.ExitCode == 0 || !strings.Contains(r.Output, "Disks cannot be chosen while the protection is stopped") {
		t.Errorf("exit code %d\n%s", r.ExitCode, r.Output)
	}
	newServiceClient(t, databaseOf(w)).wantDisks(`{"diskLunList":[1],"isInclusionList":false}`)
}
