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

const deletedVaultsPath = sub + "/providers/Microsoft.RecoveryServices/locations/eastasia/deletedVaults"

func into(group string) string {
	return `{"properties":{"recoveryResourceGroupId":"` + sub + `/resourceGroups/` + group + `"}}`
}

// vaultIDs are the vaults in a list of deleted ones.
func (r *response) vaultIDs() []string {
	ids := []string{}
	for _, v := range r.want(http.StatusOK).values() {
		ids = append(ids, v.text("properties", "vaultId"))
	}
	return ids
}

// softDeletedVault makes a vault with a soft-deleted item in it and deletes it. It returns the deleted vault.
func (s *service) softDeletedVault(path, body string) *response {
	s.tb.Helper()
	s.put(path, body).want(http.StatusCreated)
	s.protect(path, "web")
	s.delete(itemPath(path, "web")).want(http.StatusAccepted)
	s.delete(path).want(http.StatusAccepted)
	for _, v := range s.get(deletedVaultsPath).want(http.StatusOK).values() {
		if strings.EqualFold(v.text("properties", "vaultId"), path) && v.text("properties", "purgeAt") != v.text("properties", "vaultDeletionTime") {
			return v
		}
	}
	s.tb.Fatalf("%s is not among the deleted vaults", path)
	return nil
}

func TestAnEmptyVaultIsPurgedAtOnce(t *testing.T) {
	s := start(t)
	path := vaultPath("Group", "Vault")
	for range 2 {
		s.put(path, minimal).want(http.StatusCreated)
		s.delete(path).want(http.StatusAccepted)
	}
	list := s.get(deletedVaultsPath)
	if diff := cmp.Diff([]string{path, path}, list.vaultIDs()); diff != "" {
		t.Fatal(diff)
	}
	one := list.values()[0]
	if one.text("properties", "vaultDeletionTime") != "2026-05-01T12:00:00.0000000Z" || one.text("properties", "purgeAt") != "2026-05-01T12:00:00.0000000Z" ||
		!strings.HasPrefix(one.text("name"), "Group_") || one.text("location") != "eastasia" || one.text("id") != deletedVaultsPath+"/"+one.text("name") ||
		one.text("type") != "Microsoft.RecoveryServices/locations/deletedVaults" || one.at("vault") != nil {
		t.Errorf("got %v", one.body)
	}
	same := s.get(strings.ReplaceAll(one.text("id"), "eastasia", "East%20Asia")).want(http.StatusOK)
	if diff := cmp.Diff(one.body, same.body); diff != "" {
		t.Error(diff)
	}
	s.do(http.MethodPost, one.text("id")+"/undelete", into("g")).wantError(http.StatusBadRequest, "InvalidRestApiParameter", "2026-05-01T12:00:00Z")
	s.put(path, minimal).want(http.StatusCreated)
	s.clock.Advance(day)
	if got := s.get(deletedVaultsPath).vaultIDs(); len(got) != 0 {
		t.Errorf("still listed: %v", got)
	}
	s.get(one.text("id")).wantError(http.StatusNotFound, "ResourceNotFound")
	s.get(strings.Replace(deletedVaultsPath, "eastasia", "atlantis", 1)).wantError(http.StatusBadRequest, "LocationNotAvailableForResourceType")
}

