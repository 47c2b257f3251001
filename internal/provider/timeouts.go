package provider

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
)

// operationTimeout is how long an operation may take unless the configuration says otherwise, and what it waits for.
type operationTimeout struct {
	text  string
	after time.Duration
}

// resourceTimeouts are those of the operations of a resource.
type resourceTimeouts struct{ create, read, update, delete operationTimeout }

func timeoutsAttribute(ctx context.Context, t resourceTimeouts) schema.Attribute {
	describe := func(o operationTimeout) string {
		return fmt.Sprintf("%s, as a Go duration such as `90s` or `2h`. Default `%.0fm`.", o.text, o.after.Minutes())
	}
	attribute := timeouts.Attributes(ctx, timeouts.Opts{
		Create: true, Read: true, Update: true, Delete: true,
		CreateDescription: describe(t.create),
		ReadDescription:   describe(t.read),
		UpdateDescription: describe(t.update),
		DeleteDescription: describe(t.delete),
	})
	if nested, ok := attribute.(schema.SingleNestedAttribute); ok {
		nested.MarkdownDescription = "How long each operation may take, all waiting included. Changed in place. A creation that the service has accepted and that " +
			"takes longer goes on: the apply ends with a warning, and the next one goes on from there."
		return nested
	}
	return attribute
}

// noTimeouts is the null of the timeouts attribute, which needs its type where no plan brings it along.
func noTimeouts(ctx context.Context) timeouts.Value {
	kind, ok := timeoutsAttribute(ctx, resourceTimeouts{}).GetType().(timeouts.Type)
	if !ok {
		return timeouts.Value{}
	}
	return timeouts.Value{Object: types.ObjectNull(kind.AttrTypes)}
}

// limited bounds an operation by one of its timeouts, as the attribute timeouts has it, and names it in errors.
func limited(ctx context.Context, set map[string]attr.Value, operation string, after time.Duration) (context.Context, context.CancelFunc) {
	text := fmt.Sprintf("timeouts.%s, %s by default", operation, short(after))
	if value, ok := set[operation].(types.String); ok && !value.IsNull() && !value.IsUnknown() {
		text = fmt.Sprintf("timeouts.%s = %q", operation, value.ValueString())
	}
	return arm.WithLimit(ctx, after, text)
}

// reading bounds what only reads and has no attribute timeouts.
func reading(ctx context.Context) (context.Context, context.CancelFunc) {
	return arm.WithLimit(ctx, readTimeout, short(readTimeout)+", as long as reading may take")
}

// short is a duration without the units that it has none of.
func short(d time.Duration) string {
	return strings.NewReplacer("h0m0s", "h", "m0s", "m").Replace(d.String())
}

// planContext bounds what a plan asks of the service, which Terraform sets no time for: by timeouts.read, as far as the state or
// the plan has it.
func planContext(ctx context.Context, req resource.ModifyPlanRequest) (context.Context, context.CancelFunc) {
	for _, object := range []tftypes.Value{req.Plan.Raw, req.State.Raw} {
		text, known := tfvalue.ObjectOf(object).At("timeouts").Text("read").Get()
		if after, err := time.ParseDuration(text); known && err == nil {
			return limited(ctx, map[string]attr.Value{"read": types.StringValue(text)}, "read", after)
		}
	}
	return limited(ctx, nil, "read", readTimeout)
}
