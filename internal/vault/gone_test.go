package vault_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

const groupPath = "/subscriptions/" + subscription + "/resourceGroups/backup"

// lived makes the vault contoso with the policy "p" and the protected VM "web", and a client that has not read them yet.
func lived(t *testing.T) (*vault.Client, *recorder, *embedded.Faults) {
	t.Helper()
	faults := embedded.NewFaults()
	c, r := newClient(t, func(c *embedded.Config) { c.Faults, c.StrictResourceGroups = faults, true })
	send(t, r, http.MethodPut, groupPath, `{"location":"eastus"}`)
	create(t, c, "contoso")
	if _, err := c.CreatePolicy(t.Context(), policyID("own"), daily); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Protect(t.Context(), itemID("web"), protection(), nil); err != nil {
		t.Fatal(err)
	}
	r.take()
	return connect(t, r), r, faults
}

// reads are the reads that are sure of what does not exist, and removals what deletes the same objects.
var (
	reads = map[string]func(context.Context, *vault.Client) error{
		"vault": func(ctx context.Context, c *vault.Client) error {
			_, err := c.VaultOrGone(ctx, id("contoso"))
			return err
		},
		"policy": func(ctx context.Context, c *vault.Client) error {
			_, err := c.PolicyOrGone(ctx, policyID("own"))
			return err
		},
		"item": func(ctx context.Context, c *vault.Client) error {
			_, err := c.ProtectedVMOrGone(ctx, itemID("web"))
			return err
		},
	}
	removals = map[string]func(context.Context, *vault.Client) error{
		"vault":  func(ctx context.Context, c *vault.Client) error { return c.Delete(ctx, id("contoso"), nil) },
		"policy": func(ctx context.Context, c *vault.Client) error { return c.DeletePolicy(ctx, policyID("own")) },
		"item":   func(ctx context.Context, c *vault.Client) error { return c.Unprotect(ctx, itemID("web"), nil) },
	}
)

// deceptions are 404s of what is there all the same.
func deceptions() map[string]embedded.FaultRule {
	rules := map[string]embedded.FaultRule{}
	for _, code := range []string{"SubscriptionNotFound", "ResourceGroupNotFound", "ResourceNotFound", ""} {
		for name, rule := range map[string]embedded.FaultRule{
			"group": {Path: "resourceGroups/backup"}, "everything": {Path: "subscriptions/" + subscription}, "vault and below": {Path: "vaults/contoso"},
			"vault": {Kind: embedded.KindVault}, "policies": {Kind: embedded.KindPolicy}, "items": {Kind: embedded.KindProtectedItem},
			"lists of vaults": {Kind: embedded.KindVaultList}, "lists of policies": {Kind: embedded.KindPolicyList}, "lists of items": {Kind: embedded.KindProtectedItemList},
			"vault operations": {Kind: embedded.KindVaultOperation}, "policy operations": {Kind: embedded.KindPolicyOperation},
			"item operations": {Kind: embedded.KindProtectedItemOperation}, "group alone": {Kind: embedded.KindResourceGroup},
		} {
			rule.Status, rule.Code, rule.Message, rule.Times = http.StatusNotFound, code, "There is no such thing.", embedded.Always
			rules[name+" "+code] = rule
		}
	}
	return rules
}

// A wrong account or a gateway answered 404 about the group or the subscription, and what was in the state was forgotten.
func TestNotFoundIsNotTakenForGone(t *testing.T) {
	for name, rule := range deceptions() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for object, read := range reads {
				c, r, faults := lived(t)
				faults.Add(rule)
				err := read(t.Context(), c)
				var doubt *vault.DoubtError
				if vault.IsGone(err) || err != nil && (!errors.As(err, &doubt) || arm.IsNotFound(err)) {
					t.Errorf("the read of the %s: %v", object, err)
				}
				if calls := r.take(); len(calls) > 12 {
					t.Errorf("the read of the %s took %d calls: %q", object, len(calls), calls)
				}
			}
			for object, remove := range removals {
				c, r, faults := lived(t)
				if object == "vault" { // one that holds protected VMs is refused
					if err := c.Unprotect(t.Context(), itemID("web"), nil); err != nil {
						t.Fatal(err)
					}
				}
				faults.Add(rule)
				err := remove(t.Context(), c)
				faults.Clear()
				var doubt *vault.DoubtError
				is := reads[object](t.Context(), connect(t, r))
				v, readErr := connect(t, r).ProtectedVM(t.Context(), itemID("web"))
				left := is == nil && (object != "item" || !v.SoftDeleted)
				switch {
				case err == nil && left:
					t.Errorf("the deletion of the %s is a success, and it is there: %v", object, readErr)
				case err != nil && (!errors.As(err, &doubt) || vault.IsGone(err) || arm.IsNotFound(err)):
					t.Errorf("the deletion of the %s: %v", object, err)
				}
			}
		})
	}
}

