package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
)

var _ function.Function = (*vaultsByRegionFunction)(nil)

// NewVaultsByRegionFunction makes the function vaults_by_region.
func NewVaultsByRegionFunction() function.Function { return vaultsByRegionFunction{} }

type vaultsByRegionFunction struct{}

func (vaultsByRegionFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "vaults_by_region"
}

func (vaultsByRegionFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "The vaults that virtual machines need, one per region",
		MarkdownDescription: "A vault protects only VMs of its own region. From a map of VMs this makes what `for_each` of the vaults takes: a map with " +
			"the canonical name of each region that VMs are in, and the sorted keys of those VMs. `China East` and `chinaeast` are one region. " +
			"A region that does not exist is an error, with a suggestion when one is near; The function asks no cloud: it knows the regions of this release, open or announced, and those of `BACKUP_EXTRA_REGIONS`.",
		Parameters: []function.Parameter{
			// Terraform drops other attributes when it converts to this type. That matters: the id of a VM that is yet to
			// be made is unknown, and would make the result unknown.
			function.MapParameter{
				Name: "vms",
				MarkdownDescription: "The VMs: a map of objects with the attribute `region`. Other attributes are ignored, and may be unknown. The keys " +
					"are of your choice.",
				ElementType: types.ObjectType{AttrTypes: map[string]attr.Type{"region": types.StringType}},
			},
		},
		Return: function.MapReturn{ElementType: types.ListType{ElemType: types.StringType}},
	}
}

func (vaultsByRegionFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var vms map[string]types.Object
	if resp.Error = req.Arguments.Get(ctx, &vms); resp.Error != nil {
		return
	}
	vaults := map[string][]string{}
	for _, key := range slices.Sorted(maps.Keys(vms)) {
		region, ok := vms[key].Attributes()["region"].(types.String)
		if !ok || region.IsNull() {
			resp.Error = tfvalue.ArgumentError(fmt.Sprintf("The VM %q has no region. Give it a region, or leave it out of the map.", key))
			return
		}
		if err := checkRegion(region.ValueString()); err != nil {
			resp.Error = tfvalue.ArgumentError(fmt.Sprintf("The region of the VM %q: %s", key, tfvalue.Sentence(err.Error())))
			return
		}
		name := catalog.NormalizeRegion(region.ValueString())
		vaults[name] = append(vaults[name], key)
	}
	resp.Error = resp.Result.Set(ctx, vaults)
}
