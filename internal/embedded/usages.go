package embedded

import (
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// The types of what a vault holds.
const (
	typeContainer     = catalog.VaultType + "/backupFabrics/protectionContainers"
	typeProtectedItem = typeContainer + "/protectedItems"
	typeRecoveryPoint = typeProtectedItem + "/recoveryPoints"
	typeJob           = catalog.VaultType + "/backupJobs"
)

// listUsages counts what the vault holds; what only waits to be purged is not protected any more. The storage that
// backups take is left out: the service stores no backups.
func (s *Service) listUsages(c *call) (*answer, error) {
	var items, containers []*store.Document
	var jobs *jobHistory
	err := s.view(c, func(tx *store.Tx) error {
		d, err := s.mustFindVault(tx, c)
		if err != nil {
			return err
		}
		if items, err = tx.Documents(store.Query{Type: typeProtectedItem, Under: d.ID}); err != nil {
			return err
		}
		if containers, err = tx.Documents(store.Query{Type: typeContainer, Under: d.ID}); err != nil {
			return err
		}
		jobs, err = s.readJobs(tx, d)
		return err
	})
	if err != nil {
		return nil, err
	}

	items = liveItems(items, c.now)
	machines := count(items, func(d *store.Document) bool { return strings.HasPrefix(d.Name, "vm;iaasvmcontainer") })
	agents := count(containers, func(d *store.Document) bool { return strings.HasPrefix(d.Name, "windows;") })
	running, failed := jobs.today()
	const unlimited, perDay = -1, "P1D"
	p := page{}
	for _, u := range []struct {
		name   string
		value  int
		period string
	}{
		{"ProtectedItemCount", len(items), ""},
		{"IaaSVMProtectedItemCount", machines, ""},
		{"MABContainersCount", agents, ""},
		{"InProgressJobsCount", running, perDay},
		{"FailedJobsCount", failed, perDay},
	} {
		p.Value = append(p.Value, usage{
			Name:         usageName{Value: u.name, LocalizedValue: u.name},
			Unit:         "Count",
			CurrentValue: u.value,
			Limit:        unlimited,
			QuotaPeriod:  u.period,
		})
	}
	return answerOK(p), nil
}

func count(docs []*store.Document, is func(*store.Document) bool) int {
	n := 0
	for _, d := range docs {
		if is(d) {
			n++
		}
	}
	return n
}

// today counts the jobs of the last day that run and those that failed.
func (h *jobHistory) today() (running, failed int) {
	for _, j := range h.between(h.now.Add(-24*time.Hour), h.now) {
		switch j.status(h.now) {
		case jobInProgress:
			running++
		case jobFailed:
			failed++
		}
	}
	return running, failed
}
