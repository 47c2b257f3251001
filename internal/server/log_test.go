package server_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/server"
)

// TestLog_showsWhatCannotBeSeen sends paths and headers that would clear the terminal of whoever reads the log.
func TestLog_showsWhatCannotBeSeen(t *testing.T) {
	t.Parallel()
	const hidden, shown = "\x1b[2J\x00\x7f\u0085\u202e\u200b\xff", `\x1b[2J\x00\x7f\u0085\u202e\u200b\xff`
	for _, format := range []string{"text", "json"} {
		log := &logBuffer{}
		s, _ := newServer(t, func(c *server.Config, _ *embedded.Config) {
			c.Log = server.NewLog(format, log)
			c.Service = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(errors.New("failed" + hidden)) })
		})
		for _, path := range []string{"/%1b[2J%00%7f%c2%85%e2%80%ae%e2%80%8b%ff", "/subscriptions/s/%1b[2J%00%7f%c2%85%e2%80%ae%e2%80%8b%ff" + version} {
			request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
			request.Host = "127.0.0.1"
			request.RemoteAddr += hidden
			request.Header.Set("User-Agent", "agent"+hidden)
			s.ServeHTTP(httptest.NewRecorder(), request)
		}
		text := log.String()
		for _, r := range text {
			if r != '\n' && !unicode.IsGraphic(r) {
				t.Errorf("%s: the log has %U: %q", format, r, text)
				break
			}
		}
		for _, part := range []string{"/" + shown, "/subscriptions/s/" + shown, "agent" + shown, "failed" + shown} {
			if !strings.Contains(strings.ReplaceAll(text, `\\`, `\`), part) {
				t.Errorf("%s: the log does not have %s: %s", format, part, text)
			}
		}
	}
}
