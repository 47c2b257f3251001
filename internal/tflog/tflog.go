// Package tflog writes the provider's log. What the fields hold comes from the service as often as not, so control characters
// and the like are made visible in all of them; nothing else may write to the log.
package tflog

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// Debug logs at the level DEBUG.
func Debug(ctx context.Context, message string, fields map[string]any) {
	tflog.Debug(ctx, message, visible(fields))
}

// Info logs at the level INFO.
func Info(ctx context.Context, message string, fields map[string]any) {
	tflog.Info(ctx, message, visible(fields))
}

// Warn logs at the level WARN.
func Warn(ctx context.Context, message string, fields map[string]any) {
	tflog.Warn(ctx, message, visible(fields))
}

func visible(fields map[string]any) map[string]any {
	shown := make(map[string]any, len(fields))
	for name, value := range fields {
		switch value.(type) {
		case bool, int, int64:
			shown[name] = value
		default:
			shown[name] = catalog.Visible(fmt.Sprint(value))
		}
	}
	return shown
}
