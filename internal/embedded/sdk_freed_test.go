package embedded_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	backup "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/recoveryservices/armrecoveryservicesbackup/v5"
)

// The steps in which Microsoft's PowerShell gives a machine to another vault while its backups stay, here with its Go client.
func TestMicrosoftClientReconfiguresForAnotherVault(t *testing.T) {
	s := start(t)
	for _, name := range []string{"vault", "other"} {
		s.put(vaultPath("group", name), minimal).want(http.StatusCreated)
	}
	s.put(machine("web"), `{"location":"eastasia"}`).want(http.StatusCreated)
	factory := s.runSDK()
	protect := func(vault string) backup.ProtectedItemResource {
		return backup.ProtectedItemResource{Properties: &backup.AzureIaaSComputeVMProtectedItem{
			ProtectedItemType: to.Ptr("Microsoft.Compute/virtualMachines"), SourceResourceID: to.Ptr(machine("web")),
			PolicyID: to.Ptr(policyPath(vaultPath("group", vault), "DefaultPolicy")),
		}}
	}
	begin := func(vault string) error {
		poller, err := factory.NewProtectedItemsClient().BeginCreateOrUpdate(t.Context(), vault, "group", "Azure", sdkContainer, sdkItem, protect(vault), nil)
		if err == nil {
			_, err = poller.PollUntilDone(t.Context(), nil)
		}
		return err
	}
	protectable := func() int {
		page, err := factory.NewBackupProtectableItemsClient().NewListPager("other", "group", &backup.BackupProtectableItemsClientListOptions{
			Filter: to.Ptr("backupManagementType eq 'AzureIaasVM'"),
		}).NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return len(page.Value)
	}
	if err := begin("vault"); err != nil {
		t.Fatal(err)
	}
	if n := protectable(); n != 0 {
		t.Errorf("%d machines are protectable", n)
	}
	wantSDKError(t, begin("other"), "BMSUserErrorInvalidConfigureProtectionRequest")
	stopped := sdkChange(t, factory, &backup.AzureIaaSComputeVMProtectedItem{
		SourceResourceID: to.Ptr(machine("web")), ProtectionState: to.Ptr(backup.ProtectionStateProtectionStopped), PolicyID: to.Ptr(""),
	})
	if n := protectable(); n != 1 || *stopped.ProtectionState != backup.ProtectionStateProtectionStopped {
		t.Errorf("%d machines are protectable, and the state is %s", n, *stopped.ProtectionState)
	}
	if err := begin("other"); err != nil {
		t.Error(err)
	}
	if got := sdkProtected(t, factory); *got.ProtectionState != backup.ProtectionStateProtectionStopped {
		t.Errorf("in the first vault it is %s", *got.ProtectionState)
	}
	wantSDKError(t, begin("vault"), "BMSUserErrorInvalidConfigureProtectionRequest")
}

func TestMicrosoftClientSeesAnImmutableItemStay(t *testing.T) {
	s := start(t)
	vault := vaultPath("group", "vault")
	s.put(vault, withProperties(immutability("Unlocked"))).want(http.StatusCreated)
	s.protect(vault, "web")
	s.clock.Advance(3 * 24 * time.Hour)
	factory := s.runSDK()
	var accepted *http.Response
	if _, err := factory.NewProtectedItemsClient().Delete(policy.WithCaptureResponse(t.Context(), &accepted), "vault", "group", "Azure", sdkContainer, sdkItem, nil); err != nil ||
		accepted.StatusCode != http.StatusAccepted {
		t.Fatalf("got %+v, %v", accepted, err)
	}
	status := accepted.Header.Get("Azure-AsyncOperation")
	operation, _, _ := strings.Cut(status[strings.LastIndex(status, "/")+1:], "?")
	got, err := factory.NewBackupOperationStatusesClient().Get(t.Context(), "vault", "group", operation, nil)
	if err != nil || *got.Status != backup.OperationStatusValuesFailed || got.Error == nil || *got.Error.Code != "UserErrorDeleteBackupItemOnImmutableItem" {
		t.Errorf("got %+v, %v", got, err)
	}
	if item := sdkProtected(t, factory); item.IsScheduledForDeferredDelete != nil && *item.IsScheduledForDeferredDelete {
		t.Error("the item is deleted")
	}
}
