package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// vaultPlanner is a client that validates and plans a new vault of one name.
type vaultPlanner struct{ *protocolClient }

func (c vaultPlanner) config(region string) tftypes.Value {
	return objectOf(c.t, c.schemas.ResourceSchemas["backup_vault"].ValueType(), map[string]any{"name": "contoso", "region": region})
}

func (c vaultPlanner) validate(region string) {
	c.t.Helper()
	resp, err := c.server.ValidateResourceConfig(c.t.Context(), &tfprotov6.ValidateResourceConfigRequest{TypeName: "backup_vault", Config: c.encode(c.config(region))})
	if err != nil {
		c.t.Fatal(err)
	}
	c.succeed(resp.Diagnostics)
}

// plan validates the vault and plans it, as Terraform does.
func (c vaultPlanner) plan(region string, applying bool) []*tfprotov6.Diagnostic {
	c.t.Helper()
	c.validate(region)
	kind := c.schemas.ResourceSchemas["backup_vault"].ValueType()
	object, ok := kind.(tftypes.Object)
	if !ok {
		c.t.Fatalf("%s is not an object", kind)
	}
	// The proposed state has what is computed as unknown.
	proposed := map[string]any{"name": "contoso", "region": region, "force_destroy": false}
	for _, a := range c.schemas.ResourceSchemas["backup_vault"].Block.Attributes {
		if _, set := proposed[a.Name]; !set && a.Computed {
			proposed[a.Name] = tftypes.NewValue(object.AttributeTypes[a.Name], tftypes.UnknownValue)
		}
	}
	resp, err := c.server.PlanResourceChange(c.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: "backup_vault", PriorState: c.encode(tftypes.NewValue(kind, nil)),
		Config: c.encode(c.config(region)), ProposedNewState: c.encode(objectOf(c.t, kind, proposed)),
		ClientCapabilities: &tfprotov6.PlanResourceChangeClientCapabilities{DeferralAllowed: applying},
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return resp.Diagnostics
}

// Terraform 1.14 makes all plans and applies of a file of tests with one provider, which it configures once. A vault that
// is planned again is not a second one; a second one is found all the same.
func TestSeveralPlansInOneRun(t *testing.T) {
	t.Parallel()
	c := vaultPlanner{newProtocolClient(t, acctest.Database(t))}
	for _, region := range []string{"eastus", "eastus", "westus"} {
		c.validate(region) // terraform test validates the whole configuration before each plan
		c.succeed(c.plan(region, false))
		c.succeed(c.plan(region, true))
	}
	c.validate("eastus")
	c.validate("westus")
	c.succeed(c.plan("eastus", false))
	wantProblem(t, c.plan("westus", false), "Backup vault name used twice")
}
