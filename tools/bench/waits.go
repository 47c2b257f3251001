package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// provisioningTimes are the times that a creation takes in the measurement of waiting.
func provisioningTimes() []time.Duration {
	return []time.Duration{0, 500 * time.Millisecond, 2 * time.Second, 10 * time.Second}
}

// polling is the rhythm that the provider has with the embedded service; internal/provider/configure.go sets it.
var polling = arm.Polling{First: 10 * time.Millisecond, Longest: 2 * time.Second}

// wait is how the creation of one vault went.
type wait struct {
	provisioning time.Duration
	waited       time.Duration // from the service's acceptance to the return of the client
	polls        int
	apply        time.Duration // from the start of an apply to its end
	applyAfter   time.Duration // from the vault being Active to the end of the apply
}

func (w wait) overhead() time.Duration { return w.waited - w.provisioning }

// part is the overhead as a part of the provisioning time, false when there is none to compare with.
func (w wait) part() (float64, bool) {
	if w.provisioning == 0 {
		return 0, false
	}
	return float64(w.overhead()) / float64(w.provisioning), true
}

// measureWaits measures how long a create goes on after the service says that the vault is Active: in this process,
// where nothing blurs it, and as a user sees it.
func (b *bench) measureWaits(ctx context.Context) error {
	for _, provisioning := range provisioningTimes() {
		b.progress("waiting for a vault that takes %s", provisioning)
		w, err := b.waitInProcess(ctx, provisioning)
		if err != nil {
			return err
		}
		if err := b.waitForApply(ctx, &w); err != nil {
			return err
		}
		b.results.waits = append(b.results.waits, w)
	}
	b.progress("waiting for vaults that take up to %s", longestSpread)
	worst, err := b.worstWait(ctx)
	if err != nil {
		return err
	}
	b.results.worst = worst
	b.printWaits()
	return nil
}

func (b *bench) printWaits() {
	b.printf("\n## Waiting for one vault to become Active, in milliseconds\n\n")
	t := newTable("provisioning time", "client waited", "overhead", "overhead %", "looks", "apply in all", "apply after Active")
	for _, w := range b.results.waits {
		percent := "-"
		if part, ok := w.part(); ok {
			percent = fmt.Sprintf("%.1f", part*100)
		}
		t.row(w.provisioning.String(), milliseconds(w.waited), milliseconds(w.overhead()), percent, strconv.Itoa(w.polls),
			milliseconds(w.apply), milliseconds(w.applyAfter))
	}
	t.print(b.out)
	worst, _ := b.results.worst.part()
	b.printf("\nThe most of %d times spread up to %s: %.1f %% overhead, at %s.\n", spread, longestSpread, worst*100, b.results.worst.provisioning)
	b.printf("An apply plans first, which is in its time in all; it ends providers and stores the state, which is in both.\n")
}

// How much is lost depends on where in its rhythm a wait ends, so times of all lengths are tried.
const (
	spread        = 24
	longestSpread = 12 * time.Second
)

// worstWait waits for many vaults at the same time, and returns the wait with the greatest overhead for its length.
func (b *bench) worstWait(ctx context.Context) (wait, error) {
	waits, errs := make([]wait, spread), make([]error, spread)
	var all sync.WaitGroup
	for i := range spread {
		all.Go(func() {
			waits[i], errs[i] = b.waitInProcess(ctx, longestSpread*time.Duration(i+1)/spread)
		})
	}
	all.Wait()
	return slices.MaxFunc(waits, func(x, y wait) int {
		one, _ := x.part()
		other, _ := y.part()
		return cmp.Compare(one, other)
	}), errors.Join(errs...)
}

// waitInProcess creates a vault with the provider's own client on an embedded service in this process.
func (b *bench) waitInProcess(ctx context.Context, provisioning time.Duration) (w wait, err error) {
	ctx, cancel := context.WithTimeout(ctx, commandTimeout)
	defer cancel()
	folder, err := os.MkdirTemp(b.folder, "wait-")
	if err != nil {
		return wait{}, err
	}
	file, err := store.Open(ctx, filepath.Join(folder, "vaults.db"))
	if err != nil {
		return wait{}, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()

	var clock time.Time // the service's, at the latest request
	service := embedded.New(embedded.Config{Store: file, ProvisioningTime: provisioning, Now: func() time.Time {
		clock = time.Now()
		return clock
	}})
	requests := &requestCounter{next: embedded.NewTransport(service)}
	connection, err := arm.NewClient(arm.Options{Endpoint: embedded.Endpoint, Transport: requests, Version: "bench", Polling: polling})
	if err != nil {
		return wait{}, err
	}
	client := vault.NewClient(connection)
	id := vault.NewID(embedded.DefaultSubscriptionID, "backup", "bench")
	accepted, err := client.BeginCreate(ctx, id, "chinaeast", vault.Settings{Redundancy: new(catalog.GeoRedundant)})
	if err != nil {
		return wait{}, err
	}
	acceptedAt := clock
	if _, err := client.WaitActive(ctx, accepted, nil); err != nil {
		return wait{}, err
	}
	return wait{provisioning: provisioning, waited: time.Since(acceptedAt), polls: requests.n - 1}, nil
}

// requestCounter counts the requests on their way to the service.
type requestCounter struct {
	next *embedded.Transport
	n    int
}

// Do implements policy.Transporter.
func (c *requestCounter) Do(request *http.Request) (*http.Response, error) {
	c.n++
	return c.next.Do(request)
}

// waitForApply has the CLI create a vault, and reads in the service's data since when it is Active.
func (b *bench) waitForApply(ctx context.Context, w *wait) error {
	name := fmt.Sprintf("wait-apply-%d", w.provisioning.Milliseconds())
	space, err := b.newWorkspace(ctx, name, vaults{count: 1, provisioningTime: w.provisioning.String()}.config())
	if err != nil {
		return err
	}
	start := time.Now()
	o, err := space.run(ctx, "apply", "-auto-approve")
	if err != nil {
		return err
	}
	active, err := activeSince(ctx, space.database())
	if err != nil {
		return err
	}
	w.apply, w.applyAfter = o.wall, start.Add(o.wall).Sub(active)
	return nil
}

// activeSince is the moment from which the one vault in a database was Active.
func activeSince(ctx context.Context, database string) (at time.Time, err error) {
	file, err := store.Open(ctx, database)
	if err != nil {
		return time.Time{}, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	err = file.View(ctx, time.Now(), func(tx *store.Tx) error {
		found, err := tx.Documents(store.Query{Type: catalog.VaultType})
		if err != nil {
			return err
		}
		if len(found) != 1 || found[0].Operation == nil {
			return fmt.Errorf("%s should hold one vault with the operation that created it", database)
		}
		at = found[0].Operation.Ready
		return nil
	})
	return at, err
}
