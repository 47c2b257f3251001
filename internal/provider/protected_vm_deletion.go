package provider

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// checkDeletion says what becomes of the backups of a VM that is not going to be protected any more, and refuses to plan what
// the vault refuses. It is planned before the vault's own end, if that comes in the same run, so that what it says
// has to be true of both. count is how many recovery points there are, nil when it is only known that there are some, or not
// even that.
func (r *protectedVMResource) checkDeletion(ctx context.Context, id arm.ID, state protectedVMModel, count *int64, fate string, diags *diag.Diagnostics) {
	points := "its recovery points"
	switch {
	case count == nil:
	case *count == 0:
		points = "it has no recovery points yet; those taken until then"
	case *count == 1:
		points = "its recovery point, and any taken until then,"
	default:
		points = fmt.Sprintf("its %d recovery points", *count)
	}
	const summary = "Backups of a VM end"
	policy := cmp.Or(state.DeletionPolicy.ValueString(), deletionDelete)
	detail := fmt.Sprintf("%s: the protection is to be %s, with deletion_policy = %q. What becomes of the backups: ", protectedVMLabel(state), fate, policy)
	v, err := r.run.vaults.Get(ctx, id)
	switch {
	case err != nil:
	case policy == deletionDelete:
		defer r.run.warnGuardedOf(ctx, v, protectedVMLabel(state), diags, catalog.DeleteBackups)
	case policy == deletionRetain:
		defer r.run.warnGuardedOf(ctx, v, protectedVMLabel(state), diags, catalog.StopBackups)
	}
	immutability := v.ImmutabilityState()
	soft := v.Settings.SoftDelete
	switch {
	case policy == deletionRetain:
		diags.AddWarning(summary, detail+points+" stay in the vault for ever, and until they are deleted the vault cannot be deleted. Another vault can protect the VM.")
	case policy == deletionSuspend && err == nil && immutability == vault.ImmutabilityDisabled:
		diags.AddError("Vault is not immutable", fmt.Sprintf("%sthe service refuses to suspend them, since the vault %q is not immutable.\n\n%s",
			detail, id.Name, otherPolicies(deletionRetain, deletionDelete)))
	case policy == deletionSuspend:
		diags.AddWarning(summary, detail+points+" stay in the vault until they expire by the policy, the last until it is deleted, and the vault cannot be deleted meanwhile. Another vault can protect the VM.")
	case err != nil:
		diags.AddWarning(summary, detail+points+" are deleted.")
	case immutability != vault.ImmutabilityDisabled:
		r.checkImmutableDeletion(v, detail+points+" are deleted", count == nil || *count > 0, diags)
	case soft != nil && soft.State == "Disabled":
		diags.AddWarning(summary, detail+points+" are deleted for good: the vault has no soft delete.")
	case soft == nil || soft.RetentionDays == 0:
		diags.AddWarning(summary, detail+points+" are deleted, and kept soft-deleted for a while, the vault does not say for how long. "+comingBack)
	default:
		until := r.run.vaults.Now().Add(time.Duration(soft.RetentionDays) * 24 * time.Hour)
		diags.AddWarning(summary, fmt.Sprintf("%s%s are deleted and kept soft-deleted until about %s. %s", detail, points, utc(until), comingBack))
	}
}

// countPoints is how many recovery points an item has; nil when it has some, and nobody says how many.
func (r *protectedVMResource) countPoints(ctx context.Context, item vault.ProtectedVM) *int64 {
	count := item.RecoveryPoints
	if count == nil {
		if exact, err := r.run.vaults.RecoveryPointCount(ctx, item.ID); err == nil {
			count = exact
		}
	}
	return countOrNull(count).ValueInt64Pointer()
}

// comingBack is how deleted backups come back.
const comingBack = "Until then a backup_protected_vm for the same VM and vault brings them back. If the vault is deleted too, they go with it, and come back only by " +
	"undeleting the vault."

// endReplaced says what becomes of the backups of a protection that is replaced by one of the same VM in the same vault, because it
// is tainted or by -replace. What it says of -replace Terraform shows only when it is an error.
func (r *protectedVMResource) endReplaced(ctx context.Context, plan protectedVMModel, item vault.ProtectedVM, diags *diag.Diagnostics) {
	known, _ := r.run.state.get(item.ID)
	old := plan
	old.DeletionPolicy = types.StringValue(cmp.Or(known.deletionPolicy, deletionDelete))
	var said diag.Diagnostics
	r.checkDeletion(ctx, item.ID.Vault, old, r.countPoints(ctx, item), "replaced", &said)
	const keeping = "\n\nTo keep the protection as it is, plan without -replace; if it is marked as tainted, take the mark off by `terraform untaint` (or `tofu untaint`) and the " +
		"address of this resource."
	for _, d := range said {
		if d.Severity() == diag.SeverityError {
			diags.AddError(d.Summary(), d.Detail()+keeping)
		} else {
			diags.AddWarning(d.Summary(), d.Detail()+keeping)
		}
	}
}

// checkImmutableDeletion is checkDeletion in a vault that keeps backups until they expire.
func (r *protectedVMResource) checkImmutableDeletion(v vault.Vault, detail string, points bool, diags *diag.Diagnostics) {
	if intended, planned := r.run.plans.vault(v.ID); planned && intended.becomesMutable {
		diags.AddWarning("Backups of a VM end", detail+", if the vault, whose immutability this apply disables, has been changed by then. If it has not, the service refuses; then apply again.")
		return
	}
	immutability := v.ImmutabilityState()
	refuses := ", which the service refuses"
	if !points {
		refuses = ", unless there is one by then, which makes the service refuse"
	}
	detail += fmt.Sprintf(refuses+": the immutability of the vault is %s, so backups stay until they expire.\n\n%s",
		immutability, otherPolicies(deletionRetain, deletionSuspend))
	if immutability == vault.ImmutabilityUnlocked {
		detail += fmt.Sprintf(" Or set immutability = %q of the vault, and apply that first.", vault.ImmutabilityDisabled)
	}
	if points {
		diags.AddError("Immutable vault keeps the backups of a VM", detail)
		return
	}
	diags.AddWarning("Backups of a VM end", detail)
}

// otherPolicies is what to do when the service refuses the deletion policy there is.
func otherPolicies(these ...string) string {
	meaning := map[string]string{
		deletionDelete: "with which they are deleted", deletionRetain: "with which they stay for ever", deletionSuspend: "with which they stay until they expire",
	}
	var parts []string
	for _, policy := range these {
		parts = append(parts, fmt.Sprintf("%q, %s", policy, meaning[policy]))
	}
	return "Set deletion_policy = " + strings.Join(parts, ", or ") + ", and apply that; then go on."
}
