package tfvalue_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
)

var inner = tftypes.Object{AttributeTypes: map[string]tftypes.Type{"days": tftypes.Number, "ids": tftypes.Set{ElementType: tftypes.String}}}

var outer = tftypes.Object{AttributeTypes: map[string]tftypes.Type{"name": tftypes.String, "on": tftypes.Bool, "inner": inner}}

func object(kind tftypes.Object, values map[string]any) tftypes.Value {
	attributes := map[string]tftypes.Value{}
	for name, of := range kind.AttributeTypes {
		if v, ok := values[name].(tftypes.Value); ok {
			attributes[name] = v
			continue
		}
		attributes[name] = tftypes.NewValue(of, values[name])
	}
	return tftypes.NewValue(kind, attributes)
}

func ids(values ...any) tftypes.Value {
	var elements []tftypes.Value
	for _, v := range values {
		elements = append(elements, tftypes.NewValue(tftypes.String, v))
	}
	return tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, elements)
}

// state tells the three apart.
func state[T any](v catalog.Value[T]) string {
	if _, known := v.Get(); known {
		return "known"
	}
	if v.IsUnknown() {
		return "unknown"
	}
	return "absent"
}

func TestObject_unknownNullAndKnown(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		value                  tftypes.Value
		text, days, list, read string
	}{
		"an unknown object":    {tftypes.NewValue(outer, tftypes.UnknownValue), "unknown", "unknown", "unknown", "unknown"},
		"a null object":        {tftypes.NewValue(outer, nil), "absent", "absent", "absent", "absent"},
		"one without anything": {object(outer, nil), "absent", "absent", "absent", "absent"},
		"unknown attributes": {
			object(outer, map[string]any{"name": tftypes.UnknownValue, "inner": tftypes.UnknownValue}),
			"unknown", "unknown", "unknown", "unknown",
		},
		"unknown ones deeper": {
			object(outer, map[string]any{"name": "", "inner": object(inner, map[string]any{"days": tftypes.UnknownValue, "ids": tftypes.UnknownValue})}),
			"known", "unknown", "unknown", "known",
		},
		"known ones": {
			object(outer, map[string]any{"name": "n", "inner": object(inner, map[string]any{"days": 0, "ids": ids()})}),
			"known", "known", "known", "known",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := tfvalue.ObjectOf(test.value)
			got := []string{
				state(o.Text("name")), state(o.At("inner").Number("days")), state(o.At("inner").Texts("ids")),
				state(tfvalue.ReadObject(o, "inner", func(tfvalue.Object) bool { return true })),
			}
			if diff := cmp.Diff([]string{test.text, test.days, test.list, test.read}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestObject_values(t *testing.T) {
	t.Parallel()
	o := tfvalue.ObjectOf(object(outer, map[string]any{
		"name": "n", "on": true, "inner": object(inner, map[string]any{"days": 30, "ids": ids("a", tftypes.UnknownValue)}),
	}))
	name, _ := o.Text("name").Get()
	on, _ := o.Flag("on").Get()
	days, _ := o.At("inner").Number("days").Get()
	list, _ := o.At("inner").Texts("ids").Get()
	var states []string
	for _, element := range list {
		states = append(states, state(element))
	}
	if name != "n" || !on || days != 30 || !cmp.Equal(states, []string{"known", "unknown"}) {
		t.Error(name, on, days, states)
	}
	if got := state(o.Flag("name")); got != "unknown" {
		t.Errorf("an attribute of another type is %s", got)
	}
}

func TestDifferences(t *testing.T) {
	t.Parallel()
	is := object(outer, map[string]any{"name": "n", "inner": object(inner, map[string]any{"days": 14, "ids": ids("a")})})
	for name, test := range map[string]struct {
		wanted, is tftypes.Value
		want       []string
	}{
		"none":    {is, is, nil},
		"open":    {object(outer, map[string]any{"name": tftypes.UnknownValue, "inner": tftypes.UnknownValue}), is, nil},
		"deeper":  {object(outer, map[string]any{"name": "n", "inner": object(inner, map[string]any{"days": 30, "ids": ids("a", "b")})}), is, []string{`v.inner.days was to be 30, and is 14`, `v.inner.ids was to be ["a", "b"], and is ["a"]`}},
		"removed": {object(outer, map[string]any{"name": "m", "on": false}), is, []string{`v.inner was to be not set, and is { days = 14, ids = ["a"] }`, `v.name was to be "m", and is "n"`, `v.on was to be false, and is not set`}},
		"open parts of what is missing": {
			object(outer, map[string]any{"name": "n", "on": tftypes.UnknownValue, "inner": object(inner, map[string]any{"days": tftypes.UnknownValue, "ids": ids("a")})}),
			object(outer, map[string]any{"name": "n"}),
			[]string{`v.inner was to be { ids = ["a"] }, and is not set`},
		},
		"a map": {
			tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, map[string]tftypes.Value{"a": tftypes.NewValue(tftypes.String, "1")}),
			tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, map[string]tftypes.Value{"b": tftypes.NewValue(tftypes.String, "2")}),
			[]string{`v.a was to be "1", and is not set`, `v.b was to be not set, and is "2"`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, tfvalue.Differences("v", test.wanted, test.is)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
