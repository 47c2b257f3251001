package vault

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
)

// batch answers reads of many children of one parent, such as the items of a vault, from one list call for each parent. No read
// is older than a write of this process before it: a child that was written since the list was begun is read alone, and the list
// goes on serving the others.
type batch[T any] struct {
	// singles is how many children of a parent are read one by one before they are listed.
	singles int
	read    func(ctx context.Context, id string) (T, error)
	list    func(ctx context.Context, parent string) iter.Seq2[T, error]
	// id is the id of a child, in any letter case.
	id func(T) string

	mu      sync.Mutex
	parents map[string]*batchParent[T]
}

// batchParent is what a batch knows of one parent; batch.mu guards it. Each beginning and each end of a write is a moment, and what
// was asked for at a moment is as of that.
type batchParent[T any] struct {
	reads int // single reads since the last write that may have changed any child
	// looks is how many children were looked for one by one, of those that are to be made, since looking.
	looks   int
	looking time.Time
	moment  int // the latest
	// changed is the moment from which on any child may be another, and counted that from which on it may count something else.
	changed, counted int
	list             *batchList[T]
	children         map[string]*batchChild[T] // those that were written or read alone
}

// batchChild is what is known of a child beside the list.
type batchChild[T any] struct {
	underWay int // writes that have not ended
	changed  int // the moment of its last write
	known    bool
	value    T
	asOf     int // the moment of value
	taken    time.Time
}

// batchList is a list that is fetched or has been.
type batchList[T any] struct {
	asOf       int
	done       chan struct{} // closed when the rest is set
	children   map[string]T
	unreadable []*arm.UnreadableError
	taken      time.Time
	err        error
	said       *arm.LastWord
}

// want is how exactly a child is asked for.
type want struct {
	// uncounted is for who does not look at what the child counts, such as the VMs of a policy: an earlier single read serves, too.
	uncounted bool
	// listed is for who is about to make a child, and takes one that the list lacks for one that is not there. Somebody else may make it
	// at the same moment as well; the list has to be so new that nothing else is likely to have come between.
	listed bool
}

// lookAge is how old a list can be that says that a child is not there.
const lookAge = 5 * time.Second

// errUnlisted says that a child is not in the list.
var errUnlisted = errors.New("it is not in the list")

// get reads the child with this id: alone while few have been read, from the list after that.
func (b *batch[T]) get(ctx context.Context, parent, id string, w want) (T, error) {
	key := strings.ToLower(id)
	b.mu.Lock()
	p := b.of(parent)
	ch := p.child(key)
	l := p.current(w)
	if l == nil && w.listed && p.looksAlone(b.singles) {
		b.mu.Unlock()
		return b.readAlone(ctx, parent, id)
	}
	switch {
	case ch.underWay > 0, l != nil && l.asOf < ch.changed && !ch.serves(p, w):
		b.mu.Unlock()
		return b.readAlone(ctx, parent, id)
	case (l == nil || l.asOf < ch.changed) && ch.serves(p, w):
		defer b.mu.Unlock()
		return ch.value, nil
	case l == nil && p.reads < b.singles && !w.listed:
		p.reads++
		b.mu.Unlock()
		return b.readAlone(ctx, parent, id)
	case l == nil:
		l = b.begin(ctx, parent, p)
	}
	b.mu.Unlock()
	if err := l.wait(ctx); err != nil {
		var none T
		return none, err
	}
	if child, ok := l.children[key]; ok {
		return child, nil
	}
	if w.listed && l.lacks(id) {
		var none T
		return none, errUnlisted
	}
	// Not in the list, or no right to list: only the service's own word on this one counts.
	return b.readAlone(ctx, parent, id)
}

// readAlone reads a child past the list, and keeps it for those who do not look at what it counts.
func (b *batch[T]) readAlone(ctx context.Context, parent, id string) (T, error) {
	b.mu.Lock()
	asOf := b.of(parent).moment
	b.mu.Unlock()
	child, err := b.read(ctx, id)
	if err == nil {
		b.mu.Lock()
		b.of(parent).child(strings.ToLower(id)).keep(child, asOf)
		b.mu.Unlock()
	}
	return child, err
}

// all reads every child of a parent, from the list that serves single reads, too. Those that cannot be read are beside them.
func (b *batch[T]) all(ctx context.Context, parent string) (map[string]T, []*arm.UnreadableError, error) {
	b.mu.Lock()
	p := b.of(parent)
	l := p.current(want{})
	if l == nil || l.asOf < p.moment {
		l = b.begin(ctx, parent, p)
	}
	b.mu.Unlock()
	if err := l.wait(ctx); err != nil {
		return nil, nil, err
	}
	return l.children, l.unreadable, l.err
}

// has tells whether a parent's list has a child, be it as one that cannot be read.
func (b *batch[T]) has(ctx context.Context, parent, id string) (bool, error) {
	children, unreadable, err := b.all(ctx, parent)
	_, listed := children[strings.ToLower(id)]
	return listed || slices.ContainsFunc(unreadable, func(e *arm.UnreadableError) bool { return strings.EqualFold(e.ID, id) }), err
}

