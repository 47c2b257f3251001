package arm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
)

// Options say where the service is and how to reach it.
type Options struct {
	// Endpoint is the ARM endpoint, such as "https://management.azure.com"; required.
	Endpoint string
	// Transport sends the requests; required. The embedded service is one.
	Transport policy.Transporter
	// Version is the provider's own version; it stands in the User-Agent.
	Version string
	// Application is put before it, such as "Terraform/1.14.0"; azcore cuts it to 24 characters.
	Application string
	// Polling is the rhythm of waiting.
	Polling Polling
	// Persistence is how long requests are repeated.
	Persistence Persistence
	// SignIn adds a token to each try of a request; nil for a service that wants none.
	SignIn policy.Policy
	// KnownVersions returns the API versions, newest first, that do in place of one that the service does not have; nil is
	// none. namespace is lower-cased, such as "microsoft.recoveryservices/vaults".
	KnownVersions func(namespace, version string) []string
	// VersionChosen, when not nil, is told once of each version that takes the place of another.
	VersionChosen func(ctx context.Context, namespace, asked, chosen string)
	// Trace, when not nil, is told of every exchange, retries included.
	Trace func(ctx context.Context, exchange Exchange)
}

// Exchange is one request and its answer, without anything that could be secret: no query, no headers, no bodies.
type Exchange struct {
	Method string
	Path   string
	// StatusCode is 0 when no answer came.
	StatusCode int
	Duration   time.Duration
	RequestID  string
}

// Client sends requests to one ARM endpoint. It is safe for concurrent use.
type Client struct {
	endpoint string
	pipeline runtime.Pipeline
	polling  Polling
	clock    *clock
	versions *versions
	chosen   func(ctx context.Context, namespace, asked, chosen string)
}

// NewClient makes a client; it sends nothing yet.
func NewClient(o Options) (*Client, error) {
	endpoint, err := url.Parse(o.Endpoint)
	if err != nil || endpoint.Host == "" || !isSafe(endpoint) {
		return nil, fmt.Errorf("the ARM endpoint %q is not an https URL, nor http on this machine", o.Endpoint)
	}
	if o.Transport == nil {
		return nil, errors.New("an ARM client needs a transport")
	}
	if o.Persistence.WithoutDeadline <= 0 {
		o.Persistence.WithoutDeadline = defaultWithoutDeadline
	}
	clock := &clock{}
	perRetry := []policy.Policy{readable{}, &throttle{}, observer{trace: o.Trace, clock: clock, persistence: o.Persistence}}
	if o.SignIn != nil {
		perRetry = append(perRetry, o.SignIn)
	}
	endpointURL := strings.TrimSuffix(o.Endpoint, "/")
	tokens := &policyTokens{endpoint: endpointURL}
	c := &Client{
		clock:    clock,
		versions: &versions{known: o.KnownVersions},
		chosen:   o.VersionChosen,
		endpoint: endpointURL,
		polling:  o.Polling.withDefaults(),
		pipeline: runtime.NewPipeline("terraform-provider-backup", "v"+strings.TrimPrefix(o.Version, "v"), runtime.PipelineOptions{
			PerCall: []policy.Policy{tokens}, PerRetry: perRetry,
		}, &policy.ClientOptions{
			Transport: o.Transport,
			Retry:     o.Persistence.retryOptions(),
			Telemetry: policy.TelemetryOptions{ApplicationID: o.Application},
		}),
	}
	tokens.pipeline = c.pipeline
	return c, nil
}

const defaultWithoutDeadline = 2 * time.Minute

