package unchanged

import (
	"bytes"
	"context"
	"fmt"
	"reflect"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// identity reads and writes the identities of a resource, which are made of texts.
type identity struct {
	shape *shape
	kind  tftypes.Object
}

func makeIdentity(ctx context.Context, s identityschema.Schema) (identity, error) {
	i := identity{shape: &shape{members: map[string]*shape{}}, kind: tftypes.Object{AttributeTypes: map[string]tftypes.Type{}}}
	for name, attribute := range s.Attributes {
		if !attribute.GetType().TerraformType(ctx).Is(tftypes.String) {
			return i, fmt.Errorf("%s of the identity is no text", name)
		}
		var err error
		if i.shape.members[name], err = shapeOf(ctx, attribute.GetType()); err != nil {
			return i, err
		}
		i.kind.AttributeTypes[name] = tftypes.String
	}
	return i, nil
}

// of is the identity of an object, which has to be the current one where there is one.
func (i identity) of(current *tfprotov6.ResourceIdentityData, is any) (*tfprotov6.ResourceIdentityData, error) {
	texts := map[string]tftypes.Value{}
	from := reflect.ValueOf(is)
	for n := range from.NumField() {
		value, ok := from.Field(n).Interface().(interface{ ValueStringPointer() *string })
		if !ok {
			return nil, errDoubt
		}
		texts[from.Type().Field(n).Tag.Get("tfsdk")] = tftypes.NewValue(tftypes.String, value.ValueStringPointer())
	}
	if current == nil {
		encoded, err := tfprotov6.NewDynamicValue(i.kind, tftypes.NewValue(i.kind, texts))
		return &tfprotov6.ResourceIdentityData{IdentityData: &encoded}, err
	}
	there, err := i.read(current)
	if err != nil {
		return nil, err
	}
	for name, value := range there {
		text, err := value.ToTerraformValue(context.Background())
		if err != nil || !text.Equal(texts[name]) {
			return nil, errDoubt
		}
	}
	return current, nil
}

// orNull is the identity that there is, or the null that the framework makes of none.
func (i identity) orNull(current *tfprotov6.ResourceIdentityData) (*tfprotov6.ResourceIdentityData, error) {
	if current != nil {
		_, err := i.read(current)
		return current, err
	}
	null, err := tfprotov6.NewDynamicValue(i.kind, tftypes.NewValue(i.kind, nil))
	return &tfprotov6.ResourceIdentityData{IdentityData: &null}, err
}

func (i identity) read(data *tfprotov6.ResourceIdentityData) (map[string]attr.Value, error) {
	if data.IdentityData == nil {
		return nil, errDoubt
	}
	return i.shape.object(data.IdentityData.MsgPack)
}

// sameBytes tells whether two values were encoded to the same bytes.
func sameBytes(a, b *tfprotov6.DynamicValue) bool {
	return a != nil && b != nil && len(a.MsgPack) > 0 && bytes.Equal(a.MsgPack, b.MsgPack)
}
