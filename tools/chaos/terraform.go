package main

import (
	"context"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// resource is a block of a configuration.
type resource struct {
	address string
	kind    string
	config  attributes
}

// configuration is resources, each behind those that it refers to, and ids to import, by address.
type configuration struct {
	resources []resource
	imports   map[string]string
}

// order is the addresses that there can be, each behind those it refers to.
var order = []string{vaultAddress, policyAddress, vmAddress}

// object is what the state has at an address.
type object struct {
	kind     string
	value    tftypes.Value
	private  []byte
	identity *tfprotov6.ResourceIdentityData
	tainted  bool
}

// terraform runs commands as the command line does, with the provider in this process: it refreshes, plans, looks again,
// applies, and keeps the state.
type terraform struct {
	endpoint string
	timeout  time.Duration // of each operation, which the configuration sets
	state    map[string]object
	history  []*outcome
}

func newTerraform(endpoint string, timeout time.Duration) *terraform {
	return &terraform{endpoint: endpoint, timeout: timeout, state: map[string]object{}}
}

// change is what is planned for an address.
type change struct {
	address string
	kind    string
	action  string // create, update, delete or replace; "" is nothing
	config  tftypes.Value
	prior   object // none for a create
	planned tftypes.Value
	private []byte
	// identity that is planned.
	identity *tfprotov6.ResourceIdentityData
}

// walk is a walk over the graph: a provider of its own, and what it knows so far.
type walk struct {
	*plugin
	t      *terraform
	config configuration
	values map[string]tftypes.Value // planned or real, by address
}

func (t *terraform) walk(ctx context.Context, config configuration, o *outcome) (*walk, bool) {
	p, err := startPlugin(ctx, t.endpoint, theSecret, o)
	if err != nil {
		o.complain("the provider does not start: %s", err)
	}
	if o.failed {
		return nil, false
	}
	return &walk{p, t, config, map[string]tftypes.Value{}}, true
}

// lookup is the value that a reference has now: not known, while its resource is not planned.
func (w *walk) lookup(r reference) tftypes.Value {
	if of, ok := w.values[r.address]; ok && of.IsKnown() && !of.IsNull() {
		return membersOf(of)[r.attribute]
	}
	return tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
}

func (t *terraform) begin(command string) (*outcome, func()) {
	o, began := &outcome{command: command}, time.Now()
	t.history = append(t.history, o)
	return o, func() { o.took = time.Since(began) }
}

// plan is `terraform plan`.
func (t *terraform) plan(ctx context.Context, config configuration) *outcome {
	o, end := t.begin("plan")
	defer end()
	_, _ = t.planned(ctx, config, o)
	return o
}

// apply is `terraform apply -auto-approve`.
func (t *terraform) apply(ctx context.Context, config configuration) *outcome {
	o, end := t.begin("apply")
	defer end()
	if state, changes := t.planned(ctx, config, o); !o.failed {
		t.state = state
		t.carryOut(ctx, config, changes, o)
	}
	return o
}

// destroy is `terraform destroy -auto-approve`. It first plans what is configured, to read everything.
func (t *terraform) destroy(ctx context.Context, config configuration) *outcome {
	o, end := t.begin("destroy")
	defer end()
	state, _ := t.planned(ctx, config, o)
	if o.failed {
		return o
	}
	o.changes = nil
	w, ok := t.walk(ctx, configuration{}, o)
	if !ok {
		return o
	}
	var changes []change
	for _, address := range slices.Backward(order) {
		if is, there := state[address]; there {
			is = w.upgrade(address, is)
			changes = append(changes, w.planDestroy(ctx, address, is))
		}
	}
	o.note(changes)
	if !o.failed {
		t.state = state
		t.carryOut(ctx, configuration{}, changes, o)
	}
	return o
}

func (t *terraform) past() []*outcome { return t.history }

// ids are the ids in the state.
func (t *terraform) ids() []string {
	ids := []string{}
	for _, is := range t.state {
		ids = append(ids, store.Key(textOf(is.value, "id")))
	}
	slices.Sort(ids)
	return ids
}

// follow does what a message says, exactly.
func (t *terraform) follow(_ context.Context, a advice, config *configuration) {
	t.history = append(t.history, &outcome{command: a.String()})
	switch is := t.state[a.address]; a.what {
	case "import":
		config.imports[a.address] = a.id
	case "untaint":
		is.tainted = false
		t.state[a.address] = is
	case "state rm":
		delete(t.state, a.address)
	}
}

func (o *outcome) note(changes []change) {
	for _, c := range changes {
		if c.action != "" {
			o.changes = append(o.changes, c.action+" "+c.address)
		}
	}
}

// planned refreshes and plans. The state that comes back is the refreshed one.
func (t *terraform) planned(ctx context.Context, config configuration, o *outcome) (map[string]object, []change) {
	w, ok := t.walk(ctx, config, o)
	if !ok {
		return nil, nil
	}
	state := map[string]object{}
	var changes []change
	for _, address := range order {
		at := slices.IndexFunc(config.resources, func(r resource) bool { return r.address == address })
		is, there := t.state[address]
		if there {
			is = w.upgrade(address, is)
			is, there = w.read(ctx, address, is)
		} else if id := config.imports[address]; id != "" && at >= 0 {
			is, there = w.importObject(ctx, config.resources[at], id)
		}
		if o.failed {
			return nil, nil // what refers to it is not looked at
		}
		if there {
			state[address] = is
			w.values[address] = is.value
		}
		if at < 0 {
			if there {
				changes = append(changes, w.planDestroy(ctx, address, is))
			}
			continue
		}
		var prior *object
		if there {
			prior = &is
		}
		c, ok := w.plan(ctx, config.resources[at], prior)
		if !ok {
			return nil, nil
		}
		changes = append(changes, c)
		w.values[address] = c.planned
	}
	o.note(changes)
	return state, changes
}

// carryOut applies changes: first what goes, from the last to the first, then the others. An error ends it, as what comes
// after refers to it.
func (t *terraform) carryOut(ctx context.Context, config configuration, changes []change, o *outcome) {
	w, ok := t.walk(ctx, config, o)
	if !ok {
		return
	}
	for _, address := range order {
		if is, there := t.state[address]; there {
			is = w.upgrade(address, is)
			w.values[address] = is.value
		}
	}
	position := func(c change) int { return slices.Index(order, c.address) }
	slices.SortFunc(changes, func(a, b change) int { return position(b) - position(a) })
	for _, c := range changes {
		if c.action == "delete" || c.action == "replace" {
			if !w.applyDestroy(ctx, c) {
				return
			}
		}
	}
	for _, c := range slices.Backward(changes) {
		if c.action != "delete" && !w.applyChange(ctx, c) {
			return
		}
	}
}
