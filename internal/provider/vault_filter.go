package provider

import (
	"context"
	"iter"
	"path"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	tfpath "github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// vaultFilter chooses vaults. The data source backup_vaults and the list resource backup_vault have its attributes.
type vaultFilter struct {
	SubscriptionID    tfvalue.EqualText `tfsdk:"subscription_id"`
	ResourceGroupName tfvalue.EqualText `tfsdk:"resource_group_name"`
	Region            tfvalue.EqualText `tfsdk:"region"`
	NamePattern       types.String      `tfsdk:"name_pattern"`
	State             types.String      `tfsdk:"state"`
	Tags              types.Map         `tfsdk:"tags"`
}

// filterText describes a filter of type string; data sources and list resources have schema types of their own.
type filterText struct {
	markdown   string
	kind       basetypes.StringTypable
	validators []validator.String
}

// vaultFilterTexts describes vaultFilter's attributes but tags, by name.
func vaultFilterTexts(e *environments) map[string]filterText {
	return map[string]filterText{
		"subscription_id": {
			"The subscription: a UUID. Default: the provider's `subscription_id`.",
			tfvalue.ARMName,
			[]validator.String{rule("subscription id", catalog.CheckSubscriptionID)},
		},
		"resource_group_name": {
			"Only vaults of this resource group. Default: those of all groups.",
			tfvalue.ARMName,
			[]validator.String{rule("resource group name", catalog.CheckResourceGroupName)},
		},
		"region": {
			"Only vaults in this region, in any spelling. Default: those of all regions.",
			tfvalue.Region,
			[]validator.String{regionValidator{e}},
		},
		"name_pattern": {
			"Only vaults whose name matches: `*` stands for any characters, `?` for one, `[ab]` for one of these. Letter " +
				"case does not matter. Default: all names.",
			basetypes.StringType{},
			[]validator.String{rule("name pattern", checkNamePattern)},
		},
		"state": {
			"Only vaults in this state: `Creating`, `Active`, `Updating`, `Deleting` or `Failed`. Default: those in any state.",
			basetypes.StringType{},
			[]validator.String{stringvalidator.OneOf(vaultStates()...)},
		},
	}
}

// vaultFilterTags describes vaultFilter's tags.
const vaultFilterTags = "Only vaults that have all of these tags, with these values; letter case of the names does not matter, that of the values does. Default: vaults with any tags or none."

// vaultStates are the allowed values of the filter state.
func vaultStates() []string {
	var names []string
	for _, state := range vault.States() {
		names = append(names, string(state))
	}
	return names
}

// fillSubscription gives the filter the provider's subscription where it names none. at is the attribute of the block that
// would name one.
func (f *vaultFilter) fillSubscription(r *run, at string, diags *diag.Diagnostics) {
	if f.SubscriptionID.IsNull() {
		f.SubscriptionID = tfvalue.ARMName.Of(r.subscriptionID)
	}
	switch {
	case f.SubscriptionID.IsUnknown():
		addNotKnownYet(diags, "subscription_id", tfpath.Root(at), "Set "+at+" in this block, so that it needs no default")
	case f.SubscriptionID.IsNull():
		r.addMissingSubscription(diags)
	}
}

// vaults yields the vaults that pass the filter, in the service's order, and fetches no more of them than are taken.
// An error is yielded last, but for one that is about one vault alone.
func (f vaultFilter) vaults(ctx context.Context, client *vault.Client, diags *diag.Diagnostics) iter.Seq2[vault.Vault, error] {
	tags, _ := stringMap(ctx, f.Tags, diags)
	return func(yield func(vault.Vault, error) bool) {
		for v, err := range client.List(ctx, f.SubscriptionID.ValueString(), f.ResourceGroupName.ValueString()) {
			if err == nil {
				err = ctx.Err()
			}
			if err == nil && !f.matches(v, tags) {
				continue
			}
			if !yield(v, err) || err != nil && !arm.IsUnreadable(err) {
				return
			}
		}
	}
}

// matches tells whether a vault passes every filter that is set; the resource group is the service's to filter.
func (f vaultFilter) matches(v vault.Vault, tags map[string]string) bool {
	if !f.Region.IsNull() && !f.Region.Same(tfvalue.Region.Value(v.Region)) {
		return false
	}
	if !f.State.IsNull() && f.State.ValueString() != string(v.State) {
		return false
	}
	if !f.NamePattern.IsNull() {
		matched, err := path.Match(strings.ToLower(f.NamePattern.ValueString()), strings.ToLower(v.ID.Name))
		if err != nil || !matched {
			return false
		}
	}
	return vault.HasTags(*v.Settings.Tags, tags)
}

// addListError says that the vaults could not be listed.
func (f vaultFilter) addListError(diags *diag.Diagnostics, err error) {
	diags.AddError("Unable to list backup vaults", tfvalue.Problem("Vaults of subscription "+f.SubscriptionID.ValueString(), err, ""))
}
