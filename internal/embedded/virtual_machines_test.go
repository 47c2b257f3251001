package embedded_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

const machinesPath = "/providers/Microsoft.Compute/virtualMachines"

func TestVirtualMachine(t *testing.T) {
	s := start(t)
	path := machine("Web")
	s.get(path).wantError(http.StatusNotFound, "VirtualMachineNotDescribed", path, "no inventory", "in the region of that vault")
	s.patch(path, `{"tags":{"a":"b"}}`).wantError(http.StatusNotFound, "ResourceNotFound", "virtualMachines/Web")
	s.delete(path).want(http.StatusNoContent)

	created := s.put(path, `{"location":"East Asia","tags":{"a":"b"},"zones":["1"],"properties":{"hardwareProfile":{"vmSize":"Standard_B1s"},"vmId":"mine","provisioningState":"Failed"}}`).
		want(http.StatusCreated)
	vm := created.text("properties", "vmId")
	want := map[string]any{
		"id": path, "name": "Web", "type": "Microsoft.Compute/virtualMachines", "location": "eastasia",
		"tags": map[string]any{"a": "b"}, "zones": []any{"1"},
		"properties": map[string]any{"hardwareProfile": map[string]any{"vmSize": "Standard_B1s"}, "vmId": vm, "timeCreated": "2026-05-01T12:00:00.0000000Z", "provisioningState": "Succeeded"},
	}
	if diff := cmp.Diff(want, created.body); diff != "" || len(vm) != 36 {
		t.Error(diff)
	}
	if got := s.get(strings.ToUpper(path)).want(http.StatusOK); got.raw != created.raw {
		t.Errorf("got %s", got.raw)
	}
	patched := s.patch(path, `{"tags":{"c":"d"},"properties":{"licenseType":"None"}}`).want(http.StatusOK)
	if diff := cmp.Diff(map[string]any{"c": "d"}, patched.at("tags")); diff != "" || patched.at("properties", "hardwareProfile") == nil || patched.at("zones") == nil {
		t.Errorf("%s: %s", diff, patched.raw)
	}
	put := s.put(path, `{"location":"eastasia"}`).want(http.StatusOK)
	if put.at("tags") != nil || put.at("properties", "licenseType") != nil || put.text("properties", "vmId") != vm {
		t.Errorf("got %s", put.raw)
	}

	for _, test := range []struct {
		method, path, body string
		status             int
		code               string
		parts              []string
	}{
		{"PUT", path, `{}`, 400, "LocationRequired", nil},
		{"PUT", path, `{"location":"atlantis"}`, 400, "LocationNotAvailableForResourceType", []string{"Microsoft.Compute/virtualMachines"}},
		{"PUT", path, `{"location":"westeurope"}`, 409, "InvalidResourceLocation", []string{"eastasia", "westeurope"}},
		{"PATCH", path, `{"location":"westeurope"}`, 409, "InvalidResourceLocation", nil},
		{"PUT", path, `{"location":"eastasia","tags":{"x?":"1"}}`, 400, "InvalidTags", nil},
		{"PUT", path, `{"location":"eastasia","properties":[]}`, 400, "InvalidRequestContent", nil},
		{"PUT", machine("semi;colon"), `{"location":"eastasia"}`, 400, "InvalidResourceName", []string{"semi;colon"}},
		{"PUT", machine("dash-"), `{"location":"eastasia"}`, 400, "InvalidResourceName", nil},
		{"PUT", strings.Replace(path, "/Machines/", "/Machines./", 1), `{"location":"eastasia"}`, 400, "InvalidResourceGroupName", nil},
		{"PUT", elsewhere(path), `{"location":"eastasia"}`, 404, "SubscriptionNotFound", nil},
		{"DELETE", elsewhere(path), ``, 404, "SubscriptionNotFound", nil},
	} {
		s.do(test.method, test.path, test.body).wantError(test.status, test.code, test.parts...)
	}
	s.delete(path).want(http.StatusOK)
	s.get(path).want(http.StatusNotFound)
}

// A machine outlives neither its group, nor does it take its backups with it.
func TestVirtualMachineAndItsSurroundings(t *testing.T) {
	s := start(t)
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	s.put(machine("web"), `{"location":"eastasia"}`).want(http.StatusCreated)
	group := sub + "/resourceGroups/machines"
	if got := s.get(group).want(http.StatusOK); got.text("location") != "eastasia" || got.text("name") != "Machines" {
		t.Errorf("got %s", got.raw)
	}
	s.protect(vault, "web")
	s.delete(group).want(http.StatusAccepted)
	if got := s.get(itemPath(vault, "web")).want(http.StatusOK); got.text("properties", "protectionState") != "IRPending" {
		t.Errorf("got %s", got.raw)
	}
	s.get(machine("web")).wantError(http.StatusNotFound, "ResourceNotFound", "virtualMachines/web")
	s.put(machine("web"), `{"location":"westeurope"}`).want(http.StatusCreated)

	strict := start(t, func(c *embedded.Config) { c.StrictResourceGroups = true })
	strict.put(machine("web"), `{"location":"eastasia"}`).wantError(http.StatusNotFound, "ResourceGroupNotFound")
}