// What is really gone is known to be, with what it went with, for few calls.
func TestGoneIsConfirmed(t *testing.T) {
	for name, test := range map[string]struct {
		drop         string
		rule         embedded.FaultRule
		object       string
		vault, group string
		calls        int
	}{
		"policy":                         {"policy", embedded.FaultRule{}, "policy", "", "", 3},
		"policy of a vault that is gone": {"vault", embedded.FaultRule{}, "policy", "contoso", "", 5},
		"item of a vault that is gone":   {"vault", embedded.FaultRule{}, "item", "contoso", "", 5},
		"vault":                          {"vault", embedded.FaultRule{}, "vault", "", "", 4},
		"vault, lists forbidden":         {"vault", forbidden(embedded.KindVaultList), "vault", "", "", 4},
		"vault, group forbidden":         {"vault", forbidden(embedded.KindResourceGroup), "vault", "", "", 4},
		"vault with its group":           {"group", embedded.FaultRule{}, "vault", "", "backup", 3},
		"policy with its group":          {"group", embedded.FaultRule{}, "policy", "contoso", "backup", 4},
		"item with its group":            {"group", embedded.FaultRule{}, "item", "contoso", "backup", 4},
		"group, lists forbidden":         {"group", forbidden(embedded.KindVaultList), "vault", "", "backup", 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, r, faults := lived(t)
			create(t, c, "another")
			removed := []string{"item", "policy", "vault"}
			if test.drop == "policy" {
				removed = removed[:2]
			}
			for _, object := range removed {
				if err := removals[object](t.Context(), c); err != nil {
					t.Fatal(err)
				}
			}
			if test.drop == "group" {
				if err := c.Delete(t.Context(), id("another"), nil); err != nil {
					t.Fatal(err)
				}
				send(t, r, http.MethodDelete, groupPath, "")
			}
			faults.Add(test.rule)
			c = connect(t, r)
			r.take()
			err := reads[test.object](t.Context(), c)
			var gone *vault.GoneError
			if !errors.As(err, &gone) || gone.Vault != test.vault || gone.Group != test.group || !arm.IsNotFound(err) {
				t.Errorf("%T %v", err, err)
			}
			if calls := r.take(); len(calls) > test.calls {
				t.Errorf("%d calls: %q", len(calls), calls)
			}
			if err := removals[test.object](t.Context(), connect(t, r)); err != nil {
				t.Errorf("its deletion: %v", err)
			}
		})
	}
}

func forbidden(kind embedded.Kind) embedded.FaultRule {
	return embedded.FaultRule{Kind: kind, Status: http.StatusForbidden, Code: "AuthorizationFailed", Times: embedded.Always}
}

// Neither the group nor the vaults may be read: nothing bears out that the vault is gone.
func TestGoneIsNotGuessedWithoutRights(t *testing.T) {
	t.Parallel()
	c, r, faults := lived(t)
	if err := errors.Join(c.Unprotect(t.Context(), itemID("web"), nil), c.Delete(t.Context(), id("contoso"), nil)); err != nil {
		t.Fatal(err)
	}
	faults.Add(forbidden(embedded.KindVaultList), forbidden(embedded.KindResourceGroup))
	_, err := connect(t, r).VaultOrGone(t.Context(), id("contoso"))
	if !strings.Contains(text(err), `there is no right to read the resource group "backup" nor to list the subscription's vaults`) {
		t.Error(err)
	}
}

