package embedded_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fullMachine is a machine with the disk that is there, two that are made with it, and a network interface.
func fullMachine(deleteOption string) string {
	return `{"location":"eastasia","zones":["1"],"properties":{"hardwareProfile":{"vmSize":"Standard_D2s_v5"},
		"storageProfile":{
			"osDisk":{"name":"os","createOption":"FromImage","deleteOption":"` + deleteOption + `","managedDisk":{"storageAccountType":"Premium_LRS"}},
			"dataDisks":[{"lun":0,"createOption":"Attach","managedDisk":{"id":"` + strings.ToUpper(neighbour(diskPath)) + `"}},
				{"lun":7,"createOption":"Empty","diskSizeGB":1}]},
		"osProfile":{"computerName":"web","adminUsername":"admin","adminPassword":"Secret-1","customData":"c2VjcmV0","linuxConfiguration":{}},
		"networkProfile":{"networkInterfaces":[{"id":"` + neighbour(cardPath) + `"}]}}}`
}

func TestDisksAndInterfacesOfAMachine(t *testing.T) {
	s := neighbourhood(t)
	vm := neighbour("Microsoft.Compute/virtualMachines/full")
	made := s.put(vm, fullMachine("Detach")).want(http.StatusCreated)
	if strings.Contains(made.raw, "Secret-1") || strings.Contains(s.get(vm).raw, "customData") || made.text("properties", "osProfile", "adminUsername") != "admin" {
		t.Errorf("got %s", made.raw)
	}
	if made.text("properties", "storageProfile", "osDisk", "osType") != "Linux" ||
		made.text("properties", "storageProfile", "osDisk", "managedDisk", "id") != neighbour("Microsoft.Compute/disks/os") {
		t.Errorf("got %s", made.raw)
	}
	if again := s.put(vm, fullMachine("Detach")).want(http.StatusOK); cmp.Diff(made.body, again.body) != "" {
		t.Errorf("a second PUT: %s", again.raw)
	}
	disks := func() (all []string) {
		for _, disk := range s.get(sub + "/providers/Microsoft.Compute/disks").want(http.StatusOK).values() {
			name, _, _ := strings.Cut(disk.text("name"), "_DataDisk_7_")
			all = append(all, name+" "+disk.text("properties", "diskState"))
			if attached := disk.text("managedBy") == vm; attached != (disk.text("properties", "diskState") == "Attached") {
				t.Errorf("got %v", disk.body)
			}
		}
		return all
	}
	if diff := cmp.Diff([]string{"data Attached", "full Attached", "os Attached"}, disks()); diff != "" {
		t.Error(diff)
	}
	if os := s.get(neighbour("Microsoft.Compute/disks/os")); os.text("sku", "name") != "Premium_LRS" || os.text("sku", "tier") != "Premium" ||
		os.text("properties", "creationData", "createOption") != "FromImage" || os.text("properties", "osType") != "Linux" || os.at("zones") == nil {
		t.Errorf("got %s", os.raw)
	}
	card := s.get(neighbour(cardPath))
	if card.text("properties", "virtualMachine", "id") != vm || card.at("properties", "primary") != true || card.text("properties", "macAddress") == "" {
		t.Errorf("got %s", card.raw)
	}
	// A change of the interface does not take it from the machine.
	s.put(neighbour(cardPath), neighbourCases[5].body).want(http.StatusOK)
	if got := s.get(neighbour(cardPath)); got.text("properties", "virtualMachine", "id") != vm {
		t.Errorf("got %s", got.raw)
	}

	s.patch(vm, `{"properties":{"storageProfile":{"dataDisks":[]},"networkProfile":{"networkInterfaces":[]}}}`).want(http.StatusOK)
	if diff := cmp.Diff([]string{"data Unattached", "full Unattached", "os Attached"}, disks()); diff != "" {
		t.Error(diff)
	}
	if got := s.get(neighbour(cardPath)); got.at("properties", "virtualMachine") != nil {
		t.Errorf("got %s", got.raw)
	}
	s.delete(vm).want(http.StatusOK)
	if diff := cmp.Diff([]string{"data Unattached", "full Unattached", "os Unattached"}, disks()); diff != "" {
		t.Error(diff)
	}
	s.put(vm, fullMachine("Delete")).want(http.StatusCreated)
	s.delete(vm).want(http.StatusOK)
	if diff := cmp.Diff([]string{"data Unattached", "full Unattached"}, disks()); diff != "" {
		t.Error(diff)
	}
}

// The disks of a machine that was written with them are those that can be chosen. Of other machines they are not known.
func TestChosenDisksThatAMachineDoesNotHave(t *testing.T) {
	s := start(t)
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	s.put(machine("web"), fullMachine("Detach")).want(http.StatusCreated)
	s.put(machine("bare"), `{"location":"eastasia"}`).want(http.StatusCreated)
	s.put(machine("single"), `{"location":"eastasia","properties":{"storageProfile":{"osDisk":{}}}}`).want(http.StatusCreated)
	protect := func(name, luns string) *response {
		return s.put(itemPath(vault, name), itemBody(`"sourceResourceId":"`+machine(name)+`","policyId":"`+vault+`/backupPolicies/DefaultPolicy",
			"extendedProperties":{"diskExclusionProperties":{"diskLunList":[`+luns+`],"isInclusionList":true}}`))
	}
	const invalid = "BMSUserErrorInvalidInput"
	protect("web", "0,3").wantError(http.StatusBadRequest, invalid, "diskLunList has 3", machine("web"), "It has 0, 7.")
	protect("single", "0").wantError(http.StatusBadRequest, invalid, "It has no data disks.")
	s.get(itemPath(vault, "web")).want(http.StatusNotFound)
	protect("web", "0,7").want(http.StatusAccepted)
	protect("bare", "5").want(http.StatusAccepted)
	protect("nobody", "5").want(http.StatusAccepted)
	protect("single", "").want(http.StatusAccepted)
	// A machine that has lost a disk stays protected, as long as the choice is not sent again.
	s.patch(machine("web"), `{"properties":{"storageProfile":{"dataDisks":[]}}}`).want(http.StatusOK)
	s.protect(vault, "web")
	protect("web", "0").wantError(http.StatusBadRequest, invalid, "It has no data disks.")
}
