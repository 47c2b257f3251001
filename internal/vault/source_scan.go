package vault

import (
	"context"
	"iter"
	"net/http"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// SourceScan is what the service says of the scan of a VM for threats, in its words; both are empty where it says nothing.
type SourceScan struct {
	// Status is Configured, NotConfigured, NotApplicable or ConfigurationFailed.
	Status string
	// Summary is Healthy, NoThreatsReported, Suspicious, NotApplicable or Unknown.
	Summary string
}

// Configured tells whether the VM is scanned.
func (s SourceScan) Configured() bool { return strings.EqualFold(s.Status, "Configured") }

type wireSourceScan struct {
	Status  string `json:"sourceSideScanStatus"`
	Summary string `json:"sourceSideScanSummary"`
}

func (w wireSourceScan) scan() SourceScan {
	return SourceScan{
		Status:  orZero(said(w.Status, "Configured", "NotConfigured", "NotApplicable", "ConfigurationFailed")),
		Summary: orZero(said(w.Summary, "Healthy", "NoThreatsReported", "Suspicious", "NotApplicable", "Unknown")),
	}
}

// SourceScan reads how the scan of a protected VM stands.
func (c *Client) SourceScan(ctx context.Context, id ItemID) (SourceScan, error) {
	var w wireItem
	if err := c.arm.Get(ctx, id.String(), catalog.NewBackupAPIVersion, &w); err != nil {
		return SourceScan{}, err
	}
	return orZero(orZero(w.Properties).SourceScan).scan(), nil
}

// ScannedVMs is ProtectedVMs with the scan of each VM, which older API versions do not show.
func (c *Client) ScannedVMs(ctx context.Context, vault arm.ID) iter.Seq2[ProtectedVM, error] {
	return c.listItemsIn(ctx, vault.String(), catalog.NewBackupAPIVersion)
}

// ConfigureSourceScan has a protected VM scanned, or not any more, and returns when the service has done it. A *LackingError says
// that the cloud does not know of scans.
func (c *Client) ConfigureSourceScan(ctx context.Context, id ItemID, enable bool, progress func(status string)) error {
	action := "Disable"
	if enable {
		action = "Enable"
	}
	defer c.writesItem(id)()
	op, err := c.beginWhenFree(ctx, arm.Request{
		Method: http.MethodPost, Path: id.String() + "/configureSourceScan", APIVersion: catalog.NewBackupAPIVersion, Heard: true,
		BodyIn: func(version string) (any, error) {
			return map[string]string{"sourceScanAction": action}, lack(version, AttributeSourceScan)
		},
	})
	if err != nil {
		return err
	}
	return op.Wait(ctx, progress, nil)
}
