package embedded

import (
	"fmt"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// policyTypes are the policies that every vault has from the start, by case-folded name.
var policyTypes = map[string]string{"defaultpolicy": "V1", "enhancedpolicy": "V2"}

// checkItemKind refuses what is not a virtual machine.
func checkItemKind(properties object) error {
	kind, err := text(properties, "protectedItemType")
	switch {
	case err != nil:
		return err
	case strings.EqualFold(kind, protectedVM):
		return nil
	case kind == "":
		return invalidItem("properties.protectedItemType is missing.")
	}
	return &Fault{
		Code: codeNotModelled,
		Message: fmt.Sprintf("The embedded backup service protects %s alone; the request is about '%s'.",
			protectedVM, kind),
	}
}

func invalidItem(format string, args ...any) error {
	return &Fault{
		Code:    codeInvalidItemInput,
		Message: "Input provided for the call is invalid. " + fmt.Sprintf(format, args...),
	}
}

func invalidProtection(format string, args ...any) error {
	return &Fault{
		Code: codeInvalidProtection,
		Message: "The input for configure protection is not in proper format. Ensure that the container exists. " +
			fmt.Sprintf(format, args...),
	}
}

// checkItemFree refuses a change of an item that another operation works on.
func checkItemFree(d *store.Document, now time.Time) error {
	if d == nil || d.Operation == nil || !now.Before(d.Operation.Ready) {
		return nil
	}
	return &Fault{
		Code: codeItemLocked,
		Message: fmt.Sprintf("Another operation (%s) is in progress on the item '%s'. Please retry when it has ended.",
			d.Operation.Kind, lastSegment(d.ID)),
	}
}

// checkSource refuses a machine that cannot be protected under the names in the path: they are made of the machine's.
func checkSource(c *call, source string) error {
	path := strings.Split(source, "/")
	machine := []string{"", "subscriptions", "", "resourceGroups", "", "providers", "Microsoft.Compute", "virtualMachines", ""}
	ok := len(path) == len(machine)
	for i := 0; ok && i < len(machine); i++ {
		ok = machine[i] == "" && (i == 0) == (path[i] == "") || machine[i] != "" && strings.EqualFold(machine[i], path[i])
	}
	if !ok {
		return invalidProtection("sourceResourceId must be the id of a virtual machine; it is '%s'.", source)
	}
	if !strings.EqualFold(path[2], c.params["subscription"]) {
		return invalidProtection("The virtual machine '%s' is in another subscription than the vault.", source)
	}
	name := "iaasvmcontainerv2;" + path[4] + ";" + path[8]
	container, item := "iaasvmcontainer;"+name, "vm;"+name
	if store.Key(c.params["container"]) != store.Key(container) || store.Key(c.params["item"]) != store.Key(item) {
		return invalidProtection("The item of the virtual machine '%s' is '%s' in the container '%s'.", source, item, container)
	}
	return nil
}

// checkPolicy refuses a policy that the vault does not have.
func checkPolicy(v *itemVault, policy string) error {
	name, own := strings.CutPrefix(store.Key(policy), store.Key(v.document.ID)+"/backuppolicies/")
	if own && policyTypes[name] != "" {
		return nil
	}
	return invalidItem("The vault has no policy '%s'. It has DefaultPolicy and EnhancedPolicy; the embedded backup service "+
		"does not model others yet.", policy)
}

// checkUnprotected refuses a machine that another vault protects.
func checkUnprotected(tx *store.Tx, c *call, v *itemVault) error {
	items, err := tx.Documents(store.Query{
		Type: typeProtectedItem, Subscription: c.params["subscription"], Name: c.params["item"],
	})
	if err != nil {
		return err
	}
	for _, other := range liveItems(items, c.now) {
		if other.Parent != store.Key(v.document.ID) {
			return invalidProtection("Virtual machine is already registered with another recovery services vault: '%s'.",
				other.Parent)
		}
	}
	return nil
}

// immutable tells whether the vault keeps its backups whatever is asked.
func immutable(v *itemVault) bool {
	state := v.setting(pathImmutability)
	return state == "Unlocked" || state == "Locked"
}

func deniedOnImmutable(v *itemVault, what string) error {
	return &Fault{
		Code: codeImmutable,
		Message: fmt.Sprintf("%s The immutability of the vault '%s' is %s.", what, lastSegment(v.document.ID),
			orDefault(v.setting(pathImmutability), "Disabled")),
	}
}

func orDefault(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func checkSuspendable(v *itemVault) error {
	if immutable(v) {
		return nil
	}
	return deniedOnImmutable(v, "Backups can be suspended in an immutable vault alone; stop the protection instead.")
}

func checkDeletable(v *itemVault) error {
	if !immutable(v) {
		return nil
	}
	return deniedOnImmutable(v, "Recovery data cannot be deleted before it expires.")
}
