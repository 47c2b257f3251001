package arm_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
)

func TestNowIsTheServicesClock(t *testing.T) {
	date := ""
	status := 200
	c := newClient(t, func(w http.ResponseWriter, r *http.Request) { answer(status, `{}`, "Date", date)(w, r) })
	now := func(ask bool) time.Duration {
		t.Helper()
		if ask {
			if err := c.Get(t.Context(), "/thing", "2025-08-01", nil); err != nil && !arm.IsNotFound(err) {
				t.Fatal(err)
			}
		}
		return time.Until(c.Now()).Round(time.Minute)
	}
	if ahead := now(false); ahead != 0 {
		t.Errorf("before the first answer: %s", ahead)
	}
	date = time.Now().AddDate(0, 0, 40).UTC().Format(http.TimeFormat)
	if ahead := now(true); ahead < 39*24*time.Hour || ahead > 41*24*time.Hour {
		t.Errorf("%s ahead, want 40 days", ahead)
	}
	for _, odd := range []string{"", "yesterday"} {
		date = odd
		if ahead := now(true); ahead < 39*24*time.Hour {
			t.Errorf("the date %q tells the time: %s", odd, ahead)
		}
	}
	date, status = time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat), 404 // a refusal tells the time too
	if ahead := now(true); ahead != -time.Hour {
		t.Errorf("%s ahead, want an hour behind", ahead)
	}
	// A Date header has whole seconds: a difference of less than a few is none.
	date = time.Now().Add(-2 * time.Second).UTC().Format(http.TimeFormat)
	now(true)
	if off := time.Until(c.Now()).Abs(); off > time.Second {
		t.Errorf("%s off", off)
	}
}
