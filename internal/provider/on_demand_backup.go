package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// onDemandBackup is a run of the action backup_now.
type onDemandBackup struct {
	vaults *vault.Client
	id     vault.ItemID
	say    func(string) // reports progress
	job    string       // the name of the job, once the service has accepted it
}

func (b *onDemandBackup) label() string { return fmt.Sprintf("Backup of VM %q", b.id.VMName()) }

// itemLabel names a protected VM in messages.
func itemLabel(id vault.ItemID) string {
	return fmt.Sprintf("VM %q in vault %q", id.VMName(), id.Vault.Name)
}

// check tells whether there is something to back up.
func (b *onDemandBackup) check(ctx context.Context, diags *diag.Diagnostics) bool {
	at := path.Root("protected_vm_id")
	switch item, err := b.vaults.ProtectedVMOrGone(ctx, b.id); {
	case vault.IsGone(err):
		diags.AddAttributeError(at, "VM is not protected", tfvalue.Problem(itemLabel(b.id), err, notProtectedAdvice))
	case err != nil:
		diags.AddError("Unable to read the protected VM", tfvalue.Problem(itemLabel(b.id), err, ""))
	case item.SoftDeleted:
		diags.AddAttributeError(at, "Protection of the VM was deleted", itemLabel(b.id)+
			": its backups are kept until they are purged, but there is nothing to add to them. Protect it again first.")
	default:
		return true
	}
	return false
}

// mayHaveStarted is for a request that nobody waits for any more.
const mayHaveStarted = "The service may have started it all the same, which the data source backup_jobs shows."

// start asks for the backup.
func (b *onDemandBackup) start(ctx context.Context, until time.Time, diags *diag.Diagnostics) bool {
	job, err := b.vaults.BackupNow(ctx, b.id, until)
	switch {
	case errors.Is(err, context.Canceled):
		diags.AddError("Interrupted while asking for the backup", tfvalue.Problem(b.label(), err, mayHaveStarted))
	case errors.Is(err, context.DeadlineExceeded):
		diags.AddError("Asking for the backup takes longer than timeouts.invoke", tfvalue.Problem(b.label(), err, mayHaveStarted))
	case arm.IsConflict(err), arm.HasCode(err, backupInProgressCodes...):
		diags.AddError("Another operation is running", tfvalue.Problem(b.label(), err,
			"Wait until it has ended. The data source backup_jobs with status = \"InProgress\" shows it."))
	case err != nil:
		diags.AddError("Unable to back up the VM", tfvalue.Problem(b.label(), err, ""))
	default:
		b.job = job
		b.say(fmt.Sprintf("%s: job %s accepted", b.label(), b.job))
	}
	return err == nil
}

// backupInProgressCodes are those of a backup that is asked for while another runs, whatever their status.
var backupInProgressCodes = []string{"UserErrorBackupOperationInProgress", "BMSUserErrorConflictingProtectionOperation"}

// wait follows the job to its end, and finds what it has made.
func (b *onDemandBackup) wait(ctx context.Context, diags *diag.Diagnostics) {
	start := time.Now()
	var pace progressPace
	job, err := b.vaults.WaitJob(ctx, b.id.Vault, b.job, func(job vault.Job) {
		if waited := time.Since(start); pace.due(job.Status, waited) {
			b.say(fmt.Sprintf("%s: job %s %s (%d s)", b.label(), b.job, job.Status, int(waited.Seconds())))
		}
	})
	goesOn := fmt.Sprintf("The backup goes on in the service, as job %s of vault %q; the data source backup_jobs shows how it stands.", b.job, b.id.Vault.Name)
	switch {
	case errors.Is(err, context.Canceled):
		diags.AddError("Interrupted; the backup goes on", tfvalue.Problem(b.label(), err, goesOn))
	case errors.Is(err, context.DeadlineExceeded):
		diags.AddError("The backup takes longer than timeouts.invoke", tfvalue.Problem(b.label(), err, goesOn))
	case err != nil:
		diags.AddError("Unable to follow the backup", tfvalue.Problem(b.label(), err, goesOn))
	case !job.Succeeded():
		diags.AddError("Backup failed", b.reasons(job))
	default:
		b.sayResult(ctx, job)
		if job.Status != vault.JobCompleted {
			diags.AddWarning("Backup completed with warnings", b.reasons(job))
		}
	}
}

// sayResult names the recovery point that the job has made.
func (b *onDemandBackup) sayResult(ctx context.Context, job vault.Job) {
	// The one that was taken next to the start of the job: others may have been taken since.
	var made *vault.RecoveryPoint
	for p, err := range b.vaults.RecoveryPoints(ctx, b.id, vault.Window{From: job.Start.Truncate(time.Second)}) {
		if err != nil {
			break // the backup is good all the same
		}
		if made == nil || p.Time.Sub(job.Start).Abs() < made.Time.Sub(job.Start).Abs() {
			made = &p
		}
	}
	if made == nil {
		b.say(fmt.Sprintf("%s: done; the service does not list the recovery point yet", b.label()))
		return
	}
	kept := ""
	if !made.Expires.IsZero() {
		kept = ", kept until " + made.Expires.UTC().Format(time.RFC3339)
	}
	b.say(fmt.Sprintf("%s: recovery point of %s%s: %s", b.label(), made.Time.UTC().Format(time.RFC3339), kept, made.ARMID))
}

// reasons is what the service says about a job that did not go well.
func (b *onDemandBackup) reasons(job vault.Job) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s: job %s of vault %q ended in the status %s.", b.label(), b.job, b.id.Vault.Name, job.Status)
	if len(job.Errors) == 0 {
		text.WriteString(" The service gave no reason.")
	}
	for _, e := range job.Errors {
		text.WriteString("\n\n" + strings.Join(nonEmpty(tfvalue.Sentence(e.Title), tfvalue.Sentence(e.Message)), " "))
		if e.Code != 0 {
			fmt.Fprintf(&text, " (code %d)", e.Code)
		}
		for _, r := range e.Recommendations {
			text.WriteString("\n  * " + tfvalue.Sentence(r))
		}
	}
	return text.String()
}

func nonEmpty(texts ...string) []string {
	var all []string
	for _, s := range texts {
		if s != "" {
			all = append(all, s)
		}
	}
	return all
}

// progressPace decides which looks at a job are worth a line.
type progressPace struct {
	status string
	next   time.Duration
}

// due is true for a new status, and otherwise at intervals that grow with the time waited, from 10 seconds to 5 minutes.
func (p *progressPace) due(status string, waited time.Duration) bool {
	if status == p.status && waited < p.next {
		return false
	}
	p.status = status
	p.next = waited + min(max(waited/2, 10*time.Second), 5*time.Minute)
	return true
}
