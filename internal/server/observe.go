package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/google/uuid"
)

type targetKey struct{}

// targetOf is what observe found a request to be for.
func targetOf(ctx context.Context) target {
	t, _ := ctx.Value(targetKey{}).(target)
	return t
}

const requestIDHeader = "X-Ms-Request-Id"

// observe counts and logs requests, and answers those whose handler failed. What it logs holds no query, no header but
// the user agent and no body, which may all have secrets in them.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		t := s.target(r)
		r = r.WithContext(context.WithValue(r.Context(), targetKey{}, t))
		w.Header().Set(requestIDHeader, uuid.NewString())
		w.Header().Set("X-Content-Type-Options", "nosniff")
		s.metrics.inFlight.Inc()
		defer s.metrics.inFlight.Dec()
		recorded := &recorder{ResponseWriter: w}
		defer func() {
			v := recover()
			broken := v != nil
			if err, _ := v.(error); broken && !errors.Is(err, http.ErrAbortHandler) {
				s.config.Log.Error("a handler failed", "method", r.Method, "path", r.URL.Path, "panic", v, "stack", string(debug.Stack()))
				if recorded.status == 0 {
					broken = false
					refuse(recorded, http.StatusInternalServerError, codeInternal,
						"The server failed. Its log says more, under the id in the header "+requestIDHeader+".")
				}
			}
			taken := time.Since(start)
			s.metrics.count(t, r.Method, recorded, broken, taken)
			s.log(r, recorded, broken, taken)
			if broken {
				// net/http breaks the connection: a fault asked for that, or half an answer is out.
				panic(http.ErrAbortHandler)
			}
		}()
		next.ServeHTTP(recorded, r)
	})
}

func (s *Server) log(r *http.Request, w *recorder, broken bool, taken time.Duration) {
	level, message := slog.LevelInfo, "request"
	switch {
	case broken:
		level, message = slog.LevelWarn, "request broken off"
	case w.code() >= http.StatusInternalServerError:
		level = slog.LevelError
	}
	s.config.Log.LogAttrs(r.Context(), level, message,
		slog.String("method", r.Method),
		slog.String("path", r.URL.Path),
		slog.Int("status", w.code()),
		slog.Int64("bytes", w.bytes),
		slog.Int64("duration_us", taken.Microseconds()),
		slog.String("remote", r.RemoteAddr),
		slog.String("request_id", w.Header().Get(requestIDHeader)),
		slog.String("user_agent", r.UserAgent()),
	)
}

// recorder notes what is answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (r *recorder) WriteHeader(status int) {
	// 1xx are not the answer yet.
	if r.status == 0 && status >= http.StatusOK {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// Flush implements http.Flusher.
func (r *recorder) Flush() { _ = http.NewResponseController(r.ResponseWriter).Flush() }

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (r *recorder) code() int {
	if r.status == 0 {
		return http.StatusOK
	}
	return r.status
}
