package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Config says what a server serves and to whom. Service is required.
type Config struct {
	// Service answers ARM requests.
	Service http.Handler

	// Page answers what is not for clients of ARM; nil is nothing.
	Page http.Handler

	// Ready tells whether the service can do its work; nil is always.
	Ready func(context.Context) error

	// Vaults counts the vaults by state for the metrics; nil leaves them out.
	Vaults func(context.Context) (map[string]int, error)

	// Secret is what clients have to know; "" lets everybody in.
	Secret string

	// KeySeed is what the key that signs tokens is made of while there is no Secret. Services with the same seed take
	// each other's tokens.
	KeySeed string

	// Hosts are names, besides those of loopback, that clients may call the server by.
	Hosts []string

	// Loopback is true when the server listens on loopback only. Then a request has to name loopback, or one of Hosts, so
	// that no web page can reach the server through a name of its own.
	Loopback bool

	// Subscriptions are the ids of those that exist.
	Subscriptions []string

	// ReadsPerSecond and WritesPerSecond are how many requests each subscription may send; 0 is any number.
	ReadsPerSecond, WritesPerSecond float64

	// LongestDelay is how much longer than usual an answer may take, because a fault asks for it.
	LongestDelay time.Duration

	// Log gets a line for each request; nil is none.
	Log *slog.Logger

	// Version of the program, for the metrics.
	Version string

	// Now is the clock by which tokens are issued and expire; nil is time.Now.
	Now func() time.Time
}

const (
	headerTimeout = 10 * time.Second
	bodyTimeout   = time.Minute
	writeTimeout  = 2 * time.Minute
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10

	// stopTimeout bounds how long requests may take to finish when the server stops.
	stopTimeout = 30 * time.Second
)

// Server serves the embedded service over HTTP.
type Server struct {
	config   Config
	tokens   *tokens
	limits   *throttle
	registry *prometheus.Registry
	metrics  *metrics
	handler  http.Handler

	stopping atomic.Bool
	// streams is done when event streams have to end.
	streams    context.Context
	endStreams context.CancelFunc
}

// New returns a server that has not begun to listen.
func New(config Config) *Server {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	s := &Server{
		config: config,
		tokens: newTokens(config.Secret, config.KeySeed, config.Now),
		limits: newThrottle(config.ReadsPerSecond, config.WritesPerSecond, config.Subscriptions),
	}
	s.streams, s.endStreams = context.WithCancel(context.Background())
	s.registry = prometheus.NewRegistry()
	s.metrics = newMetrics(s.registry, config.Version, config.Vaults)
	s.handler = s.chain()
	return s
}

// chain puts around the routes what every request goes through, the outermost last.
func (s *Server) chain() http.Handler {
	h := limitBodies(http.HandlerFunc(serve))
	// Nobody who is not let in makes the server read and keep a body.
	h = s.checkSignIn(h)
	h = refuseForeignPages(h)
	if s.config.Loopback {
		h = checkHosts(s.config.Hosts, h)
	}
	return s.observe(h)
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

func (s *Server) httpServer() *http.Server {
	return &http.Server{
		Handler:           s,
		ReadHeaderTimeout: headerTimeout,
		// No ReadTimeout: it would also end requests that take long to answer. limitBodies bounds the time of a body.
		WriteTimeout:   writeTimeout + s.config.LongestDelay,
		IdleTimeout:    idleTimeout,
		MaxHeaderBytes: maxHeader,
		ErrorLog:       slog.NewLogLogger(s.config.Log.Handler(), slog.LevelWarn),
	}
}

// Serve answers requests on the listener until the context is done, and then lets those that have begun finish. It
// closes the listener.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	server := s.httpServer()
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}

	s.stopping.Store(true)
	s.config.Log.Info("stopping: requests that have begun are finished", "at_most", stopTimeout.String())
	s.endStreams()
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if err := server.Shutdown(limited); err != nil {
		_ = server.Close()
		return errors.Join(errors.New("some requests had not finished in time and were broken off"), err)
	}
	return nil
}
