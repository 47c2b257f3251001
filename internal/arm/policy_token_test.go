package arm_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
)

// asked is how a service stands that wants a policy token.
type asked struct {
	writes, tokens int
	seen           []string // tokens that came with the writes
	operation      map[string]any
}

// wantsToken answers a write with the refusal until it comes with a token, and the request for one with acquired.
func (a *asked) wantsToken(info string, status int, acquired string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		var body []byte
		if r.Body != nil {
			body, _ = io.ReadAll(r.Body)
		}
		if strings.HasSuffix(r.URL.Path, "/acquirePolicyToken") {
			a.tokens++
			var in struct{ Operation map[string]any }
			_ = json.Unmarshal(body, &in)
			a.operation = in.Operation
			w.WriteHeader(status)
			_, _ = io.WriteString(w, acquired)
			return
		}
		a.writes++
		token := r.Header.Get("X-Ms-Policy-External-Evaluations")
		a.seen = append(a.seen, token)
		if token == "" {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `{"error":{"code":"RequestDisallowedByPolicy","message":"No.","additionalInfo":[{"type":"PolicyViolation","info":`+info+`}]}}`)
			return
		}
		_, _ = w.Write(body)
	}
}

const (
	missingBeside = `{"missingPolicyTokenDetails":{"shouldDeny":true,"isChangeReferenceRequired":false,"endpointKind":"AzureResourceGraph"}}`
	missingUnder  = `{"evaluationDetails":` + missingBeside + `}`
)

func TestPolicyTokenIsAcquiredAndTheRequestRepeatedOnce(t *testing.T) {
	for name, info := range map[string]string{"beside": missingBeside, "under evaluationDetails": missingUnder} {
		t.Run(name, func(t *testing.T) {
			var a asked
			c := newClient(t, a.wantsToken(info, 200, `{"result":"Succeeded","token":"PoP abc"}`))
			var out map[string]any
			err := c.Do(context.Background(), arm.Request{
				Method: http.MethodPut, Path: "/subscriptions/s/resourceGroups/g", APIVersion: "2024-01-01", Body: map[string]any{"location": "westus"}, Once: true,
			}, &out)
			if err != nil || out["location"] != "westus" || a.writes != 2 || a.tokens != 1 || a.seen[1] != "PoP abc" {
				t.Fatalf("got %v, %v, %+v", out, err, a)
			}
			content, _ := a.operation["content"].(map[string]any)
			if a.operation["httpMethod"] != "PUT" || a.operation["uri"] != endpoint+"/subscriptions/s/resourceGroups/g?api-version=2024-01-01" || content["location"] != "westus" {
				t.Errorf("the token was asked for with %v", a.operation)
			}
		})
	}
}

func TestPolicyTokenThatIsNotToBeHad(t *testing.T) {
	tests := map[string]struct {
		info, acquired string
		status         int
		tokens         int
		want           string
	}{
		"another policy":           {`{"evaluationDetails":{}}`, "", 200, 0, "RequestDisallowedByPolicy: No."},
		"a policy that only looks": {strings.Replace(missingUnder, "true", "false", 1), "", 200, 0, "RequestDisallowedByPolicy: No."},
		"an approved change": {
			strings.Replace(missingUnder, "false", "true", 1), "", 200, 0,
			"RequestDisallowedByPolicy: No. (the policy asks for the reference of an approved change, which this provider cannot send)",
		},
		"no": {
			missingUnder, `{"result":"Failed","results":[{"message":"Out of hours."}]}`, 200, 1,
			`RequestDisallowedByPolicy: No. (the policy asks for a token, and none could be acquired: the answer is "Failed": Out of hours.)`,
		},
		"no right to ask": {
			missingUnder, `{"error":{"code":"AuthorizationFailed","message":"Not you."}}`, 403, 1,
			"RequestDisallowedByPolicy: No. (the policy asks for a token, and none could be acquired: AuthorizationFailed: Not you.)",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var a asked
			c := newClient(t, a.wantsToken(test.info, test.status, test.acquired))
			err := c.Do(context.Background(), arm.Request{Method: http.MethodDelete, Path: "/subscriptions/s/resourceGroups/g", APIVersion: "2024-01-01"}, nil)
			var refusal *arm.Error
			if !errors.As(err, &refusal) || err.Error() != test.want || a.writes != 1 || a.tokens != test.tokens || refusal.Repeated {
				t.Fatalf("got %v, %+v", err, a)
			}
		})
	}
}

func TestPolicyTokenThatIsRefusedIsNotAcquiredAgain(t *testing.T) {
	var a asked
	handler := a.wantsToken(missingUnder, 200, `{"result":"Succeeded","token":"PoP abc"}`)
	c := newClient(t, func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("X-Ms-Policy-External-Evaluations")
		handler(w, r)
	})
	err := c.Do(context.Background(), arm.Request{Method: http.MethodDelete, Path: "/subscriptions/s/resourceGroups/g", APIVersion: "2024-01-01"}, nil)
	if !arm.HasCode(err, "RequestDisallowedByPolicy") || a.writes != 2 || a.tokens != 1 {
		t.Fatalf("got %v, %+v", err, a)
	}
}
