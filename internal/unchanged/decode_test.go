package unchanged

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

var within = map[string]attr.Type{"days": types.Int64Type, "words": types.SetType{ElemType: types.StringType}}

// everything has an attribute of each type.
var everything = map[string]attr.Type{
	"text": types.StringType, "on": types.BoolType, "count": types.Int64Type,
	"set": types.SetType{ElemType: types.StringType}, "list": types.ListType{ElemType: types.Int64Type},
	"tags": types.MapType{ElemType: types.StringType}, "object": types.ObjectType{AttrTypes: within},
}

func shapeOfEverything(t testing.TB) (*shape, tftypes.Object) {
	t.Helper()
	of := types.ObjectType{AttrTypes: everything}
	s, err := shapeOf(t.Context(), of)
	if err != nil {
		t.Fatal(err)
	}
	kind, ok := of.TerraformType(t.Context()).(tftypes.Object)
	if !ok {
		t.Fatal("not an object")
	}
	return s, kind
}

// What is stored is read as the framework reads it, and what is sent is read back as it was; anything else is in doubt.
func TestShape(t *testing.T) {
	t.Parallel()
	s, kind := shapeOfEverything(t)
	const whole = `{"text":"é","on":true,"count":-40000,"set":["a","b"],"list":[1,2],"tags":{"a":null,"b":""},"object":{"days":14,"words":[]}}`
	for name, test := range map[string]struct {
		stored string
		ok     bool
	}{
		"whole":            {whole, true},
		"nulls":            {`{"text":null,"on":null,"count":null,"set":null,"list":null,"tags":null,"object":null}`, true},
		"null within":      {`{"text":"","on":false,"count":0,"set":[null],"list":[],"tags":{},"object":{"days":null,"words":null}}`, true},
		"one too many":     {`{"more":1,` + whole[1:], false},
		"one missing":      {`{"text":"a"}`, false},
		"one twice":        {`{"text":"a",` + whole[1:], false},
		"number for text":  {`{"text":5,"on":null,"count":null,"set":null,"list":null,"tags":null,"object":null}`, false},
		"text for switch":  {`{"text":null,"on":"true","count":null,"set":null,"list":null,"tags":null,"object":null}`, false},
		"text for number":  {`{"text":null,"on":null,"count":"5","set":null,"list":null,"tags":null,"object":null}`, false},
		"fraction":         {`{"text":null,"on":null,"count":1.5,"set":null,"list":null,"tags":null,"object":null}`, false},
		"exponent":         {`{"text":null,"on":null,"count":1e2,"set":null,"list":null,"tags":null,"object":null}`, false},
		"huge number":      {`{"text":null,"on":null,"count":12345678901234567890,"set":null,"list":null,"tags":null,"object":null}`, false},
		"object for set":   {`{"text":null,"on":null,"count":null,"set":{},"list":null,"tags":null,"object":null}`, false},
		"list for map":     {`{"text":null,"on":null,"count":null,"set":null,"list":null,"tags":[],"object":null}`, false},
		"list for object":  {`{"text":null,"on":null,"count":null,"set":null,"list":null,"tags":null,"object":[]}`, false},
		"more after it":    {whole + `{}`, false},
		"cut off":          {whole[:len(whole)-1], false},
		"null":             {`null`, false},
		"nothing":          {``, false},
		"a key twice":      {`{"text":null,"on":null,"count":null,"set":null,"list":null,"tags":{"a":"1","a":"2"},"object":null}`, false},
		"one more within":  {`{"text":null,"on":null,"count":null,"set":null,"list":null,"tags":null,"object":{"days":1,"words":null,"more":1}}`, false},
		"one less within":  {`{"text":null,"on":null,"count":null,"set":null,"list":null,"tags":null,"object":{"days":1}}`, false},
		"text for element": {`{"text":null,"on":null,"count":null,"set":null,"list":["1"],"tags":null,"object":null}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := s.isStored([]byte(test.stored)); got != test.ok {
				t.Fatalf("isStored is %v", got)
			}
			if !test.ok {
				return
			}
			value, err := (&tfprotov6.DynamicValue{JSON: []byte(test.stored)}).Unmarshal(kind)
			if err != nil {
				t.Fatal(err)
			}
			sent, err := tfprotov6.NewDynamicValue(kind, value)
			if err != nil {
				t.Fatal(err)
			}
			values, err := s.object(sent.MsgPack)
			if err != nil {
				t.Fatal(err)
			}
			of := types.ObjectType{AttrTypes: everything}
			want, err := of.ValueFromTerraform(t.Context(), value)
			if err != nil {
				t.Fatal(err)
			}
			if got := types.ObjectValueMust(everything, values); !got.Equal(want) {
				t.Errorf("got %s, want %s", got, want)
			}
			for n := range sent.MsgPack {
				if _, err := s.object(sent.MsgPack[:n]); err == nil {
					t.Errorf("%d of %d bytes are an object", n, len(sent.MsgPack))
				}
			}
		})
	}
}

// What is not known yet is never read as something.
func TestShape_unknown(t *testing.T) {
	t.Parallel()
	s, kind := shapeOfEverything(t)
	for name := range everything {
		values := map[string]tftypes.Value{}
		for other, of := range kind.AttributeTypes {
			values[other] = tftypes.NewValue(of, nil)
		}
		values[name] = tftypes.NewValue(kind.AttributeTypes[name], tftypes.UnknownValue)
		sent, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, values))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.object(sent.MsgPack); err == nil {
			t.Errorf("an unknown %s is read", name)
		}
	}
	null, err := tfprotov6.NewDynamicValue(kind, tftypes.NewValue(kind, nil))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.object(null.MsgPack); err == nil {
		t.Error("null is read")
	}
}