func TestUndelete(t *testing.T) {
	s := start(t, func(c *embedded.Config) { c.StrictResourceGroups = true })
	for _, group := range []string{"First", "Second"} {
		s.put(sub+"/resourceGroups/"+group, `{"location":"eastasia"}`).want(http.StatusCreated)
	}
	path := vaultPath("First", "Vault")
	body := strings.Replace(withProperties(redundancy("ZoneRedundant", "Disabled")), `"sku"`, `"tags":{"Kept":"Yes"},"kind":"unknown","sku"`, 1)
	deleted := s.softDeletedVault(path, body)
	undelete := deleted.text("id") + "/undelete"
	for _, wrong := range []string{
		`{}`, `{"properties":{"recoveryResourceGroupId":"Second"}}`,
		`{"properties":{"recoveryResourceGroupId":"` + path + `"}}`, strings.Replace(into("Second"), "0001/", "0002/", 1),
	} {
		s.do(http.MethodPost, undelete, wrong).wantError(http.StatusBadRequest, "InvalidRestApiParameter", "recoveryResourceGroupId")
	}
	s.do(http.MethodPost, undelete, `{"properties":{"recoveryResourceGroupId":7}}`).wantError(http.StatusBadRequest, "InvalidRequestContent", "recoveryResourceGroupId")
	s.do(http.MethodPost, undelete, `{"properties":[]}`).wantError(http.StatusBadRequest, "InvalidRequestContent")
	s.do(http.MethodPost, undelete, into("none")).wantError(http.StatusNotFound, "ResourceGroupNotFound")
	s.do(http.MethodPost, deletedVaultsPath+"/none/undelete", into("Second")).wantError(http.StatusNotFound, "ResourceNotFound", "none")

	s.clock.Advance(time.Hour)
	accepted := s.do(http.MethodPost, undelete, into("Second")).want(http.StatusAccepted)
	poll := accepted.header.Get("Azure-AsyncOperation")
	if !strings.HasPrefix(poll, embedded.Endpoint+deleted.text("id")+"/operations/") || accepted.header.Get("Location") != "" {
		t.Errorf("headers %v", accepted.header)
	}
	if got := s.get(poll).want(http.StatusOK).text("status"); got != "Succeeded" {
		t.Errorf("status %s", got)
	}
	back := vaultPath("Second", "Vault")
	vault := s.get(back).want(http.StatusOK)
	if vault.text("id") != back || vault.text("tags", "Kept") != "Yes" || vault.text("kind") != "unknown" || vault.state() != "Succeeded" ||
		vault.text("properties", "redundancySettings", "standardTierStorageRedundancy") != "ZoneRedundant" ||
		vault.text("properties", "backupStorageVersion") != "V2" {
		t.Errorf("got %s", vault.raw)
	}
	item := s.get(itemPath(back, "web")).want(http.StatusOK)
	if item.at("properties", "isScheduledForDeferredDelete") != true || item.text("id") != itemPath(back, "web") ||
		item.text("properties", "deferredDeleteTimeRemaining") != "13.23:00:00" || item.text("properties", "vaultId") != embedded.Endpoint+back {
		t.Errorf("got %s", item.raw)
	}
	if names, _ := s.follow(back + "/backupProtectedItems"); len(names) != 1 {
		t.Errorf("items %v", names)
	}
	jobs := s.get(back + "/backupJobs").want(http.StatusOK).values()
	if len(jobs) != 2 {
		t.Errorf("%d jobs", len(jobs))
	}
	for _, job := range jobs {
		if !strings.HasPrefix(job.text("id"), back+"/") || job.text("properties", "containerName") != "iaasvmcontainerv2;Machines;web" {
			t.Errorf("got %v", job.body)
		}
	}
	s.get(path).want(http.StatusNotFound)
	s.get(deleted.text("id")).want(http.StatusNotFound)
	s.do(http.MethodPost, undelete, into("Second")).want(http.StatusNotFound)
	groups := s.get(sub + "/resourceGroups/Second/providers/Microsoft.RecoveryServices/vaults")
	if diff := cmp.Diff([]string{"Vault"}, groups.names()); diff != "" {
		t.Error(diff)
	}
	s.put(itemPath(back, "web"), itemBody(`"isRehydrate":true`)).want(http.StatusAccepted)
}

func TestUndeleteAndDeletionTakeTime(t *testing.T) {
	s := start(t, func(c *embedded.Config) { c.OperationTime = time.Minute })
	path := vaultPath("g", "vault")
	s.put(path, minimal)
	s.protect(path, "web")
	s.clock.Advance(time.Minute)
	s.delete(itemPath(path, "web")).want(http.StatusAccepted)
	s.clock.Advance(time.Minute)
	s.delete(path).want(http.StatusAccepted)
	if got := s.get(deletedVaultsPath).vaultIDs(); len(got) != 0 {
		t.Errorf("deleted before its deletion has ended: %v", got)
	}
	s.get(itemPath(path, "web")).want(http.StatusOK)
	s.clock.Advance(time.Minute)
	list := s.get(deletedVaultsPath)
	if diff := cmp.Diff([]string{path}, list.vaultIDs()); diff != "" {
		t.Fatal(diff)
	}
	one := list.values()[0]
	if one.text("properties", "vaultDeletionTime") != "2026-05-01T12:03:00.0000000Z" {
		t.Errorf("got %v", one.body)
	}

	poll := s.do(http.MethodPost, one.text("id")+"/undelete", into("g")).want(http.StatusAccepted).header.Get("Azure-AsyncOperation")
	if got := s.get(poll).text("status"); got != "InProgress" {
		t.Errorf("status %s", got)
	}
	if got := s.get(path).want(http.StatusOK).state(); got != "Provisioning" {
		t.Errorf("state %s", got)
	}
	s.patch(path, `{}`).wantError(http.StatusConflict, "RSVaultUpdateErrorConflictingOperationInProgress")
	s.clock.Advance(time.Minute)
	if got := s.get(path).state(); got != "Succeeded" {
		t.Errorf("state %s", got)
	}
}

