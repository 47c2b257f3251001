package arm_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
)

const page = "<html><head><title>Wi-Fi</title></head><body>Sign in to the network</body></html>"

// An answer that says success and is none of the service's is an error that says so, and nothing panics.
func TestGarbledReads(t *testing.T) {
	for name, test := range map[string]struct {
		body, want string
		once       bool // it is JSON, which another try would not change
	}{
		"cut":              {body: `{"id":"/subscriptions/s","name":"con`, want: "unexpected end of JSON input"},
		"a page":           {body: page, want: "it is a page, not from Azure Resource Manager itself: Wi-Fi Sign in to the network"},
		"trailing garbage": {body: `{"name":"x"}}`, want: "after top-level value"},
		"empty":            {body: "", want: "it is empty", once: true},
		"blank":            {body: " \r\n", want: "it is empty", once: true},
		"null":             {body: "null", want: "it is empty", once: true},
		"a number":         {body: `{"name":"x","properties":{"state":5}}`, want: "the field properties.state has a value of another type: number", once: true},
		"a list":           {body: `[]`, want: "cannot unmarshal array", once: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int32
			c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
				calls.Add(1)
				answer(200, test.body, "x-ms-request-id", "r1")(w, r)
			})
			var out struct {
				Name       string `json:"name"`
				Properties struct {
					State string `json:"state"`
				} `json:"properties"`
			}
			err := c.Get(t.Context(), "/x", "2025-08-01", &out)
			var e *arm.Error
			if !errors.As(err, &e) || !e.Garbled || e.RequestID != "r1" || !strings.HasPrefix(e.Message, "the answer to GET /x is not the JSON expected: ") ||
				!strings.Contains(e.Message, test.want) || arm.IsNotFound(err) {
				t.Errorf("%T %v", err, err)
			}
			if n := calls.Load(); (n == 1) != test.once || n > 2 {
				t.Errorf("asked %d times", n)
			}
		})
	}
}

// What cuts an answer often passes.
func TestGarbledReadIsAskedForAgain(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) == 1 {
			answer(200, `{"name":`)(w, r)
			return
		}
		answer(200, `{"name":"x"}`)(w, r)
	})
	var out struct{ Name string }
	if err := c.Get(t.Context(), "/x", "2025-08-01", &out); err != nil || out.Name != "x" {
		t.Error(err, out)
	}
}

// A list that is none must not be taken for one that lacks everything, on no page of it.
func TestGarbledLists(t *testing.T) {
	for name, test := range map[string]struct{ body, want string }{
		"cut":        {`{"value":[1,2`, "unexpected end of JSON input"},
		"a page":     {page, "it is a page"},
		"empty":      {"", "it is empty"},
		"no list":    {`{}`, "the answer to GET " + endpoint + "/list holds no list"},
		"no entries": {`{"value":{"a":1}}`, "the field value has a value of another type: object"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Query().Get("page") == "" {
					answer(200, `{"value":[1],"nextLink":"`+endpoint+`/list?page=2&s=signature"}`)(w, r)
					return
				}
				answer(200, test.body)(w, r)
			})
			var got []int
			var failure error
			for n, err := range arm.List[int](t.Context(), c, "/list", "2025-08-01", nil) {
				if failure = err; err == nil {
					got = append(got, n)
				}
			}
			var e *arm.Error
			if len(got) != 1 || !errors.As(failure, &e) || !e.Garbled || !strings.Contains(e.Message, test.want) || strings.Contains(e.Message, "signature") {
				t.Errorf("%v %v", got, failure)
			}
		})
	}
	// Some services write an empty list so.
	for _, err := range arm.List[int](t.Context(), newClient(t, answer(200, `{"value":null}`)), "/list", "2025-08-01", nil) {
		t.Errorf("a null list: %v", err)
	}
}

