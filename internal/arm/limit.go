package arm

import (
	"context"
	"time"
)

// Limit is why a context ended that had only so much time: the cause of its deadline, so that errors can name it.
type Limit struct {
	// Text is what set the time, for the user, such as `timeouts.create = "30m"`.
	Text string
}

// WithLimit is context.WithTimeout for a time that errors name.
func WithLimit(ctx context.Context, after time.Duration, text string) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, after, &Limit{Text: text})
}

// Error names what set the time.
func (l *Limit) Error() string { return "the time ran out (" + l.Text + ")" }

// Is makes it the end of a deadline like any other.
func (l *Limit) Is(target error) bool { return target == context.DeadlineExceeded }
