package azure

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	armpolicy "github.com/Azure/azure-sdk-for-go/sdk/azcore/arm/policy"
	armruntime "github.com/Azure/azure-sdk-for-go/sdk/azcore/arm/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// Policy signs the requests to ARM: it adds the token, those of the auxiliary tenants in x-ms-authorization-auxiliary,
// and answers ARM's demand for another token. It belongs among the pipeline's policies for every try, and signs
// nothing that goes to another host than the connection's endpoint.
//
// The work is done by azcore's arm/runtime.BearerTokenPolicy, which handles the claims challenges of Continuous Access
// Evaluation (https://learn.microsoft.com/entra/identity/conditional-access/concept-continuous-access-evaluation). Added
// is one more try with a new token after a plain 401, as after a clock that was wrong: azcore would pass that on to the
// user.
func (c *Connection) Policy() policy.Policy {
	return &bearer{
		endpoint:   c.cloud.Endpoint,
		credential: c.credential,
		inner: armruntime.NewBearerTokenPolicy(c.credential, &armpolicy.BearerTokenOptions{
			Scopes:                          []string{c.cloud.Scope()},
			AuxiliaryTenants:                c.credential.tenants,
			InsecureAllowCredentialWithHTTP: c.cloud.insecure(), // a loopback address, or Resolve had refused it
		}),
	}
}

type bearer struct {
	endpoint   string
	credential *credential
	inner      policy.Policy
}

// Do implements policy.Policy.
func (b *bearer) Do(req *policy.Request) (*http.Response, error) {
	if err := b.checkHost(req.Raw().URL); err != nil {
		return nil, err
	}
	resp, err := b.inner.Do(req)
	if err != nil || resp.StatusCode != http.StatusUnauthorized || claimed(resp) {
		return resp, err
	}
	refused := strings.TrimPrefix(req.Raw().Header.Get("Authorization"), "Bearer ")
	again := b.credential.renew(refused)
	if again {
		again = req.RewindBody() == nil
	}
	if !again {
		return resp, nil
	}
	runtime.Drain(resp)
	return b.inner.Do(req)
}

// claimed tells that azcore has already asked for a token anew, with the claims that ARM wants.
func claimed(resp *http.Response) bool {
	return strings.Contains(strings.Join(resp.Header.Values("WWW-Authenticate"), " "), "insufficient_claims")
}

// foreignHostError says that a request was about to carry a token to a host that has no business with it.
type foreignHostError struct{ host string }

// Error names the host.
func (e *foreignHostError) Error() string {
	return fmt.Sprintf("a request to %q was stopped: tokens only travel to the ARM endpoint", e.host)
}

// NonRetriable marks the error for azcore's retry policy.
func (*foreignHostError) NonRetriable() {}

func (b *bearer) checkHost(target *url.URL) error {
	own, err := url.Parse(b.endpoint)
	if err != nil {
		return err
	}
	if target.Scheme != own.Scheme || !strings.EqualFold(target.Host, own.Host) {
		return &foreignHostError{host: target.Host}
	}
	return nil
}
