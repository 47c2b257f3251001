package vault_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	azfake "github.com/Azure/azure-sdk-for-go/sdk/azcore/fake"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/recoveryservices/armrecoveryservices"
	vaultfake "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/recoveryservices/armrecoveryservices/fake"
	sdk "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/recoveryservices/armrecoveryservicesbackup/v5"
	sdkfake "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/recoveryservices/armrecoveryservicesbackup/v5/fake"
	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// sdkService is Microsoft's own fake of the two services, from the modules of its Go SDK: it routes requests by the SDK's
// paths and reads their bodies into the SDK's types, and its answers are those types as the SDK writes them. It keeps
// policies and items.
type sdkService struct {
	vaults *vaultfake.ServerFactoryTransport
	backup *sdkfake.ServerFactoryTransport

	mu       sync.Mutex
	writes   map[string]string // the SDK's method of the last write, by path, which its polls need too
	policies map[string]*sdk.ProtectionPolicyResource
	items    map[string]*sdk.ProtectedItemResource
}

// Do tells the fakes which method of the SDK a request is that of, as the SDK's own clients do.
func (s *sdkService) Do(req *http.Request) (*http.Response, error) {
	method := s.methodOf(req)
	if method == "" {
		return nil, fmt.Errorf("the SDK has no method for %s %s", req.Method, req.URL.Path)
	}
	req = req.WithContext(context.WithValue(req.Context(), runtime.CtxAPINameKey{}, method))
	service := s.backup.Do
	if strings.HasPrefix(method, "VaultsClient.") {
		service = s.vaults.Do
	}
	resp, err := service(req)
	// The fakes give a refusal as the error that the SDK's clients would make of it.
	var refusal *azcore.ResponseError
	if errors.As(err, &refusal) {
		return refusal.RawResponse, nil
	}
	return resp, err
}

func (s *sdkService) methodOf(req *http.Request) string {
	path, polled := strings.CutSuffix(req.URL.Path, "/get/fake/status")
	s.mu.Lock()
	defer s.mu.Unlock()
	if polled {
		return s.writes[path]
	}
	segments := strings.Split(path, "/")
	last, parent := segments[len(segments)-1], segments[len(segments)-2]
	method := map[string]string{
		"GET vaults":            "VaultsClient.Get",
		"GET backupPolicies":    "ProtectionPoliciesClient.Get",
		"PUT backupPolicies":    "ProtectionPoliciesClient.CreateOrUpdate",
		"DELETE backupPolicies": "ProtectionPoliciesClient.BeginDelete",
		"GET protectedItems":    "ProtectedItemsClient.Get",
		"PUT protectedItems":    "ProtectedItemsClient.BeginCreateOrUpdate",
		"DELETE protectedItems": "ProtectedItemsClient.Delete",
	}[req.Method+" "+parent]
	if req.Method != http.MethodGet {
		s.writes[path] = method
		return method
	}
	// The pages after the first have the fake's own paths below the list's.
	for list, pager := range map[string]string{
		"/vaults": "VaultsClient.NewListBySubscriptionIDPager", "/backupPolicies": "BackupPoliciesClient.NewListPager",
		"/backupProtectedItems": "BackupProtectedItemsClient.NewListPager", "/recoveryPoints": "RecoveryPointsClient.NewListPager",
	} {
		if "/"+last == list || strings.Contains(path, list+"/fake_page_") {
			return pager
		}
	}
	return method
}

func (s *sdkService) connect(t *testing.T) *vault.Client {
	t.Helper()
	connection, err := arm.NewClient(arm.Options{
		Endpoint: fakeEndpoint, Transport: s, Version: "test", Polling: arm.Polling{First: time.Millisecond, Longest: 5 * time.Millisecond},
	})
	if err != nil {
		t.Fatal(err)
	}
	return vault.NewClient(connection)
}

