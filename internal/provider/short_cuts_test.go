package provider_test

import (
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/unchanged"
)

// planUnchanged sends what Terraform sends in a plan for an object that has not changed.
func (z fuzzed) planUnchanged(tb testing.TB, kind string, stored []byte, current, config *tfprotov6.DynamicValue) {
	tb.Helper()
	ctx, private := tb.Context(), []byte(`{"owner":"IkEi"}`)
	valid, err := z.server.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{TypeName: kind, Config: config})
	if err != nil || len(valid.Diagnostics) > 0 {
		tb.Fatal(err, texts(valid.Diagnostics))
	}
	upgraded, err := z.server.UpgradeResourceState(ctx, &tfprotov6.UpgradeResourceStateRequest{TypeName: kind, RawState: &tfprotov6.RawState{JSON: stored}})
	if err != nil || len(upgraded.Diagnostics) > 0 {
		tb.Fatal(err, texts(upgraded.Diagnostics))
	}
	read, err := z.server.ReadResource(ctx, &tfprotov6.ReadResourceRequest{TypeName: kind, CurrentState: current, Private: private})
	if err != nil || len(read.Diagnostics) > 0 {
		tb.Fatal(err, texts(read.Diagnostics))
	}
	planned, err := z.server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
		TypeName: kind, PriorState: current, ProposedNewState: current, Config: config, PriorPrivate: private,
	})
	if err != nil || len(planned.Diagnostics) > 0 {
		tb.Fatal(err, texts(planned.Diagnostics))
	}
}

// An object that has not changed costs a small part of what the framework makes of it. Should a resource come to be left to
// the framework without anybody noticing, this does.
func TestShortCuts_taken(t *testing.T) {
	for number, kind := range theKinds {
		t.Run(kind, func(t *testing.T) {
			spent := map[string]float64{}
			for _, mode := range []string{"", unchanged.Off} {
				t.Setenv(unchanged.Variable, mode)
				z := newFuzzed(t)
				stored := []byte(z.settled(t, kind, stateSeeds[number]))
				current, config := z.sent(t, kind, stored)
				for range 10 { // until the service is asked for lists
					z.planUnchanged(t, kind, stored, current, config)
				}
				spent[mode] = testing.AllocsPerRun(20, func() { z.planUnchanged(t, kind, stored, current, config) })
			}
			t.Logf("%.0f allocations, and %.0f of the framework", spent[""], spent[unchanged.Off])
			if spent[""] > spent[unchanged.Off]/8 {
				t.Errorf("%.0f allocations, and %.0f without short cuts", spent[""], spent[unchanged.Off])
			}
		})
	}
}

// Plans are the same with short cuts and without, whether there is something to do or nothing.
func TestAccShortCuts_eachMode(t *testing.T) {
	t.Parallel()
	config := func(tag, state string) string {
		return lifecycleConfig("", `
resource "backup_vault" "v" {
  name   = "contoso"
  region = "China East"
  tags   = { team = "`+tag+`" }
}
resource "backup_policy_vm" "p" {
  name            = "daily"
  vault_id        = backup_vault.v.id
  backup          = { frequency = "Daily", time = "23:00" }
  retention_daily = { count = 30 }
}
resource "backup_protected_vm" "all" {
  count            = 8
  vault_id         = backup_vault.v.id
  source_vm_id     = "`+machines+`web-${count.index}"
  backup_policy_id = backup_policy_vm.p.id
  protection_state = `+state+`
}
`)
	}
	w := acctest.NewWorkspace(t, config("a", "null"))
	inEachMode := func(each func(mode string)) {
		t.Helper()
		for _, mode := range []string{"", unchanged.Checked, unchanged.Off} {
			w.Setenv(unchanged.Variable, mode)
			each(mode)
		}
	}
	w.MustRun("apply", "-auto-approve")
	inEachMode(func(string) {
		w.MustPlanNothing()
		w.MustPlanNothing("-refresh=false")
	})
	w.Write("main.tf", config("b", `"ProtectionStopped"`))
	inEachMode(func(mode string) {
		if p := w.Plan(); len(p.Actions) != 9 {
			t.Errorf("mode %q: %v", mode, p.Actions)
		}
	})
	w.MustRun("apply", "-auto-approve")
	w.Write("main.tf", config("b", "null"))
	inEachMode(func(mode string) {
		// The framework proposes what there is, and a plan modifier takes it up again.
		if p := w.Plan(); len(p.Actions) != 8 {
			t.Errorf("mode %q: %v", mode, p.Actions)
		}
	})
	w.Write("main.tf", config("b", `"ProtectionStopped"`))
	inEachMode(func(mode string) {
		w.MustPlanNothing()
		if p := w.Plan("-replace=backup_protected_vm.all[0]"); p.Actions["backup_protected_vm.all[0]"] != "delete, create" {
			t.Errorf("mode %q: %v", mode, p.Actions)
		}
	})
}

func BenchmarkUnchanged(b *testing.B) {
	for number, kind := range theKinds {
		for _, mode := range []string{"short", unchanged.Off} {
			b.Run(kind+" "+mode, func(b *testing.B) {
				b.Setenv(unchanged.Variable, mode)
				z := newFuzzed(b)
				stored := []byte(z.settled(b, kind, stateSeeds[number]))
				current, config := z.sent(b, kind, stored)
				b.ReportAllocs()
				for b.Loop() {
					z.planUnchanged(b, kind, stored, current, config)
				}
			})
		}
	}
}

// sent is a stored state as Terraform sends it, and a configuration of all that can be configured in it.
func (z fuzzed) sent(tb testing.TB, kind string, stored []byte) (state, config *tfprotov6.DynamicValue) {
	tb.Helper()
	of := z.schemas.ResourceSchemas[kind].ValueType()
	value, err := (&tfprotov6.DynamicValue{JSON: stored}).Unmarshal(of)
	var attributes map[string]tftypes.Value
	if err == nil {
		err = value.As(&attributes)
	}
	if err != nil {
		tb.Fatal(err)
	}
	attributes = maps.Clone(attributes) // they are the value's own
	for _, attribute := range z.schemas.ResourceSchemas[kind].Block.Attributes {
		if !attribute.Optional && !attribute.Required {
			attributes[attribute.Name] = tftypes.NewValue(attribute.ValueType(), nil)
		}
	}
	return packed(tb, of, value), packed(tb, of, tftypes.NewValue(of, attributes))
}

func texts(diagnostics []*tfprotov6.Diagnostic) (all []string) {
	for _, d := range diagnostics {
		all = append(all, d.Summary+": "+d.Detail)
	}
	return all
}
