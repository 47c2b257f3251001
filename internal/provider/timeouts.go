package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

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
		nested.MarkdownDescription = "How long each operation may take, all waiting included. Changed in place."
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

// planContext bounds what a plan asks of the service, which Terraform sets no time for: by timeouts.read, as far as the state or
// the plan has it.
func planContext(ctx context.Context, req resource.ModifyPlanRequest) (context.Context, context.CancelFunc) {
	limit := readTimeout
	for _, object := range []tftypes.Value{req.Plan.Raw, req.State.Raw} {
		text, known := tfvalue.ObjectOf(object).At("timeouts").Text("read").Get()
		if set, err := time.ParseDuration(text); known && err == nil {
			limit = set
			break
		}
	}
	return context.WithTimeout(ctx, limit)
}
