package page

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

const (
	// heartbeatEvery keeps proxies from closing a quiet stream, and finds out that a reader has gone.
	heartbeatEvery = 15 * time.Second
	// writeWithin is how long a reader may take to accept what is sent.
	writeWithin = 30 * time.Second
	// comeBackAfter is the Retry-After, in seconds, when there are too many streams.
	comeBackAfter = 10
)

// events serves the changes of vaults as server-sent events: "hello" at first, then "vault" when one appears, changes or
// goes, and "contents" when what is in one changes. With the parameter vault, an ARM id, that vault is watched closely.
func (s *site) events(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no") // of reverse proxies
	if r.Method == http.MethodHead {
		return
	}
	ctx := r.Context()
	l, ready, ok := s.watcher.join(ctx, r.URL.Query().Get("vault"))
	if !ok {
		h.Set("Retry-After", strconv.Itoa(comeBackAfter))
		h.Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = fmt.Fprintf(w, "There are %d readers of events already. Try again later.\n", maxListeners)
		return
	}
	defer s.watcher.leave(l)

	out := stream{w, http.NewResponseController(w)}
	if !out.send("retry: 2000\n\n") {
		return
	}
	heartbeat := time.NewTicker(s.heartbeat)
	defer heartbeat.Stop()
	for {
		text := ""
		select {
		case <-ctx.Done():
			return
		case <-ready:
			ready = nil // once
			text = "event: hello\ndata: {}\n\n"
		case <-heartbeat.C:
			text = ": still here\n\n"
		case e, open := <-l.events:
			if !open {
				return // too slow
			}
			data, err := json.Marshal(e.data)
			if err != nil {
				return
			}
			text = "event: " + e.name + "\ndata: " + string(data) + "\n\n"
		}
		if !out.send(text) {
			return
		}
	}
}

// stream writes to a reader at once.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (s stream) send(text string) bool {
	// The server's deadline is for requests, which end.
	if err := s.control.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return false
	}
	if _, err := s.w.Write([]byte(text)); err != nil {
		return false
	}
	return s.control.Flush() == nil
}
