package tflog_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/azurebackup/terraform-provider-backup/internal/tflog"
)

func TestFieldsAreVisible(t *testing.T) {
	t.Parallel()
	type state string
	for level, log := range map[string]func(context.Context, string, map[string]any){
		"debug": tflog.Debug, "info": tflog.Info, "warn": tflog.Warn,
	} {
		var out bytes.Buffer
		log(tflogtest.RootLogger(t.Context(), &out), "a message", map[string]any{
			"text": "a\x1b[31m\u202e\xff", "error": errors.New("\x00"), "state": state("\u200b"), "texts": []string{"\x7f"}, "status": 404, "us": int64(5),
		})
		lines, err := tflogtest.MultilineJSONDecode(&out)
		if err != nil {
			t.Fatal(err)
		}
		want := []map[string]any{{
			"@level": level, "@message": "a message", "@module": "provider",
			"text": `a\x1b[31m\u202e\xff`, "error": `\x00`, "state": `\u200b`, "texts": `[\x7f]`, "status": 404.0, "us": 5.0,
		}}
		if diff := cmp.Diff(want, lines); diff != "" {
			t.Error(diff)
		}
	}
}
