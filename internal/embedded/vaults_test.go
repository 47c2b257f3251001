package embedded_test

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// The golden file is the shape recorded from Azure in October 2025, whose client had asked for AlwaysOn.
func TestFreshVaultIsAsRecorded(t *testing.T) {
	golden, err := os.ReadFile("testdata/fresh_vault.json")
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]any
	if err := json.Unmarshal(golden, &want); err != nil {
		t.Fatal(err)
	}
	s := start(t)
	s.put(vaultPath("Group", "Fresh"), `{"location":"East Asia","sku":{"name":"standard"},"properties":{
		"securitySettings":{"softDeleteSettings":{"softDeleteState":"AlwaysOn","enhancedSecurityState":"AlwaysOn"}}}}`).want(http.StatusCreated)
	if diff := cmp.Diff(want, s.get(vaultPath("Group", "Fresh")).want(http.StatusOK).body); diff != "" {
		t.Error(diff)
	}
}

func TestCreateIsLongRunning(t *testing.T) {
	s := start(t, func(c *embedded.Config) { c.ProvisioningTime = 2 * time.Second })
	path := vaultPath("g", "vault")
	created := s.put(path, minimal).want(http.StatusCreated)
	if created.state() != "Provisioning" || created.text("location") != "eastasia" {
		t.Errorf("got %s", created.raw)
	}
	poll := created.header.Get("Azure-AsyncOperation")
	if !strings.HasPrefix(poll, embedded.Endpoint+path+"/operationStatus/") {
		t.Errorf("polling URL %q", poll)
	}
	for _, name := range []string{"Location", "Retry-After"} {
		if got := created.header.Get(name); got != "" {
			t.Errorf("%s: %s; Azure sends none", name, got)
		}
	}

	s.clock.Advance(1999 * time.Millisecond)
	status := s.get(poll).want(http.StatusOK)
	if status.text("status") != "InProgress" || status.header.Get("Azure-AsyncOperation") != poll || status.at("endTime") != nil {
		t.Errorf("got %s, %v", status.raw, status.header)
	}
	if got := s.get(path).state(); got != "Provisioning" {
		t.Errorf("vault is %s", got)
	}
	results := strings.Replace(poll, "operationStatus", "operationResults", 1)
	s.get(results).want(http.StatusAccepted)

	s.clock.Advance(time.Millisecond)
	status = s.get(poll).want(http.StatusOK)
	if status.text("status") != "Succeeded" || !strings.HasSuffix(status.text("id"), "/operationStatus/"+status.text("name")) || len(status.body) != 3 {
		t.Errorf("got %s", status.raw)
	}
	if got := s.get(results).want(http.StatusOK).state(); got != "Succeeded" {
		t.Errorf("result is %s", got)
	}
	if got := s.get(path).state(); got != "Succeeded" {
		t.Errorf("vault is %s", got)
	}
}

func TestCreateWithoutProvisioningTimeIsStillAnOperation(t *testing.T) {
	s := start(t)
	created := s.put(vaultPath("g", "vault"), minimal).want(http.StatusCreated)
	if created.state() != "Provisioning" {
		t.Errorf("got %s", created.raw)
	}
	if got := s.get(created.header.Get("Azure-AsyncOperation")).text("status"); got != "Succeeded" {
		t.Errorf("first poll: %s", got)
	}
}

