package provider_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// planNew plans a new resource, as Terraform asks for it.
func (c *protocolClient) planNew(kind string, config map[string]any) []*tfprotov6.Diagnostic {
	c.t.Helper()
	schema := c.schemas.ResourceSchemas[kind].ValueType()
	value := objectOf(c.t, schema, config)
	resp, err := c.server.PlanResourceChange(c.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: kind, PriorState: c.encode(tftypes.NewValue(schema, nil)), Config: c.encode(value), ProposedNewState: c.encode(value),
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return resp.Diagnostics
}

var unknownText = tftypes.NewValue(tftypes.String, tftypes.UnknownValue)

// webPlan is the configuration of a protected VM in a vault whose id is not known yet.
func webPlan(attributes map[string]any) map[string]any {
	config := map[string]any{"vault_id": unknownText, "source_vm_id": webID, "backup_policy_id": unknownText, "deletion_policy": "delete"}
	for name, value := range attributes {
		config[name] = value
	}
	return config
}

// While the id of the vault is not known, a plan that makes vaults, none of them in the region of the VM, may be wrong. Nobody
// knows whether the vault is one of them, so that it is a warning.
func TestProtectedVMPlan_newVaults(t *testing.T) {
	type made = []any
	for name, test := range map[string]struct {
		regions made
		vm      map[string]any
		want    string // in the one warning; empty for none
	}{
		"none is made":               {made{}, map[string]any{"source_vm_region": "eastus"}, ""},
		"one in the region":          {made{"East US"}, map[string]any{"source_vm_region": "eastus"}, ""},
		"two, one in the region":     {made{"China East", "eastus"}, map[string]any{"source_vm_region": "EastUS"}, ""},
		"one elsewhere":              {made{"China East"}, map[string]any{"source_vm_region": "eastus"}, `are only in: "China East" (chinaeast).`},
		"two elsewhere":              {made{"westus", "China East", "westus"}, map[string]any{"source_vm_region": "eastus"}, `only in: "China East" (chinaeast), "West US" (westus).`},
		"one whose region is not":    {made{"China East", unknownText}, map[string]any{"source_vm_region": "eastus"}, ""},
		"the VM's region is not":     {made{"China East"}, map[string]any{"source_vm_region": unknownText}, ""},
		"the VM is not":              {made{"China East"}, map[string]any{"source_vm_id": unknownText}, ""},
		"nobody knows the VM's":      {made{"China East"}, nil, ""},
		"a region that is not known": {made{"chinaeast"}, map[string]any{"source_vm_region": "atlantis"}, `is in "atlantis", as source_vm_region says.`},
	} {
		t.Run(name, func(t *testing.T) {
			client := newProtocolClient(t, acctest.Database(t))
			for i, region := range test.regions {
				client.succeed(client.planNew("backup_vault", map[string]any{"name": "contoso-" + string(rune('a'+i)), "region": region, "force_destroy": false}))
			}
			diagnostics := client.planNew("backup_protected_vm", webPlan(test.vm))
			checkOneError(t, diagnostics, "")
			checkOne(t, slices.DeleteFunc(diagnostics, func(d *tfprotov6.Diagnostic) bool { return d.Summary == "Storage redundancy gets locked" }),
				tfprotov6.DiagnosticSeverityWarning, test.want)
		})
	}
}

// checkOneError wants one error with this text, or none when it is empty.
func checkOneError(t *testing.T, diagnostics []*tfprotov6.Diagnostic, want string) {
	t.Helper()
	checkOne(t, diagnostics, tfprotov6.DiagnosticSeverityError, want)
}

func checkOne(t *testing.T, diagnostics []*tfprotov6.Diagnostic, severity tfprotov6.DiagnosticSeverity, want string) {
	t.Helper()
	var said []string
	for _, d := range diagnostics {
		if d.Severity == severity {
			said = append(said, d.Summary+": "+d.Detail)
		}
	}
	if want == "" && len(said) > 0 || want != "" && (len(said) != 1 || !strings.Contains(said[0], want)) {
		t.Errorf("%s: %q, want %q", severity, said, want)
	}
}

// What the service does not say is not held against anybody.
func TestProtectedVMPlan_refusals(t *testing.T) {
	for name, test := range map[string]struct {
		path     string // what is refused, a pattern
		status   int
		code     string
		err      string
		warnings int // of two plans
	}{
		"no right to read VMs":      {"/virtualMachines/", http.StatusForbidden, "AuthorizationFailed", "", 1},
		"VMs are not served":        {"/virtualMachines/", http.StatusNotImplemented, "NotImplemented", "", 0},
		"no such VM":                {"/virtualMachines/", http.StatusNotFound, "ResourceNotFound", "Virtual machine does not exist", 0},
		"no right to read vaults":   {"/vaults/contoso$", http.StatusForbidden, "AuthorizationFailed", "", 0},
		"vault that is listed":      {"/vaults/contoso$", http.StatusNotFound, "ResourceNotFound", "", 0},
		"no right to read policies": {"/backupPolicies", http.StatusForbidden, "AuthorizationFailed", "", 0},
		"no right to ask":           {"/backupStatus$", http.StatusForbidden, "AuthorizationFailed", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			database := acctest.Database(t)
			service := newServiceClient(t, database)
			service.do(http.MethodPut, contosoID, `{"location":"chinaeast","sku":{"name":"Standard"},"properties":{}}`)
			service.lock(contosoID) // so that no warning tells of the lock
			asked, refused := false, regexp.MustCompile("(?i)"+test.path)
			recorder := &acctest.Recorder{Answer: func(req *http.Request) *http.Response {
				if !refused.MatchString(req.URL.Path) {
					return nil
				}
				asked = true
				return acctest.JSON(test.status, `{"error":{"code":"`+test.code+`","message":"No."}}`)
			}}
			client := newProtocolClient(t, database, recorder.Option())
			warnings := 0
			for _, vm := range []string{"web-1", "web-2"} {
				diagnostics := client.planNew("backup_protected_vm", webPlan(map[string]any{
					"vault_id": contosoID, "backup_policy_id": defaultPolicy, "source_vm_id": machines + vm,
				}))
				checkOneError(t, diagnostics, test.err)
				for _, d := range diagnostics {
					if d.Severity == tfprotov6.DiagnosticSeverityWarning {
						warnings++
					}
				}
			}
			if !asked || warnings != test.warnings {
				t.Errorf("asked: %t; %d warnings, want %d", asked, warnings, test.warnings)
			}
		})
	}
}

