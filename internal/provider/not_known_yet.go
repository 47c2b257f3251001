package provider

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

const notKnownYet = "Provider setting not known yet"

// waits is true for a data source that cannot be read yet because it rests on settings of the provider that are not known.
// Where the plan allows it, it is deferred. at is the attribute that can stand in for the settings, "" for none.
func (r *run) waits(req datasource.ReadRequest, resp *datasource.ReadResponse, at string, settings ...string) bool {
	settings = slices.DeleteFunc(settings, func(s string) bool { return !r.service.Unknown.Has(s) })
	switch {
	case len(settings) == 0:
		return false
	case req.ClientCapabilities.DeferralAllowed:
		resp.Deferred = &datasource.Deferred{Reason: datasource.DeferredReasonProviderConfigUnknown}
	case at != "":
		addNotKnownYet(&resp.Diagnostics, settings[0], path.Root(at), fmt.Sprintf("Set %s in this block, so that it needs no default", at))
	default:
		resp.Diagnostics.AddError(notKnownYet, notKnownYetText(strings.Join(settings, ", "), "Use a variable or a literal value there"))
	}
	return true
}

// waitsForPast is true for a data source that shows what the embedded service cannot know yet.
func (r *run) waitsForPast(req datasource.ReadRequest, resp *datasource.ReadResponse) bool {
	return r.waits(req, resp, "", r.service.Unknown.Past()...)
}

// keepsState is true when resources cannot be read truly. The plan is made of the state then, as with -refresh=false; the
// provider has warned of it.
func (r *run) keepsState() bool { return len(r.service.Unknown.Past()) > 0 }

// addNotKnownYet says that a setting of the provider is not known, what to do instead, and how to make it known.
func addNotKnownYet(diags *diag.Diagnostics, setting string, at path.Path, instead string) {
	diags.AddAttributeError(at, notKnownYet, notKnownYetText(setting, instead))
}

func notKnownYetText(setting, instead string) string {
	return fmt.Sprintf("The provider's %s depends on something that is only known after an apply. %s; or apply first what it comes from, with "+
		"-target and the address of that resource, and then everything.", setting, instead)
}

// checkFilter finds what is not known yet in a list block: what passes such a filter nobody can tell.
func checkFilter(config tfsdk.Config, diags *diag.Diagnostics) {
	attributes := map[string]tftypes.Value{}
	_ = config.Raw.As(&attributes) // not an object: no filter
	for name, value := range attributes {
		if !value.IsFullyKnown() {
			diags.AddAttributeError(path.Root(name), "Filter not known yet", fmt.Sprintf(
				"The value of %s depends on something that is only known after an apply. Apply that first, or use a literal value.", name))
		}
	}
}
