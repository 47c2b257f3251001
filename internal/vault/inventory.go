package vault

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
)

const (
	// singleReads is how many vaults of a subscription are read one by one before a list of them all is fetched. One
	// list page costs about as much as one read, so it should stay small; a subscription's other vaults come along
	// in the list, so it should not be zero.
	singleReads = 5
	// snapshotAge is how long a list serves reads. Terraform configures the provider anew for every command, so this
	// only matters in long commands and in a provider kept alive by a debugger.
	snapshotAge = time.Minute
)

// inventory answers reads of many vaults from one list call a subscription. It forgets what it knows as soon as this
// process writes a vault, so that no read is ever older than a write before it.
type inventory struct {
	client *Client
	now    func() time.Time

	mu            sync.Mutex
	subscriptions map[string]*subscription
}

// subscription is what the inventory knows of one subscription; inventory.mu guards it.
type subscription struct {
	reads      int             // single reads so far
	generation int             // counts writes; a list begun before a write does not serve reads after it
	snapshot   *snapshot       // the newest list, nil before the first
	loading    *load           // the list being fetched, nil when none is
	ours       namedIDs        // of vaults that this process created or wrote, unless it deleted them
	gone       map[string]bool // id keys of vaults that this process deleted
	confirmed  map[string]confirmedGone
}

// confirmedGone is a vault that was found to be gone, kept for as long as a list serves reads.
type confirmedGone struct {
	err        error
	generation int
	taken      time.Time
}

// namedIDs are ids of vaults by lower-cased name: vaults of several resource groups may have one.
type namedIDs map[string][]arm.ID

func (n namedIDs) add(id arm.ID) {
	if key := strings.ToLower(id.Name); !slices.ContainsFunc(n[key], id.Equal) {
		n[key] = append(n[key], id)
	}
}

func (n namedIDs) remove(id arm.ID) {
	key := strings.ToLower(id.Name)
	n[key] = slices.DeleteFunc(n[key], id.Equal)
}

type snapshot struct {
	vaults     map[string]Vault // by id key
	names      namedIDs
	unreadable []*arm.UnreadableError
	generation int
	taken      time.Time
}

// has tells whether a vault is in the list, be it as one that cannot be read.
func (s *snapshot) has(id arm.ID) bool {
	if _, ok := s.vaults[id.Key()]; ok {
		return true
	}
	return slices.ContainsFunc(s.unreadable, func(e *arm.UnreadableError) bool { return strings.EqualFold(e.ID, id.String()) })
}

// unread returns the error of the vault of this name, in this group unless that is empty, that cannot be read; nil when there
// is none. One whose name cannot be read either may have any.
func (s *snapshot) unread(group, name string) error {
	for _, e := range s.unreadable {
		if id, err := ParseID(e.ID); err != nil || strings.EqualFold(id.Name, name) && inGroup(id, group) {
			return e
		}
	}
	return nil
}

// load is a list being fetched, shared by all who wait for it.
type load struct {
	generation int
	done       chan struct{}
	snapshot   *snapshot
	err        error
	said       *arm.LastWord
}

func newInventory(c *Client) *inventory {
	return &inventory{client: c, now: time.Now, subscriptions: map[string]*subscription{}}
}

func (i *inventory) of(subscriptionID string) *subscription {
	key := strings.ToLower(subscriptionID)
	s := i.subscriptions[key]
	if s == nil {
		s = &subscription{ours: namedIDs{}, gone: map[string]bool{}, confirmed: map[string]confirmedGone{}}
		i.subscriptions[key] = s
	}
	return s
}

// get reads one vault: alone while few have been read, from the list after that.
func (i *inventory) get(ctx context.Context, id arm.ID) (Vault, error) {
	i.mu.Lock()
	s := i.of(id.SubscriptionID)
	alone := !i.fresh(s) && s.loading == nil && s.reads < singleReads
	if alone {
		s.reads++
	}
	// A list may have what we deleted for some time yet.
	alone = alone || s.gone[id.Key()]
	i.mu.Unlock()
	if !alone {
		list, err := i.list(ctx, id.SubscriptionID, true)
		if err == nil {
			if v, ok := list.vaults[id.Key()]; ok {
				return v, nil
			}
		}
		// Not in the list, or no right to list: only the service's own word on this one vault counts.
	}
	v, _, err := i.client.read(ctx, id)
	return v, err
}

// find looks for the vaults of a name, in one resource group unless that is empty. Names are looked up for many vaults in a
// row and are compared with what this process wrote since, so a list that is older than our own writes still serves.
func (i *inventory) find(ctx context.Context, subscriptionID, group, name string) ([]Vault, error) {
	list, err := i.list(ctx, subscriptionID, false)
	if err != nil {
		return nil, err
	}
	ids, listed := i.named(list, subscriptionID, group, name)
	if !listed {
		return nil, list.unread(group, name)
	}
	var found []Vault
	for _, id := range ids {
		// The list may be some seconds old; nobody is told of a conflict that has just gone away.
		v, _, err := i.client.read(ctx, id)
		if arm.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		found = append(found, v)
	}
	return found, nil
}

