package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/unchanged"
)

// look is what a read of an object of the state has found.
type look[M any] struct {
	of       M // the state
	is       M // what the state is to be
	fate     fate
	identity any
	// finished tells that the object is made: what the pending marker stood for is over.
	finished bool
	diags    diag.Diagnostics
}

// fate is what a read makes of a state.
type fate int

const (
	unread fate = iota // there is no answer
	found              // it is what the service says
	kept               // it stays as it is, unread
	gone               // it goes, with the object
)

// lookOnce is what was found by the server, which looks before the framework does, and otherwise a look now.
func lookOnce[M any](ctx context.Context, models *unchanged.Model[M], state M, ask func() *look[M]) *look[M] {
	if l, ok := unchanged.Found(ctx).(*look[M]); ok && models.Same(l.of, state) {
		return l
	}
	return ask()
}

// save writes what was found into the answer to a read.
func (l *look[M]) save(ctx context.Context, resp *resource.ReadResponse) {
	resp.Diagnostics.Append(l.diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	// An interrupted context must not keep what is known out of the state.
	ctx = context.WithoutCancel(ctx)
	if l.finished {
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, pendingKey, nil)...)
	}
	switch l.fate {
	case found:
		resp.Diagnostics.Append(resp.State.Set(ctx, l.is)...)
	case gone:
		resp.State.RemoveResource(ctx)
	case kept, unread:
	}
	// The framework wants an identity even of what is gone; states written before Terraform 1.12 have none.
	if resp.Identity != nil && (l.fate != kept || resp.Identity.Raw.IsFullyNull()) {
		resp.Diagnostics.Append(resp.Identity.Set(ctx, l.identity)...)
	}
}

// seen is what the server is told of a look.
func (l *look[M]) seen(ctx context.Context, models *unchanged.Model[M], private tfvalue.PrivateReader) unchanged.Look {
	pending, _ := private.GetKey(ctx, pendingKey)
	quiet := len(l.diags) == 0 && (pending == nil || !l.finished)
	return unchanged.Look{
		Found: l, Identity: l.identity,
		Unchanged: quiet && (l.fate == kept || l.fate == found && models.Same(l.of, l.is)),
	}
}