// A member that cannot be read does not take the others with it, and is named as far as it can be.
func TestGarbledMembers(t *testing.T) {
	t.Parallel()
	c := newClient(t, answer(200, `{"value":[{"id":"/a","sku":{"tier":"x"}},{"id":"/b","sku":{"tier":5}},null,"text",{"id":7},{"id":"/c"}]}`))
	type thing struct {
		ID  string `json:"id"`
		SKU struct {
			Tier string `json:"tier"`
		} `json:"sku"`
	}
	var got []string
	for read, err := range arm.List[thing](t.Context(), c, "/list", "2025-08-01", nil) {
		var unreadable *arm.UnreadableError
		switch {
		case err == nil:
			got = append(got, read.ID)
		case errors.As(err, &unreadable) && arm.IsUnreadable(err) && !arm.IsNotFound(err):
			got = append(got, unreadable.ID+": "+unreadable.Reason)
		default:
			t.Error(err)
		}
	}
	want := []string{
		"/a", "/b: the field sku.tier has a value of another type: number", ": it is null", ": it is not an object but of another type: string",
		": the field id has a value of another type: number", "/c",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// A write that was accepted is an operation whatever the rest of the answer is, and ends as the resource says.
func TestGarbledAcceptance(t *testing.T) {
	for name, body := range map[string]string{
		"cut": `{"id":"/x","properties":{"provisioningSt`, "a page": page, "empty": "", "null": "null", "a number": `{"properties":5}`,
		"a state that is a number": `{"properties":{"provisioningState":5}}`, "a list": `[]`, "trailing garbage": `{"properties":{}} x`,
	} {
		for _, status := range []int{http.StatusOK, http.StatusCreated, http.StatusAccepted} {
			for _, link := range []string{"", endpoint + "/op", "https://elsewhere.invalid/op"} {
				polls := 0
				c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
					switch {
					case r.Method == http.MethodPut && link != "":
						answer(status, body, "Azure-AsyncOperation", link)(w, r)
					case r.Method == http.MethodPut:
						answer(status, body)(w, r)
					case r.URL.Path == "/op":
						polls++
						answer(200, `{"status":"Succeeded"}`)(w, r)
					default:
						polls++
						answer(200, `{"name":"final","properties":{"provisioningState":"Succeeded"}}`)(w, r)
					}
				})
				op, err := c.Begin(t.Context(), arm.Request{Method: http.MethodPut, Path: "/x", APIVersion: "2025-08-01"})
				if err != nil {
					t.Errorf("%s, %d, %q: what was accepted is an error: %v", name, status, link, err)
					continue
				}
				var out struct{ Name string }
				if err := op.Wait(t.Context(), nil, &out); err != nil || polls > 0 && out.Name != "final" {
					t.Errorf("%s, %d, %q: %v %+v", name, status, link, err, out)
				}
				if polls == 0 && (status != http.StatusOK || link == endpoint+"/op") {
					t.Errorf("%s, %d, %q: nobody was asked how it stands", name, status, link)
				}
			}
		}
	}
}

// A poll that cannot be read is asked for once more, and is then an error that says what was asked.
func TestGarbledPolls(t *testing.T) {
	for name, test := range map[string]struct{ body, want string }{
		"cut":       {`{"status":"InPro`, "the answer to GET /op is not the JSON expected: unexpected end of JSON input"},
		"a page":    {page, "it is a page, not from Azure Resource Manager itself: Wi-Fi"},
		"empty":     {"", "asking how the accepted operation stands: "},
		"no status": {"{}", "asking how the accepted operation stands: the response did not contain a status"},
		"a number":  {`{"status":5}`, "asking how the accepted operation stands: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var polls atomic.Int32
			c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/op" {
					polls.Add(1)
					answer(200, test.body)(w, r)
					return
				}
				answer(202, "", "Azure-AsyncOperation", endpoint+"/op")(w, r)
			})
			err := begin(t, c, http.MethodPut).Wait(t.Context(), nil, nil)
			if err == nil || !strings.Contains(err.Error(), test.want) || polls.Load() > 2 {
				t.Errorf("%d polls, %v", polls.Load(), err)
			}
		})
	}
}

// A link of the service is followed to the letter, signature, "=" and all.
func TestPollingURLIsFollowedVerbatim(t *testing.T) {
	link := endpoint + "/subscriptions/s/resourceGroups/Backup/providers/microsoft.recoveryservices/vaults/contoso/operationStatus/" +
		"NzI5NDk2ODA7OWUzYjY0YTQtNjA1Zi00YjQ3LWFhNzctYjU4Y2RhYWFkNjQx=?api-version=2025-08-01&t=638968969362345678&c=MII" + strings.Repeat("HhzCC%2Bbu-_", 340) +
		"&s=qX%2F%2Bz~3w%3D%3D&h=8yKZ9b_-"
	if len(link) < 4000 {
		t.Fatalf("the link has only %d characters", len(link))
	}
	var polled []string
	c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.Contains(r.URL.Path, "/operationStatus/"):
			polled = append(polled, r.URL.String())
			status := "InProgress"
			if len(polled) > 1 {
				status = "Succeeded"
			}
			answer(200, `{"id":"/x/operationStatus/NzI=","name":"NzI=","status":"`+status+`"}`)(w, r)
		case r.Method == http.MethodDelete:
			answer(202, "", "Azure-AsyncOperation", link)(w, r)
		}
	})
	op, err := c.Begin(t.Context(), arm.Request{Method: http.MethodDelete, Path: "/x", APIVersion: "2025-08-01"})
	if err == nil {
		err = op.Wait(t.Context(), nil, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Do(t.Context(), arm.Request{Method: http.MethodGet, Path: op.URL}, new(any)); err != nil {
		t.Fatal(err)
	}
	if len(polled) != 3 {
		t.Errorf("polled %d times", len(polled))
	}
	for _, url := range polled {
		if url != link {
			t.Errorf("polled\n%s\nnot\n%s", url, link)
		}
	}
}
