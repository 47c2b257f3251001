package embedded

import "github.com/azurebackup/terraform-provider-backup/internal/store"

// listing is a page under way of what a vault holds, by name.
type listing struct {
	call   *call
	vault  *store.Document
	after  store.Position // the page begins behind it
	filter memberFilter
	size   int
	page   page
	last   store.Position // of the newest entry
}

// listInVault serves a filtered list of what a vault holds. what names it in errors, terms are those of a filter that the
// service knows, and fill adds the entries.
func (s *Service) listInVault(c *call, what string, terms map[string]string, fill func(*store.Tx, *listing) error) (*answer, error) {
	l := &listing{call: c, size: s.config.PageSize, page: page{Value: []any{}}}
	var err error
	if l.after, err = c.position(); err != nil {
		return nil, err
	}
	if l.filter, err = parseMemberFilter(c, what, terms); err != nil {
		return nil, err
	}
	err = s.view(c, func(tx *store.Tx) error {
		if l.vault, err = s.mustFindVault(tx, c); err != nil {
			return err
		}
		return fill(tx, l)
	})
	if err != nil {
		return nil, err
	}
	return answerOK(l.page), nil
}

// add puts an entry on the page, unless the filter keeps it out. It returns false when the page was full, and now has a link
// to the next.
func (l *listing) add(at store.Position, body object) bool { return l.addAs(at, body, body) }

// addAs is add for an entry that is filtered by more than it shows.
func (l *listing) addAs(at store.Position, body, filtered object) bool {
	if !l.filter.passes(filtered) {
		return true
	}
	if len(l.page.Value) == l.size {
		l.page.NextLink = l.call.nextLink(l.last)
		return false
	}
	l.page.Value = append(l.page.Value, body)
	l.last = at
	return true
}
