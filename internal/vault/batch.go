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

// batch answers reads of many children of one parent, such as the items of a vault, from one list call for each parent. It
// forgets a parent's list as soon as this process writes to that parent, so that no read is older than a write before it.
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

// batchParent is what a batch knows of one parent; batch.mu guards it.
type batchParent[T any] struct {
	reads      int // single reads since the last write
	generation int // counts writes; a list begun before a write does not serve reads after it
	list       *batchList[T]
}

// batchList is a list that is fetched or has been.
type batchList[T any] struct {
	generation int
	done       chan struct{} // closed when the rest is set
	children   map[string]T
	unreadable []*arm.UnreadableError
	taken      time.Time
	err        error
	said       *arm.LastWord
}

// get reads the child with this id: alone while few have been read, from the list after that.
func (b *batch[T]) get(ctx context.Context, parent, id string) (T, error) {
	b.mu.Lock()
	p := b.of(parent)
	l := p.current()
	if l == nil && p.reads < b.singles {
		p.reads++
		b.mu.Unlock()
		return b.read(ctx, id)
	}
	if l == nil {
		l = b.begin(ctx, parent, p)
	}
	b.mu.Unlock()
	if err := l.wait(ctx); err != nil {
		var none T
		return none, err
	}
	if child, ok := l.children[strings.ToLower(id)]; ok {
		return child, nil
	}
	// Not in the list, or no right to list: only the service's own word on this one counts.
	return b.read(ctx, id)
}

// all reads every child of a parent, from the list that serves single reads, too. Those that cannot be read are beside them.
func (b *batch[T]) all(ctx context.Context, parent string) (map[string]T, []*arm.UnreadableError, error) {
	b.mu.Lock()
	p := b.of(parent)
	l := p.current()
	if l == nil {
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
func (p *batchParent[T]) current() *batchList[T] {
	if l := p.list; l != nil && l.generation == p.generation && !l.old() {
		return l
	}
	return nil
}

// begin begins to fetch a list. The caller holds mu.
func (b *batch[T]) begin(ctx context.Context, parent string, p *batchParent[T]) *batchList[T] {
	fetching, said := arm.WithLastWord(context.WithoutCancel(ctx))
	l := &batchList[T]{generation: p.generation, done: make(chan struct{}), said: said}
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

// old tells whether a list is too old to serve reads; one that is being fetched is not.
func (l *batchList[T]) old() bool {
	select {
	case <-l.done:
		return time.Since(l.taken) > snapshotAge
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
		p = &batchParent[T]{}
		b.parents[parent] = p
	}
	return p
}

// wrote is called before and after a write to a parent. While writes and reads take turns, as they do in an apply, each read
// is a single one again: a list for each would cost more.
func (b *batch[T]) wrote(parent string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.of(parent)
	p.generation++
	p.reads = 0
}
