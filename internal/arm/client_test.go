package arm_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
)

const endpoint = "https://arm.invalid"

// handlerTransport answers requests by a handler, without a network.
type handlerTransport struct{ handler http.HandlerFunc }

func (t handlerTransport) Do(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	recorder := httptest.NewRecorder()
	t.handler(recorder, req)
	resp := recorder.Result()
	resp.Request = req
	return resp, nil
}

func newClient(t *testing.T, handler http.HandlerFunc) *arm.Client {
	t.Helper()
	c, err := arm.NewClient(arm.Options{
		Endpoint: endpoint, Transport: handlerTransport{handler}, Version: "test",
		Polling: arm.Polling{First: time.Millisecond, Longest: 5 * time.Millisecond},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func answer(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func TestErrorForms(t *testing.T) {
	tests := map[string]struct {
		answer http.HandlerFunc
		want   arm.Error
		text   string
	}{
		"envelope": {
			answer(409, `{"error":{"code":"Conflict","message":"It is there.","details":[{"code":"Inner","message":"Really."}]}}`, "x-ms-request-id", "r1"),
			arm.Error{StatusCode: 409, Code: "Conflict", Message: "It is there.", RequestID: "r1", Details: []string{"Inner: Really."}},
			"Conflict: It is there. (Inner: Really.)",
		},
		"explicit nulls of the backup engine": {
			answer(400, `{"error":{"code":"BMSUserErrorInvalidInput","message":"No.","target":null,"details":null,"innerError":null}}`),
			arm.Error{StatusCode: 400, Code: "BMSUserErrorInvalidInput", Message: "No."},
			"BMSUserErrorInvalidInput: No.",
		},
		"bare": {
			answer(400, `{"code":"Bad","message":"Old service."}`),
			arm.Error{StatusCode: 400, Code: "Bad", Message: "Old service."},
			"Bad: Old service.",
		},
		"detail that repeats the message": {
			answer(400, `{"error":{"code":"A","message":"Same.","details":[{"code":"A","message":"Same."}]}}`),
			arm.Error{StatusCode: 400, Code: "A", Message: "Same."},
			"A: Same.",
		},
		"gateway page": {
			answer(413, "<html><head><style>x{}</style></head><body><h1>Too   large</h1></body></html>"),
			arm.Error{StatusCode: 413, Message: "HTTP status 413 Request Entity Too Large, not from Azure Resource Manager itself: Too large", Garbled: true},
			"HTTP status 413 Request Entity Too Large, not from Azure Resource Manager itself: Too large",
		},
		"nothing": {
			answer(404, ""),
			arm.Error{StatusCode: 404, Message: "HTTP status 404 Not Found without a body"},
			"HTTP status 404 Not Found without a body",
		},
		"empty object": {answer(404, "{}"), arm.Error{StatusCode: 404}, "HTTP status 404 Not Found"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := newClient(t, test.answer).Get(t.Context(), "/subscriptions", "2022-12-01", nil)
			var got *arm.Error
			if !errors.As(err, &got) {
				t.Fatalf("error %T: %v", err, err)
			}
			if diff := cmp.Diff(test.want, *got); diff != "" {
				t.Error(diff)
			}
			if got.Error() != test.text {
				t.Errorf("text %q, want %q", got.Error(), test.text)
			}
		})
	}
}

func TestErrorTests(t *testing.T) {
	err := fmt.Errorf("vault x: %w", &arm.Error{StatusCode: 404, Code: "ResourceNotFound"})
	if !arm.IsNotFound(err) || !arm.HasCode(err, "other", "resourcenotfound") || arm.HasCode(err, "other") {
		t.Error("a wrapped refusal is not recognised")
	}
	if arm.IsNotFound(errors.New("404")) || arm.HasCode(nil, "x") {
		t.Error("another error is taken for a refusal")
	}
}

func TestRequestCarriesVersionAndBody(t *testing.T) {
	var seen *http.Request
	var body map[string]any
	c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		seen = r
		_ = json.NewDecoder(r.Body).Decode(&body)
		answer(200, `{"name":"x"}`)(w, r)
	})
	var out struct{ Name string }
	err := c.Do(t.Context(), arm.Request{
		Method: http.MethodPut, Path: "/subscriptions/s/resourceGroups/a(b) c", APIVersion: "2025-08-01",
		Header: http.Header{"If-None-Match": {"*"}}, Body: map[string]string{"location": "chinaeast"},
	}, &out)
	if err != nil || out.Name != "x" {
		t.Fatal(out, err)
	}
	if got := seen.URL.String(); got != endpoint+"/subscriptions/s/resourceGroups/a%28b%29%20c?api-version=2025-08-01" && got != endpoint+"/subscriptions/s/resourceGroups/a(b)%20c?api-version=2025-08-01" {
		t.Error(got)
	}
	if seen.Header.Get("If-None-Match") != "*" || seen.Header.Get("Content-Type") != "application/json" || body["location"] != "chinaeast" {
		t.Error(seen.Header, body)
	}
	if agent := seen.Header.Get("User-Agent"); !strings.HasPrefix(agent, "azsdk-go-terraform-provider-backup/vtest") {
		t.Error(agent)
	}
}

func TestListFollowsPages(t *testing.T) {
	c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Query().Get("$skipToken") {
		case "":
			answer(200, `{"value":[1,2],"nextLink":"`+endpoint+`/list?$skipToken=a"}`)(w, r)
		case "a":
			answer(200, `{"value":[],"nextLink":"`+endpoint+`/list?$skipToken=b"}`)(w, r)
		default:
			answer(200, `{"value":[3],"nextLink":null}`)(w, r)
		}
	})
	var got []int
	for n, err := range arm.List[int](t.Context(), c, "/list", "2025-08-01", nil) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, n)
	}
	if diff := cmp.Diff([]int{1, 2, 3}, got); diff != "" {
		t.Error(diff)
	}
	for n, err := range arm.List[int](t.Context(), c, "/list", "2025-08-01", nil) {
		if n != 1 || err != nil {
			t.Fatal("the walk goes on after it was left")
		}
		break
	}
}

