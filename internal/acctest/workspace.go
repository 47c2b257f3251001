package acctest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Workspace is a folder with a configuration, where Terraform runs the built provider as a user's would.
type Workspace struct {
	tb     testing.TB
	Folder string
	// Timeout ends a command that hangs, so that the test says which.
	Timeout time.Duration
	env     []string
}

// NewWorkspace makes a folder with a main.tf, in which the provider under test is used without init.
func NewWorkspace(tb testing.TB, config string) *Workspace {
	tb.Helper()
	w := &Workspace{tb: tb, Folder: tb.TempDir(), Timeout: commandTimeout}
	overrides := `provider_installation {
  dev_overrides {
    "registry.terraform.io/azurebackup/backup" = "` + filepath.ToSlash(providerFolder(tb)) + `"
    "registry.opentofu.org/azurebackup/backup" = "` + filepath.ToSlash(providerFolder(tb)) + `"
  }
  direct {}
}
`
	w.Write("dev.tfrc", overrides)
	w.Write("main.tf", config)
	w.env = append(os.Environ(),
		"TF_CLI_CONFIG_FILE="+filepath.Join(w.Folder, "dev.tfrc"), "TF_IN_AUTOMATION=1", "TF_INPUT=0", "TF_CLI_ARGS=-no-color",
		"TF_LOG=", "TF_LOG_CORE=", "TF_LOG_PROVIDER=INFO", "TF_LOG_PATH="+filepath.Join(w.Folder, logFile))
	return w
}

// logFile is where the provider's log goes, so that it does not mix with what a user sees.
const logFile = "provider.log"

// Log is what was logged so far, by all commands: the provider's lines from INFO on, unless TF_LOG_PROVIDER or TF_LOG
// are set otherwise.
func (w *Workspace) Log() string {
	w.tb.Helper()
	logged, err := os.ReadFile(filepath.Join(w.Folder, logFile))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		w.tb.Fatal(err)
	}
	return string(logged)
}

// Write writes a file of the workspace.
func (w *Workspace) Write(name, content string) {
	w.tb.Helper()
	if err := os.WriteFile(filepath.Join(w.Folder, name), []byte(content), 0o600); err != nil {
		w.tb.Fatal(err)
	}
}

// Copy copies what is in a folder into one of the workspace, which is made.
func (w *Workspace) Copy(to, from string) {
	w.tb.Helper()
	if err := os.CopyFS(filepath.Join(w.Folder, to), os.DirFS(from)); err != nil {
		w.tb.Fatal(err)
	}
}

// Setenv sets an environment variable of the commands to come.
func (w *Workspace) Setenv(name, value string) { w.env = append(w.env, name+"="+value) }

// Result is how a command ended.
type Result struct {
	// Output is what it printed on both streams, with the frames of Terraform's messages taken out and lines joined,
	// so that a text can be looked for wherever Terraform wrapped it.
	Output string
	// Printed is the same as it was printed.
	Printed string
	// ExitCode is -1 for a command that was killed.
	ExitCode int
}

// Run runs a command such as "plan" and returns when it has ended. Color is off.
func (w *Workspace) Run(args ...string) Result {
	w.tb.Helper()
	return w.Start(args...).Wait()
}

// MustRun is Run for a command that has to succeed.
func (w *Workspace) MustRun(args ...string) Result {
	w.tb.Helper()
	r := w.Run(args...)
	if r.ExitCode != 0 {
		w.tb.Fatalf("%s: exit code %d\n%s", strings.Join(args, " "), r.ExitCode, r.Output)
	}
	return r
}

// MustPlanNothing runs plan, which has to succeed and to find nothing to do.
func (w *Workspace) MustPlanNothing(args ...string) Result {
	w.tb.Helper()
	args = append([]string{"plan", "-detailed-exitcode"}, args...)
	r := w.Run(args...)
	if r.ExitCode != 0 {
		w.tb.Fatalf("%s: exit code %d, want an empty plan\n%s", strings.Join(args, " "), r.ExitCode, r.Output)
	}
	return r
}

// Plan is what a plan is going to do.
type Plan struct {
	Result
	// File holds the plan, for apply.
	File string
	// Actions are, by address and unless they are "no-op", such as "create", "update" or, for a replacement,
	// "delete, create".
	Actions map[string]string
	// Imported are the addresses to import to, in order.
	Imported []string
}

