package embedded

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// sources are the files of this package without its tests.
func sources(t *testing.T) []*ast.File {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// Whoever adds a code says what it stands for, and who has seen Azure answer so.
func TestEveryCodeIsInTheTable(t *testing.T) {
	rows := map[string]int{}
	for _, f := range codes {
		rows[f.code]++
		if f.what == "" || f.status == 0 || f.own && f.seen != (seen{}) || f.by == "" && f.sure != "" {
			t.Errorf("the row of %s is not complete: %+v", f.code, f)
		}
	}
	for code, n := range rows {
		if n != 1 {
			t.Errorf("%s has %d rows", code, n)
		}
	}
	for _, file := range sources(t) {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				for i, name := range n.Names {
					if !strings.HasPrefix(name.Name, "code") || len(n.Values) <= i {
						continue
					}
					if code, ok := literal(n.Values[i]); ok && code != codeSuccess && rows[code] == 0 {
						t.Errorf("%s (%s) is in no row of the table", name.Name, code)
					}
				}
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok && (key.Name == "Code" || key.Name == "code") {
					if code, ok := literal(n.Value); ok {
						t.Errorf("the code %q has no name", code)
					}
				}
			}
			return true
		})
	}
}

func literal(e ast.Expr) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(l.Value)
	return s, err == nil
}

// The guide has what is known and what is not. BACKUP_WRITE_GUIDE=yes writes it.
func TestGuideSaysHowTrueItIs(t *testing.T) {
	for _, path := range []string{"../../templates/guides/how-true-it-is.md", "../../docs/guides/how-true-it-is.md"} {
		page, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		const mark = "## What was seen\n"
		intro, tables, ok := strings.Cut(string(page), mark)
		if !ok {
			t.Fatalf("%s has no heading %q", path, mark)
		}
		want := guideTables()
		if os.Getenv("BACKUP_WRITE_GUIDE") == "yes" {
			if err := os.WriteFile(path, []byte(intro+mark+want), 0o644); err != nil { //nolint:gosec // a page for everybody
				t.Fatal(err)
			}
		} else if tables != want {
			t.Errorf("%s is not what the tables say; BACKUP_WRITE_GUIDE=yes go test ./internal/embedded writes it", path)
		}
	}
}

// guideTables are the tables as the guide shows them: what was seen first, and then what was not.
func guideTables() string {
	var witnessed, ours, own, freshRows strings.Builder
	for _, f := range append(append([]fact{}, behaviours...), codes...) {
		what := f.what
		if f.code != "" {
			what = fmt.Sprintf("%d `%s`: %s", f.status, f.code, f.what)
		}
		switch {
		case f.own:
			fmt.Fprintf(&own, "* %s\n", what)
		case f.by == "":
			fmt.Fprintf(&ours, "* %s\n", what)
		default:
			fmt.Fprintf(&witnessed, "| %s | %s | %s | %s |\n", what, f.by, f.sure, cmp.Or(f.when, "not told"))
		}
	}
	for _, f := range freshMembers {
		value := "`" + f.value + "`"
		switch f.value {
		case "":
			value = "not there"
		case varies:
			value = f.value
		}
		by, sure, when := f.by, f.sure, cmp.Or(f.when, "not told")
		if by == "" {
			by, sure, when = "our reading", "", ""
		}
		fmt.Fprintf(&freshRows, "| %s | `%s` | %s | %s | %s | %s |\n", f.of, f.member, value, by, sure, when)
	}
	return "\n| what the service does | who saw it | how sure | when |\n|---|---|---|---|\n" + witnessed.String() +
		"\n## What is there when nobody chose it\n\nThe members of an object of which nobody chose anything, in the newest form of them that is known: clients\n" +
		"compare them with their configuration. Those that every resource has, and those that a client has to send, are left out.\n\n" +
		"| object | member | value | who saw it | how sure | when |\n|---|---|---|---|---|---|\n" + freshRows.String() +
		"\n## Our reading\n\nNo witness is known for these. Where one speaks against them, it says so.\n\n" + ours.String() +
		"\n## About the service itself\n\n" + own.String()
}