// A machine that nobody has made is known by its protection, until a client says that it is gone.
func TestVirtualMachineKnownByItsProtection(t *testing.T) {
	s := start(t)
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	for _, name := range []string{"gone", "web"} {
		s.protect(vault, name)
		if got := s.get(machine(name)).want(http.StatusOK); got.text("location") != "eastasia" {
			t.Errorf("got %s", got.raw)
		}
	}
	s.delete(machine("gone")).want(http.StatusOK)
	s.get(machine("gone")).wantError(http.StatusNotFound, "ResourceNotFound", "virtualMachines/gone")
	if diff := cmp.Diff([]string{"web"}, s.get(sub+machinesPath).want(http.StatusOK).names()); diff != "" {
		t.Error(diff)
	}
	s.protectAs(vault, "gone", machine("gone")).wantError(http.StatusBadRequest, "BMSUserErrorInvalidConfigureProtectionRequest", "does not exist")
	s.put(machine("gone"), `{"location":"eastasia"}`).want(http.StatusCreated)
	s.protect(vault, "gone")
}

func TestVirtualMachineInventory(t *testing.T) {
	s := start(t, func(c *embedded.Config) {
		twoSubscriptions(c)
		c.VirtualMachines = map[string]string{machine("Fixed"): "West Europe", elsewhere(machine("far")): "eastasia", "no id": "eastasia"}
	})
	s.get(machine("web")).wantError(http.StatusNotFound, "ResourceNotFound",
		"The Resource 'Microsoft.Compute/virtualMachines/web' under resource group 'Machines' was not found.")
	fixed := s.get(machine("fixed")).want(http.StatusOK)
	if fixed.text("id") != machine("Fixed") || fixed.text("location") != "westeurope" || fixed.text("properties", "provisioningState") != "Succeeded" ||
		fixed.text("properties", "vmId") == "" || s.get(machine("fixed")).raw != fixed.raw {
		t.Errorf("got %s", fixed.raw)
	}
	s.delete(machine("fixed")).wantError(http.StatusConflict, "VirtualMachineInInventory", machine("Fixed"), "cannot be deleted")
	s.put(machine("fixed"), `{"location":"eastasia"}`).wantError(http.StatusConflict, "VirtualMachineInInventory", "'eastasia'", "'westeurope'")
	s.patch(machine("fixed"), `{"location":"eastasia"}`).wantError(http.StatusConflict, "VirtualMachineInInventory")
	if got := s.patch(machine("fixed"), `{"tags":{"a":"b"}}`).want(http.StatusOK); got.text("tags", "a") != "b" || got.text("location") != "westeurope" {
		t.Errorf("got %s", got.raw)
	}
	s.delete(machine("fixed")).want(http.StatusConflict)

	// What the inventory says about a place counts, also of a document that was written before.
	moved := &service{tb: t, store: s.store, clock: s.clock, transport: embedded.NewTransport(embedded.New(embedded.Config{
		Store: s.store, Now: s.clock.Now, VirtualMachines: map[string]string{machine("fixed"): "northeurope"},
	}))}
	if got := moved.patch(machine("fixed"), `{"tags":{}}`).want(http.StatusOK); got.text("location") != "northeurope" {
		t.Errorf("got %s", got.raw)
	}
	if got := s.get(elsewhere(machine("far"))).want(http.StatusOK); got.text("location") != "eastasia" {
		t.Errorf("got %s", got.raw)
	}
}

