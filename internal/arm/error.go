package arm

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// Error is a refusal by the service: any answer that is not a success, or a long-running operation that failed.
// Find it with errors.As; never match on its text.
type Error struct {
	// StatusCode is the HTTP status of the answer; 200 when a polled operation reported its failure.
	StatusCode int
	// Code is ARM's error code, such as "ResourceNotFound"; empty when the answer carried none.
	Code string
	// Message is the service's own text, without its codes.
	Message string
	// RequestID is the service's x-ms-request-id, which Azure support asks for; may be empty.
	RequestID string
	// Repeated tells that the request was sent more than once, so that an earlier try may have had its effect.
	Repeated bool
	// Details are the nested errors, as "code: message".
	Details []string
	// Garbled tells that the answer is none of Azure Resource Manager's: JSON that breaks off or has another shape, or the
	// page of a gateway or a proxy in between. Whatever its status, it says nothing about the resource.
	Garbled bool
}

// Error gives the service's code, its message and its details in one line.
func (e *Error) Error() string {
	text := e.Message
	switch {
	case e.Code != "" && text != "":
		text = e.Code + ": " + text
	case e.Code != "":
		text = e.Code
	case text == "":
		text = fmt.Sprintf("HTTP status %d %s", e.StatusCode, http.StatusText(e.StatusCode))
	}
	if len(e.Details) > 0 {
		text += " (" + strings.Join(e.Details, "; ") + ")"
	}
	return text
}

// noResourceCodes are those that come with the status 404 and are not about the resource: the cloud does not have the API
// version, or the resource provider at all. The last but one is of a service that answers so where it cannot tell.
var noResourceCodes = append([]string{"InvalidResourceNamespace", "VirtualMachineNotDescribed"}, versionCodes...)

// IsNotFound tells whether the answer is that the resource, its group or its subscription does not exist. Which of them it
// is, and whether the answer can be believed, is found out by looking at what is around the resource. A 404 that came from
// something else than the service, or is about something else, does not say so.
func IsNotFound(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.StatusCode == http.StatusNotFound && !e.Garbled && !HasCode(e, noResourceCodes...)
}

// IsUnauthorized tells whether the service wants a sign-in, or does not take the one it got.
func IsUnauthorized(err error) bool { return hasStatus(err, http.StatusUnauthorized) }

// IsForbidden tells whether the service refused for want of a role.
func IsForbidden(err error) bool { return hasStatus(err, http.StatusForbidden) }

// IsConflict tells whether the service refused because of what else is there or under way.
func IsConflict(err error) bool { return hasStatus(err, http.StatusConflict) }

func hasStatus(err error, status int) bool {
	var e *Error
	return errors.As(err, &e) && e.StatusCode == status
}

// HasCode tells whether the service refused with one of these error codes.
func HasCode(err error, codes ...string) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	for _, code := range codes {
		if strings.EqualFold(e.Code, code) {
			return true
		}
	}
	return false
}

// UnreadableError says that the service's description of an object lacks what it cannot be understood without, or has it in
// another form. Of a list it is about one member: the others come after it.
type UnreadableError struct {
	// ID is the id of the object, as far as it can be read; may be empty.
	ID string
	// Reason says what is wrong, such as "it has no location".
	Reason string
}

// Error names the object and the reason.
func (e *UnreadableError) Error() string {
	if e.ID == "" {
		return "the description of an object without an id that can be read cannot be understood: " + e.Reason
	}
	return fmt.Sprintf("the description of %s cannot be understood: %s", e.ID, e.Reason)
}

// IsUnreadable tells whether an error is about one object that cannot be understood.
func IsUnreadable(err error) bool {
	var e *UnreadableError
	return errors.As(err, &e)
}

// TimeoutError says that a wait ended before the service was done. It unwraps to the context's error, so that
// errors.Is(err, context.Canceled) and context.DeadlineExceeded tell why.
type TimeoutError struct {
	// LastWord is the last thing the service said: a status such as "Provisioning", or a refusal. It is empty when it said
	// nothing.
	LastWord string
	// NoAnswer is why the latest request had no answer; nil when it had one.
	NoAnswer *ConnectionError
	// Err is the context's error.
	Err error
}

