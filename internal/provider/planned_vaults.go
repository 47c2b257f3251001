package provider

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// plannedVaults remembers, for one provider run, what the service cannot know of it.
type plannedVaults struct {
	mu sync.Mutex
	// intended are the vaults that this run makes or changes, by id. Plans of vaults fill it; plans of policies and protected VMs
	// read what their vault will be, which the service does not know before the apply.
	intended map[string]plannedVault
	// policies are those that this run makes, by id. Plans of policies fill it; plans of protected VMs read that a policy that
	// is not there yet will be.
	policies map[string]bool
	// held are the objects that an apply has made and not deleted since, by id, and false for those that it has deleted. Creates
	// and deletes fill it. A create reads that another resource of the configuration has made the same object, which the
	// service would take for a change of it, or that what is left of a protection is what this run has left.
	held map[string]bool
	// said is what is said once in a run: the service has no part in it.
	said map[string]bool
}

// plannedVault is what a plan makes of a vault. What is not known yet is empty.
type plannedVault struct {
	id           arm.ID
	region       string // canonical
	redundancy   string
	immutability string
	// isNew tells that the vault does not exist before the apply, so that nothing can refer to its id yet.
	isNew bool
	// becomesMutable tells that this run takes away the immutability that the vault has.
	becomesMutable bool
	// otherRegions tells that it protects VMs of other regions than its own, or may.
	otherRegions bool
	// locked tells that the redundancy is locked already, and chosen that it is written in the configuration.
	locked, chosen bool
}

func newPlannedVaults() *plannedVaults {
	return &plannedVaults{intended: map[string]plannedVault{}, policies: map[string]bool{}, held: map[string]bool{}, said: map[string]bool{}}
}

// once is true the first time that it is asked about a text.
func (p *plannedVaults) once(text string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	said := p.said[text]
	p.said[text] = true
	return !said
}

// planPolicy notes that this run makes a policy.
func (p *plannedVaults) planPolicy(id vault.PolicyID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.policies[id.Key()] = true
}

// plansPolicy tells whether this run makes a policy.
func (p *plannedVaults) plansPolicy(id vault.PolicyID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.policies[id.Key()]
}

// make notes that an apply begins to make an object; it is false when it has made one of these ids already.
func (p *plannedVaults) make(ids ...keyed) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range ids {
		if p.held[id.Key()] {
			return false
		}
	}
	for _, id := range ids {
		p.held[id.Key()] = true
	}
	return true
}

// unmake notes that an object which an apply began to make was not made.
func (p *plannedVaults) unmake(ids ...keyed) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range ids {
		delete(p.held, id.Key())
	}
}

// release notes that an apply has deleted an object, or ended a protection: what is left of it is no stranger's.
func (p *plannedVaults) release(ids ...keyed) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range ids {
		p.held[id.Key()] = false
	}
}

// vaultName is the name of a vault in its subscription, or in its resource group, which no two vaults share.
type vaultName struct {
	subscriptionID string
	group          string // "" where names are unique in a subscription
	name           string
}

// Key is the name folded to one letter case.
func (n vaultName) Key() string {
	return strings.ToLower("name " + n.subscriptionID + "/" + n.group + "/" + n.name)
}

// made tells whether this run has made an object of this id.
func (p *plannedVaults) made(id keyed) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.held[id.Key()]
}

// released tells whether this run has deleted an object of this id.
func (p *plannedVaults) released(id keyed) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	held, known := p.held[id.Key()]
	return known && !held
}

// intend notes what a plan makes of a vault by its configuration; the state is nil when it is new.
func (p *plannedVaults) intend(plan vaultModel, state *vaultModel, config tftypes.Value) {
	v := plannedVault{
		id: plan.armID(), redundancy: plan.StorageRedundancy.ValueString(), immutability: plan.Immutability.ValueString(),
		isNew: state == nil, locked: plan.StorageRedundancyLocked.ValueBool(), chosen: !tfvalue.IsUnset(config, "storage_redundancy"),
		otherRegions: protectsOtherRegions(plan.RegionOfChoice, config),
	}
	if state != nil {
		v.id = state.armID() // a name that is not known yet is still the one there is
		v.becomesMutable = v.immutability == vault.ImmutabilityDisabled && cmp.Or(state.Immutability.ValueString(), vault.ImmutabilityDisabled) != vault.ImmutabilityDisabled
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
