package server

import (
	"encoding/json"
	"net/http"
)

// The codes of the errors that are made here; those that Azure has are spelled as Azure spells them.
const (
	codeExpiredToken     = "ExpiredAuthenticationToken"
	codeInternal         = "InternalServerError"
	codeInvalidToken     = "InvalidAuthenticationToken"
	codeInvalidVersion   = "InvalidApiVersionParameter"
	codeMethodNotAllowed = "HttpMethodNotAllowed"
	codeMissingVersion   = "MissingApiVersionParameter"
	codeNoToken          = "AuthenticationFailed"
	codeNotFound         = "NotFound"
	codeRequestTimeout   = "RequestTimeout"
	codeThrottled        = "SubscriptionRequestsThrottled"
	codeTooLarge         = "RequestEntityTooLarge"

	codeCrossOrigin = "CrossOriginRequestForbidden"
	codeHost        = "HostForbidden"
	codeNotReady    = "ServiceUnavailable"
	codeBadRequest  = "BadRequest"
)

type errorBody struct {
	Error errorDetail `json:"error"`
}

type errorDetail struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// refuse answers with an error in ARM's shape.
func refuse(w http.ResponseWriter, status int, code, message string) {
	writeJSON(w, status, errorBody{errorDetail{code, message}})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	// A client that is gone does not need the rest.
	_ = encoder.Encode(body)
}