// Error names the reason and the service's last word.
func (e *TimeoutError) Error() string {
	text := e.Err.Error()
	if e.LastWord != "" {
		text += "; the last thing the service said was: " + e.LastWord
	}
	if e.NoAnswer != nil {
		text += "; " + e.NoAnswer.Error()
	}
	return text
}

// Unwrap returns the context's error.
func (e *TimeoutError) Unwrap() error { return e.Err }

// ConnectionError says that a request had no answer. It names the host alone: the query of a URL may be signed.
type ConnectionError struct {
	// Host is the service's, with its port if it has one.
	Host string
	// Err is what went wrong on the way.
	Err error
}

// Error names the host and the reason.
func (e *ConnectionError) Error() string { return fmt.Sprintf("no answer from %s: %v", e.Host, e.Err) }

// Unwrap returns the reason.
func (e *ConnectionError) Unwrap() error { return e.Err }

// connectionError finds out whether an error is that no answer came over the network; nil when it is another one.
func connectionError(err error) *ConnectionError {
	var failed *url.Error
	if !errors.As(err, &failed) {
		return nil
	}
	host := ""
	if target, err := url.Parse(failed.URL); err == nil {
		host = target.Host
	}
	return &ConnectionError{Host: host, Err: failed.Err}
}

// IsUntrusted tells whether the service was not spoken to because its certificate is not trusted.
func IsUntrusted(err error) bool {
	var untrusted *tls.CertificateVerificationError
	return errors.As(err, &untrusted)
}

// wireError is the body of every ARM error. Backup-engine errors send explicit nulls, which stay zero here.
type wireError struct {
	Code    string      `json:"code"`
	Message string      `json:"message"`
	Details []wireError `json:"details"`
}

// newError reads an unsuccessful answer. Three forms are in use: the envelope {"error":{}}, the bare {"code","message"}
// of older services, and pages of HTML from gateways in between.
func newError(resp *http.Response) *Error {
	e := &Error{
		StatusCode: resp.StatusCode,
		Code:       resp.Header.Get("x-ms-error-code"),
		RequestID:  resp.Header.Get("x-ms-request-id"),
	}
	body, err := runtime.Payload(resp)
	if err != nil {
		e.Message, e.Garbled = "the answer broke off: "+err.Error(), true
		return e
	}
	var envelope struct {
		Error *wireError `json:"error"`
		wireError
	}
	err = json.Unmarshal(body, &envelope)
	said := &envelope.wireError
	if envelope.Error != nil {
		said = envelope.Error
	}
	// A field of another type than ours, such as details that are no list, leaves the rest readable.
	var otherType *json.UnmarshalTypeError
	if err != nil && (!errors.As(err, &otherType) || said.Code == "") {
		e.Message, e.Garbled = plainText(resp, body), len(bytes.TrimSpace(body)) > 0
		return e
	}
	if said.Code != "" {
		e.Code = said.Code
	}
	e.Message = said.Message
	for _, d := range said.Details {
		if detail := strings.Trim(d.Code+": "+d.Message, ": "); detail != "" && d.Message != said.Message {
			e.Details = append(e.Details, detail)
		}
	}
	return e
}

var markup = regexp.MustCompile(`(?s)<(script|style)[^>]*>.*?</(script|style)>|<[^>]*>`)

// excerpt makes one short line of an answer that is not ARM's JSON, such as a gateway's error page.
func excerpt(body []byte) string {
	const longest = 200
	words := strings.Fields(markup.ReplaceAllString(string(body), " "))
	text := strings.Join(words, " ")
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "…"
	}
	return text
}

// plainText words a refusal that is not ARM's.
func plainText(resp *http.Response, body []byte) string {
	text := excerpt(body)
	status := fmt.Sprintf("HTTP status %d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
	if text == "" {
		return status + " without a body"
	}
	return status + ", not from Azure Resource Manager itself: " + text
}

// asError turns azcore's response error, which the pollers return, into ours; other errors stay as they are.
func asError(err error) error {
	var response *azcore.ResponseError
	if !errors.As(err, &response) || response.RawResponse == nil {
		return err
	}
	return operationError(response.RawResponse)
}

// operationError reads why an operation failed.
func operationError(resp *http.Response) *Error {
	e := newError(resp)
	if e.StatusCode < http.StatusMultipleChoices && e.Code == "" && e.Message == "" {
		e.Message = fmt.Sprintf("the operation ended in the state %s, for which the service gave no reason", operationStatus(resp))
	}
	return e
}
