package provider

import (
	"context"
	"math/big"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
)

// ValidateConfig checks the rules that span attributes, as far as their values are known.
func (r *vmPolicyResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config vmPolicyModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	addPolicyProblems(ctx, config.vmPolicySettingsModel, req.Config.Raw, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	for _, advice := range config.settings(ctx, &resp.Diagnostics).Advise(unknownFields(req.Config.Raw)) {
		resp.Diagnostics.AddAttributeWarning(fieldPath(advice.Field), advice.Summary, tfvalue.Sentences(advice.Message))
	}
	warnOfTimeZone(config.TimeZone, &resp.Diagnostics)
}

// warnOfTimeZone says what is to be known about the name of a time zone. It is not among the advice on the settings, which have
// the Windows name in place of the one that was written.
func warnOfTimeZone(zone tfvalue.EqualText, diags *diag.Diagnostics) {
	if warning := catalog.TimeZoneWarning(zone.ValueString()); warning != "" {
		diags.AddAttributeWarning(path.Root("timezone"), "The time zone may not be the one that is meant", tfvalue.Sentences(warning))
	}
}

// addPolicyProblems reports the rules that the settings break, each on its attribute. raw is where they come from: it
// tells which are unknown.
func addPolicyProblems(ctx context.Context, m vmPolicySettingsModel, raw tftypes.Value, diags *diag.Diagnostics) {
	policy, unknown := m.settings(ctx, diags), unknownFields(raw)
	misspelled := map[string]bool{
		"policy_type":      !slices.Contains([]string{catalog.PolicyV1, catalog.PolicyV2}, policy.Type),
		"backup.frequency": !slices.Contains([]string{catalog.Hourly, catalog.Daily, catalog.Weekly}, policy.Schedule.Frequency),
	}
	// What would follow from a word that is none is not said as well.
	problems := policy.Check(func(field string) bool { return unknown(field) || misspelled[field] })
	for _, problem := range policy.Check(unknown) {
		if misspelled[problem.Field] {
			problems = append(problems, problem)
		}
	}
	for _, problem := range problems {
		diags.AddAttributeError(fieldPath(problem.Field), "Invalid "+problem.Field, tfvalue.Sentences(problem.Message))
	}
}

// fieldPath is where a problem of a field such as "backup.time" is shown: at its attribute of the resource. Terraform shows
// the line of such an attribute, and for what is deeper in it only the line that the resource begins on.
func fieldPath(field string) path.Path {
	root, _, _ := strings.Cut(field, ".")
	return path.Root(root)
}

// emptyIsRefused are the fields whose own validators complain of 0 or "" or an empty set, which is no value in a
// catalog.VMPolicy.
var emptyIsRefused = []string{
	"retention_weekly.weekdays", "retention_yearly.months", "backup.hour_interval", "backup.hour_duration", "instant_restore_retention_days", "instant_access_duration_minutes",
	"tiering_policy.archived_restore_point.duration", "tiering_policy.archived_restore_point.duration_type",
}

// nullIsRefused are the fields that the schema requires, and complains of when they are null.
var nullIsRefused = []string{
	"backup", "backup.frequency", "backup.time", "instant_restore_resource_group.prefix", "retention_daily.count",
	"retention_weekly.count", "retention_weekly.weekdays", "retention_monthly.count", "retention_yearly.count",
	"retention_yearly.months", "tiering_policy.archived_restore_point.mode",
}

// unknownFields tells of a field such as "backup.time" whether its value is not known. A set of which an element is
// unknown is, and so is what the schema complains of itself.
func unknownFields(raw tftypes.Value) func(field string) bool {
	unknown := map[string]bool{}
	_ = tftypes.Walk(raw, func(p *tftypes.AttributePath, v tftypes.Value) (bool, error) {
		field := fieldOf(p)
		switch {
		case !v.IsKnown(), slices.Contains(emptyIsRefused, field) && isEmpty(v), v.IsNull() && slices.Contains(nullIsRefused, field):
			unknown[field] = true
		}
		return true, nil
	})
	return func(field string) bool { return unknown[field] }
}

// isEmpty tells whether a value is a set without elements, a number that is not positive or an empty text.
func isEmpty(v tftypes.Value) bool {
	var number *big.Float
	var text *string
	var elements []tftypes.Value
	switch {
	case v.Type().Is(tftypes.Set{}):
		return !v.IsNull() && v.As(&elements) == nil && len(elements) == 0
	case v.Type().Is(tftypes.Number):
		return v.As(&number) == nil && number != nil && number.Sign() <= 0
	case v.Type().Is(tftypes.String):
		return v.As(&text) == nil && text != nil && *text == ""
	}
	return false
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
