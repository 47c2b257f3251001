package arm_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
)

// operationServer accepts a write with 202 and answers the polls of its operation one status after the other.
func operationServer(statuses ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/op":
			status := statuses[0]
			if len(statuses) > 1 {
				statuses = statuses[1:]
			}
			if status == "Failed" {
				answer(200, `{"status":"Failed","error":{"code":"Broken","message":"It broke."}}`, "x-ms-request-id", "r9")(w, r)
				return
			}
			answer(200, `{"status":"`+status+`"}`)(w, r)
		case r.Method == http.MethodGet:
			answer(200, `{"name":"final"}`)(w, r)
		default:
			answer(202, "", "Azure-AsyncOperation", endpoint+"/op")(w, r)
		}
	}
}

func begin(t *testing.T, c *arm.Client, method string) *arm.Operation {
	t.Helper()
	op, err := c.Begin(t.Context(), arm.Request{Method: method, Path: "/thing", APIVersion: "2025-08-01", Body: map[string]string{}})
	if err != nil {
		t.Fatal(err)
	}
	return op
}

func TestOperationEnds(t *testing.T) {
	c := newClient(t, operationServer("InProgress", "InProgress", "Succeeded"))
	var statuses []string
	var out struct{ Name string }
	err := begin(t, c, http.MethodPatch).Wait(t.Context(), func(s string) { statuses = append(statuses, s) }, &out)
	if err != nil || out.Name != "final" {
		t.Error(out, err)
	}
	if diff := cmp.Diff([]string{"InProgress", "InProgress", "Succeeded"}, statuses); diff != "" {
		t.Error(diff)
	}
}

func TestOperationFails(t *testing.T) {
	op := begin(t, newClient(t, operationServer("InProgress", "Failed")), http.MethodDelete)
	err := op.Wait(t.Context(), nil, nil)
	var got *arm.Error
	if !errors.As(err, &got) || got.Code != "Broken" || got.Message != "It broke." || got.RequestID != "r9" {
		t.Errorf("%T %v", err, err)
	}
}

func TestOperationThatIsDoneAtOnce(t *testing.T) {
	var out struct{ Name string }
	op := begin(t, newClient(t, answer(200, `{"name":"now","properties":{"provisioningState":"Succeeded"}}`)), http.MethodPatch)
	if err := op.Wait(t.Context(), nil, &out); err != nil || out.Name != "now" {
		t.Error(out, err)
	}
	op = begin(t, newClient(t, answer(204, "")), http.MethodDelete)
	if err := op.Wait(t.Context(), nil, nil); err != nil {
		t.Error(err)
	}
}

func TestOperationTimeoutHasTheLastStatus(t *testing.T) {
	op := begin(t, newClient(t, operationServer("InProgress")), http.MethodDelete)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	err := op.Wait(ctx, nil, nil)
	var timeout *arm.TimeoutError
	if !errors.As(err, &timeout) || timeout.LastWord != "InProgress" || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%T %v", err, err)
	}
}

func TestFailureReason(t *testing.T) {
	c := newClient(t, operationServer("Failed"))
	if reason := c.Failure(t.Context(), endpoint+"/op"); reason == nil || reason.Code != "Broken" {
		t.Error(reason)
	}
	c = newClient(t, operationServer("Succeeded"))
	if reason := c.Failure(t.Context(), endpoint+"/op"); reason != nil {
		t.Error(reason)
	}
}

// An accepted write is no failure because the service does not say where to ask how it stands.
func TestOperationWithoutALink(t *testing.T) {
	for _, method := range []string{http.MethodDelete, http.MethodPost} {
		calls := 0
		c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
			calls++
			answer(202, "")(w, r)
		})
		op := begin(t, c, method)
		if err := op.Wait(t.Context(), nil, nil); err != nil || op.URL != "" || calls != 1 {
			t.Errorf("%s: %q %v, %d calls", method, op.URL, err, calls)
		}
	}
}
