package embedded_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// A deleted vault held its name until it was purged, which Azure's does not: destroy and apply again failed.
func TestADeletedVaultDoesNotHoldItsName(t *testing.T) {
	for name, again := range map[string]struct{ group, region string }{
		"in the same group":     {"Group", "eastasia"},
		"in another group":      {"other", "eastasia"},
		"in another region":     {"Group", "westeurope"},
		"in both others":        {"other", "westeurope"},
		"in other letter cases": {"gROUP", "East Asia"},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			path := vaultPath("Group", "Vault")
			deleted := s.softDeletedVault(path, withProperties(retentionDays("30")))
			if got := deleted.text("properties", "purgeAt"); got != "2026-05-31T12:00:00.0000000Z" {
				t.Errorf("purgeAt %s", got)
			}
			s.get(path).want(http.StatusNotFound)
			s.get(itemPath(path, "web")).want(http.StatusNotFound)
			free := s.do(http.MethodPost, sub+"/resourceGroups/x/providers/Microsoft.RecoveryServices/locations/westeurope/checkNameAvailability",
				`{"type":"Microsoft.RecoveryServices/vaults","name":"VAULT"}`).want(http.StatusOK)
			if free.at("nameAvailable") != true || free.text("reason") != "" || free.text("message") != "" {
				t.Errorf("got %s", free.raw)
			}
			made := vaultPath(again.group, "vAULT")
			s.put(made, strings.Replace(minimal, "eastasia", again.region, 1)).want(http.StatusCreated)
			if items := s.get(made + "/backupProtectedItems").want(http.StatusOK).values(); len(items) != 0 {
				t.Errorf("the new vault holds %v", items)
			}
			s.get(deleted.text("id")).want(http.StatusOK)
			s.clock.Advance(30 * day)
			s.get(deleted.text("id")).want(http.StatusNotFound)
			s.get(made).want(http.StatusOK)
		})
	}
}

// The vault of a name may be made, filled and deleted several times while the backups of all of them are kept.
func TestSeveralDeletedVaultsOfOneName(t *testing.T) {
	s := start(t)
	path := vaultPath("g", "vault")
	machines := []string{"first", "second", "third"}
	for _, machine := range machines {
		s.put(path, minimal).want(http.StatusCreated)
		if items := s.get(path + "/backupProtectedItems").want(http.StatusOK).values(); len(items) != 0 {
			t.Fatalf("the vault of %s is not empty: %v", machine, items)
		}
		if jobs := s.get(path + "/backupJobs").want(http.StatusOK).values(); len(jobs) != 0 {
			t.Errorf("the vault of %s has jobs: %v", machine, jobs)
		}
		s.protect(path, machine)
		s.delete(itemPath(path, machine)).want(http.StatusAccepted)
		s.delete(path).want(http.StatusAccepted)
		s.clock.Advance(day)
	}
	records := s.get(deletedVaultsPath)
	if diff := cmp.Diff([]string{path, path, path}, records.vaultIDs()); diff != "" {
		t.Fatal(diff)
	}
	byTime := records.values()
	slices.SortFunc(byTime, func(a, b *response) int {
		return strings.Compare(a.text("properties", "vaultDeletionTime"), b.text("properties", "vaultDeletionTime"))
	})
	undelete := func(record *response) *response {
		return s.do(http.MethodPost, record.text("id")+"/undelete", into("g"))
	}
	// Each brings back its own, and deleted again it is one more; the others stay as they were.
	for i, record := range byTime {
		undelete(record).want(http.StatusAccepted)
		items := s.get(path + "/backupProtectedItems").want(http.StatusOK).values()
		if len(items) != 1 || items[0].text("properties", "sourceResourceId") != machine(machines[i]) {
			t.Errorf("record %d brings back %v", i, items)
		}
		s.delete(path).want(http.StatusAccepted)
	}
	if got := s.get(deletedVaultsPath).vaultIDs(); len(got) != 3 {
		t.Errorf("%d records", len(got))
	}
	// What is deleted anew is kept anew.
	s.clock.Advance(14*day - 1)
	if got := s.get(deletedVaultsPath).vaultIDs(); len(got) != 3 {
		t.Errorf("%d records", len(got))
	}
	s.clock.Advance(1)
	if got := s.get(deletedVaultsPath).vaultIDs(); len(got) != 0 {
		t.Errorf("%d records", len(got))
	}
}

// The items of the vault that was deleted and of the one that was made again are purged each in its own time.
func TestBackupsOfADeletedAndANewVaultArePurgedApart(t *testing.T) {
	s := start(t)
	path := vaultPath("g", "vault")
	deleted := s.softDeletedVault(path, minimal)
	s.clock.Advance(3 * day)
	s.put(path, minimal).want(http.StatusCreated)
	s.protect(path, "web")
	s.delete(itemPath(path, "web")).want(http.StatusAccepted)
	kept := func(want bool) {
		t.Helper()
		if items := s.get(path + "/backupProtectedItems").want(http.StatusOK).values(); len(items) == 1 != want {
			t.Errorf("the new vault holds %v", items)
		}
	}
	s.clock.Advance(11*day - 1)
	s.get(deleted.text("id")).want(http.StatusOK)
	kept(true)
	s.clock.Advance(1)
	s.get(deleted.text("id")).want(http.StatusNotFound)
	kept(true)
	s.clock.Advance(3*day - 1)
	kept(true)
	s.clock.Advance(1)
	kept(false)
	s.delete(path).want(http.StatusAccepted)
	last := s.get(deletedVaultsPath).values()
	if len(last) != 1 || last[0].text("properties", "purgeAt") != last[0].text("properties", "vaultDeletionTime") {
		t.Errorf("got %v", last)
	}
}

