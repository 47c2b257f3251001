package embedded

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Always, as FaultRule.Times, is without end.
const Always = -1

// FaultRule says which requests go wrong, and how. It picks requests by Method, Kind and Path, which all have to
// match; of the picked ones it acts on number From and on as many as Times says. A rule that has none of Status, Drop
// and PolicyToken lets the service answer, after Delay; without a delay it only counts.
type FaultRule struct {
	// Method of the request in any letter case; empty is any.
	Method string

	// Kind of what is requested; empty is any.
	Kind Kind

	// Path is a part of the request's path, such as "vaults/main": whole segments, in any letter case, anywhere in it.
	// A segment of * stands for any one. Empty is any path.
	Path string

	// From is the number, from 1, of the first match that is acted on; 0 is 1.
	From int

	// Times is how many matches in a row are acted on; 0 is 1.
	Times int

	// Delay is waited before anything else. A client that gives up meanwhile has had no effect.
	Delay time.Duration

	// Act lets the service do what the request asks for before its answer is lost to Status or Drop.
	Act bool

	// Drop breaks the connection in place of an answer.
	Drop bool

	// Status, unless 0, is answered in place of the service's answer, with an error of this Code and Message. An empty
	// code is made of the status: TooManyRequests for 429.
	Status  int
	Code    string
	Message string

	// PolicyToken answers as an Azure Policy does that wants a token (403 RequestDisallowedByPolicy, with Message), until a
	// request has that of just what it asks for, which acquirePolicyToken gives.
	PolicyToken bool

	// RetryAfter, unless 0, goes with Status: exactly as retry-after-ms, and rounded up to seconds as Retry-After.
	RetryAfter time.Duration
}

// FaultMatch is a request that a rule matched.
type FaultMatch struct {
	Rule   int // its place among the rules, from 0
	Number int // of this match among those of the rule, from 1
	Acted  bool
	Method string
	Path   string
}

// Faults make the service misbehave as networks and clouds do, for tests of its clients. They are safe for concurrent
// use, and rules may be added while the service runs. The zero value has no rules.
type Faults struct {
	mu      sync.Mutex
	rules   []FaultRule
	counts  []int // of matches, by rule
	matches []FaultMatch
}

// NewFaults returns faults with these rules.
func NewFaults(rules ...FaultRule) *Faults {
	f := &Faults{}
	f.Add(rules...)
	return f
}

// Add adds rules behind the others. When several want to act on one request, the first does, and the others have
// counted it.
func (f *Faults) Add(rules ...FaultRule) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = append(f.rules, rules...)
	f.counts = append(f.counts, make([]int, len(rules))...)
}

// Clear removes all rules, and what they matched.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules, f.counts, f.matches = nil, nil, nil
}

// maxMatches bounds what is remembered, for a service that runs for long.
const maxMatches = 100_000

// Matches returns what the rules have matched so far, in order; of very many, the latest.
func (f *Faults) Matches() []FaultMatch {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.matches)
}

// LongestDelay is the longest that a rule lets a request wait.
func (f *Faults) LongestDelay() time.Duration {
	if f == nil {
		return 0
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var longest time.Duration
	for _, rule := range f.rules {
		longest = max(longest, rule.Delay)
	}
	return longest
}

// pick returns the rule that acts on the request, nil when none does.
func (f *Faults) pick(method string, kind Kind, path []string) *FaultRule {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var picked *FaultRule
	for i, rule := range f.rules {
		if !rule.matches(method, kind, path) {
			continue
		}
		f.counts[i]++
		acts := picked == nil && rule.wants(f.counts[i])
		if acts {
			picked = &rule
		}
		if len(f.matches) == maxMatches {
			f.matches = append(f.matches[:0], f.matches[maxMatches/2:]...)
		}
		f.matches = append(f.matches, FaultMatch{
			Rule: i, Number: f.counts[i], Acted: acts, Method: method, Path: "/" + strings.Join(path, "/"),
		})
	}
	return picked
}

func (f FaultRule) matches(method string, kind Kind, path []string) bool {
	if f.PolicyToken && (method == http.MethodGet || method == http.MethodHead || kind == KindPolicyToken) {
		return false // policies are about writes
	}
	return (f.Method == "" || strings.EqualFold(f.Method, method)) &&
		(f.Kind == "" || f.Kind == kind) &&
		(f.Path == "" || containsSegments(path, strings.Split(strings.Trim(f.Path, "/"), "/")))
}

// wants tells whether the rule acts on its nth match.
func (f FaultRule) wants(n int) bool {
	first, times := max(f.From, 1), f.Times
	if times == 0 {
		times = 1
	}
	return n >= first && (times < 0 || n < first+times)
}

func containsSegments(path, part []string) bool {
	for start := range path {
		if len(path)-start < len(part) {
			return false
		}
		same := func(a, b string) bool { return b == "*" || strings.EqualFold(a, b) }
		if slices.EqualFunc(path[start:start+len(part)], part, same) {
			return true
		}
	}
	return false
}

// apply answers the request as the rule says; serve is how the service would.
func (f FaultRule) apply(ctx context.Context, serve func() (*answer, error)) (*answer, error) {
	if err := pause(ctx, f.Delay); err != nil {
		return nil, err
	}
	if f.PolicyToken {
		return tokenWanted(f.Message), nil
	}
	if f.Status == 0 && !f.Drop {
		return serve()
	}
	if f.Act {
		// Whatever it answers, refusals too, is what the client does not get to see.
		_, _ = serve()
	}
	if f.Drop {
		// Of net/http: its server, and Transport, break the connection.
		panic(http.ErrAbortHandler)
	}
	return f.answer(), nil
}

func (f FaultRule) answer() *answer {
	fault := f.fault()
	a := &answer{status: f.Status, body: errorBody{Error: errorDetail{Code: fault.Code, Message: fault.Message}}}
	return a.retryIn(f.RetryAfter)
}

// fault is the error that is answered with Status.
func (f FaultRule) fault() Fault {
	code := f.Code
	if code == "" {
		code = strings.ReplaceAll(http.StatusText(f.Status), " ", "")
	}
	message := f.Message
	if message == "" {
		message = "A fault rule of the embedded backup service asked for this answer."
	}
	return Fault{Code: code, Message: message}
}

// pause waits, unless the context ends first.
func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
