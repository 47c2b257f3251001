package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
)

var _ function.Function = (*normalizeRegionFunction)(nil)

// NewNormalizeRegionFunction makes the function normalize_region.
func NewNormalizeRegionFunction() function.Function { return normalizeRegionFunction{} }

type normalizeRegionFunction struct{}

func (normalizeRegionFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "normalize_region"
}

func (normalizeRegionFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "The canonical name of an Azure region",
		MarkdownDescription: "Gives the canonical name of a region in any spelling: `China East` becomes `chinaeast`, and so does `(China) China East`, as the portal writes it. A region that does not " +
			"exist is an error, with a suggestion when one is near. The function asks no cloud: it knows the regions of this release, open or announced, and those of `BACKUP_EXTRA_REGIONS`.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "region", MarkdownDescription: "The name or display name of a region."},
		},
		Return: function.StringReturn{},
	}
}

func (normalizeRegionFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var region string
	if resp.Error = req.Arguments.Get(ctx, &region); resp.Error != nil {
		return
	}
	if err := checkRegion(region); err != nil {
		resp.Error = tfvalue.ArgumentError(tfvalue.Sentence(err.Error()) + mockAdvice("region", region))
		return
	}
	resp.Error = resp.Result.Set(ctx, catalog.NormalizeRegion(region))
}
