package embedded

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
)

// Transport hands requests to a handler in this process: no listener, no port, no TLS. It is an azcore
// policy.Transporter.
type Transport struct {
	handler http.Handler
}

// NewTransport returns a transport to h.
func NewTransport(h http.Handler) *Transport { return &Transport{handler: h} }

// Do answers the request. It fails only when the handler breaks the connection, or when the request's context is done
// before the handler has an answer; an answer that was reached is returned also when the context has ended meanwhile,
// because it may tell of a write.
func (t *Transport) Do(request *http.Request) (*http.Response, error) {
	ctx := request.Context()
	if request.Body != nil {
		defer func() { _ = request.Body.Close() }()
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}

	// A client's request, made into what a server receives.
	received := request.Clone(ctx)
	received.RequestURI = request.URL.RequestURI()
	if received.Host == "" {
		received.Host = request.URL.Host
	}
	if received.Body == nil {
		received.Body = http.NoBody
	}
	recorded := &recorder{header: http.Header{}}
	if err := serve(t.handler, recorded, received); err != nil {
		return nil, err
	}
	if recorded.status == statusClientClosed && ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return recorded.response(request), nil
}

// serve runs the handler. One that aborts, as handlers tell net/http's server to break the connection, makes the client
// see what it would see of that.
func serve(h http.Handler, w http.ResponseWriter, r *http.Request) (err error) {
	defer func() {
		switch v := recover(); v {
		case nil:
		case http.ErrAbortHandler:
			err = &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
		default:
			panic(v)
		}
	}()
	h.ServeHTTP(w, r)
	return nil
}

// recorder is the http.ResponseWriter of Transport.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

func (r *recorder) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(b)
}

func (r *recorder) response(request *http.Request) *http.Response {
	r.WriteHeader(http.StatusOK) // for a handler that wrote nothing
	return &http.Response{
		Status:        fmt.Sprintf("%d %s", r.status, http.StatusText(r.status)),
		StatusCode:    r.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        r.header,
		Body:          io.NopCloser(&r.body),
		ContentLength: int64(r.body.Len()),
		// azcore panics without it when it builds a poller.
		Request: request,
	}
}
