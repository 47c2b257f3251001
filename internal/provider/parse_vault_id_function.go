package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

var _ function.Function = (*parseVaultIDFunction)(nil)

// NewParseVaultIDFunction makes the function parse_vault_id.
func NewParseVaultIDFunction() function.Function { return parseVaultIDFunction{} }

type parseVaultIDFunction struct{}

func (parseVaultIDFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "parse_vault_id"
}

func (parseVaultIDFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "The parts of a backup vault's ARM id",
		MarkdownDescription: "Takes the ARM id of a backup vault apart, whatever its letter case, into an object with `subscription_id`, " +
			"`resource_group_name`, `name` and `id`, the id in ARM's usual spelling.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "id", MarkdownDescription: "The ARM id of a backup vault."},
		},
		Return: function.ObjectReturn{AttributeTypes: map[string]attr.Type{
			"subscription_id": types.StringType, "resource_group_name": types.StringType, "name": types.StringType, "id": types.StringType,
		}},
	}
}

func (parseVaultIDFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var id string
	if resp.Error = req.Arguments.Get(ctx, &id); resp.Error != nil {
		return
	}
	parsed, err := vault.ParseID(id)
	if err != nil {
		resp.Error = tfvalue.ArgumentError(tfvalue.Sentence(err.Error()) + mockAdvice("backup vault id", id))
		return
	}
	resp.Error = resp.Result.Set(ctx, struct {
		SubscriptionID    string `tfsdk:"subscription_id"`
		ResourceGroupName string `tfsdk:"resource_group_name"`
		Name              string `tfsdk:"name"`
		ID                string `tfsdk:"id"`
	}{parsed.SubscriptionID, parsed.ResourceGroup, parsed.Name, parsed.String()})
}