func TestListStopsAtAnError(t *testing.T) {
	c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery == "page=2" {
			answer(403, `{"error":{"code":"AuthorizationFailed","message":"no"}}`)(w, r)
			return
		}
		answer(200, `{"value":[1],"nextLink":"`+endpoint+`/list?page=2"}`)(w, r)
	})
	var errs []error
	for _, err := range arm.List[int](t.Context(), c, "/list", "2025-08-01", nil) {
		errs = append(errs, err)
	}
	if len(errs) != 2 || errs[0] != nil || !arm.HasCode(errs[1], "AuthorizationFailed") {
		t.Error(errs)
	}
}

func TestLinksToOtherHostsAreNotFollowed(t *testing.T) {
	const elsewhere = "https://evil.invalid/steal"
	calls := 0
	c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		calls++
		if r.Method == http.MethodDelete {
			answer(202, "", "Azure-AsyncOperation", elsewhere)(w, r)
			return
		}
		answer(200, `{"value":[],"nextLink":"`+elsewhere+`"}`)(w, r)
	})
	for _, err := range arm.List[int](t.Context(), c, "/list", "2025-08-01", nil) {
		if err == nil || !strings.Contains(err.Error(), "evil.invalid") {
			t.Error(err)
		}
	}
	if _, err := c.Begin(t.Context(), arm.Request{Method: http.MethodDelete, Path: "/x", APIVersion: "2025-08-01"}); err == nil {
		t.Error("an operation on another host was accepted")
	}
	if calls != 2 {
		t.Errorf("%d calls", calls)
	}
}

func TestAnswerThatIsNotJSON(t *testing.T) {
	var out struct{ Name string }
	err := newClient(t, answer(200, `{"name":`)).Get(t.Context(), "/x", "2025-08-01", &out)
	var got *arm.Error
	if !errors.As(err, &got) || !strings.Contains(got.Message, "GET /x") {
		t.Error(err)
	}
}

func TestThrottledRequestIsRepeated(t *testing.T) {
	tries := 0
	c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		if tries++; tries == 1 {
			answer(429, `{"error":{"code":"TooManyRequests","message":"slow down"}}`, "retry-after-ms", "5")(w, r)
			return
		}
		answer(200, "{}")(w, r)
	})
	if err := c.Get(t.Context(), "/x", "2025-08-01", nil); err != nil || tries != 2 {
		t.Error(tries, err)
	}
}

func TestTimeoutWhileThrottledSaysWhatTheServiceSaid(t *testing.T) {
	c := newClient(t, answer(429, `{"error":{"code":"TooManyRequests","message":"slow down"}}`, "Retry-After", "30"))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	err := c.Get(ctx, "/x", "2025-08-01", nil)
	var timeout *arm.TimeoutError
	if !errors.As(err, &timeout) || !errors.Is(err, context.DeadlineExceeded) || timeout.LastWord != "TooManyRequests: slow down" {
		t.Errorf("%T %v", err, err)
	}
}

func TestTraceHasNoQuery(t *testing.T) {
	var seen []arm.Exchange
	c, err := arm.NewClient(arm.Options{
		Endpoint: endpoint, Transport: handlerTransport{answer(200, "{}", "x-ms-request-id", "r1")},
		Trace: func(_ context.Context, e arm.Exchange) { seen = append(seen, e) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Do(t.Context(), arm.Request{Method: http.MethodGet, Path: endpoint + "/op?t=1&s=signature"}, nil); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 1 || seen[0].Path != "/op" || seen[0].StatusCode != 200 || seen[0].RequestID != "r1" || seen[0].Method != "GET" {
		t.Errorf("%+v", seen)
	}
}

func TestNewClientRefusesBadOptions(t *testing.T) {
	for _, o := range []arm.Options{
		{Endpoint: "http://arm.invalid", Transport: handlerTransport{}},
		{Endpoint: "arm.invalid", Transport: handlerTransport{}},
		{Endpoint: "https://", Transport: handlerTransport{}},
		{Endpoint: endpoint},
	} {
		if _, err := arm.NewClient(o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
}
