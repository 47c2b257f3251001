package server

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

const grantClient = "client_credentials"

// oauthError is an error of the token endpoint in Azure's shape.
type oauthError struct {
	Error         string `json:"error"`
	Description   string `json:"error_description"`
	Codes         []int  `json:"error_codes"`
	Timestamp     string `json:"timestamp"`
	TraceID       string `json:"trace_id"`
	CorrelationID string `json:"correlation_id"`
}

// tokenRefusal is why no token is given.
type tokenRefusal struct {
	status  int
	error   string
	code    int
	message string
}

func badTokenRequest(name string, code int, format string, args ...any) *tokenRefusal {
	return &tokenRefusal{http.StatusBadRequest, name, code, fmt.Sprintf(format, args...)}
}

// serveToken hands out access tokens to clients that sign in by themselves; version is that of the endpoint.
func (s *Server) serveToken(tenant string, version int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Pragma", "no-cache")
		form, refused := readForm(r)
		var client, audience string
		if refused == nil {
			client, audience, refused = s.checkTokenRequest(r, form, version)
		}
		if refused != nil {
			refuseGrant(w, r, refused)
			return
		}
		g := grant{issuer(r, tenant, map[int]string{2: "/v2.0"}[version]), tenantID(tenant), client, audience, fmt.Sprintf("%d.0", version)}
		token, from, until, err := s.tokens.issue(g)
		if err != nil {
			panic(err) // HMAC takes any key
		}
		const life = int(tokenLife / time.Second)
		if version == 2 {
			writeJSON(w, http.StatusOK, map[string]any{
				"token_type": "Bearer", "expires_in": life, "ext_expires_in": life, "access_token": token,
			})
			return
		}
		// The first version has numbers as text.
		writeJSON(w, http.StatusOK, map[string]string{
			"token_type": "Bearer", "expires_in": strconv.Itoa(life), "ext_expires_in": strconv.Itoa(life),
			"expires_on": strconv.FormatInt(until.Unix(), 10), "not_before": strconv.FormatInt(from.Unix(), 10),
			"resource": audience, "access_token": token,
		})
	}
}

// readForm reads the body alone: a secret in a query would end up in logs.
func readForm(r *http.Request) (url.Values, *tokenRefusal) {
	if err := r.ParseForm(); err != nil {
		return nil, badTokenRequest("invalid_request", 900561, "The body of the request is not a form.")
	}
	return r.PostForm, nil
}

// checkTokenRequest returns the client and the audience that it wants a token for.
func (s *Server) checkTokenRequest(r *http.Request, form url.Values, version int) (client, audience string, refused *tokenRefusal) {
	switch g := form.Get("grant_type"); g {
	case grantClient:
	case "":
		return "", "", badTokenRequest("invalid_request", 900144, "The request body must contain the following parameter: 'grant_type'.")
	default:
		return "", "", badTokenRequest("unsupported_grant_type", 70003, "The app requested the grant type '%s', which this service does not "+
			"have. Sign in as a client with a secret: grant_type=client_credentials.", g)
	}
	// As OAuth 2 has it, a client may send both in the form or as HTTP Basic.
	basicID, basicSecret, _ := r.BasicAuth()
	client, secret := cmp.Or(form.Get("client_id"), basicID), cmp.Or(form.Get("client_secret"), basicSecret)
	if client == "" {
		return "", "", badTokenRequest("invalid_request", 900144, "The request body must contain the following parameter: 'client_id'.")
	}
	if refused := s.checkClient(secret, form.Get("client_assertion")); refused != nil {
		return "", "", refused
	}
	audience, refused = s.audience(r, form, version)
	return client, audience, refused
}

