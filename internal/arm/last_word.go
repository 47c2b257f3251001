package arm

import (
	"context"
	"sync/atomic"
)

// LastWord is what the service said last to requests that others wait for, too.
type LastWord struct{ refusal atomic.Pointer[Error] }

type lastWordKey struct{}

// WithLastWord notes what the service says to the requests of a context.
func WithLastWord(ctx context.Context) (context.Context, *LastWord) {
	w := &LastWord{}
	return context.WithValue(ctx, lastWordKey{}, w), w
}

// note takes down an answer, nil when it was no refusal.
func (w *LastWord) note(refusal *Error) {
	if w != nil {
		w.refusal.Store(refusal)
	}
}

// Timeout is the error of one who has waited for the requests until a context ended.
func (w *LastWord) Timeout(ctx context.Context) error {
	timeout := &TimeoutError{Err: context.Cause(ctx)}
	if refusal := w.refusal.Load(); refusal != nil {
		timeout.LastWord = refusal.Error()
	}
	return timeout
}
