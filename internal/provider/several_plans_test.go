package provider_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/backend"
)

// planner plans one object as Terraform does, in whatever order a test wants.
type planner struct {
	*protocolClient
	kind     string
	defaults map[string]any // of the schema, which Terraform leaves to the provider
}

func (p planner) value(attributes map[string]any) tftypes.Value {
	return objectOf(p.t, p.schemas.ResourceSchemas[p.kind].ValueType(), attributes)
}

// plan validates and plans a change of the object, of a new one when there is no prior state.
func (p planner) plan(config map[string]any, prior *tfprotov6.DynamicValue, private []byte, deferral bool) *tfprotov6.PlanResourceChangeResponse {
	p.t.Helper()
	validated, err := p.server.ValidateResourceConfig(p.t.Context(), &tfprotov6.ValidateResourceConfigRequest{TypeName: p.kind, Config: p.encode(p.value(config))})
	if err != nil {
		p.t.Fatal(err)
	}
	p.succeed(validated.Diagnostics)
	kind, ok := p.schemas.ResourceSchemas[p.kind].ValueType().(tftypes.Object)
	if !ok {
		p.t.Fatal("no object")
	}
	proposed := maps.Clone(config)
	maps.Copy(proposed, p.defaults)
	before := map[string]tftypes.Value{}
	if prior == nil {
		prior = p.encode(tftypes.NewValue(kind, nil))
	} else {
		before = p.decode(prior, kind)
	}
	for _, a := range p.schemas.ResourceSchemas[p.kind].Block.Attributes {
		if _, set := proposed[a.Name]; set || !a.Computed {
			continue
		}
		// What is computed is as it was, or not known.
		proposed[a.Name] = tftypes.NewValue(kind.AttributeTypes[a.Name], tftypes.UnknownValue)
		if was, there := before[a.Name]; there {
			proposed[a.Name] = was
		}
	}
	resp, err := p.server.PlanResourceChange(p.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: p.kind, PriorState: prior, PriorPrivate: private, Config: p.encode(p.value(config)), ProposedNewState: p.encode(p.value(proposed)),
		ClientCapabilities: &tfprotov6.PlanResourceChangeClientCapabilities{DeferralAllowed: deferral},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return resp
}

// apply carries out a plan, and returns the state.
func (p planner) apply(config map[string]any, planned *tfprotov6.PlanResourceChangeResponse) *tfprotov6.ApplyResourceChangeResponse {
	p.t.Helper()
	resp, err := p.server.ApplyResourceChange(p.t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: p.kind, PriorState: p.encode(tftypes.NewValue(p.schemas.ResourceSchemas[p.kind].ValueType(), nil)), Config: p.encode(p.value(config)),
		PlannedState: planned.PlannedState, PlannedPrivate: planned.PlannedPrivate,
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.succeed(resp.Diagnostics)
	return resp
}

// stored is a state as Terraform keeps it.
func (p planner) stored(state *tfprotov6.DynamicValue) *tfprotov6.RawState {
	p.t.Helper()
	return &tfprotov6.RawState{JSON: jsonOf(p.t, p.decodeTexts(state, p.schemas.ResourceSchemas[p.kind].ValueType()))}
}

// fabrikamID is a vault beside contoso, and fabrikamItem the VM web in it.
var (
	fabrikamID   = strings.Replace(contosoID, "contoso", "fabrikam", 1)
	fabrikamItem = strings.Replace(webItem, "contoso", "fabrikam", 1)
)

func vaultPlans(t *testing.T, database string, options ...backend.Option) planner {
	return planner{newProtocolClient(t, database, options...), "backup_vault", map[string]any{"force_destroy": false}}
}

// Terraform 1.14 makes all plans and applies of a file of tests with one provider, which it configures once, and 1.17 plans
// an object twice when it refreshes only what changes: one vault was "Backup vault name used twice".
func TestSeveralPlansInOneRun(t *testing.T) {
	t.Parallel()
	p := vaultPlans(t, acctest.Database(t))
	for _, region := range []string{"eastus", "eastus", "westus"} {
		for _, deferral := range []bool{false, true, false} {
			p.succeed(p.plan(map[string]any{"name": "contoso", "region": region}, nil, nil, deferral).Diagnostics)
		}
	}
}

// OpenTofu does not tell a second look from a plan. When it came after the other resource of the same name was made, the apply
// ended in "Backup policy exists already" and the advice to import what this very configuration makes.
func TestSecondLookAfterTheOtherWasMade(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, p planner, config map[string]any, _ string) {
		p.apply(config, p.plan(config, nil, nil, false))
		p.succeed(p.plan(config, nil, nil, false).Diagnostics)
	})
}

// madeObject is an object of each kind that a run has made, as the next run finds it in the state.
type madeObject struct {
	planner
	config map[string]any
	made   *tfprotov6.ApplyResourceChangeResponse
}

// eachKind runs a test with the configuration of an object of each kind, and a service of its own that has not made it.
func eachKind(t *testing.T, test func(t *testing.T, p planner, config map[string]any, database string)) {
	t.Helper()
	for kind, of := range map[string]struct{ config, defaults map[string]any }{
		"backup_vault":     {map[string]any{"name": "fabrikam", "region": "eastus"}, map[string]any{"force_destroy": false}},
		"backup_policy_vm": {map[string]any{"name": "nightly", "vault_id": contosoID}, map[string]any{}},
		"backup_protected_vm": {
			map[string]any{"vault_id": contosoID, "source_vm_id": webID, "backup_policy_id": defaultPolicy}, map[string]any{"deletion_policy": "delete"},
		},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			database := acctest.Database(t)
			exists(newServiceClient(t, database))
			p := planner{newProtocolClient(t, database), kind, of.defaults}
			if kind == "backup_policy_vm" {
				schema := p.schemas.ResourceSchemas[kind].ValueType()
				of.config["backup"] = objectOf(t, attributeType(t, schema, "backup"), map[string]any{"frequency": "Daily", "time": "23:00"})
				of.config["retention_daily"] = objectOf(t, attributeType(t, schema, "retention_daily"), map[string]any{"count": 10})
			}
			test(t, p, of.config, database)
		})
	}
}

