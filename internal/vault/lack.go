package vault

import (
	"context"
	"fmt"

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

// LackError says that a cloud has no API version with something that was asked for. Nothing is written then: the service would
// pass it over.
type LackError struct {
	Attribute string
	// Version is the newest that the cloud and the provider both know.
	Version string
}

// Error names the attribute with the version that has it.
func (e *LackError) Error() string {
	return fmt.Sprintf("this cloud has the API of what is in a vault in version %s at most, which does not have %s (since %s)",
		e.Version, e.Attribute, newerSince[e.Attribute])
}

// lack is an error when an API version does not have an attribute.
func lack(version, attribute string) error {
	if version >= newerSince[attribute] {
		return nil
	}
	return &LackError{Attribute: attribute, Version: version}
}

// Lack is a *LackError when the cloud of a vault, which need not exist yet, has no API version with an attribute. The service
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
