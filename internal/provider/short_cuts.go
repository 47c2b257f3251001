package provider

import (
	"context"
	"os"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"

	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/unchanged"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// The models that states are read into.
var (
	vaultModels       = unchanged.NewModel[vaultModel]()
	vmPolicyModels    = unchanged.NewModel[vmPolicyModel]()
	protectedVMModels = unchanged.NewModel[protectedVMModel]()
)

// withShortCuts answers for objects that have not changed, which is what most plans find for most of them.
func withShortCuts(framework frameworkServer, configured *atomic.Pointer[run]) frameworkServer {
	quiet := []any{
		stringplanmodifier.UseStateForUnknown(), tfvalue.ReplaceIfDiffers(), tfvalue.ARMName.KeepSpelling(), keepTagSpelling{}, keepState{},
	}
	server, problems := unchanged.NewServer(context.Background(), framework, "backup", os.Getenv(unchanged.Variable),
		unchanged.Kind{
			Resource: &vaultResource{}, Names: []string{"name"}, Modifiers: quiet,
			Object: shortCut[vaultModel]{
				vaultModels, configured,
				func(r *run) object[vaultModel] { return &vaultResource{run: r} },
			},
		},
		unchanged.Kind{
			Resource: &vmPolicyResource{}, Names: []string{"name"}, Modifiers: quiet,
			Object: shortCut[vmPolicyModel]{
				vmPolicyModels, configured,
				func(r *run) object[vmPolicyModel] { return &vmPolicyResource{r} },
			},
		},
		unchanged.Kind{
			Resource: &protectedVMResource{}, Names: []string{"source_vm_id"}, Modifiers: quiet,
			Object: shortCut[protectedVMModel]{
				protectedVMModels, configured,
				func(r *run) object[protectedVMModel] { return &protectedVMResource{run: r} },
			},
		},
	)
	if len(problems) > 0 {
		panic(problems[0]) // of the schema, which every test meets
	}
	return server
}

// object is a resource that can tell whether something has changed.
type object[M any] interface {
	look(ctx context.Context, state M, private tfvalue.PrivateReader) *look[M]
	// stays tells whether the plan of an object has nothing to do and nothing to say, and notes it, when the framework proposes
	// what there is.
	stays(ctx context.Context, state M, config unchanged.Values, private *unchanged.Private) bool
}

// shortCut is an object for the server.
type shortCut[M any] struct {
	models     *unchanged.Model[M]
	configured *atomic.Pointer[run]
	in         func(*run) object[M]
}

// Look implements unchanged.Object.
func (s shortCut[M]) Look(ctx context.Context, state unchanged.Values, private *unchanged.Private) unchanged.Look {
	model, ok := s.models.Read(state)
	r := s.configured.Load()
	if !ok || r == nil {
		return unchanged.Look{}
	}
	return s.in(r).look(ctx, model, private).seen(ctx, s.models, private)
}

// Stays implements unchanged.Object.
func (s shortCut[M]) Stays(ctx context.Context, state, config unchanged.Values, private *unchanged.Private) bool {
	model, ok := s.models.Read(state)
	r := s.configured.Load()
	return ok && r != nil && s.in(r).stays(ctx, model, config, private)
}

func (r *vaultResource) stays(ctx context.Context, state vaultModel, _ unchanged.Values, private *unchanged.Private) bool {
	return !state.Name.IsNull() && !state.Region.IsNull() && state.State.ValueString() == string(vault.Active) && isMade(ctx, private) &&
		r.run.stays(ctx, state.armID(), private)
}

func (r *vmPolicyResource) stays(ctx context.Context, state vmPolicyModel, _ unchanged.Values, private *unchanged.Private) bool {
	id, ok := state.policyID()
	return ok && !state.Name.IsNull() && r.run.stays(ctx, id, private)
}

func (r *protectedVMResource) stays(ctx context.Context, state protectedVMModel, config unchanged.Values, private *unchanged.Private) bool {
	id, err := state.itemID()
	if err != nil || state.VaultID.IsNull() || state.SourceVMID.IsNull() || !isMade(ctx, private) {
		return false
	}
	if wish := config["protection_state"]; wish == nil || wish.IsNull() && !takesBackups(state.ProtectionState.ValueString()) {
		return false // taken up again: see keepState
	}
	if v, planned := r.run.plans.vault(id.Vault); planned && v.becomesMutable {
		return false // see checkStaysImmutable
	}
	return r.run.stays(ctx, id, private)
}

// isMade tells that nothing is pending.
func isMade(ctx context.Context, private tfvalue.PrivateReader) bool {
	pending, _ := private.GetKey(ctx, pendingKey)
	return pending == nil
}

// stays notes the plan of an object to which nothing is done; it is false when there is something to say.
func (r *run) stays(ctx context.Context, id keyed, private *unchanged.Private) bool {
	return r.state.stays(id, tfvalue.PrivateText(ctx, private, ownerKey)) && !handOn(ctx, id, private).HasError()
}
