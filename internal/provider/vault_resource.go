package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/backend"
	"github.com/azurebackup/terraform-provider-backup/internal/tflog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

var (
	_ resource.Resource                   = (*vaultResource)(nil)
	_ resource.ResourceWithConfigure      = (*vaultResource)(nil)
	_ resource.ResourceWithValidateConfig = (*vaultResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*vaultResource)(nil)
	_ resource.ResourceWithImportState    = (*vaultResource)(nil)
	_ resource.ResourceWithIdentity       = (*vaultResource)(nil)
)

// readTimeout bounds what only reads.
const readTimeout = 5 * time.Minute

// vaultTimeouts are the timeouts of a vault.
var vaultTimeouts = resourceTimeouts{
	create: operationTimeout{"How long to wait for a new vault to become Active", 30 * time.Minute},
	read:   operationTimeout{"How long reading the vault may take", readTimeout},
	update: operationTimeout{"How long to wait for a change to be applied", 30 * time.Minute},
	delete: operationTimeout{"How long to wait for the vault to be gone", 30 * time.Minute},
}

// pendingKey marks, in private state, an object that the service accepted and that was not finished in time.
const pendingKey = "pending"

// pendingMark is the marker's value; private state holds JSON.
var pendingMark = []byte(`{"operation":"create"}`)

// NewVaultResource makes the resource backup_vault.
func NewVaultResource(e *environments) resource.Resource { return &vaultResource{environments: e} }

type vaultResource struct {
	run          *run
	environments *environments
}

func (r *vaultResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_vault"
}

func (r *vaultResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.run = runFrom(req.ProviderData, &resp.Diagnostics)
}