func newSDKService(t *testing.T) (*sdkService, *vault.Client) {
	t.Helper()
	s := &sdkService{writes: map[string]string{}, policies: map[string]*sdk.ProtectionPolicyResource{}, items: map[string]*sdk.ProtectedItemResource{}}
	s.vaults = vaultfake.NewServerFactoryTransport(&vaultfake.ServerFactory{VaultsServer: s.vaultsServer()})
	s.backup = sdkfake.NewServerFactoryTransport(&sdkfake.ServerFactory{
		ProtectionPoliciesServer: s.policiesServer(), ProtectedItemsServer: s.itemsServer(), RecoveryPointsServer: s.recoveryPointsServer(),
		BackupPoliciesServer: sdkfake.BackupPoliciesServer{
			NewListPager: func(string, string, *sdk.BackupPoliciesClientListOptions) (resp azfake.PagerResponder[sdk.BackupPoliciesClientListResponse]) {
				for _, p := range s.policies { // a page for each
					resp.AddPage(http.StatusOK, sdk.BackupPoliciesClientListResponse{ProtectionPolicyResourceList: sdk.ProtectionPolicyResourceList{
						Value: []*sdk.ProtectionPolicyResource{p},
					}}, nil)
				}
				return resp
			},
		},
		BackupProtectedItemsServer: sdkfake.BackupProtectedItemsServer{
			NewListPager: func(string, string, *sdk.BackupProtectedItemsClientListOptions) (resp azfake.PagerResponder[sdk.BackupProtectedItemsClientListResponse]) {
				page := sdk.BackupProtectedItemsClientListResponse{}
				for _, item := range s.items {
					page.Value = append(page.Value, item)
				}
				resp.AddPage(http.StatusOK, page, nil)
				return resp
			},
		},
	})
	return s, s.connect(t)
}

func (s *sdkService) policiesServer() sdkfake.ProtectionPoliciesServer {
	return sdkfake.ProtectionPoliciesServer{
		Get: func(_ context.Context, _, _, name string, _ *sdk.ProtectionPoliciesClientGetOptions) (resp azfake.Responder[sdk.ProtectionPoliciesClientGetResponse], failure azfake.ErrorResponder) {
			p, ok := s.policies[name]
			if !ok {
				failure.SetResponseError(http.StatusNotFound, "ResourceNotFound")
				return resp, failure
			}
			resp.SetResponse(http.StatusOK, sdk.ProtectionPoliciesClientGetResponse{ProtectionPolicyResource: *p}, nil)
			return resp, failure
		},
		CreateOrUpdate: func(_ context.Context, vaultName, group, name string, p sdk.ProtectionPolicyResource, _ *sdk.ProtectionPoliciesClientCreateOrUpdateOptions) (resp azfake.Responder[sdk.ProtectionPoliciesClientCreateOrUpdateResponse], failure azfake.ErrorResponder) {
			p.ID, p.Name = new(vault.NewPolicyID(vault.NewID(subscription, group, vaultName), name).String()), &name
			s.policies[name] = &p
			resp.SetResponse(http.StatusOK, sdk.ProtectionPoliciesClientCreateOrUpdateResponse{ProtectionPolicyResource: p}, nil)
			return resp, failure
		},
		BeginDelete: func(_ context.Context, _, _, name string, _ *sdk.ProtectionPoliciesClientBeginDeleteOptions) (resp azfake.PollerResponder[sdk.ProtectionPoliciesClientDeleteResponse], failure azfake.ErrorResponder) {
			delete(s.policies, name)
			resp.AddNonTerminalResponse(http.StatusAccepted, nil)
			resp.SetTerminalResponse(http.StatusOK, sdk.ProtectionPoliciesClientDeleteResponse{}, nil)
			return resp, failure
		},
	}
}

func (s *sdkService) itemsServer() sdkfake.ProtectedItemsServer {
	return sdkfake.ProtectedItemsServer{
		Get: func(_ context.Context, _, _, _, _, name string, _ *sdk.ProtectedItemsClientGetOptions) (resp azfake.Responder[sdk.ProtectedItemsClientGetResponse], failure azfake.ErrorResponder) {
			item, ok := s.items[name]
			if !ok {
				failure.SetResponseError(http.StatusNotFound, "ResourceNotFound")
				return resp, failure
			}
			resp.SetResponse(http.StatusOK, sdk.ProtectedItemsClientGetResponse{ProtectedItemResource: *item}, nil)
			return resp, failure
		},
		BeginCreateOrUpdate: func(_ context.Context, vaultName, group, fabric, container, name string, item sdk.ProtectedItemResource, _ *sdk.ProtectedItemsClientBeginCreateOrUpdateOptions) (resp azfake.PollerResponder[sdk.ProtectedItemsClientCreateOrUpdateResponse], failure azfake.ErrorResponder) {
			item.ID = new(vault.NewID(subscription, group, vaultName).String() + "/backupFabrics/" + fabric + "/protectionContainers/" + container + "/protectedItems/" + name)
			if vm, ok := item.Properties.(*sdk.AzureIaaSComputeVMProtectedItem); ok && vm.ProtectionState == nil {
				vm.ProtectionState, vm.HealthStatus = new(sdk.ProtectionStateIRPending), new(sdk.HealthStatusPassed)
			}
			s.items[name] = &item
			resp.AddNonTerminalResponse(http.StatusAccepted, nil)
			resp.SetTerminalResponse(http.StatusOK, sdk.ProtectedItemsClientCreateOrUpdateResponse{ProtectedItemResource: item}, nil)
			return resp, failure
		},
		Delete: func(_ context.Context, _, _, _, _, name string, _ *sdk.ProtectedItemsClientDeleteOptions) (resp azfake.Responder[sdk.ProtectedItemsClientDeleteResponse], failure azfake.ErrorResponder) {
			delete(s.items, name)
			resp.SetResponse(http.StatusNoContent, sdk.ProtectedItemsClientDeleteResponse{}, nil)
			return resp, failure
		},
	}
}

