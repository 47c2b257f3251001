package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// protectedVMImportForm tells what an import takes.
const protectedVMImportForm = `Write one of:
  the ARM id of the VM, in any letter case; the vault that protects it is looked up
  the ARM id of the protected item: <vault id>/backupFabrics/Azure/protectionContainers/iaasvmcontainer;iaasvmcontainerv2;<group>;<vm>/protectedItems/vm;iaasvmcontainerv2;<group>;<vm>
    where <group> and <vm> are the resource group and the name of the VM
  a link to either in the Azure portal, as the browser shows it
or import by identity, which takes vault_id and source_vm_id (Terraform 1.12).`

// ImportState takes an id in one of the forms of protectedVMImportForm, or an identity. As with vaults, it reads at once, and
// the spelling of an identity is the user's.
func (r *protectedVMResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	model := emptyProtectedVMModel(ctx)
	var id vault.ItemID
	var err error
	if req.ID != "" {
		if id = r.findImported(ctx, strings.TrimSpace(req.ID), &resp.Diagnostics); resp.Diagnostics.HasError() {
			return
		}
	} else {
		var identity protectedVMIdentity
		resp.Diagnostics.Append(req.Identity.Get(ctx, &identity)...)
		if resp.Diagnostics.HasError() {
			return
		}
		model.VaultID, model.SourceVMID = tfvalue.ARMName.Value(identity.VaultID.ValueString()), tfvalue.ARMName.Value(identity.SourceVMID.ValueString())
		for name, err := range map[string]error{"vault_id": checkVaultID(model.VaultID.ValueString()), "source_vm_id": checkVMID(model.SourceVMID.ValueString())} {
			if err != nil {
				resp.Diagnostics.AddAttributeError(path.Root(name), "Invalid identity of a protected VM", tfvalue.Sentence(err.Error()))
			}
		}
		if id, err = model.itemID(); err != nil {
			return
		}
	}
	item, err := r.run.vaults.ProtectedVMOrGone(ctx, id)
	switch {
	case vault.IsGone(err):
		resp.Diagnostics.AddError("Protected VM to import does not exist", fmt.Sprintf(
			"The vault %q in resource group %q does not protect the VM %q of the resource group %q in the environment %q. Id: %s",
			id.Vault.Name, id.Vault.ResourceGroup, id.VMName(), id.VMGroup(), r.run.environment, id))
	case err != nil:
		resp.Diagnostics.AddError("Unable to import protected VM", tfvalue.Problem(id.String(), err, ""))
	case item.SoftDeleted:
		resp.Diagnostics.AddError("Protected VM to import is deleted", fmt.Sprintf(
			"The VM %q is no longer protected by the vault %q, and its backups are soft-deleted: %s. Take the import block out; the apply of a "+
				"backup_protected_vm for this VM and vault undeletes them.", id.VMName(), id.Vault.Name, keptUntil(item)))
	case item.SourceVMID == "" && model.SourceVMID.IsNull():
		resp.Diagnostics.AddError("VM of the item is not known", fmt.Sprintf(
			"The service does not say which VM the item %s is of. Import by identity, which takes vault_id and source_vm_id.", item.ARMID))
	case item.SourceVMID != "" && !model.SourceVMID.IsNull() && !tfvalue.ARMName.Value(item.SourceVMID).Same(model.SourceVMID):
		resp.Diagnostics.AddError("Protected VM to import is another", fmt.Sprintf(
			"The vault %q protects the VM %s, which has the resource group and the name of %s, but is another.", id.Vault.Name, item.SourceVMID, model.SourceVMID.ValueString()))
	default:
		resp.Diagnostics.Append(markOwner(ctx, resp.Private)...)
		r.save(ctx, model, item, &resp.State, resp.Identity, &resp.Diagnostics)
	}
}

// findImported reads an id in one of the forms of protectedVMImportForm.
func (r *protectedVMResource) findImported(ctx context.Context, s string, diags *diag.Diagnostics) vault.ItemID {
	item, err := vault.ParseItemID(s)
	var vm arm.ID
	if arm.IsLink(s) {
		item, vm, err = vault.ParseItemLink(s)
	} else if err != nil {
		if machine, notVM := vault.ParseVMID(s); notVM == nil {
			vm, err = machine, nil
		}
	}
	switch {
	case err != nil:
		diags.AddError("Invalid id of a protected VM", tfvalue.Sentence(err.Error())+"\n\n"+protectedVMImportForm)
	case item.Item == "":
		return r.findProtecting(ctx, vm, diags)
	}
	return item
}

// findProtecting finds the item of a VM in whichever vault protects it.
func (r *protectedVMResource) findProtecting(ctx context.Context, vm arm.ID, diags *diag.Diagnostics) vault.ItemID {
	const advice = "Write the id of the protected item, or import by identity, which takes vault_id and source_vm_id."
	region, err := r.run.vaults.VMRegion(ctx, vm)
	if err != nil {
		diags.AddError("Vault of the VM is not known", tfvalue.Problem("VM "+vm.String(), err, "Which vault protects a VM is asked in the VM's region. "+advice))
		return vault.ItemID{}
	}
	protecting, found, err := r.run.vaults.ProtectingVault(ctx, vm, region)
	switch {
	case err != nil:
		diags.AddError("Vault of the VM is not known", tfvalue.Problem("VM "+vm.String(), err, advice))
	case !found:
		diags.AddError("Protected VM to import does not exist", fmt.Sprintf(
			"No vault in %s protects the VM %s in the environment %q.", regionLabel(region), vm, r.run.environment))
	}
	return vault.NewItemID(protecting, vm)
}
