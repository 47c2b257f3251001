package embedded_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	backup "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/recoveryservices/armrecoveryservicesbackup/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

const (
	sdkContainer = "iaasvmcontainer;iaasvmcontainerv2;Machines;web"
	sdkItem      = "vm;iaasvmcontainerv2;Machines;web"
)

// sdkPolicy is a policy for the SDK to send; schedule and the retention go together.
func sdkPolicy(kind backup.IAASVMPolicyType, schedule backup.SchedulePolicyClassification, retention *backup.LongTermRetentionPolicy) backup.ProtectionPolicyResource {
	retention.RetentionPolicyType = to.Ptr("LongTermRetentionPolicy")
	return backup.ProtectionPolicyResource{Properties: &backup.AzureIaaSVMProtectionPolicy{
		BackupManagementType: to.Ptr("AzureIaasVM"), PolicyType: to.Ptr(kind), TimeZone: to.Ptr("Tokyo Standard Time"),
		SchedulePolicy: schedule, RetentionPolicy: retention,
	}}
}

// sdkTime is the only time of each policy here.
var sdkTime = time.Date(2026, 5, 1, 20, 30, 0, 0, time.UTC)

func sdkDays(n int32) *backup.DailyRetentionSchedule {
	return &backup.DailyRetentionSchedule{
		RetentionTimes:    []*time.Time{to.Ptr(sdkTime)},
		RetentionDuration: &backup.RetentionDuration{Count: to.Ptr(n), DurationType: to.Ptr(backup.RetentionDurationTypeDays)},
	}
}

func sdkDaily(days int32) backup.ProtectionPolicyResource {
	return sdkPolicy(backup.IAASVMPolicyTypeV1, &backup.SimpleSchedulePolicy{
		SchedulePolicyType: to.Ptr("SimpleSchedulePolicy"), ScheduleRunFrequency: to.Ptr(backup.ScheduleRunTypeDaily),
		ScheduleRunTimes: []*time.Time{to.Ptr(sdkTime)},
	}, &backup.LongTermRetentionPolicy{DailySchedule: sdkDays(days)})
}