var sdkTime = time.Date(2026, 5, 1, 23, 0, 12, 345678900, time.UTC)

func (s *sdkService) recoveryPointsServer() sdkfake.RecoveryPointsServer {
	return sdkfake.RecoveryPointsServer{
		NewListPager: func(string, string, string, string, string, *sdk.RecoveryPointsClientListOptions) (resp azfake.PagerResponder[sdk.RecoveryPointsClientListResponse]) {
			for i, name := range []string{"older", "newer"} { // a page for each
				point := &sdk.RecoveryPointResource{ID: new("/points/" + name), Name: &name, Properties: &sdk.IaasVMRecoveryPoint{
					ObjectType: new("IaasVMRecoveryPoint"), RecoveryPointTime: new(sdkTime.AddDate(0, 0, i)), RecoveryPointType: new("AppConsistent"),
					RecoveryPointTierDetails: []*sdk.RecoveryPointTierInformationV2{
						{Type: new(sdk.RecoveryPointTierTypeInstantRP), Status: new(sdk.RecoveryPointTierStatusValid)},
						{Type: new(sdk.RecoveryPointTierTypeHardenedRP), Status: new(sdk.RecoveryPointTierStatusDeleted)},
					},
					RecoveryPointProperties: &sdk.RecoveryPointProperties{ExpiryTime: new("2026-06-01T23:00:00Z"), RuleName: new("Daily")},
				}}
				resp.AddPage(http.StatusOK, sdk.RecoveryPointsClientListResponse{RecoveryPointResourceList: sdk.RecoveryPointResourceList{
					Value: []*sdk.RecoveryPointResource{point},
				}}, nil)
			}
			return resp
		},
	}
}

func (s *sdkService) vaultsServer() vaultfake.VaultsServer {
	document := func(group, name string) armrecoveryservices.Vault {
		return armrecoveryservices.Vault{
			ID: new(vault.NewID(subscription, group, name).String()), Name: &name, Type: new(catalog.VaultType), Location: new("chinaeast2"),
			Tags: map[string]*string{"env": new("prod")}, SKU: &armrecoveryservices.SKU{Name: new(armrecoveryservices.SKUNameRS0), Tier: new("Standard")},
			Properties: &armrecoveryservices.VaultProperties{
				ProvisioningState: new("Succeeded"), PublicNetworkAccess: new(armrecoveryservices.PublicNetworkAccessDisabled),
				BackupStorageVersion: new(armrecoveryservices.BackupStorageVersionV2),
				RedundancySettings: &armrecoveryservices.VaultPropertiesRedundancySettings{
					StandardTierStorageRedundancy: new(armrecoveryservices.StandardTierStorageRedundancyZoneRedundant),
					CrossRegionRestore:            new(armrecoveryservices.CrossRegionRestoreDisabled),
				},
				SecuritySettings: &armrecoveryservices.SecuritySettings{
					ImmutabilitySettings: &armrecoveryservices.ImmutabilitySettings{State: new(armrecoveryservices.ImmutabilityStateUnlocked)},
					SoftDeleteSettings: &armrecoveryservices.SoftDeleteSettings{
						SoftDeleteState: new(armrecoveryservices.SoftDeleteStateAlwaysON), SoftDeleteRetentionPeriodInDays: new(int32(30)),
					},
				},
			},
		}
	}
	return vaultfake.VaultsServer{
		Get: func(_ context.Context, group, name string, _ *armrecoveryservices.VaultsClientGetOptions) (resp azfake.Responder[armrecoveryservices.VaultsClientGetResponse], failure azfake.ErrorResponder) {
			resp.SetResponse(http.StatusOK, armrecoveryservices.VaultsClientGetResponse{Vault: document(group, name)}, nil)
			return resp, failure
		},
		NewListBySubscriptionIDPager: func(*armrecoveryservices.VaultsClientListBySubscriptionIDOptions) (resp azfake.PagerResponder[armrecoveryservices.VaultsClientListBySubscriptionIDResponse]) {
			for _, name := range []string{"first", "second"} {
				page := armrecoveryservices.VaultsClientListBySubscriptionIDResponse{}
				page.Value = []*armrecoveryservices.Vault{new(document("backup", name))}
				resp.AddPage(http.StatusOK, page, nil)
			}
			return resp
		},
	}
}

