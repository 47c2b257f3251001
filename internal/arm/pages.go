package arm

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

// page is one answer of a list call.
type page[T any] struct {
	Value    []T    `json:"value"`
	NextLink string `json:"nextLink"`
}

// List walks a paged list and yields its items one by one, fetching a page when the one before is used up. An error
// ends the walk and is yielded last.
func List[T any](ctx context.Context, c *Client, path, apiVersion string, query url.Values) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		request := Request{Method: http.MethodGet, Path: path, APIVersion: apiVersion, Query: query}
		for {
			var p page[T]
			if err := c.Do(ctx, request, &p); err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range p.Value {
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
