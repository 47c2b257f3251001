package embedded_test

import (
	"net/http"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

const acquirePath = sub + "/providers/Microsoft.Authorization/acquirePolicyToken"

func TestPolicyTokenIsGoodForOneOperation(t *testing.T) {
	s := start(t, withFaults(embedded.NewFaults(embedded.FaultRule{PolicyToken: true, Times: embedded.Always})))
	path := vaultPath("Group", "Main")
	s.put(path, minimal).wantError(403, "RequestDisallowedByPolicy", "policy token")
	if got := s.put(path, minimal).at("error", "additionalInfo"); got == nil {
		t.Error("the refusal does not say that a token is missing")
	}
	acquired := s.do(http.MethodPost, acquirePath, `{"operation":{"httpMethod":"put","uri":"https://management.azure.com`+path+`?api-version=`+version+`","content":`+minimal+`}}`).want(200)
	if acquired.text("result") != "Succeeded" {
		t.Fatalf("the result is %q", acquired.text("result"))
	}
	const header = "x-ms-policy-external-evaluations"
	for name, answer := range map[string]*response{
		"another vault":   s.do(http.MethodPut, vaultPath("Group", "Other"), minimal, header, acquired.text("token")),
		"another method":  s.do(http.MethodPatch, path, minimal, header, acquired.text("token")),
		"another content": s.do(http.MethodPut, path, `{"location":"westus"}`, header, acquired.text("token")),
		"no token of us":  s.do(http.MethodPut, path, minimal, header, "PoP abc"),
	} {
		if answer.status != http.StatusForbidden {
			t.Errorf("%s: got %d", name, answer.status)
		}
	}
	s.do(http.MethodPut, path, minimal, header, acquired.text("token")).want(201)
	s.get(path).want(200) // what reads needs none
}

func TestPolicyTokenOfNoOperation(t *testing.T) {
	s := start(t)
	s.do(http.MethodPost, acquirePath, `{}`).wantError(400, "InvalidRequestContent", "httpMethod")
	s.do(http.MethodPost, acquirePath, `{"operation":[]}`).wantError(400, "InvalidRequestContent")
}