func TestVirtualMachineList(t *testing.T) {
	s := start(t, pagesOf(2), func(c *embedded.Config) {
		twoSubscriptions(c)
		c.VirtualMachines = map[string]string{machine("delta"): "westeurope", machine("echo"): "eastasia", elsewhere(machine("far")): "eastasia"}
	})
	vault := elsewhere(vaultPath("g", "vault"))
	s.put(vault, minimal).want(http.StatusCreated)
	for _, id := range []string{machine("alpha"), machine("Bravo"), strings.Replace(machine("zulu"), "/Machines/", "/other/", 1), elsewhere(machine("near"))} {
		s.put(id, `{"location":"eastasia"}`).want(http.StatusCreated)
	}
	s.protect(vault, "alpha")
	s.patch(machine("delta"), `{"tags":{"a":"b"}}`).want(http.StatusOK)
	// Its item outlives it.
	s.put(machine("charlie"), `{"location":"eastasia"}`).want(http.StatusCreated)
	s.protect(vault, "charlie")
	s.delete(machine("charlie")).want(http.StatusOK)
	for path, want := range map[string]struct {
		names string
		pages int
	}{
		sub + machinesPath: {"alpha Bravo delta echo zulu", 3},
		sub + "/resourceGroups/MACHINES" + machinesPath:      {"alpha Bravo delta echo", 2},
		sub + "/resourceGroups/other" + machinesPath:         {"zulu", 1},
		sub + "/resourceGroups/none" + machinesPath:          {"", 1},
		"/subscriptions/" + otherSubscription + machinesPath: {"far near", 1},
	} {
		names, pages := s.follow(path)
		if got := strings.Join(names, " "); got != want.names || pages != want.pages {
			t.Errorf("%s: %q in %d pages", path, got, pages)
		}
	}
	for _, m := range s.get(sub + machinesPath + "?api-version=" + version).values() {
		if m.text("location") != "eastasia" {
			t.Errorf("%s is in %s", m.text("name"), m.text("location"))
		}
	}
}

