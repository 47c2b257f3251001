package embedded

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// An Azure Policy may want a token with a request, by which an external endpoint proves that it lets it pass. Here a fault rule
// wants it (FaultRule.PolicyToken), and whoever asks for one gets it.

const (
	policyTokenHeader = "X-Ms-Policy-External-Evaluations"
	policyTokenLasts  = time.Hour // our reading
)

// tokenKey signs the tokens of a service.
type tokenKey []byte

func newTokenKey() tokenKey {
	key := make(tokenKey, sha256.Size)
	_, _ = rand.Read(key) // never fails
	return key
}

// sign makes the token of an operation, which is good for that one alone.
func (k tokenKey) sign(method, uri string, content []byte) string {
	mac := hmac.New(sha256.New, k)
	target := uri
	if u, err := url.Parse(uri); err == nil {
		target = u.RequestURI() // clients name the host as they reach it
	}
	var compact bytes.Buffer
	if len(bytes.TrimSpace(content)) > 0 && json.Compact(&compact, content) != nil {
		compact.Write(content)
	}
	_, _ = mac.Write([]byte(strings.ToUpper(method) + "\n" + strings.ToLower(target) + "\n" + compact.String()))
	return "PoP " + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// proves tells whether a request has the token of just what it asks for.
func (k tokenKey) proves(r *http.Request) bool {
	var content []byte
	if r.Body != nil {
		content, _ = io.ReadAll(io.LimitReader(r.Body, maxBody+1))
		r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(content), r.Body))
	}
	return hmac.Equal([]byte(r.Header.Get(policyTokenHeader)), []byte(k.sign(r.Method, r.URL.RequestURI(), content)))
}

// acquirePolicyToken gives a client the token of the operation that it describes.
func (s *Service) acquirePolicyToken(c *call) (*answer, error) {
	body, err := io.ReadAll(io.LimitReader(c.request.Body, maxBody+1))
	if err != nil {
		return nil, invalidContent("%v", err)
	}
	// The content is signed as it was sent, and so is not taken apart.
	var in struct {
		Operation struct {
			URI        string          `json:"uri"`
			HTTPMethod string          `json:"httpMethod"`
			Content    json.RawMessage `json:"content"`
		} `json:"operation"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, invalidContent("%v.", err)
	}
	if in.Operation.URI == "" || in.Operation.HTTPMethod == "" {
		return nil, invalidContent("'operation' must have 'uri' and 'httpMethod'.")
	}
	return answerOK(object{
		"result": "Succeeded", "token": s.tokens.sign(in.Operation.HTTPMethod, in.Operation.URI, in.Operation.Content),
		"tokenId": directoryID(in.Operation.URI, timestamp(c.now)), "expiration": timestamp(c.now.Add(policyTokenLasts)),
	}), nil
}

// tokenWanted is the refusal of a request without a token.
func tokenWanted(message string) *answer {
	if message == "" {
		message = "The request was disallowed by policy. It needs a policy token, which a fault rule of the embedded backup service asked for."
	}
	return &answer{status: http.StatusForbidden, body: object{"error": object{
		"code": codeDisallowed, "message": message,
		"additionalInfo": []any{object{"type": "PolicyViolation", "info": object{
			"evaluationDetails": object{"missingPolicyTokenDetails": object{
				"shouldDeny": true, "isChangeReferenceRequired": false, "endpointKind": "AzureResourceGraph",
			}},
		}}},
	}}}
}
