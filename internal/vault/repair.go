package vault

import (
	"context"
	"net/http"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// BeginRepair writes an existing vault again with these settings, which restarts a write that Failed. Everything else
// about the vault is sent back as the service gave it, since a PUT replaces what it does not name.
func (c *Client) BeginRepair(ctx context.Context, id arm.ID, settings Settings) (Vault, error) {
	document := map[string]any{}
	if err := c.arm.Get(ctx, id.String(), catalog.VaultAPIVersion, &document); err != nil {
		return Vault{}, err
	}
	properties, ok := document["properties"].(map[string]any)
	if !ok {
		properties = map[string]any{}
		document["properties"] = properties
	}
	properties["redundancySettings"] = newWireRedundancy(settings.Redundancy, settings.CrossRegionRestoreEnabled)
	document["tags"] = settings.Tags
	if settings.Tags == nil {
		document["tags"] = map[string]string{}
	}
	return c.put(ctx, id, document, http.Header{})
}
