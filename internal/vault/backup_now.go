package vault

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// BackupNow asks for a backup of a VM and returns the name of its job once the service has told it. The recovery point is
// kept until then; zero leaves it to the service, which keeps it for 30 days.
func (c *Client) BackupNow(ctx context.Context, id ItemID, retainUntil time.Time) (job string, err error) {
	request := map[string]any{"objectType": "IaasVMBackupRequest"}
	if !retainUntil.IsZero() {
		request["recoveryPointExpiryTimeInUTC"] = retainUntil.UTC().Format(time.RFC3339)
	}
	vault := id.Vault.Key()
	c.wroteItem(vault)
	defer c.wroteItem(vault)
	heard, cancel := untilHeard(ctx)
	defer cancel()
	op, err := c.arm.Begin(heard, arm.Request{
		Method: http.MethodPost, Path: id.String() + "/backup", APIVersion: catalog.BackupAPIVersion, Body: map[string]any{"properties": request},
	})
	if err != nil {
		return "", err
	}
	if op.URL == "" {
		return "", errors.New("the service accepted the backup, but did not say where to ask for its job")
	}
	err = c.arm.Wait(ctx, func(ctx context.Context) (arm.Look, error) {
		var status struct {
			Status     string `json:"status"`
			Properties struct {
				JobID string `json:"jobId"`
			} `json:"properties"`
		}
		hint, err := c.arm.Poll(ctx, op.URL, "", &status)
		if err != nil {
			return arm.Look{}, err
		}
		job = status.Properties.JobID
		switch {
		case job != "":
			return arm.Look{Done: true}, nil
		case strings.EqualFold(status.Status, "Failed"), strings.EqualFold(status.Status, "Canceled"):
			if reason := c.arm.Failure(ctx, op.URL); reason != nil {
				return arm.Look{}, reason
			}
			return arm.Look{}, errors.New("the service gave up on the backup, and gave no reason")
		case strings.EqualFold(status.Status, "Succeeded"):
			return arm.Look{}, errors.New("the service began the backup, but named no job")
		}
		return arm.Look{Status: status.Status, RetryAfter: hint}, nil
	})
	return job, err
}
