package arm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// Operation is a write that the service has accepted and may still be working on.
type Operation struct {
	client *Client
	// poller is nil when the service does not say where to ask.
	poller *runtime.Poller[json.RawMessage]
	// Accepted is the body of the answer that accepted the write; empty when it had none.
	Accepted json.RawMessage
	// URL is where the service tells how the operation stands; empty when it finished at once.
	URL string
	// Finished tells that the answer which accepted the write was its end, too.
	Finished bool

	askable bool   // there is somewhere to ask
	result  string // where the service gives the resource once the operation has succeeded; empty when it does not say
}

// Begin sends a write and returns as soon as the service has accepted it. What the service accepted is an operation, however
// odd the rest of the answer is: the caller has to know of it.
func (c *Client) Begin(ctx context.Context, request Request) (*Operation, error) {
	resp, err := c.send(ctx, request)
	if err != nil {
		return nil, err
	}
	op := &Operation{client: c}
	if op.Accepted, err = runtime.Payload(resp); err != nil {
		return nil, err
	}
	linked := hasLink(resp)
	op.Finished = resp.StatusCode != http.StatusAccepted && !linked
	if err := c.dropForeignLinks(resp); err != nil {
		return nil, err
	}
	// Without any link azcore has ways of its own to ask; instead of a link that is not followed there is none.
	op.URL, op.askable = resp.Header.Get("Azure-AsyncOperation"), hasLink(resp) || !linked
	if op.URL != "" && resp.StatusCode == http.StatusAccepted {
		op.result = resp.Header.Get("Location")
	}
	if request.Method == http.MethodDelete || request.Method == http.MethodPost {
		if resp.StatusCode == http.StatusAccepted && op.URL == "" && resp.Header.Get("Location") == "" {
			// There is nothing to wait for, and to azcore that would be an error, although the write was accepted.
			return op, nil
		}
	}
	op.poller, err = runtime.NewPoller[json.RawMessage](resp, c.pipeline, nil)
	if err != nil {
		// The body cannot be read; without it, azcore asks the service.
		resp.Body = http.NoBody
		op.poller, err = runtime.NewPoller[json.RawMessage](resp, c.pipeline, nil)
	}
	if err != nil && (request.Method == http.MethodPut || request.Method == http.MethodPatch) {
		// Nor can the links. How the write stands the resource itself tells.
		op.poller, op.askable, err = nil, false, nil
	}
	return op, err
}

// links are the headers that say where to ask how an operation stands.
var links = []string{"Azure-AsyncOperation", "Location", "Operation-Location"}

func hasLink(resp *http.Response) bool {
	return slices.ContainsFunc(links, func(name string) bool { return resp.Header.Get(name) != "" })
}

// dropForeignLinks takes links to other hosts out of an answer, so that nobody follows them. How a PUT or a PATCH stands the
// resource itself tells as well; of other writes nothing else does.
func (c *Client) dropForeignLinks(resp *http.Response) error {
	for _, name := range links {
		link := resp.Header.Get(name)
		if link == "" {
			continue
		}
		if err := c.sameHost(link); err != nil {
			if method := resp.Request.Method; method != http.MethodPut && method != http.MethodPatch {
				return err
			}
			resp.Header.Del(name)
		}
	}
	return nil
}

// CanBeAsked tells whether there is somewhere to ask how the operation stands.
func (o *Operation) CanBeAsked() bool { return o.askable && o.poller != nil }

// Ask asks once how the operation stands. failure is the operation's own word that it failed; an error is only that it could
// not be asked, which says nothing about what it does.
func (o *Operation) Ask(ctx context.Context) (look Look, failure *Error, err error) {
	resp, err := o.poller.Poll(context.WithValue(ctx, triesKey{}, &tries{start: time.Now(), brief: true}))
	if err != nil {
		if ctx.Err() != nil {
			return Look{}, nil, &TimeoutError{Err: context.Cause(ctx)}
		}
		return Look{}, nil, unclear(asError(err))
	}
	status := operationStatus(resp)
	switch {
	case resp.StatusCode >= http.StatusBadRequest && (o.URL != "" || !failsByStatus(resp.StatusCode)):
		return Look{}, nil, newError(resp)
	case resp.StatusCode >= http.StatusBadRequest, isFailure(status):
		return Look{}, operationError(resp), nil
	}
	return Look{Done: o.poller.Done(), Status: status, RetryAfter: retryAfter(resp)}, nil, nil
}

