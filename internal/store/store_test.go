package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// MustOpen opens a store on a new file that is closed with the test.
func MustOpen(tb testing.TB) *store.Store {
	tb.Helper()
	return mustOpenPath(tb, filepath.Join(tb.TempDir(), "backup-vaults.db"))
}

func mustOpenPath(tb testing.TB, path string) *store.Store {
	tb.Helper()
	s, err := store.Open(tb.Context(), path)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

func mustUpdate(tb testing.TB, s *store.Store, now time.Time, fn func(*store.Tx) error) {
	tb.Helper()
	if err := s.Update(tb.Context(), now, fn); err != nil {
		tb.Fatal(err)
	}
}

func mustView(tb testing.TB, s *store.Store, now time.Time, fn func(*store.Tx) error) {
	tb.Helper()
	if err := s.View(tb.Context(), now, fn); err != nil {
		tb.Fatal(err)
	}
}

func vault(group, name string) *store.Document {
	return &store.Document{
		ID:            fmt.Sprintf("/subscriptions/S1/resourceGroups/%s/providers/Microsoft.RecoveryServices/vaults/%s", group, name),
		Type:          "Microsoft.RecoveryServices/vaults",
		Subscription:  "S1",
		ResourceGroup: group,
		Name:          name,
		Body:          []byte(`{"properties":{"Kept":"Spelling"}}`),
		ETag:          "1",
	}
}

func child(v *store.Document, kind, name string) *store.Document {
	return &store.Document{
		ID: v.ID + "/" + kind + "/" + name, Type: v.Type + "/" + kind, Subscription: v.Subscription,
		ResourceGroup: v.ResourceGroup, Parent: v.ID, Name: name, Body: []byte(`{}`),
	}
}

func put(docs ...*store.Document) func(*store.Tx) error {
	return func(tx *store.Tx) error {
		for _, d := range docs {
			if err := tx.PutDocument(d); err != nil {
				return err
			}
		}
		return nil
	}
}

func names(tb testing.TB, s *store.Store, now time.Time, q store.Query) []string {
	tb.Helper()
	found := []string{}
	mustView(tb, s, now, func(tx *store.Tx) error {
		docs, err := tx.Documents(q)
		for _, d := range docs {
			found = append(found, d.Name)
		}
		return err
	})
	return found
}

func TestStore(t *testing.T) {
	for name, test := range map[string]func(*testing.T, *store.Store){
		"a document is found in any letter case and keeps its spelling": func(t *testing.T, s *store.Store) {
			mustUpdate(t, s, noon, put(vault("Group", "Vault")))
			mustView(t, s, noon, func(tx *store.Tx) error {
				d, err := tx.Document("/SUBSCRIPTIONS/s1/resourcegroups/GROUP/providers/microsoft.recoveryservices/Vaults/vAULT/")
				if err != nil {
					return err
				}
				want := vault("Group", "Vault")
				if d.ID != want.ID || string(d.Body) != string(want.Body) || d.ETag != "1" {
					t.Errorf("got %s %s %s", d.ID, d.Body, d.ETag)
				}
				return nil
			})
		},
		"a missing document and operation are ErrNotFound": func(t *testing.T, s *store.Store) {
			mustView(t, s, noon, func(tx *store.Tx) error {
				if _, err := tx.Document("/x"); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("document: %v", err)
				}
				if _, err := tx.Operation("x"); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("operation: %v", err)
				}
				return nil
			})
		},
		"putting again replaces all but the time of creation": func(t *testing.T, s *store.Store) {
			mustUpdate(t, s, noon, put(vault("g", "v")))
			again := vault("g", "v")
			again.Body = []byte(`{"second":true}`)
			mustUpdate(t, s, noon.Add(time.Hour), put(again))
			mustView(t, s, noon, func(tx *store.Tx) error {
				d, err := tx.Document(again.ID)
				if err != nil {
					return err
				}
				if !d.Created.Equal(noon) || !d.Updated.Equal(noon.Add(time.Hour)) || string(d.Body) != `{"second":true}` {
					t.Errorf("got created %v, updated %v, body %s", d.Created, d.Updated, d.Body)
				}
				return nil
			})
		},
		"a body that is not JSON is refused": func(t *testing.T, s *store.Store) {
			bad := vault("g", "v")
			bad.Body = []byte(`{`)
			if err := s.Update(t.Context(), noon, put(bad)); err == nil {
				t.Error("stored")
			}
		},
		"an error undoes the whole transaction and comes back as it is": func(t *testing.T, s *store.Store) {
			stop := errors.New("stop")
			err := s.Update(t.Context(), noon, func(tx *store.Tx) error {
				if err := tx.PutDocument(vault("g", "v")); err != nil {
					return err
				}
				return stop
			})
			if err != stop { //nolint:errorlint // The very error is expected, not one around it.
				t.Errorf("got %v", err)
			}
			if got := names(t, s, noon, store.Query{}); len(got) != 0 {
				t.Errorf("left behind: %v", got)
			}
		},
		"a panic undoes the transaction and frees the lock": func(t *testing.T, s *store.Store) {
			func() {
				defer func() { _ = recover() }()
				_ = s.Update(t.Context(), noon, func(tx *store.Tx) error {
					_ = tx.PutDocument(vault("g", "v"))
					panic("bug")
				})
			}()
			mustUpdate(t, s, noon, put(vault("g", "w")))
			if diff := cmp.Diff([]string{"w"}, names(t, s, noon, store.Query{})); diff != "" {
				t.Error(diff)
			}
		},
		"queries restrict by every field, in any letter case": func(t *testing.T, s *store.Store) {
			a, b, c := vault("g1", "a"), vault("g1", "b"), vault("g2", "c")
			other := vault("g1", "z")
			other.ID, other.Subscription = "/subscriptions/S2/z", "S2"
			mustUpdate(t, s, noon, put(c, b, a, other, child(a, "backupPolicies", "p"), child(a, "backupJobs", "j")))
			for _, test := range []struct {
				q    store.Query
				want []string
			}{
				{store.Query{Subscription: "s1", Type: a.Type}, []string{"a", "b", "c"}},
				{store.Query{Subscription: "s1", ResourceGroup: "G1", Type: a.Type}, []string{"a", "b"}},
				{store.Query{Subscription: "S2"}, []string{"z"}},
				{store.Query{Name: "B"}, []string{"b"}},
				{store.Query{Parent: a.ID}, []string{"j", "p"}},
				{store.Query{Under: a.ID, Type: a.Type + "/BACKUPJOBS"}, []string{"j"}},
				{store.Query{Under: "/subscriptions/s1/resourcegroups/g2"}, []string{"c"}},
				{store.Query{Under: "/subscriptions/s1/resourcegroups/g"}, []string{}},
			} {
				if diff := cmp.Diff(test.want, names(t, s, noon, test.q)); diff != "" {
					t.Errorf("%+v: %s", test.q, diff)
				}
				mustView(t, s, noon, func(tx *store.Tx) error {
					n, err := tx.Count(test.q)
					if n != len(test.want) {
						t.Errorf("%+v: counted %d", test.q, n)
					}
					return err
				})
			}
		},
		"a list continues behind a document that has been removed": func(t *testing.T, s *store.Store) {
			a, b, c := vault("g", "a"), vault("g", "b"), vault("g", "c")
			mustUpdate(t, s, noon, put(a, b, c))
			mustUpdate(t, s, noon, func(tx *store.Tx) error { return tx.DeleteDocument(b.ID) })
			got := names(t, s, noon, store.Query{After: store.Position{Name: "B", ID: b.ID}, Limit: 5})
			if diff := cmp.Diff([]string{"c"}, got); diff != "" {
				t.Error(diff)
			}
			if got := names(t, s, noon, store.Query{Limit: 1}); len(got) != 1 {
				t.Errorf("limit: got %v", got)
			}
		},
		"deleting takes what is under the document, and nothing beside it": func(t *testing.T, s *store.Store) {
			a, ab := vault("g", "a"), vault("g", "a-b")
			mustUpdate(t, s, noon, put(a, ab, child(a, "backupPolicies", "p"), child(ab, "backupPolicies", "q")))
			mustUpdate(t, s, noon, func(tx *store.Tx) error { return tx.DeleteDocument(a.ID) })
			if diff := cmp.Diff([]string{"a-b", "q"}, names(t, s, noon, store.Query{})); diff != "" {
				t.Error(diff)
			}
		},
		"a document may say when it was created": func(t *testing.T, s *store.Store) {
			old := vault("g", "v")
			old.Created = noon.Add(-time.Hour)
			mustUpdate(t, s, noon, put(old))
			mustView(t, s, noon, func(tx *store.Tx) error {
				d, err := tx.Document(old.ID)
				if err == nil && (!d.Created.Equal(old.Created) || !d.Updated.Equal(noon)) {
					t.Errorf("created %v, updated %v", d.Created, d.Updated)
				}
				return err
			})
		},
		"what is under a document is copied under another, and nothing else": func(t *testing.T, s *store.Store) {
			from, to := vault("ÄÖİ", "Vault"), vault("Other", "Kept") // of other lengths, also when folded
			item, gone := child(from, "items", "Ünder"), child(from, "items", "gone")
			item.Operation = &store.Operation{ID: "op", Resource: item.ID, Kind: "k", Started: noon, Ready: noon}
			item.GoneAt = noon.Add(24 * time.Hour)
			gone.GoneAt = noon.Add(time.Minute)
			deep := child(item, "points", "P")
			mustUpdate(t, s, noon, func(tx *store.Tx) error {
				if err := tx.PutOperation(item.Operation); err != nil {
					return err
				}
				return put(from, item, gone, deep, child(vault("ÄÖİ", "Vault2"), "items", "beside"))(tx)
			})
			mustUpdate(t, s, noon.Add(time.Hour), func(tx *store.Tx) error { return tx.CopyUnder(from.ID, to.ID, "Other") })
			mustView(t, s, noon.Add(time.Hour), func(tx *store.Tx) error {
				for _, original := range []*store.Document{item, deep} {
					want, err := tx.Document(original.ID)
					if err != nil {
						return err
					}
					want.ID = to.ID + strings.TrimPrefix(want.ID, from.ID)
					want.Parent = store.Key(to.ID) + strings.TrimPrefix(want.Parent, store.Key(from.ID))
					want.ResourceGroup = "other"
					got, err := tx.Document(want.ID)
					if err != nil {
						return err
					}
					if diff := cmp.Diff(want, got); diff != "" {
						t.Error(diff)
					}
				}
				for under, want := range map[string]int{from.ID: 2, to.ID: 2} {
					if n, err := tx.Count(store.Query{Under: under}); err != nil || n != want {
						t.Errorf("%d documents under %s, want %d, %v", n, under, want, err)
					}
				}
				_, err := tx.Document(to.ID)
				if !errors.Is(err, store.ErrNotFound) {
					t.Errorf("copied the document itself: %v", err)
				}
				return nil
			})
		},
		"a document goes at its time, with what is under it": func(t *testing.T, s *store.Store) {
			a := vault("g", "a")
			a.GoneAt = noon.Add(time.Minute)
			mustUpdate(t, s, noon, put(a, child(a, "backupPolicies", "p")))
			if got := names(t, s, noon.Add(59*time.Second), store.Query{Type: a.Type}); len(got) != 1 {
				t.Errorf("before: %v", got)
			}
			if got := names(t, s, noon.Add(time.Minute), store.Query{Type: a.Type}); len(got) != 0 {
				t.Errorf("after: %v", got)
			}
			mustUpdate(t, s, noon.Add(time.Minute), func(*store.Tx) error { return nil })
			if got := names(t, s, noon, store.Query{}); len(got) != 0 {
				t.Errorf("a write did not sweep: %v", got)
			}
		},
		"a document brings its operation, also a failed one": func(t *testing.T, s *store.Store) {
			v := vault("g", "v")
			op := &store.Operation{ID: "op", Resource: v.ID, Kind: "create", Started: noon, Ready: noon.Add(time.Second), Code: "C", Message: "M"}
			v.Operation = op
			mustUpdate(t, s, noon, func(tx *store.Tx) error {
				if err := tx.PutOperation(op); err != nil {
					return err
				}
				return tx.PutDocument(v)
			})
			mustView(t, s, noon, func(tx *store.Tx) error {
				d, err := tx.Document(v.ID)
				if diff := cmp.Diff(op, d.Operation); diff != "" {
					t.Error(diff)
				}
				alone, _ := tx.Operation("op")
				if diff := cmp.Diff(op, alone); diff != "" {
					t.Error(diff)
				}
				return err
			})
		},
		"operations that succeeded are forgotten after a week, failures never": func(t *testing.T, s *store.Store) {
			v := vault("g", "v")
			good := &store.Operation{ID: "good", Started: noon, Ready: noon}
			bad := &store.Operation{ID: "bad", Started: noon, Ready: noon, Code: "C"}
			v.Operation = good
			mustUpdate(t, s, noon, func(tx *store.Tx) error {
				return errors.Join(tx.PutOperation(good), tx.PutOperation(bad), tx.PutDocument(v))
			})
			later := noon.AddDate(0, 0, 8)
			mustUpdate(t, s, later, func(tx *store.Tx) error {
				read, err := tx.Document(v.ID)
				if err != nil {
					return err
				}
				// What was read before an operation is forgotten can be written after it.
				return errors.Join(tx.PutOperation(&store.Operation{ID: "new", Started: later, Ready: later}), tx.PutDocument(read))
			})
			mustView(t, s, later, func(tx *store.Tx) error {
				if _, err := tx.Operation("good"); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("good: %v", err)
				}
				if _, err := tx.Operation("bad"); err != nil {
					t.Errorf("bad: %v", err)
				}
				d, err := tx.Document(v.ID)
				if err == nil && d.Operation != nil {
					t.Errorf("the document still has %v", d.Operation)
				}
				return err
			})
		},
		"stamps rise while the clock stands still or runs back": func(t *testing.T, s *store.Store) {
			var last time.Time
			for _, now := range []time.Time{noon, noon, noon.Add(-time.Hour), noon.Add(time.Nanosecond), noon.Add(time.Hour)} {
				mustUpdate(t, s, now, func(tx *store.Tx) error {
					stamp, err := tx.Stamp()
					if !stamp.After(last) {
						t.Errorf("%v after %v", stamp, last)
					}
					last = stamp
					return err
				})
			}
			if !last.Equal(noon.Add(time.Hour)) {
				t.Errorf("does not catch up with the clock: %v", last)
			}
		},
		"a reader neither sees nor waits for an unfinished write": func(t *testing.T, s *store.Store) {
			mustUpdate(t, s, noon, func(tx *store.Tx) error {
				if err := tx.PutDocument(vault("g", "v")); err != nil {
					return err
				}
				if got := names(t, s, noon, store.Query{}); len(got) != 0 {
					t.Errorf("read %v", got)
				}
				return nil
			})
		},
		"a cancelled context ends a transaction without a trace": func(t *testing.T, s *store.Store) {
			ctx, cancel := context.WithCancel(t.Context())
			err := s.Update(ctx, noon, func(tx *store.Tx) error {
				cancel()
				return tx.PutDocument(vault("g", "v"))
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
			if got := names(t, s, noon, store.Query{}); len(got) != 0 {
				t.Errorf("left behind: %v", got)
			}
		},
	} {
		t.Run(name, func(t *testing.T) { test(t, MustOpen(t)) })
	}
}
