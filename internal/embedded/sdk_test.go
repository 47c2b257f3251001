package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/recoveryservices/armrecoveryservices"
	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// These tests drive the service with Microsoft's own client: its decoder and poller know nothing of ours.

type constantToken struct{}

func (constantToken) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: "token", ExpiresOn: time.Now().Add(time.Hour)}, nil
}

func (s *service) sdk() *armrecoveryservices.ClientFactory {
	s.tb.Helper()
	factory, err := armrecoveryservices.NewClientFactory(embedded.DefaultSubscriptionID, constantToken{}, &arm.ClientOptions{
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

func sdkVault() armrecoveryservices.Vault {
	return armrecoveryservices.Vault{
		Location: to.Ptr("East Asia"),
		SKU:      &armrecoveryservices.SKU{Name: to.Ptr(armrecoveryservices.SKUNameStandard)},
		Tags:     map[string]*string{"team": to.Ptr("backup")},
		Properties: &armrecoveryservices.VaultProperties{
			PublicNetworkAccess: to.Ptr(armrecoveryservices.PublicNetworkAccessDisabled),
		},
	}
}

func TestMicrosoftClientLifecycle(t *testing.T) {
	s := start(t)
	ctx := t.Context()
	vaults := s.sdk().NewVaultsClient()

	poller, err := vaults.BeginCreateOrUpdate(ctx, "group", "vault", sdkVault(), nil)
	if err != nil {
		t.Fatal(err)
	}
	created, err := poller.PollUntilDone(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if *created.Properties.ProvisioningState != "Succeeded" || *created.Location != "eastasia" || *created.Tags["team"] != "backup" ||
		*created.Properties.PublicNetworkAccess != armrecoveryservices.PublicNetworkAccessDisabled ||
		*created.Properties.RedundancySettings.StandardTierStorageRedundancy != armrecoveryservices.StandardTierStorageRedundancyGeoRedundant ||
		*created.Properties.SecuritySettings.SoftDeleteSettings.SoftDeleteRetentionPeriodInDays != 14 {
		t.Errorf("created %+v", created.Properties)
	}

	updating, err := vaults.BeginUpdate(ctx, "GROUP", "Vault", armrecoveryservices.PatchVault{Tags: map[string]*string{"a": to.Ptr("b")}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	updated, err := updating.PollUntilDone(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(updated.Tags) != 1 || *updated.Tags["a"] != "b" || *updated.ID != *created.ID || *updated.Etag == *created.Etag {
		t.Errorf("updated %+v", updated.Vault)
	}

	got, err := vaults.Get(ctx, "group", "vault", nil)
	if err != nil || *got.Etag != *updated.Etag || *got.Type != "Microsoft.RecoveryServices/vaults" {
		t.Errorf("got %+v, %v", got.Vault, err)
	}
	if _, err := vaults.Delete(ctx, "group", "vault", nil); err != nil {
		t.Error(err)
	}
	_, err = vaults.Get(ctx, "group", "vault", nil)
	if e, ok := errors.AsType[*azcore.ResponseError](err); !ok || e.StatusCode != http.StatusNotFound || e.ErrorCode != "ResourceNotFound" {
		t.Errorf("after deletion: %v", err)
	}
}

func TestMicrosoftClientWaits(t *testing.T) {
	s := start(t, func(c *embedded.Config) {
		c.ProvisioningTime, c.OperationTime, c.RetryAfter = time.Second, time.Second, time.Second
	})
	ctx := t.Context()
	vaults := s.sdk().NewVaultsClient()
	creating, err := vaults.BeginCreateOrUpdate(ctx, "group", "vault", sdkVault(), nil)
	if err != nil {
		t.Fatal(err)
	}
	poll := func(p interface {
		Poll(context.Context) (*http.Response, error)
		Done() bool
	},
	) bool {
		t.Helper()
		answer, err := p.Poll(ctx)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		return p.Done()
	}
	if creating.Done() || poll(creating) {
		t.Error("created at once")
	}
	s.clock.Advance(time.Second)
	if !poll(creating) {
		t.Error("not created in time")
	}
	if created, err := creating.Result(ctx); err != nil || *created.Properties.ProvisioningState != "Succeeded" {
		t.Errorf("got %+v, %v", created, err)
	}

	updating, err := vaults.BeginUpdate(ctx, "group", "vault", armrecoveryservices.PatchVault{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if poll(updating) {
		t.Error("updated at once")
	}
	s.clock.Advance(time.Second)
	if !poll(updating) {
		t.Error("not updated in time")
	}
	if updated, err := updating.Result(ctx); err != nil || *updated.Name != "vault" {
		t.Errorf("got %+v, %v", updated, err)
	}
}

func TestMicrosoftClientSeesAFailure(t *testing.T) {
	s := start(t, func(c *embedded.Config) {
		c.FailProvisioning = func(string) *embedded.Fault { return &embedded.Fault{Code: "OutOfCapacity", Message: "No room."} }
	})
	poller, err := s.sdk().NewVaultsClient().BeginCreateOrUpdate(t.Context(), "group", "vault", sdkVault(), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = poller.PollUntilDone(t.Context(), nil)
	if e, ok := errors.AsType[*azcore.ResponseError](err); !ok || e.ErrorCode != "OutOfCapacity" {
		t.Errorf("got %v", err)
	}
}

func TestMicrosoftClientLists(t *testing.T) {
	s := start(t, pagesOf(4))
	var want []string
	for i := range 10 {
		name := fmt.Sprintf("vault-%02d", i)
		want = append(want, name)
		s.put(vaultPath("group", name), minimal).want(http.StatusCreated)
	}
	s.put(vaultPath("other", "zulu"), minimal).want(http.StatusCreated)
	vaults := s.sdk().NewVaultsClient()

	names, pages := drain(t, vaults.NewListByResourceGroupPager("Group", nil),
		func(p armrecoveryservices.VaultsClientListByResourceGroupResponse) []*armrecoveryservices.Vault {
			return p.Value
		})
	if diff := cmp.Diff(want, names); diff != "" || pages != 3 {
		t.Errorf("by group: %d pages, %s", pages, diff)
	}
	names, pages = drain(t, vaults.NewListBySubscriptionIDPager(nil),
		func(p armrecoveryservices.VaultsClientListBySubscriptionIDResponse) []*armrecoveryservices.Vault {
			return p.Value
		})
	if diff := cmp.Diff(append(want, "zulu"), names); diff != "" || pages != 3 {
		t.Errorf("by subscription: %d pages, %s", pages, diff)
	}
}

func drain[T any](t *testing.T, pager *runtime.Pager[T], vaults func(T) []*armrecoveryservices.Vault) (names []string, pages int) {
	t.Helper()
	for ; pager.More(); pages++ {
		p, err := pager.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range vaults(p) {
			names = append(names, *v.Name)
		}
	}
	return names, pages
}

func TestMicrosoftClientSideCalls(t *testing.T) {
	s := start(t)
	ctx := t.Context()
	created := s.put(vaultPath("group", "vault"), minimal)
	s.seed(protectedItem(vaultPath("group", "vault"), "VM;iaasvmcontainerv2;rg;web"))

	check := armrecoveryservices.CheckNameAvailabilityParameters{Name: to.Ptr("vault"), Type: to.Ptr("Microsoft.RecoveryServices/vaults")}
	taken, err := s.sdk().NewClient().CheckNameAvailability(ctx, "group", "eastasia", check, nil)
	if err != nil || *taken.NameAvailable || *taken.Reason != "AlreadyExists" {
		t.Errorf("got %+v, %v", taken, err)
	}
	check.Name = to.Ptr("free")
	if free, err := s.sdk().NewClient().CheckNameAvailability(ctx, "group", "eastasia", check, nil); err != nil || !*free.NameAvailable {
		t.Errorf("got %+v, %v", free, err)
	}

	counts := map[string]int64{}
	usages := s.sdk().NewUsagesClient().NewListByVaultsPager("group", "vault", nil)
	for usages.More() {
		p, err := usages.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range p.Value {
			counts[*u.Name.Value] = *u.CurrentValue
		}
	}
	if counts["ProtectedItemCount"] != 1 || counts["IaaSVMProtectedItemCount"] != 1 || counts["FailedJobsCount"] != 0 {
		t.Errorf("usages %v", counts)
	}

	poll := created.header.Get("Azure-AsyncOperation")
	operation, _, _ := strings.Cut(poll[strings.LastIndex(poll, "/")+1:], "?")
	status, err := s.sdk().NewOperationsClient().OperationStatusGet(ctx, "group", "vault", operation, nil)
	if err != nil || *status.Status != "Succeeded" || status.EndTime != nil || *status.Name != operation {
		t.Errorf("got %+v, %v", status, err)
	}
	result, err := s.sdk().NewOperationsClient().GetOperationResult(ctx, "group", "vault", operation, nil)
	if err != nil || *result.Name != "vault" {
		t.Errorf("got %+v, %v", result, err)
	}
}

func TestMicrosoftClientReadsErrors(t *testing.T) {
	s := start(t)
	_, err := s.sdk().NewVaultsClient().BeginCreateOrUpdate(t.Context(), "group", "1st", sdkVault(), nil)
	if e, ok := errors.AsType[*azcore.ResponseError](err); !ok || e.StatusCode != http.StatusBadRequest || e.ErrorCode != "InvalidResourceName" {
		t.Errorf("got %v", err)
	}
}
