package embedded

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// typeSchedule is the type of the documents that keep the history of items that were deleted. Nothing serves them: the
// jobs of an item's backups outlive the item.
const typeSchedule = catalog.VaultType + "/deletedItemHistories"

type keptSchedule struct {
	Item    string  `json:"item"`
	Machine string  `json:"machine,omitempty"` // that it protects
	History history `json:"history"`
}

// keepSchedule keeps what the jobs of an item follow from, which is deleted at that time.
func keepSchedule(tx *store.Tx, vault, item *store.Document, at time.Time) error {
	h, err := documentHistory(item)
	if err != nil || len(h.Periods) == 0 {
		return err
	}
	machine, err := sourceOf(item)
	if err != nil {
		return err
	}
	h.stop(at)
	d := belowVault(vault, typeSchedule, "deletedItemHistories", uuid.NewString())
	d.GoneAt = at.Add(keepJobs)
	return saveValue(tx, d, keptSchedule{
		Item: placeInVault(vault, item), Machine: machine, History: history{Periods: h.Periods, Absences: h.Absences},
	})
}

func documentHistory(item *store.Document) (history, error) {
	body, err := decode(item.Body)
	if err != nil {
		return history{}, fmt.Errorf("document %s: %w", item.ID, err)
	}
	h, err := historyOf(body)
	if err != nil {
		return h, fmt.Errorf("document %s: %w", item.ID, err)
	}
	return h, nil
}

// jobHistory is what the jobs of a vault follow from.
type jobHistory struct {
	vault     string
	recorded  []job
	schedules []keptSchedule // of items
	course    func(machine string) course
	now       time.Time
}

func (s *Service) readJobs(tx *store.Tx, vault *store.Document) (*jobHistory, error) {
	h := &jobHistory{vault: vault.ID, course: s.courseOf, now: tx.Now()}
	var err error
	if h.recorded, err = recordedJobs(tx, vault); err != nil {
		return nil, err
	}
	items, err := tx.Documents(store.Query{Type: typeProtectedItem, Parent: vault.ID})
	if err != nil {
		return nil, err
	}
	for _, d := range items {
		body, err := decode(d.Body)
		if err != nil {
			return nil, fmt.Errorf("document %s: %w", d.ID, err)
		}
		itemHistory, err := historyOf(body)
		if err != nil {
			return nil, fmt.Errorf("document %s: %w", d.ID, err)
		}
		h.schedules = append(h.schedules, keptSchedule{
			Item: placeInVault(vault, d), Machine: lookupText(body, "properties.sourceResourceId"), History: itemHistory,
		})
	}
	kept, err := tx.Documents(store.Query{Type: typeSchedule, Parent: vault.ID})
	if err != nil {
		return nil, err
	}
	for _, d := range kept {
		var schedule keptSchedule
		err := readValue(d, &schedule)
		if err == nil {
			err = schedule.History.readAll()
		}
		if err != nil {
			return nil, err
		}
		h.schedules = append(h.schedules, schedule)
	}
	return h, nil
}

// recordedJobs are the jobs of a vault that are stored.
func recordedJobs(tx *store.Tx, vault *store.Document) ([]job, error) {
	docs, err := tx.Documents(store.Query{Type: typeJob, Parent: vault.ID})
	if err != nil {
		return nil, err
	}
	var jobs []job
	for _, d := range docs {
		j, err := readJob(d)
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, j)
	}
	return jobs, nil
}

// oldest is the first moment of which jobs are known.
func (h *jobHistory) oldest() time.Time { return h.now.Add(-keepJobs).Add(1) }

// between returns the jobs that began between two moments, both included, the newest first.
func (h *jobHistory) between(first, last time.Time) []job {
	first, last = later(first, h.oldest()), earlier(last, h.now)
	var jobs []job
	for _, j := range h.recorded {
		if !j.start.Before(first) && !j.start.After(last) {
			jobs = append(jobs, j)
		}
	}
	for _, schedule := range h.schedules {
		c := h.course(schedule.Machine)
		for _, at := range schedule.History.scheduled(first, last) {
			j := scheduledJob(h.vault, schedule.Item, at, c.takes)
			j.fault = schedule.History.fault(at, c)
			jobs = append(jobs, j)
		}
	}
	slices.SortFunc(jobs, compareJobs)
	// An item that is soft-deleted is there, and so is what was kept of it.
	return slices.CompactFunc(jobs, func(a, b job) bool { return a.name == b.name })
}

func compareJobs(a, b job) int {
	if c := b.start.Compare(a.start); c != 0 {
		return c
	}
	return cmp.Compare(a.name, b.name)
}

// find returns the job with this name.
func (h *jobHistory) find(name string) (job, bool) {
	jobs := h.between(time.Time{}, h.now)
	i := slices.IndexFunc(jobs, func(j job) bool { return strings.EqualFold(j.name, name) })
	if i < 0 {
		return job{}, false
	}
	return jobs[i], true
}

// mustFindJob returns the job of the call and its vault.
func (s *Service) mustFindJob(tx *store.Tx, c *call) (job, *store.Document, error) {
	vault, err := s.mustFindVault(tx, c)
	if err != nil {
		return job{}, nil, err
	}
	h, err := s.readJobs(tx, vault)
	if err != nil {
		return job{}, nil, err
	}
	j, ok := h.find(c.params["job"])
	if !ok {
		return job{}, nil, &Fault{
			Code:    codeResourceNotFound,
			Message: fmt.Sprintf("The job '%s' was not found in the vault '%s'.", c.params["job"], c.params["vault"]),
		}
	}
	return j, vault, nil
}

// belowVault is a new document in a vault.
func belowVault(vault *store.Document, kind, collection, name string) *store.Document {
	return &store.Document{
		ID:            vault.ID + "/" + collection + "/" + name,
		Type:          kind,
		Subscription:  vault.Subscription,
		ResourceGroup: vault.ResourceGroup,
		Parent:        vault.ID,
		Name:          name,
	}
}

// saveValue and readValue store what clients do not see as it is.
func saveValue(tx *store.Tx, d *store.Document, value any) error {
	b, err := json.Marshal(value)
	if err != nil {
		return err
	}
	d.Body = b
	return touch(tx, d)
}

func readValue(d *store.Document, value any) error {
	if err := unmarshal(d.Body, value); err != nil {
		return errors.Join(fmt.Errorf("document %s", d.ID), err)
	}
	return nil
}
