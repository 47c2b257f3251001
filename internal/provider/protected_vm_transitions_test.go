package provider_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// change plans and applies a protected VM as Terraform does, from the state before; nil is a creation. It returns the state,
// refreshed, and fails the test when a second plan has something to do.
func (c *protocolClient) change(before *tfprotov6.DynamicValue, attributes map[string]any) *tfprotov6.DynamicValue {
	c.t.Helper()
	kind := c.schemas.ResourceSchemas["backup_protected_vm"].ValueType()
	if before == nil {
		before = c.encode(tftypes.NewValue(kind, nil))
	}
	plan := c.planWeb(before, attributes)
	applied, err := c.server.ApplyResourceChange(c.t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: "backup_protected_vm", PriorState: before, PlannedState: plan.PlannedState, Config: c.encode(objectOf(c.t, kind, attributes)),
		PlannedPrivate: plan.PlannedPrivate, PlannedIdentity: plan.PlannedIdentity,
	})
	if err != nil {
		c.t.Fatal(err)
	}
	c.succeed(applied.Diagnostics)
	read, err := c.server.ReadResource(c.t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: "backup_protected_vm", CurrentState: applied.NewState, CurrentIdentity: applied.NewIdentity, Private: applied.Private,
	})
	if err != nil {
		c.t.Fatal(err)
	}
	c.succeed(read.Diagnostics)
	again, state := c.decode(c.planWeb(read.NewState, attributes).PlannedState, kind), c.decode(read.NewState, kind)
	for name := range state {
		if !again[name].Equal(state[name]) {
			c.t.Errorf("the second plan changes %s from %s to %s", name, state[name], again[name])
		}
	}
	return read.NewState
}

// planWeb plans a protected VM from the state before. What the configuration leaves out and the service decides is
// proposed as it was.
func (c *protocolClient) planWeb(before *tfprotov6.DynamicValue, attributes map[string]any) *tfprotov6.PlanResourceChangeResponse {
	c.t.Helper()
	schema := c.schemas.ResourceSchemas["backup_protected_vm"]
	kind := schema.ValueType()
	proposed := map[string]any{}
	prior, err := before.Unmarshal(kind)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, attribute := range schema.Block.Attributes {
		if given, ok := attributes[attribute.Name]; ok {
			proposed[attribute.Name] = given
		} else if attribute.Computed && !prior.IsNull() {
			proposed[attribute.Name] = c.decode(before, kind)[attribute.Name]
		}
	}
	resp, err := c.server.PlanResourceChange(c.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: "backup_protected_vm", PriorState: before, ProposedNewState: c.encode(objectOf(c.t, kind, proposed)), Config: c.encode(objectOf(c.t, kind, attributes)),
	})
	if err != nil {
		c.t.Fatal(err)
	}
	c.succeed(resp.Diagnostics)
	if len(resp.RequiresReplace) > 0 {
		c.t.Errorf("%s is to be replaced", resp.RequiresReplace)
	}
	return resp
}

// Every protection state follows every other, with the policy there is and with another; the service then has what was
// asked for, and there is nothing more to do.
func TestProtectedVM_transitions(t *testing.T) {
	states := []string{"Protected", "ProtectionStopped", "BackupsSuspended"}
	for _, from := range states {
		for _, to := range states {
			for _, policy := range []string{"DefaultPolicy", "EnhancedPolicy"} {
				t.Run(from+" to "+to+" with "+policy, func(t *testing.T) {
					database := acctest.Database(t)
					service := newServiceClient(t, database)
					service.do(http.MethodPut, contosoID, `{"location":"chinaeast","sku":{"name":"Standard"},"properties":{"securitySettings":{"immutabilitySettings":{"state":"Unlocked"}}}}`)
					recorder := &acctest.Recorder{}
					client := newProtocolClient(t, database, recorder.Option())
					kind := client.schemas.ResourceSchemas["backup_protected_vm"].ValueType()
					config := func(state, policy string) map[string]any {
						return map[string]any{"vault_id": contosoID, "source_vm_id": webID, "backup_policy_id": contosoID + "/backupPolicies/" + policy, "protection_state": state}
					}
					before := client.change(nil, config(from, "DefaultPolicy"))
					recorder.Take()
					state := client.change(before, config(to, policy))
					after := client.decodeTexts(state, kind)

					writes := count(recorder.Take(), http.MethodPut)
					if nothing := from == to && (policy == "DefaultPolicy" || to == "ProtectionStopped"); nothing != (writes == 0) {
						t.Errorf("%d writes", writes)
					}
					if after["protection_state"] != to || !strings.HasSuffix(after["backup_policy_id"], "/"+policy) {
						t.Errorf("in the state: %s with %s", after["protection_state"], after["backup_policy_id"])
					}
					there := service.properties(webItem)
					want := map[string]any{"protectionState": strings.Replace(to, "Protected", "IRPending", 1), "policyId": contosoID + "/backupPolicies/" + policy}
					if to == "ProtectionStopped" {
						want["policyId"] = ""
					}
					for name, value := range want {
						if there[name] != value {
							t.Errorf("the service has %s = %v, want %v", name, there[name], value)
						}
					}
					if from == to && to == "ProtectionStopped" {
						// The other policy was only written down, so there is a way back, although of another type.
						client.change(client.change(state, config(to, "DefaultPolicy")), config("Protected", "DefaultPolicy"))
					}
				})
			}
		}
	}
}
