package vault

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

func TestMissing(t *testing.T) {
	actual := Settings{
		SKU: new("Standard"), Redundancy: new(catalog.GeoRedundant), CrossRegionRestoreEnabled: new(false),
		SoftDelete: &SoftDelete{"Enabled", 14}, Immutability: new(ImmutabilityDisabled), PublicNetworkAccessEnabled: new(true),
		CrossSubscriptionRestore: new("Enabled"), Monitoring: &Monitoring{JobFailures: new(true), SiteRecoveryEmails: new(false)}, Tags: &map[string]string{"a": "b"},
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
		"no monitoring wanted":      {Settings{Monitoring: &Monitoring{}}, Settings{}, Settings{}, false},
		"a switch that is so":       {Settings{Monitoring: &Monitoring{JobFailures: new(true)}}, actual, Settings{}, false},
		// All are sent: those that are not wanted as they are.
		"a switch that differs": {
			Settings{Monitoring: &Monitoring{JobFailures: new(false)}},
			actual,
			Settings{Monitoring: &Monitoring{JobFailures: new(false), SiteRecoveryEmails: new(false)}},
			true,
		},
		"a switch that is not said": {
			Settings{Monitoring: &Monitoring{FailoverIssues: new(true)}},
			actual,
			Settings{Monitoring: &Monitoring{JobFailures: new(true), FailoverIssues: new(true), SiteRecoveryEmails: new(false)}},
			true,
		},
		"a switch, of nothing said": {Settings{Monitoring: &Monitoring{JobFailures: new(true)}}, Settings{}, Settings{Monitoring: &Monitoring{JobFailures: new(true)}}, true},
		"soft delete that is not said": {
			Settings{SoftDelete: &SoftDelete{"Disabled", 14}},
			Settings{SoftDelete: &SoftDelete{"", 14}},
			Settings{SoftDelete: &SoftDelete{"Disabled", 0}},
			true,
		},
		"no soft delete wanted": {Settings{SoftDelete: &SoftDelete{}}, Settings{}, Settings{}, false},
		"what is not said": {
			Settings{Immutability: new(ImmutabilityDisabled), PublicNetworkAccessEnabled: new(true), CrossSubscriptionRestore: new("Enabled")},
			Settings{},
			Settings{Immutability: new(ImmutabilityDisabled), PublicNetworkAccessEnabled: new(true), CrossSubscriptionRestore: new("Enabled")},
			true,
		},
		"another key": {Settings{Encryption: &Encryption{KeyID: "k2"}}, Settings{Encryption: &Encryption{KeyID: "k1"}}, Settings{Encryption: &Encryption{KeyID: "k2"}}, true},
		"same key":    {Settings{Encryption: &Encryption{KeyID: "k", UserAssignedIdentityID: "/A"}}, Settings{Encryption: &Encryption{KeyID: "k", UserAssignedIdentityID: "/a"}}, Settings{}, false},
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

// What a client does not know of a vault is sent back as it came, and what it knows has the service's letter case.
func TestOverlay(t *testing.T) {
	document := map[string]any{
		"location": "eastus", "SKU": map[string]any{"Name": "Standard", "tier": "x"},
		"Properties": map[string]any{"unknown": 1.0, "RedundancySettings": map[string]any{"a": "b", "StandardTierStorageRedundancy": "c"}},
	}
	overlay(document, map[string]any{
		"sku":        map[string]any{"name": "RS0"},
		"properties": map[string]any{"redundancySettings": map[string]any{"standardTierStorageRedundancy": "d", "crossRegionRestore": "e"}},
	})
	want := map[string]any{
		"location": "eastus", "SKU": map[string]any{"Name": "RS0", "tier": "x"},
		"Properties": map[string]any{"unknown": 1.0, "RedundancySettings": map[string]any{"a": "b", "StandardTierStorageRedundancy": "d", "crossRegionRestore": "e"}},
	}
	if diff := cmp.Diff(want, document); diff != "" {
		t.Error(diff)
	}
}

// What the service does not say of a vault is not known: there is no default in its place.
func TestVaultOfAServiceThatSaysLittle(t *testing.T) {
	const body = `{"id":"/subscriptions/s/resourceGroups/g/providers/microsoft.recoveryservices/Vaults/v","location":"East US"`
	days := func(s string) string { return `,"properties":{"securitySettings":{"softDeleteSettings":` + s + `}}}` }
	for properties, want := range map[string]Settings{
		`}`: {},
		`,"sku":{},"properties":{"redundancySettings":{},"securitySettings":{"softDeleteSettings":{},"immutabilitySettings":{}},
			"monitoringSettings":{"azureMonitorAlertSettings":{},"classicAlertSettings":{}},"restoreSettings":{}}}`: {},
		`,"sku":null,"properties":{"publicNetworkAccess":null,"redundancySettings":null,"securitySettings":{"softDeleteSettings":null,
			"immutabilitySettings":null},"monitoringSettings":null,"restoreSettings":null}}`: {},
		days(`{"softDeleteRetentionPeriodInDays":0}`):                              {},
		days(`{"softDeleteState":"alwaysON","softDeleteRetentionPeriodInDays":0}`): {SoftDelete: &SoftDelete{"AlwaysOn", 0}},
		days(`{"softDeleteRetentionPeriodInDays":30}`):                             {SoftDelete: &SoftDelete{"", 30}},
		`,"properties":{"monitoringSettings":{"azureMonitorAlertSettings":{"alertsForAllJobFailures":"Disabled"},
			"classicAlertSettings":{"alertsForCriticalOperations":"Enabled"}}}}`: {Monitoring: &Monitoring{JobFailures: new(false), CriticalOperations: new(true)}},
		// Every word, and every member, in another letter case.
		`,"SKU":{"NAME":"standard"},"PROPERTIES":{"PUBLICNETWORKACCESS":"disabled","REDUNDANCYSETTINGS":{"STANDARDTIERSTORAGEREDUNDANCY":"geoRedundant",
			"CROSSREGIONRESTORE":"enabled"},"SECURITYSETTINGS":{"SOFTDELETESETTINGS":{"SOFTDELETESTATE":"enabled","SOFTDELETERETENTIONPERIODINDAYS":20},
			"IMMUTABILITYSETTINGS":{"STATE":"unlocked"}},"MONITORINGSETTINGS":{"CLASSICALERTSETTINGS":{"ALERTSFORCRITICALOPERATIONS":"disabled"}},
			"RESTORESETTINGS":{"CROSSSUBSCRIPTIONRESTORESETTINGS":{"CROSSSUBSCRIPTIONRESTORESTATE":"permanentlyDisabled"}}}}`: {
			SKU: new("Standard"), PublicNetworkAccessEnabled: new(false), Redundancy: new(catalog.GeoRedundant), CrossRegionRestoreEnabled: new(true),
			SoftDelete: &SoftDelete{"Enabled", 20}, Immutability: new(ImmutabilityUnlocked), CrossSubscriptionRestore: new("PermanentlyDisabled"),
			Monitoring: &Monitoring{CriticalOperations: new(false)},
		},
	} {
		var w wireVault
		if err := json.Unmarshal([]byte(body+properties), &w); err != nil {
			t.Fatal(err)
		}
		v, err := w.vault()
		if err != nil {
			t.Fatal(err)
		}
		want.Tags = &map[string]string{}
		if diff := cmp.Diff(want, v.Settings); diff != "" || v.State != Active || v.Region != "eastus" {
			t.Errorf("%s: %s", properties, diff)
		}
		if immutable := want.Immutability != nil; immutable != (v.ImmutabilityState() != ImmutabilityDisabled) {
			t.Errorf("%s: immutability %s", properties, v.ImmutabilityState())
		}
	}
}

// Azure refuses a part of the monitoring.
func TestMonitoringIsSentWhole(t *testing.T) {
	raw, err := json.Marshal(newWire(Settings{Monitoring: &Monitoring{ReplicationIssues: new(false)}}))
	want := `{"properties":{"monitoringSettings":{"azureMonitorAlertSettings":{"alertsForAllJobFailures":"Enabled","alertsForAllReplicationIssues":"Disabled",` +
		`"alertsForAllFailoverIssues":"Enabled"},"classicAlertSettings":{"alertsForCriticalOperations":"Enabled","emailNotificationsForSiteRecovery":"Enabled"}}}}`
	if err != nil || string(raw) != want {
		t.Errorf("%v: %s", err, raw)
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
