package vault_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// Azure lets vaults of several resource groups have one name, of which only one was found, and which one was chance.
func TestNamesakes(t *testing.T) {
	t.Parallel()
	c, r := newClient(t, func(config *embedded.Config) { config.NamesPerGroup = true })
	c.NamesPerGroup = true
	groups := []string{"a", "b", "c"}
	for _, group := range groups {
		accepted, err := c.BeginCreate(t.Context(), vault.NewID(subscription, group, "contoso"), region, settings)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.WaitActive(t.Context(), accepted, nil); err != nil {
			t.Fatal(err)
		}
	}
	for name, client := range map[string]*vault.Client{"who made them": c, "another run": connect(t, r)} {
		for _, perGroup := range []bool{true, false} {
			client.NamesPerGroup = perGroup
			for group, want := range map[string][2][]string{
				"B": {{"b", "a", "c"}, {"b"}}, "d": {{"a", "b", "c"}, nil},
			} {
				found, err := client.Namesakes(t.Context(), vault.NewID(subscription, group, "Contoso"))
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, v := range found {
					got = append(got, v.ID.ResourceGroup)
				}
				slices.Sort(got[min(1, len(got)):])
				if i := map[bool]int{true: 1}[perGroup]; !slices.Equal(got, want[i]) && group != "d" || len(got) != len(want[i]) {
					t.Errorf("%s, per group %v: in %s %v, want %v", name, perGroup, group, got, want[i])
				}
			}
		}
		var ambiguous *vault.AmbiguousNameError
		if _, _, err := client.FindByName(t.Context(), subscription, "contoso"); !errors.As(err, &ambiguous) || !slices.Equal(ambiguous.Groups, groups) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// What this client has deleted is none, in one group as in the other.
	for _, group := range groups[1:] {
		if err := c.Delete(t.Context(), vault.NewID(subscription, group, "contoso"), nil); err != nil {
			t.Fatal(err)
		}
	}
	if v, found, err := c.FindByName(t.Context(), subscription, "contoso"); err != nil || !found || v.ID.ResourceGroup != "a" {
		t.Error(v.ID, found, err)
	}
}
