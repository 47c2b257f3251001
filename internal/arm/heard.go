package arm

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	// interruptGrace is how long the answer to a write in flight is still waited for after an interrupt.
	interruptGrace = 10 * time.Second
	// deadlineGrace is how long after a deadline, which the user has set.
	deadlineGrace = 2 * time.Second
)

// hearing gives a write that is in flight time to hear whether it was accepted, although its context has ended: a request
// given up on its way may leave something that nobody knows of. One that is not in flight ends at once. A nil hearing
// waits for nothing.
type hearing struct {
	parent context.Context //nolint:containedctx // what the request's own context was made of
	heard  context.Context //nolint:containedctx // the request's own
	cancel context.CancelFunc

	mu     sync.Mutex
	flying bool
}

// hear makes the context of a write whose answer has to be heard.
func hear(ctx context.Context) (context.Context, *hearing) {
	heard, cancel := context.WithCancel(context.WithoutCancel(ctx))
	h := &hearing{parent: ctx, heard: heard, cancel: cancel}
	stop := context.AfterFunc(ctx, h.end)
	context.AfterFunc(heard, func() { stop() })
	return heard, h
}

// end is called when the parent has ended.
func (h *hearing) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.flying {
		h.cancel()
		return
	}
	grace := interruptGrace
	if errors.Is(h.parent.Err(), context.DeadlineExceeded) {
		grace = deadlineGrace
	}
	timer := time.AfterFunc(grace, h.cancel)
	context.AfterFunc(h.heard, func() { timer.Stop() })
}

// depart is called before each try; after the parent's end there is none.
func (h *hearing) depart() error {
	if h == nil {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.parent.Err(); err != nil {
		return err
	}
	h.flying = true
	return nil
}

// land is called after each try; last tells that no other one may follow.
func (h *hearing) land() (last bool) {
	if h == nil {
		return false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.flying = false
	return h.parent.Err() != nil
}
