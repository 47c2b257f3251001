package unchanged

import (
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Framework is what the framework's server can do.
//
//nolint:staticcheck // these interfaces are the only way to lists and actions until they are part of ProviderServer
type Framework interface {
	tfprotov6.ProviderServerWithListResource
	tfprotov6.ProviderServerWithActions
}

// Variable is the environment variable that sets the mode. It is for whoever wants to know whether an answer given here is to
// blame for something.
const Variable = "BACKUP_SHORT_CUTS"

// The modes. In any other, everything that can be answered here is.
const (
	// Off has the framework answer everything.
	Off = "off"
	// Checked has the framework answer as well, and makes an error of any difference.
	Checked = "checked"
)

// Server answers what it can prove, and has the framework answer everything else.
type Server struct {
	Framework
	kinds   map[string]*kind
	checked bool // both ways are compared
}

// NewServer makes the server in front of the framework's. provider is the provider's type name. Resources that it cannot
// answer for are the framework's; problems says why.
func NewServer(ctx context.Context, framework Framework, provider, mode string, kinds ...Kind) (server *Server, problems []error) {
	s := &Server{Framework: framework, kinds: map[string]*kind{}, checked: mode == Checked}
	if mode == Off {
		return s, nil
	}
	for _, of := range kinds {
		k, err := makeKind(ctx, provider, of)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		s.kinds[k.name] = k
	}
	return s, problems
}

// foundKey is where a look is kept in the context of a read that is handed on.
type foundKey struct{}

// Found is what Object.Look has found for the read of this context; nil when it has not looked.
func Found(ctx context.Context) any { return ctx.Value(foundKey{}) }

// UpgradeResourceState gives the stored state back when it is of this version and of the shape of the schema.
func (s *Server) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	answer, ok := s.upgraded(req)
	if !ok {
		return s.Framework.UpgradeResourceState(ctx, req)
	}
	if s.checked {
		return s.checkUpgrade(ctx, req, answer)
	}
	return answer, nil
}

func (s *Server) upgraded(req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, bool) {
	if req == nil || req.RawState == nil || s.kinds[req.TypeName] == nil {
		return nil, false
	}
	k := s.kinds[req.TypeName]
	if req.Version != k.version || req.RawState.Flatmap != nil || !k.shape.isStored(req.RawState.JSON) {
		return nil, false
	}
	return &tfprotov6.UpgradeResourceStateResponse{UpgradedState: &tfprotov6.DynamicValue{JSON: req.RawState.JSON}}, true
}

// ReadResource gives the state back when the object is what it says.
func (s *Server) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	answer, found := s.read(ctx, req)
	if found != nil {
		// The framework's read of this object takes what was found for its own look: nothing is asked twice.
		ctx = context.WithValue(ctx, foundKey{}, found)
	}
	if answer == nil {
		return s.Framework.ReadResource(ctx, req)
	}
	if s.checked {
		return s.checkRead(ctx, req, answer)
	}
	return answer, nil
}

func (s *Server) read(ctx context.Context, req *tfprotov6.ReadResourceRequest) (answer *tfprotov6.ReadResourceResponse, found any) {
	if req == nil || req.CurrentState == nil || len(req.CurrentState.MsgPack) == 0 || s.kinds[req.TypeName] == nil {
		return nil, nil
	}
	k := s.kinds[req.TypeName]
	state, err := k.shape.object(req.CurrentState.MsgPack)
	if err != nil {
		return nil, nil
	}
	private, err := readPrivate(req.Private)
	if err != nil {
		return nil, nil
	}
	look := k.Object.Look(ctx, state, private)
	if !look.Unchanged {
		return nil, look.Found
	}
	identity, err := k.identity.of(req.CurrentIdentity, look.Identity)
	if err != nil {
		return nil, look.Found
	}
	kept, err := private.encode()
	if err != nil {
		return nil, look.Found
	}
	return &tfprotov6.ReadResourceResponse{NewState: req.CurrentState, Private: kept, NewIdentity: identity}, look.Found
}

// PlanResourceChange gives back the proposed state when it is the one there is, and nothing is to be done.
func (s *Server) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	answer := s.planned(ctx, req)
	if answer == nil {
		return s.Framework.PlanResourceChange(ctx, req)
	}
	if s.checked {
		return s.checkPlan(ctx, req, answer)
	}
	return answer, nil
}

func (s *Server) planned(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) *tfprotov6.PlanResourceChangeResponse {
	if req == nil || s.kinds[req.TypeName] == nil || !sameBytes(req.PriorState, req.ProposedNewState) || req.Config == nil {
		return nil
	}
	k := s.kinds[req.TypeName]
	state, err := k.shape.object(req.PriorState.MsgPack)
	if err != nil {
		return nil
	}
	config, err := k.shape.object(req.Config.MsgPack)
	if err != nil {
		return nil
	}
	for _, d := range k.defaults {
		if d.acts(ctx, config, state) {
			return nil
		}
	}
	private, err := readPrivate(req.PriorPrivate)
	if err != nil {
		return nil
	}
	identity, err := k.identity.orNull(req.PriorIdentity)
	if err != nil || !k.Object.Stays(ctx, state, config, private) {
		return nil
	}
	kept, err := private.encode()
	if err != nil {
		return nil
	}
	return &tfprotov6.PlanResourceChangeResponse{PlannedState: req.ProposedNewState, PlannedPrivate: kept, PlannedIdentity: identity}
}

// ValidateResourceConfig says nothing of a configuration like one of which the framework said nothing.
func (s *Server) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	if req == nil || req.Config == nil || s.kinds[req.TypeName] == nil {
		return s.Framework.ValidateResourceConfig(ctx, req)
	}
	k := s.kinds[req.TypeName]
	key, err := k.keyOf(ctx, req)
	if err != nil {
		return s.Framework.ValidateResourceConfig(ctx, req)
	}
	if k.valid.has(key) {
		answer := &tfprotov6.ValidateResourceConfigResponse{}
		if s.checked {
			return s.checkValidation(ctx, req, answer)
		}
		return answer, nil
	}
	answer, err := s.Framework.ValidateResourceConfig(ctx, req)
	if err == nil && answer != nil && len(answer.Diagnostics) == 0 {
		k.valid.add(key)
	}
	return answer, err
}
