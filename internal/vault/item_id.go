package vault

import (
	"fmt"
	"slices"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// vmContainer is the kind of the containers of VMs that Azure Resource Manager knows; classic VMs had another.
const vmContainer = "iaasvmcontainerv2"

// NewItemID builds the id of the item that protects a VM: its names are made of the VM's group and name.
func NewItemID(vault, vm arm.ID) ItemID {
	name := vmContainer + ";" + vm.ResourceGroup + ";" + vm.Name
	return ItemID{Vault: vault, Container: "iaasvmcontainer;" + name, Item: "VM;" + name}
}

// ParseItemID reads the id of a protected VM, in any letter case. The error is written for the user.
func ParseItemID(s string) (ItemID, error) {
	vault, names, ok := parseChildID(s, "backupFabrics", "Azure", "protectionContainers", "", "protectedItems", "")
	if ok {
		id := ItemID{Vault: vault, Container: names[0], Item: names[1]}
		// Not in lower case: that of some letters, such as İ, is no longer the same letter to EqualFold.
		parts := strings.Split(id.Item, ";")
		if len(parts) == 4 && strings.EqualFold(parts[0], "vm") && !slices.Contains(parts, "") && strings.EqualFold("iaasvmcontainer;"+strings.Join(parts[1:], ";"), id.Container) {
			return id, nil
		}
	}
	return ItemID{}, fmt.Errorf("%q is not the id of a protected VM, such as /subscriptions/<uuid>/resourceGroups/<group>/providers/%s/<vault>/"+
		"backupFabrics/Azure/protectionContainers/iaasvmcontainer;%[3]s;<VM's group>;<VM>/protectedItems/VM;%[3]s;<VM's group>;<VM>",
		s, catalog.VaultType, vmContainer)
}

// String builds the id in ARM's own spelling of the fixed segments.
func (id ItemID) String() string {
	return id.Vault.String() + "/backupFabrics/Azure/protectionContainers/" + id.Container + "/protectedItems/" + id.Item
}

// Key is the id folded to one letter case.
func (id ItemID) Key() string { return strings.ToLower(id.String()) }

// Equal tells whether both ids name the same item.
func (id ItemID) Equal(other ItemID) bool { return id.Key() == other.Key() }

// VMGroup is the resource group of the VM, as the item's name spells it.
func (id ItemID) VMGroup() string { return id.part(2) }

// VMName is the name of the VM, as the item's name spells it.
func (id ItemID) VMName() string { return id.part(3) }

func (id ItemID) part(i int) string {
	if parts := strings.Split(id.Item, ";"); i < len(parts) {
		return parts[i]
	}
	return ""
}

// ParseVMID reads the id of a virtual machine, in any letter case. The error is written for the user.
func ParseVMID(s string) (arm.ID, error) {
	const form = "/subscriptions/<uuid>/resourceGroups/<group>/providers/" + catalog.VMType + "/<name>"
	id, err := arm.ParseID(s)
	switch {
	case strings.Contains(strings.ToLower(s), "/virtualmachinescalesets/"):
		return arm.ID{}, fmt.Errorf("%q is of a scale set; backup vaults protect single virtual machines: %s", s, form)
	case err != nil, !legalName(id.ResourceGroup), !legalName(id.Name): // nobody could read the id of its item again
		return arm.ID{}, fmt.Errorf("%q is not the id of a virtual machine: %s", s, form)
	case strings.EqualFold(id.Type, "Microsoft.ClassicCompute/virtualMachines"):
		return arm.ID{}, fmt.Errorf("%q is a classic virtual machine, which Azure no longer has; the id of one of today's is %s", s, form)
	case !strings.EqualFold(id.Type, catalog.VMType):
		return arm.ID{}, fmt.Errorf("%q is the id of a %s, not of a virtual machine: %s", s, id.Type, form)
	case strings.Contains(id.ResourceGroup+id.Name, ";"):
		return arm.ID{}, fmt.Errorf("%q has a semicolon, which separates the parts of a protected item's name", s)
	}
	id.Type = catalog.VMType
	return id, nil
}
