package vault

import (
	"context"
	"iter"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// The states in which a job has ended.
const (
	JobCompleted             = "Completed"
	JobCompletedWithWarnings = "CompletedWithWarnings"
	JobFailed                = "Failed"
	JobCancelled             = "Cancelled"
)

// JobStatuses returns the states of a job. The slice is the caller's to change.
func JobStatuses() []string {
	return []string{"InProgress", JobCompleted, JobCompletedWithWarnings, JobFailed, "Cancelling", JobCancelled}
}

// JobOperations returns what jobs about VMs do. The slice is the caller's to change.
func JobOperations() []string {
	return []string{
		"Backup", "ConfigureBackup", "CrossRegionRestore", "DeleteBackupData", "DisableBackup", "Register", "Restore", "Undelete", "UnRegister",
		"UpdateCustomerManagedKey",
	}
}

// Ended tells whether the job is over, well or not.
func (j Job) Ended() bool {
	return slices.ContainsFunc([]string{JobCompleted, JobCompletedWithWarnings, JobFailed, JobCancelled},
		func(status string) bool { return strings.EqualFold(status, j.Status) })
}

// Succeeded tells whether the job has done what it was to do.
func (j Job) Succeeded() bool {
	return strings.EqualFold(j.Status, JobCompleted) || strings.EqualFold(j.Status, JobCompletedWithWarnings)
}

// Duration is how long the job took; ok is false when it runs, or the service does not say when it began or ended.
func (j Job) Duration() (took time.Duration, ok bool) {
	if j.Start.IsZero() || j.End.Before(j.Start) {
		return 0, false
	}
	return j.End.Sub(j.Start), true
}

type wireJob struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Properties struct {
		Operation          string   `json:"operation"`
		Status             string   `json:"status"`
		EntityFriendlyName string   `json:"entityFriendlyName"`
		ContainerName      string   `json:"containerName"`
		StartTime          wireTime `json:"startTime"`
		EndTime            wireTime `json:"endTime"`
		IsUserTriggered    *bool    `json:"isUserTriggered"`
		ErrorDetails       []struct {
			Code            int      `json:"errorCode"`
			Title           string   `json:"errorTitle"`
			Text            string   `json:"errorString"`
			Recommendations []string `json:"recommendations"`
		} `json:"errorDetails"`
	} `json:"properties"`
}

func (w wireJob) job() (Job, error) {
	p := w.Properties
	switch {
	case w.Name == "":
		return Job{}, &arm.UnreadableError{ID: w.ID, Reason: "it has no name"}
	case p.Status == "":
		return Job{}, &arm.UnreadableError{ID: w.ID, Reason: "it has no properties.status"}
	}
	j := Job{
		ARMID: w.ID, Name: w.Name, Operation: orZero(said(p.Operation, JobOperations()...)), Status: orZero(said(p.Status, JobStatuses()...)), VMName: p.EntityFriendlyName, Container: p.ContainerName,
		Start: p.StartTime.Time, UserTriggered: p.IsUserTriggered,
	}
	if j.Ended() {
		j.End = p.EndTime.Time
	}
	for _, e := range p.ErrorDetails {
		j.Errors = append(j.Errors, JobError{Code: e.Code, Title: e.Title, Message: e.Text, Recommendations: e.Recommendations})
	}
	return j, nil
}

// Jobs yields the jobs of a vault that pass the filter, newest first. A job that cannot be read is an *arm.UnreadableError;
// those come before the others.
func (c *Client) Jobs(ctx context.Context, vault arm.ID, f JobFilter) iter.Seq2[Job, error] {
	terms := []string{"backupManagementType eq '" + KindVM + "'"}
	for _, term := range [][2]string{{"status", f.Status}, {"operation", f.Operation}} {
		if term[1] != "" {
			terms = append(terms, term[0]+" eq '"+term[1]+"'")
		}
	}
	terms = append(terms, f.Window.terms("startTime", "endTime", c.Now())...)
	query := url.Values{"$filter": {strings.Join(terms, " and ")}}
	return func(yield func(Job, error) bool) {
		var jobs []Job
		for w, err := range arm.List[wireJob](ctx, c.arm, vault.String()+"/backupJobs", catalog.BackupAPIVersion, query) {
			var j Job
			if err == nil {
				j, err = w.job()
			}
			switch {
			case err == nil && f.has(j):
				jobs = append(jobs, j)
			case err != nil && !yield(Job{}, err):
				return
			case err != nil && !arm.IsUnreadable(err):
				return
			}
		}
		slices.SortStableFunc(jobs, func(a, b Job) int { return b.Start.Compare(a.Start) })
		for _, j := range jobs {
			if !yield(j, nil) {
				return
			}
		}
	}
}

// has tells whether a job passes the filter.
func (f JobFilter) has(j Job) bool {
	return f.Window.has(j.Start) && (f.Status == "" || strings.EqualFold(f.Status, j.Status)) &&
		(f.Operation == "" || strings.EqualFold(f.Operation, j.Operation))
}

// Job reads one job.
func (c *Client) Job(ctx context.Context, vault arm.ID, name string) (Job, error) {
	j, _, err := c.readJob(ctx, vault, name)
	return j, err
}

func (c *Client) readJob(ctx context.Context, vault arm.ID, name string) (Job, time.Duration, error) {
	var w wireJob
	hint, err := c.arm.Poll(ctx, vault.String()+"/backupJobs/"+name, catalog.BackupAPIVersion, &w)
	if err != nil {
		return Job{}, hint, err
	}
	j, err := w.job()
	return j, hint, err
}

// WaitJob looks at a job until it has ended, and returns it; that it failed is not an error of the call. progress, when not
// nil, is told of each change of its status.
func (c *Client) WaitJob(ctx context.Context, vault arm.ID, name string, progress func(Job)) (Job, error) {
	// A job that was just begun may not be found for a moment.
	const patience = 5
	missed := 0
	var j Job
	err := c.arm.Wait(ctx, func(ctx context.Context) (arm.Look, error) {
		seen, hint, err := c.readJob(ctx, vault, name)
		if arm.IsNotFound(err) && missed < patience {
			missed++
			return arm.Look{Status: err.Error()}, nil
		}
		if err != nil {
			return arm.Look{}, err
		}
		if progress != nil && seen.Status != j.Status {
			progress(seen)
		}
		j = seen
		return arm.Look{Done: j.Ended(), Status: j.Status, RetryAfter: hint}, nil
	})
	c.wroteAny(vault.String()) // there is another recovery point, perhaps
	return j, err
}
