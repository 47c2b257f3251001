package provider

import (
	"context"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/azurebackup/terraform-provider-backup/internal/backend"
)

// NewServer returns the constructor of the provider's server. It is the framework's, which keeps to itself what objects
// the state has: resources hear of those alone that are read or planned with their state, not of one that is tainted.
func NewServer(version string, options ...backend.Option) func() tfprotov6.ProviderServer {
	return func() tfprotov6.ProviderServer {
		p := newProvider(version, options)
		framework := providerserver.NewProtocol6(p)()
		full, ok := framework.(frameworkServer)
		if !ok {
			return framework // without lists or actions, which the tests would miss
		}
		return &server{frameworkServer: withShortCuts(visibleServer{full}, &p.configured), configured: &p.configured}
	}
}

// frameworkServer is what the framework's server can do.
//
//nolint:staticcheck // these interfaces are the only way to lists and actions until they are part of ProviderServer
type frameworkServer interface {
	tfprotov6.ProviderServerWithListResource
	tfprotov6.ProviderServerWithActions
}

type server struct {
	frameworkServer
	configured *atomic.Pointer[run]
}

// UpgradeResourceState notes the object.
func (s *server) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	if r := s.configured.Load(); r != nil && req != nil && req.RawState != nil {
		r.upgradedState(req.TypeName, req.RawState.JSON)
	}
	return s.frameworkServer.UpgradeResourceState(ctx, req)
}