func (r *vaultResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan vaultModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	r.run.fillDefaults(&plan, func(name string) bool { return tfvalue.IsUnset(req.Config.Raw, name) }, &resp.Diagnostics)
	timeout, diags := plan.Timeouts.Create(ctx, vaultTimeouts.create.after)
	resp.Diagnostics.Append(diags...)
	settings := plan.settings(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := limited(ctx, plan.Timeouts.Attributes(), "create", timeout)
	defer cancel()

	id, name := plan.armID(), r.run.nameOf(plan.armID())
	if !r.run.plans.make(id, name) {
		r.run.addNameTwice(id, &resp.Diagnostics)
		return
	}
	made := false
	defer func() {
		if !made {
			r.run.plans.unmake(id, name)
		}
	}()
	if r.checkNameFree(ctx, plan, nil, &resp.Diagnostics); resp.Diagnostics.HasError() {
		return
	}
	if r.register(ctx, plan, &resp.Diagnostics); resp.Diagnostics.HasError() {
		return
	}
	accepted, err := r.run.vaults.BeginCreate(ctx, id, plan.Region.ValueString(), settings)
	if err != nil {
		r.addCreateError(ctx, &resp.Diagnostics, plan, accepted, err)
		return
	}
	made = true
	resp.Diagnostics.Append(markOwner(ctx, resp.Private)...)
	progress := logProgress(ctx, plan.Name.ValueString())
	v, err := r.run.vaults.WaitActive(ctx, accepted, progress)
	if err == nil {
		v, err = r.run.vaults.Apply(ctx, v, settings, progress)
	}
	if err == nil {
		v, err = r.setGuard(ctx, v, plan)
	}
	// However it ended, the vault there is goes into the state.
	r.save(ctx, plan, v, &resp.State, resp.Identity, &resp.Diagnostics)
	switch {
	case err == nil:
		r.finish(settings, v, req.Plan.Raw, &resp.State, &resp.Diagnostics)
	case vault.IsUnsure(err):
		// Terraform takes any other value than the planned one for an error; the marker says that they are not reached.
		resp.Diagnostics.Append(tfvalue.KeepPlanned(req.Plan.Raw, &resp.State)...)
		addUnfinished("Creation of backup vault", vaultLabel(plan), err, "The next apply waits until it is Active.", &resp.Diagnostics)
		resp.Diagnostics.Append(resp.Private.SetKey(context.WithoutCancel(ctx), pendingKey, pendingMark)...)
	default:
		resp.Diagnostics.AddError("Backup vault was not completed", tfvalue.Problem(vaultLabel(plan), err,
			"The vault is in the state, marked as tainted: the next apply would replace it. To keep it, and have the next apply complete it, take the mark off "+
				"by `terraform untaint` (or `tofu untaint`) and the address of this resource."))
	}
}

func (r *vaultResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state vaultModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	lookOnce(ctx, vaultModels, state, func() *look[vaultModel] { return r.look(ctx, state, req.Private) }).save(ctx, resp)
}

// look asks the service for a vault of the state.
func (r *vaultResource) look(ctx context.Context, state vaultModel, private tfvalue.PrivateReader) *look[vaultModel] {
	l := &look[vaultModel]{of: state}
	state.fillFromID(ctx)
	l.identity = state.identity()
	timeout, diags := state.Timeouts.Read(ctx, vaultTimeouts.read.after)
	l.diags.Append(diags...)
	if l.diags.HasError() {
		return l
	}
	if r.run.keepsState() {
		l.fate = kept
		return l
	}
	ctx, cancel := limited(ctx, state.Timeouts.Attributes(), "read", timeout)
	defer cancel()

	r.run.state.read(state.armID())
	r.run.warnOfTwoAddresses(ctx, state.armID(), vaultLabel(state), private, &l.diags)
	v, err := r.run.vaults.VaultOrGone(ctx, state.armID())
	if vault.IsGone(err) {
		l.diags.AddWarning("Backup vault is gone", fmt.Sprintf(
			"%s no longer exists and is removed from the state.%s The next apply creates it again, empty.", vaultLabel(state), goneWith(err)))
		r.run.state.forget(state.armID())
		l.fate = gone
		return l
	}
	if err != nil {
		l.diags.AddError("Unable to read backup vault", tfvalue.Problem(vaultLabel(state), err, ""))
		return l
	}
	l.finished = v.State == vault.Active
	usage, err := r.run.vaults.Usage(ctx, v)
	if err != nil {
		l.diags.AddError("Unable to read what the backup vault holds", tfvalue.Problem(vaultLabel(state), err, ""))
		return l
	}
	if v, err = r.run.vaults.WithGuard(ctx, v); err != nil {
		l.diags.AddError("Unable to read the resource guard of the backup vault", tfvalue.Problem(vaultLabel(state), err, ""))
		return l
	}
	l.fate, l.is = found, state
	l.is.Usage = usageValue(usage, &l.diags)
	l.diags.Append(l.is.take(context.WithoutCancel(ctx), v)...)
	l.identity = l.is.identity()
	return l
}

func (r *vaultResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state vaultModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := plan.Timeouts.Update(ctx, vaultTimeouts.update.after)
	resp.Diagnostics.Append(diags...)
	settings := plan.settings(ctx, &resp.Diagnostics)
	prior := vault.Vault{ID: state.armID(), Settings: state.settings(ctx, &resp.Diagnostics), State: vault.Active}
	pending, diags := req.Private.GetKey(ctx, pendingKey)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := limited(ctx, plan.Timeouts.Attributes(), "update", timeout)
	defer cancel()
	progress := logProgress(ctx, plan.Name.ValueString())
	v := prior
	var err error
	if pending != nil || state.State.ValueString() != string(vault.Active) {
		if v, err = r.settle(ctx, state, settings, progress); err == nil {
			resp.Diagnostics.Append(resp.Private.SetKey(ctx, pendingKey, nil)...)
		}
	}
	if err == nil {
		v, err = r.applyGuarded(ctx, v, settings, plan, state, progress)
	}
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, replacedKey, nil)...) // it was for the plan alone
	// What was reached is kept, should a step have failed; the next apply goes on from there.
	r.save(ctx, state, v, &resp.State, resp.Identity, &resp.Diagnostics)
	if err != nil {
		resp.Diagnostics.AddError("Unable to update backup vault", tfvalue.Problem(vaultLabel(plan), err, guardAdvice(err, updateAdvice(err))))
		return
	}
	if resp.Identity != nil {
		// Even when nothing was written; states from before Terraform 1.12 have none.
		resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)
	}
	r.finish(settings, v, req.Plan.Raw, &resp.State, &resp.Diagnostics)
}

