package provider

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// plannedVaults remembers, for one provider run, what Terraform has asked about each vault and what is in it.
type plannedVaults struct {
	plannedObjects // the vaults
	// items are the protected VMs.
	items plannedObjects

	// What a configuration may make once: vaults by subscription and name, policies by id, protections by the VM's id.
	newVaultNames, newPolicies, newItems plannedOnce

	mu       sync.Mutex
	intended map[string]plannedVault // vaults that this run makes or changes, by any key that is theirs alone
	policies map[string]bool         // that this run makes, by key
	said     map[string]bool         // what is said once a run
	released map[string]bool         // items whose protection this run has ended, by key
	leaving  map[string]bool         // items that leave their policy when this run destroys them, by key
}

// plannedVault is what a plan makes of a vault. What is not known yet is empty.
type plannedVault struct {
	id           arm.ID
	region       string // canonical
	redundancy   string
	immutability string
	// isNew tells that the vault does not exist before the apply, so that nothing can refer to its id yet.
	isNew bool
	// locked tells that the redundancy is locked already, and chosen that it is written in the configuration.
	locked, chosen bool
}

func newPlannedVaults() *plannedVaults {
	return &plannedVaults{
		intended: map[string]plannedVault{}, policies: map[string]bool{},
		said: map[string]bool{}, released: map[string]bool{}, leaving: map[string]bool{},
	}
}

// vaultNameKey is the key of a vault's name in its subscription; empty while one of them is not known.
func vaultNameKey(subscriptionID, name string) string {
	if subscriptionID == "" || name == "" {
		return ""
	}
	return strings.ToLower(subscriptionID + "/" + name)
}

// once is true the first time that it is asked about a text.
func (p *plannedVaults) once(text string) bool { return p.first(p.said, text) }

// first notes a key, and tells whether it was not there before.
func (p *plannedVaults) first(of map[string]bool, key string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if of[key] {
		return false
	}
	of[key] = true
	return true
}

func (p *plannedVaults) has(of map[string]bool, key string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return of[key]
}

// planPolicy notes that this run makes a policy.
func (p *plannedVaults) planPolicy(id vault.PolicyID) { p.first(p.policies, id.Key()) }

// plansPolicy tells whether this run makes a policy.
func (p *plannedVaults) plansPolicy(id vault.PolicyID) bool { return p.has(p.policies, id.Key()) }

// release notes that this run has ended the protection of a VM, so that what is left of it is no stranger's.
func (p *plannedVaults) release(id vault.ItemID) { p.first(p.released, id.Key()) }

// releasedItem tells whether this run has ended the protection.
func (p *plannedVaults) releasedItem(id vault.ItemID) bool { return p.has(p.released, id.Key()) }

// leave notes that a VM has no policy any more once this run has destroyed its protection.
func (p *plannedVaults) leave(id vault.ItemID) { p.first(p.leaving, id.Key()) }

// leavesPolicy tells whether a VM has no policy any more once this run has ended.
func (p *plannedVaults) leavesPolicy(id vault.ItemID) bool { return p.has(p.leaving, id.Key()) }

// intend notes what a plan makes of a vault; chosen tells that its redundancy is written in the configuration.
func (p *plannedVaults) intend(plan vaultModel, isNew, chosen bool) {
	v := plannedVault{
		id: plan.armID(), redundancy: plan.StorageRedundancy.ValueString(), immutability: plan.Immutability.ValueString(),
		isNew: isNew, locked: plan.StorageRedundancyLocked.ValueBool(), chosen: chosen,
	}
	if !plan.Region.IsUnknown() {
		v.region = catalog.NormalizeRegion(plan.Region.ValueString())
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	key := v.id.Key()
	if v.id.Validate() != nil {
		key += "#" + v.region // a name that is not known yet
	}
	p.intended[key] = v
}

// vault is what this run makes of a vault; ok is false when it makes nothing of it.
func (p *plannedVaults) vault(id arm.ID) (v plannedVault, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	v, ok = p.intended[id.Key()]
	return v, ok
}

// newVaults are the vaults that this run makes, in the order of their ids.
func (p *plannedVaults) newVaults() []plannedVault {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []plannedVault
	for _, key := range slices.Sorted(maps.Keys(p.intended)) {
		if v := p.intended[key]; v.isNew {
			all = append(all, v)
		}
	}
	return all
}

// soleRegion is the region of the vaults that this run makes; empty when they have several, or one is not known.
func (p *plannedVaults) soleRegion() string {
	region := ""
	for _, v := range p.newVaults() {
		if v.region == "" || region != "" && v.region != region {
			return ""
		}
		region = v.region
	}
	return region
}

// plannedObjects is what tells an object that is being replaced under its own id from a conflict: Terraform plans a
// replacement by asking about the object there is and then, without saying so, about a new one; for a tainted object it
// asks about a new one only, after reading the old. The zero value is empty.
type plannedObjects struct {
	mu    sync.Mutex
	known map[string]plannedObject // by id key
}

// plannedObject is an object in the state of this run.
type plannedObject struct {
	config    tftypes.Value
	planned   bool // its plan was asked for; until then only a read
	destroyed bool // it leaves the configuration
}

// keyed is an id of an object.
type keyed interface{ Key() string }

// read notes that an object of the state was refreshed.
func (p *plannedObjects) read(id keyed) { p.note(id, plannedObject{}) }

// isRead tells whether an object of the state was refreshed, or planned, in this run.
func (p *plannedObjects) isRead(id keyed) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, ok := p.known[id.Key()]
	return ok
}

// keep notes that an object of the state was planned with this configuration.
func (p *plannedObjects) keep(id keyed, config tftypes.Value) {
	p.note(id, plannedObject{config: config, planned: true})
}

// destroy notes that an object of the state is planned to be destroyed.
func (p *plannedObjects) destroy(id keyed) {
	p.note(id, plannedObject{planned: true, destroyed: true})
}

func (p *plannedObjects) note(id keyed, o plannedObject) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil {
		p.known = map[string]plannedObject{}
	}
	p.known[id.Key()] = o
}

// replaces tells whether the plan of a new object with this configuration may be the second half of replacing the one
// with the given id.
func (p *plannedObjects) replaces(id keyed, config tftypes.Value) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	o, ok := p.known[id.Key()]
	return ok && !o.destroyed && (!o.planned || o.config.Equal(config))
}
