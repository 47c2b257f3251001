package catalog

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	maxTags           = 50
	maxTagNameLength  = 512
	maxTagValueLength = 256
	tagNameForbidden  = `<>%&\?/`
)

// CheckTags returns nil when tags can be put on an Azure resource: at most 50 of them, each name 1 to 512 characters
// without any of < > % & \ ? /, each value at most 256 characters (it may be empty), and no two names that differ only
// in letter case, because Azure reads such names as one.
//
// The error is about one tag: the first, by name in byte order, that breaks a rule, or the number of tags when that is
// what is wrong. The same tags therefore always give the same error. Of two names that differ in case, it is reported
// at the second. Lengths count characters (code points), so nothing that Azure accepts is refused.
//
// Source: learn.microsoft.com/azure/azure-resource-manager/management/tag-resources, "Limitations".
func CheckTags(tags map[string]string) error {
	if n := len(tags); n > maxTags {
		return fmt.Errorf("there are %d tags; a resource has at most %d", n, maxTags)
	}
	seen := make(map[string]string, len(tags))
	for _, name := range slices.Sorted(maps.Keys(tags)) {
		if err := checkTag(name, tags[name]); err != nil {
			return err
		}
		folded := strings.ToLower(name)
		if other, ok := seen[folded]; ok {
			return fmt.Errorf("the tag names %s and %s differ only in letter case; Azure reads them as one name",
				quote(other), quote(name))
		}
		seen[folded] = name
	}
	return nil
}

func checkTag(name, value string) error {
	if name == "" {
		return fmt.Errorf("a tag has an empty name; a tag name has 1 to %d characters", maxTagNameLength)
	}
	if n := utf8.RuneCountInString(name); n > maxTagNameLength {
		return fmt.Errorf("the tag name %s has %s; a tag name has 1 to %d",
			quote(name), countOf(n, "character"), maxTagNameLength)
	}
	if i := strings.IndexAny(name, tagNameForbidden); i >= 0 {
		return fmt.Errorf("the tag name %s has %s at position %d; a tag name has none of %s",
			quote(name), quote(name[i:i+1]), utf8.RuneCountInString(name[:i])+1,
			strings.Join(strings.Split(tagNameForbidden, ""), " "))
	}
	if n := utf8.RuneCountInString(value); n > maxTagValueLength {
		return fmt.Errorf("the value of the tag %s has %s; a tag value has at most %d",
			quote(name), countOf(n, "character"), maxTagValueLength)
	}
	return nil
}