// HasResult tells whether the service says where it gives the resource once the operation has succeeded, beside where it tells how
// the operation stands.
func (o *Operation) HasResult() bool { return o.result != "" }

// Result asks once for the resource that the operation leaves behind, which it has only when it is done. An error says nothing about
// the operation, not even that it failed.
//
// Source: https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations
func (o *Operation) Result(ctx context.Context, out any) (look Look, err error) {
	resp, err := o.client.send(ctx, Request{Method: http.MethodGet, Path: o.result, brief: true})
	if err != nil {
		return Look{}, err
	}
	switch resp.StatusCode {
	case http.StatusOK:
		return Look{Done: true}, decode(resp, out)
	case http.StatusAccepted:
		return Look{Status: "InProgress", RetryAfter: retryAfter(resp)}, nil
	}
	return Look{}, &Error{StatusCode: resp.StatusCode, Message: "the operation leaves nothing behind"}
}

// isFailure tells whether an operation with this status has ended without doing what it was to do.
func isFailure(status string) bool {
	return slices.ContainsFunc([]string{"Failed", "Canceled", "Cancelled"}, func(s string) bool { return strings.EqualFold(s, status) })
}

// failsByStatus tells whether an answer of this status at a Location is the failure of the operation, as opposed to one to
// the question.
func failsByStatus(status int) bool {
	return slices.Contains([]int{http.StatusBadRequest, http.StatusConflict, http.StatusPreconditionFailed, http.StatusUnprocessableEntity}, status)
}

// Wait returns when the operation has ended, and decodes the resource it leaves behind into out, unless out is nil.
// progress, when not nil, is told each status the service gives. A failed operation is an *Error with the reason.
func (o *Operation) Wait(ctx context.Context, progress func(status string), out any) error {
	if o.poller == nil {
		return nil
	}
	err := o.client.Wait(ctx, func(ctx context.Context) (Look, error) {
		if o.poller.Done() {
			return Look{Done: true}, nil
		}
		resp, err := o.poller.Poll(withTries(ctx))
		if err != nil {
			return Look{}, unclear(asError(err))
		}
		status := operationStatus(resp)
		if progress != nil {
			progress(status)
		}
		return Look{Done: o.poller.Done(), Status: status, RetryAfter: retryAfter(resp)}, nil
	})
	if err != nil {
		return err
	}
	body, err := o.poller.Result(withTries(ctx))
	if err != nil {
		return unclear(asError(err))
	}
	if out == nil || len(body) == 0 {
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return fmt.Errorf("what the ended operation left behind is not the JSON expected: %w", wordOtherType(err))
	}
	return nil
}

// unclear words what azcore says of an answer about an operation that it cannot read.
func unclear(err error) error {
	var refusal *Error
	if errors.As(err, &refusal) {
		return err
	}
	return fmt.Errorf("asking how the accepted operation stands: %w", wordOtherType(err))
}

// Failure reads why the operation at url failed; nil when the service does not say.
func (c *Client) Failure(ctx context.Context, url string) *Error {
	if resp, err := c.send(ctx, Request{Method: http.MethodGet, Path: url}); err == nil {
		if reason := newError(resp); reason.Code != "" || reason.Message != "" {
			return reason
		}
	}
	return nil
}

func operationStatus(resp *http.Response) string {
	var said struct {
		Status string `json:"status"`
	}
	body, err := runtime.Payload(resp)
	if err != nil || json.Unmarshal(body, &said) != nil || said.Status == "" {
		return http.StatusText(resp.StatusCode)
	}
	return said.Status
}
