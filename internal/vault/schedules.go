package vault

import (
	"context"
	"sync"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// schedules remembers what policies say about when backups are taken, so that of many VMs with one policy the first has it
// read. Protecting a VM changes nothing in it, although it changes how many VMs the policy has.
type schedules struct {
	mu     sync.Mutex
	writes int // of policies; a read begun before a write is not remembered after it
	known  map[string]schedule
}

type schedule struct {
	settings catalog.VMPolicy
	taken    time.Time
}

// Schedule returns the settings of a policy as they were at most a minute ago, or after this process's last write of a
// policy.
func (c *Client) Schedule(ctx context.Context, id PolicyID) (catalog.VMPolicy, error) {
	if settings, ok := c.schedules.recall(id); ok {
		return settings, nil
	}
	p, err := c.Policy(ctx, id)
	return p.Settings, err
}

func (s *schedules) recall(id PolicyID) (catalog.VMPolicy, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known, ok := s.known[id.Key()]
	return known.settings, ok && time.Since(known.taken) < snapshotAge
}

// begun is what note wants to know of the moment at which a read begins.
func (s *schedules) begun() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writes
}

func (s *schedules) note(id PolicyID, settings catalog.VMPolicy, begun int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if begun != s.writes {
		return
	}
	if s.known == nil {
		s.known = map[string]schedule{}
	}
	s.known[id.Key()] = schedule{settings: settings, taken: time.Now()}
}

// wrote is called before and after a write of a policy.
func (s *schedules) wrote() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes++
	s.known = nil
}