// A thousand policies of one vault that is gone take a handful of calls, not thousands.
func TestManyGoneWithTheirVault(t *testing.T) {
	t.Parallel()
	c, f := newFake(t)
	f.put(groupPath, `{"id":"`+groupPath+`"}`)
	f.odd = func(w http.ResponseWriter, r *http.Request, _ string) bool {
		if strings.HasSuffix(r.URL.Path, "/backupPolicies") {
			refuse(w, http.StatusNotFound, "ResourceNotFound", "There is no vault.")
			return true
		}
		return false
	}
	const parallel, many = 10, 1000
	var workers sync.WaitGroup
	for n := range parallel {
		workers.Go(func() {
			for i := n; i < many; i += parallel {
				if _, err := c.PolicyOrGone(t.Context(), policyID(fmt.Sprint("p-", i))); !vault.IsGone(err) {
					t.Error(i, err)
				}
			}
		})
	}
	workers.Wait()
	if calls := f.take(); len(calls) > parallel+8 {
		t.Errorf("%d calls: %v", len(calls), counts(calls))
	}
	// One that this run makes is not taken for the one that is gone.
	f.put(id("contoso").String(), `{"id":"`+id("contoso").String()+`","location":"eastus"}`)
	if _, err := c.BeginCreate(t.Context(), id("contoso"), "eastus", vault.Settings{}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.VaultOrGone(t.Context(), id("contoso")); err != nil {
		t.Error(err)
	}
}

// What something on the way answers is no word of the service, whatever its status.
func TestNotFoundOfAGateway(t *testing.T) {
	for name, body := range map[string]string{"HTML": "<html>Not Found</html>", "nothing": "", "an empty object": "{}", "text": "404 page not found"} {
		for object, read := range reads {
			for what, path := range map[string]string{"it": "", "all": "/"} {
				t.Run(name+" for "+what+", "+object, func(t *testing.T) {
					t.Parallel()
					c, f := newFake(t)
					f.put(groupPath, `{"id":"`+groupPath+`"}`)
					f.put(id("contoso").String(), `{"id":"`+id("contoso").String()+`","location":"eastus"}`)
					f.put(policyID("own").String(), `{"id":"`+policyID("own").String()+`","properties":{"backupManagementType":"AzureIaasVM","schedulePolicy":{}}}`)
					f.holdItem("web", "")
					own := map[string]string{"vault": id("contoso").String(), "policy": policyID("own").String(), "item": itemID("web").String()}[object]
					f.odd = func(w http.ResponseWriter, r *http.Request, _ string) bool {
						if path == "" && !strings.EqualFold(r.URL.Path, own) {
							return false
						}
						w.WriteHeader(http.StatusNotFound)
						_, _ = io.WriteString(w, body)
						return true
					}
					if err := read(t.Context(), c); err == nil || vault.IsGone(err) {
						t.Errorf("%T %v", err, err)
					}
				})
			}
		}
	}
}

// A doubt says what speaks against the answer, so that the user knows where to look.
func TestDoubtSaysWhy(t *testing.T) {
	for name, test := range map[string]struct {
		rule   embedded.FaultRule
		object string
		want   string
	}{
		"subscription":          {embedded.FaultRule{Path: "resourceGroups/backup", Code: "SubscriptionNotFound"}, "vault", "neither does the subscription " + subscription + ", it says (SubscriptionNotFound: No)"},
		"subscription, policy":  {embedded.FaultRule{Path: "resourceGroups/backup", Code: "SubscriptionNotFound"}, "policy", `of the vault "contoso" the answer is so too, and neither does the subscription`},
		"another word":          {embedded.FaultRule{Path: "resourceGroups/backup", Code: "NotFound"}, "vault", `whether the resource group "backup" exists could not be found out (NotFound: No)`},
		"group that is listed":  {embedded.FaultRule{Path: "resourceGroups/backup", Code: "ResourceGroupNotFound"}, "item", `the vault "contoso" of that group is still in its list of the subscription's vaults`},
		"group that is there":   {embedded.FaultRule{Path: "vaults/contoso", Code: "ResourceGroupNotFound"}, "vault", `the resource group "backup" is there, and so is its subscription`},
		"vault that answers":    {embedded.FaultRule{Kind: embedded.KindVault, Code: "ResourceNotFound"}, "vault", "its policies can still be listed"},
		"vault that is listed":  {embedded.FaultRule{Path: "vaults/contoso", Code: "ResourceNotFound"}, "vault", "it is still in the list of the subscription's vaults"},
		"policy that is listed": {embedded.FaultRule{Kind: embedded.KindPolicy, Code: "ResourceNotFound"}, "policy", `it is still in the list of the policies of the vault "contoso"`},
		"item that is listed":   {embedded.FaultRule{Kind: embedded.KindProtectedItem, Code: "ResourceNotFound"}, "item", `it is still in the list of the protected items of the vault "contoso"`},
		"vault that is there":   {embedded.FaultRule{Kind: embedded.KindPolicy, Code: "SubscriptionNotFound"}, "policy", `the vault "contoso" is there, and so are its resource group and its subscription`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _, faults := lived(t)
			test.rule.Status, test.rule.Message, test.rule.Times = http.StatusNotFound, "No.", embedded.Always
			faults.Add(test.rule)
			err := reads[test.object](t.Context(), c)
			var doubt *vault.DoubtError
			if !errors.As(err, &doubt) || !strings.Contains(doubt.Reason, test.want) {
				t.Errorf("%T %v", err, err)
			}
		})
	}
}
