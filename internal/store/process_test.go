package store_test

import (
	"bufio"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// The test program runs itself as another process when this variable names a role.
const roleVariable = "STORE_TEST_ROLE"

func TestMain(m *testing.M) {
	switch role := os.Getenv(roleVariable); role {
	case "":
		os.Exit(m.Run())
	case "write":
		os.Exit(report(writeRole()))
	case "churn":
		os.Exit(report(churnRole()))
	case "open":
		os.Exit(report(openRole()))
	default:
		os.Exit(report(fmt.Errorf("no such role: %s", role)))
	}
}

func report(err error) int {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// writeRole writes documents named <prefix>-<n>, each in its own transaction together with a child, and says on
// standard output which are committed.
func writeRole() error {
	ctx := mainContext()
	s, err := store.Open(ctx, os.Args[1])
	if err != nil {
		return err
	}
	prefix, count := os.Args[2], os.Args[3]
	n, err := strconv.Atoi(count)
	if err != nil {
		return err
	}
	for i := range n {
		v := vault("g", fmt.Sprintf("%s-%d", prefix, i))
		// Large enough for a write to be more than one page, so that there is something to tear.
		v.Body = []byte(`{"padding":"` + strings.Repeat("x", 20_000) + `"}`)
		if err := s.Update(ctx, noon, put(v, child(v, "backupPolicies", "p"))); err != nil {
			return err
		}
		fmt.Println(v.Name)
	}
	return s.Close()
}

// churnRole opens and closes the store around every write, as the short-lived providers of Terraform do.
func churnRole() error {
	ctx := mainContext()
	for i := range 25 {
		s, err := store.Open(ctx, os.Args[1])
		if err != nil {
			return err
		}
		if err := s.Update(ctx, noon, put(vault("g", fmt.Sprintf("%s-%d", os.Args[2], i)))); err != nil {
			return err
		}
		if err := s.Close(); err != nil {
			return err
		}
	}
	return nil
}

// openRole opens and closes the store, and prints the error's reason if there is one.
func openRole() error {
	s, err := store.OpenWithin(mainContext(), os.Args[1], time.Second)
	if err != nil {
		fmt.Println(err)
		return nil
	}
	fmt.Println("opened")
	return s.Close()
}

func command(t *testing.T, role string, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, args...)
	// The race detector would hold each process for a second before it ends.
	cmd.Env = append(os.Environ(), roleVariable+"="+role, "GORACE=atexit_sleep_ms=0")
	return cmd
}

func TestEightProcessesWriteAtOnce(t *testing.T) {
	const processes = 8
	for role, writes := range map[string]int{"write": 100, "churn": 25} {
		t.Run(role, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "backup-vaults.db") // not there yet: they also race to make it
			var wg sync.WaitGroup
			for p := range processes {
				wg.Go(func() {
					out, err := command(t, role, path, fmt.Sprintf("p%d", p), strconv.Itoa(writes)).CombinedOutput()
					if err != nil {
						t.Errorf("process %d: %v\n%s", p, err, out)
					}
				})
			}
			wg.Wait()
			expectFiles(t, dir, "backup-vaults.db")
			s := mustOpenPath(t, path)
			q := store.Query{Type: "microsoft.recoveryservices/vaults"}
			if got := len(names(t, s, noon, q)); got != processes*writes {
				t.Errorf("%d of %d documents are there", got, processes*writes)
			}
		})
	}
}

func TestEightProcessesMigrateAtOnce(t *testing.T) {
	for name, prepare := range map[string]func(path string) error{
		"no file":    func(string) error { return nil },
		"empty file": func(path string) error { return os.WriteFile(path, nil, 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			for range 3 {
				path := filepath.Join(t.TempDir(), "backup-vaults.db")
				if err := prepare(path); err != nil {
					t.Fatal(err)
				}
				var wg sync.WaitGroup
				for p := range 8 {
					wg.Go(func() {
						out, err := command(t, "open", path).CombinedOutput()
						if err != nil || string(out) != "opened\n" {
							t.Errorf("process %d: %v\n%s", p, err, out)
						}
					})
				}
				wg.Wait()
			}
		})
	}
}

// TestCrash kills a writing process at many moments, in and between its transactions. Whatever it said was written
// must be there afterwards, whole.
func TestCrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "backup-vaults.db")
	acknowledged := map[string]bool{}
	for round := range 12 {
		cmd := command(t, "write", path, fmt.Sprintf("r%d", round), "100000")
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			acknowledged[lines.Text()] = true
			if strings.HasSuffix(lines.Text(), fmt.Sprintf("-%d", 3+round*7)) {
				// A moment that differs from round to round, so that the kill falls anywhere in a transaction.
				time.Sleep(time.Duration(round) * 137 * time.Microsecond)
				_ = cmd.Process.Kill()
			}
		}
		_ = cmd.Wait()

		s, err := store.Open(t.Context(), path)
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		there := map[string]bool{}
		for _, name := range names(t, s, noon, store.Query{Type: "microsoft.recoveryservices/vaults"}) {
			there[name] = true
		}
		for name := range acknowledged {
			if !there[name] {
				t.Errorf("round %d: %s was acknowledged and is gone", round, name)
			}
		}
		// A transaction is whole or not at all.
		if policies := len(names(t, s, noon, store.Query{Name: "p"})); policies != len(there) {
			t.Errorf("round %d: %d vaults, %d policies", round, len(there), policies)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		expectIntegrity(t, path)
	}
	if len(acknowledged) < 12*3 {
		t.Errorf("only %d writes: the processes died before they wrote", len(acknowledged))
	}
}

func expectIntegrity(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var result string
	if err := db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&result); err != nil || result != "ok" {
		t.Errorf("integrity: %s, %v", result, err)
	}
}
