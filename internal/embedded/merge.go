package embedded

import "strings"

// merge lays patch over target, in place, as a JSON merge patch (RFC 7386): objects member by member, null removes,
// everything else replaces.
func merge(target, patch object) object {
	for name, value := range patch {
		switch v := value.(type) {
		case nil:
			delete(target, name)
		case object:
			// Also for a new member, because the object it comes with may hold nulls.
			under, ok := target[name].(object)
			if !ok {
				under = object{}
			}
			target[name] = merge(under, v)
		default:
			target[name] = v
		}
	}
	return target
}

// lookup returns the value at a dotted path, nil when something on the way is missing or no object.
func lookup(o object, path string) any {
	name, rest, deeper := strings.Cut(path, ".")
	if !deeper {
		return o[name]
	}
	under, _ := o[name].(object)
	return lookup(under, rest)
}

// lookupText is lookup for strings; anything else is "".
func lookupText(o object, path string) string {
	s, _ := lookup(o, path).(string)
	return s
}

// discard removes what is at a dotted path.
func discard(o object, path string) {
	name, rest, deeper := strings.Cut(path, ".")
	if !deeper {
		delete(o, name)
		return
	}
	if under, ok := o[name].(object); ok {
		discard(under, rest)
	}
}

// assign replaces the value at a dotted path that exists.
func assign(o object, path string, value any) {
	name, rest, deeper := strings.Cut(path, ".")
	if !deeper {
		o[name] = value
		return
	}
	if under, ok := o[name].(object); ok {
		assign(under, rest, value)
	}
}
