package provider_test

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/backend"
	"github.com/azurebackup/terraform-provider-backup/internal/provider"
)

// protocolClient calls the provider as Terraform does, for what the Terraform at hand would not ask.
type protocolClient struct {
	t       *testing.T
	server  tfprotov6.ProviderServer
	lists   tfprotov6.ListResourceServer
	schemas *tfprotov6.GetProviderSchemaResponse
}

// newProtocolClient starts a provider and configures it with a database, unless that is empty.
func newProtocolClient(t *testing.T, database string, options ...backend.Option) *protocolClient {
	t.Helper()
	c := &protocolClient{t: t, server: provider.NewServer("test", options...)()}
	var ok bool
	if c.lists, ok = c.server.(tfprotov6.ListResourceServer); !ok {
		t.Fatal("the server has no list resources")
	}
	var err error
	if c.schemas, err = c.server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{}); err != nil {
		t.Fatal(err)
	}
	c.succeed(c.schemas.Diagnostics)
	if database == "" {
		return c
	}
	block := c.schemas.Provider.ValueType()
	embedded := attributeType(t, block, "embedded")
	resp, err := c.server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
		TerraformVersion: "1.14.0",
		Config: c.encode(objectOf(t, block, map[string]any{
			"environment": "embedded",
			"embedded":    objectOf(t, embedded, map[string]any{"database": filepath.ToSlash(database)}),
		})),
	})
	if err != nil {
		t.Fatal(err)
	}
	c.succeed(resp.Diagnostics)
	return c
}

// succeed fails the test when there is an error among the diagnostics.
func (c *protocolClient) succeed(diagnostics []*tfprotov6.Diagnostic) {
	c.t.Helper()
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			c.t.Fatalf("%s: %s", d.Summary, d.Detail)
		}
	}
}

func (c *protocolClient) encode(value tftypes.Value) *tfprotov6.DynamicValue {
	c.t.Helper()
	encoded, err := tfprotov6.NewDynamicValue(value.Type(), value)
	if err != nil {
		c.t.Fatal(err)
	}
	return &encoded
}

// decode reads the attributes of a value.
func (c *protocolClient) decode(value *tfprotov6.DynamicValue, kind tftypes.Type) map[string]tftypes.Value {
	c.t.Helper()
	decoded, err := value.Unmarshal(kind)
	attributes := map[string]tftypes.Value{}
	if err == nil {
		err = decoded.As(&attributes)
	}
	if err != nil {
		c.t.Fatal(err)
	}
	return attributes
}

// decodeTexts reads the attributes of type string that are set.
func (c *protocolClient) decodeTexts(value *tfprotov6.DynamicValue, kind tftypes.Type) map[string]string {
	c.t.Helper()
	texts := map[string]string{}
	for name, value := range c.decode(value, kind) {
		if !value.IsKnown() {
			c.t.Errorf("%s is unknown", name)
		}
		var s *string
		if value.Type().Is(tftypes.String) && value.As(&s) == nil && s != nil {
			texts[name] = *s
		}
	}
	return texts
}

// identityType is the type of backup_vault's identity.
var identityType = tftypes.Object{AttributeTypes: map[string]tftypes.Type{
	"subscription_id": tftypes.String, "resource_group_name": tftypes.String, "name": tftypes.String,
}}

func attributeType(t *testing.T, kind tftypes.Type, name string) tftypes.Type {
	t.Helper()
	of, ok := kind.(tftypes.Object)
	if !ok || of.AttributeTypes[name] == nil {
		t.Fatalf("%s has no attribute %s", kind, name)
	}
	return of.AttributeTypes[name]
}

// objectOf makes a value of an object type; attributes that are not given are null. A value is a tftypes.Value, or what
// tftypes.NewValue takes.
func objectOf(t *testing.T, kind tftypes.Type, values map[string]any) tftypes.Value {
	t.Helper()
	of, ok := kind.(tftypes.Object)
	if !ok {
		t.Fatalf("%s is not an object", kind)
	}
	attributes := map[string]tftypes.Value{}
	for name, attribute := range of.AttributeTypes {
		if value, ok := values[name].(tftypes.Value); ok {
			attributes[name] = value
		} else {
			attributes[name] = tftypes.NewValue(attribute, values[name])
		}
	}
	return tftypes.NewValue(of, attributes)
}

func jsonOf(t *testing.T, value any) []byte {
	t.Helper()
	raw, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
