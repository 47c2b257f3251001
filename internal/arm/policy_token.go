package arm

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// policyTokens gets past an Azure Policy that wants a token. Such a policy decides by what an endpoint outside of the request
// says ("external evaluation"), and lets a request pass that proves that the endpoint was asked. Azure Resource Manager
// refuses one without a proof with 403 RequestDisallowedByPolicy, in whose additionalInfo a PolicyViolation has
// missingPolicyTokenDetails, with shouldDeny. The proof is got by describing the request to the subscription's
// acquirePolicyToken, and is sent in a header with the same request, byte for byte.
//
// Source: the policy team's overview of external evaluation (Azure/azure-policy), azapi 2.11 and azure-core of Java; the first
// two differ in where the details are, under evaluationDetails or beside it, and both are read.
type policyTokens struct {
	endpoint string
	// pipeline is the one that this policy is part of, with its retries and its sign-in.
	pipeline runtime.Pipeline
}

const (
	policyTokenHeader     = "X-Ms-Policy-External-Evaluations"
	policyTokenAPIVersion = "2025-03-01"
	codeDisallowed        = "RequestDisallowedByPolicy"
)

// tokenDetails is what a refusal says of the token that it misses.
type tokenDetails struct {
	ShouldDeny                bool `json:"shouldDeny"`
	IsChangeReferenceRequired bool `json:"isChangeReferenceRequired"`
}

// Do implements policy.Policy. It stands before the retries: a refusal is an answer, which they let pass.
func (p *policyTokens) Do(req *policy.Request) (*http.Response, error) {
	resp, err := req.Next()
	ctx := req.Raw().Context()
	if err != nil || resp.StatusCode != http.StatusForbidden || req.Raw().Method == http.MethodGet || ctx.Value(acquiringKey{}) != nil {
		return resp, err
	}
	details := missingToken(resp)
	if details == nil {
		return resp, nil
	}
	refusal := newError(resp)
	if details.IsChangeReferenceRequired {
		refusal.Details = append(refusal.Details, "the policy asks for the reference of an approved change, which this provider cannot send")
		return nil, finalError{refusal}
	}
	token, err := p.acquire(req)
	if err == nil {
		err = req.RewindBody()
	}
	if err != nil {
		refusal.Details = append(refusal.Details, "the policy asks for a token, and none could be acquired: "+err.Error())
		return nil, finalError{refusal}
	}
	req.Raw().Header.Set(policyTokenHeader, token)
	// The refused request had no effect, so that this one is the first.
	triesOf(ctx).count = 0
	return req.Next()
}

// missingToken reads from a refusal that it is for want of a token; nil when it is for something else.
func missingToken(resp *http.Response) *tokenDetails {
	body, err := runtime.Payload(resp)
	if err != nil {
		return nil
	}
	var said struct {
		Error struct {
			Code           string `json:"code"`
			AdditionalInfo []struct {
				Type string `json:"type"`
				Info struct {
					Missing           *tokenDetails `json:"missingPolicyTokenDetails"`
					EvaluationDetails struct {
						Missing *tokenDetails `json:"missingPolicyTokenDetails"`
					} `json:"evaluationDetails"`
				} `json:"info"`
			} `json:"additionalInfo"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &said) != nil || !strings.EqualFold(said.Error.Code, codeDisallowed) {
		return nil
	}
	for _, info := range said.Error.AdditionalInfo {
		for _, details := range []*tokenDetails{info.Info.EvaluationDetails.Missing, info.Info.Missing} {
			if strings.EqualFold(info.Type, "PolicyViolation") && details != nil && details.ShouldDeny {
				return details
			}
		}
	}
	return nil
}

// acquiringKey marks the request for a token, which gets none itself.
type acquiringKey struct{}

// acquire asks for the token of a request.
func (p *policyTokens) acquire(req *policy.Request) (string, error) {
	raw := req.Raw()
	operation := map[string]any{"uri": raw.URL.String(), "httpMethod": raw.Method}
	if content, err := contentOf(req); err != nil {
		return "", err
	} else if len(content) > 0 {
		operation["content"] = json.RawMessage(content)
	}
	path := strings.Split(raw.URL.Path, "/")
	if len(path) < 3 || !strings.EqualFold(path[1], "subscriptions") {
		return "", fmt.Errorf("the request is about no subscription")
	}
	ctx := withTries(context.WithValue(raw.Context(), acquiringKey{}, true))
	ask, err := runtime.NewRequest(ctx, http.MethodPost, p.endpoint+"/subscriptions/"+path[2]+
		"/providers/Microsoft.Authorization/acquirePolicyToken?api-version="+policyTokenAPIVersion)
	if err != nil {
		return "", err
	}
	ask.Raw().Header.Set("Accept", "application/json")
	ask.Raw().Header.Set("X-Ms-Force-Sync", "true") // no operation to wait for
	if err := runtime.MarshalAsJSON(ask, map[string]any{"operation": operation}); err != nil {
		return "", err
	}
	resp, err := p.pipeline.Do(ask)
	if err != nil {
		return "", err
	}
	if resp.StatusCode != http.StatusOK {
		return "", newError(resp)
	}
	var said struct {
		Result  string `json:"result"`
		Token   string `json:"token"`
		Message string `json:"message"`
		Results []struct {
			Message string `json:"message"`
		} `json:"results"`
	}
	if err := decode(resp, &said); err != nil {
		return "", err
	}
	if said.Token != "" && strings.EqualFold(said.Result, "Succeeded") {
		return said.Token, nil
	}
	reason := said.Message
	for _, result := range said.Results {
		reason = strings.Trim(reason+"; "+result.Message, "; ")
	}
	if reason == "" {
		reason = "no reason was given"
	}
	return "", fmt.Errorf("the answer is %q: %s", said.Result, reason)
}

// contentOf is the body of a request.
func contentOf(req *policy.Request) ([]byte, error) {
	if req.Body() == nil {
		return nil, nil
	}
	if err := req.RewindBody(); err != nil {
		return nil, err
	}
	return io.ReadAll(req.Body())
}
