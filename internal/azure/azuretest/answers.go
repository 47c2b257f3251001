package azuretest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	tokenPath    = "/oauth2/v2.0/token"
	openIDPath   = "/v2.0/.well-known/openid-configuration"
	identityPath = "/metadata/identity/oauth2/token"
)

// Hosts and tokens that a test can name in settings.
const (
	// MetadataHost describes the cloud of MetadataCloud.
	MetadataHost = "management.stratus.example"
	// MetadataAuthority is where that cloud signs in.
	MetadataAuthority = "login.stratus.example"
	// GitHubURL hands out GitHubToken to whoever shows RequestToken.
	GitHubURL   = "https://pipelines.actions.githubusercontent.example/idtoken?api-version=2.0"
	GitHubToken = "github-actions-jwt"
	// AzurePipelinesURL hands out AzurePipelinesToken to whoever shows RequestToken.
	AzurePipelinesURL   = "https://dev.azure.example/org/project/_apis/distributedtask/hubs/build/plans/1/jobs/2/oidctoken"
	AzurePipelinesToken = "azure-pipelines-jwt"
	RequestToken        = "request-token"
	// CLIToken is a token that ARM takes without having been asked for it here; a fake az can print it.
	CLIToken = "cli-token"
)

// MetadataCloud is what MetadataHost answers.
func MetadataCloud() map[string]any {
	return map[string]any{
		"name": "Stratus", "resourceManager": "https://" + MetadataHost + "/", "portal": "https://portal.stratus.example",
		"authentication": map[string]any{
			"loginEndpoint": "https://" + MetadataAuthority + "/", "identityProvider": "AAD", "tenant": "common",
			"audiences": []string{"https://management.core.stratus.example", "https://" + MetadataHost},
		},
	}
}

// answer plays every service; which one is told by the path, since the hosts of the clouds do not share paths.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, form url.Values) {
	path := r.URL.Path
	switch {
	case strings.HasSuffix(path, openIDPath):
		tenant := strings.TrimSuffix(path, openIDPath)
		writeJSON(w, http.StatusOK, map[string]any{
			"issuer":                 "https://" + r.Host + tenant + "/v2.0",
			"authorization_endpoint": "https://" + r.Host + tenant + "/oauth2/v2.0/authorize",
			"token_endpoint":         "https://" + r.Host + tenant + tokenPath,
		})
	case path == "/common/discovery/instance":
		writeJSON(w, http.StatusOK, map[string]any{
			"tenant_discovery_endpoint": "https://" + r.Host + "/common" + openIDPath,
			"metadata": []map[string]any{
				alias("login.microsoftonline.com", "login.windows.net"), alias("login.microsoftonline.us"),
				alias("login.chinacloudapi.cn", "login.partner.microsoftonline.cn"),
			},
		})
	case strings.HasSuffix(path, tokenPath):
		s.token(w, r, form)
	case path == identityPath || path == "/custom/identity":
		s.identity(w, r)
	case path == "/idtoken":
		handOut(w, r, http.MethodGet, map[string]any{"count": 1, "value": GitHubToken})
	case strings.HasSuffix(path, "/oidctoken"):
		handOut(w, r, http.MethodPost, map[string]any{"oidcToken": AzurePipelinesToken})
	case path == "/metadata/endpoints":
		writeJSON(w, http.StatusOK, MetadataCloud())
	default:
		s.arm(w, r)
	}
}

func alias(names ...string) map[string]any {
	return map[string]any{"preferred_network": names[0], "preferred_cache": names[0], "aliases": names}
}

// token answers as https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow says.
func (s *Server) token(w http.ResponseWriter, r *http.Request, form url.Values) {
	if r.Method != http.MethodPost || form.Get("grant_type") != "client_credentials" {
		SignInError(w, http.StatusBadRequest, "unsupported_grant_type", "AADSTS70003: The app requested an unsupported grant type.")
		return
	}
	if form.Get("client_secret") == "" && form.Get("client_assertion") == "" {
		SignInError(w, http.StatusUnauthorized, "invalid_client", "AADSTS7000218: The request body must contain a parameter.")
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": s.issue(r.URL.Path),
	})
}

// identity answers as the metadata service of a machine does.
func (s *Server) identity(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Metadata") != "true" {
		writeJSON(w, http.StatusBadRequest, map[string]any{"error": "bad_request", "error_description": "Required metadata header not specified"})
		return
	}
	expires := time.Now().Add(24 * time.Hour).Unix()
	writeJSON(w, http.StatusOK, map[string]any{
		"token_type": "Bearer", "access_token": s.issue(r.URL.Path), "resource": r.URL.Query().Get("resource"),
		"expires_on": fmt.Sprint(expires), "expires_in": "86399", "client_id": r.URL.Query().Get("client_id"),
	})
}

func (s *Server) issue(path string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	// The tenant is the first part of the path of a token endpoint.
	token := fmt.Sprintf("token-%d-of-%s", len(s.issued)+1, strings.Split(path, "/")[1])
	s.issued = append(s.issued, token)
	return token
}

// handOut gives a federated token to a job that shows the right token.
func handOut(w http.ResponseWriter, r *http.Request, method string, answer map[string]any) {
	if r.Method != method || r.Header.Get("Authorization") != "Bearer "+RequestToken {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	writeJSON(w, http.StatusOK, answer)
}

// arm answers whoever has a token.
func (s *Server) arm(w http.ResponseWriter, r *http.Request) {
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	s.mu.Lock()
	known, refused, resources := token == CLIToken, s.refused[token], s.resources
	for _, issued := range s.issued {
		known = known || issued == token
	}
	s.mu.Unlock()
	if !known || refused {
		w.Header().Set("WWW-Authenticate", `Bearer authorization_uri="https://login.microsoftonline.com/tenant", error="invalid_token", error_description="The access token has expired."`)
		writeJSON(w, http.StatusUnauthorized, map[string]any{
			"error": map[string]any{"code": "ExpiredAuthenticationToken", "message": "The access token expiry UTC time is earlier than the current UTC time."},
		})
		return
	}
	if resources != nil {
		resources.ServeHTTP(w, r)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"value": []any{}})
}

// SignInError answers as the sign-in service does, with the lines that it adds to every description.
func SignInError(w http.ResponseWriter, status int, code, description string) {
	writeJSON(w, status, map[string]any{
		"error": code,
		"error_description": description + " Trace ID: 00000000-aaaa-bbbb-cccc-000000000000 Correlation ID: 11111111-aaaa-bbbb-cccc-111111111111 " +
			"Timestamp: 2026-01-01 00:00:00Z",
		"error_codes": []int{1}, "error_uri": "https://login.microsoftonline.com/error?code=1",
	})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
