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

// acceptedVault reads the answer that accepts a vault. The service has it by then, so that an answer that cannot be read is
// no failure: until the next look, the vault is what was asked for.
func acceptedVault(answer []byte, id arm.ID, asked any) (Vault, error) {
	var w wireVault
	if json.Unmarshal(answer, &w) == nil {
		if v, err := w.vault(); err == nil {
			return v, nil
		}
	}
	w = wireVault{}
	raw, err := json.Marshal(asked)
	if err == nil {
		err = json.Unmarshal(raw, &w)
	}
	if err != nil {
		return Vault{}, err
	}
	w.ID = id.String()
	if w.Properties == nil {
		w.Properties = &wireProperties{}
	}
	w.Properties.ProvisioningState = "Provisioning"
	return w.vault()
}
