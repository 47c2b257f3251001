package tfvalue

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// PrivateReader is the part of a request that reads private state.
type PrivateReader interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

// PrivateWriter is the part of a response that writes private state.
type PrivateWriter interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// PrivateText reads a text of private state; empty when there is none of that key.
func PrivateText(ctx context.Context, private PrivateReader, key string) (text string) {
	raw, diags := private.GetKey(ctx, key)
	if diags.HasError() || raw == nil || json.Unmarshal(raw, &text) != nil {
		return ""
	}
	return text
}

// SetPrivateText writes a text to private state, which holds JSON.
func SetPrivateText(ctx context.Context, private PrivateWriter, key, text string) diag.Diagnostics {
	raw, err := json.Marshal(text)
	if err != nil {
		return diag.Diagnostics{diag.NewErrorDiagnostic("Unable to write private state", Sentence(err.Error()))}
	}
	return private.SetKey(ctx, key, raw)
}

// StoredObject reads attributes of a state as Terraform stores it; those of other types than texts and switches are left out.
func StoredObject(raw []byte) (texts map[string]string, flags map[string]bool) {
	var attributes map[string]any
	texts, flags = map[string]string{}, map[string]bool{}
	if json.Unmarshal(raw, &attributes) != nil {
		return texts, flags
	}
	for name, value := range attributes {
		switch v := value.(type) {
		case string:
			texts[name] = v
		case bool:
			flags[name] = v
		}
	}
	return texts, flags
}
