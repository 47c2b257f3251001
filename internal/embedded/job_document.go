package embedded

import (
	"encoding/base64"
	"fmt"
	"strconv"
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

// The states of a job.
const (
	jobInProgress = "InProgress"
	jobCompleted  = "Completed"
	jobFailed     = "Failed"
	jobCancelling = "Cancelling"
	jobCancelled  = "Cancelled"
)

// keepJobs is how long jobs are listed. Most are not stored but follow from schedules, and without a limit a vault of
// some years would have tens of thousands of them. Half a year answers the questions that jobs are asked; older backups
// are told of by their recovery points.
const keepJobs = 180 * 24 * time.Hour

// job is something that the service does or has done to an item.
type job struct {
	name      string
	operation string
	item      string // where it is in its vault
	start     time.Time
	end       time.Time // may be to come
	// scheduled tells that a policy asked for it, and nobody else.
	scheduled bool
	fault     *Fault
	cancelled bool
	// expires is when the recovery point of a backup on demand will be removed.
	expires time.Time
	// policy is the name of the policy that an item was given or had taken away, points is how many recovery points were deleted.
	policy string
	points int
	// activity is the request that asked for it, by the id that its client gave it; "" when it gave none.
	activity string
}

// storedJob is what the document of a job keeps. What clients see is made of it when they read.
type storedJob struct {
	Operation string    `json:"operation"`
	Item      string    `json:"item"`
	Start     time.Time `json:"start"`
	End       time.Time `json:"end"`
	Code      string    `json:"code,omitempty"`
	Message   string    `json:"message,omitempty"`
	Cancelled bool      `json:"cancelled,omitempty"`
	Expires   time.Time `json:"expires,omitzero"`
	Policy    string    `json:"policy,omitempty"`
	Points    int       `json:"points,omitempty"`
	Activity  string    `json:"activity,omitempty"`
}

// recordJob writes down that the service does something to an item, which takes as long as the operation that begin has put
// on it and leads to the job by jobOf.
func (s *Service) recordJob(tx *store.Tx, c *call, vault, item *store.Document, j job) error {
	j.name, j.item = jobOf(item.Operation), placeInVault(vault, item)
	j.start, j.end = item.Operation.Started, item.Operation.Ready
	j.activity = c.clientRequest()
	return putJob(tx, vault, j)
}

// recordDeletion is recordJob of what deletes an item's backups.
func (s *Service) recordDeletion(tx *store.Tx, c *call, v *itemVault, item *store.Document) error {
	points, err := s.countPoints(tx, item)
	if err != nil {
		return err
	}
	if err := keepSchedule(tx, v.document, item, item.Operation.Ready); err != nil {
		return err
	}
	return s.recordJob(tx, c, v.document, item, job{operation: jobDeleteData, points: points})
}

// putJob stores a job in its vault for as long as it is listed.
func putJob(tx *store.Tx, vault *store.Document, j job) error {
	stored := storedJob{
		Operation: j.operation, Item: j.item, Start: j.start, End: j.end, Cancelled: j.cancelled, Expires: j.expires,
		Policy: j.policy, Points: j.points, Activity: j.activity,
	}
	if j.fault != nil {
		stored.Code, stored.Message = j.fault.Code, j.fault.Message
	}
	d := belowVault(vault, typeJob, "backupJobs", j.name)
	d.GoneAt = j.start.Add(keepJobs)
	return saveValue(tx, d, stored)
}

// jobOf is the id of the job that an operation on an item started. It follows from the operation's own id, so that neither
// has to be kept with the other; "" when there is none.
func jobOf(op *store.Operation) string {
	if op == nil {
		return ""
	}
	if b, err := base64.StdEncoding.DecodeString(op.ID); err == nil {
		// Of a version of this service whose operations on items had ids like those on vaults.
		if _, guid, _ := strings.Cut(string(b), ";"); uuid.Validate(guid) == nil {
			return guid
		}
	}
	return directoryID(op.ID, "job")
}

func readJob(d *store.Document) (job, error) {
	var stored storedJob
	if err := readValue(d, &stored); err != nil {
		return job{}, err
	}
	j := job{
		name: lastSegment(d.ID), operation: stored.Operation, item: stored.Item, start: stored.Start, end: stored.End,
		cancelled: stored.Cancelled, expires: stored.Expires, policy: stored.Policy, points: stored.Points,
		activity: stored.Activity,
	}
	if stored.Code != "" {
		j.fault = &Fault{Code: stored.Code, Message: stored.Message}
	}
	return j, nil
}

// scheduledJob is the job of a backup by the schedule. Its name follows from what it is about, so that it is the same
// whenever it is asked for.
func scheduledJob(vault, item string, at time.Time, takes time.Duration) job {
	return job{
		name:      directoryID(vault+item, "backup at "+strconv.FormatInt(at.Unix(), 10)),
		operation: jobBackup, item: item, start: at, end: at.Add(takes), scheduled: true,
	}
}

func (j job) status(now time.Time) string {
	running := now.Before(j.end)
	switch {
	case running && j.cancelled:
		return jobCancelling
	case running:
		return jobInProgress
	case j.cancelled:
		return jobCancelled
	case j.fault != nil:
		return jobFailed
	}
	return jobCompleted
}

// placeInVault is an item's id without that of its vault, which changes when the vault is undeleted elsewhere.
func placeInVault(vault, item *store.Document) string { return strings.TrimPrefix(item.ID, vault.ID) }

// cancellable tells whether the job is a running backup that somebody asked for.
func (j job) cancellable(now time.Time) bool {
	return j.operation == jobBackup && !j.scheduled && j.status(now) == jobInProgress
}

// render is the job as clients see it; detailed is how it is shown alone, with its tasks.
func (j job) render(vault string, now time.Time, detailed bool) object {
	status := j.status(now)
	machine := j.item[strings.LastIndexByte(j.item, ';')+1:]
	properties := object{
		"jobType":               "AzureIaaSVMJob",
		"backupManagementType":  "AzureIaasVM",
		"operation":             j.operation,
		"status":                status,
		"startTime":             timestamp(j.start),
		"duration":              isoDuration(earlier(now, j.end).Sub(j.start)),
		"entityFriendlyName":    machine,
		"containerName":         containerName(j.item),
		"virtualMachineVersion": "Compute",
		"activityId":            orDefault(j.activity, directoryID(j.name, "activity")),
	}
	if j.operation == jobBackup {
		// No recorded job has it; models describe it, of jobs that a schedule may have begun. That those have it is our reading.
		properties["isUserTriggered"] = !j.scheduled
	}
	if j.cancellable(now) {
		properties["actionsInfo"] = []any{"Cancellable"}
	}
	if status != jobInProgress && status != jobCancelling {
		properties["endTime"] = timestamp(j.end)
	}
	if status == jobFailed {
		properties["errorDetails"] = []any{object{
			"errorCode": j.fault.number(), "errorTitle": j.fault.Code, "errorString": j.fault.Message,
			"recommendations": j.fault.recommendations(),
		}}
	}
	if detailed {
		properties["extendedInfo"] = object{"propertyBag": j.propertyBag(machine), "tasksList": j.tasks(now)}
	}
	return object{"id": vault + "/backupJobs/" + j.name, "name": j.name, "type": typeJob, "properties": properties}
}

// propertyBag is what a job of its kind says besides. All of it is text.
func (j job) propertyBag(machine string) object {
	bag := object{"VM Name": machine}
	switch j.operation {
	case jobBackup:
		if !j.expires.IsZero() {
			bag["Recovery Point Expiry Time in UTC"] = j.expires.UTC().Format("1/2/2006 3:04:05 PM")
		}
	case jobConfigure, jobDisable:
		bag["Policy Name"] = j.policy
	case jobUndelete:
		bag["Undelete flag"] = "True"
	case jobDeleteData:
		bag["Number of Recovery Points"] = strconv.Itoa(j.points)
	}
	return bag
}

// tasks are the steps of a backup; other jobs have none. Recorded are a snapshot under way while the transfer has not
// started, and a transfer under way behind it, each step with no duration as long as it is. That the snapshot takes a quarter
// of the time, and what the steps of a backup that failed or was cancelled say, is our reading.
func (j job) tasks(now time.Time) []any {
	tasks := []any{}
	if j.operation != jobBackup {
		return tasks
	}
	snapshotEnds := j.start.Add(j.end.Sub(j.start) / 4)
	steps := []struct {
		name       string
		start, end time.Time
	}{{"Take Snapshot", j.start, snapshotEnds}, {"Transfer data to vault", snapshotEnds, j.end}}
	for _, step := range steps {
		status, duration := jobCompleted, step.end.Sub(step.start)
		switch whole := j.status(now); {
		case now.Before(step.start), whole == jobFailed && !step.start.Equal(j.start):
			status, duration = "NotStarted", 0
		case whole == jobFailed:
			status, duration = jobFailed, j.end.Sub(j.start)
		case now.Before(step.end):
			status, duration = whole, 0
		case j.cancelled && step.end.Equal(j.end):
			status = jobCancelled
		}
		tasks = append(tasks, object{"taskId": step.name, "status": status, "duration": isoDuration(duration)})
	}
	return tasks
}

// containerName is the container of an item as the service shows it, without the kind of container in front.
func containerName(item string) string {
	path := strings.Split(item, "/")
	if len(path) < 3 {
		return ""
	}
	_, name, _ := strings.Cut(path[len(path)-3], ";")
	return name
}

// isoDuration writes a duration as ISO 8601 does, such as PT1H20M12.42S.
func isoDuration(d time.Duration) string {
	var b strings.Builder
	b.WriteString("PT")
	if hours := int64(d / time.Hour); hours > 0 {
		fmt.Fprintf(&b, "%dH", hours)
	}
	if minutes := int64(d % time.Hour / time.Minute); minutes > 0 {
		fmt.Fprintf(&b, "%dM", minutes)
	}
	if seconds := d % time.Minute; seconds > 0 || b.Len() == len("PT") {
		b.WriteString(strconv.FormatFloat(seconds.Seconds(), 'f', -1, 64) + "S")
	}
	return b.String()
}
