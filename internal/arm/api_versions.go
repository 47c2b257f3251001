package arm

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// versions remembers which API versions a cloud answers to. A sovereign cloud may not have the newest yet: it then names
// those it has, and the newest of them that the caller knows takes the place of the one asked for.
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

// refused takes another version after a refusal that lists those the cloud has; ok is false when the refusal is about
// something else, or none of them is known.
func (v *versions) refused(path, version string, refusal *Error) (chosen string, ok bool) {
	if v.known == nil || !HasCode(refusal, "NoRegisteredProviderFound", "InvalidApiVersionParameter") {
		return "", false
	}
	listed := apiVersion.FindAllString(refusal.Message, -1)
	for _, known := range v.known(namespaceOf(path), version) {
		if known == version || !slices.Contains(listed, known) {
			continue
		}
		v.mu.Lock()
		defer v.mu.Unlock()
		if v.chosen == nil {
			v.chosen = map[string]string{}
		}
		key := namespaceOf(path) + " " + version
		if v.chosen[key] == known {
			return "", false // it was that one which was refused
		}
		v.chosen[key] = known
		return known, true
	}
	return "", false
}
