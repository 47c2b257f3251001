package embedded

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// listItems serves the items of a vault by name, the soft-deleted ones among them.
func (s *Service) listItems(c *call) (*answer, error) {
	q := store.Query{Type: typeProtectedItem, Limit: s.config.PageSize + 1}
	var err error
	if q.After, err = c.position(); err != nil {
		return nil, err
	}
	filter, err := parseItemFilter(queryValue(queryOf(c.request.URL), "$filter"))
	if err != nil {
		return nil, err
	}
	p := page{Value: []any{}}
	err = s.view(c, func(tx *store.Tx) error {
		vault, err := s.mustFindVault(tx, c)
		if err != nil {
			return err
		}
		v, err := readItemVault(vault)
		if err != nil {
			return err
		}
		q.Parent = vault.ID
		return s.fillItemPage(tx, c, &p, q, v, filter)
	})
	if err != nil {
		return nil, err
	}
	return answerOK(p), nil
}

// fillItemPage reads on until the page is full of items that pass the filter, and one more shows that there is a next.
func (s *Service) fillItemPage(tx *store.Tx, c *call, p *page, q store.Query, v *itemVault, filter itemFilter) error {
	var last store.Position
	for {
		docs, err := tx.Documents(q)
		if err != nil {
			return err
		}
		for _, d := range docs {
			q.After = store.Position{Name: d.Name, ID: d.ID}
			body, err := renderItem(d, v, c.now)
			if err != nil {
				return err
			}
			if !filter.passes(body) {
				continue
			}
			if len(p.Value) == s.config.PageSize {
				p.NextLink = c.nextLink(last)
				return nil
			}
			p.Value = append(p.Value, body)
			last = q.After
		}
		if len(docs) < q.Limit {
			return nil
		}
	}
}

// itemFilter holds what the properties of an item must be.
type itemFilter []struct{ path, value string }

// filterPaths are the terms of a filter that the service knows, by case-folded name.
var filterPaths = map[string]string{
	"backupmanagementtype": "properties.backupManagementType",
	"itemtype":             "properties.workloadType",
	"policyname":           "properties.policyName",
	"containername":        "properties.containerName",
	"friendlyname":         "properties.friendlyName",
}

var filterTerm = regexp.MustCompile(`^(?i)\s*([a-z]+)\s+eq\s+'((?:[^']|'')*)'\s*(and\s|$)`)

// parseItemFilter reads terms such as backupManagementType eq 'AzureIaasVM', with "and" between them.
func parseItemFilter(s string) (itemFilter, error) {
	var filter itemFilter
	for rest := s; strings.TrimSpace(rest) != ""; {
		term := filterTerm.FindStringSubmatch(rest)
		if term == nil {
			return nil, invalidFilter(s, rest)
		}
		path := filterPaths[strings.ToLower(term[1])]
		if path == "" {
			return nil, &Fault{
				Code:    codeNotModelled,
				Message: fmt.Sprintf("The embedded backup service does not filter protected items by '%s'.", term[1]),
			}
		}
		filter = append(filter, struct{ path, value string }{path, strings.ReplaceAll(term[2], "''", "'")})
		rest = rest[len(term[0]):]
		if term[3] != "" && strings.TrimSpace(rest) == "" {
			return nil, invalidFilter(s, term[0])
		}
	}
	return filter, nil
}

func invalidFilter(s, rest string) error {
	return &Fault{Code: codeInvalidFilter, Message: fmt.Sprintf("The $filter '%s' cannot be read at '%s'.", s, rest)}
}

func (f itemFilter) passes(body object) bool {
	for _, term := range f {
		if !strings.EqualFold(lookupText(body, term.path), term.value) {
			return false
		}
	}
	return true
}
