package unchanged

import (
	"fmt"
	"reflect"

	"github.com/hashicorp/terraform-plugin-framework/attr"
)

// Values are the attributes of an object.
type Values map[string]attr.Value

// Model reads values into structs of a type, whose fields are tagged as those that the framework reads into.
type Model[M any] struct{ fields []field }

type field struct {
	name string
	at   []int
}

// NewModel makes the Model of a type of struct; one with a field that is no value is a mistake in the program.
func NewModel[M any]() *Model[M] {
	m := &Model[M]{}
	kind := reflect.TypeFor[M]()
	for _, f := range reflect.VisibleFields(kind) {
		name, tagged := f.Tag.Lookup("tfsdk")
		if !tagged {
			continue
		}
		if !f.Type.Implements(reflect.TypeFor[attr.Value]()) {
			panic(fmt.Sprintf("%s.%s is not a value", kind, f.Name))
		}
		m.fields = append(m.fields, field{name, f.Index})
	}
	return m
}

// Read fills a struct; ok is false when the values are not those of the model.
func (m *Model[M]) Read(values Values) (model M, ok bool) {
	if len(values) != len(m.fields) {
		return model, false
	}
	to := reflect.ValueOf(&model).Elem()
	for _, f := range m.fields {
		value, target := reflect.ValueOf(values[f.name]), to.FieldByIndex(f.at)
		if !value.IsValid() || value.Type() != target.Type() {
			return model, false
		}
		target.Set(value)
	}
	return model, true
}

// Same tells whether two structs have the same values, spelled the same.
func (m *Model[M]) Same(a, b M) bool {
	x, y := reflect.ValueOf(&a).Elem(), reflect.ValueOf(&b).Elem()
	for _, f := range m.fields {
		was, ok := x.FieldByIndex(f.at).Interface().(attr.Value)
		is, both := y.FieldByIndex(f.at).Interface().(attr.Value)
		if !ok || !both || !was.Equal(is) {
			return false
		}
	}
	return true
}
