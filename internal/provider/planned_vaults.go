package provider

import (
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
)

// plannedVaults remembers, for one provider run, what Terraform has asked about each vault. It is what tells a vault
// that is being replaced under its own name from a conflict: Terraform plans a replacement by asking about the
// vault there is and then, without saying so, about a new one; for a tainted vault it asks about a new one only,
// after reading the old.
type plannedVaults struct {
	mu      sync.Mutex
	known   map[string]knownVault // by id key
	created map[string]bool       // by lower-cased subscription and name
}

// knownVault is a vault in the state of this run.
type knownVault struct {
	config    tftypes.Value
	planned   bool // its plan was asked for; until then only a read
	destroyed bool // it leaves the configuration
}

func newPlannedVaults() *plannedVaults {
	return &plannedVaults{known: map[string]knownVault{}, created: map[string]bool{}}
}

// read notes that a vault of the state was refreshed.
func (p *plannedVaults) read(id arm.ID) { p.note(id, knownVault{}) }

// keep notes that a vault of the state was planned with this configuration.
func (p *plannedVaults) keep(id arm.ID, config tftypes.Value) {
	p.note(id, knownVault{config: config, planned: true})
}

// destroy notes that a vault of the state is planned to be destroyed.
func (p *plannedVaults) destroy(id arm.ID) { p.note(id, knownVault{planned: true, destroyed: true}) }

func (p *plannedVaults) note(id arm.ID, v knownVault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.known[id.Key()] = v
}

// replaces tells whether the plan of a new vault with this configuration may be the second half of replacing the one
// with the given id.
func (p *plannedVaults) replaces(id arm.ID, config tftypes.Value) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	v, ok := p.known[id.Key()]
	return ok && !v.destroyed && (!v.planned || v.config.Equal(config))
}

// create notes the plan of a new vault; it is false when this run has planned one of that name before.
func (p *plannedVaults) create(subscriptionID, name string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := strings.ToLower(subscriptionID + "/" + name)
	if p.created[key] {
		return false
	}
	p.created[key] = true
	return true
}
