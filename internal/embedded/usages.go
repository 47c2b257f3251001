package embedded

import (
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// The types of what a vault holds.
const (
	typeContainer     = catalog.VaultType + "/backupFabrics/protectionContainers"
	typeProtectedItem = typeContainer + "/protectedItems"
	typeJob           = catalog.VaultType + "/backupJobs"
)

// listUsages counts what the vault holds; what only waits to be purged is not protected any more. The storage that
// backups take is left out: the service stores no backups.
func (s *Service) listUsages(c *call) (*answer, error) {
	var items, containers, jobs []*store.Document
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
		jobs, err = tx.Documents(store.Query{Type: typeJob, Under: d.ID})
		return err
	})
	if err != nil {
		return nil, err
	}

	items = liveItems(items, c.now)
	machines := count(items, func(d *store.Document) bool { return strings.HasPrefix(d.Name, "vm;iaasvmcontainer") })
	agents := count(containers, func(d *store.Document) bool { return strings.HasPrefix(d.Name, "windows;") })
	running, err := countStatus(jobs, "InProgress")
	if err != nil {
		return nil, err
	}
	failed, err := countStatus(jobs, "Failed")
	if err != nil {
		return nil, err
	}
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

func countStatus(jobs []*store.Document, status string) (int, error) {
	n := 0
	for _, job := range jobs {
		body, err := decode(job.Body)
		if err != nil {
			return 0, err
		}
		if lookupText(body, "properties.status") == status {
			n++
		}
	}
	return n, nil
}
