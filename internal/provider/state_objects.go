package provider

import (
	"context"
	"crypto/rand"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// stateObjects are the objects that Terraform has in the state of this run. Terraform has every one of them upgraded before
// it plans it, also one that is tainted or not to be refreshed, and that is when the server notes it; reads and plans add
// what becomes of it. What asks is the plan of a new object, which may take the place of a tainted one under the same id,
// and the plans of vaults and policies, of what leaves them. The service cannot be asked: it does not know what Terraform
// has in its state, nor what it is going to do. The zero value is empty.
type stateObjects struct {
	mu    sync.Mutex
	known map[string]stateObject // by id key
}

// stateObject is what is known of an object in the state.
type stateObject struct {
	forceDestroy   bool   // of a vault: the state says so
	deletionPolicy string // of a protected VM, by the state
	refreshed      bool   // read in this run
	planned        bool   // planned with its state, so that it is not tainted
	owner          string // the mark of its address
	end            ending
	// promised to a new object, whose plan came first and took this one for tainted.
	promised bool
}

// ending is what this run makes of an object of the state.
type ending int

const (
	stays    ending = iota
	goes            // deleted, a protection with its backups
	replaced        // deleted, and another is made
	retains         // a protection that ends, and its backups stay, without a policy
	suspends        // a protection that ends, and its backups stay, by the policy
)

// keyed is an id of an object.
type keyed interface{ Key() string }

// change notes something about an object.
func (s *stateObjects) change(id keyed, change func(*stateObject)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = map[string]stateObject{}
	}
	o := s.known[id.Key()]
	change(&o)
	s.known[id.Key()] = o
}

// upgraded notes that Terraform has an object in the state, with these texts and switches.
func (s *stateObjects) upgraded(id keyed, texts map[string]string, flags map[string]bool) {
	s.change(id, func(o *stateObject) {
		o.forceDestroy, o.deletionPolicy = flags["force_destroy"], texts["deletion_policy"]
	})
}

func (s *stateObjects) read(id keyed) { s.change(id, func(o *stateObject) { o.refreshed = true }) }

// plannedWithState notes the plan of an object with its state; promised tells that the object was planned to be made anew
// before, by another resource.
func (s *stateObjects) plannedWithState(id keyed) (promised bool) {
	s.change(id, func(o *stateObject) { o.planned, promised = true, o.promised })
	return promised
}

// stays notes the plan of an object to which nothing is done. It is false, and nothing is noted, when another address of the
// state or of the configuration has the object, too.
func (s *stateObjects) stays(id keyed, owner string) (sole bool) {
	s.change(id, func(o *stateObject) {
		if sole = (o.owner == "" || o.owner == owner) && !o.promised; sole {
			o.owner, o.planned = owner, true
		}
	})
	return sole
}

// ends notes what becomes of an object.
func (s *stateObjects) ends(id keyed, how ending) {
	s.change(id, func(o *stateObject) { o.end = how })
}

// get returns an object; ok is false when the state has none of this id.
func (s *stateObjects) get(id keyed) (o stateObject, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok = s.known[id.Key()]
	return o, ok
}

// leaves tells whether this run takes an object away.
func (s *stateObjects) leaves(id keyed) bool {
	o, _ := s.get(id)
	return o.end == goes || o.end == replaced
}

// leavesPolicy tells whether a VM has no policy any more once this run has ended.
func (s *stateObjects) leavesPolicy(id keyed) bool {
	o, _ := s.get(id)
	return o.end == goes || o.end == retains
}

// forget is told of an object that is not in the state any more.
func (s *stateObjects) forget(id keyed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.known, id.Key())
}

