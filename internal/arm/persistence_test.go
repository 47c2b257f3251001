package arm_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
)

// errLost is what a transport says of a connection that broke.
var errLost = errors.New("connection lost")

// inTurn answers the first request by the first handler, and so on, the last one for all that follow; nil loses the
// connection. It counts the requests.
type inTurn struct {
	mu       sync.Mutex
	handlers []http.HandlerFunc
	requests []*http.Request
}

func (t *inTurn) Do(req *http.Request) (*http.Response, error) {
	t.mu.Lock()
	handler := t.handlers[min(len(t.requests), len(t.handlers)-1)]
	t.requests = append(t.requests, req)
	t.mu.Unlock()
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	if handler == nil {
		return nil, errLost
	}
	recorder := httptest.NewRecorder()
	handler(recorder, req)
	resp := recorder.Result()
	resp.Request = req
	return resp, nil
}

func (t *inTurn) count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.requests)
}

func persistent(t *testing.T, o arm.Options, handlers ...http.HandlerFunc) (*arm.Client, *inTurn) {
	t.Helper()
	transport := &inTurn{handlers: handlers}
	o.Endpoint, o.Transport, o.Version = endpoint, transport, "test"
	c, err := arm.NewClient(o)
	if err != nil {
		t.Fatal(err)
	}
	return c, transport
}

const subscriptionPath = "/subscriptions/s/resourceGroups/g"

var (
	ok         = answer(http.StatusOK, `{}`)
	throttled  = answer(http.StatusTooManyRequests, `{"error":{"code":"SubscriptionRequestsThrottled","message":"Slower."}}`, "Retry-After-Ms", "1")
	down       = answer(http.StatusServiceUnavailable, ``, "Retry-After-Ms", "1")
	badGateway = answer(http.StatusBadGateway, `<html>Bad gateway</html>`, "Retry-After-Ms", "1")
)

func TestPersistence(t *testing.T) {
	for name, test := range map[string]struct {
		request  arm.Request
		handlers []http.HandlerFunc
		requests int
		fails    string
	}{
		"passing refusals":                    {arm.Request{Method: http.MethodGet}, []http.HandlerFunc{throttled, down, badGateway, throttled, down, ok}, 6, ""},
		"a lost connection":                   {arm.Request{Method: http.MethodPut}, []http.HandlerFunc{nil, ok}, 2, ""},
		"a refusal that stays":                {arm.Request{Method: http.MethodGet}, []http.HandlerFunc{answer(http.StatusForbidden, `{}`), ok}, 1, "403"},
		"not implemented":                     {arm.Request{Method: http.MethodGet}, []http.HandlerFunc{answer(http.StatusNotImplemented, `{}`), ok}, 1, "501"},
		"once, throttled":                     {arm.Request{Method: http.MethodPost, Once: true}, []http.HandlerFunc{throttled, down, ok}, 3, ""},
		"once, lost":                          {arm.Request{Method: http.MethodPost, Once: true}, []http.HandlerFunc{nil, ok}, 1, errLost.Error()},
		"once, broken by a gateway":           {arm.Request{Method: http.MethodPost, Once: true}, []http.HandlerFunc{badGateway, ok}, 1, "Bad gateway"},
		"a pause longer than anybody waits":   {arm.Request{Method: http.MethodGet}, []http.HandlerFunc{answer(http.StatusTooManyRequests, `{}`, "Retry-After", "3600"), ok}, 1, "429"},
		"a POST that may be repeated":         {arm.Request{Method: http.MethodPost}, []http.HandlerFunc{badGateway, ok}, 2, ""},
		"throttling on nobody's subscription": {arm.Request{Method: http.MethodGet, Path: "/tenants"}, []http.HandlerFunc{throttled, ok}, 2, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, transport := persistent(t, arm.Options{}, test.handlers...)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if test.request.Path == "" {
				test.request.Path = subscriptionPath
			}
			err := c.Do(ctx, test.request, nil)
			if (err != nil) != (test.fails != "") || err != nil && !strings.Contains(err.Error(), test.fails) {
				t.Errorf("error %v, want %q", err, test.fails)
			}
			if transport.count() != test.requests {
				t.Errorf("%d requests, want %d", transport.count(), test.requests)
			}
		})
	}
}