// current is the list that may serve a read now; nil when there is none. The caller holds mu.
func (p *batchParent[T]) current(w want) *batchList[T] {
	age := snapshotAge
	if w.listed {
		age = lookAge
	}
	if l := p.list; l != nil && l.asOf >= p.oldest(w) && !l.old(age) {
		return l
	}
	return nil
}

// looksAlone tells whether a child that is to be made is looked for alone: where they come one after the other, as the service takes
// its time, a list for each would cost more. The caller holds mu.
func (p *batchParent[T]) looksAlone(singles int) bool {
	if time.Since(p.looking) > lookAge {
		p.looks, p.looking = 0, time.Now()
	}
	p.looks++
	return p.looks <= singles
}

// oldest is the moment as of which something has to be known to serve a read.
func (p *batchParent[T]) oldest(w want) int {
	if w.uncounted {
		return p.changed
	}
	return max(p.changed, p.counted)
}

// child returns what is known of a child. The caller holds mu.
func (p *batchParent[T]) child(key string) *batchChild[T] {
	ch := p.children[key]
	if ch == nil {
		ch = &batchChild[T]{}
		p.children[key] = ch
	}
	return ch
}

// serves tells whether what is known of a child answers a read.
func (ch *batchChild[T]) serves(p *batchParent[T], w want) bool {
	return ch.known && w.uncounted && ch.asOf >= max(ch.changed, p.oldest(w)) && time.Since(ch.taken) < snapshotAge
}

// keep keeps what was read of a child as of a moment.
func (ch *batchChild[T]) keep(value T, asOf int) {
	if !ch.known || ch.asOf <= asOf {
		ch.known, ch.value, ch.asOf, ch.taken = true, value, asOf, time.Now()
	}
}

// begin begins to fetch a list. The caller holds mu.
func (b *batch[T]) begin(ctx context.Context, parent string, p *batchParent[T]) *batchList[T] {
	fetching, said := arm.WithLastWord(context.WithoutCancel(ctx))
	l := &batchList[T]{asOf: p.moment, done: make(chan struct{}), said: said}
	p.list = l
	// The list serves others too, so it must not end when the one who began it is cancelled.
	go b.fetch(fetching, parent, l)
	return l
}

func (l *batchList[T]) wait(ctx context.Context) error {
	select {
	case <-l.done:
		return nil
	case <-ctx.Done():
		return l.said.Timeout(ctx)
	}
}

// lacks tells whether a list that has been fetched is sure not to have a child, not even as one that cannot be read.
func (l *batchList[T]) lacks(id string) bool {
	return l.err == nil && !slices.ContainsFunc(l.unreadable, func(e *arm.UnreadableError) bool { return e.ID == "" || strings.EqualFold(e.ID, id) })
}

// old tells whether a list is older than an age; one that is being fetched is not.
func (l *batchList[T]) old(age time.Duration) bool {
	select {
	case <-l.done:
		return time.Since(l.taken) > age
	default:
		return false
	}
}

func (b *batch[T]) fetch(ctx context.Context, parent string, l *batchList[T]) {
	defer close(l.done)
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	l.taken = time.Now()
	children := map[string]T{}
	for child, err := range b.list(ctx, parent) {
		var unreadable *arm.UnreadableError
		if errors.As(err, &unreadable) {
			l.unreadable = append(l.unreadable, unreadable) // whoever asks for it reads it alone
			continue
		}
		if err != nil {
			l.err = err // the list stays empty, and everybody reads alone
			return
		}
		children[strings.ToLower(b.id(child))] = child
	}
	l.children = children
}

// of returns what is known of a parent. The caller holds mu.
func (b *batch[T]) of(parent string) *batchParent[T] {
	parent = strings.ToLower(parent)
	if b.parents == nil {
		b.parents = map[string]*batchParent[T]{}
	}
	p := b.parents[parent]
	if p == nil {
		p = &batchParent[T]{children: map[string]*batchChild[T]{}}
		b.parents[parent] = p
	}
	return p
}

// writing is called before a write of a child, and wrote after it, with what the service described then; nil is not known.
func (b *batch[T]) writing(parent, id string) (wrote func(after *T)) {
	key := strings.ToLower(id)
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.of(parent)
	p.moment++
	p.child(key).underWay++
	return func(after *T) {
		b.mu.Lock()
		defer b.mu.Unlock()
		p := b.of(parent)
		ch := p.child(key)
		p.moment++
		ch.underWay--
		ch.changed, ch.known = p.moment, false
		if after != nil {
			ch.keep(*after, p.moment)
		}
	}
}

// wroteAny is called before and after a write that may change any child of a parent. While such writes and reads take turns each
// read is a single one again: a list for each would cost more.
func (b *batch[T]) wroteAny(parent string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.of(parent)
	p.moment++
	p.changed, p.reads = p.moment, 0
}

// counts is called after a write that may change what the children of a parent count, and nothing else of them.
func (b *batch[T]) counts(parent string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.of(parent)
	p.moment++
	p.counted, p.reads = p.moment, 0
}
