package salvage_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/salvage"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

const (
	many   = 300
	vaults = "/subscriptions/" + embedded.DefaultSubscriptionID + "/providers/Microsoft.RecoveryServices/vaults"
)

func vaultID(i int) string {
	return fmt.Sprintf("/subscriptions/%s/resourceGroups/g/providers/Microsoft.RecoveryServices/vaults/vault-%d", embedded.DefaultSubscriptionID, i)
}

// ask sends a request to the service on a database, and returns the status and the body; status 0 is that of a database
// that cannot be opened.
func ask(t *testing.T, path, method, id, body string) (status int, said string) {
	t.Helper()
	file, err := store.Open(t.Context(), path)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = file.Close() }()
	request, err := http.NewRequestWithContext(t.Context(), method, embedded.Endpoint+id+"?api-version=2025-08-01", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := embedded.NewTransport(embedded.New(embedded.Config{Store: file})).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var content bytes.Buffer
	if _, err := content.ReadFrom(response.Body); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, content.String()
}

// sound makes a database with vaults.
func sound(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "backup vaults.db")
	file, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	err = file.Update(t.Context(), time.Now(), func(tx *store.Tx) error {
		for i := range many {
			err := tx.PutDocument(&store.Document{
				ID: vaultID(i), Type: "Microsoft.RecoveryServices/vaults", Subscription: embedded.DefaultSubscriptionID, ResourceGroup: "g",
				Name: fmt.Sprintf("vault-%d", i), ETag: "e", Body: []byte(`{"location":"eastasia","properties":{},"sku":{"name":"Standard"}}`),
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// rootPage is where a table or an index begins.
func rootPage(t *testing.T, path, name string) int64 {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var page int64
	if err := db.QueryRowContext(t.Context(), `SELECT rootpage FROM sqlite_schema WHERE name = ?`, name).Scan(&page); err != nil {
		t.Fatal(err)
	}
	return page
}

const pageSize = 4096

func command(t *testing.T, name, path, stdin string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = salvage.Commands[name](context.WithoutCancel(t.Context()), []string{"--database", path}, strings.NewReader(stdin), &out, &errs)
	return code, out.String(), errs.String()
}

// leaf finds the first page of the table documents that holds rows.
func leaf(t *testing.T, content []byte) int {
	t.Helper()
	for at := pageSize; at < len(content); at += pageSize {
		if content[at] == 0x0d && bytes.Contains(content[at:at+pageSize], []byte(`"location":"eastasia"`)) {
			return at
		}
	}
	t.Fatal("no page of documents")
	return 0
}

func TestDamagedDatabase(t *testing.T) {
	for name, damage := range map[string]struct {
		do       func(t *testing.T, path string, content []byte) []byte
		says     string
		atLeast  int // documents that are saved
		atMost   int
		reported bool // as lost
	}{
		"a page of rows is zero": {
			do: func(t *testing.T, _ string, b []byte) []byte {
				at := leaf(t, b)
				clear(b[at : at+pageSize])
				return b
			},
			says: "in the table documents (vaults", atLeast: many - 20, atMost: many - 1, reported: true,
		},
		"the root of a table is noise": {
			do: func(t *testing.T, path string, b []byte) []byte {
				at := (rootPage(t, path, "documents") - 1) * pageSize
				copy(b[at:], bytes.Repeat([]byte{0xff}, pageSize))
				return b
			},
			says: "in the table documents", atLeast: 0, atMost: 0, reported: true,
		},
		"the root of an index is noise": {
			do: func(t *testing.T, path string, b []byte) []byte {
				at := (rootPage(t, path, "documents_in_subscription") - 1) * pageSize
				copy(b[at:], bytes.Repeat([]byte{0xff}, pageSize))
				return b
			},
			says: "in the table documents", atLeast: many, atMost: many,
		},
		"a byte of a document is another": {
			do: func(_ *testing.T, _ string, b []byte) []byte {
				b[bytes.LastIndex(b, []byte(`{"location":"eastasia"`))] = 'x'
				return b
			},
			says: "no JSON any more", atLeast: many - 1, atMost: many - 1, reported: true,
		},
		"the end is missing": {
			do:   func(_ *testing.T, _ string, b []byte) []byte { return b[:len(b)/2/pageSize*pageSize] },
			says: "is damaged in", atLeast: 1, atMost: many - 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := sound(t)
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			broken := damage.do(t, path, content)
			if err := os.WriteFile(path, broken, 0o600); err != nil {
				t.Fatal(err)
			}
			status, said := ask(t, path, http.MethodGet, vaults, "")
			// The damage may be behind the first page of the list.
			for i := 0; status == http.StatusOK && i < many; i++ {
				status, said = ask(t, path, http.MethodGet, vaultID(i), "")
			}
			if status != 0 && status != http.StatusInsufficientStorage {
				t.Errorf("status %d, which clients repeat: %s", status, said)
			}
			for _, part := range []string{path, damage.says, "terraform-provider-backup export", "Restore it from a copy"} {
				if !strings.Contains(said, part) {
					t.Errorf("%q does not say %q", said, part)
				}
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, broken) {
				t.Errorf("the damaged file was written to (%v)", err)
			}

			code, lines, report := command(t, "export", path, "")
			saved := strings.Count(lines, "\n")
			if saved < damage.atLeast || saved > damage.atMost || damage.reported && code != 1 {
				t.Fatalf("%d saved, code %d: %s", saved, code, report)
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, broken) {
				t.Errorf("export wrote to the damaged file (%v)", err)
			}
			fresh := filepath.Join(t.TempDir(), "new.db")
			if code, _, report := command(t, "import", fresh, lines); code != 0 {
				t.Fatal(report)
			}
			if code, again, report := command(t, "export", fresh, ""); code != 0 || strings.Count(again, "\n") != saved {
				t.Errorf("what was saved is not what is there: code %d, %s", code, report)
			}
		})
	}
}

// TestExport has a sound database, whose copy is the same to clients.
func TestExport(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	if status, said := ask(t, path, http.MethodPut, vaultID(0), `{"location":"eastasia","properties":{},"sku":{"name":"Standard"},"tags":{"a":"<b>"}}`); status != http.StatusCreated {
		t.Fatal(said)
	}
	code, lines, report := command(t, "export", path, "")
	if code != 0 || !strings.Contains(report, "1 documents were read") || !strings.Contains(report, "0 could not") {
		t.Fatal(code, report)
	}
	fresh := filepath.Join(t.TempDir(), "b.db")
	if code, _, report := command(t, "import", fresh, lines); code != 0 {
		t.Fatal(report)
	}
	_, before := ask(t, path, http.MethodGet, vaultID(0), "")
	if _, after := ask(t, fresh, http.MethodGet, vaultID(0), ""); after != before {
		t.Errorf("got %s, want %s", after, before)
	}
	if code, _, report := command(t, "import", fresh, lines); code == 0 || !strings.Contains(report, "exists already") {
		t.Error(code, report)
	}
	// SQLite would play the log of the old database into the new one.
	logged := filepath.Join(t.TempDir(), "d.db")
	if err := os.WriteFile(logged+"-wal", []byte("log"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, report := command(t, "import", logged, lines); code == 0 || !strings.Contains(report, logged+"-wal exists already") {
		t.Error(code, report)
	}
	if code, _, report := command(t, "import", filepath.Join(t.TempDir(), "c.db"), lines+"{\"id\":"); code == 0 || !strings.Contains(report, "document 2 of the input") {
		t.Error(code, report)
	}
	if code, _, report := command(t, "export", filepath.Join(t.TempDir(), "none.db"), ""); code == 0 || !strings.Contains(report, "does not exist") {
		t.Error(code, report)
	}
	if code, _, report := command(t, "export", "", ""); code != 2 || !strings.Contains(report, "--database is missing") {
		t.Error(code, report)
	}
}
