package vault_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

func tally(calls []string) map[string]int {
	kinds := map[string]int{}
	for _, call := range calls {
		kinds[call]++
	}
	return kinds
}

func names(n int) []string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf("contoso-%03d", i))
	}
	return all
}

func TestManyReadsAreServedByOneList(t *testing.T) {
	c, r := newClient(t, nil)
	all := names(150) // two pages of 100
	for _, name := range all {
		create(t, c, name)
	}
	c = connect(t, r)
	r.take()
	var readers sync.WaitGroup
	for _, name := range all {
		readers.Go(func() {
			if v, err := c.Get(t.Context(), id(name)); err != nil || v.ID.Name != name || tag(v) != "prod" {
				t.Errorf("%s: %v %v", name, v, err)
			}
		})
	}
	readers.Wait()
	if got := tally(r.take()); got["GET vault"] != 5 || got["GET list"] != 2 {
		t.Error(got)
	}
}

func TestFewReadsNeedNoList(t *testing.T) {
	c, r := newClient(t, nil)
	for _, name := range names(5) {
		create(t, c, name)
	}
	c = connect(t, r)
	r.take()
	for _, name := range names(5) {
		if _, err := c.Get(t.Context(), id(name)); err != nil {
			t.Error(err)
		}
	}
	if got := tally(r.take()); got["GET vault"] != 5 || got["GET list"] != 0 {
		t.Error(got)
	}
}

// warm makes a client that serves reads from a list.
func warm(t *testing.T, n int) (*vault.Client, *recorder) {
	t.Helper()
	c, r := newClient(t, nil)
	for _, name := range names(n) {
		create(t, c, name)
	}
	c = connect(t, r)
	for _, name := range names(n) {
		if _, err := c.Get(t.Context(), id(name)); err != nil {
			t.Fatal(err)
		}
	}
	r.take()
	return c, r
}

func TestNoReadIsOlderThanAWrite(t *testing.T) {
	c, r := warm(t, 10)
	if _, err := c.Get(t.Context(), id("contoso-007")); err != nil || len(r.take()) != 0 {
		t.Fatal("the list does not serve reads")
	}
	if _, err := apply(t, c, "contoso-007", vault.Settings{Tags: &map[string]string{"env": "test"}}, nil); err != nil {
		t.Fatal(err)
	}
	if v, err := c.Get(t.Context(), id("contoso-007")); err != nil || tag(v) != "test" {
		t.Errorf("after an update: %v %v", v, err)
	}
	if err := c.Delete(t.Context(), id("contoso-007"), nil); err != nil {
		t.Fatal(err)
	}
	if v, err := c.Get(t.Context(), id("contoso-007")); !arm.IsNotFound(err) {
		t.Errorf("after a delete: %v %v", v, err)
	}
	create(t, c, "contoso-007")
	if v, err := c.Get(t.Context(), id("contoso-007")); err != nil || tag(v) != "prod" {
		t.Errorf("after a create: %v %v", v, err)
	}
}

// A list that was begun before a write must not answer reads after it.
func TestListBegunBeforeAWriteIsNotUsedAfterIt(t *testing.T) {
	c, r := newClient(t, nil)
	for _, name := range names(10) {
		create(t, c, name)
	}
	c = connect(t, r)
	var stale vault.Vault
	for _, name := range append(names(4), "contoso-009") {
		var err error
		if stale, err = c.Get(t.Context(), id(name)); err != nil {
			t.Fatal(err)
		}
	}
	listing, written := make(chan struct{}), make(chan struct{})
	var once sync.Once
	r.answer = func(req *http.Request) {
		if strings.HasSuffix(req.URL.Path, "/vaults") {
			once.Do(func() {
				close(listing)
				<-written
			})
		}
	}
	done := make(chan error)
	go func() {
		_, err := c.Get(t.Context(), id("contoso-008"))
		done <- err
	}()
	<-listing
	if _, err := c.Apply(t.Context(), stale, vault.Settings{Tags: &map[string]string{"env": "test"}}, nil); err != nil {
		t.Fatal(err)
	}
	close(written)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	r.take()
	if v, err := c.Get(t.Context(), id("contoso-009")); err != nil || tag(v) != "test" {
		t.Error(v, err)
	}
	if got := tally(r.take()); got["GET list"] != 1 {
		t.Errorf("the old list was used: %v", got)
	}
}

// The embedded service answers a list before the write that follows; what counts is when the list was asked for.
func TestVaultThatTheListLacksIsReadAlone(t *testing.T) {
	c, r := warm(t, 10)
	other := connect(t, r)
	create(t, other, "late")
	r.take()
	if _, err := c.Get(t.Context(), id("late")); err != nil {
		t.Error(err)
	}
	if got := tally(r.take()); got["GET vault"] != 1 || got["GET list"] != 0 {
		t.Error(got)
	}
}

func TestFindByName(t *testing.T) {
	c, r := newClient(t, nil)
	find := func(name string) bool {
		t.Helper()
		v, found, err := c.FindByName(t.Context(), subscription, name)
		if err != nil || found && !strings.EqualFold(v.ID.Name, name) {
			t.Fatal(v, found, err)
		}
		return found
	}
	if find("contoso-000") {
		t.Error("found in an empty subscription")
	}
	for _, name := range names(20) {
		if find(name) {
			t.Errorf("%s found before it exists", name)
		}
		create(t, c, name)
		if !find(strings.ToUpper(name)) {
			t.Errorf("%s not found after it was created", name)
		}
	}
	if got := tally(r.take()); got["GET list"] != 1 {
		t.Errorf("names cost a list each: %v", got)
	}
	if err := c.Delete(t.Context(), id("contoso-003"), nil); err != nil {
		t.Fatal(err)
	}
	if find("contoso-003") {
		t.Error("found after it was deleted")
	}
	create(t, c, "contoso-003")
	if !find("contoso-003") {
		t.Error("not found after it was created again")
	}
}

// Another client deleted the vault after the list was taken: nobody is told of a conflict that is none.
func TestFindByNameAsksAgainBeforeItSaysYes(t *testing.T) {
	c, r := newClient(t, nil)
	create(t, c, "contoso")
	c = connect(t, r)
	if _, found, err := c.FindByName(t.Context(), subscription, "contoso"); !found || err != nil {
		t.Fatal(found, err)
	}
	if err := connect(t, r).Delete(t.Context(), id("contoso"), nil); err != nil {
		t.Fatal(err)
	}
	if v, found, err := c.FindByName(t.Context(), subscription, "contoso"); found || err != nil {
		t.Error(v, err)
	}
}
