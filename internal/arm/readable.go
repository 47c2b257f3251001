package arm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// readable asks once more when the answer to a read is no JSON: something between here and the service has cut it or put a
// page of its own in its place, which often passes. An answer to a write stays as it is, since the write was accepted.
type readable struct{}

// Do implements policy.Policy.
func (readable) Do(req *policy.Request) (*http.Response, error) {
	resp, err := req.Next()
	if err != nil || req.Raw().Method != http.MethodGet || resp.StatusCode >= http.StatusMultipleChoices {
		return resp, err
	}
	body, err := runtime.Payload(resp)
	if err == nil && (isBlank(body) || json.Valid(body)) {
		return resp, nil
	}
	if err == nil {
		err = json.Unmarshal(body, new(any))
	}
	tried := triesOf(req.Raw().Context())
	tried.last = garbled(resp, body, err)
	if tried.count > 1 || tried.brief {
		return nil, finalError{tried.last}
	}
	return nil, tried.last
}

func isBlank(body []byte) bool { return len(bytes.TrimSpace(body)) == 0 }

// garbled words an answer that says success and cannot be understood.
func garbled(resp *http.Response, body []byte, err error) *Error {
	e := &Error{StatusCode: resp.StatusCode, RequestID: resp.Header.Get("x-ms-request-id"), Garbled: true}
	reason := wordOtherType(err).Error()
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		reason = "it is a page, not from Azure Resource Manager itself: " + excerpt(body)
	}
	e.Message = fmt.Sprintf("the answer to %s %s is not the JSON expected: %s", resp.Request.Method, resp.Request.URL.Path, reason)
	return e
}

// wordOtherType takes the names of Go's types out of an error of encoding/json.
func wordOtherType(err error) error {
	var other *json.UnmarshalTypeError
	if errors.As(err, &other) && other.Field != "" {
		return fmt.Errorf("the field %s has a value of another type: %s", other.Field, other.Value)
	}
	return err
}

// decode reads the body of a success into out, unless out is nil. Of a read there must be one.
func decode(resp *http.Response, out any) error {
	body, err := runtime.Payload(resp)
	if err != nil {
		return fmt.Errorf("the answer broke off: %w", err)
	}
	if out == nil {
		return nil
	}
	if isBlank(body) || string(bytes.TrimSpace(body)) == "null" {
		if resp.Request.Method == http.MethodGet && resp.StatusCode == http.StatusOK {
			return garbled(resp, body, errors.New("it is empty"))
		}
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return garbled(resp, body, err)
	}
	return nil
}
