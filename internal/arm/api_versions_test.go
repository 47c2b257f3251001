package arm_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
)

const vaultPath = subscriptionPath + "/providers/Microsoft.RecoveryServices/vaults/v"

// lagging is a cloud that has these API versions only, and notes those asked for.
type lagging struct {
	supported []string
	code      string
	status    int

	mu     sync.Mutex
	sent   []string
	chosen []string
	// hold, when not nil, is waited for before a refusal.
	hold func()
}

func (l *lagging) serve(w http.ResponseWriter, r *http.Request) {
	version := r.URL.Query().Get("api-version")
	l.mu.Lock()
	l.sent = append(l.sent, version)
	l.mu.Unlock()
	if slices.Contains(l.supported, version) {
		ok(w, r)
		return
	}
	if l.hold != nil {
		l.hold()
	}
	answer(l.status, fmt.Sprintf(`{"error":{"code":%q,"message":"The resource type 'vaults' could not be found in the namespace 'Microsoft.RecoveryServices' `+
		`for api version '%s'. The supported api-versions are '%s'."}}`, l.code, version, strings.Join(l.supported, ",")))(w, r)
}

func (l *lagging) client(t *testing.T) *arm.Client {
	t.Helper()
	c, err := arm.NewClient(arm.Options{
		Endpoint: endpoint, Transport: handlerTransport{l.serve},
		KnownVersions: func(_, version string) []string {
			if version == "2025-08-01" {
				return []string{"2025-02-01", "2024-04-01"}
			}
			return nil
		},
		VersionChosen: func(_ context.Context, _, asked, chosen string) { l.chosen = append(l.chosen, asked+" "+chosen) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A cloud says in three ways that it has not the version, one of which has the status of what does not exist.
func TestAPIVersions_refusals(t *testing.T) {
	for code, status := range map[string]int{
		"NoRegisteredProviderFound": http.StatusBadRequest, "InvalidApiVersionParameter": http.StatusBadRequest, "InvalidResourceType": http.StatusNotFound,
	} {
		l := &lagging{supported: []string{"2016-06-01", "2024-04-01"}, code: code, status: status}
		c := l.client(t)
		for range 2 {
			if err := c.Get(t.Context(), vaultPath, "2025-08-01", nil); err != nil {
				t.Fatalf("%s: %v", code, err)
			}
		}
		if d := cmp.Diff([]string{"2025-08-01", "2024-04-01", "2024-04-01"}, l.sent); d != "" {
			t.Errorf("%s: %s", code, d)
		}

		l = &lagging{supported: []string{"2016-06-01"}, code: code, status: status}
		err := l.client(t).Get(t.Context(), vaultPath, "2025-08-01", nil)
		if !arm.HasCode(err, code) || arm.IsNotFound(err) || len(l.sent) != 1 {
			t.Errorf("%s: %v, which is taken for a resource that does not exist: %v; sent %q", code, err, arm.IsNotFound(err), l.sent)
		}
	}
}

// Terraform sends many requests at a time: each of them may be refused before any has learned from it, and all go on.
func TestAPIVersions_refusedAtTheSameTime(t *testing.T) {
	const many = 10
	var refused sync.WaitGroup
	refused.Add(many)
	l := &lagging{
		supported: []string{"2024-04-01"}, code: "NoRegisteredProviderFound", status: http.StatusBadRequest,
		hold: func() { refused.Done(); refused.Wait() },
	}
	c := l.client(t)
	errs := make(chan error, many)
	for range many {
		go func() { errs <- c.Get(t.Context(), vaultPath, "2025-08-01", nil) }()
	}
	for range many {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if len(l.chosen) != 1 {
		t.Errorf("told %d times", len(l.chosen))
	}
}

// A body is made for the version that is sent, also when the first one was refused, and what it cannot say in an older version
// is not sent at all.
func TestAPIVersions_bodyOfTheVersion(t *testing.T) {
	l := &lagging{supported: []string{"2024-04-01"}, code: "NoRegisteredProviderFound", status: http.StatusBadRequest}
	c := l.client(t)
	lacks := errors.New("2024-04-01 lacks it")
	var made []string
	request := arm.Request{
		Method: http.MethodPatch, Path: vaultPath, APIVersion: "2025-08-01",
		BodyIn: func(version string) (any, error) {
			made = append(made, version)
			if version < "2025-01-01" {
				return nil, lacks
			}
			return map[string]string{"version": version}, nil
		},
	}
	if c.VersionOf(vaultPath, "2025-08-01") != "2025-08-01" {
		t.Error("a version that nothing refused yet is another")
	}
	if err := c.Do(t.Context(), request, nil); !errors.Is(err, lacks) {
		t.Errorf("err = %v", err)
	}
	if d := cmp.Diff([]string{"2025-08-01", "2024-04-01"}, made) + cmp.Diff([]string{"2025-08-01"}, l.sent); d != "" {
		t.Error(d)
	}
	if got := c.VersionOf(vaultPath+"/usages", "2025-08-01"); got != "2024-04-01" {
		t.Errorf("in use is %s", got)
	}
}
