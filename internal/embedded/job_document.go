package embedded

import (
	"encoding/base64"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// The operations that jobs are about.
const (
	jobBackup     = "Backup"
	jobConfigure  = "ConfigureBackup"
	jobDisable    = "DisableBackup"
	jobDeleteData = "DeleteBackupData"
	jobUndelete   = "Undelete"
)

// recordJob writes down that the service does something to an item, which takes a while and ends with the fault if there
// is one. It returns the id of the job. Call it after begin: the operation that begin has put on the item leads to the
// job by jobOf.
func (s *Service) recordJob(
	tx *store.Tx, vault, item *store.Document, operation string, takes time.Duration, fault *Fault,
) (jobID string, err error) {
	if jobID = jobOf(item.Operation); jobID == "" {
		jobID = uuid.NewString()
	}
	properties := object{
		"operation":       operation,
		"startTime":       timestamp(tx.Now()),
		"endTime":         timestamp(tx.Now().Add(takes)), // hidden while it runs
		"isUserTriggered": true,
	}
	if fault != nil {
		properties["errorDetails"] = []any{object{
			"errorCode":       0, // Azure numbers its errors; a fault has a name.
			"errorTitle":      fault.Code,
			"errorString":     fault.Message,
			"recommendations": []any{},
		}}
	}
	d := &store.Document{
		ID:            vault.ID + "/backupJobs/" + jobID,
		Type:          typeJob,
		Subscription:  vault.Subscription,
		ResourceGroup: vault.ResourceGroup,
		Parent:        vault.ID,
		Name:          jobID,
	}
	return jobID, save(tx, d, object{"item": item.ID, "properties": properties})
}

// jobOf is the id of the job that an operation on an item started. It is the guid in the operation's own id, so that
// neither has to be kept with the other; "" when there is none.
func jobOf(op *store.Operation) string {
	if op == nil {
		return ""
	}
	b, err := base64.StdEncoding.DecodeString(op.ID)
	if err != nil {
		return ""
	}
	_, guid, _ := strings.Cut(string(b), ";")
	if _, err := uuid.Parse(guid); err != nil {
		return ""
	}
	return guid
}
