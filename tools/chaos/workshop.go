package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// workshop has what folders with a real Terraform share.
type workshop struct {
	folder    string
	cli       string
	overrides string // the CLI configuration, by which the provider needs no init
	count     int
}

func newWorkshop(folder, cli, provider string) (*workshop, error) {
	found, err := exec.LookPath(cli)
	if err != nil {
		return nil, fmt.Errorf("the rounds with a real Terraform need one; give it with -cli, or leave them out by -kills 0 -applies 0: %w", err)
	}
	if _, err := os.Stat(provider); err != nil {
		return nil, fmt.Errorf("no provider for the rounds with a real Terraform; `make build` makes it: %w", err)
	}
	w := &workshop{folder: folder, cli: found, overrides: filepath.Join(folder, "dev.tfrc")}
	at := filepath.ToSlash(filepath.Dir(provider))
	text := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"registry.terraform.io/azurebackup/backup\" = %q\n    \"registry.opentofu.org/azurebackup/backup\" = %q\n  }\n  direct {}\n}\n", at, at)
	return w, os.WriteFile(w.overrides, []byte(text), 0o600)
}

// workspace is a folder in which a real Terraform runs the built provider. It is a runner.
type workspace struct {
	shop    *workshop
	folder  string
	service attributes // the provider block
	history []*outcome
}

func (w *workshop) workspace(service attributes) (*workspace, error) {
	w.count++
	folder := filepath.Join(w.folder, fmt.Sprintf("workspace-%d", w.count))
	return &workspace{shop: w, folder: folder, service: service}, os.Mkdir(folder, 0o700)
}

// write writes a configuration, in Terraform's JSON.
func (w *workspace) write(c configuration) error {
	resources := map[string]map[string]any{}
	for _, r := range c.resources {
		_, name, _ := strings.Cut(r.address, ".")
		resources[r.kind] = map[string]any{name: expressions(r.config)}
	}
	imports := []any{}
	for _, address := range sortedKeys(c.imports) {
		imports = append(imports, map[string]any{"to": address, "id": c.imports[address]})
	}
	content := map[string]any{
		"terraform": map[string]any{"required_providers": map[string]any{"backup": map[string]any{"source": "azurebackup/backup"}}},
		"provider":  map[string]any{"backup": w.service},
	}
	if len(resources) > 0 {
		content["resource"], content["import"] = resources, imports
	}
	raw, err := json.MarshalIndent(content, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(w.folder, "main.tf.json"), raw, 0o600)
}

// expressions puts references into Terraform's words.
func expressions(v any) any {
	switch v := v.(type) {
	case reference:
		return "${" + v.address + "." + v.attribute + "}"
	case attributes:
		made := map[string]any{}
		for name, value := range v {
			made[name] = expressions(value)
		}
		return made
	}
	return v
}

// running is a command under way.
type running struct {
	cmd    *exec.Cmd
	output bytes.Buffer
	began  time.Time
	args   []string
}

func (w *workspace) start(ctx context.Context, args ...string) (*running, error) {
	r := &running{cmd: exec.CommandContext(ctx, w.shop.cli, args...), began: time.Now(), args: args}
	r.cmd.Dir = w.folder
	r.cmd.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+w.shop.overrides, "TF_IN_AUTOMATION=1", "TF_INPUT=0", "CHECKPOINT_DISABLE=1")
	r.cmd.Stdout, r.cmd.Stderr = &r.output, &r.output
	r.cmd.WaitDelay = 5 * time.Second // a provider outlives a Terraform that was killed for a moment, and holds its streams
	return r, r.cmd.Start()
}

// wait returns when the command has ended.
func (r *running) wait() *outcome {
	o := &outcome{command: r.args[0]}
	err := r.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && !errors.Is(err, exec.ErrWaitDelay) {
		o.complain("%s: %s", r.args[0], err)
	}
	o.took = time.Since(r.began)
	code := r.cmd.ProcessState.ExitCode()
	const changes = 2 // of plan -detailed-exitcode
	o.failed = o.failed || code != 0 && code != changes
	o.read(r.output.String())
	if code == changes && len(o.changes) == 0 {
		o.changes = []string{"something"}
	}
	return o
}

// read reads what Terraform printed with -json.
func (o *outcome) read(printed string) {
	for line := range strings.Lines(printed) {
		var said struct {
			Type       string
			Diagnostic struct{ Severity, Summary, Detail, Address string }
			Change     struct {
				Action   string
				Resource struct{ Addr string }
			}
		}
		if json.Unmarshal([]byte(line), &said) != nil {
			// Terraform itself broke off.
			if strings.Contains(line, "panic:") || strings.Contains(line, "database is locked") {
				o.complain("%s", strings.TrimSpace(line))
			}
			continue
		}
		switch said.Type {
		case "diagnostic":
			m := message{said.Diagnostic.Address, "Warning", said.Diagnostic.Summary, said.Diagnostic.Detail}
			if said.Diagnostic.Severity == "error" {
				m.severity = "Error"
			}
			o.say(m)
			if strings.Contains(m.detail, "database is locked") {
				o.complain("%s: the database is locked: %s", m.address, m.detail)
			}
		case "planned_change":
			o.changes = append(o.changes, said.Change.Action+" "+said.Change.Resource.Addr)
		}
	}
}

// command writes a configuration and runs a command on it.
func (w *workspace) command(ctx context.Context, c configuration, args ...string) *outcome {
	o := &outcome{command: args[0]}
	if err := w.write(c); err != nil {
		o.complain("the configuration: %s", err)
	} else if r, err := w.start(ctx, args...); err != nil {
		o.complain("%s: %s", args[0], err)
	} else {
		o = r.wait()
	}
	w.history = append(w.history, o)
	return o
}

func (w *workspace) apply(ctx context.Context, c configuration) *outcome {
	return w.command(ctx, c, "apply", "-auto-approve", "-json")
}

func (w *workspace) destroy(ctx context.Context, c configuration) *outcome {
	return w.command(ctx, c, "destroy", "-auto-approve", "-json")
}

func (w *workspace) plan(ctx context.Context, c configuration) *outcome {
	return w.command(ctx, c, "plan", "-detailed-exitcode", "-json")
}

func (w *workspace) follow(ctx context.Context, a advice, c *configuration) {
	switch a.what {
	case "import":
		c.imports[a.address] = a.id
	case "untaint":
		w.command(ctx, *c, "untaint", a.address)
	case "state rm":
		w.command(ctx, *c, "state", "rm", a.address)
	}
}

func (w *workspace) past() []*outcome { return w.history }

// ids are the ids in the state file.
func (w *workspace) ids() []string {
	var state struct {
		Resources []struct {
			Mode      string
			Instances []struct{ Attributes struct{ ID string } }
		}
	}
	raw, err := os.ReadFile(filepath.Join(w.folder, "terraform.tfstate"))
	if err == nil && len(raw) > 0 {
		err = json.Unmarshal(raw, &state)
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		w.history = append(w.history, &outcome{command: "read the state", complaints: []string{err.Error()}})
	}
	ids := []string{}
	for _, r := range state.Resources {
		for _, i := range r.Instances {
			if cmp.Or(r.Mode, "managed") == "managed" {
				ids = append(ids, store.Key(i.Attributes.ID))
			}
		}
	}
	slices.Sort(ids)
	return ids
}