// Without a number of retries a request is repeated as long as its operation may take, and the error has the last word.
func TestPersistence_untilTheDeadline(t *testing.T) {
	c, transport := persistent(t, arm.Options{}, down)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	err := c.Get(ctx, subscriptionPath, "2021-04-01", nil)
	var timeout *arm.TimeoutError
	if !errors.As(err, &timeout) || !strings.Contains(timeout.LastWord, "503") || transport.count() < 10 {
		t.Errorf("%v after %d requests", err, transport.count())
	}

	c, transport = persistent(t, arm.Options{Persistence: arm.Persistence{Retries: 3}}, down)
	if err := c.Get(t.Context(), subscriptionPath, "2021-04-01", nil); err == nil || transport.count() != 4 {
		t.Errorf("%v after %d requests, want 4", err, transport.count())
	}

	c, transport = persistent(t, arm.Options{Persistence: arm.Persistence{WithoutDeadline: time.Nanosecond}}, nil, ok)
	if err := c.Get(context.Background(), subscriptionPath, "2021-04-01", nil); !errors.Is(err, errLost) || transport.count() != 1 {
		t.Errorf("%v after %d requests, want 1", err, transport.count())
	}
}

// What one request of a subscription is told holds for all of its kind, and for no other.
func TestThrottle_holdsTheOthersBack(t *testing.T) {
	var turnedAway atomic.Int32
	var open atomic.Bool
	c, transport := persistent(t, arm.Options{}, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/subscriptions/s/") && !open.Load() {
			turnedAway.Add(1)
			throttledFor(1)(w, r)
			return
		}
		ok(w, r)
	})
	ctx := t.Context()
	get := func(path string) error { return c.Get(ctx, path, "2021-04-01", nil) }
	first := make(chan error, 1)
	go func() { first <- get(subscriptionPath) }()
	for transport.count() == 0 || turnedAway.Load() == 0 {
		select {
		case err := <-first:
			t.Fatal(err)
		case <-time.After(time.Millisecond):
		}
	}
	var wg sync.WaitGroup
	errs := make(chan error, 20)
	for i := range 20 {
		wg.Go(func() { errs <- get(fmt.Sprintf("%s%d", subscriptionPath, i)) })
	}
	// Writes and other subscriptions go on meanwhile.
	if err := c.Do(ctx, arm.Request{Method: http.MethodPut, Path: subscriptionPath}, nil); err != nil {
		t.Error(err)
	}
	if err := get("/subscriptions/other/resourceGroups/g"); err != nil {
		t.Error(err)
	}
	// Time for those that do not wait to be turned away as well.
	<-time.After(200 * time.Millisecond)
	open.Store(true)
	wg.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	if err := <-first; err != nil {
		t.Error(err)
	}
	if n := turnedAway.Load(); n != 1 {
		t.Errorf("%d requests were told to wait, want 1", n)
	}
}

func throttledFor(seconds int) http.HandlerFunc {
	return answer(http.StatusTooManyRequests, `{"error":{"code":"TooManyRequests","message":"Slower."}}`, "Retry-After", fmt.Sprint(seconds))
}

