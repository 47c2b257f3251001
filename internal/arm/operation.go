package arm

import (
	"context"
	"encoding/json"
	"net/http"

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
}

// Begin sends a write and returns as soon as the service has accepted it.
func (c *Client) Begin(ctx context.Context, request Request) (*Operation, error) {
	resp, err := c.send(ctx, request)
	if err != nil {
		return nil, err
	}
	op := &Operation{client: c, URL: resp.Header.Get("Azure-AsyncOperation")}
	location := resp.Header.Get("Location")
	for _, link := range []string{op.URL, location} {
		if link == "" {
			continue
		}
		if err := c.sameHost(link); err != nil {
			return nil, err
		}
	}
	if op.Accepted, err = runtime.Payload(resp); err != nil {
		return nil, err
	}
	if request.Method == http.MethodDelete || request.Method == http.MethodPost {
		if resp.StatusCode == http.StatusAccepted && op.URL == "" && location == "" {
			// There is nothing to wait for, and to azcore that would be an error, although the write was accepted.
			return op, nil
		}
	}
	op.poller, err = runtime.NewPoller[json.RawMessage](resp, c.pipeline, nil)
	return op, err
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
		resp, err := o.poller.Poll(ctx)
		if err != nil {
			return Look{}, asError(err)
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
	body, err := o.poller.Result(ctx)
	if err != nil {
		return asError(err)
	}
	if out == nil || len(body) == 0 {
		return nil
	}
	return json.Unmarshal(body, out)
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
