package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	backup "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/recoveryservices/armrecoveryservicesbackup/v5"
)

const (
	fabric  = "Azure"
	vmType  = "Microsoft.Compute/virtualMachines"
	onlyVMs = "backupManagementType eq 'AzureIaasVM'"
)

func (s *service) backUp(ctx context.Context) {
	policyID := s.policies(ctx)
	items := s.backup.NewProtectedItemsClient()
	row(backupClient, "BackupProtectableItems.NewListPager", func() error {
		pages, err := all(ctx, s.backup.NewBackupProtectableItemsClient().NewListPager(s.vault, s.group,
			&backup.BackupProtectableItemsClientListOptions{Filter: to.Ptr(onlyVMs)}))
		if err != nil {
			return err
		}
		for _, page := range pages {
			for _, found := range page.Value {
				if vm, ok := found.Properties.(*backup.AzureIaaSComputeVMProtectableItem); ok && *vm.VirtualMachineID == s.machine {
					return nil
				}
			}
		}
		return fmt.Errorf("the list does not have %s", s.machine)
	})
	row(backupClient, "ProtectedItems.BeginCreateOrUpdate", func() error {
		return s.change(ctx, &backup.AzureIaaSComputeVMProtectedItem{PolicyID: &policyID}, backup.ProtectionStateIRPending)
	})
	row(backupClient, "BackupProtectedItems.NewListPager", func() error {
		pages, err := all(ctx, s.backup.NewBackupProtectedItemsClient().NewListPager(s.vault, s.group,
			&backup.BackupProtectedItemsClientListOptions{Filter: to.Ptr(onlyVMs)}))
		if err != nil {
			return err
		}
		return expect("items", to.Ptr(len(pages[0].Value)), 1)
	})
	row(backupClient, "Backups.Trigger, then BackupJobs.NewListPager", func() error {
		_, err := s.backup.NewBackupsClient().Trigger(ctx, s.vault, s.group, fabric, s.container, s.item, backup.BackupRequestResource{
			Properties: &backup.IaasVMBackupRequest{ObjectType: to.Ptr("IaasVMBackupRequest")},
		}, nil)
		if err != nil {
			return err
		}
		return s.waitForBackup(ctx)
	})
	row(backupClient, "RecoveryPoints.NewListPager", func() error {
		pages, err := all(ctx, s.backup.NewRecoveryPointsClient().NewListPager(s.vault, s.group, fabric, s.container, s.item, nil))
		if err != nil {
			return err
		}
		return expect("recovery points", to.Ptr(len(pages[0].Value)), 1)
	})
	row(backupClient, "ProtectedItems.BeginCreateOrUpdate (stop)", func() error {
		return s.change(ctx, &backup.AzureIaaSComputeVMProtectedItem{ProtectionState: to.Ptr(backup.ProtectionStateProtectionStopped)},
			backup.ProtectionStateProtectionStopped)
	})
	row(backupClient, "ProtectedItems.Delete, then BackupOperationStatuses.Get", func() error {
		var accepted *http.Response
		if _, err := items.Delete(policy.WithCaptureResponse(ctx, &accepted), s.vault, s.group, fabric, s.container, s.item, nil); err != nil {
			return err
		}
		return s.waitForDeletion(ctx, accepted.Header.Get("Azure-AsyncOperation"))
	})
}

