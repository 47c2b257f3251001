package vault

import (
	"fmt"
	"regexp"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// The ids of what is in a vault, within a link, whose parts end where another part of the link may begin.
var (
	linkedPolicy = regexp.MustCompile(`(?i)` + linkedVault + `/backupPolicies/[^/?#&"',\s]+`)
	linkedItem   = regexp.MustCompile(`(?i)` + linkedVault + `/backupFabrics/Azure/protectionContainers/[^/?#&"',\s]+/protectedItems/[^/?#&"',\s]+`)
)

const linkedVault = `/subscriptions/[^/?#&]+/resourceGroups/[^/?#&]+/providers/Microsoft\.RecoveryServices/vaults/[^/?#&]+`

// ParsePolicyLink finds the id of a backup policy in a link, such as one to its page in the Azure portal. The error is
// written for the user.
func ParsePolicyLink(link string) (PolicyID, error) {
	for _, id := range linkedPolicy.FindAllString(arm.LinkText(link), -1) {
		if policy, err := ParsePolicyID(id); err == nil {
			return policy, nil
		}
	}
	return PolicyID{}, fmt.Errorf("the link %s holds no id of a backup policy", link)
}

// ParseItemLink finds a protected VM in a link, such as one to the Azure portal: the id of the item, or those of the VM and
// its vault. A link to the VM alone gives an item of no vault and the id of the VM. The error is written for the user.
func ParseItemLink(link string) (item ItemID, vm arm.ID, err error) {
	for _, id := range linkedItem.FindAllString(arm.LinkText(link), -1) {
		if item, err := ParseItemID(id); err == nil {
			return item, arm.ID{}, nil
		}
	}
	if vm, err = arm.ParseLink(link, catalog.VMType); err != nil {
		return ItemID{}, arm.ID{}, err
	}
	if vm, err = ParseVMID(vm.String()); err != nil {
		return ItemID{}, arm.ID{}, err
	}
	if vault, err := arm.ParseLink(link, catalog.VaultType); err == nil {
		return NewItemID(vault, vm), vm, nil
	}
	return ItemID{}, vm, nil
}