// sdkPolicies are one of each kind.
var sdkPolicies = map[string]catalog.VMPolicy{
	"daily": {
		Type: catalog.PolicyV1, TimeZone: "China Standard Time", InstantRestoreDays: 2,
		Schedule: catalog.VMSchedule{Frequency: catalog.Daily, Time: "23:00"}, Daily: &catalog.DailyRetention{Count: 30},
		InstantRestoreGroup: &catalog.InstantRestoreGroup{Prefix: "snapshots-", Suffix: "-rg"},
		Monthly:             &catalog.MonthlyRetention{Count: 12, MonthDays: catalog.MonthDays{Days: []int{1, 15}, LastDay: true}},
	},
	"weekly": {
		Type: catalog.PolicyV1, TimeZone: "UTC", InstantRestoreDays: 5,
		Schedule: catalog.VMSchedule{Frequency: catalog.Weekly, Time: "04:30", Weekdays: []string{"Sunday", "Wednesday"}},
		Weekly:   &catalog.WeeklyRetention{Count: 26, Weekdays: []string{"Sunday", "Wednesday"}},
		Yearly: &catalog.YearlyRetention{Count: 7, Months: []string{"January", "July"}, MonthDays: catalog.MonthDays{
			Weekdays: []string{"Sunday"}, Weeks: []string{"First", "Last"},
		}},
	},
	"hourly": {
		Type: catalog.PolicyV2, TimeZone: "UTC", InstantRestoreDays: 7, SnapshotConsistency: catalog.SnapshotCrashConsistent,
		Schedule: catalog.VMSchedule{Frequency: catalog.Hourly, Time: "08:00", HourInterval: 4, HourDuration: 12},
		Daily:    &catalog.DailyRetention{Count: 30},
		Archive:  &catalog.ArchiveTiering{Mode: catalog.TierAfter, Duration: 6, DurationType: "Months"},
		Monthly:  &catalog.MonthlyRetention{Count: 60, MonthDays: catalog.MonthDays{Weekdays: []string{"Monday"}, Weeks: []string{"Second"}}},
	},
}

// What the SDK has read from our requests and writes again is what was meant.
func TestSDKFakeUnderstandsPolicies(t *testing.T) {
	s, c := newSDKService(t)
	for name, want := range sdkPolicies {
		policyID := vault.NewPolicyID(id("main"), name)
		made, err := c.CreatePolicy(t.Context(), policyID, want)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if d := cmp.Diff(want, made.Settings); d != "" {
			t.Errorf("%s, as created: %s", name, d)
		}
		if _, ok := s.policies[name].Properties.(*sdk.AzureIaaSVMProtectionPolicy); !ok {
			t.Errorf("%s: the SDK has read a %T", name, s.policies[name].Properties)
		}
		read, err := s.connect(t).Policy(t.Context(), policyID)
		if d := cmp.Diff(want, read.Settings); err != nil || d != "" {
			t.Errorf("%s, as read: %v %s", name, err, d)
		}
		want.Daily = &catalog.DailyRetention{Count: 99}
		if want.Schedule.Frequency != catalog.Weekly {
			updated, err := c.UpdatePolicy(t.Context(), policyID, want, nil)
			if d := cmp.Diff(want, updated.Settings); err != nil || d != "" {
				t.Errorf("%s, as updated: %v %s", name, err, d)
			}
		}
	}
	n := 0
	for p, err := range c.Policies(t.Context(), id("main")) {
		if n++; err != nil || p.Kind != vault.KindVM || p.Settings.TimeZone != sdkPolicies[p.ID.Name].TimeZone {
			t.Errorf("listed: %v %v", p, err)
		}
	}
	if n != len(sdkPolicies) {
		t.Errorf("%d policies are listed", n)
	}
	if err := c.DeletePolicy(t.Context(), vault.NewPolicyID(id("main"), "daily")); err != nil || s.policies["daily"] != nil {
		t.Errorf("delete: %v", err)
	}
}

