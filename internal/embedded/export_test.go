package embedded

import (
	"maps"
	"slices"
	"strings"
)

// Route is an address that is served, for tests that go over all of them.
type Route struct {
	Path    string
	Methods []string
}

// Routes are all that there are.
func Routes() []Route {
	var all []Route
	for _, r := range routes {
		all = append(all, Route{strings.Join(r.segments, "/"), slices.Sorted(maps.Keys(r.methods))})
	}
	return all
}