func TestFailedProvisioning(t *testing.T) {
	fault := &embedded.Fault{Code: "OutOfCapacity", Message: "No room in East Asia."}
	s := start(t, func(c *embedded.Config) {
		c.ProvisioningTime = time.Second
		c.FailProvisioning = func(string) *embedded.Fault { return fault }
	})
	path := vaultPath("g", "vault")
	poll := s.put(path, minimal).want(http.StatusCreated).header.Get("Azure-AsyncOperation")
	s.clock.Advance(time.Second)
	status := s.get(poll).want(http.StatusOK)
	if status.text("status") != "Failed" || status.text("error", "code") != fault.Code || status.text("error", "message") != fault.Message {
		t.Errorf("got %s", status.raw)
	}
	if got := s.get(path).want(http.StatusOK).state(); got != "Failed" {
		t.Errorf("vault is %s", got)
	}
	s.get(strings.Replace(poll, "operationStatus", "operationResults", 1)).wantError(http.StatusConflict, fault.Code)
	s.patch(path, `{"tags":{"a":"b"}}`).wantError(http.StatusConflict, "OperationNotAllowed", fault.Message)

	fault = nil // and the second attempt works
	again := s.put(path, minimal).want(http.StatusOK)
	if again.state() != "Provisioning" || again.header.Get("Azure-AsyncOperation") == "" {
		t.Errorf("got %s", again.raw)
	}
	s.clock.Advance(time.Second)
	if got := s.get(path).state(); got != "Succeeded" {
		t.Errorf("vault is %s", got)
	}

	fault = &embedded.Fault{Code: "Again"}
	s.put(vaultPath("g", "other"), minimal).want(http.StatusCreated)
	s.clock.Advance(time.Second)
	s.delete(vaultPath("g", "other")).want(http.StatusAccepted)
	s.get(vaultPath("g", "other")).want(http.StatusNotFound)
}

func TestPutAndPatchOfAnExistingVault(t *testing.T) {
	s := start(t)
	path := vaultPath("g", "vault")
	s.put(path, `{"location":"eastasia","sku":{"name":"RS0","tier":"Standard"},"tags":{"a":"1","b":"2"},"kind":"unknown",
		"identity":{"type":"SystemAssigned"},
		"properties":{"publicNetworkAccess":"Disabled","notModelled":{"deep":[1,{"big":12345678901234567890}]}}}`).want(http.StatusCreated)
	principal := s.get(path).text("identity", "principalId")
	if principal == "" {
		t.Error("no principal")
	}

	patched := s.patch(path, `{"tags":{"c":"3"},"properties":{"notModelled":{"more":true}}}`).want(http.StatusOK)
	if diff := cmp.Diff(map[string]any{"c": "3"}, patched.at("tags")); diff != "" {
		t.Errorf("tags after PATCH: %s", diff)
	}
	if patched.text("identity", "principalId") != principal || patched.text("sku", "tier") != "Standard" ||
		patched.text("properties", "publicNetworkAccess") != "Disabled" || patched.text("kind") != "unknown" {
		t.Errorf("PATCH did not keep what it left out: %s", patched.raw)
	}

	put := s.put(path, `{"location":"East Asia","sku":{"name":"Standard"},"properties":{}}`).want(http.StatusOK)
	if put.at("tags") != nil || put.at("identity") != nil || put.text("sku", "tier") != "" {
		t.Errorf("PUT kept tags, identity or sku: %s", put.raw)
	}
	if put.state() != "Succeeded" || put.header.Get("Azure-AsyncOperation") != "" {
		t.Errorf("PUT of an existing vault is not done at once: %s", put.raw)
	}
	if put.text("properties", "publicNetworkAccess") != "Disabled" || put.at("properties", "notModelled", "more") != true ||
		!strings.Contains(put.raw, "12345678901234567890") {
		t.Errorf("PUT lost properties: %s", put.raw)
	}

	cleared := s.patch(path, `{"tags":null,"properties":{"notModelled":null,"publicNetworkAccess":null}}`).want(http.StatusOK)
	if cleared.at("tags") != nil || cleared.at("properties", "notModelled") != nil || cleared.text("properties", "publicNetworkAccess") != "Enabled" {
		t.Errorf("null does not remove: %s", cleared.raw)
	}
}

func TestReadOnlyPropertiesAreIgnored(t *testing.T) {
	s := start(t)
	path := vaultPath("g", "vault")
	body := `{"id":"/x","name":"other","type":"t","etag":"e","location":"eastasia","sku":{"name":"Standard"},"systemData":{},
		"properties":{"provisioningState":"Failed","backupStorageVersion":"V2","secureScore":"Maximum","moveState":"Failure",
		"securitySettings":{"multiUserAuthorization":"Enabled"},"resourceGuardOperationRequests":["x"]}}`
	s.put(path, body).want(http.StatusCreated)
	s.put(path, body).want(http.StatusOK)
	s.patch(path, body).want(http.StatusOK)
	got := s.get(path)
	if got.text("name") != "vault" || got.text("id") != path || got.state() != "Succeeded" || got.text("etag") == "e" ||
		got.text("properties", "backupStorageVersion") != "Unassigned" || got.text("properties", "secureScore") != "Adequate" ||
		got.text("properties", "securitySettings", "multiUserAuthorization") != "Disabled" || got.at("systemData") != nil ||
		got.at("properties", "moveState") != nil || got.at("properties", "resourceGuardOperationRequests") != nil {
		t.Errorf("got %s", got.raw)
	}
}

