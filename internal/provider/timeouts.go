package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
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