// A vault that is really not there is, and what is on the way to it is there.
func TestProtectedVMPlan_noSuchVault(t *testing.T) {
	database := acctest.Database(t)
	newServiceClient(t, database).do(http.MethodPut, contosoID, `{"location":"chinaeast","sku":{"name":"Standard"},"properties":{}}`)
	nobody := strings.Replace(contosoID, "contoso", "nobody", 1)
	checkOneError(t, newProtocolClient(t, database).planNew("backup_protected_vm", webPlan(map[string]any{
		"vault_id": nobody, "backup_policy_id": nobody + "/backupPolicies/DefaultPolicy",
	})), "Backup vault does not exist")
}

// A policy of another kind is refused by name, and those that fit are listed.
func TestProtectedVMPlan_policyOfAnotherKind(t *testing.T) {
	database := acctest.Database(t)
	newServiceClient(t, database).do(http.MethodPut, contosoID, `{"location":"chinaeast","sku":{"name":"Standard"},"properties":{}}`)
	const path = contosoID + "/backupPolicies/sql"
	recorder := &acctest.Recorder{Answer: func(req *http.Request) *http.Response {
		if req.Method != http.MethodGet || !strings.EqualFold(req.URL.Path, path) {
			return nil
		}
		return acctest.JSON(http.StatusOK, `{"id":"`+path+`","name":"sql","type":"Microsoft.RecoveryServices/vaults/backupPolicies","properties":{"backupManagementType":"AzureWorkload","workLoadType":"SQLDataBase"}}`)
	}}
	client := newProtocolClient(t, database, recorder.Option())
	checkOneError(t, client.planNew("backup_protected_vm", webPlan(map[string]any{"vault_id": contosoID, "backup_policy_id": path})),
		`The policy "sql" of the vault "contoso" is of the kind AzureWorkload; a VM needs one of the kind AzureIaasVM. It has these policies for VMs: DefaultPolicy, EnhancedPolicy.`)
}