// mayReplace tells whether a new object may be planned to take the place of the one with this id: its private state says so,
// or the one there is may be tainted. Of that Terraform says nothing: it asks for the plan of a new object alone.
func (s *stateObjects) mayReplace(id keyed, handedOn string) bool {
	if handedOn == id.Key() {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.known[id.Key()]
	if !ok || o.planned || o.end != stays && o.end != replaced {
		return false
	}
	o.promised = true // should the object turn out not to be tainted, its own plan says so
	s.known[id.Key()] = o
	return true
}

// planned notes that an object of the state is planned with its state, and refuses a second resource for it, whose plan came
// first and could not know of this one.
func (r *run) planned(id keyed, label string, diags *diag.Diagnostics) {
	if r.state.plannedWithState(id) {
		diags.AddError("Two resources for one object", label+" is in the state at this address and stays, and another resource of this configuration is to "+
			"make it, too.\n\nRemove one of the two blocks. To give the object the other address, use a moved block.")
	}
}

// mayEnd tells whether this run ends an object of the state, or may: it was not planned yet.
func (s *stateObjects) mayEnd(id keyed) bool {
	o, ok := s.get(id)
	return ok && (o.end != stays || !o.planned)
}

// The keys of private state.
const (
	// replacedKey has the id of the object that is being replaced. Terraform plans a replacement in two halves, first with the
	// object there is and then with none, and hands private state on from the first half to the second.
	replacedKey = "replaced"
	// ownerKey has a mark that each address of the state gets when it gets its object. An object that was imported at a second
	// address has another mark there.
	ownerKey = "owner"
)

// handOn notes the object of the state for the plan of the one that may replace it.
func handOn(ctx context.Context, id keyed, private tfvalue.PrivateWriter) diag.Diagnostics {
	return tfvalue.SetPrivateText(ctx, private, replacedKey, id.Key())
}

// handedOn is the key of the id of the object that a new one is planned to replace; empty when none is known.
func handedOn(ctx context.Context, private tfvalue.PrivateReader) string {
	return tfvalue.PrivateText(ctx, private, replacedKey)
}

// markOwner marks the address that gets an object.
func markOwner(ctx context.Context, private tfvalue.PrivateWriter) diag.Diagnostics {
	return tfvalue.SetPrivateText(context.WithoutCancel(ctx), private, ownerKey, rand.Text())
}

// warnOfTwoAddresses says that an object is in the state twice, which is known when both addresses are marked differently.
func (r *run) warnOfTwoAddresses(ctx context.Context, id keyed, label string, private tfvalue.PrivateReader, diags *diag.Diagnostics) {
	owner := tfvalue.PrivateText(ctx, private, ownerKey)
	twice := false
	r.state.change(id, func(o *stateObject) {
		twice = o.owner != "" && o.owner != owner
		o.owner = owner
	})
	if twice && r.plans.once("two addresses "+id.Key()) {
		diags.AddWarning("One object at two addresses", label+" is in the state at two addresses, as after an import of what another resource has "+
			"already. Each of them changes it to its own configuration, and destroying either destroys it.\n\n"+
			"Take one of them out: remove its block from the configuration and, without destroying anything, its address from the state, by `terraform state rm` (or `tofu state rm`).")
	}
}

// upgradedState notes an object that Terraform has read from the state.
func (r *run) upgradedState(typeName string, raw []byte) {
	texts, flags := tfvalue.StoredObject(raw)
	of, err := vault.ParseID(texts["vault_id"])
	switch typeName {
	case "backup_vault":
		if id, err := vault.ParseID(texts["id"]); err == nil && texts["name"] == "" { // a damaged state
			r.state.upgraded(id, texts, flags)
			return
		}
		r.state.upgraded(vault.NewID(texts["subscription_id"], texts["resource_group_name"], texts["name"]), texts, flags)
	case "backup_policy_vm":
		if err == nil {
			r.state.upgraded(vault.NewPolicyID(of, texts["name"]), texts, flags)
		} else if id, err := vault.ParsePolicyID(texts["id"]); err == nil {
			r.state.upgraded(id, texts, flags)
		}
	case "backup_protected_vm":
		if id, err := vault.ParseItemID(texts["id"]); err == nil && texts["source_vm_id"] == "" {
			r.state.upgraded(id, texts, flags)
		}
		if vm, notVM := vault.ParseVMID(texts["source_vm_id"]); err == nil && notVM == nil {
			r.state.upgraded(vault.NewItemID(of, vm), texts, flags)
		}
	}
}
