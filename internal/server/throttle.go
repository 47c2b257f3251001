package server

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"
)

// throttle limits how many requests a subscription may send, reads and writes apart, as ARM does. A second's worth may
// come at once.
type throttle struct {
	reads, writes map[string]*rate.Limiter // by subscription; nil: no limit
}

// noSubscription stands for requests without one, and for those with one that does not exist.
const noSubscription = ""

func newThrottle(reads, writes float64, subscriptions []string) *throttle {
	limiters := func(perSecond float64) map[string]*rate.Limiter {
		if perSecond <= 0 {
			return nil
		}
		byID := map[string]*rate.Limiter{}
		for _, id := range append([]string{noSubscription}, subscriptions...) {
			byID[strings.ToLower(id)] = rate.NewLimiter(rate.Limit(perSecond), max(1, int(math.Ceil(perSecond))))
		}
		return byID
	}
	return &throttle{reads: limiters(reads), writes: limiters(writes)}
}

// admit lets the request pass, or answers it.
func (t *throttle) admit(w http.ResponseWriter, r *http.Request) bool {
	kind, limiters := "write", t.writes
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		kind, limiters = "read", t.reads
	}
	if limiters == nil {
		return true
	}
	id := subscriptionOf(r)
	limiter, ok := limiters[strings.ToLower(id)]
	if !ok {
		limiter = limiters[noSubscription]
	}
	now := time.Now()
	reservation := limiter.ReserveN(now, 1)
	wait := reservation.DelayFrom(now)
	scope := "subscription"
	if id == "" {
		scope = "tenant"
	}
	if wait > 0 {
		reservation.CancelAt(now)
	}
	remaining := max(0, int(limiter.TokensAt(now)))
	w.Header().Set("X-Ms-Ratelimit-Remaining-"+scope+"-"+kind+"s", strconv.Itoa(remaining))
	if wait == 0 {
		return true
	}
	seconds := int(math.Ceil(wait.Seconds()))
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
	refuse(w, http.StatusTooManyRequests, codeThrottled, fmt.Sprintf("Number of '%s' requests for subscription '%s' exceeded. "+
		"Please try again after '%d' seconds after additional tokens are available.", kind, id, seconds))
	return false
}

// subscriptionOf is the subscription in the path, "" when there is none.
func subscriptionOf(r *http.Request) string {
	path := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if len(path) > 1 && strings.EqualFold(path[0], "subscriptions") {
		return path[1]
	}
	return ""
}
