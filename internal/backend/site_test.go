package backend_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	sdkarm "github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/recoveryservices/armrecoveryservices"
	backup "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/recoveryservices/armrecoveryservicesbackup/v5"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// These tests hold the two halves against each other, which know nothing of each other: whatever the embedded service
// accepts, Microsoft's clients and the provider's own must be able to read, with everything beside it.

const (
	subscription = "/subscriptions/" + embedded.DefaultSubscriptionID
	vaultID      = subscription + "/resourceGroups/Group/providers/" + catalog.VaultType + "/Vault"
	seedVault    = `{"location":"eastasia","sku":{"name":"Standard","tier":"Standard"},"tags":{"a":"b"},"identity":{"type":"SystemAssigned"},
		"properties":{"publicNetworkAccess":"Enabled","redundancySettings":{"standardTierStorageRedundancy":"GeoRedundant","crossRegionRestore":"Disabled"},
		"securitySettings":{"softDeleteSettings":{"softDeleteState":"Enabled","softDeleteRetentionPeriodInDays":14,"enhancedSecurityState":"Enabled"},
			"immutabilitySettings":{"state":"Disabled","configuration":{"type":"x","durationInDays":1}},
			"sourceScanConfiguration":{"state":"Disabled","sourceScanIdentity":{"operationIdentityType":"SystemAssigned"}}},
		"encryption":{"keyVaultProperties":{"keyUri":"https://contoso.vault.azure.net/keys/backup"},"kekIdentity":{"useSystemAssignedIdentity":true},
			"infrastructureEncryption":"Disabled"},
		"monitoringSettings":{
			"azureMonitorAlertSettings":{"alertsForAllJobFailures":"Enabled","alertsForAllReplicationIssues":"Enabled","alertsForAllFailoverIssues":"Enabled"},
			"classicAlertSettings":{"alertsForCriticalOperations":"Enabled","emailNotificationsForSiteRecovery":"Enabled"}},
		"restoreSettings":{"crossSubscriptionRestoreSettings":{"crossSubscriptionRestoreState":"Enabled"}},
		"costManagementSettings":{"granularityLevel":"VaultLevel"},"regionOfChoiceSettings":{"status":"Disabled"}}}`
	seedPolicy = `{"tags":{"a":"b"},"location":"x","properties":{"backupManagementType":"AzureIaasVM","policyType":"V1","timeZone":"UTC","instantRpRetentionRangeInDays":2,
		"instantRPDetails":{"azureBackupRGNamePrefix":"a","azureBackupRGNameSuffix":"b"},"instantAccessSnapshotEnabled":true,"instantAccessDurationMinutes":1,
		"resourceGuardOperationRequests":["x"],
		"schedulePolicy":{"schedulePolicyType":"SimpleSchedulePolicy","scheduleRunFrequency":"Daily","scheduleRunTimes":["2026-01-02T04:00:00Z"],"scheduleWeeklyFrequency":0,
			"hourlySchedule":{"interval":4,"scheduleWindowStartTime":"2026-01-02T04:00:00Z","scheduleWindowDuration":4}},
		"tieringPolicy":{"ArchivedRP":{"tieringMode":"DoNotTier","duration":0,"durationType":"Invalid"},"Other":{"tieringMode":"x","duration":1,"durationType":"Days"}},
		"retentionPolicy":{"retentionPolicyType":"LongTermRetentionPolicy",
			"dailySchedule":{"retentionTimes":["2026-01-02T04:00:00Z"],"retentionDuration":{"count":30,"durationType":"Days"}},
			"monthlySchedule":{"retentionScheduleFormatType":"Daily","retentionScheduleDaily":{"daysOfTheMonth":[{"date":2,"isLast":false}]},
				"retentionScheduleWeekly":{"daysOfTheWeek":["Sunday"],"weeksOfTheMonth":["First"]},
				"retentionTimes":["2026-01-02T04:00:00Z"],"retentionDuration":{"count":6,"durationType":"Months"}},
			"yearlySchedule":{"retentionScheduleFormatType":"Weekly","monthsOfYear":["March"],
				"retentionScheduleDaily":{"daysOfTheMonth":[{"date":2,"isLast":false}]},
				"retentionScheduleWeekly":{"daysOfTheWeek":["Sunday"],"weeksOfTheMonth":["First"]},
				"retentionTimes":["2026-01-02T04:00:00Z"],"retentionDuration":{"count":1,"durationType":"Years"}}}}}`
	// $vm stands for the id of the machine.
	seedItem = `{"tags":{"a":"b"},"properties":{"protectedItemType":"Microsoft.Compute/virtualMachines","sourceResourceId":"$vm",
		"policyId":"` + vaultID + `/backupPolicies/EnhancedPolicy","backupSetName":"x","createMode":"Default","softDeleteRetentionPeriod":0,
		"sourceSideScanInfo":{"sourceSideScanStatus":"x"},"healthDetails":[{"code":1,"title":"x","message":"y","recommendations":["z"]}],
		"extendedProperties":{"diskExclusionProperties":{"diskLunList":[1],"isInclusionList":true},"linuxVmApplicationName":"x"}}}`
	seedMachine = `{"location":"eastasia","zones":["1"],"tags":{"a":"b"},"identity":{"type":"SystemAssigned","userAssignedIdentities":{}},"properties":{"vmId":"x"}}`
	seedGroup   = `{"location":"eastasia","tags":{"a":"b"},"managedBy":"me","properties":{}}`
)

