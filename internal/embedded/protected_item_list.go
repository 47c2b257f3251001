package embedded

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// listItems serves the items of a vault by name, the soft-deleted ones among them.
func (s *Service) listItems(c *call) (*answer, error) {
	return s.listInVault(c, "protected items", itemFilterPaths, func(tx *store.Tx, l *listing, vault *store.Document) error {
		l.size = s.itemPage
		v, err := s.readItemVault(tx, vault)
		if err != nil {
			return err
		}
		items := l.documents(tx, store.Query{Type: typeProtectedItem, Parent: vault.ID})
		return l.fill(rendered(items, func(d *store.Document) (object, error) {
			body, err := renderItem(c, d, v)
			// Lists do not have all that a single item has (recorded with 2025-02-01).
			delete(body, "eTag")
			discard(body, "properties.extendedInfo")
			return body, err
		}))
	})
}

// memberFilter holds what the members of a document must be.
type memberFilter []struct{ path, value string }

// itemFilterPaths are the terms of a filter of items that the service knows, by case-folded name.
var itemFilterPaths = map[string]string{
	"backupmanagementtype": "properties.backupManagementType",
	"itemtype":             "properties.workloadType",
	"policyname":           "properties.policyName",
	"containername":        "properties.containerName",
	"friendlyname":         "properties.friendlyName",
}

var filterTerm = regexp.MustCompile(`^(?i)\s*([a-z]+)\s+eq\s+'((?:[^']|'')*)'\s*(and\s|$)`)

// parseMemberFilter reads a filter by members of a document. what is filtered, and paths are the terms there are.
func parseMemberFilter(c *call, what string, paths map[string]string) (memberFilter, error) {
	values, err := parseFilter(filterOf(c))
	if err != nil {
		return nil, err
	}
	var found memberFilter
	for _, v := range values {
		path := paths[strings.ToLower(v.name)]
		if path == "" {
			return nil, unknownFilter(what, v.name)
		}
		found = append(found, struct{ path, value string }{path, v.value})
	}
	return found, nil
}

func invalidFilter(s, rest string) error {
	return &Fault{Code: codeInvalidItemInput, Message: fmt.Sprintf("The $filter '%s' cannot be read at '%s'.", s, rest)}
}

// value is what a member must be; "" when the filter does not say.
func (f memberFilter) value(path string) string {
	for _, term := range f {
		if term.path == path {
			return term.value
		}
	}
	return ""
}

func (f memberFilter) passes(body object) bool {
	for _, term := range f {
		if !strings.EqualFold(lookupText(body, term.path), term.value) {
			return false
		}
	}
	return true
}
