package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// virtualMachinesValidator checks the inventory of the embedded service. Its messages name the VM, because Terraform
// does not show the path of a nested attribute.
type virtualMachinesValidator struct{}

func (virtualMachinesValidator) Description(context.Context) string {
	return "the keys must be ARM ids of virtual machines, the values regions"
}

func (v virtualMachinesValidator) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

func (virtualMachinesValidator) ValidateMap(_ context.Context, req validator.MapRequest, resp *validator.MapResponse) {
	checkVirtualMachines(req.ConfigValue, req.Path, &resp.Diagnostics)
}

// checkVirtualMachines checks the inventory. Configure does so as well: `terraform test` may configure a provider without
// having its block validated.
func checkVirtualMachines(vms types.Map, p path.Path, diags *diag.Diagnostics) {
	const summary = "Invalid virtual machine"
	elements := vms.Elements()
	seen := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(elements)) {
		at := p.AtMapKey(key)
		id, err := vault.ParseVMID(key)
		if err != nil {
			diags.AddAttributeError(at, summary, tfvalue.Sentence(err.Error()))
			continue
		}
		if other, twice := seen[id.Key()]; twice {
			diags.AddAttributeError(at, summary, fmt.Sprintf(
				"The ids %q and %q are one virtual machine's: letter case makes no difference. Leave one of them out.", other, key))
		}
		seen[id.Key()] = key
		region, ok := elements[key].(types.String)
		switch {
		case !ok || region.IsUnknown():
		case region.IsNull():
			diags.AddAttributeError(at, summary, fmt.Sprintf("The virtual machine %q has no region. Give it one, or leave it out.", key))
		default:
			if err := checkRegion(region.ValueString()); err != nil {
				diags.AddAttributeError(at, summary, fmt.Sprintf("The virtual machine %q: %s", key, tfvalue.Sentence(err.Error())))
			}
		}
	}
}

// subscriptionsValidator checks the subscriptions of the embedded service beyond their ids.
type subscriptionsValidator struct{}

func (subscriptionsValidator) Description(context.Context) string {
	return "every subscription must have a display name"
}

func (v subscriptionsValidator) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

func (subscriptionsValidator) ValidateMap(_ context.Context, req validator.MapRequest, resp *validator.MapResponse) {
	checkSubscriptions(req.ConfigValue, req.Path, &resp.Diagnostics)
}

func checkSubscriptions(subscriptions types.Map, p path.Path, diags *diag.Diagnostics) {
	checkValues(subscriptions, p, "Invalid subscription", "The subscription %q has no display name. Give it one, or leave it out.", diags)
}
