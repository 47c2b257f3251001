package arm

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// versions knows which API versions a cloud answers to. A sovereign cloud may not have the newest yet. It names those it
// has in its refusal, and the newest of them that the caller knows takes the place of the one asked for.
type versions struct {
	// known are the versions that do, newest first, in place of one; nil when there is none.
	known func(namespace, version string) []string

	mu     sync.Mutex
	chosen map[string]string // by namespace and version asked for
}

// namespaceOf is the namespace and type that a path is about, as far as versions go: the segments after the last
// "providers".
func namespaceOf(path string) string {
	parts := strings.Split(strings.ToLower(path), "/")
	for i := len(parts) - 2; i >= 0; i-- {
		if parts[i] == "providers" {
			return strings.Join(parts[i+1:min(i+3, len(parts))], "/")
		}
	}
	return ""
}

// of is the version to send in place of the one asked for.
func (v *versions) of(path, version string) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	if chosen := v.chosen[namespaceOf(path)+" "+version]; chosen != "" {
		return chosen
	}
	return version
}

var apiVersion = regexp.MustCompile(`\d{4}-\d{2}-\d{2}(-[a-z]+)?`)

// versionCodes are the codes by which ARM says that it has not the API version asked for. With the last of them, whose
// status is 404, it says so of a read: the type is there, but not in that version.
var versionCodes = []string{"NoRegisteredProviderFound", "InvalidApiVersionParameter", "InvalidResourceType"}

// choice is a version that takes the place of another.
type choice struct {
	version string
	found   bool // by this refusal, and not by one before it
}

// refused takes another version after the one that was sent was refused with those the cloud has; ok is false when the
// refusal is about something else, or none of them is known.
func (v *versions) refused(path, asked, sent string, refusal *Error) (c choice, ok bool) {
	if !HasCode(refusal, versionCodes...) {
		return choice{}, false
	}
	key := namespaceOf(path) + " " + asked
	v.mu.Lock()
	defer v.mu.Unlock()
	if chosen := v.chosen[key]; chosen != "" && chosen != sent {
		return choice{version: chosen}, true // another request was refused meanwhile
	}
	candidates := []string{asked}
	if v.known != nil {
		candidates = append(candidates, v.known(namespaceOf(path), asked)...)
	}
	listed := apiVersion.FindAllString(refusal.Message, -1)
	for _, candidate := range candidates {
		if candidate == sent || !slices.Contains(listed, candidate) {
			continue
		}
		if v.chosen == nil {
			v.chosen = map[string]string{}
		}
		v.chosen[key] = candidate
		return choice{version: candidate, found: true}, true
	}
	return choice{}, false
}
