package azure

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// anyClaims are claims that demand nothing. Tokens of managed identities are kept for the whole process, in a cache that
// a new credential shares; claims are not sent on to the identity endpoint, but lead past the cache
// (microsoft-authentication-library-for-go, apps/managedidentity, Client.AcquireToken).
const anyClaims = `{"access_token":{}}`

func (s *signIn) skipManagedIdentity() string {
	if !on(s.settings.UseMSI) {
		return "use_msi is not true"
	}
	return ""
}

// managedIdentity signs in as the identity of the machine, or as the user-assigned one that client_id names:
// https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token. azidentity finds
// out from the IDENTITY_* and MSI_* variables whether it runs in App Service, Container Apps, Arc or the like.
func (s *signIn) managedIdentity() (azcore.TokenCredential, error) {
	if len(s.settings.AuxiliaryTenantIDs) > 0 {
		return nil, errors.New("a managed identity lives in one tenant and has no tokens for auxiliary_tenant_ids")
	}
	clientID, err := s.clientID()
	if err != nil {
		return nil, err
	}
	var endpoint *url.URL
	if text := s.settings.MSIEndpoint; text != "" {
		if endpoint, err = parseIdentityEndpoint(text); err != nil {
			return nil, err
		}
	}
	rt := s.network.RoundTripper
	if rt == nil {
		rt = newLocalNetwork()
	}
	options := &azidentity.ManagedIdentityCredentialOptions{ClientOptions: s.options}
	options.Transport = NewHTTPClient(identityEndpoint{next: rt, endpoint: endpoint, apiVersion: s.settings.MSIAPIVersion})
	if clientID != "" {
		options.ID = azidentity.ClientID(clientID)
	}
	return azidentity.NewManagedIdentityCredential(options)
}

func parseIdentityEndpoint(endpoint string) (*url.URL, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("msi_endpoint is not an http or https URL")
	}
	return u, nil
}

// identityEndpoint sends the requests of a managed identity to msi_endpoint, which azidentity has no setting for.
type identityEndpoint struct {
	next       http.RoundTripper
	endpoint   *url.URL // nil: where azidentity sends them
	apiVersion string   // "": the one that azidentity speaks
}

// RoundTrip implements http.RoundTripper.
func (i identityEndpoint) RoundTrip(req *http.Request) (*http.Response, error) {
	sent := req.Clone(req.Context())
	query := sent.URL.Query()
	if i.apiVersion != "" {
		query.Set("api-version", i.apiVersion)
	}
	if i.endpoint != nil {
		for name, values := range i.endpoint.Query() {
			query[name] = values
		}
		sent.URL.Scheme, sent.URL.Host, sent.URL.Path = i.endpoint.Scheme, i.endpoint.Host, i.endpoint.Path
		sent.Host = ""
	}
	sent.URL.RawQuery = query.Encode()
	resp, err := i.next.RoundTrip(sent)
	if err != nil {
		return nil, &noIdentityError{at: origin(sent.URL), err: err}
	}
	return resp, nil
}

// noIdentityError says that nothing answers where managed identities come from. azidentity would otherwise go on asking
// for minutes, which only makes sense while something answers that it is busy.
type noIdentityError struct {
	at  string
	err error
}

// Error says what it means.
func (e *noIdentityError) Error() string {
	return fmt.Sprintf("%s does not answer (%v): this machine is not in Azure or has no managed identity", e.at, e.err)
}

// Unwrap gives the error of the network.
func (e *noIdentityError) Unwrap() error { return e.err }

// NonRetriable marks the error for azcore's retry policy.
func (*noIdentityError) NonRetriable() {}
