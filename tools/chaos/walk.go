package main

import (
	"context"
	"math/big"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

func newNumber() *big.Float { return new(big.Float) }

func (w *walk) null(kind string) tftypes.Value { return tftypes.NewValue(w.typeOf(kind), nil) }

// upgrade reads an object from the state file.
func (w *walk) upgrade(address string, is object) object {
	w.call(address, 0, func() ([]*tfprotov6.Diagnostic, error) {
		resp, err := w.server.UpgradeResourceState(context.Background(), &tfprotov6.UpgradeResourceStateRequest{
			TypeName: is.kind, Version: w.schema(is.kind).Version, RawState: &tfprotov6.RawState{JSON: stored(is.value)},
		})
		if err != nil {
			return nil, err
		}
		is.value = w.decode(address, is.kind, resp.UpgradedState)
		return resp.Diagnostics, nil
	})
	return is
}

// read refreshes an object; there is false when it is gone.
func (w *walk) read(ctx context.Context, address string, is object) (_ object, there bool) {
	there = true
	w.call(address, w.t.timeout, func() ([]*tfprotov6.Diagnostic, error) {
		resp, err := w.server.ReadResource(ctx, &tfprotov6.ReadResourceRequest{
			TypeName: is.kind, CurrentState: encode(is.value), Private: is.private, CurrentIdentity: is.identity,
		})
		if err != nil {
			return nil, err
		}
		is.value, is.private = w.decode(address, is.kind, resp.NewState), resp.Private
		if resp.NewIdentity != nil {
			is.identity = resp.NewIdentity
		}
		there = !is.value.IsNull()
		return resp.Diagnostics, nil
	})
	return is, there
}

// importObject carries out an import block.
func (w *walk) importObject(ctx context.Context, r resource, id string) (is object, there bool) {
	// What is imported has the timeouts that nobody has set yet, of minutes; a user's patience ends before.
	ctx, cancel := context.WithTimeout(ctx, w.t.timeout)
	defer cancel()
	ok := w.call(r.address, w.t.timeout, func() ([]*tfprotov6.Diagnostic, error) {
		resp, err := w.server.ImportResourceState(ctx, &tfprotov6.ImportResourceStateRequest{TypeName: r.kind, ID: id})
		if err != nil {
			return nil, err
		}
		for _, imported := range resp.ImportedResources {
			is = object{kind: r.kind, value: w.decode(r.address, r.kind, imported.State), private: imported.Private, identity: imported.Identity}
			there = true
		}
		return resp.Diagnostics, nil
	})
	if !ok || !there {
		return is, false
	}
	if is, there = w.read(ctx, r.address, is); !there {
		w.outcome.fail(r.address, "Cannot import non-existent remote object", id)
	}
	return is, there
}

// plan plans a resource, and the object that takes its place when the plan asks for one.
func (w *walk) plan(ctx context.Context, r resource, prior *object) (c change, ok bool) {
	config := valueOf(w.typeOf(r.kind), r.config, w.lookup)
	valid := w.call(r.address, 0, func() ([]*tfprotov6.Diagnostic, error) {
		resp, err := w.server.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{TypeName: r.kind, Config: encode(config)})
		if err != nil {
			return nil, err
		}
		return resp.Diagnostics, nil
	})
	if !valid {
		return c, false
	}
	c = change{address: r.address, kind: r.kind, config: config}
	if prior == nil {
		c.action = "create"
		_, ok = w.ask(ctx, &c, object{})
		return c, ok
	}
	c.prior = *prior
	if prior.tainted {
		// Terraform plans a new object, and then calls it a replacement.
		c.action = "replace"
		_, ok = w.ask(ctx, &c, object{})
		return c, ok
	}
	mustReplace, ok := w.ask(ctx, &c, *prior)
	switch {
	case !ok:
	case mustReplace:
		c.action = "replace"
		_, ok = w.ask(ctx, &c, object{private: c.private})
	case !c.planned.Equal(prior.value):
		c.action = "update"
	}
	return c, ok
}

