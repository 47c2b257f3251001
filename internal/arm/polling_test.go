package arm

import (
	"net/http"
	"testing"
	"time"
)

func TestPause(t *testing.T) {
	p := Polling{First: 10 * time.Millisecond, Longest: 2 * time.Second}
	tests := []struct{ waited, retryAfter, want time.Duration }{
		{0, 0, 10 * time.Millisecond},
		{time.Millisecond, 0, 10 * time.Millisecond},
		{time.Second, 0, 200 * time.Millisecond},
		{time.Minute, 0, 2 * time.Second},
		{time.Minute, time.Second, time.Second},
		{0, time.Minute, 10 * time.Millisecond},
	}
	for _, test := range tests {
		if got := p.pause(test.waited, test.retryAfter); got != test.want {
			t.Errorf("pause(%s, %s) = %s, want %s", test.waited, test.retryAfter, got, test.want)
		}
	}
	if d := (Polling{}).withDefaults(); d.First != time.Second || d.Longest != 10*time.Second {
		t.Errorf("%+v", d)
	}
}

// The promise of DESIGN: a wait lasts at most a quarter longer than the service needs, in few looks.
func TestWaitOverheadIsBounded(t *testing.T) {
	p := Polling{First: 10 * time.Millisecond, Longest: 2 * time.Second}
	for _, needed := range []time.Duration{100 * time.Millisecond, 500 * time.Millisecond, 2 * time.Second, 10 * time.Second, time.Minute} {
		var at time.Duration
		looks := 1
		for at < needed {
			at += p.pause(at, 0)
			looks++
		}
		if at > needed*5/4 || looks > 70 {
			t.Errorf("a service that needs %s is waited for %s, in %d looks", needed, at, looks)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	for name, test := range map[string]struct {
		header http.Header
		want   time.Duration
	}{
		"none":            {http.Header{}, 0},
		"seconds":         {http.Header{"Retry-After": {"17"}}, 17 * time.Second},
		"milliseconds":    {http.Header{"Retry-After": {"1"}, "Retry-After-Ms": {"250"}}, 250 * time.Millisecond},
		"Microsoft's own": {http.Header{"X-Ms-Retry-After-Ms": {"40"}}, 40 * time.Millisecond},
		"a date, by the service's clock": {
			http.Header{"Retry-After": {"Thu, 26 Nov 2026 10:00:30 GMT"}, "Date": {"Thu, 26 Nov 2026 10:00:00 GMT"}}, 30 * time.Second,
		},
		"a date that is over": {http.Header{"Retry-After": {"Thu, 26 Nov 2026 09:00:00 GMT"}, "Date": {"Thu, 26 Nov 2026 10:00:00 GMT"}}, 0},
		"nonsense":            {http.Header{"Retry-After": {"soon"}}, 0},
		"negative":            {http.Header{"Retry-After": {"-5"}}, 0},
	} {
		if got := retryAfter(&http.Response{Header: test.header}); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}
