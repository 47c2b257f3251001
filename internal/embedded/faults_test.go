package embedded_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

func withFaults(f *embedded.Faults) func(*embedded.Config) {
	return func(c *embedded.Config) { c.Faults = f }
}

// send is do for requests that may fail.
func (s *service) send(ctx context.Context, method, path, body string) (int, error) {
	s.tb.Helper()
	request, err := http.NewRequestWithContext(ctx, method, embedded.Endpoint+path+"?api-version="+version, strings.NewReader(body))
	if err != nil {
		s.tb.Fatal(err)
	}
	answer, err := s.transport.Do(request)
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, answer.Body.Close()
}

func TestFaultRulesPickRequests(t *testing.T) {
	vault := vaultPath("Group", "Main")
	requests := []struct{ method, path string }{
		{"GET", "/subscriptions"},
		{"PUT", vault},
		{"GET", vault},
		{"GET", vaultPath("Group", "Main2")},
		{"GET", vault + "/operationStatus/x"},
		{"GET", vault + "/backupProtectedItems"},
		{"PUT", itemPath(vault, "web")},
		{"GET", vault + "/backupOperations/x"},
		{"GET", allVaults},
		{"GET", deletedVaultsPath},
		{"POST", deletedVaultsPath + "/x/undelete"},
		{"GET", vault + "/notModelled"},
		{"GET", "/%zz"},
	}
	for _, test := range []struct {
		name string
		rule embedded.FaultRule
		want []int // of requests
	}{
		{"all", embedded.FaultRule{}, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}},
		{"method", embedded.FaultRule{Method: "put"}, []int{1, 6}},
		{"vault", embedded.FaultRule{Kind: embedded.KindVault}, []int{1, 2, 3}},
		{"vault of a method", embedded.FaultRule{Kind: embedded.KindVault, Method: "GET"}, []int{2, 3}},
		{"one vault", embedded.FaultRule{Kind: embedded.KindVault, Path: "vaults/main"}, []int{1, 2}},
		{"all of one vault", embedded.FaultRule{Path: "/VAULTS/main/"}, []int{1, 2, 4, 5, 6, 7, 11}},
		{"any vault in a group", embedded.FaultRule{Path: "resourcegroups/group/*/*/vaults/*/operationStatus"}, []int{4}},
		{"vaults", embedded.FaultRule{Kind: embedded.KindVaultList}, []int{8}},
		{"operation", embedded.FaultRule{Kind: embedded.KindVaultOperation}, []int{4}},
		{"item", embedded.FaultRule{Kind: embedded.KindProtectedItem}, []int{6}},
		{"items", embedded.FaultRule{Kind: embedded.KindProtectedItemList}, []int{5}},
		{"item operation", embedded.FaultRule{Kind: embedded.KindProtectedItemOperation}, []int{7}},
		{"deleted vaults", embedded.FaultRule{Kind: embedded.KindDeletedVaultList}, []int{9}},
		{"undelete", embedded.FaultRule{Kind: embedded.KindUndelete}, []int{10}},
		{"nothing", embedded.FaultRule{Path: "vaults/other"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.rule.Status, test.rule.Times = http.StatusTeapot, embedded.Always
			s := start(t, withFaults(embedded.NewFaults(test.rule)))
			var got []int
			for i, r := range requests {
				if r.path == "/%zz" {
					continue // no client can send it
				}
				if status, err := s.send(t.Context(), r.method, r.path, ""); err != nil {
					t.Error(err)
				} else if status == http.StatusTeapot {
					got = append(got, i)
				}
			}
			want := test.want
			if len(want) == len(requests) {
				want = want[:len(want)-1]
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFaultRulesCount(t *testing.T) {
	for _, test := range []struct {
		name        string
		from, times int
		want        string // F: failed
	}{
		{"the first by default", 0, 0, "F...."},
		{"the nth", 3, 0, "..F.."},
		{"two from the second on", 2, 2, ".FF.."},
		{"all from the fourth on", 4, embedded.Always, "...FF"},
	} {
		t.Run(test.name, func(t *testing.T) {
			faults := embedded.NewFaults(embedded.FaultRule{Status: 500, From: test.from, Times: test.times})
			s := start(t, withFaults(faults))
			got := ""
			for range test.want {
				if s.get("/subscriptions").status == 500 {
					got += "F"
				} else {
					got += "."
				}
			}
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			for i, m := range faults.Matches() {
				want := embedded.FaultMatch{Number: i + 1, Acted: test.want[i] == 'F', Method: "GET", Path: "/subscriptions"}
				if diff := cmp.Diff(want, m); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestFaultRulesTakeTurns(t *testing.T) {
	faults := embedded.NewFaults(embedded.FaultRule{Status: 500}, embedded.FaultRule{Status: 502, Times: 2})
	s := start(t, withFaults(faults))
	for i, want := range []int{500, 502, 200} { // the second rule's first turn was taken
		if i == 2 {
			faults.Add(embedded.FaultRule{}) // counts, and does nothing
		}
		s.get("/subscriptions").want(want)
	}
	last := faults.Matches()[len(faults.Matches())-1]
	if diff := cmp.Diff(embedded.FaultMatch{Rule: 2, Number: 1, Acted: true, Method: "GET", Path: "/subscriptions"}, last); diff != "" {
		t.Error(diff)
	}
	faults.Clear()
	faults.Add(embedded.FaultRule{Status: 503})
	s.get("/subscriptions").want(503)
	if got := len(faults.Matches()); got != 1 {
		t.Errorf("%d matches after Clear", got)
	}
}

func TestFaultAnswers(t *testing.T) {
	path := vaultPath("g", "vault")
	t.Run("an error in place of the answer", func(t *testing.T) {
		s := start(t, withFaults(embedded.NewFaults(embedded.FaultRule{Status: 503, Code: "ServerBusy", Message: "Later."})))
		s.put(path, minimal).wantError(503, "ServerBusy", "Later.")
		s.get(path).want(http.StatusNotFound)
	})
	t.Run("an error after acting", func(t *testing.T) {
		s := start(t, withFaults(embedded.NewFaults(embedded.FaultRule{Status: 500, Act: true})))
		s.put(path, minimal).wantError(500, "InternalServerError", "fault rule")
		s.get(path).want(http.StatusOK)
	})
	t.Run("throttling", func(t *testing.T) {
		s := start(t, withFaults(embedded.NewFaults(embedded.FaultRule{Status: 429, RetryAfter: 1001 * time.Millisecond})))
		r := s.put(path, minimal)
		r.wantError(429, "TooManyRequests")
		if r.header.Get("Retry-After") != "2" || r.header.Get("retry-after-ms") != "1001" {
			t.Errorf("headers %v", r.header)
		}
		s.get(path).want(http.StatusNotFound)
	})
	t.Run("a broken connection", func(t *testing.T) {
		for _, act := range []bool{true, false} {
			s := start(t, withFaults(embedded.NewFaults(embedded.FaultRule{Drop: true, Act: act})))
			if _, err := s.send(t.Context(), "PUT", path, minimal); !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("got %v", err)
			}
			if done := s.get(path).status == http.StatusOK; done != act {
				t.Errorf("done: %t, want %t", done, act)
			}
		}
	})
	t.Run("a delay", func(t *testing.T) {
		s := start(t, withFaults(embedded.NewFaults(embedded.FaultRule{Delay: 20 * time.Millisecond})))
		before := time.Now()
		s.put(path, minimal).want(http.StatusCreated)
		if took := time.Since(before); took < 20*time.Millisecond {
			t.Errorf("took %v", took)
		}
	})
	t.Run("a delay that the client does not wait for", func(t *testing.T) {
		s := start(t, withFaults(embedded.NewFaults(embedded.FaultRule{Delay: time.Hour, Status: 500, Act: true})))
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if _, err := s.send(ctx, "PUT", path, minimal); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		s.get(path).want(http.StatusNotFound)
	})
}

func TestFaultsBehindAListener(t *testing.T) {
	s := start(t)
	faults := embedded.NewFaults(embedded.FaultRule{Drop: true, Act: true})
	server := httptest.NewServer(embedded.New(embedded.Config{Store: s.store, Faults: faults}))
	defer server.Close()
	request, err := http.NewRequestWithContext(t.Context(), "PUT", server.URL+vaultPath("g", "vault")+"?api-version="+version, strings.NewReader(minimal))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := server.Client().Do(request)
	if err == nil {
		_ = answer.Body.Close()
	}
	if !errors.Is(err, io.EOF) {
		t.Errorf("got %v", err)
	}
	s.get(vaultPath("g", "vault")).want(http.StatusOK)
}

func TestFaultsAreSafeForConcurrentUse(t *testing.T) {
	faults := embedded.NewFaults(embedded.FaultRule{Status: 500, Times: 10})
	s := start(t, withFaults(faults))
	failed := make([]bool, 40)
	var wg sync.WaitGroup
	for i := range failed {
		wg.Go(func() {
			failed[i] = s.get("/subscriptions").status == 500
			faults.Add(embedded.FaultRule{Kind: embedded.KindVault})
			faults.Matches()
		})
	}
	wg.Wait()
	n := 0
	for _, f := range failed {
		if f {
			n++
		}
	}
	if n != 10 {
		t.Errorf("%d of 40 failed, want 10", n)
	}
}

// Microsoft's client reads the shorter hint, and comes through throttling and a broken connection.
func TestMicrosoftClientOutlastsFaults(t *testing.T) {
	faults := embedded.NewFaults(
		embedded.FaultRule{Method: "PUT", Status: 429, RetryAfter: time.Millisecond, Times: 2},
		embedded.FaultRule{Kind: embedded.KindVaultOperation, Status: 503, RetryAfter: time.Millisecond},
	)
	s := start(t, withFaults(faults))
	before := time.Now()
	poller, err := s.sdk().NewVaultsClient().BeginCreateOrUpdate(t.Context(), "group", "vault", sdkVault(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := poller.PollUntilDone(t.Context(), &runtime.PollUntilDoneOptions{Frequency: time.Second}); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(before); took > 3*time.Second {
		t.Errorf("took %v", took)
	}
	if got := len(faults.Matches()); got != 5 { // 2 + 1 PUT, 1 + 1 polls
		t.Errorf("%d matches: %+v", got, faults.Matches())
	}
	faults.Add(embedded.FaultRule{Method: "GET", Status: 403, Code: "AuthorizationFailed", Message: "No."})
	_, err = s.sdk().NewVaultsClient().Get(t.Context(), "group", "vault", nil)
	if e, ok := errors.AsType[*azcore.ResponseError](err); !ok || e.ErrorCode != "AuthorizationFailed" {
		t.Errorf("got %v", err)
	}
}
