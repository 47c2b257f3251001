package unchanged

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Kind is a type of resource whose unchanged objects are answered for here.
type Kind struct {
	Resource resource.ResourceWithIdentity
	Object   Object
	// Names are attributes of type string in which the objects of a configuration differ. What else of a configuration is
	// valid must not depend on them: their own validators are all that looks at them before the plan.
	Names []string
	// Modifiers are plan modifiers of the kinds that do nothing to a value which is the one in the state. Where they do
	// something all the same, Object.Stays says no.
	Modifiers []any
}

// Object is the part of a resource that knows whether something has changed.
type Object interface {
	// Look reads the object of a state.
	Look(ctx context.Context, state Values, private *Private) Look
	// Stays tells whether the plan of an object is to do nothing and to say nothing, when the values proposed for it are those
	// that it has. It notes what a plan has to, also in private state.
	Stays(ctx context.Context, state, config Values, private *Private) bool
}

// Look is what a look at an object has found.
type Look struct {
	// Found is handed to the resource's Read, which takes it for its own look: see Found.
	Found any
	// Unchanged tells that a read leaves state and private state as they are, and says nothing.
	Unchanged bool
	// Identity is the identity of the object: a struct of texts with the tags of its schema.
	Identity any
}

// kind is a Kind made ready.
type kind struct {
	Kind
	name     string
	version  int64
	shape    *shape
	identity identity
	defaults []defaultValue
	names    map[string]nameCheck
	valid    validConfigs
	// The types in which a test compares values.
	stateType, identityType tftypes.Type
}

// nameCheck tells whether the validators of an attribute have nothing to say of a text.
type nameCheck func(ctx context.Context, text string) bool

// makeKind reads the schema of a resource. An error says what in it is not known here: the framework then answers for
// all objects of this type.
func makeKind(ctx context.Context, provider string, of Kind) (*kind, error) {
	var meta resource.MetadataResponse
	of.Resource.Metadata(ctx, resource.MetadataRequest{ProviderTypeName: provider}, &meta)
	var described resource.SchemaResponse
	of.Resource.Schema(ctx, resource.SchemaRequest{}, &described)
	var identified resource.IdentitySchemaResponse
	of.Resource.IdentitySchema(ctx, resource.IdentitySchemaRequest{}, &identified)
	s := described.Schema
	k := &kind{Kind: of, name: meta.TypeName, version: s.Version, names: map[string]nameCheck{}}
	if len(s.Blocks) > 0 {
		return nil, fmt.Errorf("%s has blocks", k.name)
	}
	types := map[string]attr.Type{}
	for name, attribute := range s.Attributes {
		types[name] = attribute.GetType()
		if err := k.scan(ctx, []string{name}, attribute); err != nil {
			return nil, fmt.Errorf("%s: %w", k.name, err)
		}
	}
	k.shape = &shape{members: map[string]*shape{}, types: types}
	for name, of := range types {
		var err error
		if k.shape.members[name], err = shapeOf(ctx, of); err != nil {
			return nil, fmt.Errorf("%s.%s: %w", k.name, name, err)
		}
	}
	for _, name := range of.Names {
		attribute, ok := s.Attributes[name].(schema.StringAttribute)
		if !ok {
			return nil, fmt.Errorf("%s.%s is no text", k.name, name)
		}
		k.names[name] = checkOf(name, attribute.Validators)
	}
	k.stateType = s.Type().TerraformType(ctx)
	k.identityType = identified.IdentitySchema.Type().TerraformType(ctx)
	var err error
	k.identity, err = makeIdentity(ctx, identified.IdentitySchema)
	return k, err
}

// scan finds the defaults of an attribute and of those within it, and refuses what could change a plan unseen.
func (k *kind) scan(ctx context.Context, at []string, attribute schema.Attribute) error {
	if attribute.IsWriteOnly() {
		return fmt.Errorf("%v is never stored", at)
	}
	fields := reflect.ValueOf(attribute)
	if modifiers := fields.FieldByName("PlanModifiers"); modifiers.IsValid() {
		for i := range modifiers.Len() {
			if modifier := modifiers.Index(i).Elem(); !k.isQuiet(modifier.Type()) {
				return fmt.Errorf("%v has a plan modifier %s", at, modifier.Type())
			}
		}
	}
	if fallback := fields.FieldByName("Default"); fallback.IsValid() && !fallback.IsNil() {
		value, err := staticDefault(ctx, attribute)
		if err != nil {
			return fmt.Errorf("%v: %w", at, err)
		}
		k.defaults = append(k.defaults, defaultValue{at, value})
	}
	if nested, ok := attribute.(schema.SingleNestedAttribute); ok {
		for name, inner := range nested.Attributes {
			if err := k.scan(ctx, append(slices.Clone(at), name), inner); err != nil {
				return err
			}
		}
		return nil
	}
	if fields.FieldByName("NestedObject").IsValid() {
		return fmt.Errorf("%v has a number of objects", at)
	}
	return nil
}

func (k *kind) isQuiet(modifier reflect.Type) bool {
	return slices.ContainsFunc(k.Modifiers, func(known any) bool { return reflect.TypeOf(known) == modifier })
}

func checkOf(name string, validators []validator.String) nameCheck {
	return func(ctx context.Context, text string) bool { return saysNothing(ctx, name, text, validators) }
}
