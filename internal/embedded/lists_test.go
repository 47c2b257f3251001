package embedded_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

func pagesOf(n int) func(*embedded.Config) { return func(c *embedded.Config) { c.PageSize = n } }

const allVaults = sub + "/providers/Microsoft.RecoveryServices/vaults"

// follow reads a list to its end.
func (s *service) follow(path string) (names []string, pages int) {
	s.tb.Helper()
	for next := path; next != ""; pages++ {
		p := s.get(next).want(http.StatusOK)
		names = append(names, p.names()...)
		next = p.text("nextLink")
	}
	return names, pages
}

func TestListsArePagedInOrderOfNames(t *testing.T) {
	s := start(t, pagesOf(3))
	for _, name := range []string{"Delta", "alpha", "Charlie", "bravo", "echo", "Foxtrot", "golf"} {
		group := "one"
		if name == "golf" {
			group = "two"
		}
		s.put(vaultPath(group, name), minimal).want(http.StatusCreated)
	}
	one := []string{"alpha", "bravo", "Charlie", "Delta", "echo", "Foxtrot"}
	for path, want := range map[string]struct {
		names []string
		pages int
	}{
		allVaults: {append(one[:6:6], "golf"), 3},
		sub + "/resourceGroups/ONE/providers/Microsoft.RecoveryServices/vaults":   {one, 2},
		sub + "/resourcegroups/empty/providers/microsoft.recoveryservices/Vaults": {nil, 1},
	} {
		names, pages := s.follow(path)
		if diff := cmp.Diff(want.names, names); diff != "" || pages != want.pages {
			t.Errorf("%s: %d pages, %s", path, pages, diff)
		}
	}
	first := s.get(allVaults)
	if !strings.HasPrefix(first.text("nextLink"), embedded.Endpoint+"/") || !strings.Contains(first.text("nextLink"), "api-version="+version) {
		t.Errorf("nextLink %s", first.text("nextLink"))
	}
	if last := s.get(sub + "/resourceGroups/two/providers/Microsoft.RecoveryServices/vaults"); last.at("nextLink") != nil {
		t.Errorf("the last page has a nextLink: %s", last.raw)
	}
}

func TestPagesHoldWhileVaultsComeAndGo(t *testing.T) {
	s := start(t, pagesOf(2))
	for _, name := range []string{"vault-b", "vault-d", "vault-f", "vault-h"} {
		s.put(vaultPath("g", name), minimal)
	}
	first := s.get(allVaults)
	s.delete(vaultPath("g", "vault-d")) // the entry the next page starts behind
	s.delete(vaultPath("g", "vault-b"))
	s.put(vaultPath("g", "vault-a"), minimal)
	s.put(vaultPath("g", "vault-e"), minimal)
	rest, _ := s.follow(first.text("nextLink"))
	if diff := cmp.Diff([]string{"vault-e", "vault-f", "vault-h"}, rest); diff != "" {
		t.Error(diff)
	}
}

func TestSkipToken(t *testing.T) {
	s := start(t)
	for _, token := range []string{"%21", "e30", "eyJ9", "AAAA"} {
		s.get(allVaults+"?api-version="+version+"&$skipToken="+token).wantError(http.StatusBadRequest, "InvalidSkipToken")
	}
}

func TestCheckNameAvailability(t *testing.T) {
	s := start(t)
	s.put(vaultPath("g", "Taken"), minimal)
	path := sub + "/resourceGroups/other/providers/Microsoft.RecoveryServices/locations/East%20Asia/checkNameAvailability"
	ask := func(name string) *response {
		return s.do(http.MethodPost, path, fmt.Sprintf(`{"type":"Microsoft.RecoveryServices/Vaults","name":%q}`, name))
	}
	if got := ask("free").want(http.StatusOK); got.at("nameAvailable") != true || got.at("reason") != nil {
		t.Errorf("got %s", got.raw)
	}
	if got := ask("TAKEN").want(http.StatusOK); got.at("nameAvailable") != false || got.text("reason") != "AlreadyExists" ||
		got.text("message") != "Resource already exists with the same name." {
		t.Errorf("got %s", got.raw)
	}
	if got := ask("1st").want(http.StatusOK); got.at("nameAvailable") != false || got.text("reason") != "Invalid" || got.text("message") == "" {
		t.Errorf("got %s", got.raw)
	}
	s.do(http.MethodPost, path, `{"type":"Microsoft.Compute/virtualMachines","name":"x"}`).wantError(http.StatusBadRequest, "InvalidRestApiParameter")
	s.do(http.MethodPost, strings.Replace(path, "East%20Asia", "atlantis", 1), `{"type":"Microsoft.RecoveryServices/vaults","name":"x"}`).
		wantError(http.StatusBadRequest, "LocationNotAvailableForResourceType")
}

func TestUsagesCountWhatTheVaultHolds(t *testing.T) {
	s := start(t)
	path := vaultPath("g", "vault")
	s.get(path+"/usages").wantError(http.StatusNotFound, "ResourceNotFound")
	s.put(path, minimal)
	s.put(vaultPath("g", "vault2"), minimal)
	counts := func() map[string]float64 {
		found := map[string]float64{}
		for _, u := range s.get(path + "/usages").want(http.StatusOK).values() {
			found[u.text("name", "value")], _ = u.at("currentValue").(float64)
		}
		return found
	}
	want := map[string]float64{
		"ProtectedItemCount": 0, "IaaSVMProtectedItemCount": 0, "MABContainersCount": 0, "InProgressJobsCount": 0, "FailedJobsCount": 0,
	}
	if diff := cmp.Diff(want, counts()); diff != "" {
		t.Errorf("empty: %s", diff)
	}

	s.seed(protectedItem(path, "VM;iaasvmcontainerv2;rg;a"))
	s.seed(protectedItem(path, "VM;iaasvmcontainerv2;rg;b"))
	s.seed(protectedItem(path, "sqldatabase;x"))
	s.seed(protectedItem(vaultPath("g", "vault2"), "VM;iaasvmcontainerv2;rg;c"))
	want = map[string]float64{
		"ProtectedItemCount": 3, "IaaSVMProtectedItemCount": 2, "MABContainersCount": 0, "InProgressJobsCount": 0, "FailedJobsCount": 0,
	}
	if diff := cmp.Diff(want, counts()); diff != "" {
		t.Errorf("filled: %s", diff)
	}
}
