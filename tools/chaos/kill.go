package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// slowly are the settings of an embedded service in which there is a middle to be killed in.
func slowly(database string) attributes {
	return attributes{"environment": "embedded", "embedded": attributes{"database": database, "provisioning_time": "700ms", "operation_time": "300ms", "soft_delete_forced": false}}
}

// everything is a vault, a policy and a protected VM.
func everything() configuration {
	return blocks{vault: aVault.with(attributes{"soft_delete": attributes{"state": "Disabled"}}), policy: aPolicy, vm: aVM}.configuration(time.Minute)
}

// killRounds kills Terraform, the provider, or both in the middle of an apply, a change and a destroy, and goes on.
func (w *workshop) killRounds(ctx context.Context, rounds int, seed uint64) (reports []report) {
	random := rand.New(rand.NewPCG(seed, 1))
	victims, commands := []string{"terraform", "provider", "both"}, []string{"create", "update", "delete"}
	for n := range rounds {
		if ctx.Err() != nil {
			return reports
		}
		k := kill{shop: w, victim: victims[n%3], call: commands[n/3%3], part: random.Float64()}
		name := fmt.Sprintf("kill/%s/%s/%d", k.victim, k.call, n)
		t, err := k.run(ctx)
		r := report{row: "kill " + k.victim, name: name}
		if err != nil {
			r.verdict, r.reason = stuck, err.Error()
		} else {
			r.verdict, r.reason = t.judge()
			r.unclean = t.complaints
			r.beyond = r.verdict == command && k.victim != "provider"
		}
		reports = append(reports, r)
	}
	return reports
}

// kill is a round.
type kill struct {
	shop         *workshop
	victim, call string
	part         float64 // of a command's usual time, after which it is killed
}

func (k kill) run(ctx context.Context) (t trial, err error) {
	s, err := k.shop.workspace(slowly(databaseFile))
	if err != nil {
		return t, err
	}
	config := everything()
	usual := 3 * time.Second
	if k.call != "create" {
		o := s.apply(ctx, config)
		if o.failed {
			return t, fmt.Errorf("the starting state cannot be made: %s", o.firstError())
		}
		usual = o.took
	}
	args := []string{"apply", "-auto-approve", "-json"}
	done := s.apply
	switch k.call {
	case "update":
		config.resources[0].config = config.resources[0].config.with(attributes{"tags": attributes{"stage": "live"}})
		config.resources[1].config = config.resources[1].config.with(attributes{"retention_daily": attributes{"count": 40}})
	case "delete":
		args[0], done = "destroy", s.destroy
		t.gone = []string{store.Key(vaultID)}
	}
	if t.before, err = s.inspect(ctx); err != nil {
		return t, err
	}
	if err := s.write(config); err != nil {
		return t, err
	}
	r, err := s.start(ctx, args...)
	if err != nil {
		return t, err
	}
	orphans := k.strike(ctx, r, time.Duration(k.part*float64(usual)))
	t.first = r.wait()
	s.history = append(s.history, t.first)
	for _, p := range orphans {
		_ = p.Kill() // an orphan that has not ended yet would go on writing
	}
	t.first.failed = true
	wanted := &config
	if k.call == "delete" {
		wanted = &configuration{imports: map[string]string{}}
	}
	t.heal(ctx, s, wanted, func() *outcome { return done(ctx, config) })
	if t.end, err = s.inspect(ctx); err != nil {
		return t, err
	}
	t.stateEnd = s.ids()
	for _, o := range s.history {
		t.complaints = append(t.complaints, o.complaints...)
	}
	return t, nil
}

// strike kills the victim at a moment, and returns the providers that may have outlived it.
func (k kill) strike(ctx context.Context, r *running, after time.Duration) (orphans []*os.Process) {
	select {
	case <-time.After(after):
	case <-ctx.Done():
	}
	for _, pid := range childrenOf(r.cmd.Process.Pid) {
		if p, err := os.FindProcess(pid); err == nil {
			orphans = append(orphans, p)
		}
	}
	if k.victim != "provider" {
		_ = r.cmd.Process.Kill() // it may have ended before
	}
	if k.victim != "terraform" {
		for _, p := range orphans {
			_ = p.Kill()
		}
		return nil
	}
	return orphans
}

// childrenOf finds the processes that a process has started, where there is a /proc; elsewhere Terraform alone is killed.
func childrenOf(parent int) (children []int) {
	statuses, _ := filepath.Glob("/proc/[0-9]*/status") // the pattern is well-formed
	for _, path := range statuses {
		status, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(status), fmt.Sprintf("\nPPid:\t%d\n", parent)) {
			continue // another's, or ended meanwhile
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil {
			children = append(children, pid)
		}
	}
	return children
}

// inspect reads what the database of the workspace holds; there is none before the first apply.
func (w *workspace) inspect(ctx context.Context) (contents, error) {
	path := filepath.Join(w.folder, databaseFile)
	if _, err := os.Stat(path); err != nil {
		return contents{}, nil
	}
	file, err := store.Open(ctx, path)
	if err != nil {
		return contents{}, err
	}
	defer func() { _ = file.Close() }()
	return inspect(ctx, file)
}
