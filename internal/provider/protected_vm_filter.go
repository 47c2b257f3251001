package provider

import (
	"context"
	"errors"
	"iter"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// protectedVMFilter chooses protected VMs. The data source backup_protected_vms and the list resource
// backup_protected_vm have its attributes.
type protectedVMFilter struct {
	VaultID        tfvalue.EqualText `tfsdk:"vault_id"`
	SubscriptionID tfvalue.EqualText `tfsdk:"subscription_id"`
	PolicyName     types.String      `tfsdk:"policy_name"`
}

// protectedVMFilterTexts describes protectedVMFilter's attributes, by name.
func protectedVMFilterTexts() map[string]filterText {
	return map[string]filterText{
		"vault_id": {
			"Only VMs that this vault protects: its ARM id. Default: those of all vaults of the subscription.",
			tfvalue.ARMName,
			[]validator.String{rule("backup vault id", checkVaultID)},
		},
		"subscription_id": {
			"The subscription of the vaults: a UUID. Conflicts with `vault_id`. Default: that of `vault_id`, or else the provider's `subscription_id`.",
			tfvalue.ARMName,
			[]validator.String{
				rule("subscription id", catalog.CheckSubscriptionID), stringvalidator.ConflictsWith(path.MatchRoot("vault_id")),
			},
		},
		"policy_name": {
			"Only VMs that have a policy of this name, in any letter case. Default: those with any policy or none.",
			basetypes.StringType{},
			[]validator.String{stringvalidator.LengthAtLeast(1)},
		},
	}
}

// fill gives the filter the subscription of the vault, or else the provider's, where it names none.
func (f *protectedVMFilter) fill(r *run, diags *diag.Diagnostics) {
	if !f.VaultID.IsNull() {
		if id, err := vault.ParseID(f.VaultID.ValueString()); err == nil {
			f.SubscriptionID = tfvalue.ARMName.Value(id.SubscriptionID)
		}
		return
	}
	vaults := vaultFilter{SubscriptionID: f.SubscriptionID}
	vaults.fillSubscription(r, "subscription_id", diags)
	f.SubscriptionID = vaults.SubscriptionID
}

// foundVM is a protected VM with the vault that protects it.
type foundVM struct {
	vault.ProtectedVM
	vault vault.Vault
}

// items yields the protected VMs that pass the filter, vault by vault, soft-deleted ones included. A vault is asked only
// when another VM is wanted, and one of a list not at all when it never had a VM. An error is yielded last, but for one that is
// about one object alone. list is how the VMs of a vault are listed.
func (f protectedVMFilter) items(ctx context.Context, client *vault.Client, list func(context.Context, arm.ID) iter.Seq2[vault.ProtectedVM, error]) iter.Seq2[foundVM, error] {
	return func(yield func(foundVM, error) bool) {
		for v, err := range f.vaults(ctx, client) {
			if err != nil {
				if !yield(foundVM{}, err) || !arm.IsUnreadable(err) {
					return
				}
				continue
			}
			if !v.RedundancyLocked && f.VaultID.IsNull() {
				continue
			}
			for item, err := range list(ctx, v.ID) {
				if err == nil {
					err = ctx.Err()
				}
				if f.VaultID.IsNull() && arm.IsNotFound(err) {
					if _, goneErr := client.VaultOrGone(ctx, v.ID); vault.IsGone(goneErr) {
						break // since it was listed
					}
				}
				if err == nil && !f.matches(item) {
					continue
				}
				if !yield(foundVM{item, v}, err) || err != nil && !arm.IsUnreadable(err) {
					return
				}
			}
		}
	}
}

// vaults yields the vaults to look into.
func (f protectedVMFilter) vaults(ctx context.Context, client *vault.Client) iter.Seq2[vault.Vault, error] {
	if f.VaultID.IsNull() {
		return client.List(ctx, f.SubscriptionID.ValueString(), "")
	}
	return func(yield func(vault.Vault, error) bool) {
		id, err := vault.ParseID(f.VaultID.ValueString())
		if err != nil {
			yield(vault.Vault{}, err)
			return
		}
		v, err := client.VaultOrGone(ctx, id)
		if arm.IsUnreadable(err) {
			err = errors.New(err.Error()) // asked for by itself, it is not passed over
		}
		yield(v, err)
	}
}

func (f protectedVMFilter) matches(item vault.ProtectedVM) bool {
	if f.PolicyName.IsNull() {
		return true
	}
	policy, err := vault.ParsePolicyID(item.PolicyID)
	return err == nil && strings.EqualFold(policy.Name, f.PolicyName.ValueString())
}

// addListError says that the VMs could not be listed.
func (f protectedVMFilter) addListError(diags *diag.Diagnostics, err error) {
	of, advice := "subscription "+f.SubscriptionID.ValueString(), ""
	if !f.VaultID.IsNull() {
		of = "vault " + f.VaultID.ValueString()
		if vault.IsGone(err) {
			advice = tfvalue.GoneAdvice
		}
	}
	diags.AddError("Unable to list protected VMs", tfvalue.Problem("VMs of "+of, err, advice))
}
