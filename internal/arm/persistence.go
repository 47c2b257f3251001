package arm

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// Persistence says how long a request that failed for a passing reason is sent again: after 408, 429, 500, 502, 503 and 504,
// and when the connection is lost. Requests that must not be sent twice (Request.Once) are repeated only when the service
// has said that it did nothing, with 429 or 503.
type Persistence struct {
	// Retries is how often a request is repeated at most; 0 is as often as the operation's time allows.
	Retries int
	// WithoutDeadline bounds requests of operations that have no time limit; default 2 minutes.
	WithoutDeadline time.Duration
}

const (
	// longestRetryAfter bounds the pause that a throttling service may ask for; beyond it the request fails with the
	// service's own words, since the user is better served by them than by a silent wait.
	longestRetryAfter = 10 * time.Minute
	// longestBackoff is the longest pause between two tries when the service names none.
	longestBackoff = 60 * time.Second
	// unlimitedRetries is more than fit into any operation.
	unlimitedRetries = 1 << 20
)

// retryOptions make azcore repeat requests as p says.
func (p Persistence) retryOptions() policy.RetryOptions {
	retries := int32(unlimitedRetries)
	if p.Retries > 0 && p.Retries < unlimitedRetries {
		retries = int32(p.Retries)
	}
	return policy.RetryOptions{
		MaxRetries:    retries,
		MaxRetryDelay: longestBackoff,
		// Errors are marked by the observer when they must not be retried.
		ShouldRetry: func(resp *http.Response, err error) bool {
			return err != nil || passing(resp.StatusCode) && !triesOf(resp.Request.Context()).over
		},
	}
}

// passing tells whether a status is one that may be another the next time.
func passing(status int) bool {
	return slices.Contains([]int{
		http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
	}, status)
}

// tries is what is known of the tries of a request. It keeps what the service said to the latest, since azcore's retries
// forget it when the context ends while they pause.
type tries struct {
	last  *Error
	lost  *ConnectionError // the latest try, when it had no answer
	count int
	start time.Time
	once  bool // the request must not be sent twice
	brief bool // the caller asks again itself, but for the pauses that the service names
	over  bool // no further try
	// hearing is that of a write whose answer has to be heard; nil for other requests.
	hearing *hearing
}

// briefTries is how often a brief request is sent at most.
const briefTries = 3

// timeout is the error of a request whose context has ended, with the service's last word.
func (t *tries) timeout(ctx context.Context) *TimeoutError {
	timeout := &TimeoutError{NoAnswer: t.lost, Err: context.Cause(ctx)}
	if t.last != nil {
		timeout.LastWord = t.last.Error()
	}
	return timeout
}

type triesKey struct{}

// withTries begins a request whose tries are counted.
func withTries(ctx context.Context) context.Context {
	return context.WithValue(ctx, triesKey{}, &tries{start: time.Now()})
}

// triesOf are those of the request with this context; without withTries they are new ones.
func triesOf(ctx context.Context) *tries {
	if t, ok := ctx.Value(triesKey{}).(*tries); ok {
		return t
	}
	return &tries{start: time.Now()}
}

// endOf tells, after a try, whether it was the last: because time is up, or because the request may have had its effect.
func (p Persistence) endOf(ctx context.Context, t *tries, resp *http.Response) bool {
	if t.hearing != nil {
		ctx = t.hearing.parent
	}
	if _, limited := ctx.Deadline(); !limited && time.Since(t.start) > p.WithoutDeadline {
		return true
	}
	if resp == nil {
		return t.once || t.brief
	}
	if t.brief && (t.count >= briefTries || retryAfter(resp) == 0) {
		return true
	}
	nothingDone := resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusServiceUnavailable
	return t.once && !nothingDone || retryAfter(resp) > longestRetryAfter
}

// finalError is an error that azcore does not retry.
type finalError struct{ error }

// NonRetriable is what azcore asks for.
func (finalError) NonRetriable() {}

// Unwrap returns the error as it was.
func (e finalError) Unwrap() error { return e.error }
