package embedded

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"
)

// members are the members that an object of a request can have, as Azure spells them. Azure's services take a name in any
// letter case.
type members map[string]member

// anyName stands in members for all names that are data, such as those of tags, which stay as they were sent.
const anyName = "*"

// and adds further members.
func (m members) and(others members) members {
	all := maps.Clone(m)
	maps.Copy(all, others)
	return all
}

// spell returns a member's name in Azure's spelling, and what is known of it. One that is not known is kept as it was sent.
func (m members) spell(name string) (string, member) {
	if known, ok := m[name]; ok {
		return name, known
	}
	for spelled, known := range m {
		if strings.EqualFold(spelled, name) {
			return spelled, known
		}
	}
	return name, m[anyName]
}

// member is what is known of a member: what its value has to be, unless it is null. The zero member can be anything.
type member struct {
	kind    valueKind
	members members // of an object
	each    *member // of a list
}

type valueKind int

const (
	kindAnything valueKind = iota
	kindText
	kindFlag
	kindWhole
	kindObject
	kindList
)

// String is what a message expects of a value.
func (k valueKind) String() string {
	return [...]string{"anything", "a string", "true or false", "a whole number", "an object", "a list"}[k]
}

// What a member can be. What the service and its clients do not read is free: it is kept whatever it is.
var (
	free  = member{}
	word  = member{kind: kindText}
	flag  = member{kind: kindFlag}
	whole = member{kind: kindWhole} // of 32 bits, as Microsoft's type definitions have it
)

func holds(m members) member    { return member{kind: kindObject, members: m} }
func listOf(each member) member { return member{kind: kindList, each: &each} }

// byName is an object whose members are named by data.
func byName(each member) member { return holds(members{anyName: each}) }

// maxDepth is how deep objects and lists of a request can be nested. Microsoft's own code for ARM's requests, that of Azure
// PowerShell, reads and writes as many levels; that Azure refuses more is our reading. It leaves room for the levels around
// what a document keeps of a request: the database takes 1,000.
const maxDepth = 512

// decodeAs decodes a request, gives its members the names that Azure has for them, and refuses one of another type than
// Azure's. Of two members that differ in letter case alone the last one counts. That is our reading: JSON libraries do it
// so with a member that comes twice.
func decodeAs(b []byte, known members) (object, error) {
	if n := depth(b); n > maxDepth {
		return nil, invalidContent("it is nested %d levels deep; at most %d can be read.", n, maxDepth)
	}
	// Once without: that finds all that can be wrong with it as JSON.
	if _, err := decode(b); err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(b))
	decoder.UseNumber()
	value, err := holds(known).read(decoder, "")
	o, _ := value.(object)
	return o, err
}

// depth is how deep the objects and lists of a text are nested, be it JSON or not.
func depth(b []byte) int {
	deepest, open, quoted := 0, 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			open++
			deepest = max(deepest, open)
		case c == '}' || c == ']':
			open--
		}
	}
	return deepest
}

// read decodes the next value, which is at a path. Members come one by one, as a decoded map would not tell which of two
// was the last.
func (m member) read(decoder *json.Decoder, path string) (value any, err error) {
	if m.kind == kindAnything {
		err = decoder.Decode(&value)
		return value, err
	}
	token, err := decoder.Token()
	if err != nil || token == nil {
		return nil, err
	}
	wrong := m.kind.wrong(path, token)
	switch m.kind {
	case kindObject:
		if token != json.Delim('{') {
			return nil, wrong
		}
		value, err = m.members.readObject(decoder, path)
	case kindList:
		if token != json.Delim('[') {
			return nil, wrong
		}
		value, err = m.each.readList(decoder, path)
	default:
		if !m.kind.has(token) {
			return nil, wrong
		}
		return token, nil
	}
	if err == nil {
		_, err = decoder.Token() // the closing one
	}
	return value, err
}

// wrong refuses a value that is not of the kind.
func (k valueKind) wrong(path string, value any) error {
	if number, ok := value.(json.Number); ok && k == kindWhole {
		return invalidContent("'%s' must be %s of 32 bits; it is %s.", path, k, number)
	}
	return invalidContent("'%s' must be %s.", path, k)
}

// has tells whether a value that is no object and no list is of a kind.
func (k valueKind) has(value any) bool {
	switch v := value.(type) {
	case string:
		return k == kindText
	case bool:
		return k == kindFlag
	case json.Number:
		_, err := strconv.ParseInt(v.String(), 10, 32)
		return k == kindWhole && err == nil
	}
	return false
}

func (m members) readObject(decoder *json.Decoder, path string) (object, error) {
	o, read := object{}, map[string]string{}
	_, data := m[anyName]
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		sent, _ := token.(string)
		name, known := m.spell(sent)
		folded := strings.ToLower(name)
		if _, ours := m[name]; data && !ours {
			folded = name // Names that are data are two when they differ in letter case.
		}
		if earlier, twice := read[folded]; twice {
			delete(o, earlier)
		}
		read[folded] = name
		if o[name], err = known.read(decoder, below(path, name)); err != nil {
			return nil, err
		}
	}
	return o, nil
}

func below(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func (m member) readList(decoder *json.Decoder, path string) ([]any, error) {
	list := []any{}
	for decoder.More() {
		value, err := m.read(decoder, fmt.Sprintf("%s[%d]", path, len(list)))
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	return list, nil
}
