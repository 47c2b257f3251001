package vault_test

import (
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

const policyProperties = `"properties":{"backupManagementType":"AzureIaasVM","schedulePolicy":{}}`

// oddities are descriptions that cannot be understood, by the object that has them: what stands behind its id, and what is
// said to be wrong with it.
var oddities = map[string]map[string]string{
	"vault": {
		`"sku":{"name":"Standard"}`: "it has no location", `"location":""`: "it has no location", `"location":null`: "it has no location",
		`"location":7`: "the field location has a value of another type: number", `"location":"eastus","sku":{"tier":5}`: "the field sku.tier has a value of another type: number",
		`"location":"eastus","properties":[]`: "the field properties has a value of another type: array",
	},
	"policy": {
		`"name":"p"`: "it has no properties.backupManagementType", `"properties":{}`: "it has no properties.backupManagementType",
		`"properties":null`: "it has no properties.backupManagementType",
		`"properties":{"backupManagementType":"AzureIaasVM"}`: "it has no properties.schedulePolicy",
		`"properties":{"backupManagementType":7}`:             "the field properties.backupManagementType has a value of another type: number",
	},
	"item": {
		`"name":"web"`: "it has no properties", `"properties":null`: "it has no properties",
		`"properties":{"policyId":[]}`: "the field properties.policyId has a value of another type: array",
	},
}

// odd makes a service with the vault contoso, and in it the policy and the item of that name, one of which is odd, and sound
// neighbours of each.
func odd(t *testing.T, object, rest string) (*vault.Client, *fake) {
	t.Helper()
	c, f := newFake(t)
	f.put(groupPath, `{"id":"`+groupPath+`"}`)
	for _, name := range []string{"contoso", "neighbour"} {
		documents := map[string]string{
			"vault": `"location":"eastus","properties":{"backupStorageVersion":"V2"}`, "policy": policyProperties, "item": `"properties":{"sourceResourceId":"` + vmID(name).String() + `"}`,
		}
		if name == "contoso" && object != "" {
			documents[object] = rest
		}
		for kind, path := range map[string]string{"vault": id(name).String(), "policy": policyID(name).String(), "item": itemID(name).String()} {
			f.put(path, `{"id":"`+path+`",`+documents[kind]+`}`)
		}
	}
	f.put(id("contoso").String()+"/usages", `{"value":[]}`)
	return c, f
}

// A vault of which the service left out the location was planned to be replaced.
func TestUnreadableObjectIsAnError(t *testing.T) {
	for object, cases := range oddities {
		for rest, want := range cases {
			t.Run(object+" "+rest, func(t *testing.T) {
				t.Parallel()
				c, _ := odd(t, object, rest)
				err := map[string]func() error{
					"vault":  func() error { _, err := c.VaultOrGone(t.Context(), id("contoso")); return err },
					"policy": func() error { _, err := c.PolicyOrGone(t.Context(), policyID("contoso")); return err },
					"item":   func() error { _, err := c.ProtectedVMOrGone(t.Context(), itemID("contoso")); return err },
				}[object]()
				if !strings.Contains(text(err), want) || !strings.Contains(text(err), "contoso") || vault.IsGone(err) || arm.IsNotFound(err) {
					t.Error(err)
				}
			})
		}
	}
}

// walked is what a list yields: names, and what is said of the members that cannot be read.
func walked[T any](members iter.Seq2[T, error], name func(T) string) (names []string, unreadable []*arm.UnreadableError, err error) {
	for member, memberErr := range members {
		var e *arm.UnreadableError
		switch {
		case memberErr == nil:
			names = append(names, name(member))
		case errors.As(memberErr, &e):
			unreadable = append(unreadable, e)
		default:
			return names, unreadable, memberErr
		}
	}
	return names, unreadable, nil
}

// One member of a list that cannot be understood failed the list for all.
func TestUnreadableMembersArePassedOver(t *testing.T) {
	for object, cases := range oddities {
		for rest, want := range cases {
			t.Run(object+" "+rest, func(t *testing.T) {
				t.Parallel()
				c, _ := odd(t, object, rest)
				var names []string
				var unreadable []*arm.UnreadableError
				var err error
				switch object {
				case "vault":
					names, unreadable, err = walked(c.List(t.Context(), subscription, ""), func(v vault.Vault) string { return v.ID.Name })
				case "policy":
					names, unreadable, err = walked(c.Policies(t.Context(), id("contoso")), func(p vault.Policy) string { return p.ID.Name })
				case "item":
					names, unreadable, err = walked(c.ProtectedVMs(t.Context(), id("contoso")), func(v vault.ProtectedVM) string { return v.VMName() })
				}
				if err != nil || !slices.Equal(names, []string{"neighbour"}) || len(unreadable) != 1 || !strings.Contains(unreadable[0].ID, "contoso") || unreadable[0].Reason != want {
					t.Errorf("%v %v %v", names, unreadable, err)
				}
			})
		}
	}
}

// What cannot be read may be what is looked for: it is not missing, and a vault that has it is not empty.
func TestUnreadableIsNotMissing(t *testing.T) {
	t.Parallel()
	c, _ := odd(t, "vault", `"sku":{}`)
	if _, found, err := c.FindByName(t.Context(), subscription, "CONTOSO"); found || !arm.IsUnreadable(err) {
		t.Error(found, err)
	}
	if v, found, err := c.FindByName(t.Context(), subscription, "neighbour"); !found || err != nil || v.ID.Name != "neighbour" {
		t.Error(v, found, err)
	}
	if _, found, err := c.FindByName(t.Context(), subscription, "nobody"); found || err != nil {
		t.Error(found, err)
	}
	for _, body := range []string{`"name":"x"`, `"properties":{"policyId":[]}`} {
		c, f := odd(t, "item", body)
		f.mu.Lock()
		delete(f.documents, strings.ToLower(itemID("neighbour").String()))
		f.mu.Unlock()
		holds, err := c.Contents(t.Context(), id("contoso"))
		if err != nil || holds.Empty() || len(holds.Unreadable) != 1 || !strings.EqualFold(holds.Unreadable[0], itemID("contoso").String()) {
			t.Errorf("%+v %v", holds, err)
		}
		if usage, err := c.Usage(t.Context(), holds.Vault); err != nil || usage.ProtectedItems != 1 {
			t.Errorf("%+v %v", usage, err)
		}
	}
}

// The reads of many are served by a list that has one which cannot be read; only that one is an error.
func TestUnreadableMemberLeavesTheListInUse(t *testing.T) {
	t.Parallel()
	c, f := newFake(t)
	all := names(20)
	for _, name := range all {
		f.put(policyID(name).String(), `{"id":"`+policyID(name).String()+`",`+policyProperties+`}`)
	}
	f.put(policyID("contoso-007").String(), `{"id":"`+policyID("contoso-007").String()+`"}`)
	for _, name := range all {
		if _, err := c.Policy(t.Context(), policyID(name)); (err != nil) != (name == "contoso-007") || err != nil && !arm.IsUnreadable(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := counts(f.take()); got["GET backupPolicies"] != 1 || len(got) != 4 { // two alone, the list, and the odd one
		t.Error(got)
	}
}

// Jobs, recovery points, subscriptions, machines and deleted vaults are as vaults, policies and items are.
func TestUnreadableMembersOfOtherLists(t *testing.T) {
	t.Parallel()
	c, f := newFake(t)
	const deletedPath = "/subscriptions/" + subscription + "/providers/Microsoft.RecoveryServices/locations/eastus/deletedVaults"
	f.put("/subscriptions/"+subscription+"/providers/Microsoft.RecoveryServices", `{"registrationState":"Registered","resourceTypes":[{"resourceType":"vaults","locations":["East US"]}]}`)
	answers := map[string]string{
		id("contoso").String() + "/backupJobs": `{"name":"sound","properties":{"status":"Completed","startTime":"2026-11-01T10:00:00Z"}},
			{"id":"/j","name":"odd","properties":{"status":"Completed","errorDetails":5}},{"id":"/j2","properties":{"status":"Completed"}},{"id":"/j3","name":"x"}`,
		itemID("web").String() + "/recoveryPoints": `{"name":"sound","properties":{"recoveryPointTime":"2026-11-01T10:00:00Z"}},{"id":"/p","name":"odd","properties":{}},{"id":"/p2","name":7}`,
		"/subscriptions": `{"subscriptionId":"` + subscription + `","displayName":"sound"},{"id":"/subscriptions/odd","displayName":5},{"displayName":"x"}`,
		"/subscriptions/" + subscription + "/providers/Microsoft.Compute/virtualMachines": `{"id":"` + vmID("sound").String() + `","location":"eastus"},{"id":"` + vmID("odd").String() + `"},null`,
		deletedPath: `{"id":"/d","properties":{"vaultId":"` + id("sound").String() + `","vaultDeletionTime":"2026-11-01T10:00:00Z","purgeAt":"2026-11-15T10:00:00Z"}},{"id":"/d2","properties":{"purgeAt":"soon"}}`,
	}
	f.odd = func(w http.ResponseWriter, r *http.Request, _ string) bool {
		list, ok := answers[r.URL.Path]
		if ok {
			fmt.Fprintf(w, `{"value":[%s]}`, list)
		}
		return ok
	}
	jobs, unreadable, err := walked(c.Jobs(t.Context(), id("contoso"), vault.JobFilter{}), func(j vault.Job) string { return j.Name })
	if err != nil || !slices.Equal(jobs, []string{"sound"}) || len(unreadable) != 3 {
		t.Error(jobs, unreadable, err)
	}
	points, unreadable, err := walked(c.RecoveryPoints(t.Context(), itemID("web"), vault.Window{}), func(p vault.RecoveryPoint) string { return p.Name })
	if err != nil || !slices.Equal(points, []string{"sound"}) || len(unreadable) != 2 {
		t.Error(points, unreadable, err)
	}
	subscriptions, unreadable, err := c.Subscriptions(t.Context())
	if err != nil || len(subscriptions) != 1 || len(unreadable) != 2 || unreadable[0].ID != "/subscriptions/odd" {
		t.Error(subscriptions, unreadable, err)
	}
	kept, err := c.FindDeleted(t.Context(), subscription, "sound", time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC))
	if len(kept) != 1 || !arm.IsUnreadable(err) {
		t.Error(kept, err)
	}
	for range 6 { // until they are listed
		_, err = c.VMRegion(t.Context(), vmID("nobody"))
	}
	if region, foundErr := c.VMRegion(t.Context(), vmID("sound")); region != "eastus" || foundErr != nil || !arm.IsNotFound(err) {
		t.Error(region, foundErr, err)
	}
}