// ask has the provider plan a change.
func (w *walk) ask(ctx context.Context, c *change, prior object) (mustReplace, ok bool) {
	before := prior.value
	if prior.kind == "" {
		before = w.null(c.kind)
	}
	proposed := proposedNew(w.typeOf(c.kind), w.schema(c.kind).Block.Attributes, before, c.config)
	ok = w.call(c.address, w.t.timeout, func() ([]*tfprotov6.Diagnostic, error) {
		resp, err := w.server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
			TypeName: c.kind, PriorState: encode(before), PriorPrivate: prior.private, PriorIdentity: prior.identity,
			Config: encode(c.config), ProposedNewState: encode(proposed),
		})
		if err != nil {
			return nil, err
		}
		c.planned, c.private, c.identity = w.decode(c.address, c.kind, resp.PlannedState), resp.PlannedPrivate, resp.PlannedIdentity
		mustReplace = len(resp.RequiresReplace) > 0
		return resp.Diagnostics, nil
	})
	return mustReplace, ok
}

// planDestroy plans that an object goes.
func (w *walk) planDestroy(ctx context.Context, address string, is object) change {
	c := change{address: address, kind: is.kind, action: "delete", prior: is}
	w.call(address, w.t.timeout, func() ([]*tfprotov6.Diagnostic, error) {
		resp, err := w.server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
			TypeName: is.kind, PriorState: encode(is.value), PriorPrivate: is.private, PriorIdentity: is.identity,
			Config: encode(w.null(is.kind)), ProposedNewState: encode(w.null(is.kind)),
		})
		if err != nil {
			return nil, err
		}
		c.private = resp.PlannedPrivate
		return resp.Diagnostics, nil
	})
	return c
}

// applyDestroy deletes an object, also one that is replaced.
func (w *walk) applyDestroy(ctx context.Context, c change) bool {
	kept := c.prior
	ok := w.call(c.address, w.t.timeout, func() ([]*tfprotov6.Diagnostic, error) {
		resp, err := w.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
			TypeName: c.kind, PriorState: encode(c.prior.value), PlannedState: encode(w.null(c.kind)), Config: encode(w.null(c.kind)),
			PlannedPrivate: c.private, PlannedIdentity: c.prior.identity,
		})
		if err != nil {
			return nil, err
		}
		kept.value, kept.private = w.decode(c.address, c.kind, resp.NewState), resp.Private
		return resp.Diagnostics, nil
	})
	if kept.value.IsNull() {
		delete(w.t.state, c.address)
		delete(w.values, c.address)
	} else {
		w.t.state[c.address] = kept
	}
	return ok
}

// applyChange looks at a plan again, with all that is known now, and carries it out.
func (w *walk) applyChange(ctx context.Context, first change) bool {
	if first.action == "" {
		return true
	}
	var r resource
	for _, candidate := range w.config.resources {
		if candidate.address == first.address {
			r = candidate
		}
	}
	var prior *object
	is := object{kind: first.kind, value: w.null(first.kind)}
	if now, there := w.t.state[first.address]; there {
		is, prior = now, &now
		prior.tainted = false
	}
	c, ok := w.plan(ctx, r, prior)
	if !ok {
		return false
	}
	if found := differs(first.planned, c.planned, first.address); found != "" || c.action == "replace" {
		w.outcome.fail(first.address, "Provider produced inconsistent final plan", found)
		return false
	}
	if c.action == "" {
		return true
	}
	var made object
	ok = w.call(c.address, w.t.timeout, func() ([]*tfprotov6.Diagnostic, error) {
		resp, err := w.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
			TypeName: c.kind, PriorState: encode(is.value), PlannedState: encode(c.planned), Config: encode(c.config),
			PlannedPrivate: c.private, PlannedIdentity: c.identity,
		})
		if err != nil {
			return nil, err
		}
		made = object{kind: c.kind, value: w.decode(c.address, c.kind, resp.NewState), private: resp.Private, identity: resp.NewIdentity}
		return resp.Diagnostics, nil
	})
	if !ok && made.value.IsNull() {
		return false // what the state has stays
	}
	if found := differs(c.planned, made.value, c.address); ok && found != "" {
		w.outcome.fail(c.address, "Provider produced inconsistent result after apply", found)
		ok = false
	}
	made.tainted = !ok && prior == nil
	w.t.state[c.address] = made
	w.values[c.address] = made.value
	return ok
}