// isSafe tells whether a token can be sent to an endpoint without anybody else reading it.
func isSafe(endpoint *url.URL) bool {
	return endpoint.Scheme == "https" || endpoint.Scheme == "http" && isLoopback(endpoint.Hostname())
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Now is the service's clock: ours, corrected by what the Date of its last answer told.
func (c *Client) Now() time.Time { return c.clock.now() }

// Request is one call, before it is sent.
type Request struct {
	Method     string
	Path       string // from the root, such as "/subscriptions"; or an absolute URL that the service gave
	APIVersion string // ignored for absolute URLs, which are followed as given
	Query      url.Values
	Header     http.Header
	Body       any // marshalled to JSON unless nil
	// BodyIn, when not nil, makes the body in the API version that is sent, which is an older one where the service does not
	// have the one asked for. Its error ends the request.
	BodyIn func(version string) (any, error)
	// Once is set for what must not be done twice: it is not sent again when it may have had its effect.
	Once bool
	// Heard is set for a write whose acceptance must be heard of: while it is in flight, its answer is waited for a moment
	// longer than the context lasts.
	Heard bool

	brief bool // asked again by the caller itself
}

// Do sends a request and decodes the answer into out, unless out is nil or the answer has no body. A refusal by the
// service is an *Error; a context that ends is a *TimeoutError with the service's last word, if it had said anything.
func (c *Client) Do(ctx context.Context, request Request, out any) error {
	resp, err := c.send(ctx, request)
	if err != nil {
		return err
	}
	return decode(resp, out)
}

// Get reads the resource at path into out.
func (c *Client) Get(ctx context.Context, path, apiVersion string, out any) error {
	return c.Do(ctx, Request{Method: http.MethodGet, Path: path, APIVersion: apiVersion}, out)
}

// Poll reads a resource that the service is working on, with its hint of when to look again (0: none).
func (c *Client) Poll(ctx context.Context, path, apiVersion string, out any) (time.Duration, error) {
	resp, err := c.send(ctx, Request{Method: http.MethodGet, Path: path, APIVersion: apiVersion})
	if err != nil {
		return 0, err
	}
	return retryAfter(resp), decode(resp, out)
}

// VersionOf is the API version that takes the place of one in requests about path. Until the service has refused one, it is
// the one asked for.
func (c *Client) VersionOf(path, asked string) string { return c.versions.of(path, asked) }

// send runs the pipeline, with another API version when the service does not have the one asked for.
func (c *Client) send(ctx context.Context, request Request) (*http.Response, error) {
	asked := request.APIVersion
	request.APIVersion = c.versions.of(request.Path, asked)
	resp, err := c.sendOnce(ctx, request)
	var refusal *Error
	if !errors.As(err, &refusal) || asked == "" {
		return resp, err
	}
	choice, ok := c.versions.refused(request.Path, asked, request.APIVersion, refusal)
	if !ok {
		return resp, err
	}
	if choice.found && c.chosen != nil {
		c.chosen(ctx, namespaceOf(request.Path), request.APIVersion, choice.version)
	}
	request.APIVersion = choice.version
	return c.sendOnce(ctx, request)
}

// sendOnce runs the pipeline and turns every kind of failure into one of this package's errors.
func (c *Client) sendOnce(ctx context.Context, request Request) (*http.Response, error) {
	target, err := c.resolve(request)
	if err != nil {
		return nil, err
	}
	if request.BodyIn != nil {
		if request.Body, err = request.BodyIn(request.APIVersion); err != nil {
			return nil, err
		}
	}
	tried := &tries{once: request.Once, brief: request.brief, start: time.Now()}
	own := ctx
	if request.Heard {
		own, tried.hearing = hear(ctx)
		defer tried.hearing.cancel()
	}
	req, err := runtime.NewRequest(context.WithValue(own, triesKey{}, tried), request.Method, target)
	if err != nil {
		return nil, err
	}
	req.Raw().Header.Set("Accept", "application/json")
	for name, values := range request.Header {
		req.Raw().Header[name] = values
	}
	if request.Body != nil {
		body, err := json.Marshal(request.Body)
		if err != nil {
			return nil, err
		}
		if err := req.SetBody(streaming.NopCloser(bytes.NewReader(body)), "application/json"); err != nil {
			return nil, err
		}
	}
	resp, err := c.pipeline.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, tried.timeout(ctx)
		}
		if lost := connectionError(err); lost != nil {
			return nil, lost
		}
		var final finalError
		if errors.As(err, &final) {
			return nil, final.error
		}
		return nil, err
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		if ctx.Err() != nil && passing(resp.StatusCode) {
			return nil, tried.timeout(ctx) // it would have been sent again
		}
		refusal := newError(resp)
		refusal.Repeated = tried.count > 1
		return nil, refusal
	}
	return resp, nil
}

// resolve makes the URL of a request. Absolute URLs come from the service and are followed verbatim, but only to the
// service's own host: a token must never travel elsewhere.
func (c *Client) resolve(request Request) (string, error) {
	if strings.HasPrefix(request.Path, "/") {
		query := url.Values{"api-version": {request.APIVersion}}
		for name, values := range request.Query {
			query[name] = values
		}
		// Ids may hold characters that are not legal in a path; the separators stay.
		escaped := (&url.URL{Path: request.Path}).EscapedPath()
		return c.endpoint + escaped + "?" + query.Encode(), nil
	}
	if err := c.sameHost(request.Path); err != nil {
		return "", err
	}
	return request.Path, nil
}

func (c *Client) sameHost(link string) error {
	target, err := url.Parse(link)
	if err != nil {
		return errors.New("the service gave a link that is not a URL")
	}
	own, err := url.Parse(c.endpoint)
	if err != nil {
		return err
	}
	if target.Scheme != own.Scheme || !strings.EqualFold(target.Host, own.Host) {
		return fmt.Errorf("the service gave a link to another host, %q, which is not followed", target.Host)
	}
	return nil
}

// observer is the one place that sees every exchange, each try of a retried request included.
type observer struct {
	trace       func(context.Context, Exchange)
	clock       *clock
	persistence Persistence
}

// Do implements policy.Policy.
func (o observer) Do(req *policy.Request) (*http.Response, error) {
	ctx := req.Raw().Context()
	tried := triesOf(ctx)
	if err := tried.hearing.depart(); err != nil {
		return nil, finalError{err}
	}
	start := time.Now()
	resp, err := req.Next()
	late := tried.hearing.land()
	tried.count++
	exchange := Exchange{Method: req.Raw().Method, Path: req.Raw().URL.Path, Duration: time.Since(start)}
	if ctx.Err() == nil {
		tried.lost = connectionError(err)
	}
	if err == nil {
		o.clock.set(resp.Header.Get("Date"))
		exchange.StatusCode = resp.StatusCode
		exchange.RequestID = resp.Header.Get("x-ms-request-id")
		var refusal *Error
		if resp.StatusCode >= 400 {
			refusal = newError(resp)
			tried.last = refusal
		}
		noted, _ := ctx.Value(lastWordKey{}).(*LastWord)
		noted.note(refusal)
	}
	if o.trace != nil {
		o.trace(ctx, exchange)
	}
	tried.over = late || o.persistence.endOf(ctx, tried, resp)
	if err != nil && (tried.over || IsUntrusted(err)) {
		return nil, finalError{err}
	}
	if err == nil && passing(resp.StatusCode) && retryAfter(resp) > longestBackoff && !tried.over {
		// azcore does not wait as long as this; the gate of throttle does.
		resp.Header.Del("Retry-After")
	}
	return resp, err
}
