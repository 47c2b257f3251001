package provider

import (
	"context"
	"fmt"
	"maps"
	"os"
	slashpath "path"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
)

// ruleValidator lets a rule that the embedded service enforces too check a string while Terraform validates.
type ruleValidator struct {
	what  string
	check func(string) error
}

// rule adapts a plain rule, whose errors are sentences for the user. what is what the value should be, such as
// "resource group name".
func rule(what string, check func(string) error) validator.String {
	return ruleValidator{what: what, check: check}
}

func (v ruleValidator) Description(context.Context) string {
	return "the value must be a valid " + v.what
}

func (v ruleValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v ruleValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := v.check(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid "+v.what, tfvalue.Sentences(err.Error())+mockAdvice(v.what, req.ConfigValue.ValueString()))
	}
}

// checkRegion knows the regions of the catalogue and those that BACKUP_EXTRA_REGIONS adds.
func checkRegion(region string) error {
	extra, err := extraRegions()
	if err != nil {
		return err
	}
	return catalog.CheckRegion(region, extra...)
}

// extraRegions are regions that are newer than this release, so that users need not wait for the next.
func extraRegions() ([]string, error) {
	return catalog.ParseExtraRegions(os.Getenv(catalog.ExtraRegionsVariable))
}

func checkNamePattern(pattern string) error {
	if _, err := slashpath.Match(pattern, ""); err != nil {
		return fmt.Errorf("the pattern %q has a bracket that is not closed or a range that is malformed", pattern)
	}
	return nil
}

// tagsValidator applies the service's limits on tags.
type tagsValidator struct{}

func (tagsValidator) Description(context.Context) string {
	return "at most 50 tags; names of at most 512 characters, values of at most 256"
}

func (v tagsValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (tagsValidator) ValidateMap(ctx context.Context, req validator.MapRequest, resp *validator.MapResponse) {
	if !checkValues(req.ConfigValue, req.Path, "Invalid tags", `The tag %q has no value. Leave it out, or give it the value "".`, &resp.Diagnostics) {
		return
	}
	tags, known := stringMap(ctx, req.ConfigValue, &resp.Diagnostics)
	if !known {
		return
	}
	if err := catalog.CheckTags(tags); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid tags", tfvalue.Sentence(err.Error()))
	}
}

// checkValues finds the nulls of a map, and names them by a text that has a place for the key. Terraform does not show the
// path of what is in a map.
func checkValues(m types.Map, at path.Path, summary, text string, diags *diag.Diagnostics) (ok bool) {
	elements := m.Elements()
	ok = true
	for _, key := range slices.Sorted(maps.Keys(elements)) {
		if elements[key].IsNull() {
			diags.AddAttributeError(at.AtMapKey(key), summary, fmt.Sprintf(text, key))
			ok = false
		}
	}
	return ok
}

// stringMap reads a map whose values are all known; known is false when one is not, or the map is null.
func stringMap(ctx context.Context, m types.Map, diags *diag.Diagnostics) (values map[string]string, known bool) {
	if m.IsNull() || m.IsUnknown() {
		return nil, false
	}
	elements := make(map[string]types.String, len(m.Elements()))
	diags.Append(m.ElementsAs(ctx, &elements, false)...)
	values = make(map[string]string, len(elements))
	for key, value := range elements {
		if value.IsUnknown() {
			return nil, false
		}
		values[key] = value.ValueString()
	}
	return values, true
}

func checkIdentityID(s string) error {
	id, err := arm.ParseID(s)
	if err != nil {
		return err
	}
	if !strings.EqualFold(id.Type, "Microsoft.ManagedIdentity/userAssignedIdentities") {
		return fmt.Errorf("%q is not the id of a user-assigned identity", s)
	}
	return nil
}
