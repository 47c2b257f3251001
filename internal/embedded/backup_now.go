package embedded

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

const (
	// onDemandRetention is how long a backup on demand is kept unless the request says otherwise.
	onDemandRetention = 30 * 24 * time.Hour
	// maxOnDemandPerDay is how many backups of a machine can be asked for in a day (Microsoft's support matrix for Azure
	// VM backup). Attempts count.
	maxOnDemandPerDay = 9
)

// backupNow takes a backup because somebody asked for it.
func (s *Service) backupNow(c *call) (*answer, error) {
	in, err := c.content()
	if err != nil {
		return nil, err
	}
	expires, err := requestedExpiry(in, c.now)
	if err != nil {
		return nil, err
	}
	var d *store.Document
	err = s.update(c, func(tx *store.Tx) error {
		var v *itemVault
		if d, v, err = s.mustFindItem(tx, c); err != nil {
			return err
		}
		if err := checkUsable(v.document, c.now); err != nil {
			return err
		}
		body, err := decode(d.Body)
		if err != nil {
			return err
		}
		h, err := historyOf(body)
		if err != nil {
			return err
		}
		if err := s.checkBackup(tx, v.document, d, body, h); err != nil {
			return err
		}
		return s.startBackup(tx, c, v.document, d, body, h, expires)
	})
	if err != nil {
		return nil, err
	}
	return s.accepted(c, &answer{status: http.StatusAccepted}, itemPlace(d.ID), d.Operation), nil
}

// requestedExpiry reads when the backup that is asked for shall expire.
func requestedExpiry(in object, now time.Time) (time.Time, error) {
	properties, err := section(in, "properties")
	if err != nil {
		return time.Time{}, err
	}
	kind, err := text(properties, "objectType")
	if err != nil {
		return time.Time{}, err
	}
	if !strings.EqualFold(kind, "IaasVMBackupRequest") {
		return time.Time{}, invalidItem("The objectType of a backup of a virtual machine is IaasVMBackupRequest; it is '%s'.", kind)
	}
	value, err := text(properties, "recoveryPointExpiryTimeInUTC")
	if err != nil || value == "" {
		return now.Add(onDemandRetention), err
	}
	expires, err := readDate(value, now)
	switch {
	case err != nil:
		return expires, invalidItem("recoveryPointExpiryTimeInUTC must be a time such as 2026-01-31T22:30:00Z; it is '%s'.", value)
	case !expires.After(now):
		return expires, invalidItem("recoveryPointExpiryTimeInUTC must be in the future; it is '%s'.", value)
	case expires.After(now.AddDate(catalog.MaxYearlyCount, 0, 0)):
		return expires, invalidItem("recoveryPointExpiryTimeInUTC must be at most %d years ahead; it is '%s'.", catalog.MaxYearlyCount, value)
	}
	return expires, nil
}

// checkBackup refuses a backup of an item that takes none, or takes one already.
func (s *Service) checkBackup(tx *store.Tx, vault, d *store.Document, body object, h history) error {
	now := tx.Now()
	name := lastSegment(d.ID)
	state := lookupText(body, "properties.protectionState")
	switch {
	case softDeleted(d, now):
		return &Fault{
			Code:    codeNotBackedUp,
			Message: fmt.Sprintf("The item '%s' is soft-deleted. Undelete and protect it before it is backed up.", name),
		}
	case strings.EqualFold(state, protectionStopped) || strings.EqualFold(state, protectionSuspended):
		return &Fault{
			Code: codeNotBackedUp,
			Message: fmt.Sprintf("The item '%s' is not protected (%s). Resume its protection with a policy before it is "+
				"backed up.", name, state),
		}
	}
	if err := checkItemFree(d, now); err != nil {
		return err
	}
	conflict := &Fault{
		Code:    codeBackupInProgress,
		Message: fmt.Sprintf("Unable to initiate a backup, as another backup operation is in progress. A backup of the item '%s' is in progress. Please retry when its job has ended.", name),
	}
	if len(h.scheduled(now.Add(-s.config.BackupTime).Add(1), now)) > 0 && s.config.BackupTime > 0 {
		return conflict
	}
	jobs, err := recordedJobs(tx, vault)
	if err != nil {
		return err
	}
	today := 0
	for _, j := range jobs {
		// A job of a time to come is one from before the clock was set back.
		if j.operation != jobBackup || j.item != placeInVault(vault, d) || j.start.After(now) {
			continue
		}
		if now.Before(j.end) {
			return conflict
		}
		if !j.start.Before(now.UTC().Truncate(24 * time.Hour)) {
			today++
		}
	}
	if today >= maxOnDemandPerDay {
		return &Fault{
			Code: codeInvalidItemInput,
			Message: fmt.Sprintf("The item '%s' has been backed up on demand %d times today, which is the limit for a day (UTC).",
				name, today),
		}
	}
	return nil
}

// startBackup writes down the backup as it will have been. The request is done when the job has begun.
func (s *Service) startBackup(tx *store.Tx, c *call, vault, d *store.Document, body object, h history, expires time.Time) error {
	if err := s.begin(tx, d, operationBackup, s.config.OperationTime, nil); err != nil {
		return err
	}
	j := job{
		name: jobOf(d.Operation), operation: jobBackup, item: placeInVault(vault, d),
		start: tx.Now(), end: tx.Now().Add(s.config.BackupTime), expires: expires,
		activity: c.clientRequest(),
	}
	var err error
	if j.fault, err = s.backupFault(tx, d, body, h); err != nil {
		return err
	}
	if err := putJob(tx, vault, j); err != nil {
		return err
	}
	b := onDemand{Job: j.name, Name: h.newPointName(j.start), At: j.start, Ready: j.end, Expires: expires}
	if j.fault != nil {
		b.Failed, b.Code, b.Message = true, j.fault.Code, j.fault.Message
	}
	h.add(b)
	h.into(body)
	return save(tx, d, body)
}

// backupFault is how a backup ends that is asked for now; nil is success.
func (s *Service) backupFault(tx *store.Tx, d *store.Document, body object, h history) (*Fault, error) {
	machine := lookupText(body, "properties.sourceResourceId")
	if f, err := s.absentNow(tx, machine); f != nil || err != nil {
		return f, err
	}
	// An absence begins behind the moment of the deletion, at which a scheduled backup could be seen.
	if f := h.fault(tx.Now().Add(1), s.courseOf(machine)); f != nil {
		return f, nil
	}
	if s.config.FailBackup != nil {
		return s.config.FailBackup(d.ID), nil
	}
	return nil, nil
}
