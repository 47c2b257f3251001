package embedded_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	backup "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/recoveryservices/armrecoveryservicesbackup/v5"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// runSDK is Microsoft's client for what is in a vault.
func (s *service) runSDK() *backup.ClientFactory {
	s.tb.Helper()
	factory, err := backup.NewClientFactory(embedded.DefaultSubscriptionID, constantToken{}, &arm.ClientOptions{
		ClientOptions: policy.ClientOptions{
			Transport: s.transport,
			Cloud: cloud.Configuration{Services: map[cloud.ServiceName]cloud.ServiceConfiguration{
				cloud.ResourceManager: {Endpoint: embedded.Endpoint, Audience: embedded.Endpoint},
			}},
		},
	})
	if err != nil {
		s.tb.Fatal(err)
	}
	return factory
}

// sdkJobs follows a list of jobs to its end.
func sdkJobs(t *testing.T, factory *backup.ClientFactory, filter string) []*backup.AzureIaaSVMJob {
	t.Helper()
	var jobs []*backup.AzureIaaSVMJob
	pager := factory.NewBackupJobsClient().NewListPager("vault", "g", &backup.BackupJobsClientListOptions{Filter: to.Ptr(filter)})
	for pager.More() {
		page, err := pager.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, j := range page.Value {
			job, ok := j.Properties.(*backup.AzureIaaSVMJob)
			if !ok {
				t.Fatalf("got %T", j.Properties)
			}
			jobs = append(jobs, job)
		}
	}
	return jobs
}

