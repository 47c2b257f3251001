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
		Optional:   true,
		Validators: []validator.List{threatsValidator{}},
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

// threatsValidator checks the setting threats, as failedBackupsValidator does failed_backups.
type threatsValidator struct{}

func (threatsValidator) Description(context.Context) string {
	return "each element must have the ARM id of a virtual machine, a severity that there is, and no end before its start"
}

func (v threatsValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (threatsValidator) ValidateList(ctx context.Context, req validator.ListRequest, resp *validator.ListResponse) {
	readThreats(ctx, req.ConfigValue, req.Path, &resp.Diagnostics)
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
