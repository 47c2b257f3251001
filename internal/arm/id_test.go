package arm_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
)

const vaultID = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/contoso"

func TestParseID(t *testing.T) {
	want := arm.ID{
		SubscriptionID: "00000000-0000-4000-8000-000000000001", ResourceGroup: "backup",
		Type: "Microsoft.RecoveryServices/vaults", Name: "contoso",
	}
	got, err := arm.ParseID(vaultID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got.String() != vaultID {
		t.Errorf("String() = %s", got)
	}
	for _, odd := range []string{
		strings.ToUpper(vaultID), strings.ToLower(vaultID),
		strings.Replace(vaultID, "/resourceGroups/", "/resourcegroups/", 1),
		strings.Replace(vaultID, "Microsoft.RecoveryServices", "microsoft.recoveryservices", 1),
	} {
		other, err := arm.ParseID(odd)
		if err != nil {
			t.Errorf("%s: %v", odd, err)
		}
		if !other.Equal(got) {
			t.Errorf("%s is not equal to %s", odd, got)
		}
	}
}

func TestParseIDRefuses(t *testing.T) {
	for _, s := range []string{
		"", "/", "contoso", "subscriptions/x", "/subscriptions", "/subscriptions/s", "/subscriptions/s/resourceGroups/g",
		"/subscriptions/s/providers/Microsoft.RecoveryServices/vaults/v",
		"/subscriptions/s/resourceGroups/g/providers/Microsoft.RecoveryServices",
		"/subscriptions/s/resourceGroups/g/providers/Microsoft.RecoveryServices/vaults",
		vaultID + "/", vaultID + "/backupPolicies/p", vaultID + " ", " " + vaultID, vaultID + "?api-version=2025-08-01",
		strings.Replace(vaultID, "/vaults/", "//vaults/", 1),
		"https://management.azure.com" + vaultID,
	} {
		if id, err := arm.ParseID(s); err == nil {
			t.Errorf("ParseID(%q) = %v, want an error", s, id)
		}
	}
}

func FuzzParseID(f *testing.F) {
	f.Add(vaultID)
	f.Add(strings.ToUpper(vaultID))
	f.Add("/subscriptions/s/resourceGroups/g/providers/a/b/c/d/e")
	f.Fuzz(func(t *testing.T, s string) {
		id, err := arm.ParseID(s)
		if err != nil {
			return
		}
		again, err := arm.ParseID(id.String())
		if err != nil {
			t.Fatalf("%q parses as %v, which does not parse: %v", s, id, err)
		}
		if !again.Equal(id) {
			t.Fatalf("%q parses as %v, then as %v", s, id, again)
		}
	})
}
