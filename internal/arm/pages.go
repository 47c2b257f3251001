package arm

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"strings"
)

// page is one answer of a list call.
type page[T any] struct {
	Value    entries[T] `json:"value"`
	NextLink string     `json:"nextLink"`
}

// entries are those of a page. Some services write an empty list as null; an answer without a list is something else, and
// must not be taken for a list that lacks everything.
type entries[T any] struct {
	given bool
	all   []T
}

// UnmarshalJSON is called for null, too.
func (e *entries[T]) UnmarshalJSON(raw []byte) error {
	e.given = true
	return json.Unmarshal(raw, &e.all)
}

// List walks a paged list and yields its items one by one, fetching a page when the one before is used up. An error
// ends the walk and is yielded last.
func List[T any](ctx context.Context, c *Client, path, apiVersion string, query url.Values) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		request := Request{Method: http.MethodGet, Path: path, APIVersion: apiVersion, Query: query}
		for {
			var p page[T]
			err := c.Do(ctx, request, &p)
			if err == nil && !p.Value.given {
				err = &Error{StatusCode: http.StatusOK, Garbled: true, Message: "the answer to GET " + withoutQuery(request.Path) + " holds no list"}
			}
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range p.Value.all {
				if !yield(item, nil) {
					return
				}
			}
			if p.NextLink == "" {
				return
			}
			request = Request{Method: http.MethodGet, Path: p.NextLink}
		}
	}
}

// withoutQuery is a path or a link as it can be shown: the query of a link is signed.
func withoutQuery(link string) string {
	path, _, _ := strings.Cut(link, "?")
	return path
}
