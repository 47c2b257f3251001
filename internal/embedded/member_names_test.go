package embedded_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

const policyCase = "testdata/policy_case.json"

// named holds objects whose members are named by data.
var named = []string{"tags", "userAssignedIdentities"}

// flip gives every member of a JSON document the other letter case.
func flip(tb testing.TB, body string) string {
	tb.Helper()
	var value any
	if err := json.Unmarshal([]byte(body), &value); err != nil {
		tb.Fatalf("%v in %s", err, body)
	}
	b, err := json.Marshal(flipped(value))
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

func flipped(value any) any {
	switch v := value.(type) {
	case map[string]any:
		o := map[string]any{}
		for name, under := range v {
			if !slices.Contains(named, name) {
				under = flipped(under)
			}
			o[strings.Map(otherCase, name)] = under
		}
		return o
	case []any:
		list := []any{}
		for _, under := range v {
			list = append(list, flipped(under))
		}
		return list
	}
	return value
}

func otherCase(r rune) rune {
	if unicode.IsUpper(r) {
		return unicode.ToLower(r)
	}
	return unicode.ToUpper(r)
}

// bodyCase is a request with a body. read is where its effect shows; "" is the answer itself.
type bodyCase struct {
	before             func(*service)
	method, path, body string
	read               string
}

// bodyCases are requests with every member that Microsoft documents for them and that a client may send.
func bodyCases() map[string]bodyCase {
	const (
		identity = sub + "/resourceGroups/Ids/providers/Microsoft.ManagedIdentity/userAssignedIdentities/Reader"
		region   = sub + "/providers/Microsoft.RecoveryServices/locations/eastasia"
		group    = sub + "/resourceGroups/Group"
	)
	vault := vaultPath("Group", "Vault")
	item, policy, vm := itemPath(vault, "web"), vault+"/backupPolicies/Mine", machine("web")
	exists := func(s *service) { s.put(vault, minimal).want(http.StatusCreated) }
	protected := func(s *service) { exists(s); s.protect(vault, "web"); s.clock.Advance(day) }
	settings := `"publicNetworkAccess":"Disabled",
		"redundancySettings":{"standardTierStorageRedundancy":"GeoRedundant","crossRegionRestore":"Enabled"},
		"securitySettings":{"softDeleteSettings":{"softDeleteState":"AlwaysOn","softDeleteRetentionPeriodInDays":30,"enhancedSecurityState":"AlwaysOn"},
			"immutabilitySettings":{"state":"Unlocked","configuration":{"type":"TimeBased","durationInDays":30}},"multiUserAuthorization":"Disabled",
			"sourceScanConfiguration":{"state":"Enabled","sourceScanIdentity":{"operationIdentityType":"UserAssigned","userAssignedIdentity":"` + identity + `"}}},
		"monitoringSettings":{
			"azureMonitorAlertSettings":{"alertsForAllJobFailures":"Disabled","alertsForAllReplicationIssues":"Disabled","alertsForAllFailoverIssues":"Disabled"},
			"classicAlertSettings":{"alertsForCriticalOperations":"Disabled","emailNotificationsForSiteRecovery":"Disabled"}},
		"restoreSettings":{"crossSubscriptionRestoreSettings":{"crossSubscriptionRestoreState":"Disabled"}},
		"costManagementSettings":{"granularityLevel":"ProtectedItemLevel"},"regionOfChoiceSettings":{"status":"Disabled"}`
	vaultBody := `"sku":{"name":"RS0","tier":"Standard"},"tags":{"Cost":"a","OWNER":"b"},
		"identity":{"type":"SystemAssigned, UserAssigned","userAssignedIdentities":{"` + identity + `":{}}},
		"properties":{` + settings + `,"encryption":{"keyVaultProperties":{"keyUri":"https://contoso.vault.azure.net/keys/backup"},
			"kekIdentity":{"userAssignedIdentity":"` + identity + `"},"infrastructureEncryption":"Enabled"}}}`
	everyRetention := `"timeZone":"China Standard Time","instantRpRetentionRangeInDays":7,"snapshotConsistencyType":"OnlyCrashConsistent",
		"instantRPDetails":{"azureBackupRGNamePrefix":"Pre","azureBackupRGNameSuffix":"Post"},
		"tieringPolicy":{"ArchivedRP":{"tieringMode":"TierAfter","duration":4,"durationType":"Months"}},
		"retentionPolicy":{"retentionPolicyType":"LongTermRetentionPolicy",
			"dailySchedule":{"retentionTimes":["2026-01-02T04:00:00Z"],"retentionDuration":{"count":30,"durationType":"Days"}},
			"weeklySchedule":{"daysOfTheWeek":["Sunday"],"retentionTimes":["2026-01-02T04:00:00Z"],"retentionDuration":{"count":4,"durationType":"Weeks"}},
			"monthlySchedule":{"retentionScheduleFormatType":"Daily","retentionScheduleDaily":{"daysOfTheMonth":[{"date":2,"isLast":false},{"date":0,"isLast":true}]},
				"retentionTimes":["2026-01-02T04:00:00Z"],"retentionDuration":{"count":60,"durationType":"Months"}},
			"yearlySchedule":{"retentionScheduleFormatType":"Weekly","monthsOfYear":["March"],
				"retentionScheduleWeekly":{"daysOfTheWeek":["Sunday"],"weeksOfTheMonth":["First"]},
				"retentionTimes":["2026-01-02T04:00:00Z"],"retentionDuration":{"count":9,"durationType":"Years"}}}}}`
	v2 := func(schedule string) string {
		return `{"properties":{"backupManagementType":"AzureIaasVM","policyType":"V2","schedulePolicy":{"schedulePolicyType":"SimpleSchedulePolicyV2",` +
			schedule + `},` + everyRetention
	}
	protection := `"protectedItemType":"Microsoft.Compute/virtualMachines","sourceResourceId":"` + vm + `","policyId":"` + vault + `/backupPolicies/EnhancedPolicy",
		"extendedProperties":{"diskExclusionProperties":{"diskLunList":[1,3],"isInclusionList":true},"linuxVmApplicationName":"none"}`
	vmBody := `"tags":{"Cost":"a"},"zones":["1"],"identity":{"type":"UserAssigned","userAssignedIdentities":{"` + identity + `":{}}},
		"properties":{"hardwareProfile":{"vmSize":"Standard_B2s"},
			"storageProfile":{"imageReference":{"publisher":"Canonical","offer":"ubuntu","sku":"24_04","version":"latest"},
				"osDisk":{"name":"os","osType":"Linux","caching":"ReadWrite","createOption":"FromImage","diskSizeGB":30,"managedDisk":{"storageAccountType":"Premium_LRS"}},
				"dataDisks":[{"lun":1,"name":"data","createOption":"Attach","managedDisk":{"id":"` + group + `/providers/Microsoft.Compute/disks/data"}}]},
			"osProfile":{"computerName":"web","adminUsername":"admin","linuxConfiguration":{"disablePasswordAuthentication":true,"ssh":{"publicKeys":[{"path":"p","keyData":"k"}]}}},
			"networkProfile":{"networkInterfaces":[{"id":"` + group + `/providers/Microsoft.Network/networkInterfaces/web","properties":{"primary":true}}]},
			"securityProfile":{"securityType":"TrustedLaunch","uefiSettings":{"secureBootEnabled":true,"vTpmEnabled":true}},
			"diagnosticsProfile":{"bootDiagnostics":{"enabled":true}},"priority":"Regular"}}`
	ask := `{"resourceType":"VM","resourceId":"` + vm + `"`
	return map[string]bodyCase{
		"vault":          {nil, http.MethodPut, vault, `{"location":"eastasia",` + vaultBody, vault},
		"vault changed":  {exists, http.MethodPut, vault, `{"location":"eastasia",` + vaultBody, vault},
		"vault patched":  {exists, http.MethodPatch, vault, `{"location":"eastasia","tags":{"Cost":"a"},"identity":{"type":"SystemAssigned"},"properties":{` + settings + `}}`, vault},
		"vault config":   {exists, http.MethodPut, vault + "/backupconfig/vaultconfig", `{"properties":{"softDeleteFeatureState":"AlwaysON","softDeleteRetentionPeriodInDays":60,"enhancedSecurityState":"Disabled","storageType":"GeoRedundant","storageModelType":"GeoRedundant","storageTypeState":"Unlocked"}}`, vault},
		"config patched": {exists, http.MethodPatch, vault + "/backupconfig/vaultconfig", `{"properties":{"softDeleteFeatureState":"Disabled"}}`, vault},
		"storage config": {exists, http.MethodPut, vault + "/backupstorageconfig/vaultstorageconfig", `{"properties":{"storageModelType":"GeoRedundant","storageType":"GeoRedundant","crossRegionRestoreFlag":true,"dedupState":"Disabled","xcoolState":"Disabled"}}`, vault},
		"deduplication":  {exists, http.MethodPatch, vault + "/backupstorageconfig/vaultstorageconfig", `{"properties":{"dedupState":"Enabled"}}`, ""},
		"replication":    {exists, http.MethodPut, vault + "/replicationVaultSettings/default", `{"properties":{"vmwareToAzureProviderType":"Vmware","migrationSolutionId":"m"}}`, vault + "/replicationVaultSettings/default"},
		"name":           {exists, http.MethodPost, group + "/providers/Microsoft.RecoveryServices/locations/eastasia/checkNameAvailability", `{"name":"Vault","type":"Microsoft.RecoveryServices/vaults"}`, ""},
		// The group is looked at before the vault.
		"undelete":         {nil, http.MethodPost, region + "/deletedVaults/none/undelete", `{"properties":{"recoveryResourceGroupId":"` + group + `"}}`, ""},
		"hourly policy":    {exists, http.MethodPut, policy, strings.ReplaceAll(v2(`"scheduleRunFrequency":"Hourly","hourlySchedule":{"interval":6,"scheduleWindowStartTime":"2026-01-02T04:00:00Z","scheduleWindowDuration":12}`), "China", "W. Europe"), policy},
		"daily policy":     {exists, http.MethodPut, policy, v2(`"scheduleRunFrequency":"Daily","dailySchedule":{"scheduleRunTimes":["2026-01-02T04:00:00Z"]}`), policy},
		"weekly policy":    {exists, http.MethodPut, policy, strings.Replace(weekly, weekly[strings.Index(weekly, `"schedulePolicy"`):strings.Index(weekly, `"retentionPolicy"`)], `"policyType":"V2","schedulePolicy":{"schedulePolicyType":"SimpleSchedulePolicyV2","scheduleRunFrequency":"Weekly","weeklySchedule":{"scheduleRunDays":["Sunday","Friday"],"scheduleRunTimes":["2026-01-02T04:00:00Z"]}},`, 1), policy},
		"standard policy":  {exists, http.MethodPut, policy, weekly, policy},
		"azurerm policy":   {exists, http.MethodPut, policy, daily, policy},
		"item":             {exists, http.MethodPut, item, `{"properties":{` + protection + `}}`, item},
		"item stopped":     {protected, http.MethodPut, item, `{"properties":{` + protection + `,"protectionState":"ProtectionStopped"}}`, item},
		"item not deleted": {protected, http.MethodPut, item, `{"properties":{"protectedItemType":"Microsoft.Compute/virtualMachines","isRehydrate":true}}`, ""},
		"backup":           {protected, http.MethodPost, item + "/backup", `{"properties":{"objectType":"IaasVMBackupRequest","recoveryPointExpiryTimeInUTC":"2026-07-01T00:00:00Z"}}`, item + "/recoveryPoints"},
		"backup status":    {protected, http.MethodPost, region + "/backupStatus", ask + `}`, ""},
		"pre-validation":   {protected, http.MethodPost, region + "/backupPreValidateProtection", ask + `,"vaultId":"` + vault + `","properties":""}`, ""},
		"machine":          {nil, http.MethodPut, vm, `{"location":"eastasia",` + vmBody, vm},
		"machine patched":  {func(s *service) { s.put(vm, `{"location":"eastasia"}`).want(201) }, http.MethodPatch, vm, "{" + vmBody, vm},
		"group":            {nil, http.MethodPut, group, `{"location":"eastasia","tags":{"Cost":"a"},"managedBy":"me","properties":{}}`, group},
		"group patched":    {exists, http.MethodPatch, group, `{"tags":{"Cost":"a"},"managedBy":"me"}`, group},
	}
}

// What was sent in one letter case or in the other is the same, at every level of every body.
func TestMemberNamesInAnyLetterCase(t *testing.T) {
	tested := map[embedded.Kind]bool{}
	for name, test := range bodyCases() {
		request, err := http.NewRequest(test.method, embedded.Endpoint+test.path, nil) //nolint:noctx // only looked at
		if err != nil {
			t.Fatal(err)
		}
		tested[embedded.KindOf(request)] = true
		t.Run(name, func(t *testing.T) {
			effect := func(body string) map[string]any {
				s := start(t, chosenSoftDelete)
				if test.before != nil {
					test.before(s)
				}
				got := s.do(test.method, test.path, body)
				if test.read != "" {
					if got.status >= 300 {
						t.Fatalf("got %d for %s: %s", got.status, body, got.raw)
					}
					s.clock.Advance(day)
					got = s.get(test.read).want(http.StatusOK)
				}
				return steady(map[string]any{"status": got.status, "body": got.body})
			}
			straight := effect(test.body)
			if diff := cmp.Diff(straight, effect(flip(t, test.body))); diff != "" {
				t.Errorf("in the other letter case (-straight +other):\n%s", diff)
			}
		})
	}
	for _, kind := range []embedded.Kind{
		embedded.KindVault, embedded.KindVaultConfig, embedded.KindReplicationSettings, embedded.KindNameAvailability, embedded.KindUndelete,
		embedded.KindPolicy, embedded.KindProtectedItem, embedded.KindBackup, embedded.KindBackupStatus, embedded.KindPreValidation,
		embedded.KindVirtualMachine, embedded.KindResourceGroup,
	} {
		if !tested[kind] {
			t.Errorf("no body of a %s", kind)
		}
	}
}

// steady leaves out what the service draws anew each time.
func steady(o map[string]any) map[string]any {
	for name, value := range o {
		switch v := value.(type) {
		case map[string]any:
			steady(v)
		case []any:
			for _, under := range v {
				if inner, ok := under.(map[string]any); ok {
					steady(inner)
				}
			}
		}
		if slices.Contains([]string{"vmId", "resourceGuid", "uniqueId", "etag"}, name) {
			delete(o, name)
		}
	}
	return o
}

// A client may send back all it has read, in any letter case; nothing is changed by it or stored beside.
func TestWhatWasReadIsSentBackInAnotherLetterCase(t *testing.T) {
	vault := vaultPath("Group", "Vault")
	for name, path := range map[string]string{
		"vault": vault, "policy": vault + "/backupPolicies/EnhancedPolicy", "item": itemPath(vault, "web"), "machine": machine("web"),
		"vault config": vault + "/backupconfig/vaultconfig", "storage config": vault + "/backupstorageconfig/vaultstorageconfig",
		"group": sub + "/resourceGroups/Group",
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			s.put(machine("web"), `{"location":"eastasia"}`).want(http.StatusCreated)
			s.put(vault, minimal).want(http.StatusCreated)
			if name != "storage config" { // is locked by the first item
				s.protect(vault, "web")
			}
			s.clock.Advance(day)
			before := s.get(path).want(http.StatusOK)
			if got := s.put(path, flip(t, before.raw)); got.status >= 300 {
				t.Fatalf("got %d: %s", got.status, got.raw)
			}
			after := s.get(path).want(http.StatusOK)
			for _, r := range []*response{before, after} {
				delete(r.body, "etag")
				delete(r.body, "eTag")
			}
			if diff := cmp.Diff(before.body, after.body); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Bodies that were really sent, and were answered 200 without effect.
func TestMemberNamesFoundInTheWild(t *testing.T) {
	s := start(t, chosenSoftDelete)
	vault := vaultPath("Group", "Vault")
	s.put(vault, minimal).want(http.StatusCreated)
	body, err := os.ReadFile(policyCase)
	if err != nil {
		t.Fatal(err)
	}
	s.put(vault+"/backupPolicies/Found", string(body)).want(http.StatusOK)
	got := s.get(vault + "/backupPolicies/Found").want(http.StatusOK)
	properties, _ := got.at("properties").(map[string]any)
	if properties["timeZone"] != "W. Europe Standard Time" || properties["instantRpRetentionRangeInDays"] != 5.0 {
		t.Errorf("got %s", got.raw)
	}
	want := []string{
		"backupManagementType", "instantRPDetails", "instantRpRetentionRangeInDays", "policyType", "protectedItemsCount", "retentionPolicy",
		"schedulePolicy", "timeZone",
	}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(properties))); diff != "" {
		t.Error(diff)
	}

	s.patch(vault, `{"properties":{"SecuritySettings":{"SoftDeleteSettings":{"SoftDeleteState":"Disabled"}}}}`).want(http.StatusOK)
	got = s.get(vault)
	if got.text("properties", "securitySettings", "softDeleteSettings", "softDeleteState") != "Disabled" || strings.Contains(got.raw, "SecuritySettings") {
		t.Errorf("got %s", got.raw)
	}
}

// What is not known is kept as it was sent, what is named by data is not a member, and the last of two counts.
func TestMemberNamesThatAreNotKnown(t *testing.T) {
	s := start(t)
	vault := vaultPath("Group", "Vault")
	s.put(vault, `{"location":"eastasia","sku":{"name":"Standard"},"Tags":{"Location":"a","sku":"b"},
		"FutureThing":{"Name":1,"name":2},
		"properties":{"NewSettings":{"State":"x"},"publicNetworkAccess":"Enabled","PublicNetworkAccess":"Disabled","Odd":1,"odd":2,
			"redundancySettings":{"NewCopy":"y"}}}`).want(http.StatusCreated)
	got := s.get(vault)
	properties, _ := got.at("properties").(map[string]any)
	redundancy, _ := properties["redundancySettings"].(map[string]any)
	diff := cmp.Diff([]any{
		map[string]any{"Location": "a", "sku": "b"}, map[string]any{"Name": 1.0, "name": 2.0}, map[string]any{"State": "x"}, "Disabled", nil, 2.0, nil, "y",
	}, []any{
		got.at("tags"), got.at("FutureThing"), properties["NewSettings"], properties["publicNetworkAccess"], properties["PublicNetworkAccess"],
		properties["odd"], properties["Odd"], redundancy["NewCopy"],
	})
	if diff != "" {
		t.Error(diff)
	}
	s.patch(vault, `{"Tags":{"Location":"a","LOCATION":"b"}}`).wantError(http.StatusBadRequest, "InvalidTags")
	for _, body := range []string{`{"properties":`, `{"properties":{}} {}`, `[]`, `null`, ``, strings.Repeat(`{"properties":`, 20000)} {
		s.patch(vault, body).want(http.StatusBadRequest)
	}
}

// The states that an item was read in are sent back in any letter case.
func TestProtectionStateInAnyLetterCase(t *testing.T) {
	s := start(t)
	vault := vaultPath("Group", "Vault")
	s.put(vault, minimal).want(http.StatusCreated)
	for _, state := range []string{"protected", "IRPENDING"} {
		s.put(itemPath(vault, "web"), `{"properties":{"protectedItemType":"microsoft.compute/VirtualMachines","sourceResourceId":"`+machine("web")+
			`","policyId":"`+vault+`/backupPolicies/DefaultPolicy","protectionState":"`+state+`"}}`).want(http.StatusAccepted)
	}
	if got := s.get(itemPath(vault, "web")); got.text("properties", "protectionState") != "IRPending" ||
		got.text("properties", "protectedItemType") != "Microsoft.Compute/virtualMachines" {
		t.Errorf("got %s", got.raw)
	}
}
