package main

import (
	"fmt"
	"maps"
	"math/big"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// attributes are those of a block of a configuration: texts, truths, numbers, []any, and attributes of nested ones or maps.
type attributes map[string]any

// reference is the value of an attribute of another resource.
type reference struct{ address, attribute string }

// valueOf makes a value of a type. lookup gives the values of references.
func valueOf(kind tftypes.Type, v any, lookup func(reference) tftypes.Value) tftypes.Value {
	switch v := v.(type) {
	case reference:
		return lookup(v)
	case attributes:
		switch of := kind.(type) {
		case tftypes.Object:
			values := map[string]tftypes.Value{}
			for name, attribute := range of.AttributeTypes {
				values[name] = valueOf(attribute, v[name], lookup)
			}
			return tftypes.NewValue(kind, values)
		case tftypes.Map:
			values := map[string]tftypes.Value{}
			for name, value := range v {
				values[name] = valueOf(of.ElementType, value, lookup)
			}
			return tftypes.NewValue(kind, values)
		}
	case []any:
		var element tftypes.Type
		switch of := kind.(type) {
		case tftypes.Set:
			element = of.ElementType
		case tftypes.List:
			element = of.ElementType
		}
		values := []tftypes.Value{}
		for _, value := range v {
			values = append(values, valueOf(element, value, lookup))
		}
		return tftypes.NewValue(kind, values)
	case int:
		return tftypes.NewValue(kind, big.NewFloat(float64(v)))
	}
	return tftypes.NewValue(kind, v)
}

// with returns the attributes with others put over them; nil takes one away.
func (a attributes) with(others attributes) attributes {
	a = maps.Clone(a)
	for name, value := range others {
		if value == nil {
			delete(a, name)
		} else {
			a[name] = value
		}
	}
	return a
}

// membersOf are the attributes of an object, nil of null or unknown.
func membersOf(v tftypes.Value) map[string]tftypes.Value {
	members := map[string]tftypes.Value{}
	if v.IsNull() || !v.IsKnown() || v.As(&members) != nil {
		return nil
	}
	return members
}

// textOf is an attribute of type string, "" when it is null or unknown.
func textOf(v tftypes.Value, name string) string {
	text := ""
	if member, ok := membersOf(v)[name]; ok && member.IsKnown() && !member.IsNull() {
		_ = member.As(&text) // of another type: no text
	}
	return text
}

// proposedNew is what Terraform proposes to the provider: what is configured, and for what is not, what there was, if the
// provider may choose it.
func proposedNew(kind tftypes.Type, schema []*tfprotov6.SchemaAttribute, prior, config tftypes.Value) tftypes.Value {
	before, configured := membersOf(prior), membersOf(config)
	values := map[string]tftypes.Value{}
	for _, a := range schema {
		value := configured[a.Name]
		was, there := before[a.Name]
		switch {
		case value.IsNull() && a.Computed && there && !onlyConfigured(a, was):
			value = was
		case a.NestedType != nil && a.NestedType.Nesting == tfprotov6.SchemaObjectNestingModeSingle && !value.IsNull() && value.IsKnown():
			if !there {
				was = tftypes.NewValue(value.Type(), nil)
			}
			value = proposedNew(value.Type(), a.NestedType.Attributes, was, value)
		}
		values[a.Name] = value
	}
	return tftypes.NewValue(kind, values)
}

// onlyConfigured tells whether a nested value has something that only a configuration can have given it.
func onlyConfigured(a *tfprotov6.SchemaAttribute, was tftypes.Value) bool {
	if a.NestedType == nil || !a.Optional {
		return false
	}
	members := membersOf(was)
	for _, nested := range a.NestedType.Attributes {
		if value, ok := members[nested.Name]; ok && !nested.Computed && !value.IsNull() {
			return true
		}
	}
	return false
}

// differs finds a place where a value is another than one that was promised: what was unknown may have become anything.
func differs(promised, is tftypes.Value, at string) string {
	if !promised.IsKnown() {
		return ""
	}
	if promised.IsFullyKnown() {
		if promised.Equal(is) {
			return ""
		}
		if _, object := promised.Type().(tftypes.Object); !object || promised.IsNull() || is.IsNull() {
			return fmt.Sprintf("%s: was planned as %s, and is %s", at, promised, is)
		}
	}
	after := membersOf(is)
	for name, value := range membersOf(promised) {
		other, ok := after[name]
		if !ok {
			return at + ": is null or unknown"
		}
		if found := differs(value, other, at+"."+name); found != "" {
			return found
		}
	}
	return ""
}
