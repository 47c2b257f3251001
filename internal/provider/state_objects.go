package provider

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/diag"

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
	forceDestroy bool   // of a vault: the state says so
	refreshed    bool   // read in this run
	planned      bool   // planned with its state, so that it is not tainted
	owner        string // the mark of its address
	end          ending
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

// upgraded notes that Terraform has an object in the state.
func (s *stateObjects) upgraded(id keyed, forceDestroy bool) {
	s.change(id, func(o *stateObject) { o.forceDestroy = forceDestroy })
}

func (s *stateObjects) read(id keyed) { s.change(id, func(o *stateObject) { o.refreshed = true }) }

func (s *stateObjects) plannedWithState(id keyed) {
	s.change(id, func(o *stateObject) { o.planned = true })
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
	o, ok := s.get(id)
	return ok && !o.planned && (o.end == stays || o.end == replaced)
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

// privateReader is the part of a request that reads private state.
type privateReader interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

// privateState is the part of a response that writes private state.
type privateState interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// handOn notes the object of the state for the plan of the one that may replace it.
func handOn(ctx context.Context, id keyed, private privateState) diag.Diagnostics {
	value, err := json.Marshal(id.Key())
	if err != nil {
		return nil // a text is always JSON
	}
	return private.SetKey(ctx, replacedKey, value)
}

// handedOn is the key of the id of the object that a new one is planned to replace; empty when none is known.
func handedOn(ctx context.Context, private privateReader) string {
	return privateText(ctx, private, replacedKey)
}

func privateText(ctx context.Context, private privateReader, key string) (text string) {
	raw, diags := private.GetKey(ctx, key)
	if diags.HasError() || raw == nil || json.Unmarshal(raw, &text) != nil {
		return ""
	}
	return text
}

// markOwner marks the address that gets an object.
func markOwner(ctx context.Context, private privateState) diag.Diagnostics {
	return private.SetKey(context.WithoutCancel(ctx), ownerKey, []byte(`"`+uuid.NewString()+`"`))
}

// warnOfTwoAddresses says that an object is in the state twice, which is known when both addresses are marked differently.
func (r *run) warnOfTwoAddresses(ctx context.Context, id keyed, label string, private privateReader, diags *diag.Diagnostics) {
	owner := privateText(ctx, private, ownerKey)
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

// stateIDs make the ids of the objects of a raw state, by type.
var stateIDs = map[string]func(rawState) (keyed, bool){
	"backup_vault": func(s rawState) (keyed, bool) {
		return vault.NewID(s.SubscriptionID, s.ResourceGroupName, s.Name), s.Name != ""
	},
	"backup_policy_vm": func(s rawState) (keyed, bool) {
		of, err := vault.ParseID(s.VaultID)
		return vault.NewPolicyID(of, s.Name), err == nil
	},
	"backup_protected_vm": func(s rawState) (keyed, bool) {
		of, err := vault.ParseID(s.VaultID)
		vm, notVM := vault.ParseVMID(s.SourceVMID)
		return vault.NewItemID(of, vm), err == nil && notVM == nil
	},
}

// rawState is the part of a stored state that names the object.
type rawState struct {
	Name              string `json:"name"`
	SubscriptionID    string `json:"subscription_id"`
	ResourceGroupName string `json:"resource_group_name"`
	VaultID           string `json:"vault_id"`
	SourceVMID        string `json:"source_vm_id"`
	ForceDestroy      bool   `json:"force_destroy"`
}

// upgradedState notes an object that Terraform has read from the state.
func (r *run) upgradedState(typeName string, raw []byte) {
	of, ours := stateIDs[typeName]
	var s rawState
	if !ours || json.Unmarshal(raw, &s) != nil {
		return
	}
	if id, ok := of(s); ok {
		r.state.upgraded(id, s.ForceDestroy)
	}
}