// named are the ids that may have a name: those that this process wrote, and those of a list that it has not deleted since.
// listed is false when nobody has ever heard of one.
func (i *inventory) named(list *snapshot, subscriptionID, group, name string) (ids []arm.ID, listed bool) {
	key := strings.ToLower(name)
	i.mu.Lock()
	defer i.mu.Unlock()
	s := i.of(subscriptionID)
	for _, id := range slices.Concat(s.ours[key], list.names[key]) {
		if !inGroup(id, group) || slices.ContainsFunc(ids, id.Equal) {
			continue
		}
		listed = true
		if !s.gone[id.Key()] || list.generation == s.generation {
			ids = append(ids, id)
		}
	}
	return ids, listed
}

// inGroup tells whether an id is in a resource group; every one is in none.
func inGroup(id arm.ID, group string) bool {
	return group == "" || strings.EqualFold(id.ResourceGroup, group)
}

// forget drops the list of a subscription: the service has shown that it knows better.
func (i *inventory) forget(subscriptionID string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	s := i.of(subscriptionID)
	s.generation++
	s.snapshot, s.loading = nil, nil
}

// fresh tells whether the newest list may serve reads. The caller holds mu.
func (i *inventory) fresh(s *subscription) bool {
	return s.snapshot != nil && s.snapshot.generation == s.generation && i.now().Sub(s.snapshot.taken) < snapshotAge
}

// list returns the list of a subscription, fetching it unless there is one: one young enough, and, if current is
// asked for, one begun after the last write. Callers at the same time share one fetch.
func (i *inventory) list(ctx context.Context, subscriptionID string, current bool) (*snapshot, error) {
	i.mu.Lock()
	s := i.of(subscriptionID)
	if s.snapshot != nil && (i.fresh(s) || !current && i.now().Sub(s.snapshot.taken) < snapshotAge) {
		defer i.mu.Unlock()
		return s.snapshot, nil
	}
	l := s.loading
	if l == nil || current && l.generation != s.generation {
		l = &load{generation: s.generation, done: make(chan struct{})}
		s.loading = l
		// The fetch serves others too, so it must not end when the one who began it is cancelled.
		fetching, said := arm.WithLastWord(context.WithoutCancel(ctx))
		l.said = said
		go i.fetch(fetching, subscriptionID, s, l)
	}
	i.mu.Unlock()
	select {
	case <-l.done:
		return l.snapshot, l.err
	case <-ctx.Done():
		return nil, l.said.Timeout(ctx)
	}
}

// fetchTimeout bounds a shared fetch, which no single caller's deadline does.
const fetchTimeout = 5 * time.Minute

func (i *inventory) fetch(ctx context.Context, subscriptionID string, s *subscription, l *load) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	list := &snapshot{vaults: map[string]Vault{}, names: namedIDs{}, generation: l.generation, taken: i.now()}
	for v, err := range i.client.List(ctx, subscriptionID, "") {
		var unreadable *arm.UnreadableError
		if errors.As(err, &unreadable) {
			list.unreadable = append(list.unreadable, unreadable)
			continue
		}
		if err != nil {
			l.err = err
			break
		}
		list.vaults[v.ID.Key()] = v
		list.names.add(v.ID)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if l.err == nil {
		l.snapshot = list
		if s.snapshot == nil || s.snapshot.generation <= list.generation {
			s.snapshot = list
		}
	}
	if s.loading == l {
		s.loading = nil
	}
	close(l.done)
}

// isDeleted tells whether this process deleted a vault, which a list may have for some time yet.
func (i *inventory) isDeleted(id arm.ID) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.of(id.SubscriptionID).gone[id.Key()]
}

// noteGone remembers that a vault is gone, recallGone tells it; nil when that is not known.
func (i *inventory) noteGone(id arm.ID, err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	s := i.of(id.SubscriptionID)
	s.confirmed[id.Key()] = confirmedGone{err: err, generation: s.generation, taken: i.now()}
}

func (i *inventory) recallGone(id arm.ID) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	s := i.of(id.SubscriptionID)
	if known, ok := s.confirmed[id.Key()]; ok && known.generation == s.generation && i.now().Sub(known.taken) < snapshotAge {
		return known.err
	}
	return nil
}

// registered is told of a VM that a vault has begun to protect: the first of a vault locks its redundancy.
func (i *inventory) registered(id arm.ID) {
	i.mu.Lock()
	defer i.mu.Unlock()
	s := i.of(id.SubscriptionID)
	if s.snapshot == nil || !s.snapshot.vaults[id.Key()].RedundancyLocked {
		s.generation++
	}
}

// writing is called before a write of a vault, wrote and deleted after it.
func (i *inventory) writing(id arm.ID) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.of(id.SubscriptionID).generation++
}

func (i *inventory) wrote(id arm.ID, accepted bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	s := i.of(id.SubscriptionID)
	s.generation++
	if accepted {
		s.ours.add(id)
		delete(s.gone, id.Key())
	}
}

func (i *inventory) deleted(id arm.ID, accepted bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	s := i.of(id.SubscriptionID)
	s.generation++
	if accepted {
		s.ours.remove(id)
		s.gone[id.Key()] = true
	}
}