// Plan makes a plan, which has to succeed, and reads it.
func (w *Workspace) Plan(args ...string) Plan {
	w.tb.Helper()
	const file = "test.tfplan"
	p := Plan{Result: w.MustRun(append([]string{"plan", "-out=" + file}, args...)...), File: file, Actions: map[string]string{}}
	var shown struct {
		ResourceChanges []struct {
			Address string `json:"address"`
			Change  struct {
				Actions   []string         `json:"actions"`
				Importing *json.RawMessage `json:"importing"`
			} `json:"change"`
		} `json:"resource_changes"`
	}
	w.JSON(&shown, "show", "-json", file)
	for _, r := range shown.ResourceChanges {
		if actions := strings.Join(r.Change.Actions, ", "); actions != "no-op" {
			p.Actions[r.Address] = actions
		}
		if r.Change.Importing != nil {
			p.Imported = append(p.Imported, r.Address)
		}
	}
	slices.Sort(p.Imported)
	return p
}

// JSON runs a command that has to succeed and prints JSON, such as "output -json", and decodes it into out.
func (w *Workspace) JSON(out any, args ...string) {
	w.tb.Helper()
	cmd := exec.CommandContext(w.tb.Context(), CLI(), args...)
	cmd.Dir, cmd.Env = w.Folder, w.env
	printed, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(printed, out)
	}
	if err != nil {
		w.tb.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, printed)
	}
}

// Process is a command that runs.
type Process struct {
	w      *Workspace
	cmd    *exec.Cmd
	output *output
	logged int           // how much was in the log before
	ended  chan struct{} // closed when err is set
	err    error
}

// commandTimeout is the Timeout of a workspace unless a test sets another.
const commandTimeout = 2 * time.Minute

// Start begins a command.
func (w *Workspace) Start(args ...string) *Process {
	w.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), w.Timeout)
	p := &Process{w: w, cmd: exec.CommandContext(ctx, CLI(), args...), output: &output{}, logged: len(w.Log()), ended: make(chan struct{})}
	p.cmd.Dir, p.cmd.Env = w.Folder, w.env
	p.cmd.Stdout, p.cmd.Stderr = p.output, p.output
	// A group of its own: a signal reaches Terraform alone, or with the provider, as the test wants.
	p.cmd.SysProcAttr = ownGroup()
	// The provider outlives a killed Terraform for a moment and holds its streams.
	p.cmd.WaitDelay = 5 * time.Second
	p.cmd.Cancel = func() error { return signalGroup(p.cmd.Process.Pid, syscall.SIGKILL) }
	if err := p.cmd.Start(); err != nil {
		cancel()
		w.tb.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		p.err = p.cmd.Wait()
	}()
	// A test that fails half-way must not leave processes behind, which would keep its folder from being removed.
	w.tb.Cleanup(func() {
		cancel()
		<-p.ended
	})
	return p
}

// WaitFor returns when the command has printed a text that matches; it fails the test when the command ends without.
func (p *Process) WaitFor(pattern string) {
	p.w.tb.Helper()
	p.waitFor(pattern, p.output.read)
}

// WaitForLog is WaitFor on what the command logs.
func (p *Process) WaitForLog(pattern string) {
	p.w.tb.Helper()
	p.waitFor(pattern, func() string { return p.w.Log()[p.logged:] })
}

func (p *Process) waitFor(pattern string, read func() string) {
	p.w.tb.Helper()
	expression := regexp.MustCompile(pattern)
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for ended := false; !expression.MatchString(read()); {
		if ended {
			p.w.tb.Fatalf("the command ended, and nothing matches %q:\n%s\nIt printed:\n%s", pattern, read(), p.Wait().Printed)
		}
		select {
		case <-look.C:
		case <-p.ended:
			ended = true // looked at once more
		}
	}
}

// Interrupt does what Ctrl-C does: every process of the group gets SIGINT.
func (p *Process) Interrupt() { p.signal(syscall.SIGINT) }

// Terminate does what a service manager or a CI runner does to end a job: every process of the group gets SIGTERM.
func (p *Process) Terminate() { p.signal(syscall.SIGTERM) }

// Kill ends Terraform and the provider without a chance to say anything.
func (p *Process) Kill() { p.signal(syscall.SIGKILL) }

func (p *Process) signal(signal syscall.Signal) {
	p.w.tb.Helper()
	if err := signalGroup(p.cmd.Process.Pid, signal); err != nil {
		p.w.tb.Fatal(err)
	}
}

// TerminateCLI sends SIGTERM to Terraform alone, as a container's runtime does to its first process.
func (p *Process) TerminateCLI() { p.signalCLI(syscall.SIGTERM) }

