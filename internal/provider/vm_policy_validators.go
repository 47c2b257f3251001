package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// oneOf takes one of some words in this spelling; for another letter case it names the right one.
func oneOf(what string, words []string) validator.String {
	return rule(what, func(s string) error {
		if slices.Contains(words, s) {
			return nil
		}
		for _, word := range words {
			if strings.EqualFold(word, strings.TrimSpace(s)) {
				return fmt.Errorf("%q is not a %s; did you mean %q? Letter case matters", s, what, word)
			}
		}
		return fmt.Errorf("%q is not a %s; it can be %s", s, what, strings.Join(words, ", "))
	})
}

// ValidateConfig checks the rules that span attributes, as far as their values are known.
func (r *vmPolicyResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config vmPolicyModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	addPolicyProblems(ctx, config.vmPolicySettingsModel, req.Config.Raw, &resp.Diagnostics)
}

// addPolicyProblems reports the rules that the settings break, each on its attribute. raw is where they come from: it
// tells which are unknown.
func addPolicyProblems(ctx context.Context, m vmPolicySettingsModel, raw tftypes.Value, diags *diag.Diagnostics) {
	policy := m.settings(ctx, diags)
	for _, problem := range policy.Check(unknownFields(raw)) {
		diags.AddAttributeError(fieldPath(problem.Field), "Invalid "+problem.Field, sentence(problem.Message))
	}
}

// fieldPath is the path of a field such as "backup.time".
func fieldPath(field string) path.Path {
	root, rest, _ := strings.Cut(field, ".")
	p := path.Root(root)
	for name := range strings.SplitSeq(rest, ".") {
		if name != "" {
			p = p.AtName(name)
		}
	}
	return p
}

// unknownFields tells of a field such as "backup.time" whether its value, or that of anything it is part of, is not
// known. A set of which an element is unknown is.
func unknownFields(raw tftypes.Value) func(field string) bool {
	unknown := map[string]bool{}
	_ = tftypes.Walk(raw, func(p *tftypes.AttributePath, v tftypes.Value) (bool, error) {
		if !v.IsKnown() {
			unknown[fieldOf(p)] = true
		}
		return true, nil
	})
	return func(field string) bool {
		for {
			if unknown[field] {
				return true
			}
			i := strings.LastIndexByte(field, '.')
			if i < 0 {
				return false
			}
			field = field[:i]
		}
	}
}

// fieldOf is the attribute that a value belongs to; elements of sets belong to the set.
func fieldOf(p *tftypes.AttributePath) string {
	var names []string
	for _, step := range p.Steps() {
		name, ok := step.(tftypes.AttributeName)
		if !ok {
			break
		}
		names = append(names, string(name))
	}
	return strings.Join(names, ".")
}
