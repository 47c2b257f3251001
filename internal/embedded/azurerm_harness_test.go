package embedded_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// The API versions that azurerm 5 sends.
const (
	azurermVault       = "?api-version=2025-08-01"
	azurermPolicy      = "?api-version=2024-10-01"
	azurermItem        = "?api-version=2023-02-01"
	azurermReplication = "?api-version=2024-04-01"
	azurermGroup       = "?api-version=2023-07-01"
	azurermSub         = "?api-version=2022-12-01"
	azurermProviders   = "?api-version=2022-09-01"
)

// The places of a request that are not known before: where the last answer told to poll. They are followed as they are.
const (
	theOperation = "the Azure-AsyncOperation"
	theLocation  = "the Location"
)

// azurermCall is one request of a sequence and the answer that azurerm has to get.
type azurermCall struct {
	why    string // as azurerm has it
	method string
	path   string
	body   string
	status int
	// check looks at what azurerm reads of the answer.
	check func(*response)
}

// azurermSequence is what azurerm sends for one operation of one resource, in this order. The number of calls is the one
// that was counted in its source.
type azurermSequence struct {
	name   string
	before func(*service) // what is there already
	calls  []azurermCall
	count  int
}

// run sends the sequences, each to a service of its own, and writes down each row as it goes.
func run(t *testing.T, sequences []azurermSequence, configure ...func(*embedded.Config)) {
	t.Helper()
	for _, sequence := range sequences {
		t.Run(sequence.name, func(t *testing.T) {
			if got := len(sequence.calls); got != sequence.count {
				t.Errorf("azurerm sends %d requests, and there are %d here", sequence.count, got)
			}
			s := start(t, configure...)
			if sequence.before != nil {
				sequence.before(s)
			}
			var operation, location string
			for _, call := range sequence.calls {
				path := call.path
				switch path {
				case theOperation:
					path = absolute(t, operation)
				case theLocation:
					path = absolute(t, location)
				}
				r := s.do(call.method, path, call.body)
				t.Logf("%-8s %-6s %s -> %d", call.why, call.method, strings.TrimPrefix(path, embedded.Endpoint), r.status)
				r.want(call.status)
				if o := r.header.Get("Azure-AsyncOperation"); o != "" {
					operation = o
				}
				if l := r.header.Get("Location"); l != "" {
					location = l
				}
				if call.check != nil {
					call.check(r)
				}
				s.clock.Advance(10 * time.Second)
			}
		})
	}
}

// absolute checks what HashiCorp's poller refuses: a relative polling URL.
func absolute(t *testing.T, poll string) string {
	t.Helper()
	u, err := url.Parse(poll)
	if err != nil || !u.IsAbs() || u.Query().Get("api-version") == "" {
		t.Fatalf("the polling URL %q is not one that azurerm polls", poll)
	}
	return poll
}

// both checks an answer in two ways.
func both(a, b func(*response)) func(*response) { return func(r *response) { a(r); b(r) } }

// says checks texts of an answer: pairs of a path with dots and the value.
func says(pairs ...string) func(*response) {
	return func(r *response) {
		r.tb.Helper()
		for i := 0; i < len(pairs); i += 2 {
			if got := r.text(strings.Split(pairs[i], ".")...); got != pairs[i+1] {
				r.tb.Errorf("%s is %q, want %q: %s", pairs[i], got, pairs[i+1], r.raw)
			}
		}
	}
}

// accepted checks the headers of an operation that goes on. azurerm polls the first of them.
func accepted(retryAfter string) func(*response) {
	return func(r *response) {
		r.tb.Helper()
		if r.header.Get("Azure-AsyncOperation") == "" || r.header.Get("Location") == "" || r.header.Get("Retry-After") != retryAfter {
			r.tb.Errorf("got %v", r.header)
		}
	}
}

// noOperation checks that there is nothing to poll, so that azurerm takes the answer for the end.
func noOperation(r *response) {
	r.tb.Helper()
	if r.header.Get("Azure-AsyncOperation") != "" || r.header.Get("Location") != "" {
		r.tb.Errorf("there is something to poll: %v", r.header)
	}
}

func call(why, method, path, body string, status int, checks ...func(*response)) azurermCall {
	c := azurermCall{why: why, method: method, path: path, body: body, status: status}
	for _, check := range checks {
		if c.check == nil {
			c.check = check
		} else {
			c.check = both(c.check, check)
		}
	}
	return c
}

// The shorthands for what most rows are.
func read(why, path string, status int, checks ...func(*response)) azurermCall {
	return call(why, http.MethodGet, path, "", status, checks...)
}

func polled() azurermCall {
	return read("poll", theOperation, http.StatusOK, says("status", "Succeeded"))
}
