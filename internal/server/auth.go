package server

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// checkSignIn lets those pass who may use what they ask for.
func (s *Server) checkSignIn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if t := targetOf(r.Context()); t.open || s.signedIn(w, r, t) {
			next.ServeHTTP(w, r)
		}
	})
}

// signedIn tells whether the request may pass, and answers it if not.
func (s *Server) signedIn(w http.ResponseWriter, r *http.Request, t target) bool {
	secret := s.config.Secret != ""
	scheme, credentials, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	credentials = strings.TrimSpace(credentials)
	switch {
	case scheme == "":
		if !secret {
			return true
		}
		s.refuseSignIn(w, r, t, codeNoToken, "Authentication failed. The 'Authorization' header is missing.")
		return false
	case strings.EqualFold(scheme, "Bearer"):
		err := s.tokens.check(credentials)
		if err == nil {
			return true
		}
		s.refuseToken(w, r, t, err)
		return false
	case strings.EqualFold(scheme, "Basic") && t.page:
		_, password, ok := r.BasicAuth()
		if !secret || ok && s.tokens.isSecret(password) {
			return true
		}
		s.refuseSignIn(w, r, t, codeNoToken, "Authentication failed. The password has to be the server's secret; any user name will do.")
		return false
	}
	s.refuseSignIn(w, r, t, codeNoToken, "Authentication failed. The 'Authorization' header is provided in an invalid format.")
	return false
}

func (s *Server) refuseToken(w http.ResponseWriter, r *http.Request, t target, err error) {
	code, message := codeInvalidToken, fmt.Sprintf("The access token is invalid: %s.", err)
	if errors.Is(err, errExpired) {
		code, message = codeExpiredToken, "The access token expiry UTC time is in the past. Sign in again."
	}
	s.refuseSignIn(w, r, t, code, message)
}

func (s *Server) refuseSignIn(w http.ResponseWriter, r *http.Request, t target, code, message string) {
	challenge := fmt.Sprintf(`Bearer authorization_uri="%s/%s", error="invalid_token", error_description="%s"`,
		origin(r), embedded.TenantID, strings.ReplaceAll(message, `"`, "'"))
	if t.page {
		// The only one that browsers ask their user for.
		challenge = `Basic realm="backup vaults", charset="UTF-8"`
	}
	w.Header().Set("WWW-Authenticate", challenge)
	refuse(w, http.StatusUnauthorized, code, message)
}
