package embedded

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"iter"
	"net/url"
	"slices"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// entry is something that a list may show.
type entry struct {
	at   store.Position
	body any
	// filtered is what the filter looks at, which may be more than the entry shows.
	filtered object
}

// entries are in the order of their positions, and made when they are needed.
type entries = iter.Seq2[entry, error]

// listing is a page under way of a list that is ordered by name and then id.
type listing struct {
	call   *call
	after  store.Position // the page begins behind it
	filter memberFilter
	size   int
	page   page
	last   store.Position // of the newest entry
}

// list serves a page of a list; fill adds the entries.
func (s *Service) list(c *call, fill func(*store.Tx, *listing) error) (*answer, error) {
	l := &listing{call: c, size: s.config.PageSize, page: page{Value: []any{}}}
	var err error
	if l.after, err = c.position(); err != nil {
		return nil, err
	}
	if err := s.view(c, func(tx *store.Tx) error { return fill(tx, l) }); err != nil {
		return nil, err
	}
	return answerOK(l.page), nil
}

// listFiltered is list with a filter. what names the list in errors, terms are those that the service knows.
func (s *Service) listFiltered(c *call, what string, terms map[string]string, fill func(*store.Tx, *listing) error) (*answer, error) {
	filter, err := parseMemberFilter(c, what, terms)
	if err != nil {
		return nil, err
	}
	return s.list(c, func(tx *store.Tx, l *listing) error {
		l.filter = filter
		return fill(tx, l)
	})
}

// documents gives what q selects behind the position where the page begins. It reads a page's worth at a time: a list that
// read more would cost, with all its pages, the square of its length.
func (l *listing) documents(tx *store.Tx, q store.Query) iter.Seq2[*store.Document, error] {
	q.After, q.Limit = l.after, l.size+1 // one more tells whether there is a next page
	return func(yield func(*store.Document, error) bool) {
		for {
			docs, err := tx.Documents(q)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, d := range docs {
				if !yield(d, nil) {
					return
				}
				q.After = placeOf(d)
			}
			if len(docs) < q.Limit {
				return
			}
		}
	}
}

func placeOf(d *store.Document) store.Position { return store.Position{Name: d.Name, ID: d.ID} }

// rendered makes entries of documents. One whose body is nil is left out.
func rendered(docs iter.Seq2[*store.Document, error], body func(*store.Document) (object, error)) entries {
	return entriesOf(docs, placeOf, body)
}

func entriesOf[T any](all iter.Seq2[T, error], at func(T) store.Position, body func(T) (object, error)) entries {
	return func(yield func(entry, error) bool) {
		for one, err := range all {
			if err != nil {
				yield(entry{}, err)
				return
			}
			b, err := body(one)
			if err == nil && b == nil {
				continue
			}
			if !yield(entry{at: at(one), body: b, filtered: b}, err) || err != nil {
				return
			}
		}
	}
}

// fill puts entries on the page until it is full. Of several at the same position that of the first source counts.
func (l *listing) fill(sources ...entries) error {
	for e, err := range merged(sources) {
		if err != nil {
			return err
		}
		if !l.add(e) {
			return nil
		}
	}
	return nil
}

// add puts an entry on the page, unless the filter keeps it out. It returns false when the page was full, and now has a link
// to the next.
func (l *listing) add(e entry) bool {
	if !l.filter.passes(e.filtered) {
		return true
	}
	if len(l.page.Value) == l.size {
		l.page.NextLink = l.call.nextLink(l.last)
		return false
	}
	l.page.Value = append(l.page.Value, e.body)
	l.last = e.at
	return true
}

// merged puts sources together in the order of the list.
func merged(sources []entries) entries {
	if len(sources) == 1 {
		return sources[0]
	}
	return func(yield func(entry, error) bool) {
		type head struct {
			entry entry
			next  func() (entry, error, bool)
		}
		var heads []*head
		for _, source := range sources {
			next, stop := iter.Pull2(source)
			defer stop()
			heads = append(heads, &head{next: next})
		}
		// advance takes the next entry of a source; one that has no more goes.
		advance := func(h *head) error {
			e, err, more := h.next()
			if !more {
				heads = slices.DeleteFunc(heads, func(other *head) bool { return other == h })
			}
			h.entry = e
			return err
		}
		for _, h := range slices.Clone(heads) {
			if err := advance(h); err != nil {
				yield(entry{}, err)
				return
			}
		}
		for len(heads) > 0 {
			first := slices.MinFunc(heads, func(a, b *head) int { return comparePositions(a.entry.at, b.entry.at) }).entry
			if !yield(first, nil) {
				return
			}
			for _, h := range slices.Clone(heads) {
				if comparePositions(h.entry.at, first.at) > 0 {
					continue
				}
				if err := advance(h); err != nil {
					yield(entry{}, err)
					return
				}
			}
		}
	}
}

// comparePositions is the order of the store.
func comparePositions(a, b store.Position) int {
	return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(store.Key(a.ID), store.Key(b.ID)))
}

// nextLink leads to the page behind a position. It names the last entry and no number, so that no entry is skipped or
// repeated when others come and go between two pages.
func (c *call) nextLink(after store.Position) string {
	// Two strings marshal always.
	token, _ := json.Marshal(after)
	query := url.Values{
		"api-version": {c.apiVersion},
		"$skipToken":  {base64.RawURLEncoding.EncodeToString(token)},
	}
	for _, name := range []string{"$filter", "$expand", "$top"} {
		if value := queryValue(queryOf(c.request.URL), name); value != "" {
			query.Set(name, value)
		}
	}
	return c.origin() + c.request.URL.EscapedPath() + "?" + query.Encode()
}

func (c *call) position() (store.Position, error) {
	var after store.Position
	token := queryValue(queryOf(c.request.URL), "$skipToken")
	if token == "" {
		return after, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err == nil {
		err = json.Unmarshal(b, &after)
	}
	if err != nil || after == (store.Position{}) {
		return after, invalidSkipToken()
	}
	return after, nil
}

func invalidSkipToken() error {
	return &Fault{Code: codeInvalidSkipToken, Message: "The $skipToken is not one that this service gave out."}
}
