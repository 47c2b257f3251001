package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tflog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// checkGuardID takes the id of a resource guard, and an empty text for none.
func checkGuardID(id string) error {
	if id == "" || catalog.IsResourceGuardID(id) {
		return nil
	}
	return fmt.Errorf("%q is not the id of a resource guard (/subscriptions/<uuid>/resourceGroups/<group>/providers/%s/<name>), nor \"\" for none",
		id, catalog.ResourceGuardType)
}

// guardValue is the guard that the service says, nil for not at all. No guard is null, unless it was written as "".
func guardValue(was tfvalue.EqualText, id *string) tfvalue.EqualText {
	switch {
	case id == nil && was.IsUnknown(), id != nil && *id == "" && (was.IsUnknown() || was.ValueString() != ""):
		return tfvalue.ARMName.Null()
	case id == nil, *id == "":
		return was
	}
	return tfvalue.Keep(was, tfvalue.ARMName.Value(*id))
}

// setGuard gives a vault the guard that is planned.
func (r *vaultResource) setGuard(ctx context.Context, v vault.Vault, plan vaultModel) (vault.Vault, error) {
	if plan.ResourceGuardID.ValueString() == "" {
		return v, nil
	}
	guard, err := r.run.vaults.SetGuard(ctx, v.ID, plan.ResourceGuardID.ValueString())
	if err == nil {
		v.GuardID = &guard.ID
	}
	return v, err
}

// applyGuarded changes the settings of a vault and its guard: first takes away the guard that goes, so that the rest needs no
// access to it, and gives the one that comes last.
func (r *vaultResource) applyGuarded(ctx context.Context, v vault.Vault, settings vault.Settings, plan, state vaultModel, progress func(vault.State)) (vault.Vault, error) {
	changes := !plan.ResourceGuardID.IsUnknown() && !tfvalue.SameText(plan.ResourceGuardID, state.ResourceGuardID)
	if changes && state.ResourceGuardID.ValueString() != "" {
		if _, err := r.run.vaults.SetGuard(ctx, v.ID, ""); err != nil {
			return v, err
		}
	}
	v, err := r.run.vaults.Apply(ctx, v, settings, progress)
	if err != nil || !changes {
		return v, err
	}
	v.GuardID = new(string)
	return r.setGuard(ctx, v, plan)
}

// warnOfGuard warns of the changes of a vault that its guard protects.
func (r *vaultResource) warnOfGuard(ctx context.Context, plan, state vaultModel, diags *diag.Diagnostics) {
	if state.ResourceGuardID.ValueString() == "" {
		return
	}
	id := state.armID()
	ops := plan.settings(ctx, diags).CriticalChanges(vault.Vault{ID: id, Settings: state.settings(ctx, diags)})
	if !plan.ResourceGuardID.IsUnknown() && !tfvalue.SameText(plan.ResourceGuardID, state.ResourceGuardID) {
		ops = []catalog.CriticalOperation{catalog.RemoveGuard} // after which the rest is not guarded any more
	}
	r.run.warnGuarded(ctx, id, vaultLabel(state), diags, ops...)
}

// warnOfEmptying warns that the guard of a vault protects the backups that go with it.
func (r *vaultResource) warnOfEmptying(ctx context.Context, id arm.ID, deletes bool, diags *diag.Diagnostics) {
	if deletes {
		r.run.warnGuarded(ctx, id, fmt.Sprintf("Vault %q in resource group %q", id.Name, id.ResourceGroup), diags, catalog.DeleteBackups)
	}
}

// warnGuarded warns of the operations of a plan that the vault's resource guard protects.
func (r *run) warnGuarded(ctx context.Context, id arm.ID, label string, diags *diag.Diagnostics, ops ...catalog.CriticalOperation) {
	if len(ops) == 0 {
		return
	}
	v, err := r.vaults.Get(ctx, id)
	if err != nil {
		tflog.Debug(ctx, "unable to read the vault", map[string]any{"vault": id.String(), "error": err.Error()})
		return
	}
	r.warnGuardedOf(ctx, v, label, diags, ops...)
}

// warnGuardedOf is warnGuarded of a vault that was read.
func (r *run) warnGuardedOf(ctx context.Context, v vault.Vault, label string, diags *diag.Diagnostics, ops ...catalog.CriticalOperation) {
	guard, err := r.vaults.GuardOf(ctx, v)
	if err != nil {
		tflog.Debug(ctx, "unable to read the resource guard", map[string]any{"vault": v.ARMID, "error": err.Error()})
		return
	}
	var guarded []string
	for _, op := range ops {
		if guard.Protects(op) {
			guarded = append(guarded, fmt.Sprintf("%s (%s)", op.What(), op))
		}
	}
	if len(guarded) > 0 {
		diags.AddWarning("A resource guard protects what is planned", fmt.Sprintf("%s: the resource guard %s protects what this plan does: %s. The apply needs access to "+
			"the guard for it. %s", label, guard.ID, tfvalue.Listed(guarded), accessAdvice))
	}
}

// accessAdvice is how one comes by access to a guard.
const accessAdvice = "Ask the owner of the guard for the role Backup MUA Operator on it, such as by Privileged Identity Management, which grants it for a while."

// guardAdvice is what to do about a refusal by a guard, or else the advice there is.
func guardAdvice(err error, otherwise string) string {
	var refused *vault.GuardedError
	switch {
	case errors.As(err, &refused):
		return fmt.Sprintf("The resource guard %s protects this: it takes access to the guard %s. %s Then apply again.", refused.Guard, refused.Operation.What(), accessAdvice)
	case arm.HasCode(err, "LinkedAuthorizationFailed"):
		return "A resource guard of the vault may protect this. " + accessAdvice + " Then apply again."
	}
	return otherwise
}
