package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// unhurried is the timeout of what has to succeed, on a machine with other things to do.
const unhurried = 10 * time.Minute

// ground is what is there before the command of a cell: it is made once, and copied for each.
type ground struct {
	once     sync.Once
	err      error
	database []byte
	state    map[string]object
}

// start is where the cells of a subject and a call begin.
type start struct {
	once sync.Once
	err  error
	*ground
	seen []int // how many requests each of the subject's targets has in the call, without faults
}

// starts are those that were made so far.
type starts struct {
	mu      sync.Mutex
	grounds map[string]*ground
	known   map[string]*start
	turns   chan struct{} // few at a time: others wait for them
}

func newStarts() *starts {
	return &starts{grounds: map[string]*ground{}, known: map[string]*start{}, turns: make(chan struct{}, runtime.NumCPU()+1)}
}

// ready copies the start for a cell, with the provider in this process; nil when the fault meets no request.
func (s *starts) ready(ctx context.Context, c cell, fallback string) (*stage, error) {
	s.mu.Lock()
	key, groundKey := c.subject.name+" "+c.call, c.subject.name
	if c.comesNew() {
		groundKey += " around"
	}
	if s.known[key] == nil {
		if s.grounds[groundKey] == nil {
			s.grounds[groundKey] = &ground{}
		}
		s.known[key] = &start{ground: s.grounds[groundKey]}
	}
	made := s.known[key]
	s.mu.Unlock()
	made.once.Do(func() {
		s.turns <- struct{}{}
		defer func() { <-s.turns }()
		made.ground.once.Do(func() { made.ground.err = made.make(ctx, c, fallback) })
		if made.err = made.ground.err; made.err == nil {
			made.err = made.count(ctx, c, fallback)
		}
	})
	if made.err != nil || !made.touches(c) {
		return nil, made.err
	}
	return made.stage(ctx, c, fallback)
}

// touches tells whether the fault of a cell meets a request: up to there it goes as without faults.
func (s *start) touches(c cell) bool {
	at := slices.IndexFunc(c.subject.targets, func(t target) bool { return t.name == c.target.name })
	return s.seen[at] >= c.times.from
}

// count runs the command without faults, and counts the requests of each target.
func (s *start) count(ctx context.Context, c cell, fallback string) error {
	c.times.timeout = unhurried
	on, err := s.stage(ctx, c, fallback)
	if err != nil {
		return err
	}
	defer on.clear()
	for _, t := range c.subject.targets {
		on.service.faults.Add(t.rule) // without an effect, it only counts
	}
	if o := on.command(ctx); o.failed {
		return fmt.Errorf("the command fails without faults, too: %s", o.firstError())
	}
	s.seen = make([]int, len(c.subject.targets))
	for _, m := range on.service.faults.Matches() {
		s.seen[m.Rule]++
	}
	return nil
}

func (g *ground) make(ctx context.Context, c cell, fallback string) error {
	folder, err := newFolder(fallback)
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	running, err := startService(ctx, folder)
	if err != nil {
		return err
	}
	tf := newTerraform(running.server.URL, unhurried)
	err = c.prepare(ctx, running, tf, unhurried)
	running.stop()
	if err != nil {
		return err
	}
	g.state = tf.state
	g.database, err = os.ReadFile(filepath.Join(folder, databaseFile))
	return err
}

// comesNew tells whether the cell creates what was never there.
func (c cell) comesNew() bool { return c.call == "create" && !c.subject.softDeleted }

// prepare makes what is there before the command.
func (c cell) prepare(ctx context.Context, s *service, tf runner, timeout time.Duration) error {
	around, whole := c.subject.around, c.subject.around.over(c.subject.object)
	must := func(b blocks) error {
		if o := tf.apply(ctx, b.configuration(timeout)); o.failed {
			return fmt.Errorf("the starting state cannot be made: %s", o.firstError())
		}
		return nil
	}
	if c.comesNew() {
		if around.vault == nil {
			return nil
		}
		return must(around)
	}
	if err := must(whole); err != nil || whole.vm == nil {
		return err
	}
	if err := backUp(ctx, s.file, itemID); err != nil {
		return err
	}
	if c.subject.softDeleted {
		return must(around)
	}
	return must(whole) // the state knows of the backup, as after any plan
}

// stage is a ground, copied, where a cell can be run.
type stage struct {
	folder  string
	service *service
	runner
	config configuration
	whole  configuration // of everything, for a destroy
}

// newStage has a service on a folder's database, and who runs the commands of the cell there.
func newStage(ctx context.Context, c cell, folder string, with func(*service) (runner, error)) (*stage, error) {
	running, err := startService(ctx, folder)
	if err != nil {
		return nil, err
	}
	tf, err := with(running)
	if err != nil {
		return nil, err
	}
	s := &stage{folder: folder, service: running, runner: tf, config: c.configuration(), whole: c.whole()}
	for _, address := range sortedKeys(s.config.imports) {
		tf.follow(ctx, advice{"state rm", address, ""}, &s.config)
	}
	return s, nil
}

func (g *ground) stage(ctx context.Context, c cell, fallback string) (*stage, error) {
	folder, err := newFolder(fallback)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(folder, databaseFile), g.database, 0o600); err != nil {
		return nil, err
	}
	return newStage(ctx, c, folder, func(s *service) (runner, error) {
		tf := newTerraform(s.server.URL, c.times.timeout)
		for address, is := range g.state {
			tf.state[address] = is.limited(c.times.timeout)
		}
		return tf, nil
	})
}

// real makes the ground of a cell anew, for a real Terraform.
func (w *workshop) real(ctx context.Context, c cell) (*stage, error) {
	folder, err := newFolder(w.folder)
	if err != nil {
		return nil, err
	}
	return newStage(ctx, c, folder, func(s *service) (runner, error) {
		space, err := w.workspace(attributes{"environment": "embedded", "endpoint": s.server.URL, "client_secret": theSecret})
		if err != nil {
			return nil, err
		}
		// With all the time it takes; then only the timeouts become the cell's.
		for _, timeout := range []time.Duration{unhurried, c.times.timeout} {
			if err := c.prepare(ctx, s, space, timeout); err != nil {
				return nil, err
			}
		}
		return space, nil
	})
}

// limited is an object with another timeout for each operation in the state.
func (o object) limited(timeout time.Duration) object {
	members := maps.Clone(membersOf(o.value))
	members["timeouts"] = valueOf(members["timeouts"].Type(), limits(timeout), nil)
	o.value = tftypes.NewValue(o.value.Type(), members)
	return o
}

// unhurry gives the commands to come, as a user would, all the time they take.
func (s *stage) unhurry(c cell) {
	c.times.timeout = time.Minute
	s.config, s.whole = c.configuration(), c.whole()
	if tf, ok := s.runner.(*terraform); ok {
		tf.timeout = c.times.timeout
		for address, is := range tf.state {
			tf.state[address] = is.limited(c.times.timeout)
		}
	}
}

func (s *stage) clear() {
	s.service.stop()
	_ = os.RemoveAll(s.folder)
}

// command runs the command of the cell.
func (s *stage) command(ctx context.Context) *outcome {
	if len(s.config.resources) == 0 {
		return s.destroy(ctx, s.whole)
	}
	return s.apply(ctx, s.config)
}
