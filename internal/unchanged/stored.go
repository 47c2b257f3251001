package unchanged

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
)

// isStored tells whether raw is an object of this shape as Terraform stores it, so that Terraform reads it as the framework
// would. The framework leaves out attributes that the schema does not have, and takes "true" for true; Terraform does neither.
func (s *shape) isStored(raw []byte) bool {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	token, err := dec.Token()
	if err != nil || token != json.Delim('{') || !s.storedObject(dec) {
		return false
	}
	_, err = dec.Token()
	return errors.Is(err, io.EOF)
}

func (s *shape) storedValue(dec *json.Decoder) bool {
	token, err := dec.Token()
	switch {
	case err != nil:
		return false
	case token == nil:
		return true
	case s.leaf != nil:
		return s.stored(token)
	case token == json.Delim('['):
		return s.isSequence() && s.storedElements(dec)
	case token != json.Delim('{'):
		return false
	case s.members != nil:
		return s.storedObject(dec)
	}
	return !s.isSequence() && s.storedMap(dec)
}

// isSequence tells whether it is a list or a set.
func (s *shape) isSequence() bool {
	return s.element != nil && !isA[basetypes.MapType](s.kind)
}

func (s *shape) storedElements(dec *json.Decoder) bool {
	for dec.More() {
		if !s.element.storedValue(dec) {
			return false
		}
	}
	_, err := dec.Token()
	return err == nil
}

// storedObject reads an object after its brace: every attribute once.
func (s *shape) storedObject(dec *json.Decoder) bool {
	seen := make(map[string]bool, len(s.members))
	for dec.More() {
		token, err := dec.Token()
		name, ok := token.(string)
		if err != nil || !ok || seen[name] || s.members[name] == nil || !s.members[name].storedValue(dec) {
			return false
		}
		seen[name] = true
	}
	_, err := dec.Token()
	return err == nil && len(seen) == len(s.members)
}

func (s *shape) storedMap(dec *json.Decoder) bool {
	seen := map[string]bool{}
	for dec.More() {
		token, err := dec.Token()
		key, ok := token.(string)
		if err != nil || !ok || seen[key] || !s.element.storedValue(dec) {
			return false
		}
		seen[key] = true
	}
	_, err := dec.Token()
	return err == nil
}

func isA[T any](value any) bool {
	_, ok := value.(T)
	return ok
}

// isWholeNumber tells of a number as Terraform writes it, without a fraction or an exponent.
func isWholeNumber(token any) bool {
	number, ok := token.(json.Number)
	return ok && len(number) <= 15 && !strings.ContainsAny(string(number), ".eE")
}
