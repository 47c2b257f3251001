package vault

import (
	"context"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// The attributes that some API versions for what is in a vault do not have.
const (
	AttributeInstantAccess = "instant_access_snapshot_enabled"
	AttributeSourceScan    = "source_scan_enabled"
	AttributeClean         = "clean_only"
)

// newerSince are the API versions that they came with.
var newerSince = map[string]string{
	AttributeInstantAccess: catalog.InstantAccessSince, AttributeSourceScan: catalog.SourceScanSince, AttributeClean: catalog.SourceScanSince,
}

// lack is an error when an API version does not have an attribute.
func lack(version, attribute string) error {
	if version >= newerSince[attribute] {
		return nil
	}
	return &LackingError{Attributes: []string{attribute}, Version: version, InVault: true}
}

// Lack is a *LackingError when the cloud of a vault, which need not exist yet, has no API version with an attribute. The service
// is asked once.
func (c *Client) Lack(ctx context.Context, vault arm.ID, attribute string) error {
	path := vault.String() + "/backupPolicies/DefaultPolicy"
	if err := lack(c.arm.VersionOf(path, catalog.NewBackupAPIVersion), attribute); err != nil {
		return err
	}
	// What goes wrong with it is for the one to report who needs the answer.
	_, _ = c.newVersion.get(ctx, "", func(ctx context.Context) (struct{}, error) {
		err := c.arm.Get(ctx, path, catalog.NewBackupAPIVersion, nil)
		if arm.IsNotFound(err) {
			err = nil // it was understood
		}
		return struct{}{}, err
	})
	return lack(c.arm.VersionOf(path, catalog.NewBackupAPIVersion), attribute)
}
