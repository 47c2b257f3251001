package vault

import (
	"context"
	"encoding/json"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// read asks the service for one vault, past every cache.
func (c *Client) read(ctx context.Context, id arm.ID) (Vault, time.Duration, error) {
	var w wireVault
	hint, err := c.arm.Poll(ctx, id.String(), catalog.VaultAPIVersion, &w)
	if err != nil {
		return Vault{}, 0, err
	}
	v, err := w.vault()
	return v, hint, err
}

func decodeVault(body []byte) (Vault, error) {
	var w wireVault
	if err := json.Unmarshal(body, &w); err != nil {
		return Vault{}, err
	}
	return w.vault()
}