// The clock stands still here: an etag must change even so.
func TestEtagChangesWithEachWrite(t *testing.T) {
	s := start(t)
	path := vaultPath("g", "vault")
	seen := map[string]bool{s.put(path, minimal).text("etag"): true}
	for range 3 {
		for _, r := range []*response{s.put(path, minimal), s.patch(path, `{}`)} {
			if tag := r.want(http.StatusOK).text("etag"); seen[tag] {
				t.Errorf("%s came twice", tag)
			} else {
				seen[tag] = true
			}
		}
	}
	s.delete(path)
	if tag := s.put(path, minimal).want(http.StatusCreated).text("etag"); seen[tag] {
		t.Errorf("a vault made again has the old tag %s", tag)
	}
	tag := s.get(path).text("etag")
	if tag != s.get(path).text("etag") {
		t.Error("a read changes the tag")
	}
}

func TestIDsAreCaseBlindAndKeepTheirSpelling(t *testing.T) {
	s := start(t)
	path := vaultPath("Group", "MyVault")
	created := s.put(path, minimal).want(http.StatusCreated)
	odd := strings.ToUpper(path)
	s.put(odd, minimal).want(http.StatusOK)
	s.patch(odd, `{}`).want(http.StatusOK)
	if got := s.get(strings.ToLower(path)).want(http.StatusOK).text("id"); got != path {
		t.Errorf("id %s", got)
	}
	poll := created.header.Get("Azure-AsyncOperation")
	operation := poll[strings.LastIndex(poll, "/")+1:]
	s.get(odd + "/OPERATIONSTATUS/" + operation).want(http.StatusOK)
	s.delete(odd).want(http.StatusAccepted)
	s.get(path).want(http.StatusNotFound)
}

func TestDelete(t *testing.T) {
	s := start(t)
	path := vaultPath("g", "vault")
	s.put(path, minimal)
	deleted := s.delete(path).want(http.StatusAccepted)
	if deleted.raw != "" || deleted.header.Get("Retry-After") != "" {
		t.Errorf("got %q, %v", deleted.raw, deleted.header)
	}
	s.get(path).wantError(http.StatusNotFound, "ResourceNotFound", "'Microsoft.RecoveryServices/vaults/vault' under resource group 'g'")
	if got := s.get(deleted.header.Get("Azure-AsyncOperation")).want(http.StatusOK).text("status"); got != "Succeeded" {
		t.Errorf("status of the operation of a vault that is gone: %s", got)
	}
	s.get(deleted.header.Get("Location")).want(http.StatusNoContent)
	s.delete(path).want(http.StatusNoContent)

	for apiVersion, status := range map[string]int{
		"2016-06-01": 200, "2023-04-01": 200, "2024-12-31-preview": 200, "2025-01-01": 202, "2025-08-01": 202, "2026-05-01": 202,
	} {
		s.put(path, minimal)
		s.delete(path + "?api-version=" + apiVersion).want(status)
		s.get(path).want(http.StatusNotFound)
	}
}

