package azure

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// mostAuxiliaryTenants is how many tokens ARM takes beside the main one:
// https://learn.microsoft.com/azure/azure-resource-manager/management/authenticate-multi-tenant.
const mostAuxiliaryTenants = 3

// Options are the connection's ways to the outside; the zero value is the real ones. Tests replace them.
type Options struct {
	// RoundTripper sends every request, those for tokens too; nil means the network.
	RoundTripper http.RoundTripper
	// RunCLI runs Azure CLI with arguments and returns what it prints; nil means the az in PATH. azidentity runs az
	// itself when it needs a token, always from PATH.
	RunCLI func(ctx context.Context, args ...string) ([]byte, error)
}

// Connection is a cloud and a way to sign in to it. It is safe for concurrent use.
type Connection struct {
	cloud      Cloud
	client     *http.Client
	signIn     *signIn
	credential *credential
}

// Connect resolves the cloud and prepares the sign-in. It sends a request only when a metadata host is given; SignIn or
// the first request of an ARM client signs in.
func Connect(ctx context.Context, s Settings, o Options) (*Connection, error) {
	if n := len(s.AuxiliaryTenantIDs); n > mostAuxiliaryTenants {
		return nil, fmt.Errorf("auxiliary_tenant_ids has %d tenants; Azure takes at most %d", n, mostAuxiliaryTenants)
	}
	if o.RunCLI == nil {
		o.RunCLI = runCLI
	}
	client := NewHTTPClient(o.RoundTripper)
	cloud, err := Resolve(ctx, s, client)
	if err != nil {
		return nil, err
	}
	how := &signIn{settings: s, cloud: cloud, options: clientOptions(cloud, client), network: o, redact: &redactor{}}
	how.redact.add(s.secrets()...)
	return &Connection{
		cloud:  cloud,
		client: client,
		signIn: how,
		credential: &credential{
			cloud: cloud, tenants: s.AuxiliaryTenantIDs, methods: how.methods(), redact: how.redact,
		},
	}, nil
}

// Cloud is where the connection leads.
func (c *Connection) Cloud() Cloud { return c.cloud }

// Endpoint is the ARM endpoint, without a trailing slash.
func (c *Connection) Endpoint() string { return c.cloud.Endpoint }

// Transport sends requests; see NewHTTPClient.
func (c *Connection) Transport() policy.Transporter { return c.client }

// SignIn signs in, once: later calls return what the first one found, unless that failed. The error is a *SignInError
// that lists every method, or says that the context ended. A provider calls this while it is configured, so that the
// user sees the error once and not for every resource.
func (c *Connection) SignIn(ctx context.Context) (SignIn, error) { return c.credential.signIn(ctx) }

// ErrNoDefaultSubscription says that nothing but the configuration can name the subscription: only Azure CLI has a
// default one, and it counts only for those signed in with it.
var ErrNoDefaultSubscription = errors.New("only a sign-in with Azure CLI has a default subscription")

// DefaultSubscription is the subscription that Azure CLI works with, when it was the way to sign in.
func (c *Connection) DefaultSubscription(ctx context.Context) (Account, error) {
	how, err := c.SignIn(ctx)
	if err != nil {
		return Account{}, err
	}
	if how.Method != AzureCLI {
		return Account{}, fmt.Errorf("%w; this one was with %s", ErrNoDefaultSubscription, how.Method)
	}
	account, err := c.signIn.account(ctx)
	if err != nil {
		return Account{}, errors.New(c.signIn.redact.clean(err.Error()))
	}
	return account, nil
}

// String names the cloud, so that a connection that is printed shows nothing else.
func (c *Connection) String() string { return "connection to " + c.cloud.Name }

// GoString is String, for %#v.
func (c *Connection) GoString() string { return c.String() }
