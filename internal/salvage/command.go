// Package salvage has the commands that save what can be read of a damaged database, and make a new one of it.
package salvage

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// The exit codes of the commands.
const (
	exitFailed = 1
	exitUsage  = 2
)

const exportHelp = `Usage: terraform-provider-backup export --database FILE > saved.jsonl

Writes every document of a database of the embedded backup service that can still be read, one JSON object a line, and says
how many cannot. The database stays as it is; end whatever uses it first. The exit code is 0 when nothing was lost, else 1.
`

const importHelp = `Usage: terraform-provider-backup import --database FILE < saved.jsonl

Makes a new database of what export has written. FILE must not exist yet.
`

// Commands are "export" and "import" by their names.
var Commands = map[string]func(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int{
	"export": exportMain, "import": importMain,
}

// Command runs one of the commands until it is done or interrupted, and returns the exit code.
func Command(name string, args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return Commands[name](ctx, args, os.Stdin, os.Stdout, os.Stderr)
}

// record is a document in a line.
type record struct {
	ID            string           `json:"id"`
	Type          string           `json:"type"`
	Subscription  string           `json:"subscription,omitempty"`
	ResourceGroup string           `json:"resourceGroup,omitempty"`
	Parent        string           `json:"parent,omitempty"`
	Name          string           `json:"name"`
	ETag          string           `json:"etag"`
	Created       time.Time        `json:"created"`
	GoneAt        time.Time        `json:"goneAt,omitzero"`
	Operation     *store.Operation `json:"operation,omitempty"`
	Body          json.RawMessage  `json:"body"`
}

func exportMain(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	path, code := database("export", exportHelp, args, stdout, stderr)
	if path == "" {
		return code
	}
	lines := json.NewEncoder(stdout)
	lines.SetEscapeHTML(false)
	saved := 0
	lost, err := store.Salvage(ctx, path, func(d *store.Document) error {
		saved++
		return lines.Encode(record{
			d.ID, d.Type, d.Subscription, d.ResourceGroup, d.Parent, d.Name, d.ETag, d.Created, d.GoneAt, d.Operation, d.Body,
		})
	})
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "export: %v\n", err)
		return exitFailed
	}
	_, _ = fmt.Fprintf(stderr, "export: %d documents were read of %s, %d could not be read\n", saved, path, lost)
	if lost > 0 {
		return exitFailed
	}
	return 0
}

func importMain(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	path, code := database("import", importHelp, args, stdout, stderr)
	if path == "" {
		return code
	}
	lines, line := json.NewDecoder(stdin), 0
	n, err := store.Restore(ctx, path, func() (*store.Document, error) {
		line++
		var r record
		if err := lines.Decode(&r); errors.Is(err, io.EOF) {
			return nil, err
		} else if err != nil {
			return nil, fmt.Errorf("document %d of the input cannot be read: %w", line, err)
		}
		if r.ID == "" || r.Type == "" || len(r.Body) == 0 {
			return nil, fmt.Errorf("document %d of the input is none that export has written: it has no id, type or body", line)
		}
		return &store.Document{
			ID: r.ID, Type: r.Type, Subscription: r.Subscription, ResourceGroup: r.ResourceGroup, Parent: r.Parent, Name: r.Name,
			ETag: r.ETag, Created: r.Created, GoneAt: r.GoneAt, Operation: r.Operation, Body: r.Body,
		}, nil
	})
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "import: %v\n", err)
		return exitFailed
	}
	_, _ = fmt.Fprintf(stderr, "import: %d documents are in %s\n", n, path)
	return 0
}

// database reads the only flag; the path is "" when there is nothing more to do.
func database(name, help string, args []string, stdout, stderr io.Writer) (path string, code int) {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&path, "database", "", "")
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		_, _ = fmt.Fprint(stdout, help)
		return "", 0
	case err == nil && flags.NArg() > 0:
		err = fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case err == nil && path == "":
		err = errors.New("--database is missing")
	}
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "%s: %v (see terraform-provider-backup %s --help)\n", name, err, name)
		return "", exitUsage
	}
	return path, 0
}