// policies makes a policy and returns its id.
func (s *service) policies(ctx context.Context) string {
	policies := s.backup.NewProtectionPoliciesClient()
	at := []*time.Time{to.Ptr(time.Date(2026, 1, 1, 22, 30, 0, 0, time.UTC))}
	row(backupClient, "BackupPolicies.NewListPager", func() error {
		pages, err := all(ctx, s.backup.NewBackupPoliciesClient().NewListPager(s.vault, s.group,
			&backup.BackupPoliciesClientListOptions{Filter: to.Ptr(onlyVMs)}))
		if err != nil {
			return err
		}
		return expect("policies", to.Ptr(len(pages[0].Value)), 2)
	})
	row(backupClient, "ProtectionPolicies.CreateOrUpdate", func() error {
		_, err := policies.CreateOrUpdate(ctx, s.vault, s.group, "go-daily", backup.ProtectionPolicyResource{
			Properties: &backup.AzureIaaSVMProtectionPolicy{
				BackupManagementType: to.Ptr("AzureIaasVM"), TimeZone: to.Ptr("UTC"),
				SchedulePolicy: &backup.SimpleSchedulePolicy{
					SchedulePolicyType: to.Ptr("SimpleSchedulePolicy"), ScheduleRunFrequency: to.Ptr(backup.ScheduleRunTypeDaily), ScheduleRunTimes: at,
				},
				RetentionPolicy: &backup.LongTermRetentionPolicy{
					RetentionPolicyType: to.Ptr("LongTermRetentionPolicy"),
					DailySchedule: &backup.DailyRetentionSchedule{
						RetentionTimes:    at,
						RetentionDuration: &backup.RetentionDuration{Count: to.Ptr[int32](14), DurationType: to.Ptr(backup.RetentionDurationTypeDays)},
					},
				},
			},
		}, nil)
		return err
	})
	var id string
	row(backupClient, "ProtectionPolicies.Get", func() error {
		got, err := policies.Get(ctx, s.vault, s.group, "go-daily", nil)
		if err != nil {
			return err
		}
		id = *got.ID
		return nil
	})
	return id
}

// change sends a request about the machine's item, and looks at the state the item then is in.
func (s *service) change(ctx context.Context, properties *backup.AzureIaaSComputeVMProtectedItem, want backup.ProtectionState) error {
	properties.ProtectedItemType, properties.SourceResourceID = to.Ptr(vmType), &s.machine
	items := s.backup.NewProtectedItemsClient()
	poller, err := items.BeginCreateOrUpdate(ctx, s.vault, s.group, fabric, s.container, s.item, backup.ProtectedItemResource{Properties: properties}, nil)
	if err != nil {
		return err
	}
	if _, err := poller.PollUntilDone(ctx, pollOften); err != nil {
		return err
	}
	got, err := items.Get(ctx, s.vault, s.group, fabric, s.container, s.item, nil)
	if err != nil {
		return err
	}
	item, ok := got.Properties.(*backup.AzureIaaSComputeVMProtectedItem)
	if !ok {
		return fmt.Errorf("the item is a %T", got.Properties)
	}
	return expect("protectionState", item.ProtectionState, want)
}

func (s *service) waitForBackup(ctx context.Context) error {
	return until(ctx, func() (bool, error) {
		pages, err := all(ctx, s.backup.NewBackupJobsClient().NewListPager(s.vault, s.group,
			&backup.BackupJobsClientListOptions{Filter: to.Ptr("operation eq 'Backup' and status eq 'Completed'")}))
		return err == nil && len(pages[0].Value) == 1, err
	})
}

// waitForDeletion asks for the operation that an answer has named; the module does not do so for deletions.
func (s *service) waitForDeletion(ctx context.Context, operation string) error {
	u, err := url.Parse(operation)
	if err != nil {
		return err
	}
	statuses := s.backup.NewBackupOperationStatusesClient()
	return until(ctx, func() (bool, error) {
		got, err := statuses.Get(ctx, s.vault, s.group, path.Base(u.Path), nil)
		if err != nil {
			return false, err
		}
		if *got.Status == backup.OperationStatusValuesInProgress {
			return false, nil
		}
		return true, expect("the operation", got.Status, backup.OperationStatusValuesSucceeded)
	})
}

// until asks again and again, for half a minute at most.
func until(ctx context.Context, done func() (bool, error)) error {
	ctx, stop := context.WithTimeout(ctx, 30*time.Second)
	defer stop()
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	for {
		if ended, err := done(); ended || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.New("it has not ended after 30 seconds")
		case <-tick.C:
		}
	}
}
