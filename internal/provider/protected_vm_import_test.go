package provider_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// protectedVMIdentityType is the type of backup_protected_vm's identity.
var protectedVMIdentityType = tftypes.Object{AttributeTypes: map[string]tftypes.Type{"vault_id": tftypes.String, "source_vm_id": tftypes.String}}

// protectWeb makes, in the service, the vault contoso, and protects web-1 by it.
func (c serviceClient) protectWeb() {
	c.t.Helper()
	c.do(http.MethodPut, contosoID, `{"location":"chinaeast","sku":{"name":"Standard"},"properties":{}}`)
	c.do(http.MethodPut, webItem, `{"properties":{"protectedItemType":"Microsoft.Compute/virtualMachines","sourceResourceId":"`+webID+`","policyId":"`+defaultPolicy+`"}}`)
}

func (c *protocolClient) importProtectedVM(req *tfprotov6.ImportResourceStateRequest) *tfprotov6.ImportResourceStateResponse {
	c.t.Helper()
	req.TypeName = "backup_protected_vm"
	resp, err := c.server.ImportResourceState(c.t.Context(), req)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp
}

func (c *protocolClient) protectedVMIdentity(vault, vm string) *tfprotov6.ResourceIdentityData {
	c.t.Helper()
	return &tfprotov6.ResourceIdentityData{IdentityData: c.encode(objectOf(c.t, protectedVMIdentityType, map[string]any{"vault_id": vault, "source_vm_id": vm}))}
}

func TestProtectedVMImport(t *testing.T) {
	database := acctest.Database(t)
	newServiceClient(t, database).protectWeb()
	client := newProtocolClient(t, database)
	kind := client.schemas.ResourceSchemas["backup_protected_vm"].ValueType()
	for name, test := range map[string]struct {
		req       *tfprotov6.ImportResourceStateRequest
		vault, vm string
	}{
		"id":                          {&tfprotov6.ImportResourceStateRequest{ID: webItem}, contosoID, webID},
		"id in lower case":            {&tfprotov6.ImportResourceStateRequest{ID: strings.ToLower(webItem)}, "", webID},
		"id in capitals":              {&tfprotov6.ImportResourceStateRequest{ID: strings.ToUpper(webItem)}, "", webID},
		"id as the service writes it": {&tfprotov6.ImportResourceStateRequest{ID: strings.NewReplacer("iaasvmcontainer;", "IaasVMContainer;", "/vm;", "/VM;").Replace(webItem)}, contosoID, webID},
		"link to the item": {&tfprotov6.ImportResourceStateRequest{
			ID: "https://portal.azure.cn/#view/Microsoft_Azure_RecoveryServices/ItemBlade/id/" + url.PathEscape(url.PathEscape(webItem)) + "/type/VM",
		}, contosoID, webID},
		"escaped id":           {&tfprotov6.ImportResourceStateRequest{ID: url.PathEscape(strings.ToUpper(webItem))}, "", webID},
		"VM":                   {&tfprotov6.ImportResourceStateRequest{ID: strings.ToUpper(webID)}, contosoID, webID},
		"link to the VM":       {&tfprotov6.ImportResourceStateRequest{ID: "https://portal.azure.com/#@contoso.com/resource" + webID + "/backup"}, contosoID, webID},
		"link with both":       {&tfprotov6.ImportResourceStateRequest{ID: "https://portal.azure.com/#view/x/vault/" + url.PathEscape(contosoID) + "/vm/" + url.PathEscape(webID)}, contosoID, webID},
		"id with blanks":       {&tfprotov6.ImportResourceStateRequest{ID: " " + webItem + "\n"}, contosoID, webID},
		"identity":             {&tfprotov6.ImportResourceStateRequest{Identity: client.protectedVMIdentity(contosoID, webID)}, contosoID, webID},
		"identity, own casing": {&tfprotov6.ImportResourceStateRequest{Identity: client.protectedVMIdentity(strings.ToUpper(contosoID), strings.ToLower(webID))}, strings.ToUpper(contosoID), strings.ToLower(webID)},
	} {
		t.Run(name, func(t *testing.T) {
			resp := client.importProtectedVM(test.req)
			client.succeed(resp.Diagnostics)
			got := client.decodeTexts(resp.ImportedResources[0].State, kind)
			if !strings.EqualFold(got["id"], webItem) || !strings.EqualFold(got["vault_id"], contosoID) || test.vault != "" && got["vault_id"] != test.vault {
				t.Errorf("id %q, vault_id %q", got["id"], got["vault_id"])
			}
			for name, want := range map[string]string{
				"source_vm_id": test.vm, "source_vm_region": "chinaeast", "backup_policy_id": defaultPolicy, "protection_state": "IRPending", "deletion_policy": "delete", "health": "Passed",
			} {
				if got[name] != want {
					t.Errorf("%s = %q, want %q", name, got[name], want)
				}
			}
			identity := client.decodeTexts(resp.ImportedResources[0].Identity.IdentityData, protectedVMIdentityType)
			if diff := cmp.Diff(map[string]string{"vault_id": got["vault_id"], "source_vm_id": got["source_vm_id"]}, identity); diff != "" {
				t.Errorf("identity (-state +identity):\n%s", diff)
			}
		})
	}
}

