// Package tfvalue has what lies between models and Terraform: raw values read for rules that know nothing of Terraform, texts
// that have several spellings, plans that keep what is there, private state, and the words of problems.
package tfvalue

import (
	"math/big"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// Object has the attributes of an object. Those of an unknown one are unknown, and a null one has none.
type Object struct {
	attributes map[string]tftypes.Value
	unknown    bool
}

// ObjectOf reads an object.
func ObjectOf(v tftypes.Value) Object {
	o := Object{unknown: !v.IsKnown()}
	if v.IsKnown() && !v.IsNull() {
		o.unknown = v.As(&o.attributes) != nil
	}
	return o
}

// At is the object that is an attribute of this one.
func (o Object) At(name string) Object {
	if v, ok := o.attributes[name]; ok && !o.unknown {
		return ObjectOf(v)
	}
	return Object{unknown: o.unknown}
}

// Text is an attribute of type string.
func (o Object) Text(name string) catalog.Value[string] { return read[string](o, name) }

// Flag is an attribute of type bool.
func (o Object) Flag(name string) catalog.Value[bool] { return read[bool](o, name) }

// Number is an attribute that is a whole number.
func (o Object) Number(name string) catalog.Value[int64] {
	return mapped(read[big.Float](o, name), func(f big.Float) int64 {
		n, _ := f.Int64()
		return n
	})
}

// Texts is an attribute that is a list or a set of strings, each of which may be unknown.
func (o Object) Texts(name string) catalog.Value[[]catalog.Value[string]] {
	return mapped(read[[]tftypes.Value](o, name), func(elements []tftypes.Value) (texts []catalog.Value[string]) {
		for _, element := range elements {
			texts = append(texts, Object{attributes: map[string]tftypes.Value{"": element}}.Text(""))
		}
		return texts
	})
}

// ReadObject makes something of an attribute that is an object; absent while that is null.
func ReadObject[T any](o Object, name string, read func(Object) T) (value catalog.Value[T]) {
	inner := o.At(name)
	switch {
	case inner.unknown:
		return catalog.Unknown[T]()
	case inner.attributes == nil:
		return value
	}
	return catalog.Known(read(inner))
}

func read[T any](o Object, name string) (value catalog.Value[T]) {
	v, ok := o.attributes[name]
	switch {
	case o.unknown || ok && !v.IsKnown():
		return catalog.Unknown[T]()
	case !ok || v.IsNull():
		return value
	}
	var known T
	if v.As(&known) != nil {
		return catalog.Unknown[T]()
	}
	return catalog.Known(known)
}

// mapped turns a value that is known into another.
func mapped[T, U any](v catalog.Value[T], into func(T) U) (value catalog.Value[U]) {
	if v.IsUnknown() {
		return catalog.Unknown[U]()
	}
	if known, ok := v.Get(); ok {
		return catalog.Known(into(known))
	}
	return value
}