// write is a request that stores something. $group and $name stand for names.
type write struct{ method, path, body string }

var writes = []write{
	{http.MethodPut, vaultID, seedVault},
	{http.MethodPatch, vaultID, strings.Replace(seedVault, `"sku":{"name":"Standard","tier":"Standard"},`, "", 1)},
	{http.MethodPut, subscription + "/resourceGroups/$group/providers/" + catalog.VaultType + "/$name", seedVault},
	{http.MethodPut, vaultID + "/backupPolicies/Mine", seedPolicy},
	{http.MethodPut, vaultID + "/backupPolicies/$name", seedPolicy},
	{http.MethodPut, vaultID + "/backupFabrics/Azure/protectionContainers/IaasVMContainer%3Biaasvmcontainerv2%3B$group%3B$name/protectedItems/VM;iaasvmcontainerv2;$group;$name", seedItem},
	{http.MethodPut, subscription + "/resourceGroups/$group/providers/" + catalog.VMType + "/$name", seedMachine},
	{http.MethodPatch, subscription + "/resourceGroups/$group/providers/" + catalog.VMType + "/$name", seedMachine},
	{http.MethodPut, subscription + "/resourceGroups/$group", seedGroup},
	{http.MethodPatch, subscription + "/resourceGroups/$group", strings.Replace(seedGroup, `"location":"eastasia",`, "", 1)},
	{http.MethodPatch, vaultID + "/backupconfig/vaultconfig", `{"properties":{"softDeleteFeatureState":"Enabled","softDeleteRetentionPeriodInDays":20,"enhancedSecurityState":"Enabled"}}`},
	{http.MethodPatch, vaultID + "/backupstorageconfig/vaultstorageconfig", `{"properties":{"storageModelType":"GeoRedundant","storageType":"GeoRedundant","crossRegionRestoreFlag":true}}`},
	{http.MethodPut, vaultID + "/replicationVaultSettings/default", `{"properties":{"vmwareToAzureProviderType":"Vmware","migrationSolutionId":"m"}}`},
	{http.MethodPost, vaultID + "/backupFabrics/Azure/protectionContainers/IaasVMContainer;iaasvmcontainerv2;Group;web/protectedItems/VM;iaasvmcontainerv2;Group;web/backup", `{"properties":{"objectType":"IaasVMBackupRequest","recoveryPointExpiryTimeInUTC":"2026-07-01T00:00:00Z"}}`},
}

// site is an embedded service that holds a vault with a policy and a protected machine.
type site struct {
	folder    string
	store     *store.Store
	transport *embedded.Transport
}

func newSite(tb testing.TB) *site {
	tb.Helper()
	folder, err := os.MkdirTemp("", "accepted") //nolint:usetesting // A site outlives the round of the fuzzing that made it.
	if err != nil {
		tb.Fatal(err)
	}
	st, err := store.Open(tb.Context(), filepath.Join(folder, "backup-vaults.db"))
	if err != nil {
		tb.Fatal(err)
	}
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	s := &site{folder: folder, store: st, transport: embedded.NewTransport(embedded.New(embedded.Config{Store: st, SoftDeleteChosen: true, Now: func() time.Time { return now }}))}
	for _, w := range []write{
		{http.MethodPut, vaultID, `{"location":"eastasia","sku":{"name":"Standard"},"properties":{}}`},
		writes[3],
	} {
		if status, body := s.do(tb, w.method, w.path, w.body); status >= 300 {
			tb.Fatal(body)
		}
	}
	for _, which := range []int{5, 6} {
		if status, body := s.write(tb, which, "Group", "web", writes[which].body); status >= 300 {
			tb.Fatal(body)
		}
	}
	return s
}

func (s *site) close(tb testing.TB) {
	tb.Helper()
	if err := s.store.Close(); err != nil {
		tb.Error(err)
	}
	if err := os.RemoveAll(s.folder); err != nil {
		tb.Error(err)
	}
}

// write sends one of the writes with these names in it, and with a body in place of its own.
func (s *site) write(tb testing.TB, which int, group, name, body string) (int, string) {
	tb.Helper()
	w := writes[which]
	names := strings.NewReplacer("$group", url.PathEscape(group), "$name", url.PathEscape(name))
	id, err := json.Marshal(subscription + "/resourceGroups/" + group + "/providers/" + catalog.VMType + "/" + name)
	if err != nil {
		tb.Fatal(err)
	}
	return s.do(tb, w.method, names.Replace(w.path), strings.ReplaceAll(body, "$vm", strings.Trim(string(id), `"`)))
}