func TestMicrosoftClientManagesPolicies(t *testing.T) {
	s := start(t, pagesOf(2))
	s.put(vaultPath("group", "vault"), minimal).want(http.StatusCreated)
	ctx := t.Context()
	factory := s.runSDK()
	policies := factory.NewProtectionPoliciesClient()
	sunday := []*backup.DayOfWeek{to.Ptr(backup.DayOfWeekSunday)}
	for name, test := range map[string]struct {
		body     backup.ProtectionPolicyResource
		snapshot int32
	}{
		"daily": {sdkDaily(14), 2},
		"weekly": {sdkPolicy(backup.IAASVMPolicyTypeV1, &backup.SimpleSchedulePolicy{
			SchedulePolicyType: to.Ptr("SimpleSchedulePolicy"), ScheduleRunFrequency: to.Ptr(backup.ScheduleRunTypeWeekly),
			ScheduleRunDays: sunday, ScheduleRunTimes: []*time.Time{to.Ptr(sdkTime)},
		}, &backup.LongTermRetentionPolicy{WeeklySchedule: &backup.WeeklyRetentionSchedule{
			DaysOfTheWeek: sunday, RetentionTimes: []*time.Time{to.Ptr(sdkTime)},
			RetentionDuration: &backup.RetentionDuration{Count: to.Ptr[int32](8), DurationType: to.Ptr(backup.RetentionDurationTypeWeeks)},
		}}), 5},
		"hourly": {sdkPolicy(backup.IAASVMPolicyTypeV2, &backup.SimpleSchedulePolicyV2{
			SchedulePolicyType: to.Ptr("SimpleSchedulePolicyV2"), ScheduleRunFrequency: to.Ptr(backup.ScheduleRunTypeHourly),
			HourlySchedule: &backup.HourlySchedule{
				Interval: to.Ptr[int32](6), ScheduleWindowStartTime: to.Ptr(sdkTime), ScheduleWindowDuration: to.Ptr[int32](12),
			},
		}, &backup.LongTermRetentionPolicy{DailySchedule: sdkDays(10)}), 7},
	} {
		created, err := policies.CreateOrUpdate(ctx, "vault", "group", name, test.body, nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := policies.Get(ctx, "vault", "group", strings.ToUpper(name), nil)
		if err != nil || *got.Name != name || *got.ID != policyPath(vaultPath("group", "vault"), name) {
			t.Fatalf("%s: got %+v, %v", name, got, err)
		}
		if diff := cmp.Diff(created.Properties, got.Properties); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		// What the service has added, and nothing else.
		sent := sdkAs[*backup.AzureIaaSVMProtectionPolicy](t, test.body.Properties)
		sent.InstantRPDetails, sent.InstantRpRetentionRangeInDays, sent.ProtectedItemsCount = &backup.InstantRPAdditionalDetails{}, &test.snapshot, to.Ptr[int32](0)
		if diff := cmp.Diff(test.body.Properties, got.Properties); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}

	changed, err := policies.CreateOrUpdate(ctx, "vault", "group", "daily", sdkDaily(21), nil)
	if err != nil {
		t.Fatal(err)
	}
	properties := sdkAs[*backup.AzureIaaSVMProtectionPolicy](t, changed.Properties)
	if got := *sdkAs[*backup.LongTermRetentionPolicy](t, properties.RetentionPolicy).DailySchedule.RetentionDuration.Count; got != 21 {
		t.Errorf("changed to %d days", got)
	}
	_, err = policies.CreateOrUpdate(ctx, "vault", "group", "daily", sdkDaily(3), nil)
	wantSDKError(t, err, "BMSUserErrorInvalidPolicyInput")

	names := func() string {
		var names []string
		filter := &backup.BackupPoliciesClientListOptions{Filter: to.Ptr("backupManagementType eq 'AzureIaasVM'")}
		for pager := factory.NewBackupPoliciesClient().NewListPager("vault", "group", filter); pager.More(); {
			page, err := pager.NextPage(ctx)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range page.Value {
				names = append(names, *p.Name)
			}
		}
		return strings.Join(names, " ")
	}
	if got := names(); got != "daily DefaultPolicy EnhancedPolicy hourly weekly" {
		t.Errorf("policies %s", got)
	}
	for _, name := range []string{"daily", "EnhancedPolicy", "daily"} { // the last is gone already
		poller, err := policies.BeginDelete(ctx, "vault", "group", name, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := poller.PollUntilDone(ctx, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := names(); got != "DefaultPolicy hourly weekly" {
		t.Errorf("policies %s", got)
	}
}

func wantSDKError(t *testing.T, err error, code string) {
	t.Helper()
	if e, ok := errors.AsType[*azcore.ResponseError](err); !ok || e.StatusCode != http.StatusBadRequest || e.ErrorCode != code {
		t.Errorf("got %v, want 400 %s", err, code)
	}
}

// sdkChange is a request about the machine's item, waited for by Microsoft's poller.
func sdkChange(t *testing.T, factory *backup.ClientFactory, properties *backup.AzureIaaSComputeVMProtectedItem) *backup.AzureIaaSComputeVMProtectedItem {
	t.Helper()
	properties.ProtectedItemType = to.Ptr("Microsoft.Compute/virtualMachines")
	poller, err := factory.NewProtectedItemsClient().BeginCreateOrUpdate(t.Context(), "vault", "group", "Azure", sdkContainer, sdkItem,
		backup.ProtectedItemResource{Properties: properties}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := poller.PollUntilDone(t.Context(), &runtime.PollUntilDoneOptions{Frequency: time.Second}); err != nil {
		t.Fatal(err)
	}
	return sdkProtected(t, factory)
}

func sdkProtected(t *testing.T, factory *backup.ClientFactory) *backup.AzureIaaSComputeVMProtectedItem {
	t.Helper()
	got, err := factory.NewProtectedItemsClient().Get(t.Context(), "vault", "group", "Azure", sdkContainer, sdkItem, nil)
	if err != nil {
		t.Fatal(err)
	}
	return sdkAs[*backup.AzureIaaSComputeVMProtectedItem](t, got.Properties)
}

// sdkAs is what a client got, in the type that it must have.
func sdkAs[T any](t *testing.T, v any) T {
	t.Helper()
	typed, ok := v.(T)
	if !ok {
		t.Fatalf("got %T", v)
	}
	return typed
}

func TestMicrosoftClientProtects(t *testing.T) {
	s := start(t, pagesOf(1))
	vault := vaultPath("group", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	ctx := t.Context()
	factory := s.runSDK()
	source := to.Ptr(machine("web"))

	status := func() *backup.BackupStatusResponse {
		got, err := factory.NewBackupStatusClient().Get(ctx, "eastasia",
			backup.BackupStatusRequest{ResourceType: to.Ptr(backup.DataSourceTypeVM), ResourceID: source}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return &got.BackupStatusResponse
	}
	if got := status(); *got.ProtectionStatus != backup.ProtectionStatusNotProtected {
		t.Errorf("status %+v", got)
	}
	valid, err := factory.NewProtectionIntentClient().Validate(ctx, "eastasia",
		backup.PreValidateEnableBackupRequest{ResourceType: to.Ptr(backup.DataSourceTypeVM), ResourceID: source, VaultID: &vault}, nil)
	if err != nil || *valid.Status != backup.ValidationStatusSucceeded || *valid.ProtectedItemName != sdkItem || *valid.ContainerName != sdkContainer {
		t.Errorf("got %+v, %v", valid, err)
	}

	item := sdkChange(t, factory, &backup.AzureIaaSComputeVMProtectedItem{
		SourceResourceID: source, PolicyID: to.Ptr(policyPath(vault, "DefaultPolicy")),
		ExtendedProperties: &backup.ExtendedProperties{DiskExclusionProperties: &backup.DiskExclusionProperties{
			DiskLunList: []*int32{to.Ptr[int32](0), to.Ptr[int32](2)}, IsInclusionList: to.Ptr(true),
		}},
	})
	if *item.ProtectionState != backup.ProtectionStateIRPending || *item.PolicyName != "DefaultPolicy" || *item.HealthStatus != backup.HealthStatusPassed ||
		*item.ExtendedInfo.RecoveryPointCount != 0 || len(item.ExtendedProperties.DiskExclusionProperties.DiskLunList) != 2 || *item.SourceResourceID != *source {
		t.Errorf("protected: %+v", item)
	}
	if got := status(); *got.ProtectionStatus != backup.ProtectionStatusProtected || *got.VaultID != vault || *got.FabricName != backup.FabricNameAzure || *got.PolicyName != "DefaultPolicy" {
		t.Errorf("status %+v", got)
	}
	s.clock.Advance(5*day + time.Minute)
	item = sdkChange(t, factory, &backup.AzureIaaSComputeVMProtectedItem{
		SourceResourceID: source, PolicyID: to.Ptr(policyPath(vault, "EnhancedPolicy")), ExtendedProperties: &backup.ExtendedProperties{},
	})
	if *item.ProtectionState != backup.ProtectionStateProtected || *item.PolicyType != "V2" || *item.LastBackupStatus != "Completed" ||
		*item.ExtendedInfo.RecoveryPointCount != 5 || !item.ExtendedInfo.OldestRecoveryPoint.Equal(time.Date(2026, 5, 1, 15, 0, 0, 0, time.UTC)) ||
		!item.LastBackupTime.Equal(time.Date(2026, 5, 5, 15, 0, 0, 0, time.UTC)) ||
		item.ExtendedProperties != nil && item.ExtendedProperties.DiskExclusionProperties != nil {
		t.Errorf("with another policy: %+v", item)
	}

	item = sdkChange(t, factory, &backup.AzureIaaSComputeVMProtectedItem{SourceResourceID: source, ProtectionState: to.Ptr(backup.ProtectionStateProtectionStopped)})
	if *item.ProtectionState != backup.ProtectionStateProtectionStopped || *item.PolicyID != "" {
		t.Errorf("stopped: %+v", item)
	}
	item = sdkChange(t, factory, &backup.AzureIaaSComputeVMProtectedItem{SourceResourceID: source, PolicyID: to.Ptr(policyPath(vault, "EnhancedPolicy"))})
	if *item.PolicyName != "EnhancedPolicy" || *item.ProtectionState != backup.ProtectionStateProtected {
		t.Errorf("resumed: %+v", item)
	}
	_, err = factory.NewProtectionPoliciesClient().BeginDelete(ctx, "vault", "group", "EnhancedPolicy", nil)
	wantSDKError(t, err, "BMSUserErrorPolicyObjectInUse")

	var accepted *http.Response
	if _, err := factory.NewProtectedItemsClient().Delete(policy.WithCaptureResponse(ctx, &accepted), "vault", "group", "Azure", sdkContainer, sdkItem, nil); err != nil {
		t.Fatal(err)
	}
	poll := accepted.Header.Get("Azure-AsyncOperation")
	operation, _, _ := strings.Cut(poll[strings.LastIndex(poll, "/")+1:], "?")
	ended, err := factory.NewBackupOperationStatusesClient().Get(ctx, "vault", "group", operation, nil)
	if err != nil || *ended.Status != backup.OperationStatusValuesSucceeded {
		t.Fatalf("got %+v, %v", ended, err)
	}
	info := sdkAs[*backup.OperationStatusJobExtendedInfo](t, ended.Properties)
	job, err := factory.NewJobDetailsClient().Get(ctx, "vault", "group", *info.JobID, nil)
	if err != nil || *job.Properties.GetJob().Operation != "DeleteBackupData" {
		t.Errorf("got %+v, %v", job, err)
	}
	s.clock.Advance(day)
	if item = sdkProtected(t, factory); !*item.IsScheduledForDeferredDelete || *item.DeferredDeleteTimeRemaining != "13.00:00:00" {
		t.Errorf("deleted: %+v", item)
	}
	item = sdkChange(t, factory, &backup.AzureIaaSComputeVMProtectedItem{IsRehydrate: to.Ptr(true)})
	if item.IsScheduledForDeferredDelete != nil || *item.ProtectionState != backup.ProtectionStateProtectionStopped {
		t.Errorf("undeleted: %+v", item)
	}

	s.protect(vault, "db")
	var items []string
	filter := &backup.BackupProtectedItemsClientListOptions{Filter: to.Ptr("backupManagementType eq 'AzureIaasVM'")}
	for pager := factory.NewBackupProtectedItemsClient().NewListPager("vault", "group", filter); pager.More(); {
		page, err := pager.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range page.Value {
			items = append(items, *sdkAs[*backup.AzureIaaSComputeVMProtectedItem](t, i.Properties).FriendlyName)
		}
	}
	if got := strings.Join(items, " "); got != "db web" {
		t.Errorf("items %s", got)
	}
}

// Microsoft's poller keeps to the hint when to ask again, and follows the change of a policy in use and the refresh of
// containers, of which its client only gives the headers.
func TestMicrosoftClientWaitsForProtection(t *testing.T) {
	s := start(t, func(c *embedded.Config) { c.OperationTime, c.RetryAfter = time.Minute, time.Second })
	vault := vaultPath("group", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	s.clock.Advance(time.Minute)
	ctx := t.Context()
	factory := s.runSDK()
	poller, err := factory.NewProtectedItemsClient().BeginCreateOrUpdate(ctx, "vault", "group", "Azure", sdkContainer, sdkItem,
		backup.ProtectedItemResource{Properties: &backup.AzureIaaSComputeVMProtectedItem{
			ProtectedItemType: to.Ptr("Microsoft.Compute/virtualMachines"), SourceResourceID: to.Ptr(machine("web")),
			PolicyID: to.Ptr(policyPath(vault, "DefaultPolicy")),
		}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := poller.Poll(ctx)
	if err != nil || poller.Done() || answer.Header.Get("Retry-After") != "1" {
		t.Fatalf("done at once, or %v", err)
	}
	_ = answer.Body.Close()
	s.clock.Advance(time.Minute)
	if answer, err = poller.Poll(ctx); err != nil || !poller.Done() {
		t.Fatalf("not done in time, or %v", err)
	}
	_ = answer.Body.Close()
	if got, err := poller.Result(ctx); err != nil || *sdkAs[*backup.AzureIaaSComputeVMProtectedItem](t, got.Properties).PolicyName != "DefaultPolicy" {
		t.Errorf("got %+v, %v", got, err)
	}

	operationOf := func(r *http.Response) string {
		poll := r.Header.Get("Location")
		operation, _, _ := strings.Cut(poll[strings.LastIndex(poll, "/")+1:], "?")
		return operation
	}
	var accepted *http.Response
	if _, err := factory.NewProtectionPoliciesClient().CreateOrUpdate(policy.WithCaptureResponse(ctx, &accepted), "vault", "group", "DefaultPolicy", sdkDaily(9), nil); err != nil ||
		accepted.StatusCode != http.StatusAccepted {
		t.Fatalf("got %+v, %v", accepted, err)
	}
	changing := factory.NewProtectionPolicyOperationStatusesClient()
	// The end of what is under way is a time of the year 1 without a zone.
	if got, err := changing.Get(ctx, "vault", "group", "DefaultPolicy", operationOf(accepted), nil); err != nil || *got.Status != backup.OperationStatusValuesInProgress ||
		got.EndTime == nil || !got.EndTime.IsZero() || !got.StartTime.Equal(s.clock.Now()) {
		t.Errorf("got %+v, %v", got, err)
	}
	s.clock.Advance(time.Minute)
	if got, err := changing.Get(ctx, "vault", "group", "DefaultPolicy", operationOf(accepted), nil); err != nil || *got.Status != backup.OperationStatusValuesSucceeded {
		t.Errorf("got %+v, %v", got, err)
	}
	result, err := factory.NewProtectionPolicyOperationResultsClient().Get(ctx, "vault", "group", "DefaultPolicy", operationOf(accepted), nil)
	if err != nil || *result.Properties.GetProtectionPolicy().ProtectedItemsCount != 1 {
		t.Errorf("got %+v, %v", result, err)
	}

	if _, err := factory.NewProtectionContainersClient().Refresh(policy.WithCaptureResponse(ctx, &accepted), "vault", "group", "Azure", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := factory.NewProtectionContainerRefreshOperationResultsClient().Get(ctx, "vault", "group", "Azure", operationOf(accepted), nil); err != nil {
		t.Error(err)
	}
	s.put(machine("db"), `{"location":"eastasia"}`).want(http.StatusCreated)
	page, err := factory.NewBackupProtectableItemsClient().NewListPager("vault", "group", nil).NextPage(ctx)
	if err != nil || len(page.Value) != 1 || *sdkAs[*backup.AzureIaaSComputeVMProtectableItem](t, page.Value[0].Properties).VirtualMachineID != machine("db") {
		t.Errorf("got %+v, %v", page, err)
	}
}
