package page

import (
	"context"
	"net/http"
	"time"
)

// MaxListeners is how many streams of events there may be.
const MaxListeners = maxListeners

// Hurry makes the page look for changes, and show that streams are alive, more often.
func Hurry(h http.Handler, poll, heartbeat time.Duration) {
	s := siteOf(h)
	s.watcher.every, s.heartbeat = poll, heartbeat
}

func siteOf(h http.Handler) *site {
	s, ok := h.(*site)
	if !ok {
		panic("not what New returns")
	}
	return s
}

// Watching tells whether the page looks for changes.
func Watching(h http.Handler) bool {
	w := siteOf(h).watcher
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.run != nil
}

// Look looks for changes once, and returns how many vaults it sees.
func Look(ctx context.Context, h http.Handler) (int, error) {
	seen, err := siteOf(h).watcher.look(ctx, nil)
	if err != nil {
		return 0, err
	}
	return len(seen.vaults), nil
}

// Stylesheet is the page's.
func Stylesheet() string {
	b, err := assetFiles.ReadFile("assets/page.css")
	if err != nil {
		panic(err)
	}
	return string(b)
}

// Label makes the name of a resource.
func Label(s string) string { return label(s) }

// Spell writes a duration.
func Spell(d time.Duration) string { return spell(d) }

// Separate takes a word apart.
func Separate(s string) string { return separate(s) }
