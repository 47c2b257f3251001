package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/tflog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// planDestroy says what a vault holds that is going to be destroyed, and will still hold when the rest of this run is done:
// the service refuses to delete it then. When everything is destroyed, Terraform plans the end of the protections first. The
// service is asked: of a block that was taken out of the configuration the state may be old.
func (r *vaultResource) planDestroy(ctx context.Context, state vaultModel, diags *diag.Diagnostics) {
	id := state.armID()
	r.run.state.ends(id, goes)
	holds, err := r.run.vaults.Contents(ctx, id)
	if err != nil {
		// Without an answer the service decides: it deletes no vault that holds backups.
		tflog.Warn(ctx, "unable to ask what the vault holds", map[string]any{"vault": id.String(), "error": err.Error()})
		return
	}
	var there, kept []string
	for _, item := range holds.Protected {
		switch leaving, _ := r.run.state.get(item.ID); leaving.end {
		case goes:
		case retains, suspends:
			kept = append(kept, item.VMName())
		default:
			there = append(there, item.VMName())
		}
	}
	detail := vaultLabel(state) + " is to be destroyed."
	switch {
	case len(there)+len(kept)+len(holds.Unreadable)+holds.Others > 0:
		if len(there)+len(holds.Unreadable)+holds.Others > 0 {
			detail += " It holds " + held(there, holds) + "."
		}
		if len(kept) > 0 {
			detail += fmt.Sprintf(" The backups of these VMs stay in it, by their deletion_policy: %s.", tfvalue.Listed(kept))
		}
		diags.AddWarning("Backup vault is not empty", detail+"\n\n"+r.emptying(state.ForceDestroy.ValueBool(), holds.Vault))
		r.warnOfEmptying(ctx, id, state.ForceDestroy.ValueBool() && len(there) > 0, diags)
	case len(holds.SoftDeleted) > 0:
		diags.AddWarning("Deleted backups leave with the vault", fmt.Sprintf("%s It keeps deleted backups of: %s. With the vault they can be brought back only by "+
			"undeleting the vault, while the service keeps it.", detail, tfvalue.Listed(vmsOf(holds.SoftDeleted))))
	}
}

// emptying says what becomes of what a vault holds when it is deleted.
func (r *vaultResource) emptying(force bool, v vault.Vault) string {
	immutability := v.ImmutabilityState()
	switch {
	case !force:
		return "The service refuses to delete it while they are there. Unless they leave in the same apply, with their backups, it fails; force_destroy = true " +
			"deletes them with their backups, after an apply that sets it."
	case immutability != vault.ImmutabilityDisabled:
		return fmt.Sprintf("force_destroy = true, but immutability is %s, and the service refuses to delete their backups before they expire.", immutability)
	}
	return "force_destroy = true: all of them are deleted with their backups."
}

// replacedVault is a vault that is to be replaced.
type replacedVault struct {
	id      arm.ID
	by      vaultModel       // the plan of the one in its place
	changes []tfvalue.Change // what takes the replacement; none when it is -replace or a taint
	// consent is force_destroy, in the state already.
	consent bool
}

// checkContents refuses to replace a vault that holds backups by an empty one of the same name, which is how backups are lost:
// deleting the vault either fails half-way or takes them along. Under another name, or with force_destroy, it says what there is.
func (r *vaultResource) checkContents(ctx context.Context, old replacedVault, diags *diag.Diagnostics) {
	holds, err := r.run.vaults.Contents(ctx, old.id)
	if err == nil && holds.Empty() {
		return
	}
	label := fmt.Sprintf("Vault %q in resource group %q", old.id.Name, old.id.ResourceGroup)
	detail := fmt.Sprintf("%s is to be replaced%s.", label, tfvalue.Because(old.changes))
	if len(holds.Protected)+len(holds.Unreadable)+holds.Others > 0 {
		detail += " It holds " + held(vmsOf(holds.Protected), holds) + "."
	}
	if len(holds.SoftDeleted) > 0 {
		detail += fmt.Sprintf(" It keeps deleted backups of: %s.", tfvalue.Listed(vmsOf(holds.SoftDeleted)))
	}
	ownName := !old.by.Name.IsUnknown() && !old.by.SubscriptionID.IsUnknown() &&
		strings.EqualFold(old.by.Name.ValueString(), old.id.Name) && strings.EqualFold(old.by.SubscriptionID.ValueString(), old.id.SubscriptionID)
	const consent = "To give the backups up, set force_destroy = true, apply that, and replace the vault then."
	switch {
	case err != nil && ownName && !old.consent:
		diags.AddAttributeError(path.Root(old.at()), "What the backup vault holds is not known", tfvalue.Problem(detail, err,
			"A vault that holds backups is not replaced by an empty one of the same name. Plan again when the service answers, or "+old.keeping()+" "+consent))
	case err != nil:
		tflog.Warn(ctx, "unable to ask what the vault holds", map[string]any{"vault": old.id.String(), "error": err.Error()})
	case ownName && !old.consent:
		diags.AddAttributeError(path.Root(old.at()), "Backup vault with backups would be replaced under its own name", detail+
			" Terraform would delete it, and them with it, before it makes an empty vault of that name; they do not come back by that.\n\n"+
			"To keep it, "+old.keeping()+" To have the VMs in another place, make a second vault under another name beside it, a backup_vault of its own, and move "+
			"the VMs there; deletion_policy of backup_protected_vm says what becomes of the backups in this one. "+consent)
	case len(holds.Protected)+len(holds.Unreadable)+holds.Others > 0:
		diags.AddWarning("Backup vault is not empty", detail+"\n\n"+r.emptying(old.consent, holds.Vault))
		r.warnOfEmptying(ctx, old.id, old.consent && len(holds.Protected) > 0, diags)
	default:
		diags.AddWarning("Deleted backups leave with the vault", detail+" With the vault they can be brought back only by undeleting the vault, while the service keeps it.")
	}
}

// at is the attribute that takes the replacement, or else the one that the two vaults share.
func (v replacedVault) at() string {
	for _, c := range v.changes {
		return c.Name
	}
	return "name"
}

// keeping says how the vault stays.
func (v replacedVault) keeping() string {
	if len(v.changes) == 0 {
		return "plan without -replace; if it is marked as tainted, take the mark off by `terraform untaint` (or `tofu untaint`) and the address of this resource."
	}
	return "set " + v.at() + " back."
}

// held words what a vault holds: protected VMs by name, those that cannot be understood by id, and a number of items of other
// kinds.
func held(vms []string, holds vault.Contents) string {
	var parts []string
	switch len(vms) {
	case 0:
	case 1:
		parts = append(parts, "1 protected item: "+vms[0])
	default:
		parts = append(parts, fmt.Sprintf("%d protected items: %s", len(vms), tfvalue.Listed(vms)))
	}
	if len(holds.Unreadable) > 0 {
		parts = append(parts, "what may be protected items, but cannot be understood: "+tfvalue.Listed(holds.Unreadable))
	}
	if holds.Others > 0 {
		parts = append(parts, fmt.Sprintf("%d items that are no VMs", holds.Others))
	}
	return strings.Join(parts, ", and ")
}

func vmsOf(items []vault.ProtectedVM) []string {
	var names []string
	for _, item := range items {
		names = append(names, item.VMName())
	}
	return names
}