func TestThrottle_spacesOutWhatIsLeft(t *testing.T) {
	const header = "X-Ms-Ratelimit-Remaining-Subscription-Reads"
	remaining := func(n string) http.HandlerFunc { return answer(http.StatusOK, `{}`, header, n) }
	for left, slow := range map[string]bool{"1000": false, "25": false, "5": true, "much": false} {
		t.Run(left, func(t *testing.T) {
			t.Parallel()
			c, _ := persistent(t, arm.Options{}, remaining(left))
			for range 2 {
				if err := c.Get(t.Context(), subscriptionPath, "2021-04-01", nil); err != nil {
					t.Fatal(err)
				}
			}
			// The third request has to keep its distance from the second, 0.8 s with 5 left.
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			err := c.Get(ctx, subscriptionPath, "2021-04-01", nil)
			if slow != errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestAPIVersions_fallBack(t *testing.T) {
	const path = subscriptionPath + "/providers/Microsoft.RecoveryServices/vaults/v"
	var sent []string
	serve := func(supported ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			version := r.URL.Query().Get("api-version")
			sent = append(sent, version)
			for _, s := range supported {
				if s == version {
					ok(w, r)
					return
				}
			}
			answer(http.StatusBadRequest, `{"error":{"code":"NoRegisteredProviderFound","message":"No registered resource provider found for location 'chinaeast' `+
				`and API version '`+version+`' for type 'vaults'. The supported api-versions are '`+strings.Join(supported, ", ")+`'."}}`)(w, r)
		}
	}
	var told []string
	options := arm.Options{
		KnownVersions: func(namespace, version string) []string {
			if namespace != "microsoft.recoveryservices/vaults" || version != "2025-08-01" {
				return nil
			}
			return []string{"2025-08-01", "2025-02-01", "2024-04-01"}
		},
		VersionChosen: func(_ context.Context, namespace, asked, chosen string) {
			told = append(told, namespace+" "+asked+" "+chosen)
		},
	}
	c, _ := persistent(t, options, serve("2016-06-01", "2024-04-01", "2023-04-01"))
	for range 3 {
		if err := c.Get(t.Context(), path, "2025-08-01", nil); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Join(sent, " "); got != "2025-08-01 2024-04-01 2024-04-01 2024-04-01" {
		t.Errorf("sent %s", got)
	}
	if len(told) != 1 || told[0] != "microsoft.recoveryservices/vaults 2025-08-01 2024-04-01" {
		t.Errorf("told %q", told)
	}

	// None that is known: the service's own words, and no second request.
	sent = nil
	c, _ = persistent(t, options, serve("2016-06-01"))
	if err := c.Get(t.Context(), path, "2025-08-01", nil); !arm.HasCode(err, "NoRegisteredProviderFound") || len(sent) != 1 {
		t.Errorf("%v, sent %q", err, sent)
	}
}

// A sign-in policy sees every try, so that a token that ran out is renewed.
func TestSignIn_everyTry(t *testing.T) {
	signed := 0
	c, transport := persistent(t, arm.Options{SignIn: policyFunc(func(req *policy.Request) (*http.Response, error) {
		signed++
		req.Raw().Header.Set("Authorization", fmt.Sprint("Bearer ", signed))
		return req.Next()
	})}, throttled, ok)
	if err := c.Get(t.Context(), subscriptionPath, "2021-04-01", nil); err != nil {
		t.Fatal(err)
	}
	if last := transport.requests[1].Header.Get("Authorization"); signed != 2 || last != "Bearer 2" {
		t.Errorf("%d signed, the last %q", signed, last)
	}
}

type policyFunc func(*policy.Request) (*http.Response, error)

func (f policyFunc) Do(req *policy.Request) (*http.Response, error) { return f(req) }

func TestNewClient_endpoints(t *testing.T) {
	for endpoint, good := range map[string]bool{
		"https://management.chinacloudapi.cn": true, "http://127.0.0.1:10800": true, "http://localhost:1": true, "http://[::1]:1": true,
		"http://management.azure.com": false, "ftp://x": false, "": false,
	} {
		_, err := arm.NewClient(arm.Options{Endpoint: endpoint, Transport: handlerTransport{ok}})
		if good != (err == nil) {
			t.Errorf("%q: %v", endpoint, err)
		}
	}
}

// A service whose clock is another one is believed about what time it is.
func TestClientNow(t *testing.T) {
	c, _ := persistent(t, arm.Options{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", time.Now().Add(40*24*time.Hour).UTC().Format(http.TimeFormat))
		_, _ = io.WriteString(w, `{}`)
	}, ok)
	if ahead := time.Until(c.Now()); ahead > time.Minute {
		t.Errorf("%s ahead before the first answer", ahead)
	}
	for range 2 { // an answer without a date changes nothing
		if err := c.Get(t.Context(), subscriptionPath, "2021-04-01", nil); err != nil {
			t.Fatal(err)
		}
		if ahead := time.Until(c.Now()) - 40*24*time.Hour; ahead.Abs() > time.Minute {
			t.Errorf("off by %s", ahead)
		}
	}
}
