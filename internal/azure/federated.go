package azure

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

const (
	// tokenExchangeAudience is what a federated token is made out to, in every cloud, as azurerm asks for it; a
	// request URL that has an audience of its own keeps it.
	// https://learn.microsoft.com/entra/workload-id/workload-identity-federation-create-trust
	tokenExchangeAudience = "api://AzureADTokenExchange"
	// adoAPIVersion is the one that azidentity uses (azure_pipelines_credential.go).
	adoAPIVersion = "7.1"
)

func (s *signIn) oidc() bool { return on(s.settings.UseOIDC) || on(s.settings.UseAKSWorkloadIdentity) }

func (s *signIn) skipOIDCToken() string {
	switch {
	case !s.oidc():
		return "use_oidc is not true"
	case s.settings.OIDCToken == "" && s.settings.OIDCTokenFilePath == "" && on(s.settings.UseAKSWorkloadIdentity):
		return "use_aks_workload_identity is true, but AKS has not set AZURE_FEDERATED_TOKEN_FILE"
	case s.settings.OIDCToken == "" && s.settings.OIDCTokenFilePath == "":
		return "neither oidc_token nor oidc_token_file_path is set"
	}
	return ""
}

func (s *signIn) oidcToken() (azcore.TokenCredential, error) {
	read := func(context.Context) (string, error) {
		// Read for every sign-in: Kubernetes replaces the file within the hour.
		return s.valueOrFile("oidc_token", s.settings.OIDCToken, s.settings.OIDCTokenFilePath)
	}
	if _, err := read(context.Background()); err != nil {
		return nil, err
	}
	return s.federated(read)
}

func (s *signIn) skipOIDCRequest() string {
	switch {
	case !s.oidc():
		return "use_oidc is not true"
	case s.settings.OIDCRequestURL == "" && s.settings.OIDCRequestToken == "":
		return "neither oidc_request_url nor oidc_request_token is set; GitHub Actions sets both for a job with the permission \"id-token: write\""
	}
	return ""
}

func (s *signIn) oidcRequest() (azcore.TokenCredential, error) {
	if s.settings.OIDCRequestURL == "" {
		return nil, errors.New("oidc_request_url is not set, but oidc_request_token is")
	}
	if s.settings.OIDCRequestToken == "" {
		return nil, errors.New("oidc_request_token is not set, but oidc_request_url is")
	}
	u, err := url.Parse(s.settings.OIDCRequestURL)
	if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return nil, errors.New("oidc_request_url is not an https URL")
	}
	if s.settings.ADOPipelineServiceConnectionID != "" {
		return s.federated(s.azurePipelines(u))
	}
	return s.federated(s.gitHubActions(u))
}

// gitHubActions asks for a token as
// https://docs.github.com/actions/reference/security/oidc#methods-for-requesting-the-oidc-token says.
func (s *signIn) gitHubActions(u *url.URL) func(context.Context) (string, error) {
	target := withQuery(u, map[string]string{"audience": tokenExchangeAudience})
	return func(ctx context.Context) (string, error) {
		var answer struct {
			Value string `json:"value"`
		}
		err := s.requestToken(ctx, http.MethodGet, target, nil, &answer)
		return s.handedOut(answer.Value, err)
	}
}

// azurePipelines asks for a token as azidentity's AzurePipelinesCredential does; that one takes the URL from
// SYSTEM_OIDCREQUESTURI only. The protocol:
// https://learn.microsoft.com/rest/api/azure/devops/distributedtask/oidctoken/create.
func (s *signIn) azurePipelines(u *url.URL) func(context.Context) (string, error) {
	target := withQuery(u, map[string]string{
		"api-version": adoAPIVersion, "serviceConnectionId": s.settings.ADOPipelineServiceConnectionID,
	})
	header := http.Header{
		"Content-Type": {"application/json"},
		// Otherwise a token that has expired is answered with a redirect to a page for signing in.
		"X-TFS-FedAuthRedirect": {"Suppress"},
	}
	return func(ctx context.Context) (string, error) {
		var answer struct {
			OIDCToken string `json:"oidcToken"`
		}
		err := s.requestToken(ctx, http.MethodPost, target, header, &answer)
		return s.handedOut(answer.OIDCToken, err)
	}
}

// handedOut checks a token that was handed out, and notes what went wrong for the user.
func (s *signIn) handedOut(token string, err error) (string, error) {
	if err == nil && token == "" {
		err = errors.New("the answer of oidc_request_url holds no token")
	}
	s.redact.add(token)
	return token, err
}

// requestToken sends oidc_request_token to oidc_request_url. What the answer says is not passed on: it may be a token.
func (s *signIn) requestToken(ctx context.Context, verb, target string, header http.Header, out any) error {
	req, err := runtime.NewRequest(ctx, verb, target)
	if err != nil {
		return errors.New("oidc_request_url is not a URL that a request can be sent to")
	}
	for name, values := range header {
		req.Raw().Header[http.CanonicalHeaderKey(name)] = values
	}
	req.Raw().Header.Set("Accept", "application/json")
	req.Raw().Header.Set("Authorization", "Bearer "+strings.TrimSpace(s.settings.OIDCRequestToken))
	options := s.options
	resp, err := runtime.NewPipeline("terraform-provider-backup", "", runtime.PipelineOptions{}, &options).Do(req)
	if err != nil {
		return fmt.Errorf("oidc_request_url: %w", plainTransportError(err))
	}
	body, err := runtime.Payload(resp)
	switch {
	case err != nil:
		return errors.New("the answer of oidc_request_url broke off")
	case resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden:
		return fmt.Errorf("oidc_request_url answered HTTP %d: oidc_request_token has expired or is for another job", resp.StatusCode)
	case resp.StatusCode < 200 || resp.StatusCode > 299:
		return fmt.Errorf("oidc_request_url answered HTTP %d", resp.StatusCode)
	case json.Unmarshal(body, out) != nil:
		return errors.New("the answer of oidc_request_url is not the JSON expected")
	}
	return nil
}

// federated signs in with a token of another issuer:
// https://learn.microsoft.com/entra/workload-id/workload-identity-federation.
func (s *signIn) federated(assertion func(context.Context) (string, error)) (azcore.TokenCredential, error) {
	clientID, err := s.principal()
	if err != nil {
		return nil, err
	}
	noted := func(ctx context.Context) (string, error) {
		token, err := assertion(ctx)
		if err != nil {
			_ = note(ctx, err)
		}
		return token, err
	}
	return azidentity.NewClientAssertionCredential(s.settings.TenantID, clientID, noted, &azidentity.ClientAssertionCredentialOptions{
		ClientOptions:              s.options,
		AdditionallyAllowedTenants: s.settings.AuxiliaryTenantIDs,
		DisableInstanceDiscovery:   s.privateAuthority(),
	})
}

// withQuery adds query parameters that a URL does not have yet.
func withQuery(u *url.URL, add map[string]string) string {
	query := u.Query()
	for name, value := range add {
		if query.Get(name) == "" {
			query.Set(name, value)
		}
	}
	changed := *u
	changed.RawQuery = query.Encode()
	return changed.String()
}
