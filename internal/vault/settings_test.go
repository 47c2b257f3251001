package vault

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

func TestMissing(t *testing.T) {
	actual := Settings{
		SKU: new("Standard"), Redundancy: new(catalog.GeoRedundant), CrossRegionRestoreEnabled: new(false),
		SoftDelete: &SoftDelete{"Enabled", 14}, Immutability: new(ImmutabilityDisabled), PublicNetworkAccessEnabled: new(true),
		CrossSubscriptionRestore: new("Enabled"), Monitoring: &Monitoring{JobFailures: true}, Tags: &map[string]string{"a": "b"},
	}
	ids := func(s ...string) *Identity { return &Identity{Type: "UserAssigned", IDs: s} }
	tests := map[string]struct {
		wanted, was, want Settings
		ok                bool
	}{
		"nothing wanted":            {Settings{}, actual, Settings{}, false},
		"all there":                 {actual, actual, Settings{}, false},
		"none is no identity":       {Settings{Identity: &Identity{Type: "None"}}, actual, Settings{}, false},
		"one differs":               {Settings{SKU: new("RS0"), Immutability: new(ImmutabilityDisabled)}, actual, Settings{SKU: new("RS0")}, true},
		"retention alone":           {Settings{SoftDelete: &SoftDelete{RetentionDays: 30}}, actual, Settings{SoftDelete: &SoftDelete{RetentionDays: 30}}, true},
		"retention beside a state":  {Settings{SoftDelete: &SoftDelete{"Enabled", 30}}, actual, Settings{SoftDelete: &SoftDelete{"", 30}}, true},
		"tags removed":              {Settings{Tags: &map[string]string{}}, actual, Settings{Tags: &map[string]string{}}, true},
		"tag in other case":         {Settings{Tags: &map[string]string{"A": "b"}}, actual, Settings{}, false},
		"tag value in other case":   {Settings{Tags: &map[string]string{"a": "B"}}, actual, Settings{Tags: &map[string]string{"a": "B"}}, true},
		"lock by way of unlocked":   {Settings{Immutability: new(ImmutabilityLocked)}, actual, Settings{Immutability: new(ImmutabilityUnlocked)}, true},
		"lock":                      {Settings{Immutability: new(ImmutabilityLocked)}, Settings{Immutability: new(ImmutabilityUnlocked)}, Settings{Immutability: new(ImmutabilityLocked)}, true},
		"locked":                    {Settings{Immutability: new(ImmutabilityLocked)}, Settings{Immutability: new(ImmutabilityLocked)}, Settings{}, false},
		"ids in other case, order":  {Settings{Identity: ids("/A", "/b")}, Settings{Identity: ids("/B", "/a")}, Settings{}, false},
		"another id":                {Settings{Identity: ids("/a")}, Settings{Identity: ids("/b")}, Settings{Identity: ids("/a")}, true},
		"principal id of no matter": {Settings{Identity: &Identity{Type: "SystemAssigned"}}, Settings{Identity: &Identity{Type: "SystemAssigned", PrincipalID: "p"}}, Settings{}, false},
		"another key":               {Settings{Encryption: &Encryption{KeyID: "k2"}}, Settings{Encryption: &Encryption{KeyID: "k1"}}, Settings{Encryption: &Encryption{KeyID: "k2"}}, true},
		"same key":                  {Settings{Encryption: &Encryption{KeyID: "k", UserAssignedIdentityID: "/A"}}, Settings{Encryption: &Encryption{KeyID: "k", UserAssignedIdentityID: "/a"}}, Settings{}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, ok := test.wanted.missing(test.was)
			if diff := cmp.Diff(test.want, got); diff != "" || ok != test.ok {
				t.Errorf("ok %v\n%s", ok, diff)
			}
		})
	}
}

func TestAtBirth(t *testing.T) {
	wanted := Settings{
		Immutability: new(ImmutabilityLocked), Identity: &Identity{Type: "SystemAssigned, UserAssigned", IDs: []string{"/a"}},
		Encryption: &Encryption{KeyID: "k"}, SKU: new("RS0"),
	}
	if diff := cmp.Diff(Settings{Immutability: new(ImmutabilityUnlocked), SKU: new("RS0")}, wanted.atBirth()); diff != "" {
		t.Error(diff)
	}
	system := Settings{Identity: &Identity{Type: "SystemAssigned"}, Encryption: &Encryption{KeyID: "k"}}
	if diff := cmp.Diff(system, system.atBirth()); diff != "" {
		t.Error(diff)
	}
}

// What a client does not know of a vault is sent back as it came.
func TestOverlay(t *testing.T) {
	document := map[string]any{"location": "eastus", "properties": map[string]any{"unknown": 1.0, "redundancySettings": map[string]any{"a": "b"}}}
	overlay(document, map[string]any{"sku": map[string]any{"name": "RS0"}, "properties": map[string]any{"redundancySettings": map[string]any{"c": "d"}}})
	want := map[string]any{
		"location": "eastus", "sku": map[string]any{"name": "RS0"},
		"properties": map[string]any{"unknown": 1.0, "redundancySettings": map[string]any{"a": "b", "c": "d"}},
	}
	if diff := cmp.Diff(want, document); diff != "" {
		t.Error(diff)
	}
}

func TestVaultOfAnOldService(t *testing.T) {
	w := wireVault{ID: "/subscriptions/s/resourceGroups/g/providers/microsoft.recoveryservices/Vaults/v", Location: "East US"}
	v, err := w.vault()
	if err != nil {
		t.Fatal(err)
	}
	s := v.Settings
	if v.State != Active || v.Region != "eastus" || *s.Immutability != ImmutabilityDisabled || !*s.PublicNetworkAccessEnabled || s.Identity != nil || s.Encryption != nil || len(*s.Tags) != 0 {
		t.Errorf("%+v", v)
	}
}

func TestHasTags(t *testing.T) {
	t.Parallel()
	tags := map[string]string{"Env": "prod", "owner": ""}
	for name, test := range map[string]struct {
		wanted map[string]string
		want   bool
	}{
		"none":                         {nil, true},
		"one":                          {map[string]string{"Env": "prod"}, true},
		"letter case of names":         {map[string]string{"ENV": "prod", "Owner": ""}, true},
		"letter case of a value":       {map[string]string{"Env": "Prod"}, false},
		"an empty one that it has not": {map[string]string{"team": ""}, false},
	} {
		if got := HasTags(tags, test.wanted); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
