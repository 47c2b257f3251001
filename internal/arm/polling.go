package arm

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"
)

// Polling is the rhythm of waiting for the service. The first look is taken at once; then the pause grows with the
// time already waited, so that the wait ends at most a quarter later than the service did, with few calls.
type Polling struct {
	// First is the shortest pause between two looks; default 1 s, which suits a service behind a network.
	First time.Duration
	// Longest is the longest pause; default 10 s. A Retry-After of the service shortens it further, never lengthens it.
	Longest time.Duration
}

func (p Polling) withDefaults() Polling {
	if p.First <= 0 {
		p.First = time.Second
	}
	if p.Longest <= 0 {
		p.Longest = 10 * time.Second
	}
	return p
}

// growth is the part of the time waited so far that the next pause takes: a fifth keeps the overhead under the
// quarter that is promised, with room for the calls themselves.
const growth = 5

// pause is the time until the next look, after having waited for some time.
func (p Polling) pause(waited, retryAfter time.Duration) time.Duration {
	next := max(p.First, waited/growth)
	next = min(next, p.Longest)
	if retryAfter > 0 {
		next = min(next, retryAfter)
	}
	return next
}

// Look is one look at something the service is working on.
type Look struct {
	// Done ends the wait.
	Done bool
	// Status is the service's word for where it stands, such as "Provisioning".
	Status string
	// RetryAfter is the service's hint, 0 when it gave none.
	RetryAfter time.Duration
}

// Wait calls look until it says that it is done or fails. When the context ends first, the error is a *TimeoutError
// with the last status seen.
func (c *Client) Wait(ctx context.Context, look func(context.Context) (Look, error)) error {
	start := time.Now()
	lastWord := "nothing yet"
	for {
		seen, err := look(ctx)
		if err != nil {
			return interrupted(ctx, err, lastWord)
		}
		if seen.Done {
			return nil
		}
		lastWord = seen.Status
		timer := time.NewTimer(c.polling.pause(time.Since(start), seen.RetryAfter))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return &TimeoutError{LastWord: lastWord, Err: context.Cause(ctx)}
		}
	}
}

// interrupted gives an error that came of the context's end the form of a timeout with the last word, unless it has it
// already.
func interrupted(ctx context.Context, err error, lastWord string) error {
	var timeout *TimeoutError
	switch {
	case ctx.Err() == nil:
		return err
	case !errors.As(err, &timeout):
		return &TimeoutError{LastWord: lastWord, Err: context.Cause(ctx)}
	case timeout.LastWord == "":
		return &TimeoutError{LastWord: lastWord, NoAnswer: timeout.NoAnswer, Err: timeout.Err}
	}
	return err
}

// retryAfter reads the hint of an answer, in any of the forms that azcore reads; it keeps the function to itself. A date is
// one of the service's clock, which may differ from ours.
func retryAfter(resp *http.Response) time.Duration {
	for _, name := range []string{"Retry-After-Ms", "X-Ms-Retry-After-Ms"} {
		if ms, err := strconv.Atoi(resp.Header.Get(name)); err == nil && ms > 0 {
			return time.Duration(ms) * time.Millisecond
		}
	}
	said := resp.Header.Get("Retry-After")
	if seconds, err := strconv.Atoi(said); err == nil && seconds > 0 {
		return time.Duration(seconds) * time.Second
	}
	at, err := http.ParseTime(said)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return max(at.Sub(now), 0)
}
