package provider

import (
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// passesOver tells whether an error is about one member of a list, without which the others are as good, and then says that
// it is left out: once in a run for each object.
func (r *run) passesOver(err error, diags *diag.Diagnostics) bool {
	var unreadable *arm.UnreadableError
	if !errors.As(err, &unreadable) {
		return false
	}
	if r.plans.once("passed over " + unreadable.Error()) {
		diags.AddWarning("An object cannot be understood", tfvalue.Sentence(unreadable.Error())+" It is left out, and what else there is is not affected.\n\n"+
			"Another program may have stored it so, or something between this machine and the service may have changed the answer.")
	}
	return true
}

// pushPassedOver is passesOver for a list resource.
func pushPassedOver(r *run, err error, push func(list.ListResult) bool) (wantsMore bool) {
	var diags diag.Diagnostics
	if r.passesOver(err, &diags); len(diags) == 0 {
		return true // said before
	}
	return push(list.ListResult{Diagnostics: diags})
}

// goneWith says what an object has gone with; empty when that is still there.
func goneWith(err error) string {
	var gone *vault.GoneError
	switch {
	case !errors.As(err, &gone):
		return ""
	case gone.Group != "":
		return fmt.Sprintf(" Nor does the resource group %q.", gone.Group)
	case gone.Vault != "":
		return fmt.Sprintf(" Nor does the vault %q.", gone.Vault)
	}
	return ""
}
