package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/azurebackup/terraform-provider-backup/internal/backend"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// foundThreatModel is an element of the setting threats.
type foundThreatModel struct {
	timeWindow
	VMID        types.String `tfsdk:"vm_id"`
	Title       types.String `tfsdk:"title"`
	Description types.String `tfsdk:"description"`
	Severity    types.String `tfsdk:"severity"`
}

func threatsAttribute() schema.Attribute {
	optional := func(text string) schema.Attribute {
		return schema.StringAttribute{MarkdownDescription: text, Optional: true}
	}
	return schema.ListNestedAttribute{
		MarkdownDescription: "Threats that scans find in the recovery points of VMs with `source_scan_enabled`, to try out what watches them. They follow from these " +
			"times whenever something is read, so that a change here changes the past as well. Default: none.",
		Optional: true,
		Validators: []validator.List{vmEventsValidator{"a severity that there is, ", func(ctx context.Context, list types.List, p path.Path, diags *diag.Diagnostics) {
			readThreats(ctx, list, p, diags)
		}}},
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"vm_id":       schema.StringAttribute{MarkdownDescription: "The VM's ARM id.", Required: true},
			"start_time":  optional("Only in recovery points taken at this time or after, as in RFC 3339: `2026-01-31T02:00:00Z`. Default: no limit."),
			"end_time":    optional("Only in recovery points taken at this time or before, as in RFC 3339. Default: no limit."),
			"title":       optional("What it is. Default `" + catalog.DefaultThreatTitle + "`."),
			"description": optional("More about it. Default: nothing."),
			"severity":    optional("`Critical` or `High`, which make a recovery point `UnHealthy`, `Warning`, or `Informational`, which leaves it `Healthy`. Default `High`."),
		}},
	}
}

// readThreats reads and checks the setting, as readFailedBackups does.
func readThreats(ctx context.Context, list types.List, p path.Path, diags *diag.Diagnostics) []backend.Threat {
	var all []backend.Threat
	for i, element := range list.Elements() {
		object, ok := element.(types.Object)
		if !ok || object.IsUnknown() {
			continue
		}
		var m foundThreatModel
		diags.Append(object.As(ctx, &m, basetypes.ObjectAsOptions{})...)
		wrong := func(name, text string) {
			diags.AddAttributeError(p.AtListIndex(i).AtName(name), "Invalid threat", fmt.Sprintf("threats[%d].%s: %s", i, name, text))
		}
		checkVMTimes(m.VMID, m.timeWindow, wrong)
		if s, all := m.Severity.ValueString(), catalog.ThreatSeverities(); s != "" && !slices.Contains(all, s) {
			wrong("severity", fmt.Sprintf("%q is not a severity; it can be %s.", s, strings.Join(all, ", ")))
		}
		w := m.window()
		all = append(all, backend.Threat{
			VMID: m.VMID.ValueString(), From: w.From, Until: w.To, Title: m.Title.ValueString(), Description: m.Description.ValueString(), Severity: m.Severity.ValueString(),
		})
	}
	return all
}