func TestMicrosoftClientBacksUp(t *testing.T) {
	const container, item = "IaasVMContainer;iaasvmcontainerv2;Machines;web", "VM;iaasvmcontainerv2;Machines;web"
	p := startPlant(t, schedule("UTC", "02:00", daysOf(30)), pagesOf(3), func(c *embedded.Config) { c.BackupTime = time.Hour })
	factory := p.runSDK()
	ctx := t.Context()
	p.clock.Advance(10 * day)

	request := backup.BackupRequestResource{Properties: &backup.IaasVMBackupRequest{
		ObjectType:                   to.Ptr("IaasVMBackupRequest"),
		RecoveryPointExpiryTimeInUTC: to.Ptr(p.clock.Now().Add(100 * day)),
	}}
	var accepted *http.Response
	_, err := factory.NewBackupsClient().Trigger(policy.WithCaptureResponse(ctx, &accepted), "vault", "g", "Azure", container, item, request, nil)
	if err != nil {
		t.Fatal(err)
	}
	poll := accepted.Header.Get("Azure-AsyncOperation")
	operation, _, _ := strings.Cut(poll[strings.LastIndex(poll, "/")+1:], "?")
	status, err := factory.NewProtectedItemOperationStatusesClient().Get(ctx, "vault", "g", "Azure", container, item, operation, nil)
	if err != nil || *status.Status != backup.OperationStatusValuesSucceeded {
		t.Fatalf("got %+v, %v", status, err)
	}
	info, ok := status.Properties.(*backup.OperationStatusJobExtendedInfo)
	if !ok {
		t.Fatalf("got %T", status.Properties)
	}

	details := func() *backup.AzureIaaSVMJob {
		t.Helper()
		got, err := factory.NewJobDetailsClient().Get(ctx, "vault", "g", *info.JobID, nil)
		if err != nil {
			t.Fatal(err)
		}
		job, ok := got.Properties.(*backup.AzureIaaSVMJob)
		if !ok {
			t.Fatalf("got %T", got.Properties)
		}
		return job
	}
	job := details()
	if *job.Status != "InProgress" || *job.ActionsInfo[0] != backup.JobSupportedActionCancellable || job.EndTime != nil ||
		*job.ExtendedInfo.PropertyBag["VM Name"] != "web" || len(job.ExtendedInfo.TasksList) != 2 || !*job.IsUserTriggered {
		t.Errorf("got %+v", job)
	}
	_, err = factory.NewBackupsClient().Trigger(ctx, "vault", "g", "Azure", container, item, request, nil)
	if e, ok := errors.AsType[*azcore.ResponseError](err); !ok || e.ErrorCode != "UserErrorBackupOperationInProgress" {
		t.Errorf("got %v", err)
	}
	p.clock.Advance(time.Hour)
	if job = details(); *job.Status != "Completed" || !job.EndTime.Equal(p.clock.Now()) || *job.Duration != "PT1H" {
		t.Errorf("got %+v", job)
	}

	jobs := sdkJobs(t, factory, "operation eq 'Backup' and backupManagementType eq 'AzureIaasVM'")
	if len(jobs) != 11 || *jobs[0].ActivityID != *job.ActivityID || *jobs[10].Status != "Completed" || *jobs[10].IsUserTriggered ||
		*jobs[10].BackupManagementType != backup.BackupManagementTypeAzureIaasVM || *jobs[10].ContainerName != "iaasvmcontainerv2;Machines;web" {
		t.Errorf("%d jobs, %+v", len(jobs), jobs)
	}

	points := []*backup.RecoveryPointResource{}
	pager := factory.NewRecoveryPointsClient().NewListPager("vault", "g", "Azure", container, item, &backup.RecoveryPointsClientListOptions{
		Filter: to.Ptr("startDate eq '2026-05-03 00:00:00 AM' and endDate eq '2026-05-11 01:00:00 PM'"),
	})
	for pager.More() {
		page, err := pager.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		points = append(points, page.Value...)
	}
	if len(points) != 10 {
		t.Fatalf("got %d points", len(points))
	}
	got, err := factory.NewRecoveryPointsClient().Get(ctx, "vault", "g", "Azure", container, item, *points[0].Name, nil)
	if err != nil {
		t.Fatal(err)
	}
	point, ok := got.Properties.(*backup.IaasVMRecoveryPoint)
	if !ok || !point.RecoveryPointTime.Equal(p.clock.Now().Add(-time.Hour+5*time.Second)) || *point.RecoveryPointType != "AppConsistent" ||
		*point.RecoveryPointTierDetails[0].Type != backup.RecoveryPointTierTypeInstantRP ||
		*point.RecoveryPointTierDetails[0].Status != backup.RecoveryPointTierStatusValid || !*point.IsManagedVirtualMachine ||
		*point.RecoveryPointProperties.ExpiryTime != "2026-08-19T12:00:00.0000000Z" || *point.RecoveryPointProperties.IsSoftDeleted {
		t.Errorf("got %+v", got.Properties)
	}
	_, err = factory.NewRecoveryPointsClient().Get(ctx, "vault", "g", "Azure", container, item, "1", nil)
	if e, ok := errors.AsType[*azcore.ResponseError](err); !ok || e.StatusCode != http.StatusNotFound {
		t.Errorf("got %v", err)
	}
}

func TestMicrosoftClientCancelsABackup(t *testing.T) {
	p := startPlant(t, schedule("UTC", "02:00", daysOf(30)), func(c *embedded.Config) { c.BackupTime = time.Hour })
	factory := p.runSDK()
	ctx := t.Context()
	job := p.jobID(p.backup(""))
	name := job[strings.LastIndexByte(job, '/')+1:]

	var accepted *http.Response
	if _, err := factory.NewJobCancellationsClient().Trigger(policy.WithCaptureResponse(ctx, &accepted), "vault", "g", name, nil); err != nil {
		t.Fatal(err)
	}
	location := accepted.Header.Get("Location")
	operation, _, _ := strings.Cut(location[strings.LastIndex(location, "/")+1:], "?")
	if _, err := factory.NewJobOperationResultsClient().Get(ctx, "vault", "g", name, operation, nil); err != nil {
		t.Error(err)
	}
	if jobs := sdkJobs(t, factory, "status eq 'Cancelled'"); len(jobs) != 1 || *jobs[0].Operation != "Backup" {
		t.Errorf("got %+v", jobs)
	}
	_, err := factory.NewJobCancellationsClient().Trigger(ctx, "vault", "g", name, nil)
	if e, ok := errors.AsType[*azcore.ResponseError](err); !ok || e.StatusCode != http.StatusBadRequest {
		t.Errorf("got %v", err)
	}
}