// A protection whose VM the service does not name any more was taken out of the state, as if it were another VM's.
func TestProtectedVM_namelessSource(t *testing.T) {
	database := acctest.Database(t)
	newServiceClient(t, database).protectWeb()
	recorder := &acctest.Recorder{Answer: func(req *http.Request) *http.Response {
		if req.Method != http.MethodGet || !strings.EqualFold(req.URL.Path, webItem) {
			return nil
		}
		return acctest.JSON(http.StatusOK, `{"id":"`+webItem+`","properties":{"protectedItemType":"Microsoft.Compute/virtualMachines","protectionState":"ProtectionStopped"}}`)
	}}
	client := newProtocolClient(t, database, recorder.Option())
	resp := client.importProtectedVM(&tfprotov6.ImportResourceStateRequest{ID: webItem})
	checkOneError(t, resp.Diagnostics, "does not say which VM the item "+webItem+" is of. Import by identity")

	client = newProtocolClient(t, database, recorder.Option()) // else a list serves the third read
	resp = client.importProtectedVM(&tfprotov6.ImportResourceStateRequest{Identity: client.protectedVMIdentity(contosoID, webID)})
	client.succeed(resp.Diagnostics)
	imported := resp.ImportedResources[0]
	read, err := client.server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: "backup_protected_vm", CurrentState: imported.State, CurrentIdentity: imported.Identity,
	})
	if err != nil {
		t.Fatal(err)
	}
	client.succeed(read.Diagnostics)
	kind := client.schemas.ResourceSchemas["backup_protected_vm"].ValueType()
	for _, state := range []*tfprotov6.DynamicValue{imported.State, read.NewState} {
		if got := client.decodeTexts(state, kind); got["source_vm_id"] != webID || got["protection_state"] != "ProtectionStopped" {
			t.Errorf("state: %v", got)
		}
	}
}

func TestProtectedVMImport_refused(t *testing.T) {
	database := acctest.Database(t)
	service := newServiceClient(t, database)
	service.protectWeb()
	gone := strings.ReplaceAll(webItem, "web-1", "web-9")
	service.do(http.MethodPut, gone, `{"properties":{"protectedItemType":"Microsoft.Compute/virtualMachines","sourceResourceId":"`+machines+`web-9","policyId":"`+defaultPolicy+`"}}`)
	service.do(http.MethodDelete, gone, "")
	service.do(http.MethodPut, "/subscriptions/"+defaultSubscription+"/resourceGroups/shop", `{"location":"chinaeast"}`)
	service.do(http.MethodPut, machines+"web-3", `{"location":"chinaeast"}`)
	client := newProtocolClient(t, database)
	const form = "the ARM id of the protected item: <vault id>"
	for name, test := range map[string]struct {
		req  *tfprotov6.ImportResourceStateRequest
		want []string
	}{
		"a name":              {&tfprotov6.ImportResourceStateRequest{ID: "web-1"}, []string{"web-1", form}},
		"a vault":             {&tfprotov6.ImportResourceStateRequest{ID: contosoID}, []string{form}},
		"a VM, not known":     {&tfprotov6.ImportResourceStateRequest{ID: machines + "web-9"}, []string{"Which vault protects a VM is asked in the VM's region", "or import by identity"}},
		"a VM, not protected": {&tfprotov6.ImportResourceStateRequest{ID: machines + "web-3"}, []string{`No vault in "China East" (chinaeast) protects the VM ` + machines + "web-3"}},
		"a link to a vault":   {&tfprotov6.ImportResourceStateRequest{ID: "https://portal.azure.com/#@contoso.com/resource" + contosoID}, []string{"is to a Microsoft.RecoveryServices/vaults, not to a Microsoft.Compute/virtualMachines", form}},
		"not protected":       {&tfprotov6.ImportResourceStateRequest{ID: strings.ReplaceAll(webItem, "web-1", "web-2")}, []string{`does not protect the VM "web-2" of the resource group "shop"`}},
		"no vault":            {&tfprotov6.ImportResourceStateRequest{ID: strings.Replace(webItem, "contoso", "fabrikam", 1)}, []string{`The vault "fabrikam"`}},
		"soft-deleted":        {&tfprotov6.ImportResourceStateRequest{ID: gone}, []string{"its backups are soft-deleted: they are kept until", "undeletes them"}},
		"identity, no vault":  {&tfprotov6.ImportResourceStateRequest{Identity: client.protectedVMIdentity("contoso", webID)}, []string{`"contoso" is not an Azure resource id`}},
		"identity, no VM":     {&tfprotov6.ImportResourceStateRequest{Identity: client.protectedVMIdentity(contosoID, contosoID)}, []string{"is the id of a Microsoft.RecoveryServices/vaults"}},
		"identity, namesake":  {&tfprotov6.ImportResourceStateRequest{Identity: client.protectedVMIdentity(contosoID, otherMachines+"web-1")}, []string{"protects the VM " + webID}},
	} {
		t.Run(name, func(t *testing.T) {
			resp := client.importProtectedVM(test.req)
			if len(resp.Diagnostics) != 1 {
				t.Fatalf("%d diagnostics", len(resp.Diagnostics))
			}
			for _, want := range test.want {
				if detail := resp.Diagnostics[0].Detail; !strings.Contains(detail, want) {
					t.Errorf("%q, want %q", detail, want)
				}
			}
		})
	}
}

func TestAccProtectedVMImport(t *testing.T) {
	t.Parallel()
	steps := []resource.TestStep{{Config: acctest.Config(acctest.Database(t), contoso()+web(`source_vm_region = "chinaeast"`, `exclude_disk_luns = [1, 2]`))}}
	for _, id := range []string{webItem, strings.ToUpper(webItem)} {
		steps = append(steps, resource.TestStep{
			ResourceName: webAddress, ImportState: true, ImportStateId: id, ImportStateVerify: id == webItem,
		})
	}
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: acctest.Factories(), Steps: steps})
}
