package main

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

var update = flag.Bool("update", false, "write the golden file anew")

// schemaServer answers the two calls that describe makes; any other is a nil dereference.
type schemaServer struct {
	tfprotov6.ProviderServer

	schemas    *tfprotov6.GetProviderSchemaResponse
	identities *tfprotov6.GetResourceIdentitySchemasResponse
}

func (s schemaServer) GetProviderSchema(
	context.Context, *tfprotov6.GetProviderSchemaRequest,
) (*tfprotov6.GetProviderSchemaResponse, error) {
	return s.schemas, nil
}

func (s schemaServer) GetResourceIdentitySchemas(
	context.Context, *tfprotov6.GetResourceIdentitySchemasRequest,
) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return s.identities, nil
}

// everything is a provider with one of each kind of object and each member that has a place in the JSON.
func everything() schemaServer {
	simple := func(name string) *tfprotov6.Schema {
		return &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{Attributes: []*tfprotov6.SchemaAttribute{
			{Name: name, Type: tftypes.String, Optional: true},
		}}}
	}
	return schemaServer{
		schemas: &tfprotov6.GetProviderSchemaResponse{
			Provider: simple("environment"),
			ResourceSchemas: map[string]*tfprotov6.Schema{"backup_vault": {
				Version: 2,
				Block: &tfprotov6.SchemaBlock{
					Description:     "A `vault` for <everything> & more.",
					DescriptionKind: tfprotov6.StringKindMarkdown,
					Deprecated:      true,
					Attributes: []*tfprotov6.SchemaAttribute{
						{
							Name: "name", Type: tftypes.String, Required: true,
							Description: "The name.", DescriptionKind: tfprotov6.StringKindMarkdown,
						},
						{Name: "tags", Type: tftypes.Map{ElementType: tftypes.String}, Optional: true, Computed: true},
						{Name: "secret", Type: tftypes.String, Optional: true, Sensitive: true, WriteOnly: true, Deprecated: true},
						{Name: "soft_delete", Optional: true, NestedType: &tfprotov6.SchemaObject{
							Nesting: tfprotov6.SchemaObjectNestingModeSingle,
							Attributes: []*tfprotov6.SchemaAttribute{
								{Name: "retention_days", Type: tftypes.Number, Required: true},
							},
						}},
					},
					BlockTypes: []*tfprotov6.SchemaNestedBlock{{
						TypeName: "timeouts", Nesting: tfprotov6.SchemaNestedBlockNestingModeList, MinItems: 1, MaxItems: 2,
						Block: simple("create").Block,
					}},
				},
			}},
			DataSourceSchemas:        map[string]*tfprotov6.Schema{"backup_vaults": simple("region")},
			EphemeralResourceSchemas: map[string]*tfprotov6.Schema{"backup_token": simple("token")},
			ListResourceSchemas:      map[string]*tfprotov6.Schema{"backup_vault": simple("resource_group_name")},
			ActionSchemas:            map[string]*tfprotov6.ActionSchema{"backup_now": {Schema: simple("vault_id")}},
			Functions: map[string]*tfprotov6.Function{"parse_vault_id": {
				Summary: "Parse", Description: "Parses an id.", DeprecationMessage: "Use another.",
				Parameters:        []*tfprotov6.FunctionParameter{{Name: "id", Description: "The id.", AllowNullValue: true, Type: tftypes.String}},
				VariadicParameter: &tfprotov6.FunctionParameter{Name: "more", Type: tftypes.Bool},
				Return: &tfprotov6.FunctionReturn{Type: tftypes.Object{
					AttributeTypes: map[string]tftypes.Type{"name": tftypes.String},
				}},
			}},
		},
		identities: &tfprotov6.GetResourceIdentitySchemasResponse{
			IdentitySchemas: map[string]*tfprotov6.ResourceIdentitySchema{"backup_vault": {
				Version: 1,
				IdentityAttributes: []*tfprotov6.ResourceIdentitySchemaAttribute{
					{Name: "name", Type: tftypes.String, RequiredForImport: true, Description: "The name."},
					{Name: "subscription_id", Type: tftypes.String, OptionalForImport: true},
				},
			}},
		},
	}
}

func TestDescribe(t *testing.T) {
	got, err := describe(t.Context(), everything())
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(got, "", "  ")
	if err != nil {
		t.Fatal(err)
	}

	golden := filepath.Join("testdata", "schema.json")
	if *update {
		if err := os.WriteFile(golden, append(text, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.TrimSpace(string(want)), string(text)); diff != "" {
		t.Errorf("schema document (-want +got):\n%s", diff)
	}
}

func TestDescribeReportsErrorDiagnostics(t *testing.T) {
	broken := everything()
	broken.identities.Diagnostics = []*tfprotov6.Diagnostic{
		{Severity: tfprotov6.DiagnosticSeverityWarning, Summary: "Only a warning"},
		{Severity: tfprotov6.DiagnosticSeverityError, Summary: "Broken identity", Detail: "no attributes"},
	}
	_, err := describe(t.Context(), broken)
	if err == nil || !strings.Contains(err.Error(), "Broken identity: no attributes") || strings.Contains(err.Error(), "warning") {
		t.Errorf("error = %v, want the error diagnostic and no warning", err)
	}
}