// eachMadeObject runs a test with an object of each kind that was made.
func eachMadeObject(t *testing.T, test func(t *testing.T, o madeObject)) {
	t.Helper()
	eachKind(t, func(t *testing.T, maker planner, config map[string]any, database string) {
		made := maker.apply(config, maker.plan(config, nil, nil, false))
		p := planner{newProtocolClient(t, database), maker.kind, maker.defaults}
		upgraded, err := p.server.UpgradeResourceState(t.Context(), &tfprotov6.UpgradeResourceStateRequest{TypeName: p.kind, RawState: p.stored(made.NewState)})
		if err != nil {
			t.Fatal(err)
		}
		p.succeed(upgraded.Diagnostics)
		test(t, madeObject{p, config, made})
	})
}

// As Terraform 1.17 plans with -minimal-refresh: what changes is planned, with the plan of what takes its place, then read, and
// then planned once more; one that is tainted is planned as new before it is read.
func TestMinimalRefresh(t *testing.T) {
	t.Parallel()
	changes := map[string]map[string]any{"backup_vault": {"region": "westus"}, "backup_policy_vm": {"policy_type": "V2"}}
	for name, tainted := range map[string]bool{"changed": false, "tainted": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachMadeObject(t, func(t *testing.T, o madeObject) {
				changed := maps.Clone(o.config)
				maps.Copy(changed, changes[o.kind])
				for range 2 {
					var private []byte
					if !tainted {
						first := o.plan(changed, o.made.NewState, o.made.Private, false)
						o.succeed(first.Diagnostics)
						private = first.PlannedPrivate
					}
					o.succeed(o.plan(changed, nil, private, false).Diagnostics)
					read, err := o.server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: o.kind, CurrentState: o.made.NewState, Private: o.made.Private})
					if err != nil {
						t.Fatal(err)
					}
					o.succeed(read.Diagnostics)
				}
			})
		})
	}
}

// A second resource for an object of the state took it for tainted when its plan came before that of the first one: it was
// planned as a replacement, and refused by the apply alone. Which of two resources Terraform plans first nobody can tell.
func TestSecondResourceForAnObject(t *testing.T) {
	t.Parallel()
	for name, secondFirst := range map[string]bool{"planned first": true, "planned last": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachMadeObject(t, func(t *testing.T, o madeObject) {
				first := func() []*tfprotov6.Diagnostic {
					return o.plan(o.config, o.made.NewState, o.made.Private, false).Diagnostics
				}
				second := func() []*tfprotov6.Diagnostic { return o.plan(o.config, nil, nil, false).Diagnostics }
				var refusals []string
				plans := []func() []*tfprotov6.Diagnostic{first, second}
				if secondFirst {
					slices.Reverse(plans)
				}
				for _, plan := range plans {
					for _, d := range plan() {
						if d.Severity == tfprotov6.DiagnosticSeverityError {
							refusals = append(refusals, d.Summary)
						}
					}
				}
				if len(refusals) != 1 || secondFirst != (refusals[0] == "Two resources for one object") {
					t.Errorf("got %q", refusals)
				}
			})
		})
	}
}

// A plan that may defer looked like an apply, and made no checks.
func TestPlanThatAllowsDeferral(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	exists(newServiceClient(t, database))
	vaults := vaultPlans(t, database)
	wantProblem(t, vaults.plan(map[string]any{"name": "fabrikam", "region": "eastus", "subscription_id": "00000000-0000-4000-8000-00000000beef"}, nil, nil, true).Diagnostics, "Subscription not found")
	made := vaults.apply(map[string]any{"name": "fabrikam", "region": "eastus"}, vaults.plan(map[string]any{"name": "fabrikam", "region": "eastus"}, nil, nil, true))
	newServiceClient(t, database).do("PUT", fabrikamItem, `{"properties":{"protectedItemType":"Microsoft.Compute/virtualMachines","sourceResourceId":"`+webID+`","policyId":"`+fabrikamID+`/backupPolicies/DefaultPolicy"}}`)
	again := vaultPlans(t, database)
	if _, err := again.server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: "backup_vault", CurrentState: made.NewState, Private: made.Private}); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, again.plan(map[string]any{"name": "fabrikam", "region": "westus"}, made.NewState, made.Private, true).Diagnostics, ownName)
	vms := planner{newProtocolClient(t, database), "backup_protected_vm", map[string]any{"deletion_policy": "delete"}}
	wantProblem(t, vms.plan(map[string]any{"vault_id": contosoID, "backup_policy_id": defaultPolicy, "source_vm_id": machines + "other", "source_vm_region": "eastus"}, nil, nil, true).Diagnostics,
		"VM and vault are in different regions")
	policies := planner{newProtocolClient(t, database), "backup_policy_vm", nil}
	schema := policies.schemas.ResourceSchemas["backup_policy_vm"].ValueType()
	wantProblem(t, policies.plan(map[string]any{
		"name": "nightly", "vault_id": fabrikamID + "x", "backup": objectOf(t, attributeType(t, schema, "backup"), map[string]any{"frequency": "Daily", "time": "23:00"}),
		"retention_daily": objectOf(t, attributeType(t, schema, "retention_daily"), map[string]any{"count": 10}),
	}, nil, nil, true).Diagnostics, "Backup vault not found")
}
