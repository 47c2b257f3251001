package arm

import (
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