// settle brings a vault to Active that an earlier apply left in another state: it waits for one that the service is
// working on, and writes a Failed one again.
func (r *vaultResource) settle(ctx context.Context, state vaultModel, settings vault.Settings, progress func(vault.State)) (vault.Vault, error) {
	v, err := r.run.vaults.Get(ctx, state.armID())
	if err != nil || v.State == vault.Active {
		return v, err
	}
	if v.State == vault.Failed {
		if v, err = r.run.vaults.BeginRepair(ctx, v.ID, settings); err != nil {
			return v, err
		}
	}
	return r.run.vaults.WaitActive(ctx, v, progress)
}

func (r *vaultResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state vaultModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	state.fillFromID(ctx)
	timeout, diags := state.Timeouts.Delete(ctx, vaultTimeouts.delete.after)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := limited(ctx, state.Timeouts.Attributes(), "delete", timeout)
	defer cancel()
	if state.ForceDestroy.ValueBool() && !r.deleteItems(ctx, state, &resp.Diagnostics) {
		return
	}
	if err := r.run.vaults.Delete(ctx, state.armID(), logProgress(ctx, state.Name.ValueString())); err != nil {
		resp.Diagnostics.AddError("Unable to delete backup vault", tfvalue.Problem(vaultLabel(state), err, guardAdvice(err, r.deletionAdvice(ctx, state, err))))
		return
	}
	r.run.plans.release(state.armID(), r.run.nameOf(state.armID()))
	r.run.state.forget(state.armID())
}

// notEmptyCodes are those of the refusal to delete a vault for the sake of what it holds, in all the versions of the service.
var notEmptyCodes = []string{
	"BMSUserErrorVaultDeletionNotAllowed", "BMSUserErrorVaultDeletionNotPermitted", "BMSUserErrorVaultDeletionForbidden",
	"ServiceResourceNotEmptyWithContainerDetails", "ServiceResourceNotEmptyWithBackendMessage",
}

// deletionAdvice says what a vault holds that could not be deleted for that.
func (r *vaultResource) deletionAdvice(ctx context.Context, state vaultModel, err error) string {
	if !arm.HasCode(err, notEmptyCodes...) {
		return ""
	}
	holds, err := r.run.vaults.Contents(ctx, state.armID())
	switch {
	case err != nil || holds.Empty():
		return ""
	case len(holds.Protected)+len(holds.Unreadable)+holds.Others == 0:
		return "It holds nothing but soft-deleted backups, of " + tfvalue.Listed(vmsOf(holds.SoftDeleted)) + ". Here the service keeps a vault until they are purged."
	}
	advice := "It still holds " + held(vmsOf(holds.Protected), holds) + ". Delete these first, with their backups."
	if !state.ForceDestroy.ValueBool() && len(holds.Protected) > 0 {
		advice += " Or set force_destroy = true, with which VMs go along with the vault, and apply that before you destroy it."
	}
	return advice
}

// deleteItems deletes the protected items of a vault with their backups; ok is false when one could not be.
func (r *vaultResource) deleteItems(ctx context.Context, state vaultModel, diags *diag.Diagnostics) (ok bool) {
	for item, err := range r.run.vaults.ProtectedVMs(ctx, state.armID()) {
		if err == nil && !item.SoftDeleted {
			err = r.run.vaults.Unprotect(ctx, item.ID, nil)
		}
		if arm.IsNotFound(err) {
			refusal := err
			if _, err = r.run.vaults.VaultOrGone(ctx, state.armID()); vault.IsGone(err) {
				return true
			}
			err = cmp.Or(err, refusal)
		}
		if err != nil {
			label := vaultLabel(state)
			if name := item.VMName(); name != "" {
				label += fmt.Sprintf(", VM %q", name)
			}
			diags.AddError("Unable to delete a protected item", tfvalue.Problem(label, err, guardAdvice(err, "")))
			return false
		}
	}
	return true
}