// checkClient checks the secret of a client. While the service has none, anything passes that would pass as a secret or a
// certificate's assertion.
func (s *Server) checkClient(secret, assertion string) *tokenRefusal {
	switch {
	case secret == "" && assertion == "":
		return &tokenRefusal{
			http.StatusUnauthorized, "invalid_client", 7000218,
			"The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
		}
	case s.config.Secret == "" || s.tokens.isSecret(secret):
		return nil
	case secret == "":
		return &tokenRefusal{
			http.StatusUnauthorized, "invalid_client", 700027,
			"Client assertions are not taken by this service. Sign in with the secret in the server's token file.",
		}
	}
	return &tokenRefusal{
		http.StatusUnauthorized, "invalid_client", 7000215,
		"Invalid client secret provided. Ensure the secret being sent in the request is the one in the server's token file.",
	}
}

// audience is what the client wants the token for: this service, by whatever name, or Azure Resource Manager.
func (s *Server) audience(r *http.Request, form url.Values, version int) (string, *tokenRefusal) {
	parameter, wanted := "resource", form.Get("resource")
	// Of AD FS there is only the first version, and there clients send a scope all the same: the az CLI signs in that way
	// where it shall not ask Microsoft about the login endpoint first.
	scoped := version == 2 || wanted == "" && form.Has("scope")
	if scoped {
		parameter, wanted = "scope", form.Get("scope")
	}
	if wanted == "" {
		return "", badTokenRequest("invalid_request", 900144, "The request body must contain the following parameter: '%s'.", parameter)
	}
	audience := wanted
	if scoped {
		resources := slices.DeleteFunc(strings.Fields(wanted), isSignInScope)
		var suffixed bool
		if len(resources) == 1 {
			// One slash or two: some clients put the suffix behind an audience that ends in a slash of its own.
			audience, suffixed = strings.CutSuffix(resources[0], "/.default")
		}
		if !suffixed {
			return "", badTokenRequest("invalid_scope", 1002012, "The provided value for scope %s is not valid. Client credential flows must have "+
				"a scope value with /.default suffixed to the resource identifier.", wanted)
		}
	}
	if !s.isAudience(r, audience) {
		return "", badTokenRequest("invalid_resource", 500011, "The resource principal named %s was not found in the tenant. "+
			"This service gives tokens for itself, %s, and for Azure Resource Manager.", audience, origin(r))
	}
	return audience, nil
}

// isSignInScope tells whether a scope is about the user who signs in. Microsoft's libraries ask for these always.
func isSignInScope(scope string) bool {
	switch scope {
	case "openid", "profile", "offline_access", "email":
		return true
	}
	return false
}

func (s *Server) isAudience(r *http.Request, audience string) bool {
	bare := strings.ToLower(strings.TrimRight(audience, "/"))
	for _, c := range catalog.Clouds() {
		e := c.Endpoints()
		if bare == e.ResourceManager || bare == strings.TrimRight(e.Audience, "/") {
			return true
		}
	}
	u, err := url.Parse(bare)
	if err != nil || u.Path != "" || u.Scheme != "https" && u.Scheme != "http" {
		return false
	}
	return strings.EqualFold(u.Host, r.Host) || s.config.Loopback && isLoopback(u.Hostname()) ||
		slices.ContainsFunc(s.config.Hosts, func(h string) bool { return strings.EqualFold(h, u.Hostname()) })
}

func refuseGrant(w http.ResponseWriter, r *http.Request, t *tokenRefusal) {
	trace, correlation := w.Header().Get(requestIDHeader), r.Header.Get("Client-Request-Id")
	if uuid.Validate(correlation) != nil {
		correlation = trace
	}
	at := time.Now().UTC().Format("2006-01-02 15:04:05Z")
	writeJSON(w, t.status, oauthError{
		Error:         t.error,
		Description:   fmt.Sprintf("AADSTS%d: %s Trace ID: %s Correlation ID: %s Timestamp: %s", t.code, t.message, trace, correlation, at),
		Codes:         []int{t.code},
		Timestamp:     at,
		TraceID:       trace,
		CorrelationID: correlation,
	})
}
