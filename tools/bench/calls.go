package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// callVaults is the number of vaults for which calls per vault are counted: enough that what happens once per
// command is told from what happens once per vault.
const callVaults = 20

// callKind is what a request to the service is for.
type callKind string

const (
	callPut       callKind = "PUT"
	callPatch     callKind = "PATCH"
	callDelete    callKind = "DELETE"
	callGet       callKind = "GET"
	callList      callKind = "list page"
	callOperation callKind = "operation poll"
	callMetadata  callKind = "metadata"
	callOther     callKind = "other"
)

func callKinds() []callKind {
	return []callKind{callPut, callPatch, callDelete, callGet, callList, callOperation, callMetadata, callOther}
}

// callCount is what one command asked of the service.
type callCount struct {
	what   string
	vaults int
	calls  map[callKind]int
}

func (c callCount) total() int {
	sum := 0
	for _, n := range c.calls {
		sum += n
	}
	return sum
}

// perVault leaves out what is asked once for all vaults of a command.
func (c callCount) perVault() float64 {
	return float64(c.total()-c.calls[callList]-c.calls[callMetadata]) / float64(c.vaults)
}

// measureCalls counts the calls of each kind of command, from the log of the provider.
func (b *bench) measureCalls(ctx context.Context) error {
	b.progress("calls to the service")
	if err := b.countPerVault(ctx); err != nil {
		return err
	}
	if err := b.countPlans(ctx); err != nil {
		return err
	}
	b.printCalls()
	return nil
}

func (b *bench) printCalls() {
	b.printf("\n## Calls to the service\n\n")
	head := []string{"command"}
	for _, kind := range callKinds() {
		head = append(head, string(kind))
	}
	t := newTable(append(head, "in all", "per vault")...)
	for _, c := range b.results.calls {
		cells := []string{c.what}
		for _, kind := range callKinds() {
			cells = append(cells, strconv.Itoa(c.calls[kind]))
		}
		t.row(append(cells, strconv.Itoa(c.total()), fmt.Sprintf("%.2f", c.perVault()))...)
	}
	t.print(b.out)
	b.printf("\nWrites are applies of saved plans; they plan again, which costs the list pages and the metadata. " +
		"Per vault leaves these two out.\n")
}

// countPerVault takes some vaults through their lives.
func (b *bench) countPerVault(ctx context.Context) error {
	is := vaults{count: callVaults}
	w, err := b.newWorkspace(ctx, "calls", is.config())
	if err != nil {
		return err
	}
	apply := func(what string, to vaults, plan ...string) error {
		if err := w.write("main.tf", to.config()); err != nil {
			return err
		}
		if _, err := w.run(ctx, append([]string{"plan", "-out=saved.tfplan"}, plan...)...); err != nil {
			return err
		}
		return b.count(ctx, w, fmt.Sprintf("%s %d vaults", what, callVaults), callVaults, "apply", "saved.tfplan")
	}
	if err := apply("create", is); err != nil {
		return err
	}
	if err := b.count(ctx, w, "read 1 vault", 1, "plan", "-detailed-exitcode", "-target=backup_vault.bench[0]"); err != nil {
		return err
	}
	if err := b.count(ctx, w, fmt.Sprintf("read %d vaults", callVaults), callVaults, "plan", "-detailed-exitcode"); err != nil {
		return err
	}
	is.tags = `{ team = "storage" }`
	if err := apply("tag", is); err != nil {
		return err
	}
	is.region = "chinanorth"
	if err := apply("replace", is); err != nil {
		return err
	}
	return apply("delete", is, "-destroy")
}

// countPlans counts the calls of plans of the largest size. The vaults stay, for the measurements after it.
func (b *bench) countPlans(ctx context.Context) error {
	size := b.largest()
	w, err := b.standing(ctx, size)
	if err != nil {
		return err
	}
	if err := b.count(ctx, w, countExisting(size), size, "plan", "-detailed-exitcode"); err != nil {
		return err
	}
	// Without its state, but in a database of its own, everything is to be created.
	fresh, err := b.newWorkspace(ctx, "calls-create", vaults{count: size}.config())
	if err != nil {
		return err
	}
	return b.count(ctx, fresh, countNew(size), size, "plan")
}

func countNew(size int) string { return fmt.Sprintf("plan %s new vaults", thousands(size)) }

func countExisting(size int) string { return fmt.Sprintf("plan %s vaults there", thousands(size)) }

const standingName = "standing"

// standing is a workspace in which a number of vaults exist.
func (b *bench) standing(ctx context.Context, size int) (*workspace, error) {
	w, err := b.newWorkspace(ctx, standingName, vaults{count: size}.config())
	if err != nil {
		return nil, err
	}
	_, err = w.run(ctx, "apply", "-auto-approve")
	return w, err
}

// count runs a command with the provider's log on, and counts the requests in it.
func (b *bench) count(ctx context.Context, w *workspace, what string, vaults int, args ...string) error {
	log := filepath.Join(w.folder, "provider.log")
	if err := os.Remove(log); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	env := []string{"TF_LOG_PROVIDER=DEBUG", "TF_LOG_PATH=" + log}
	if _, err := b.invoke(ctx, invocation{folder: w.folder, args: args, env: env}); err != nil {
		return err
	}
	text, err := os.ReadFile(log)
	if err != nil {
		return err
	}
	c := callCount{what: what, vaults: vaults, calls: countRequests(string(text))}
	if c.total() == 0 {
		return fmt.Errorf("no request to the service in the provider's log of `%s`", strings.Join(args, " "))
	}
	b.results.calls = append(b.results.calls, c)
	return nil
}

// The fields of a log line come in any order.
var (
	methodField = regexp.MustCompile(` method=(\S+)`)
	pathField   = regexp.MustCompile(` path="?([^"\s]+)`)
)

func countRequests(log string) map[callKind]int {
	calls := map[callKind]int{}
	for line := range strings.Lines(log) {
		if !strings.Contains(line, ": ARM request: ") {
			continue
		}
		method, path := methodField.FindStringSubmatch(line), pathField.FindStringSubmatch(line)
		if method == nil || path == nil {
			calls[callOther]++
			continue
		}
		calls[kindOf(method[1], path[1])]++
	}
	return calls
}

func kindOf(method, path string) callKind {
	segments := strings.Split(strings.ToLower(strings.Trim(path, "/")), "/")
	last := len(segments) - 1
	switch {
	case slices.Contains(segments, "operationstatus"), slices.Contains(segments, "operationresults"):
		return callOperation
	case segments[last] == "vaults", segments[last] == "deletedvaults":
		return callList
	case last == 3 && segments[2] == "providers":
		return callMetadata
	case last > 0 && segments[last-1] == "vaults" && slices.Contains([]callKind{callPut, callPatch, callDelete, callGet}, callKind(method)):
		return callKind(method)
	default:
		return callOther
	}
}
