package vault

import (
	"context"
	"iter"
	"sync"
	"time"
)

// batch answers reads of many children of one parent, such as the items of a vault, from one list call for each parent. It
// forgets a parent's list as soon as this process writes to that parent, so that no read is older than a write before it.
type batch[T any] struct {
	// singles is how many children of a parent are read one by one before they are listed.
	singles int
	read    func(ctx context.Context, id string) (T, error)
	list    func(ctx context.Context, parent string) iter.Seq2[T, error]
	// key is the folded id of a child, by which get finds it.
	key func(T) string

	mu      sync.Mutex
	parents map[string]*batchParent[T]
}

// batchParent is what a batch knows of one parent; batch.mu guards it.
type batchParent[T any] struct {
	reads      int
	generation int // counts writes; a list begun before a write does not serve reads after it
	list       *batchList[T]
}

// batchList is a list that is fetched or has been.
type batchList[T any] struct {
	generation int
	done       chan struct{} // closed when the rest is set
	children   map[string]T
	taken      time.Time
}

// get reads the child with this id: alone while few have been read, from the list after that. key is the folded id.
func (b *batch[T]) get(ctx context.Context, parent, id, key string) (T, error) {
	b.mu.Lock()
	p := b.of(parent)
	l := p.list
	if l != nil && (l.generation != p.generation || l.old()) {
		l = nil
	}
	if l == nil {
		if p.reads < b.singles {
			p.reads++
			b.mu.Unlock()
			return b.read(ctx, id)
		}
		l = &batchList[T]{generation: p.generation, done: make(chan struct{})}
		p.list = l
		// The list serves others too, so it must not end when the one who began it is cancelled.
		go b.fetch(context.WithoutCancel(ctx), parent, l)
	}
	b.mu.Unlock()
	select {
	case <-l.done:
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
	if child, ok := l.children[key]; ok {
		return child, nil
	}
	// Not in the list, or no right to list: only the service's own word on this one counts.
	return b.read(ctx, id)
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
		if err != nil {
			return // the list stays empty, and everybody reads alone
		}
		children[b.key(child)] = child
	}
	l.children = children
}

// of returns what is known of a parent, whose name is folded. The caller holds mu.
func (b *batch[T]) of(parent string) *batchParent[T] {
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

// wrote is called before and after a write to a parent.
func (b *batch[T]) wrote(parent string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.of(parent).generation++
}
