package arm

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// throttle keeps the requests of a process within what Azure Resource Manager allows. It counts for each subscription and
// kind of request, as ARM does: reads, writes and deletes. When one request is told to come back later, all of its kind
// wait, instead of being told the same one by one; and as ARM says that little is left, requests are spaced out so that it
// does not come to that.
//
// Source: https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
type throttle struct {
	mu    sync.Mutex
	gates map[string]*gate
}

// gate is what may pass of one kind of request.
type gate struct {
	opens time.Time // nothing passes before
	space time.Duration
	next  time.Time // when the next one may pass, while they are spaced out
}

const (
	// fewLeft is where slowing down begins. The bucket of a subscription's reads holds 250 and gets 25 a second; that of
	// writes holds 200 and gets 10.
	fewLeft = 25
	// slowest is the space between two requests when nothing is left.
	slowest = time.Second
)

// gateOf is the gate that a request has to pass; "" for a request about no subscription.
func gateOf(req *http.Request) string {
	path := strings.Split(strings.ToLower(req.URL.Path), "/")
	if len(path) < 3 || path[1] != "subscriptions" {
		return ""
	}
	kind := "writes"
	switch req.Method {
	case http.MethodGet, http.MethodHead:
		kind = "reads"
	case http.MethodDelete:
		kind = "deletes"
	}
	return path[2] + " " + kind
}

// Do implements policy.Policy.
func (t *throttle) Do(req *policy.Request) (*http.Response, error) {
	key := gateOf(req.Raw())
	if key == "" {
		return req.Next()
	}
	if err := t.pass(req.Raw().Context(), key); err != nil {
		return nil, err
	}
	resp, err := req.Next()
	if err == nil {
		t.learn(key, resp, time.Now())
	}
	return resp, err
}

// pass waits until a request may be sent.
func (t *throttle) pass(ctx context.Context, key string) error {
	for {
		wait := t.wait(key, time.Now())
		if wait <= 0 {
			return nil
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// wait is how long a request has to wait from now; with 0 it has taken its turn.
func (t *throttle) wait(key string, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	g := t.gates[key]
	switch {
	case g == nil:
		return 0
	case now.Before(g.opens):
		return g.opens.Sub(now)
	case now.Before(g.next):
		return g.next.Sub(now)
	}
	g.next = now.Add(g.space)
	return 0
}

// learn takes from an answer when the next request may pass.
func (t *throttle) learn(key string, resp *http.Response, now time.Time) {
	remaining, said := leastRemaining(resp.Header)
	pause := time.Duration(0)
	if resp.StatusCode == http.StatusTooManyRequests {
		pause = min(retryAfter(resp), longestRetryAfter)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	g := t.gates[key]
	if g == nil {
		if pause == 0 && (!said || remaining >= fewLeft) {
			return
		}
		g = &gate{}
		if t.gates == nil {
			t.gates = map[string]*gate{}
		}
		t.gates[key] = g
	}
	if opens := now.Add(pause); pause > 0 && opens.After(g.opens) {
		g.opens = opens
	}
	if said {
		g.space = slowest * time.Duration(max(fewLeft-remaining, 0)) / fewLeft
	}
}

// leastRemaining is the least that any of ARM's counters says is left.
func leastRemaining(header http.Header) (least int, said bool) {
	for name, values := range header {
		if !strings.HasPrefix(strings.ToLower(name), "x-ms-ratelimit-remaining-") || len(values) == 0 {
			continue
		}
		if n, err := strconv.Atoi(values[0]); err == nil && (!said || n < least) {
			least, said = n, true
		}
	}
	return least, said
}
