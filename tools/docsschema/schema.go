package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// providerAddress is the key that tfplugindocs looks for, whatever the provider's real namespace.
const providerAddress = "registry.terraform.io/hashicorp/backup"

// The types below have the names and the order of Terraform's own JSON. Empty members are left out, as there.
type (
	document struct {
		FormatVersion   string                     `json:"format_version"`
		ProviderSchemas map[string]*providerSchema `json:"provider_schemas"`
	}

	providerSchema struct {
		Provider                 *schema              `json:"provider,omitempty"`
		ResourceSchemas          map[string]*schema   `json:"resource_schemas,omitempty"`
		DataSourceSchemas        map[string]*schema   `json:"data_source_schemas,omitempty"`
		EphemeralResourceSchemas map[string]*schema   `json:"ephemeral_resource_schemas,omitempty"`
		ListResourceSchemas      map[string]*schema   `json:"list_resource_schemas,omitempty"`
		Functions                map[string]*function `json:"functions,omitempty"`
		ResourceIdentitySchemas  map[string]*identity `json:"resource_identity_schemas,omitempty"`
		ActionSchemas            map[string]*action   `json:"action_schemas,omitempty"`
	}

	schema struct {
		Version int64  `json:"version"`
		Block   *block `json:"block"`
	}

	// action has no version, because Terraform keeps nothing of it.
	action struct {
		Block *block `json:"block"`
	}

	block struct {
		Attributes      map[string]*attribute   `json:"attributes,omitempty"`
		BlockTypes      map[string]*nestedBlock `json:"block_types,omitempty"`
		Description     string                  `json:"description,omitempty"`
		DescriptionKind string                  `json:"description_kind,omitempty"`
		Deprecated      bool                    `json:"deprecated,omitempty"`
	}

	nestedBlock struct {
		NestingMode string `json:"nesting_mode,omitempty"`
		Block       *block `json:"block,omitempty"`
		MinItems    int64  `json:"min_items,omitempty"`
		MaxItems    int64  `json:"max_items,omitempty"`
	}

	attribute struct {
		// A tftypes.Type encodes itself as Terraform does: "string", ["list","string"].
		Type            tftypes.Type `json:"type,omitempty"`
		NestedType      *nestedType  `json:"nested_type,omitempty"`
		Description     string       `json:"description,omitempty"`
		DescriptionKind string       `json:"description_kind,omitempty"`
		Deprecated      bool         `json:"deprecated,omitempty"`
		Required        bool         `json:"required,omitempty"`
		Optional        bool         `json:"optional,omitempty"`
		Computed        bool         `json:"computed,omitempty"`
		Sensitive       bool         `json:"sensitive,omitempty"`
		WriteOnly       bool         `json:"write_only,omitempty"`
	}

	nestedType struct {
		Attributes  map[string]*attribute `json:"attributes,omitempty"`
		NestingMode string                `json:"nesting_mode,omitempty"`
	}

	function struct {
		Description        string       `json:"description,omitempty"`
		Summary            string       `json:"summary,omitempty"`
		DeprecationMessage string       `json:"deprecation_message,omitempty"`
		ReturnType         tftypes.Type `json:"return_type"`
		Parameters         []*parameter `json:"parameters,omitempty"`
		VariadicParameter  *parameter   `json:"variadic_parameter,omitempty"`
	}

	parameter struct {
		Name        string       `json:"name,omitempty"`
		Description string       `json:"description,omitempty"`
		IsNullable  bool         `json:"is_nullable,omitempty"`
		Type        tftypes.Type `json:"type"`
	}

	identity struct {
		Version    int64                         `json:"version"`
		Attributes map[string]*identityAttribute `json:"attributes,omitempty"`
	}

	identityAttribute struct {
		Type              tftypes.Type `json:"type,omitempty"`
		Description       string       `json:"description,omitempty"`
		RequiredForImport bool         `json:"required_for_import,omitempty"`
		OptionalForImport bool         `json:"optional_for_import,omitempty"`
	}
)