// KillCLI ends Terraform and leaves the provider to find out.
func (p *Process) KillCLI() { p.signalCLI(syscall.SIGKILL) }

func (p *Process) signalCLI(signal syscall.Signal) {
	p.w.tb.Helper()
	if err := p.cmd.Process.Signal(signal); err != nil {
		p.w.tb.Fatal(err)
	}
}

// KillProvider ends the provider and leaves Terraform alone.
func (p *Process) KillProvider() {
	p.w.tb.Helper()
	provider, err := os.FindProcess(p.ProviderPID())
	if err == nil {
		err = provider.Kill()
	}
	if err != nil {
		p.w.tb.Fatalf("unable to kill the provider: %v", err)
	}
}

// ProviderPID is the process that the provider runs in now. Only Linux tells.
func (p *Process) ProviderPID() int {
	p.w.tb.Helper()
	pid, err := childOf(p.cmd.Process.Pid, providerName)
	if err != nil {
		p.w.tb.Fatalf("unable to find the provider: %v", err)
	}
	return pid
}

// childOf finds a process by its parent and the name of its program, where there is a /proc.
func childOf(parent int, program string) (int, error) {
	links, err := filepath.Glob("/proc/[0-9]*/exe")
	if err != nil {
		return 0, err
	}
	for _, link := range links {
		path, err := os.Readlink(link)
		if err != nil || filepath.Base(path) != program {
			continue // ended meanwhile, or another user's, or another program
		}
		status, err := os.ReadFile(filepath.Join(filepath.Dir(link), "status"))
		if err == nil && strings.Contains(string(status), fmt.Sprintf("\nPPid:\t%d\n", parent)) {
			return strconv.Atoi(filepath.Base(filepath.Dir(link)))
		}
	}
	return 0, fmt.Errorf("process %d has no child %s", parent, program)
}

// Wait returns when the command has ended.
func (p *Process) Wait() Result {
	p.w.tb.Helper()
	<-p.ended
	var exit *exec.ExitError
	if p.err != nil && !errors.As(p.err, &exit) && !errors.Is(p.err, exec.ErrWaitDelay) {
		p.w.tb.Fatal(p.err)
	}
	printed := p.output.read()
	return Result{Output: unwrap(printed), Printed: printed, ExitCode: p.cmd.ProcessState.ExitCode()}
}

// unwrap takes the frames out of Terraform's messages and joins the lines of a paragraph.
func unwrap(printed string) string {
	var b strings.Builder
	for line := range strings.Lines(printed) {
		line = strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(line), "│╷╵"))
		if line == "" {
			b.WriteString("\n")
			continue
		}
		b.WriteString(line + " ")
	}
	return b.String()
}

// State is the attributes of each managed resource in the state, by address.
func (w *Workspace) State() map[string]map[string]any {
	w.tb.Helper()
	raw, err := os.ReadFile(filepath.Join(w.Folder, "terraform.tfstate"))
	if errors.Is(err, os.ErrNotExist) || err == nil && len(raw) == 0 {
		return nil // Terraform makes an empty file before the first state
	}
	if err != nil {
		w.tb.Fatal(err)
	}
	var state struct {
		Resources []struct {
			Mode, Type, Name string
			Instances        []struct {
				IndexKey   any `json:"index_key"`
				Status     string
				Attributes map[string]any
				Identity   map[string]any
			}
		}
	}
	if err := json.Unmarshal(raw, &state); err != nil {
		w.tb.Fatal(err)
	}
	found := map[string]map[string]any{}
	for _, r := range state.Resources {
		if r.Mode != "managed" {
			continue
		}
		for _, i := range r.Instances {
			address := r.Type + "." + r.Name
			switch key := i.IndexKey.(type) {
			case string:
				address += fmt.Sprintf("[%q]", key)
			case float64:
				address += fmt.Sprintf("[%d]", int(key))
			}
			attributes := maps.Clone(i.Attributes)
			// What Terraform keeps beside the attributes: "tainted" or nothing, and the identity, from 1.12 on.
			attributes["(status)"], attributes["(identity)"] = i.Status, i.Identity
			found[address] = attributes
		}
	}
	return found
}

// Addresses are the resources in the state, in order.
func (w *Workspace) Addresses() []string {
	w.tb.Helper()
	return slices.Sorted(maps.Keys(w.State()))
}

// output collects what a command prints, for a reader at the same time.
type output struct {
	mu      sync.Mutex
	printed bytes.Buffer
}

var _ io.Writer = (*output)(nil)

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.printed.Write(p)
}

func (o *output) read() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.printed.String()
}
