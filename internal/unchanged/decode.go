package unchanged

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/vmihailenco/msgpack/v5"
	"github.com/vmihailenco/msgpack/v5/msgpcode"
)

// errDoubt is why something is handed on: it is not known to be what the framework would make of it.
var errDoubt = errors.New("left to the framework")

// shape is a type of the schema, made ready to read values of it. Numbers are whole ones.
type shape struct {
	kind    attr.Type
	null    attr.Value
	wrap    func(attr.Value) (attr.Value, error) // into the value of a custom type
	leaf    func(*msgpack.Decoder) (attr.Value, error)
	element *shape            // of a list, set or map
	members map[string]*shape // of an object
	types   map[string]attr.Type
	stored  func(token any) bool // tells a value of a leaf in stored JSON
}

// shapeOf makes a shape; a type that it does not know is an error.
func shapeOf(ctx context.Context, kind attr.Type) (*shape, error) {
	null, err := kind.ValueFromTerraform(ctx, tftypes.NewValue(kind.TerraformType(ctx), nil))
	if err != nil {
		return nil, err
	}
	s := &shape{kind: kind, null: null}
	switch kind := kind.(type) {
	case basetypes.StringTypable:
		s.leaf = func(dec *msgpack.Decoder) (attr.Value, error) {
			text, err := readText(dec)
			if err != nil {
				return nil, err
			}
			value, diags := kind.ValueFromString(ctx, basetypes.NewStringValue(text))
			return value, doubtIf(len(diags) > 0)
		}
		s.stored = isA[string]
	case basetypes.BoolTypable:
		s.leaf = func(dec *msgpack.Decoder) (attr.Value, error) {
			code, err := dec.PeekCode()
			if err != nil || code != msgpcode.True && code != msgpcode.False {
				return nil, errDoubt
			}
			if _, err := dec.DecodeBool(); err != nil {
				return nil, err
			}
			value, diags := kind.ValueFromBool(ctx, basetypes.NewBoolValue(code == msgpcode.True))
			return value, doubtIf(len(diags) > 0)
		}
		s.stored = isA[bool]
	case basetypes.Int64Typable:
		s.leaf = func(dec *msgpack.Decoder) (attr.Value, error) {
			code, err := dec.PeekCode()
			if err != nil || !msgpcode.IsFixedNum(code) && (code < msgpcode.Uint8 || code > msgpcode.Int64 || code == msgpcode.Uint64) {
				return nil, errDoubt
			}
			number, err := dec.DecodeInt64()
			if err != nil {
				return nil, err
			}
			value, diags := kind.ValueFromInt64(ctx, basetypes.NewInt64Value(number))
			return value, doubtIf(len(diags) > 0)
		}
		s.stored = isWholeNumber
	case basetypes.ObjectTypable:
		return s, s.ofObject(ctx, kind)
	case attr.TypeWithElementType:
		return s, s.ofElements(ctx, kind)
	default:
		return nil, fmt.Errorf("values of type %s are not known here", kind)
	}
	return s, nil
}

func (s *shape) ofObject(ctx context.Context, kind basetypes.ObjectTypable) error {
	of, ok := kind.(attr.TypeWithAttributeTypes)
	if !ok {
		return fmt.Errorf("%s has no attributes", kind)
	}
	s.members, s.types = map[string]*shape{}, of.AttributeTypes()
	for name, member := range s.types {
		inner, err := shapeOf(ctx, member)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		s.members[name] = inner
	}
	s.wrap = func(value attr.Value) (attr.Value, error) {
		object, ok := value.(basetypes.ObjectValue)
		if !ok {
			return nil, errDoubt
		}
		wrapped, diags := kind.ValueFromObject(ctx, object)
		return wrapped, doubtIf(len(diags) > 0)
	}
	return nil
}

func (s *shape) ofElements(ctx context.Context, kind attr.TypeWithElementType) (err error) {
	switch kind.(type) {
	case basetypes.SetType, basetypes.ListType, basetypes.MapType:
	default:
		return fmt.Errorf("values of type %s are not known here", kind)
	}
	s.element, err = shapeOf(ctx, kind.ElementType())
	return err
}

// value reads a value, which has to be wholly known.
func (s *shape) value(dec *msgpack.Decoder) (attr.Value, error) {
	code, err := dec.PeekCode()
	switch {
	case err != nil:
		return nil, err
	case code == msgpcode.Nil:
		return s.null, dec.DecodeNil()
	case s.leaf != nil:
		return s.leaf(dec)
	case s.members != nil:
		values, err := s.attributes(dec)
		if err != nil {
			return nil, err
		}
		object, diags := basetypes.NewObjectValue(s.types, values)
		if len(diags) > 0 {
			return nil, errDoubt
		}
		return s.wrap(object)
	}
	return s.elements(dec)
}

// attributes reads those of an object, all of them and no others.
func (s *shape) attributes(dec *msgpack.Decoder) (map[string]attr.Value, error) {
	n, err := dec.DecodeMapLen()
	if err != nil || n != len(s.members) {
		return nil, errDoubt
	}
	values := make(map[string]attr.Value, n)
	for range n {
		name, err := readText(dec)
		if err != nil {
			return nil, err
		}
		member, twice := s.members[name], values[name] != nil
		if member == nil || twice {
			return nil, errDoubt
		}
		if values[name], err = member.value(dec); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func (s *shape) elements(dec *msgpack.Decoder) (attr.Value, error) {
	if _, isMap := s.kind.(basetypes.MapType); isMap {
		return s.mapped(dec)
	}
	n, err := dec.DecodeArrayLen()
	if err != nil || n < 0 {
		return nil, errDoubt
	}
	values := []attr.Value{}
	for range n {
		element, err := s.element.value(dec)
		if err != nil {
			return nil, err
		}
		values = append(values, element)
	}
	if _, isList := s.kind.(basetypes.ListType); isList {
		list, diags := basetypes.NewListValue(s.element.kind, values)
		return list, doubtIf(len(diags) > 0)
	}
	set, diags := basetypes.NewSetValue(s.element.kind, values)
	return set, doubtIf(len(diags) > 0)
}

func (s *shape) mapped(dec *msgpack.Decoder) (attr.Value, error) {
	n, err := dec.DecodeMapLen()
	if err != nil || n < 0 {
		return nil, errDoubt
	}
	values := map[string]attr.Value{}
	for range n {
		key, err := readText(dec)
		if err != nil || values[key] != nil {
			return nil, errDoubt
		}
		if values[key], err = s.element.value(dec); err != nil {
			return nil, err
		}
	}
	made, diags := basetypes.NewMapValue(s.element.kind, values)
	return made, doubtIf(len(diags) > 0)
}

// readText reads a text. What stands for a value that is not known yet is none.
func readText(dec *msgpack.Decoder) (string, error) {
	code, err := dec.PeekCode()
	if err != nil || !msgpcode.IsString(code) {
		return "", errDoubt
	}
	return dec.DecodeString()
}

func doubtIf(doubt bool) error {
	if doubt {
		return errDoubt
	}
	return nil
}

// object reads the attributes of a whole object that is neither null nor in part unknown.
func (s *shape) object(raw []byte) (Values, error) {
	reader := bytes.NewReader(raw)
	dec := msgpack.GetDecoder()
	defer msgpack.PutDecoder(dec)
	dec.Reset(reader)
	values, err := s.attributes(dec)
	if err == nil && reader.Len() > 0 {
		err = errDoubt
	}
	return values, err
}
