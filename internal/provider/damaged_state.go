package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
)

// refusesDamage is true for a change of an object whose state has lost one of these attributes, which every state has. A read brings
// them back; without it, anything in the configuration would look like another object, and the one there is would be replaced.
func refusesDamage(req resource.ModifyPlanRequest, diags *diag.Diagnostics, names ...string) bool {
	if req.State.Raw.IsNull() || req.Plan.Raw.IsNull() {
		return false
	}
	for _, name := range names {
		if tfvalue.IsUnset(req.State.Raw, name) {
			diags.AddError("State is incomplete", fmt.Sprintf("The state of this object has lost its %s, so that what would change cannot be told. "+
				"Plan without -refresh=false: the object is then read by its id, and the state is whole again.", name))
			return true
		}
	}
	return false
}