func TestOperationsThatTakeTime(t *testing.T) {
	s := start(t, func(c *embedded.Config) {
		c.OperationTime = time.Minute
		c.RetryAfter = 10 * time.Second
	})
	path := vaultPath("g", "vault")
	if got := s.put(path, minimal).header.Get("Retry-After"); got != "10" {
		t.Errorf("Retry-After of PUT: %q", got)
	}

	patched := s.patch(path, `{"tags":{"a":"b"}}`).want(http.StatusAccepted)
	if patched.header.Get("Azure-AsyncOperation") == "" || patched.header.Get("Location") == "" || patched.header.Get("Retry-After") != "10" {
		t.Errorf("headers of PATCH: %v", patched.header)
	}
	s.patch(path, `{}`).wantError(http.StatusConflict, "RSVaultUpdateErrorConflictingOperationInProgress", "Updating")
	s.put(path, minimal).wantError(http.StatusConflict, "RSVaultUpdateErrorConflictingOperationInProgress")
	s.delete(path).wantError(http.StatusConflict, "RSVaultUpdateErrorConflictingOperationInProgress", "Updating")
	if got := s.get(patched.header.Get("Location")).want(http.StatusAccepted).header.Get("Retry-After"); got != "10" {
		t.Errorf("Retry-After of the poll: %q", got)
	}
	s.clock.Advance(time.Minute)
	if got := s.get(patched.header.Get("Location")).want(http.StatusOK).text("tags", "a"); got != "b" {
		t.Errorf("result of PATCH: %q", got)
	}
	if put := s.put(path, minimal).want(http.StatusOK); put.state() != "Updating" || put.header.Get("Azure-AsyncOperation") == "" {
		t.Errorf("PUT: %s %v", put.raw, put.header)
	}
	s.clock.Advance(time.Minute)

	deleted := s.delete(path).want(http.StatusAccepted)
	if got := s.get(path).want(http.StatusOK).state(); got != "Deleting" {
		t.Errorf("state %s", got)
	}
	s.put(path, minimal).wantError(http.StatusConflict, "RSVaultUpdateErrorConflictingOperationInProgress", "Deleting")
	s.put(vaultPath("other", "vault"), minimal).want(http.StatusConflict) // the name is not free yet
	if again := s.delete(path).want(http.StatusAccepted); again.header.Get("Location") != deleted.header.Get("Location") {
		t.Error("a second DELETE starts a second operation")
	}
	s.clock.Advance(time.Minute)
	s.get(path).want(http.StatusNotFound)
	if got := s.get(sub + "/providers/Microsoft.RecoveryServices/vaults").names(); len(got) != 0 {
		t.Errorf("still listed: %v", got)
	}
	s.get(deleted.header.Get("Location")).want(http.StatusNoContent)
	s.put(vaultPath("other", "vault"), minimal).want(http.StatusCreated)

	// The old versions have no way to say "later".
	s.delete(vaultPath("other", "vault") + "?api-version=2023-04-01").want(http.StatusOK)
	s.get(vaultPath("other", "vault")).want(http.StatusNotFound)
}

func TestWhileProvisioning(t *testing.T) {
	s := start(t, func(c *embedded.Config) { c.ProvisioningTime = time.Hour })
	path := vaultPath("g", "vault")
	s.put(path, minimal)
	s.put(path, minimal).wantError(http.StatusConflict, "RSVaultUpdateErrorConflictingOperationInProgress", "Provisioning")
	s.patch(path, `{}`).wantError(http.StatusConflict, "RSVaultUpdateErrorConflictingOperationInProgress")
	s.delete(path).wantError(http.StatusConflict, "RSVaultUpdateErrorConflictingOperationInProgress", "Provisioning")
	s.clock.Advance(time.Hour)
	s.delete(path).want(http.StatusAccepted)
	s.get(path).want(http.StatusNotFound)
}

func TestIfNoneMatch(t *testing.T) {
	s := start(t)
	path := vaultPath("g", "vault")
	s.do(http.MethodPut, path, minimal, "If-None-Match", "*").want(http.StatusCreated)
	s.do(http.MethodPut, path, minimal, "If-None-Match", "*").wantError(http.StatusPreconditionFailed, "PreconditionFailed", "already exists")
}

// The name is checked in the transaction that takes it.
func TestOneOfManyWinsTheName(t *testing.T) {
	s := start(t)
	for round := range 10 {
		name := "raced" + string(rune('a'+round))
		statuses := make([]int, 8)
		var wg sync.WaitGroup
		for i := range statuses {
			wg.Go(func() { statuses[i] = s.put(vaultPath("group"+string(rune('a'+i)), name), minimal).status })
		}
		wg.Wait()
		won := 0
		for _, status := range statuses {
			switch status {
			case http.StatusCreated:
				won++
			case http.StatusConflict:
			default:
				t.Errorf("got %d", status)
			}
		}
		if won != 1 {
			t.Errorf("%s was made %d times", name, won)
		}
	}
}