func TestSDKFakeUnderstandsItems(t *testing.T) {
	s, c := newSDKService(t)
	const vm = "/subscriptions/" + subscription + "/resourceGroups/VMs/providers/Microsoft.Compute/virtualMachines/vm1"
	vmID, err := vault.ParseVMID(vm)
	if err != nil {
		t.Fatal(err)
	}
	item := vault.NewItemID(id("main"), vmID)
	policy := vault.NewPolicyID(id("main"), "daily").String()
	disks := &vault.Disks{LUNs: []int{0, 3}, Include: true}
	made, err := c.Protect(t.Context(), item, vault.Protection{SourceVMID: vm, PolicyID: policy, Disks: disks}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !made.ID.Equal(item) || made.SourceVMID != vm || made.PolicyID != policy || made.State != vault.StateIRPending || made.Health != "Passed" || cmp.Diff(disks, made.Disks) != "" {
		t.Errorf("%+v", made)
	}
	for _, stored := range s.items {
		if got, ok := stored.Properties.(*sdk.AzureIaaSComputeVMProtectedItem); !ok || *got.PolicyID != policy || *got.SourceResourceID != vm {
			t.Errorf("the SDK has read %T %+v", stored.Properties, got)
		}
		// What Azure would add, in the SDK's spelling.
		got, _ := stored.Properties.(*sdk.AzureIaaSComputeVMProtectedItem)
		got.LastBackupStatus, got.LastBackupTime = new("Completed"), new(sdkTime)
		got.ExtendedInfo = &sdk.AzureIaaSVMProtectedItemExtendedInfo{RecoveryPointCount: new(int32(7))}
		got.ProtectionState = new(sdk.ProtectionStateProtected)
	}
	for read, err := range c.ProtectedVMs(t.Context(), id("main")) {
		if err != nil || read.LastBackupStatus != "Completed" || !read.LastBackup.Equal(sdkTime) || read.RecoveryPoints == nil || *read.RecoveryPoints != 7 || read.State != vault.StateProtected {
			t.Errorf("listed: %+v %v", read, err)
		}
	}
	stopped, err := c.StopProtection(t.Context(), item, vault.StateStopped, nil)
	if err != nil || stopped.State != vault.StateStopped {
		t.Errorf("stopped: %+v %v", stopped, err)
	}
	var points []string
	for p, err := range c.RecoveryPoints(t.Context(), item, vault.Window{}) {
		if err != nil {
			t.Fatal(err)
		}
		points = append(points, p.Name)
		if p.Consistency != "AppConsistent" || cmp.Diff([]string{"InstantRP"}, p.Tiers) != "" || p.Rule != "Daily" || p.Expires.Day() != 1 || p.Time.Nanosecond() != sdkTime.Nanosecond() {
			t.Errorf("%+v", p)
		}
	}
	if got := strings.Join(points, " "); got != "newer older" {
		t.Errorf("the recovery points are %s", got)
	}
	if err := c.Unprotect(t.Context(), item, nil); err != nil || len(s.items) > 0 {
		t.Errorf("unprotect: %v", err)
	}
}

func TestSDKFakeAnswersVaultReads(t *testing.T) {
	_, c := newSDKService(t)
	v, err := c.Get(t.Context(), id("main"))
	if err != nil {
		t.Fatal(err)
	}
	if v.State != vault.Active || v.Region != "chinaeast2" || !v.RedundancyLocked || tag(v) != "prod" || *v.Settings.Redundancy != catalog.ZoneRedundant ||
		*v.Settings.SKU != "RS0" || *v.Settings.PublicNetworkAccessEnabled || *v.Settings.Immutability != "Unlocked" || v.Settings.SoftDelete.State != "AlwaysOn" ||
		v.Settings.SoftDelete.RetentionDays != 30 {
		t.Errorf("%+v", v)
	}
	var listed []string
	for v, err := range c.List(t.Context(), subscription, "") {
		if err != nil {
			t.Fatal(err)
		}
		listed = append(listed, v.ID.Name)
	}
	if got := strings.Join(listed, " "); got != "first second" {
		t.Errorf("listed: %s", got)
	}
}
