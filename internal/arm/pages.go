package arm

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"strings"
)

// page is one answer of a list call.
type page struct {
	Value    entries `json:"value"`
	NextLink string  `json:"nextLink"`
}

// entries are those of a page. Some services write an empty list as null; an answer without a list is something else, and
// must not be taken for a list that lacks everything.
type entries struct {
	given bool
	all   []json.RawMessage
}

// UnmarshalJSON is called for null, too.
func (e *entries) UnmarshalJSON(raw []byte) error {
	e.given = true
	return json.Unmarshal(raw, &e.all)
}

// List walks a paged list and yields its members one by one, fetching a page when the one before is used up. A member that
// cannot be read is an *UnreadableError, after which the walk goes on; any other error ends it and is yielded last.
func List[T any](ctx context.Context, c *Client, path, apiVersion string, query url.Values) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		request := Request{Method: http.MethodGet, Path: path, APIVersion: apiVersion, Query: query}
		for {
			var p page
			err := c.Do(ctx, request, &p)
			if err == nil && !p.Value.given {
				err = &Error{StatusCode: http.StatusOK, Garbled: true, Message: "the answer to GET " + withoutQuery(request.Path) + " holds no list"}
			}
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, raw := range p.Value.all {
				if !yield(member[T](raw)) {
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

// member reads a member of a list.
func member[T any](raw json.RawMessage) (T, error) {
	var read, none T
	err := json.Unmarshal(raw, &read)
	if err == nil && string(raw) != "null" {
		return read, nil
	}
	unreadable := &UnreadableError{Reason: "it is null"}
	if err != nil {
		unreadable.Reason = wordOtherType(err).Error()
	}
	var other *json.UnmarshalTypeError
	if errors.As(err, &other) && other.Field == "" {
		unreadable.Reason = "it is not an object but of another type: " + other.Value
	}
	var named struct {
		ID any `json:"id"`
	}
	if json.Unmarshal(raw, &named) == nil {
		unreadable.ID, _ = named.ID.(string)
	}
	return none, unreadable
}

// withoutQuery is a path or a link as it can be shown: the query of a link is signed.
func withoutQuery(link string) string {
	path, _, _ := strings.Cut(link, "?")
	return path
}