// finish ends a write that succeeded: state has the planned values, and what the service chose where none was planned.
// What the service accepted and ignored is said.
func (r *vaultResource) finish(wanted vault.Settings, v vault.Vault, plan tftypes.Value, state *tfsdk.State, diags *diag.Diagnostics) {
	if lacking, ok := wanted.Missing(v); ok {
		addIgnored(fmt.Sprintf("Vault %q", v.ID.Name), lacking, plan, state.Raw, diags)
		return
	}
	diags.Append(tfvalue.KeepPlanned(plan, state)...)
}

// save writes a vault, as the service describes it, over a model into state and identity.
func (r *vaultResource) save(ctx context.Context, m vaultModel, v vault.Vault, state *tfsdk.State, identity *tfsdk.ResourceIdentity, diags *diag.Diagnostics) {
	if v.ARMID == "" {
		return
	}
	// An interrupted context must not keep what is known out of the state.
	ctx = context.WithoutCancel(ctx)
	diags.Append(m.take(ctx, v)...)
	diags.Append(state.Set(ctx, m)...)
	if identity != nil {
		diags.Append(identity.Set(ctx, m.identity())...)
	}
}

// addCreateError explains a refusal; there is the vault in the way, as far as it was seen.
func (r *vaultResource) addCreateError(ctx context.Context, diags *diag.Diagnostics, plan vaultModel, there vault.Vault, err error) {
	if errors.Is(err, vault.ErrExists) {
		if there.ARMID != "" {
			r.run.addNameTaken(diags, plan, there)
			return
		}
		if found, findErr := r.run.vaults.Namesakes(ctx, plan.armID()); len(found) > 0 && findErr == nil {
			r.run.addNameTaken(diags, plan, found[0])
			return
		}
	}
	advice := r.run.placeAdvice(plan, err)
	switch {
	case vault.IsUnsure(err):
		advice = notKnown("the vault", err)
	case arm.HasCode(err, softDeleteCodes...):
		advice = softDeleteAdvice
	case r.run.service.Kind == backend.Served && r.run.vaults.NamesPerGroup && arm.HasCode(err, "Conflict"):
		advice = "If the name is taken in another resource group: the service at the endpoint holds names unique in a subscription. " +
			"Start it with --vault-names-unique-per=resource_group, as the provider's vault_names_unique_per says."
	case isLacking(err):
		advice = lackingAdvice
	}
	diags.AddError("Unable to create backup vault", tfvalue.Problem(vaultLabel(plan), err, advice))
}

// softDeleteCodes are those of the refusals of another soft delete than AlwaysOn.
var softDeleteCodes = []string{"BMSUserErrorSoftDeleteStateNotSetToAlwaysON", "BMSUserErrorDisablingSoftDeleteStateNotAllowed"}

const softDeleteAdvice = "Azure makes every vault with soft delete AlwaysOn, and takes nothing else. Set soft_delete.state = \"AlwaysOn\", or leave it out."

func updateAdvice(err error) string {
	if isLacking(err) {
		return lackingAdvice
	}
	if arm.HasCode(err, softDeleteCodes...) {
		return softDeleteAdvice
	}
	if arm.HasCode(err, "StorageModelModifyError") {
		return "The redundancy is locked since the first VM was registered. Protect the VMs in a new vault that has the redundancy you want."
	}
	if arm.HasCode(err, "UserErrorUnsupportedVaultImmutabilityStateChange") {
		return "Only a vault whose immutability is Unlocked can become Locked, and one that is Locked stays so for ever."
	}
	return goesOn(err, "timeouts.update")
}

// vaultLabel names a vault in messages.
func vaultLabel(m vaultModel) string {
	return fmt.Sprintf("Vault %q in resource group %q", m.Name.ValueString(), m.ResourceGroupName.ValueString())
}

// logEvery is how often a wait is logged while nothing changes.
const logEvery = 30 * time.Second

// logProgress reports the states that the service gives, at the log level INFO: each change, and now and then that it
// is still waited for.
func logProgress(ctx context.Context, name string) func(vault.State) {
	start := time.Now()
	var last vault.State
	var logged time.Time
	return func(state vault.State) {
		if state == last && time.Since(logged) < logEvery {
			return
		}
		last, logged = state, time.Now()
		tflog.Info(ctx, "waiting for backup vault", map[string]any{
			"vault": name, "state": string(state), "waited_ms": time.Since(start).Milliseconds(),
		})
	}
}
