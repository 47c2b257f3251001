package page

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

const (
	// pollEvery is how often the service is asked while somebody listens. When an answer takes long, it is asked less
	// often: pauses are pausePerPoll times as long as the asking.
	pollEvery    = time.Second / 2
	pausePerPoll = 3
	// maxListeners is how many streams of events there may be at a time.
	maxListeners = 100
	// sampledVaults is how many vaults, besides those whose pages are open, are looked into at a time, in turn.
	sampledVaults = 20
	// maxWaiting is how many events may wait for a listener. One that is slower is sent away, comes back and reads anew.
	maxWaiting = 64
)

// event is something that happened to a vault.
type event struct {
	name string // "vault" or "contents"
	key  string // of the vault's id
	data eventData
}

type eventData struct {
	ID     string `json:"id"`
	Name   string `json:"name,omitempty"`
	URL    string `json:"url"`
	State  state  `json:"state,omitempty"`
	Before state  `json:"before,omitempty"` // none of a vault that appeared
}

// gone is the state of a vault that is no more.
const gone state = "Gone"

// listener is somebody who wants to hear of events.
type listener struct {
	vault  string // the key of the vault whose page is open; "" for the list
	events chan event
}

// watcher looks for changes as long as somebody listens, once for all of them.
type watcher struct {
	service *reader
	log     *slog.Logger
	every   time.Duration

	mu        sync.Mutex
	listeners map[*listener]bool
	run       *watch // nil when nobody listens
}

// watch is the time from the first listener to the last.
type watch struct {
	cancel context.CancelFunc
	ready  chan struct{} // closed when it is known how things were at its beginning
	ended  chan struct{}
}

func newWatcher(service *reader, log *slog.Logger) *watcher {
	return &watcher{service: service, log: log, every: pollEvery, listeners: map[*listener]bool{}}
}

// join begins to listen; ok is false when there are too many listeners. What changes after ready is closed is told.
func (w *watcher) join(ctx context.Context, vault string) (l *listener, ready <-chan struct{}, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.listeners) >= maxListeners {
		return nil, nil, false
	}
	l = &listener{strings.ToLower(vault), make(chan event, maxWaiting)}
	w.listeners[l] = true
	if w.run == nil {
		// It outlives the request that begins it, and ends with the last of them.
		background, cancel := context.WithCancel(context.WithoutCancel(ctx))
		w.run = &watch{cancel, make(chan struct{}), make(chan struct{})}
		go w.watch(background, w.run)
	}
	return l, w.run.ready, true
}

// leave ends listening, and with the last listener the watching.
func (w *watcher) leave(l *listener) {
	w.mu.Lock()
	if w.listeners[l] {
		delete(w.listeners, l)
		close(l.events)
	}
	var last *watch
	if len(w.listeners) == 0 {
		last, w.run = w.run, nil
	}
	w.mu.Unlock()
	if last != nil {
		last.cancel()
		<-last.ended
	}
}

// send tells those whom an event is for.
func (w *watcher) send(e event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for l := range w.listeners {
		if e.name == eventContents && l.vault != "" && l.vault != e.key {
			continue
		}
		select {
		case l.events <- e:
		default:
			delete(w.listeners, l)
			close(l.events)
		}
	}
}

const (
	eventVault    = "vault"
	eventContents = "contents"
)

// watch asks again and again.
func (w *watcher) watch(ctx context.Context, run *watch) {
	defer close(run.ended)
	var before *snapshot
	failing := false
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		began := time.Now()
		now, err := w.look(ctx, before)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			if !failing {
				w.log.WarnContext(ctx, "changes of vaults cannot be seen until the service answers again", "error", err)
			}
			failing = true
		default:
			failing = false
			if before == nil {
				close(run.ready)
			} else {
				for _, e := range before.changes(now) {
					w.send(e)
				}
			}
			before = now
		}
		timer.Reset(max(w.every, pausePerPoll*time.Since(began)))
	}
}

// snapshot is how the vaults were at a time.
type snapshot struct {
	vaults   map[string]seenVault // by the key of the id
	contents map[string]mark32    // of those that were looked into, now or earlier
	open     []string             // those whose pages are open
	next     int                  // where the turn is
}

type seenVault struct {
	id, name string
	state    state
	mark     mark32
}

// mark32 is a hash of what clients see.
type mark32 [sha256.Size]byte

func markOf(v any) mark32 {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // structs of strings and numbers
	}
	return sha256.Sum256(b)
}

// look reads all vaults briefly, as the etag tells of every change, and what is in some of them.
func (w *watcher) look(ctx context.Context, before *snapshot) (*snapshot, error) {
	vaults, err := w.service.allVaults(embedded.Brief(ctx))
	if err != nil {
		return nil, err
	}
	now := &snapshot{vaults: map[string]seenVault{}, contents: map[string]mark32{}}
	var filled []string // vaults that may hold something
	for i := range vaults {
		v := &vaults[i]
		key := strings.ToLower(v.ID)
		now.vaults[key] = seenVault{v.ID, v.Name, v.state(), markOf(v.wireVault)}
		if v.locked() {
			filled = append(filled, key)
		}
		if before != nil {
			if mark, ok := before.contents[key]; ok {
				now.contents[key] = mark
			}
		}
	}
	if before != nil {
		now.next = before.next
	}
	for _, key := range w.chosen(now, filled) {
		contents, err := w.service.contents(ctx, now.vaults[key].id)
		if isGone(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		now.contents[key] = markOf([]any{contents.policies, contents.items, contents.jobs})
	}
	return now, nil
}

// chosen are the vaults to look into: those whose pages are open, and some of the others in turn.
func (w *watcher) chosen(now *snapshot, filled []string) []string {
	w.mu.Lock()
	for l := range w.listeners {
		if _, ok := now.vaults[l.vault]; ok && !slices.Contains(now.open, l.vault) {
			now.open = append(now.open, l.vault)
		}
	}
	w.mu.Unlock()
	keys := slices.Clone(now.open)
	for range min(sampledVaults, len(filled)) {
		now.next = (now.next + 1) % len(filled)
		if key := filled[now.next]; !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// changes are the events between two looks.
func (s *snapshot) changes(now *snapshot) []event {
	var events []event
	add := func(name, key string, v seenVault, before state) {
		events = append(events, event{name, key, eventData{v.id, v.name, vaultURL(v.id), v.state, before}})
	}
	for key, v := range now.vaults {
		old, known := s.vaults[key]
		if !known || old.mark != v.mark {
			add(eventVault, key, v, old.state)
		}
	}
	for key, v := range s.vaults {
		if _, still := now.vaults[key]; !still {
			before := v.state
			v.state = gone
			add(eventVault, key, v, before)
		}
	}
	for key, mark := range now.contents {
		old, known := s.contents[key]
		// What is in a vault may have changed after its page was made and before the first look.
		if known && old != mark || !known && slices.Contains(now.open, key) {
			add(eventContents, key, now.vaults[key], "")
		}
	}
	return events
}
