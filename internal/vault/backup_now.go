package vault

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// errNoJob is the error of a backup that cannot be followed.
var errNoJob = errors.New("the service accepted the backup, but did not say which job it is; it is among the vault's backup jobs")

// BackupNow asks for a backup of a VM and returns the name of its job once the service has told it. The recovery point is
// kept until then; zero leaves it to the service, which keeps it for 30 days.
func (c *Client) BackupNow(ctx context.Context, id ItemID, retainUntil time.Time) (job string, err error) {
	request := map[string]any{"objectType": "IaasVMBackupRequest"}
	if !retainUntil.IsZero() {
		request["recoveryPointExpiryTimeInUTC"] = retainUntil.UTC().Format(time.RFC3339)
	}
	vault := id.Vault.String()
	c.wroteAny(vault)
	defer c.wroteAny(vault)
	op, err := c.arm.Begin(ctx, arm.Request{
		Method: http.MethodPost, Path: id.String() + "/backup", APIVersion: catalog.BackupAPIVersion, Body: map[string]any{"properties": request},
		Once: true, Heard: true, // a second one would be another backup
	})
	if err != nil {
		return "", err
	}
	if op.URL == "" {
		return "", errNoJob
	}
	unheard := 0
	err = c.arm.Wait(ctx, func(ctx context.Context) (arm.Look, error) {
		var status struct {
			Status     string `json:"status"`
			Properties struct {
				JobID string `json:"jobId"`
			} `json:"properties"`
		}
		hint, err := c.arm.Poll(ctx, op.URL, "", &status)
		switch {
		case err == nil:
			unheard = 0
		case ctx.Err() != nil:
			return arm.Look{}, err
		case unheard == patience: // it was accepted, whatever its operation answers
			return arm.Look{}, fmt.Errorf("%w. The last question about it ended in: %s", errNoJob, err.Error())
		default:
			unheard++
			return arm.Look{Status: err.Error()}, nil
		}
		job = status.Properties.JobID
		switch {
		case job != "":
			return arm.Look{Done: true}, nil
		case strings.EqualFold(status.Status, "Failed"), strings.EqualFold(status.Status, "Canceled"):
			if reason := c.arm.Failure(ctx, op.URL); reason != nil {
				return arm.Look{}, reason
			}
			return arm.Look{}, errors.New("the service did not begin the backup, for which it gave no reason")
		case strings.EqualFold(status.Status, "Succeeded"):
			return arm.Look{}, errNoJob
		}
		return arm.Look{Status: status.Status, RetryAfter: hint}, nil
	})
	return job, err
}