// describe asks the provider for all its schemas. A diagnostic of severity error is an error, with every such
// diagnostic in it.
func describe(ctx context.Context, server tfprotov6.ProviderServer) (*document, error) {
	schemas, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, fmt.Errorf("get provider schema: %w", err)
	}
	if err := diagnosticsError(schemas.Diagnostics); err != nil {
		return nil, fmt.Errorf("get provider schema: %w", err)
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return nil, fmt.Errorf("get resource identity schemas: %w", err)
	}
	if err := diagnosticsError(identities.Diagnostics); err != nil {
		return nil, fmt.Errorf("get resource identity schemas: %w", err)
	}

	return &document{
		FormatVersion: "1.0",
		ProviderSchemas: map[string]*providerSchema{providerAddress: {
			Provider:                 convertSchema(schemas.Provider),
			ResourceSchemas:          convertMap(schemas.ResourceSchemas, convertSchema),
			DataSourceSchemas:        convertMap(schemas.DataSourceSchemas, convertSchema),
			EphemeralResourceSchemas: convertMap(schemas.EphemeralResourceSchemas, convertSchema),
			ListResourceSchemas:      convertMap(schemas.ListResourceSchemas, convertSchema),
			Functions:                convertMap(schemas.Functions, convertFunction),
			ResourceIdentitySchemas:  convertMap(identities.IdentitySchemas, convertIdentity),
			ActionSchemas:            convertMap(schemas.ActionSchemas, convertAction),
		}},
	}, nil
}

func diagnosticsError(diagnostics []*tfprotov6.Diagnostic) error {
	var found []error
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			found = append(found, fmt.Errorf("%s: %s", d.Summary, d.Detail))
		}
	}
	return errors.Join(found...)
}

func convertMap[From, To any](from map[string]From, convert func(From) To) map[string]To {
	to := make(map[string]To, len(from))
	for name, value := range from {
		to[name] = convert(value)
	}
	return to
}

func convertSchema(s *tfprotov6.Schema) *schema {
	if s == nil {
		return nil
	}
	return &schema{Version: s.Version, Block: convertBlock(s.Block)}
}

func convertAction(a *tfprotov6.ActionSchema) *action {
	if a.Schema == nil {
		return nil
	}
	return &action{Block: convertBlock(a.Schema.Block)}
}

func convertBlock(b *tfprotov6.SchemaBlock) *block {
	if b == nil {
		return nil
	}
	nested := make(map[string]*nestedBlock, len(b.BlockTypes))
	for _, n := range b.BlockTypes {
		nested[n.TypeName] = &nestedBlock{
			NestingMode: strings.ToLower(n.Nesting.String()),
			Block:       convertBlock(n.Block),
			MinItems:    n.MinItems,
			MaxItems:    n.MaxItems,
		}
	}
	return &block{
		Attributes:      convertAttributes(b.Attributes),
		BlockTypes:      nested,
		Description:     b.Description,
		DescriptionKind: strings.ToLower(b.DescriptionKind.String()),
		Deprecated:      b.Deprecated,
	}
}

func convertAttributes(attributes []*tfprotov6.SchemaAttribute) map[string]*attribute {
	converted := make(map[string]*attribute, len(attributes))
	for _, a := range attributes {
		c := &attribute{
			Type:            a.Type,
			Description:     a.Description,
			DescriptionKind: strings.ToLower(a.DescriptionKind.String()),
			Deprecated:      a.Deprecated,
			Required:        a.Required,
			Optional:        a.Optional,
			Computed:        a.Computed,
			Sensitive:       a.Sensitive,
			WriteOnly:       a.WriteOnly,
		}
		if a.NestedType != nil {
			c.Type = nil
			c.NestedType = &nestedType{
				Attributes:  convertAttributes(a.NestedType.Attributes),
				NestingMode: strings.ToLower(a.NestedType.Nesting.String()),
			}
		}
		converted[a.Name] = c
	}
	return converted
}

func convertFunction(f *tfprotov6.Function) *function {
	converted := &function{
		Description:        f.Description,
		Summary:            f.Summary,
		DeprecationMessage: f.DeprecationMessage,
		ReturnType:         f.Return.Type,
	}
	for _, p := range f.Parameters {
		converted.Parameters = append(converted.Parameters, convertParameter(p))
	}
	if f.VariadicParameter != nil {
		converted.VariadicParameter = convertParameter(f.VariadicParameter)
	}
	return converted
}

func convertParameter(p *tfprotov6.FunctionParameter) *parameter {
	return &parameter{Name: p.Name, Description: p.Description, IsNullable: p.AllowNullValue, Type: p.Type}
}

func convertIdentity(s *tfprotov6.ResourceIdentitySchema) *identity {
	attributes := make(map[string]*identityAttribute, len(s.IdentityAttributes))
	for _, a := range s.IdentityAttributes {
		attributes[a.Name] = &identityAttribute{
			Type:              a.Type,
			Description:       a.Description,
			RequiredForImport: a.RequiredForImport,
			OptionalForImport: a.OptionalForImport,
		}
	}
	return &identity{Version: s.Version, Attributes: attributes}
}
