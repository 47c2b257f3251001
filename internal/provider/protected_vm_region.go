package provider

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tflog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// vmRegion is what is known about where a VM is; the name is empty when nothing is.
type vmRegion struct {
	name string // canonical
	// configured tells that the configuration says so; otherwise the service does.
	configured bool
}

// at is the attribute at fault when the region does not fit.
func (v vmRegion) at() path.Path {
	if v.configured {
		return path.Root("source_vm_region")
	}
	return path.Root("source_vm_id")
}

// regionOfVM finds where the VM is: from the configuration, or else from the service.
func (r *protectedVMResource) regionOfVM(ctx context.Context, m protectedVMModel, diags *diag.Diagnostics) vmRegion {
	if !m.SourceVMRegion.IsNull() && !m.SourceVMRegion.IsUnknown() {
		return vmRegion{name: catalog.NormalizeRegion(m.SourceVMRegion.ValueString()), configured: true}
	}
	if m.SourceVMID.IsUnknown() {
		return vmRegion{}
	}
	vm, err := vault.ParseVMID(m.SourceVMID.ValueString())
	if err != nil {
		return vmRegion{} // the validator has said so
	}
	region, err := r.run.vaults.VMRegion(ctx, vm)
	switch {
	case err == nil:
		return vmRegion{name: catalog.NormalizeRegion(region)}
	case arm.IsNotFound(err):
		diags.AddAttributeError(path.Root("source_vm_id"), "Virtual machine does not exist", tfvalue.Problem("VM "+vm.String(), err,
			"If the same apply makes the VM, use the id of its resource instead of a text, so that Terraform makes it first."))
	case arm.IsForbidden(err):
		if r.run.plans.once("no right to read VMs") {
			diags.AddAttributeWarning(path.Root("source_vm_id"), "Regions of VMs cannot be read", tfvalue.Problem("VM "+vm.String(), err,
				"Whether VMs are in the region of their vault is checked while applying, by the service. To have it checked while planning, give the "+
					"identity that Terraform uses the right to read VMs (Microsoft.Compute/virtualMachines/read), or set source_vm_region."))
		}
	default:
		// Without an answer the service decides.
		tflog.Debug(ctx, "the region of the VM is not known", map[string]any{"vm": vm.String(), "error": err.Error()})
	}
	return vmRegion{}
}

// vaultOf is the vault that the plan names as it will be when the VM is protected; ok is false while nothing is known
// about it.
func (r *protectedVMResource) vaultOf(ctx context.Context, m protectedVMModel, diags *diag.Diagnostics) (v plannedVault, ok bool) {
	if m.VaultID.IsUnknown() {
		return plannedVault{}, false
	}
	id, err := vault.ParseID(m.VaultID.ValueString())
	if err != nil {
		return plannedVault{}, false // the validator has said so
	}
	intended, planned := r.run.plans.vault(id)
	found, err := r.run.vaults.Get(ctx, id)
	if arm.IsNotFound(err) && !planned {
		found, err = r.run.vaults.VaultOrGone(ctx, id)
	}
	switch {
	case err == nil && planned && intended.isNew && !r.run.plans.made(id):
		return intended, true // replaced under its own name
	case err == nil:
		v = plannedVault{
			id: id, region: found.Region, locked: found.RedundancyLocked, redundancy: string(orEmpty(found.Settings.Redundancy)),
			immutability: found.ImmutabilityState(), otherRegions: found.ProtectsOtherRegions(),
		}
		if planned {
			v.otherRegions = intended.otherRegions
			v.redundancy, v.immutability = cmp.Or(intended.redundancy, v.redundancy), cmp.Or(intended.immutability, v.immutability)
		}
		return v, true
	case planned:
		return intended, true
	case vault.IsGone(err):
		diags.AddAttributeError(path.Root("vault_id"), "Backup vault does not exist", tfvalue.Problem("Vault "+id.String(), err,
			"If the same apply makes the vault, use the id of its resource instead of a text, so that Terraform makes it first."))
	default:
		tflog.Warn(ctx, "unable to read the vault", map[string]any{"vault": id.String(), "error": err.Error()})
	}
	return plannedVault{}, false
}

func orEmpty[T ~string](p *T) T {
	if p == nil {
		return ""
	}
	return *p
}

// checkRegion refuses a VM in another region than its vault's, unless the vault protects those.
func (r *protectedVMResource) checkRegion(m protectedVMModel, vm vmRegion, v plannedVault, diags *diag.Diagnostics) {
	if vm.name == "" || v.region == "" || vm.name == v.region || v.otherRegions {
		return
	}
	diags.AddAttributeError(vm.at(), "VM and vault are in different regions", fmt.Sprintf(
		"%s is in %s%s, and the vault %q is in %s. A vault protects only VMs of its own region.\n\n%s%s",
		vmLabel(m), regionLabel(vm.name), source(vm), v.id.Name, regionLabel(v.region), regionAdvice(vm.name), choiceAdvice))
}

// warnOfRegion is checkRegion while the id of the vault is not known: it may be any vault, also one that another
// configuration of the provider makes. The apply checks it when the vault is known, before it writes.
func (r *protectedVMResource) warnOfRegion(m protectedVMModel, vm vmRegion, diags *diag.Diagnostics) {
	made := r.run.plans.newVaults()
	if vm.name == "" || len(made) == 0 {
		return
	}
	var regions []string
	for _, v := range made {
		if v.region == "" || v.region == vm.name || v.otherRegions {
			return
		}
		regions = append(regions, regionLabel(v.region))
	}
	slices.Sort(regions)
	if !r.run.plans.once("no new vault in " + vm.name) {
		return
	}
	diags.AddAttributeWarning(vm.at(), "VM and vault may be in different regions", fmt.Sprintf(
		"%s is in %s%s. The id of its vault is not known yet, and the new vaults of this provider configuration are only in: %s. If its vault is one of them, "+
			"the apply refuses to protect the VM: a vault protects only VMs of its own region.\n\n%s",
		vmLabel(m), regionLabel(vm.name), source(vm), strings.Join(slices.Compact(regions), ", "), regionAdvice(vm.name)))
}

// source says where it is known from that a VM is where it is.
func source(vm vmRegion) string {
	if vm.configured {
		return ", as source_vm_region says"
	}
	return ""
}

// choiceAdvice is the other way, for those few who can go it.
const choiceAdvice = " Where Microsoft has allowed your subscription to back up into a region of its choice, set region_of_choice = \"Enabled\" of the vault."

func regionAdvice(region string) string {
	return fmt.Sprintf("The VM needs a vault in %s: set vault_id to the id of one there, or make one with region = %q. VMs in several regions need a vault "+
		"in each.", regionLabel(region), region)
}

// regionLabel is a region as users know it, and as ARM does.
func regionLabel(name string) string {
	if region, ok := catalog.LookupRegion(name); ok && region.DisplayName != name {
		return fmt.Sprintf("%q (%s)", region.DisplayName, region.Name)
	}
	return fmt.Sprintf("%q", name)
}

// vmLabel names the VM without its vault.
func vmLabel(m protectedVMModel) string {
	if vm, err := vault.ParseVMID(m.SourceVMID.ValueString()); err == nil {
		return fmt.Sprintf("VM %q in resource group %q", vm.Name, vm.ResourceGroup)
	}
	return "The VM"
}