// wantKept checks that a vault is the only deleted one, and can be undeleted.
func (s *service) wantKept(path string) {
	s.tb.Helper()
	all := s.get(deletedVaultsPath).want(http.StatusOK).values()
	if len(all) != 1 || all[0].text("properties", "vaultId") != path || all[0].text("properties", "purgeAt") != "2026-05-15T12:00:00.0000000Z" {
		s.tb.Fatalf("deleted are %v", all)
	}
}

func TestWhichDeletionsAreKept(t *testing.T) {
	t.Run("old API versions do not delete a vault with soft-deleted items", func(t *testing.T) {
		s := start(t)
		path := vaultPath("g", "vault")
		s.put(path, minimal)
		s.protect(path, "web")
		s.delete(itemPath(path, "web"))
		s.delete(path+"?api-version=2024-04-01").wantError(http.StatusBadRequest, "ServiceResourceNotEmptyWithBackendMessage", "soft delete state", "web", "aka.ms/undeletesoftdeleteditems")
		s.delete(path + "?api-version=2024-09-30-preview").want(http.StatusOK)
		s.wantKept(path)
	})
	t.Run("vaults deleted with their group", func(t *testing.T) {
		for _, created := range []bool{true, false} {
			s := start(t)
			if created {
				s.put(sub+"/resourceGroups/g", `{"location":"eastasia"}`)
			}
			path := vaultPath("g", "vault")
			s.put(path, minimal)
			s.protect(path, "web")
			s.wantGroupStays("g", "1 protected item")
			s.delete(itemPath(path, "web"))
			s.delete(sub + "/resourceGroups/g").want(http.StatusAccepted)
			s.get(path).want(http.StatusNotFound)
			s.wantKept(path)
			s.put(path, minimal).want(http.StatusCreated) // the group is made again with it
		}
	})
	t.Run("not what was never made", func(t *testing.T) {
		s := start(t, func(c *embedded.Config) {
			c.FailProvisioning = func(string) *embedded.Fault { return &embedded.Fault{Code: "OutOfCapacity"} }
		})
		s.put(vaultPath("g", "vault"), minimal)
		s.delete(vaultPath("g", "vault")).want(http.StatusAccepted)
		if got := s.get(deletedVaultsPath).vaultIDs(); len(got) != 0 {
			t.Errorf("got %v", got)
		}
	})
	t.Run("each subscription and region has its own", func(t *testing.T) {
		const other = "11111111-1111-4111-8111-111111111111"
		s := start(t, func(c *embedded.Config) {
			c.Subscriptions = []embedded.Subscription{{ID: embedded.DefaultSubscriptionID}, {ID: other}}
		})
		s.softDeletedVault(vaultPath("g", "vault"), minimal)
		s.put(strings.Replace(vaultPath("g", "vault"), embedded.DefaultSubscriptionID, other, 1), minimal).want(http.StatusCreated)
		for _, empty := range []string{
			strings.Replace(deletedVaultsPath, embedded.DefaultSubscriptionID, other, 1), strings.Replace(deletedVaultsPath, "eastasia", "eastus", 1),
		} {
			if got := s.get(empty).vaultIDs(); len(got) != 0 {
				t.Errorf("%s: %v", empty, got)
			}
		}
	})
}

func TestDeletedVaultsArePaged(t *testing.T) {
	s := start(t, pagesOf(2))
	var want, got []string
	for _, name := range []string{"va", "vb", "vc", "vd", "ve"} {
		s.put(vaultPath("g", name), minimal).want(http.StatusCreated)
		s.delete(vaultPath("g", name)).want(http.StatusAccepted)
		want = append(want, vaultPath("g", name))
	}
	pages := 0
	for next := deletedVaultsPath; next != ""; pages++ {
		p := s.get(next)
		got = append(got, p.vaultIDs()...)
		next = p.text("nextLink")
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" || pages != 3 {
		t.Errorf("%d pages, %s", pages, diff)
	}
}
