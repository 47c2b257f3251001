package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// entry is an entry of a list in a file of faults.
type entry struct {
	raw []byte
}

// placeError is an error at a line of the file.
type placeError struct {
	line int
	err  error
}

// Error begins with the line, for the file's name to stand before it.
func (e *placeError) Error() string { return fmt.Sprintf(":%d: %v", e.line, e.err) }

func (e *placeError) Unwrap() error { return e.err }

// fieldError is an error of a field, valueError one of a value whose field is not known.
type fieldError struct {
	field string
	err   error
}

type valueError struct {
	value []byte
	err   error
}

func (e *fieldError) Error() string { return e.err.Error() }
func (e *valueError) Error() string { return e.err.Error() }

func fieldErrorf(field, format string, args ...any) error {
	return &fieldError{field, fmt.Errorf(format, args...)}
}

func valueErrorf(value []byte, format string, args ...any) error {
	return &valueError{bytes.Clone(value), fmt.Errorf(format, args...)}
}

// eachEntry goes through the lists of a JSON object and calls what belongs to each. The error names the line.
func eachEntry(content []byte, lists map[string]func(entry) error) error {
	at := func(offset int64, err error) error {
		return &placeError{1 + bytes.Count(content[:min(offset, int64(len(content)))], []byte("\n")), err}
	}
	var whole any
	if err := json.Unmarshal(content, &whole); err != nil {
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			return at(syntax.Offset, err)
		}
		return at(0, err)
	}
	known := strings.Join(slices.Sorted(maps.Keys(lists)), ", ")
	if _, ok := whole.(map[string]any); !ok {
		return at(0, fmt.Errorf("the file must hold a JSON object with the lists: %s", known))
	}
	// From here on only what the JSON says can be wrong.
	decoder := json.NewDecoder(bytes.NewReader(content))
	_, _ = decoder.Token()
	for decoder.More() {
		key, _ := decoder.Token()
		name, _ := key.(string)
		add, ok := lists[name]
		if !ok {
			return at(decoder.InputOffset(), fmt.Errorf("unknown field %q; the file has the lists: %s", name, known))
		}
		if open, _ := decoder.Token(); open != json.Delim('[') {
			return at(decoder.InputOffset(), fmt.Errorf("%s must be a list", name))
		}
		for decoder.More() {
			var raw json.RawMessage
			if err := decoder.Decode(&raw); err != nil {
				return at(decoder.InputOffset(), err)
			}
			e := entry{raw}
			if err := add(e); err != nil {
				start := decoder.InputOffset() - int64(len(raw))
				return at(start+e.offset(err), fmt.Errorf("%s: %w", name, err))
			}
		}
		_, _ = decoder.Token()
	}
	return nil
}

// decode reads the entry into v and refuses fields that v does not have.
func (e entry) decode(v any) error {
	decoder := json.NewDecoder(bytes.NewReader(e.raw))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(v)
	if err == nil {
		return nil
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && wrong.Field != "" {
		return fieldErrorf(wrong.Field, "%s must be a %s, not a %s", wrong.Field, wrong.Type, wrong.Value)
	}
	if field, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		name := strings.Trim(field, `"`)
		return fieldErrorf(name, "unknown field %q; the fields are: %s", name, strings.Join(fieldsOf(v), ", "))
	}
	return err
}

// offset is where in the entry the error is.
func (e entry) offset(err error) int64 {
	if f, ok := errors.AsType[*fieldError](err); ok {
		key := regexp.MustCompile(regexp.QuoteMeta(`"`+f.field+`"`) + `\s*:`)
		if at := key.FindIndex(e.raw); at != nil {
			return int64(at[0])
		}
	}
	if v, ok := errors.AsType[*valueError](err); ok {
		return int64(max(0, bytes.Index(e.raw, v.value)))
	}
	return 0
}

// fieldsOf lists the JSON names of the fields of a struct.
func fieldsOf(v any) []string {
	var names []string
	t := reflect.TypeOf(v).Elem()
	for i := range t.NumField() {
		if name := t.Field(i).Tag.Get("json"); name != "" {
			names = append(names, name)
		}
	}
	return names
}
