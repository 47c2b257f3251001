package unchanged

import (
	"bytes"
	"context"
	"crypto/sha256"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/vmihailenco/msgpack/v5"
)

// validConfigs are the configurations of which the framework had nothing to say in this process, without the names of the
// objects.
type validConfigs struct {
	mu    sync.Mutex
	known map[configKey]bool
}

type configKey [sha256.Size]byte

func (v *validConfigs) has(key configKey) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.known[key]
}

func (v *validConfigs) add(key configKey) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.known == nil {
		v.known = map[configKey]bool{}
	}
	v.known[key] = true
}

// saysNothing tells whether none of the validators says anything of a text.
func saysNothing(ctx context.Context, name, text string, validators []validator.String) bool {
	at := path.Root(name)
	for _, v := range validators {
		var resp validator.StringResponse
		v.ValidateString(ctx, validator.StringRequest{
			Path: at, PathExpression: at.Expression(), ConfigValue: basetypes.NewStringValue(text),
		}, &resp)
		if len(resp.Diagnostics) > 0 {
			return false
		}
	}
	return true
}

// keyOf is what a request to validate has in common with those that differ in names alone. It takes names that are
// known and valid by themselves.
func (k *kind) keyOf(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (key configKey, err error) {
	raw := req.Config.MsgPack
	reader := bytes.NewReader(raw)
	dec := msgpack.GetDecoder()
	defer msgpack.PutDecoder(dec)
	dec.Reset(reader)
	n, err := dec.DecodeMapLen()
	if err != nil || n != len(k.shape.members) {
		return key, errDoubt
	}
	digest := sha256.New()
	if req.ClientCapabilities != nil && req.ClientCapabilities.WriteOnlyAttributesAllowed {
		digest.Write([]byte{1})
	}
	from := 0
	here := func() int { return len(raw) - reader.Len() }
	for range n {
		name, err := readText(dec)
		if err != nil {
			return key, err
		}
		check := k.names[name]
		if check == nil {
			if err := dec.Skip(); err != nil {
				return key, err
			}
			continue
		}
		digest.Write(raw[from:here()])
		text, err := readText(dec)
		if err != nil || !check(ctx, text) {
			return key, errDoubt
		}
		from = here()
	}
	if reader.Len() > 0 {
		return key, errDoubt
	}
	digest.Write(raw[from:])
	return configKey(digest.Sum(nil)), nil
}