func (s *site) do(tb testing.TB, method, path, body string) (int, string) {
	tb.Helper()
	request, err := http.NewRequestWithContext(tb.Context(), method, embedded.Endpoint+path+"?api-version=2025-08-01", strings.NewReader(body))
	if err != nil {
		tb.Fatalf("%q: %v", path, err)
	}
	answer, err := s.transport.Do(request)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return answer.StatusCode, string(b)
}

type token struct{}

func (token) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: "token", ExpiresOn: time.Now().Add(time.Hour)}, nil
}

// unreadable says which list a client cannot read, or reads less from than is there; nil when all is well.
func (s *site) unreadable(tb testing.TB) error {
	tb.Helper()
	ctx := tb.Context()
	there := map[string]int{}
	for _, list := range []string{
		subscription + "/providers/" + catalog.VaultType, vaultID + "/backupPolicies", vaultID + "/backupProtectedItems", subscription + "/providers/" + catalog.VMType,
		subscription + "/resourceGroups", subscription + "/resources", vaultID + "/backupProtectionContainers", vaultID + "/backupProtectableItems", vaultID + "/backupJobs",
	} {
		status, body := s.do(tb, http.MethodGet, list, "")
		var page struct {
			Value []struct {
				ID, Location string
				Tags         map[string]string
				Zones        []string
			}
		}
		if err := json.Unmarshal([]byte(body), &page); err != nil || status != http.StatusOK {
			return fmt.Errorf("%s: %d, %w: %s", list, status, err, body)
		}
		there[list] = len(page.Value)
	}

	connection, err := arm.NewClient(arm.Options{Endpoint: embedded.Endpoint, Transport: s.transport})
	if err != nil {
		return err
	}
	client := vault.NewClient(connection)
	id, err := vault.ParseID(vaultID)
	if err != nil {
		return err
	}
	vaults, policies, items := subscription+"/providers/"+catalog.VaultType, vaultID+"/backupPolicies", vaultID+"/backupProtectedItems"
	seen := map[string]int{}
	for _, err := range client.List(ctx, embedded.DefaultSubscriptionID, "") {
		if err != nil {
			return fmt.Errorf("the provider, vaults: %w", err)
		}
		seen[vaults]++
	}
	for _, err := range client.Policies(ctx, id) {
		if err != nil {
			return fmt.Errorf("the provider, policies: %w", err)
		}
		seen[policies]++
	}
	for _, err := range client.ProtectedVMs(ctx, id) {
		if err != nil {
			return fmt.Errorf("the provider, items: %w", err)
		}
		seen[items]++
	}
	for list, n := range seen {
		if n != there[list] {
			return fmt.Errorf("the provider reads %d of %d in %s", n, there[list], list)
		}
	}
	return s.unreadableByMicrosoft(ctx)
}

func (s *site) unreadableByMicrosoft(ctx context.Context) error {
	options := &sdkarm.ClientOptions{ClientOptions: policy.ClientOptions{
		Transport: s.transport,
		Cloud: cloud.Configuration{Services: map[cloud.ServiceName]cloud.ServiceConfiguration{
			cloud.ResourceManager: {Endpoint: embedded.Endpoint, Audience: embedded.Endpoint},
		}},
	}}
	vaults, err := armrecoveryservices.NewClientFactory(embedded.DefaultSubscriptionID, token{}, options)
	if err != nil {
		return err
	}
	backups, err := backup.NewClientFactory(embedded.DefaultSubscriptionID, token{}, options)
	if err != nil {
		return err
	}
	if _, err := backups.NewBackupResourceVaultConfigsClient().Get(ctx, "Vault", "Group", nil); err != nil {
		return fmt.Errorf("config: %w", err)
	}
	return firstOf(
		readAll(ctx, "vaults", vaults.NewVaultsClient().NewListBySubscriptionIDPager(nil)),
		readAll(ctx, "policies", backups.NewBackupPoliciesClient().NewListPager("Vault", "Group", nil)),
		readAll(ctx, "items", backups.NewBackupProtectedItemsClient().NewListPager("Vault", "Group", nil)),
		readAll(ctx, "containers", backups.NewBackupProtectionContainersClient().NewListPager("Vault", "Group", nil)),
		readAll(ctx, "jobs", backups.NewBackupJobsClient().NewListPager("Vault", "Group", nil)),
	)
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func readAll[T any](ctx context.Context, what string, pager *runtime.Pager[T]) error {
	for pager.More() {
		if _, err := pager.NextPage(ctx); err != nil {
			return fmt.Errorf("Microsoft's client, %s: %w", what, err)
		}
	}
	return nil
}
