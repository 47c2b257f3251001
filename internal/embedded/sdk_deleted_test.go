package embedded_test

import (
	"net/http"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/recoveryservices/armrecoveryservices"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// Microsoft's client makes a vault again under the name of one whose backups are kept. Its module has no client of deleted
// vaults yet.
func TestMicrosoftClientMakesADeletedVaultAgain(t *testing.T) {
	s := start(t)
	vaults := s.sdk().NewVaultsClient()
	for range 2 {
		free, err := s.sdk().NewClient().CheckNameAvailability(t.Context(), "group", "eastasia", armrecoveryservices.CheckNameAvailabilityParameters{
			Name: to.Ptr("vault"), Type: to.Ptr(catalog.VaultType),
		}, nil)
		if err != nil || free.NameAvailable == nil || !*free.NameAvailable {
			t.Fatalf("%v, %+v", err, free)
		}
		poller, err := vaults.BeginCreateOrUpdate(t.Context(), "group", "vault", sdkVault(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := poller.PollUntilDone(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		path := vaultPath("group", "vault")
		s.protect(path, "web")
		s.delete(itemPath(path, "web")).want(http.StatusAccepted)
		s.delete(path).want(http.StatusAccepted)
	}
	if got := s.get(deletedVaultsPath).vaultIDs(); len(got) != 2 {
		t.Errorf("deleted are %v", got)
	}
}