// An undelete onto a vault that was there would have mixed the two.
func TestUndeleteWaitsForTheVaultOfThatName(t *testing.T) {
	const conflict = "UserErrorDeletedVaultUndeleteConflictingVaultPresent"
	for name, holder := range map[string]string{
		"of the same id":           vaultPath("First", "Vault"),
		"in the group it goes to":  vaultPath("second", "vAULT"),
		"in a group of its own":    vaultPath("third", "vault"),
		"of the old id, as it was": vaultPath("FIRST", "VAULT"),
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, func(c *embedded.Config) { c.OperationTime = time.Minute })
			path := vaultPath("First", "Vault")
			s.put(path, minimal).want(http.StatusCreated)
			s.protect(path, "web")
			s.clock.Advance(time.Minute)
			s.delete(itemPath(path, "web")).want(http.StatusAccepted)
			s.clock.Advance(time.Minute)
			s.delete(path).want(http.StatusAccepted)
			s.clock.Advance(time.Minute)
			undelete := s.get(deletedVaultsPath).values()[0].text("id") + "/undelete"

			s.put(holder, minimal).want(http.StatusCreated)
			s.protect(holder, "db")
			refused := func() {
				t.Helper()
				s.do(http.MethodPost, undelete, into("second")).wantError(http.StatusConflict, conflict, "'Vault'", holder)
			}
			refused()
			s.clock.Advance(time.Minute)
			s.delete(itemPath(holder, "db")).want(http.StatusAccepted)
			s.clock.Advance(time.Minute)
			s.delete(holder).want(http.StatusAccepted)
			refused() // it is going
			s.clock.Advance(time.Minute - 1)
			refused()
			s.clock.Advance(1)

			s.do(http.MethodPost, undelete, into("second")).want(http.StatusAccepted)
			back := vaultPath("second", "Vault")
			s.get(itemPath(back, "web")).want(http.StatusOK)
			s.get(itemPath(back, "db")).want(http.StatusNotFound)
			if got := s.get(deletedVaultsPath).vaultIDs(); len(got) != 1 || got[0] != holder {
				t.Errorf("deleted are %v", got)
			}
			// While it comes back, the other record is in the same place.
			other := s.get(deletedVaultsPath).values()[0].text("id") + "/undelete"
			s.do(http.MethodPost, other, into("third")).wantError(http.StatusConflict, conflict, back)
		})
	}
}

// Azure has regions that cannot list deleted vaults; faults play them.
func TestRegionsThatCannotListDeletedVaults(t *testing.T) {
	s := start(t, withFaults(embedded.NewFaults(
		embedded.FaultRule{
			Kind: embedded.KindDeletedVaultList, Path: "locations/westus", Times: embedded.Always, Status: http.StatusBadRequest,
			Code: "NoRegisteredProviderFound", Message: "No registered resource provider found for location 'westus'.",
		},
		embedded.FaultRule{Kind: embedded.KindDeletedVaultList, Path: "locations/eastus", Times: embedded.Always, Status: http.StatusBadRequest},
	)))
	path := vaultPath("g", "vault")
	s.softDeletedVault(path, minimal)
	in := func(region string) *response { return s.get(strings.Replace(deletedVaultsPath, "eastasia", region, 1)) }
	for range 2 {
		in("westus").wantError(http.StatusBadRequest, "NoRegisteredProviderFound", "westus")
		in("eastus").wantError(http.StatusBadRequest, "BadRequest")
		if diff := cmp.Diff([]string{path}, in("eastasia").vaultIDs()); diff != "" {
			t.Error(diff)
		}
		in("westus2").want(http.StatusOK)
	}
}

// Where names are unique in a resource group, as in Azure, another group may have the name.
func TestNamesUniquePerResourceGroup(t *testing.T) {
	for perGroup, other := range map[bool]int{false: http.StatusConflict, true: http.StatusCreated} {
		s := start(t, func(c *embedded.Config) { c.NamesPerGroup = perGroup })
		s.put(vaultPath("one", "vault"), minimal).want(http.StatusCreated)
		available := func(group string) bool {
			t.Helper()
			answer := s.do(http.MethodPost, sub+"/resourceGroups/"+group+"/providers/Microsoft.RecoveryServices/locations/westeurope/checkNameAvailability",
				`{"type":"Microsoft.RecoveryServices/vaults","name":"VAULT"}`).want(http.StatusOK)
			return answer.at("nameAvailable") == true
		}
		s.put(sub+"/resourceGroups/two", `{"location":"eastasia"}`).want(http.StatusCreated)
		if available("ONE") || available("two") != perGroup {
			t.Errorf("per group %v: the name is available in the groups one %v, two %v", perGroup, available("ONE"), available("two"))
		}
		s.put(vaultPath("two", "Vault"), minimal).want(other)
		s.put(vaultPath("ONE", "VAULT"), minimal).want(http.StatusOK)
	}
}

// An undelete looks for the name where names are unique.
func TestUndeleteBesideANamesake(t *testing.T) {
	for perGroup, want := range map[bool]int{false: http.StatusConflict, true: http.StatusAccepted} {
		s := start(t, func(c *embedded.Config) { c.NamesPerGroup = perGroup })
		deleted := s.softDeletedVault(vaultPath("one", "vault"), minimal)
		s.put(vaultPath("two", "vault"), minimal).want(http.StatusCreated)
		s.do(http.MethodPost, deleted.text("id")+"/undelete", `{"properties":{"recoveryResourceGroupId":"`+sub+`/resourceGroups/one"}}`).want(want)
	}
}
