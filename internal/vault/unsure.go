package vault

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
)

// UnsureError says that it is not known whether the service accepted a write, since its answers were lost.
type UnsureError struct {
	// Err is what became of the last answer.
	Err error
	// Absent tells that the service had no such object when it was looked for afterwards.
	Absent bool
}

// Error is that of the last answer.
func (e *UnsureError) Error() string { return e.Err.Error() }

// Unwrap returns it.
func (e *UnsureError) Unwrap() error { return e.Err }

// UnseenError says that the service accepted a write, and that what it was to make could not be seen afterwards.
type UnseenError struct {
	// Err is what the last look ended in.
	Err error
}

// Error says what the last look ended in.
func (e *UnseenError) Error() string {
	return "the service accepted it, and it could not be seen since; the last look ended in: " + e.Err.Error()
}

// Unwrap returns it.
func (e *UnseenError) Unwrap() error { return e.Err }

// IsUnsure tells whether an error leaves open what the service makes of a write: time ran out, the apply was interrupted, or
// nothing could be heard or seen.
func IsUnsure(err error) bool {
	var unsure *UnsureError
	var unseen *UnseenError
	return errors.As(err, &unsure) || errors.As(err, &unseen) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// mayHaveActed tells whether a write that ended in this error may have had its effect all the same. A refusal of the
// service means that it did not, unless an earlier try went unanswered.
func mayHaveActed(err error) bool {
	var lost *arm.ConnectionError
	var refusal *arm.Error
	switch {
	case err == nil:
		return false
	case errors.As(err, &refusal):
		return refusal.Repeated || refusal.Garbled || refusal.StatusCode == http.StatusNotFound || refusal.StatusCode == http.StatusRequestTimeout ||
			refusal.StatusCode >= http.StatusInternalServerError
	}
	return errors.As(err, &lost) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// lookGrace is how long the look may take that ends a write whose answers were lost.
const lookGrace = 3 * time.Second

// lookAfter looks what has become of a write that ended in an error. It takes one look with time of its own: that of the
// write has often ended. The object is returned when there is one; otherwise the error is that of the write, as far as it is
// known now what it did.
func lookAfter[T any](ctx context.Context, failed error, look func(context.Context) (T, time.Duration, error)) (found *T, err error) {
	if !mayHaveActed(failed) {
		return nil, failed
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookGrace)
	defer cancel()
	v, _, err := look(ctx)
	var refusal *arm.Error
	switch {
	case err == nil:
		return &v, failed
	case !arm.IsNotFound(err):
		return nil, &UnsureError{Err: failed}
	case errors.As(failed, &refusal) && !refusal.Garbled && refusal.StatusCode < http.StatusInternalServerError:
		return nil, failed // a refusal, and nothing came of an earlier try either
	}
	return nil, &UnsureError{Err: failed, Absent: true}
}

// unhurried makes a look of a read that has no hint of when to look again.
func unhurried[T any](read func(context.Context, string) (T, error), id string) func(context.Context) (T, time.Duration, error) {
	return func(ctx context.Context) (T, time.Duration, error) {
		v, err := read(ctx, id)
		return v, 0, err
	}
}
