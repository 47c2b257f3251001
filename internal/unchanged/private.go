package unchanged

import (
	"context"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// Private is what a resource keeps in private state. It reads and writes like the framework's.
type Private struct {
	keys  map[string][]byte
	wrote bool
}

// readPrivate reads private state. What the framework keeps in it for itself, or would complain of, is left to the framework.
func readPrivate(raw []byte) (*Private, error) {
	p := &Private{}
	if len(raw) == 0 {
		return p, nil
	}
	if err := json.Unmarshal(raw, &p.keys); err != nil {
		return nil, err
	}
	for key, value := range p.keys {
		if strings.HasPrefix(key, ".") || !utf8.Valid(value) || !json.Valid(value) {
			return nil, errDoubt
		}
	}
	return p, nil
}

// GetKey reads the JSON under a key; nil when there is none.
func (p *Private) GetKey(_ context.Context, key string) ([]byte, diag.Diagnostics) {
	return p.keys[key], nil
}

// SetKey writes JSON under a key; none takes the key away.
func (p *Private) SetKey(_ context.Context, key string, value []byte) diag.Diagnostics {
	if p.keys == nil {
		p.keys = map[string][]byte{}
	}
	p.wrote = true
	p.keys[key] = value
	if len(value) == 0 {
		delete(p.keys, key)
	}
	return nil
}

// encode is private state as Terraform is given it.
func (p *Private) encode() ([]byte, error) {
	if len(p.keys) == 0 {
		return nil, nil
	}
	return json.Marshal(p.keys)
}
