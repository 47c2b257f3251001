package provider

import (
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// timeWindow are the attributes of a data source that restrict it to some time.
type timeWindow struct {
	StartTime types.String `tfsdk:"start_time"`
	EndTime   types.String `tfsdk:"end_time"`
}

// timeWindowAttributes describes timeWindow's attributes; what says what is in the window, such as "Only jobs that
// started".
func timeWindowAttributes(what string) map[string]schema.Attribute {
	bound := func(where string) schema.Attribute {
		return schema.StringAttribute{
			MarkdownDescription: fmt.Sprintf("%s at this time or %s, as in RFC 3339: `2026-01-31T02:00:00Z`. Default: no limit.", what, where),
			Optional:            true,
			Validators:          []validator.String{rule("time", checkTime)},
		}
	}
	return map[string]schema.Attribute{"start_time": bound("after"), "end_time": bound("before")}
}

// check finds a window that nothing can be in.
func (w timeWindow) check(diags *diag.Diagnostics) {
	bounds := w.window()
	if !bounds.From.IsZero() && !bounds.To.IsZero() && bounds.To.Before(bounds.From) {
		diags.AddAttributeError(path.Root("end_time"), "Invalid time", fmt.Sprintf(
			"The end time %s is before the start time %s.", w.EndTime.ValueString(), w.StartTime.ValueString()))
	}
}

// window is what the attributes say; an end that is not known, or not valid, is open.
func (w timeWindow) window() vault.Window {
	from, _ := parseTime(w.StartTime.ValueString())
	to, _ := parseTime(w.EndTime.ValueString())
	return vault.Window{From: from, To: to}
}

func checkTime(s string) error {
	_, err := parseTime(s)
	return err
}

func parseTime(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is not a time; write date, time and zone as in RFC 3339, such as 2026-01-31T02:00:00Z", s)
	}
	return t, nil
}

// timeOrNull is a time as Terraform's functions take it, null for none.
func timeOrNull(t time.Time) types.String {
	if t.IsZero() {
		return types.StringNull()
	}
	return types.StringValue(t.UTC().Format(time.RFC3339Nano))
}

// textsValue is a list of texts; none is an empty list.
func textsValue(texts []string) types.List {
	values := make([]attr.Value, 0, len(texts))
	for _, s := range texts {
		values = append(values, types.StringValue(s))
	}
	return types.ListValueMust(types.StringType, values)
}
