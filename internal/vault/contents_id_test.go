package vault_test

import (
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

func vmID(name string) arm.ID {
	return arm.ID{SubscriptionID: subscription, ResourceGroup: "Machines", Type: catalog.VMType, Name: name}
}

func itemID(name string) vault.ItemID { return vault.NewItemID(id("contoso"), vmID(name)) }

func policyID(name string) vault.PolicyID { return vault.NewPolicyID(id("contoso"), name) }

func TestParsePolicyID(t *testing.T) {
	want := policyID("Daily-30")
	text := want.String()
	for _, s := range []string{
		text, strings.ToUpper(text), strings.ToLower(text), strings.Replace(text, "/backupPolicies/", "/backuppolicies/", 1),
		strings.Replace(text, "Microsoft.RecoveryServices", "microsoft.recoveryservices", 1),
	} {
		got, err := vault.ParsePolicyID(s)
		if err != nil || !got.Equal(want) || got.Key() != want.Key() || got.Vault.Type != catalog.VaultType {
			t.Errorf("%s: %v %v", s, got, err)
		}
	}
	for _, s := range []string{
		"", "Daily-30", id("contoso").String(), text + "/", text + "/operations/x", text + "?x", text + "#x", strings.Replace(text, "Daily-30", "", 1),
		strings.Replace(text, "Daily-30", "..", 1), strings.Replace(text, "Daily-30", "a%2Fb", 1), strings.Replace(text, "vaults", "vault", 1),
		strings.Replace(text, "/backupPolicies/", "/backupJobs/", 1), itemID("vm").String(), "https://management.azure.com" + text,
		strings.Replace(text, "Daily-30", "a b", 1), strings.Replace(text, "Daily-30", "a\nb", 1), text + " ",
	} {
		if got, err := vault.ParsePolicyID(s); err == nil {
			t.Errorf("%q is accepted as %v", s, got)
		} else if !strings.Contains(err.Error(), "backupPolicies/<name>") {
			t.Errorf("%q: the form is not told: %v", s, err)
		}
	}
}

func TestParseItemID(t *testing.T) {
	want := itemID("Web-01")
	text := want.String()
	for _, s := range []string{
		text, strings.ToUpper(text), strings.ToLower(text), strings.ReplaceAll(text, ";", "%3B"), strings.ReplaceAll(text, ";", "%3b"),
		// As the service writes it.
		strings.Replace(text, "iaasvmcontainer;", "IaasVMContainer;", 1),
		// As azurerm writes it.
		id("contoso").String() + "/backupFabrics/Azure/protectionContainers/iaasvmcontainer;iaasvmcontainerv2;machines;web-01/protectedItems/vm;iaasvmcontainerv2;machines;web-01",
	} {
		got, err := vault.ParseItemID(s)
		if err != nil || !got.Equal(want) || !strings.EqualFold(got.VMName(), "Web-01") || !strings.EqualFold(got.VMGroup(), "Machines") {
			t.Errorf("%s: %v %v", s, got, err)
		}
	}
	for _, s := range []string{
		"", text + "/", text + "/recoveryPoints/1", strings.Replace(text, "protectedItems", "protectableItems", 1), strings.Replace(text, "/Azure/", "/Windows/", 1),
		strings.Replace(text, "VM;", "AzureFileShare;", 1), strings.Replace(text, "VM;iaasvmcontainerv2;Machines;Web-01", "VM;iaasvmcontainerv2;Machines;Web-02", 1),
		strings.Replace(text, ";Web-01/", "/", 1), strings.ReplaceAll(text, "Web-01", ""), strings.ReplaceAll(text, "Web-01", "a?b"), strings.ReplaceAll(text, "Web-01", "a#b"),
		strings.ReplaceAll(text, "Web-01", "a%41"), strings.ReplaceAll(text, "Web-01", "a b"), policyID("p").String(), vmID("Web-01").String(),
	} {
		if got, err := vault.ParseItemID(s); err == nil {
			t.Errorf("%q is accepted as %v", s, got)
		} else if !strings.Contains(err.Error(), "protectedItems/VM;") {
			t.Errorf("%q: the form is not told: %v", s, err)
		}
	}
}

func TestParseVMID(t *testing.T) {
	want := vmID("Web-01")
	for _, s := range []string{want.String(), strings.ToUpper(want.String()), strings.ToLower(want.String())} {
		if got, err := vault.ParseVMID(s); err != nil || !got.Equal(want) || got.Type != catalog.VMType {
			t.Errorf("%s: %v %v", s, got, err)
		}
	}
	const group = "/subscriptions/s/resourceGroups/g/providers/"
	for s, says := range map[string]string{
		"":                                  "is not the id of a virtual machine",
		"Web-01":                            "is not the id of a virtual machine",
		group + "Microsoft.Compute/disks/d": "is the id of a Microsoft.Compute/disks",
		group + "Microsoft.ClassicCompute/virtualMachines/v":                    "classic virtual machine",
		group + "microsoft.classiccompute/virtualmachines/v":                    "classic virtual machine",
		group + "Microsoft.Compute/virtualMachineScaleSets/s":                   "scale set",
		group + "Microsoft.Compute/virtualMachineScaleSets/s/virtualMachines/0": "scale set",
		group + "Microsoft.Compute/virtualMachines/a;b":                         "semicolon",
		group + "Microsoft.Compute/virtualMachines/a?b":                         "is not the id of a virtual machine",
		group + "Microsoft.Compute/virtualMachines/v/extensions/e":              "is not the id of a virtual machine",
		group + "Microsoft.Compute/virtualMachines/a b":                         "is not the id of a virtual machine", // the id of its item was none
		group + "Microsoft.Compute/virtualMachines/a\x7f":                       "is not the id of a virtual machine",
		want.String() + "/": "is not the id of a virtual machine",
	} {
		if got, err := vault.ParseVMID(s); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v %v, want %q", s, got, err, says)
		}
	}
}

