package embedded

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// listJobs serves the jobs of a vault, the newest first.
func (s *Service) listJobs(c *call) (*answer, error) {
	filter, err := parseJobFilter(filterOf(c))
	if err != nil {
		return nil, err
	}
	after, err := c.position()
	if err != nil {
		return nil, err
	}
	var jobs []job
	var vaultID string
	err = s.view(c, func(tx *store.Tx) error {
		vault, err := s.mustFindVault(tx, c)
		if err != nil {
			return err
		}
		vaultID = vault.ID
		h, err := s.readJobs(tx, vault)
		if err != nil {
			return err
		}
		jobs, err = h.after(after, filter, s.longPage+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	p := page{Value: []any{}}
	if len(jobs) > s.longPage {
		jobs = jobs[:s.longPage]
		last := jobs[len(jobs)-1]
		p.NextLink = c.nextLink(timePosition(last.start, last.name))
	}
	for _, j := range jobs {
		p.Value = append(p.Value, j.render(vaultID, c.now, false))
	}
	return answerOK(p), nil
}

// timePosition is the place of an entry in a list that is ordered by time.
func timePosition(at time.Time, name string) store.Position {
	return store.Position{Name: at.UTC().Format(time.RFC3339Nano), ID: name}
}

func timeOf(p store.Position) (time.Time, error) {
	at, err := time.Parse(time.RFC3339Nano, p.Name)
	if err != nil {
		return at, invalidSkipToken()
	}
	return at, nil
}

// after returns the jobs behind a position that pass the filter, up to a limit. It looks at few days before it looks at
// more: a page is soon full.
func (h *jobHistory) after(p store.Position, f jobFilter, limit int) ([]job, error) {
	last := earlier(h.now, f.last)
	before := job{start: last.Add(1)}
	if p != (store.Position{}) {
		at, err := timeOf(p)
		if err != nil {
			return nil, err
		}
		before = job{name: p.ID, start: at}
		last = earlier(last, at)
	}
	oldest := later(h.oldest(), f.first)
	for window := 24 * time.Hour; ; window *= 4 {
		first := later(oldest, last.Add(-window))
		var jobs []job
		for _, j := range h.between(first, last) {
			if compareJobs(before, j) < 0 && f.passes(j, h.now) {
				jobs = append(jobs, j)
			}
		}
		if len(jobs) >= limit || !first.After(oldest) {
			return jobs[:min(len(jobs), limit)], nil
		}
	}
}

// jobFilter says which jobs are wanted; an empty text does not restrict.
type jobFilter struct {
	status, operation, kind, name string
	first, last                   time.Time // of their start
}

func parseJobFilter(s string) (jobFilter, error) {
	f := jobFilter{last: time.Unix(1<<40, 0)}
	terms, err := parseFilter(s)
	if err != nil {
		return f, err
	}
	for _, term := range terms {
		switch strings.ToLower(term.name) {
		case "status":
			f.status = term.value
		case "operation":
			f.operation = term.value
		case "backupmanagementtype":
			f.kind = term.value
		case "jobid":
			f.name = term.value
		case "starttime":
			f.first, err = filterTime(term)
		case "endtime":
			f.last, err = filterTime(term)
		default:
			err = unknownFilter("jobs", term.name)
		}
		if err != nil {
			return f, err
		}
	}
	return f, nil
}

func (f jobFilter) passes(j job, now time.Time) bool {
	is := func(want, got string) bool { return want == "" || strings.EqualFold(want, got) }
	return is(f.status, j.status(now)) && is(f.operation, j.operation) && is(f.kind, "AzureIaasVM") && is(f.name, j.name)
}

func (s *Service) getJob(c *call) (*answer, error) {
	var body object
	err := s.view(c, func(tx *store.Tx) error {
		j, vault, err := s.mustFindJob(tx, c)
		if err == nil {
			body = j.render(vault.ID, c.now, true)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return answerOK(body), nil
}

// cancelJob stops a backup on demand, which then leaves no recovery point.
func (s *Service) cancelJob(c *call) (*answer, error) {
	var op *store.Operation
	err := s.update(c, func(tx *store.Tx) error {
		j, vault, err := s.mustFindJob(tx, c)
		if err != nil {
			return err
		}
		if !j.cancellable(c.now) {
			return &Fault{
				Code: codeInvalidItemInput,
				Message: fmt.Sprintf("The job '%s' (%s, %s) cannot be cancelled. A backup on demand can be, while it runs.",
					j.name, j.operation, j.status(c.now)),
			}
		}
		j.cancelled, j.end = true, c.now.Add(s.config.OperationTime)
		if err := putJob(tx, vault, j); err != nil {
			return err
		}
		d, err := find(tx, typeJob, vault.ID+"/backupJobs/"+j.name)
		if err != nil || d == nil {
			return err
		}
		if err := s.begin(tx, d, operationCancel, s.config.OperationTime, nil); err != nil {
			return err
		}
		op = d.Operation
		return forgetBackup(tx, vault, j)
	})
	if err != nil {
		return nil, err
	}
	a := &answer{status: http.StatusAccepted}
	a.with("Location", jobPlace(op.Resource).url(c, "operationResults", op))
	return s.retryAfter(a.with(headerAsyncOperation, c.backupPlace().url(c, "backupOperations", op))), nil
}

// forgetBackup takes a backup out of the history of its item, which may be gone.
func forgetBackup(tx *store.Tx, vault *store.Document, j job) error {
	d, err := find(tx, typeProtectedItem, vault.ID+j.item)
	if err != nil || d == nil {
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
	h.forget(j.name)
	h.into(body)
	return save(tx, d, body)
}

func jobPlace(id string) place { return place{id, "", "operationResults"} }

// getJobResult tells whether a job has been cancelled.
func (s *Service) getJobResult(c *call) (*answer, error) {
	var op *store.Operation
	err := s.view(c, func(tx *store.Tx) (err error) {
		op, err = findOperation(tx, c, c.vaultID()+"/backupJobs/"+c.params["job"])
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.result(c, jobPlace(op.Resource), op, func() (*answer, error) {
		return &answer{status: http.StatusNoContent}, nil
	})
}
