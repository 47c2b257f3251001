package embedded_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestContainers(t *testing.T) {
	s := start(t, pagesOf(2))
	vault := vaultPath("Group", "Vault")
	list := vault + "/backupProtectionContainers?api-version=2022-09-01-preview"
	s.get(list).wantError(http.StatusNotFound, "ResourceNotFound", "vaults/Vault")
	s.put(vault, minimal).want(http.StatusCreated)
	if got := s.get(list).want(http.StatusOK); !strings.Contains(got.raw, `"value":[]`) {
		t.Errorf("got %s", got.raw)
	}
	for _, name := range []string{"web", "db", "app"} {
		s.protect(vault, name)
	}
	vms := list + "&$filter=" + url.QueryEscape("backupManagementType eq 'AzureIaasVM' and status eq 'Registered'")
	names, pages := s.follow(vms)
	want := []string{"IaasVMContainer;iaasvmcontainerv2;Machines;app", "IaasVMContainer;iaasvmcontainerv2;Machines;db", "IaasVMContainer;iaasvmcontainerv2;Machines;web"}
	if diff := cmp.Diff(want, names); diff != "" || pages != 2 {
		t.Errorf("%d pages, %s", pages, diff)
	}
	path := strings.Split(itemPath(vault, "web"), "/protectedItems/")[0]
	got := s.get(list + "&$filter=" + url.QueryEscape("friendlyName eq 'WEB'")).want(http.StatusOK).values()
	if len(got) != 1 {
		t.Fatalf("got %d", len(got))
	}
	container := map[string]any{
		"id": path, "name": "IaasVMContainer;iaasvmcontainerv2;Machines;web", "type": "Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers",
		"properties": map[string]any{
			"containerType": "Microsoft.Compute/virtualMachines", "backupManagementType": "AzureIaasVM", "friendlyName": "web",
			"protectableObjectType": "Microsoft.Compute/virtualMachines", "registrationStatus": "Registered", "healthStatus": "Healthy",
			"virtualMachineId": machine("web"), "virtualMachineVersion": "Compute", "resourceGroup": "Machines",
		},
	}
	if diff := cmp.Diff(container, got[0].body); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(container, s.get(strings.ToLower(path)).want(http.StatusOK).body); diff != "" {
		t.Error(diff)
	}
	s.get(strings.Replace(path, "web", "none", 1)).wantError(http.StatusNotFound, "ResourceNotFound", "none")

	// No other kind of container can be registered, so that there are none.
	for _, kind := range []string{"AzureWorkload", "AzureStorage", "MAB"} {
		if names := s.get(list + "&$filter=" + url.QueryEscape("backupManagementType eq '"+kind+"'")).want(http.StatusOK).names(); len(names) != 0 {
			t.Errorf("%s: %v", kind, names)
		}
	}
	s.put(vault+"/backupFabrics/Azure/protectionContainers/StorageContainer;Storage;g;a", `{"properties":{}}`).
		wantError(http.StatusNotImplemented, "NotModelledByEmbeddedService", "registration of containers")
	s.get(list+"&$filter="+url.QueryEscape("color eq 'red'")).wantError(http.StatusNotImplemented, "NotModelledByEmbeddedService", "color")
}