func FuzzContentsIDs(f *testing.F) {
	f.Add(policyID("Daily-30").String())
	f.Add(itemID("Web-01").String())
	f.Add(strings.ReplaceAll(strings.ToUpper(itemID("Web-01").String()), ";", "%3B"))
	f.Add(vmID("Web-01").String())
	f.Add(vmID("Web\x7f").String())
	f.Fuzz(func(t *testing.T, s string) {
		if p, err := vault.ParsePolicyID(s); err == nil {
			if again, err := vault.ParsePolicyID(p.String()); err != nil || again != p {
				t.Fatalf("%q: %v, then %v (%v)", s, p, again, err)
			}
			whole(t, p.String())
		}
		if i, err := vault.ParseItemID(s); err == nil {
			if again, err := vault.ParseItemID(i.String()); err != nil || again != i {
				t.Fatalf("%q: %v, then %v (%v)", s, i, again, err)
			}
			whole(t, i.String())
		}
		if vm, err := vault.ParseVMID(s); err == nil {
			if again, err := vault.ParseVMID(vm.String()); err != nil || again != vm {
				t.Fatalf("%q: %v, then %v (%v)", s, vm, again, err)
			}
			item := vault.NewItemID(id("contoso"), vm)
			if again, err := vault.ParseItemID(item.String()); err != nil || !again.Equal(item) || again.VMName() != vm.Name || again.VMGroup() != vm.ResourceGroup {
				t.Fatalf("%q: its item %v reads back as %v (%v)", s, item, again, err)
			}
		}
	})
}

// whole fails when a path would be cut or climb.
func whole(t *testing.T, path string) {
	t.Helper()
	if strings.ContainsAny(path, "?#%\\") || strings.Contains(path, "/../") || strings.HasSuffix(path, "/..") || strings.Contains(path, "//") {
		t.Fatalf("%q breaks a URL", path)
	}
}