func TestBackupStatus(t *testing.T) {
	s := start(t, twoSubscriptions, func(c *embedded.Config) { c.OperationTime = time.Minute })
	status := sub + "/providers/Microsoft.RecoveryServices/locations/East%20Asia/backupStatus"
	ask := func(path string) map[string]any {
		t.Helper()
		return s.do(http.MethodPost, path, `{"resourceType":"vm","resourceId":"`+strings.ToUpper(machine("web"))+`"}`).want(http.StatusOK).body
	}
	free := map[string]any{
		"protectionStatus": "NotProtected", "vaultId": "", "fabricName": "Invalid", "containerName": "", "protectedItemName": "",
		"policyName": "", "registrationStatus": "NotRegistered", "errorCode": "Success", "errorMessage": "",
	}
	if diff := cmp.Diff(free, ask(status)); diff != "" {
		t.Error(diff)
	}
	vault := elsewhere(vaultPath("Group", "Vault"))
	s.put(vault, minimal).want(http.StatusCreated)
	s.protect(vault, "web")
	taken := map[string]any{
		"protectionStatus": "Protecting", "vaultId": vault, "fabricName": "Azure", "containerName": "IaasVMContainer;iaasvmcontainerv2;Machines;web",
		"protectedItemName": "VM;iaasvmcontainerv2;Machines;web", "policyName": "DefaultPolicy", "registrationStatus": "Registered",
		"errorCode": "Success", "errorMessage": "",
	}
	if diff := cmp.Diff(taken, ask(status)); diff != "" {
		t.Error(diff)
	}
	s.clock.Advance(time.Minute)
	taken["protectionStatus"] = "Protected"
	if diff := cmp.Diff(taken, ask(strings.Replace(status, embedded.DefaultSubscriptionID, "33333333-3333-4333-8333-333333333333", 1))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(free, ask(strings.Replace(status, "East%20Asia", "westeurope", 1))); diff != "" {
		t.Errorf("in another region: %s", diff)
	}
	s.put(itemPath(vault, "web"), itemBody(`"sourceResourceId":"`+machine("web")+`","protectionState":"ProtectionStopped"`)).want(http.StatusAccepted)
	taken["policyName"] = ""
	if diff := cmp.Diff(taken, ask(status)); diff != "" {
		t.Errorf("stopped: %s", diff)
	}
	s.clock.Advance(time.Minute)
	s.delete(itemPath(vault, "web")).want(http.StatusAccepted)
	s.clock.Advance(time.Minute)
	if diff := cmp.Diff(free, ask(status)); diff != "" {
		t.Errorf("deleted: %s", diff)
	}
	for body, code := range map[string]string{
		`{}`:                                "BMSUserErrorInvalidInput",
		`{"resourceType":1}`:                "InvalidRequestContent",
		`{"resourceType":"AzureFileShare"}`: "NotModelledByEmbeddedService",
		`{"resourceType":"VM","resourceId":"web"}`: "BMSUserErrorInvalidInput",
		`{"resourceType":"VM","resourceId":[]}`:    "InvalidRequestContent",
	} {
		if got := s.do(http.MethodPost, status, body); got.text("error", "code") != code {
			t.Errorf("%s: %s", body, got.raw)
		}
	}
	s.do(http.MethodPost, strings.Replace(status, "East%20Asia", "atlantis", 1), `{}`).wantError(http.StatusBadRequest, "LocationNotAvailableForResourceType")
}

func TestPreValidation(t *testing.T) {
	s := start(t, func(c *embedded.Config) {
		c.VirtualMachines = map[string]string{machine("web"): "eastasia", machine("west"): "westeurope", machine("taken"): "eastasia", machine("gone"): "eastasia"}
	})
	vault, other := vaultPath("g", "vault"), vaultPath("g", "other")
	s.put(vault, minimal).want(http.StatusCreated)
	s.put(other, minimal).want(http.StatusCreated)
	s.protect(other, "taken")
	s.protect(vault, "gone")
	s.delete(itemPath(vault, "gone")).want(http.StatusAccepted)
	for _, test := range []struct{ vault, name, code, message string }{
		{vault, "web", "Success", ""},
		{strings.ToUpper(other), "taken", "Success", ""},
		{vault, "taken", "BMSUserErrorInvalidConfigureProtectionRequest", other},
		{vault, "west", "UserErrorVmVaultLocationMismatch", "westeurope"},
		{vault, "none", "BMSUserErrorInvalidConfigureProtectionRequest", "does not exist"},
		{vault, "gone", "BMSUserErrorInvalidConfigureProtectionRequest", "Undelete"},
		{vaultPath("g", "none"), "web", "BMSUserErrorInvalidInput", "vaults/none"},
		{"", "web", "BMSUserErrorInvalidInput", "vaultId"},
	} {
		got := s.do(http.MethodPost, sub+"/providers/Microsoft.RecoveryServices/locations/eastasia/backupPreValidateProtection",
			`{"resourceType":"VM","resourceId":"`+machine(test.name)+`","vaultId":"`+test.vault+`","properties":""}`).want(http.StatusOK)
		status := "Succeeded"
		if test.code != "Success" {
			status = "Failed"
		}
		if got.text("status") != status || got.text("errorCode") != test.code || !strings.Contains(got.text("errorMessage"), test.message) ||
			(got.text("recommendation") == "") != (status == "Succeeded") ||
			got.text("containerName") != "iaasvmcontainer;iaasvmcontainerv2;Machines;"+test.name || got.text("protectedItemName") != "vm;iaasvmcontainerv2;Machines;"+test.name {
			t.Errorf("%s: %s", test.name, got.raw)
		}
	}
	s.get(itemPath(vault, "web")).want(http.StatusNotFound)
}

func TestProtectableItems(t *testing.T) {
	s := start(t, pagesOf(2), func(c *embedded.Config) {
		twoSubscriptions(c)
		c.OperationTime = time.Minute
		c.VirtualMachines = map[string]string{
			machine("alpha"): "eastasia", machine("west"): "westeurope", elsewhere(machine("far")): "eastasia", machine("taken"): "eastasia",
			machine("charlie"): "eastasia",
		}
	})
	vault := vaultPath("g", "vault")
	list := vault + "/backupProtectableItems"
	s.get(list).wantError(http.StatusNotFound, "ResourceNotFound")
	s.put(vault, minimal).want(http.StatusCreated)
	s.put(machine("bravo"), `{"location":"eastasia"}`).want(http.StatusCreated)
	s.protect(vault, "taken")

	refresh := s.do(http.MethodPost, vault+"/backupFabrics/Azure/refreshContainers?api-version="+version+"&$filter=backupManagementType%20eq%20'AzureIaasVM'", "").
		want(http.StatusAccepted)
	location := refresh.header.Get("Location")
	if !strings.HasPrefix(location, embedded.Endpoint+vault+"/backupFabrics/Azure/operationResults/") || refresh.header.Get("Azure-AsyncOperation") != "" {
		t.Errorf("headers %v", refresh.header)
	}
	s.get(location).want(http.StatusAccepted)
	s.clock.Advance(time.Minute)
	s.get(location).want(http.StatusNoContent)

	filtered := list + "?api-version=" + version + "&$filter=backupManagementType%20eq%20'AzureIaasVM'"
	for path, want := range map[string]string{
		list:     "alpha bravo charlie",
		filtered: "alpha bravo charlie",
		filtered + "%20and%20friendlyName%20eq%20'BRAVO'": "bravo",
	} {
		names, _ := s.follow(path)
		for i, name := range names {
			names[i] = strings.TrimPrefix(name, "iaasvmcontainerv2;Machines;")
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %s", path, got)
		}
	}
	wanted := map[string]any{
		"id":   vault + "/backupFabrics/Azure/protectionContainers/iaasvmcontainer;iaasvmcontainerv2;Machines;alpha/protectableItems/vm;iaasvmcontainerv2;Machines;alpha",
		"name": "iaasvmcontainerv2;Machines;alpha", "type": "Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectableItems",
		"properties": map[string]any{
			"protectableItemType": "Microsoft.Compute/virtualMachines", "backupManagementType": "AzureIaasVM", "workloadType": "VM",
			"virtualMachineId": machine("alpha"), "virtualMachineVersion": "Compute", "resourceGroup": "Machines", "friendlyName": "alpha",
			"protectionState": "NotProtected",
		},
	}
	if diff := cmp.Diff(wanted, s.get(list).values()[0].body); diff != "" {
		t.Error(diff)
	}
}
