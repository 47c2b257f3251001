package embedded

import (
	"bytes"
	"encoding/json"
	"maps"
	"strings"
)

// members are the members that an object of a request can have, as Azure spells them, each with those of the object that it
// holds. Azure's services take a name in any letter case. Below nil nothing is known: it is a value, or an object whose
// members are named by data, such as tags, and stays as it was sent.
type members map[string]members

// and adds further members.
func (m members) and(others members) members {
	all := maps.Clone(m)
	maps.Copy(all, others)
	return all
}

// spell returns a member's name in Azure's spelling, and what is below it. One that is not known is kept as it was sent.
func (m members) spell(name string) (string, members) {
	if below, ok := m[name]; ok {
		return name, below
	}
	for spelled, below := range m {
		if strings.EqualFold(spelled, name) {
			return spelled, below
		}
	}
	return name, nil
}

// decodeAs decodes a request and gives its members the names that Azure has for them. Of two members that differ in letter
// case alone the last one counts. That is our reading: JSON libraries do it so with a member that comes twice.
func decodeAs(b []byte, known members) (object, error) {
	// Once without: that finds all that can be wrong, too deep nesting among it.
	if _, err := decode(b); err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(b))
	decoder.UseNumber()
	value, err := known.read(decoder)
	o, ok := value.(object)
	if err != nil || !ok {
		return nil, invalidContent("it cannot be read: %v.", err)
	}
	return o, nil
}

// read decodes the next value. Members come one by one, as a decoded map would not tell which of two was the last.
func (m members) read(decoder *json.Decoder) (value any, err error) {
	if m == nil {
		err = decoder.Decode(&value)
		return value, err
	}
	token, err := decoder.Token()
	switch {
	case err != nil:
		return nil, err
	case token == json.Delim('{'):
		value, err = m.readObject(decoder)
	case token == json.Delim('['):
		value, err = m.readList(decoder)
	default:
		return token, nil
	}
	if err == nil {
		_, err = decoder.Token() // the closing one
	}
	return value, err
}

func (m members) readObject(decoder *json.Decoder) (object, error) {
	o, read := object{}, map[string]string{}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		sent, _ := token.(string)
		name, below := m.spell(sent)
		if earlier, twice := read[strings.ToLower(name)]; twice {
			delete(o, earlier)
		}
		read[strings.ToLower(name)] = name
		if o[name], err = below.read(decoder); err != nil {
			return nil, err
		}
	}
	return o, nil
}

func (m members) readList(decoder *json.Decoder) ([]any, error) {
	list := []any{}
	for decoder.More() {
		value, err := m.read(decoder)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	return list, nil
}
