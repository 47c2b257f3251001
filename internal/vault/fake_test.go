package vault_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// fake is a service that holds documents and answers as Azure does where the embedded service does not: late, oddly or
// not at all. It notes what it was asked.
type fake struct {
	// odd answers a request in the place of the documents, when it returns true.
	odd func(w http.ResponseWriter, r *http.Request, body string) bool

	mu        sync.Mutex
	documents map[string]string // by lower-cased path
	calls     []string
	bodies    []string // of the writes
	filters   []string // of the lists
}

const fakeEndpoint = "https://arm.invalid"

func newFake(t *testing.T) (*vault.Client, *fake) {
	t.Helper()
	f := &fake{documents: map[string]string{}}
	return f.connect(t), f
}

// connect makes another client, as another run of the provider would.
func (f *fake) connect(t *testing.T) *vault.Client {
	t.Helper()
	connection, err := arm.NewClient(arm.Options{
		Endpoint: fakeEndpoint, Transport: f, Version: "test", Polling: arm.Polling{First: time.Millisecond, Longest: 5 * time.Millisecond},
	})
	if err != nil {
		t.Fatal(err)
	}
	return vault.NewClient(connection)
}

func (f *fake) put(path, document string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.documents[strings.ToLower(path)] = document
}

// take returns the calls since the last take, as method and last segment of the path.
func (f *fake) take() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	calls := f.calls
	f.calls, f.bodies, f.filters = nil, nil, nil
	return calls
}

// written is the properties of the last write.
func (f *fake) written(t *testing.T) map[string]any {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.bodies) == 0 {
		t.Fatal("nothing was written")
	}
	var document struct{ Properties map[string]any }
	if err := json.Unmarshal([]byte(f.bodies[len(f.bodies)-1]), &document); err != nil {
		t.Fatal(err)
	}
	return document.Properties
}

// Do answers a request.
func (f *fake) Do(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	body := ""
	if req.Body != nil {
		raw, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		body = string(raw)
	}
	f.mu.Lock()
	f.calls = append(f.calls, req.Method+" "+req.URL.Path[strings.LastIndexByte(req.URL.Path, '/')+1:])
	if req.Method == http.MethodPut || req.Method == http.MethodPost {
		f.bodies = append(f.bodies, body)
	}
	if filter := req.URL.Query().Get("$filter"); filter != "" {
		f.filters = append(f.filters, filter)
	}
	f.mu.Unlock()
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "application/json")
	if f.odd == nil || !f.odd(w, req, body) {
		f.answer(w, req, body)
	}
	resp := w.Result()
	resp.Request = req
	return resp, nil
}

// collections are the last segments of the paths of lists, and what the paths of their members have in them.
var collections = map[string]string{
	"backuppolicies": "/backuppolicies/", "backupprotecteditems": "/protecteditems/", "virtualmachines": "/virtualmachines/",
	"recoverypoints": "/recoverypoints/", "backupjobs": "/backupjobs/", "vaults": "/vaults/",
}

func (f *fake) answer(w http.ResponseWriter, r *http.Request, body string) {
	path := strings.ToLower(r.URL.Path)
	f.mu.Lock()
	defer f.mu.Unlock()
	parent, last := path[:strings.LastIndexByte(path, '/')], path[strings.LastIndexByte(path, '/')+1:]
	if member, list := collections[last]; list && r.Method == http.MethodGet {
		if last == "virtualmachines" || last == "vaults" { // of a subscription
			parent = strings.Join(strings.Split(path, "/")[:3], "/")
		}
		var values []string
		for _, key := range slices.Sorted(maps.Keys(f.documents)) {
			name := key[strings.LastIndexByte(key, '/')+1:]
			if strings.HasPrefix(key, parent+"/") && strings.HasSuffix(key, member+name) {
				values = append(values, f.documents[key])
			}
		}
		fmt.Fprintf(w, `{"value":[%s]}`, strings.Join(values, ","))
		return
	}
	document, there := f.documents[path]
	switch r.Method {
	case http.MethodPut:
		var in map[string]any
		if err := json.Unmarshal([]byte(body), &in); err != nil {
			refuse(w, http.StatusBadRequest, "InvalidRequestContent", err.Error())
			return
		}
		in["id"] = r.URL.Path
		raw, _ := json.Marshal(in)
		f.documents[path] = string(raw)
		_, _ = w.Write(raw)
	case http.MethodDelete:
		delete(f.documents, path)
		w.WriteHeader(http.StatusNoContent)
	default:
		if !there {
			refuse(w, http.StatusNotFound, "ResourceNotFound", "There is none.")
			return
		}
		_, _ = io.WriteString(w, document)
	}
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"error":{"code":%q,"message":%q}}`, code, message)
}

// accept answers 202 with an operation to poll.
func accept(w http.ResponseWriter, path string) {
	w.Header().Set("Azure-AsyncOperation", fakeEndpoint+path+"?api-version=2025-02-01")
	w.WriteHeader(http.StatusAccepted)
}

func counts(calls []string) map[string]int {
	n := map[string]int{}
	for _, call := range calls {
		n[call]++
	}
	return n
}

// operation is what a write that takes time answers, poll by poll; the last answer stays.
type operation struct {
	method  string
	polls   []string
	without bool // the operation does nothing to the documents
}

// later makes writes of a method take time.
func (f *fake) later(o operation) {
	const path = "/operations/1"
	f.odd = func(w http.ResponseWriter, r *http.Request, body string) bool {
		switch {
		case r.URL.Path == path:
			poll := o.polls[0]
			if len(o.polls) > 1 {
				o.polls = o.polls[1:]
			}
			_, _ = io.WriteString(w, poll)
		case r.Method == o.method:
			if !o.without {
				f.answer(httptest.NewRecorder(), r, body)
			}
			accept(w, path)
		default:
			return false
		}
		return true
	}
}

const (
	running   = `{"status":"InProgress"}`
	succeeded = `{"status":"Succeeded"}`
	failed    = `{"status":"Failed","error":{"code":"UserErrorBroken","message":"It broke."}}`
)
