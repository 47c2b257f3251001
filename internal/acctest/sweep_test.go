package acctest_test

import (
	"context"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/azure"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// place is where the suite's vaults are, and the way there past the provider.
type place struct {
	connection          *arm.Client
	vaults              *vault.Client
	subscription, group string
}

// azurePlace signs in to a cloud as the provider does.
func azurePlace(ctx context.Context, environment, subscription, group string) (place, error) {
	settings, err := azure.Settings{Cloud: catalog.Cloud(environment), SubscriptionID: subscription}.WithEnvironment(os.LookupEnv)
	if err != nil {
		return place{}, err
	}
	connection, err := azure.Connect(ctx, settings, azure.Options{})
	if err != nil {
		return place{}, err
	}
	if settings.SubscriptionID == "" {
		account, err := connection.DefaultSubscription(ctx)
		if err != nil {
			return place{}, err
		}
		settings.SubscriptionID = account.SubscriptionID
	}
	client, err := arm.NewClient(arm.Options{
		Endpoint: connection.Endpoint(), Transport: connection.Transport(), SignIn: connection.Policy(), Version: "sweep",
		KnownVersions: catalog.KnownAPIVersions,
	})
	if err != nil {
		return place{}, err
	}
	return place{client, vault.NewClient(client), settings.SubscriptionID, group}, nil
}

// delete deletes the vaults of the group that wanted picks, with what is in them.
func (p place) delete(ctx context.Context, t *testing.T, wanted func(name string) bool) {
	t.Helper()
	for v, err := range p.vaults.List(ctx, p.subscription, p.group) {
		if err != nil {
			t.Fatal(err)
		}
		if !wanted(v.ID.Name) {
			continue
		}
		t.Logf("deleting %s", v.ARMID)
		for item, err := range p.vaults.ProtectedVMs(ctx, v.ID) {
			if err == nil && !item.SoftDeleted {
				err = p.vaults.Unprotect(ctx, item.ID, nil)
			}
			if err != nil {
				t.Error(err)
			}
		}
		if err := p.vaults.Delete(ctx, v.ID, nil); err != nil {
			t.Error(err)
		}
	}
}

// deleteVaults deletes vaults as somebody else would.
func deleteVaults(t *testing.T, names ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	p, err := suite.place(ctx)
	if err != nil {
		t.Fatal(err)
	}
	p.delete(ctx, t, func(name string) bool { return slices.Contains(names, name) })
}

// suiteNames are the vaults that a configuration names.
func suiteNames(config string) []string {
	return regexp.MustCompile(regexp.QuoteMeta(prefix)+`[0-9a-f]{8}`).FindAllString(config, -1)
}

// TestSweep deletes what earlier runs in Azure have left behind. Any run may be under way, so that it has to be asked for,
// by `make sweep`.
func TestSweep(t *testing.T) {
	t.Parallel()
	if os.Getenv("BACKUP_ACC_SWEEP") == "" {
		// Behind `serve` there is nothing that an earlier run has left, and what a sweep would do is checked here.
		if suite.azure {
			t.Skip("BACKUP_ACC_SWEEP is not set: vaults of another run in this resource group may be in use")
		}
		checkSweep(t)
		return
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	p, err := suite.place(ctx)
	if err != nil {
		t.Fatal(err)
	}
	p.delete(ctx, t, func(name string) bool { return strings.HasPrefix(name, prefix) })
}

// checkSweep sweeps vaults of its own, one of them with a protected VM, and nothing else.
func checkSweep(t *testing.T) {
	ctx := t.Context()
	p, err := suite.place(ctx)
	if err != nil {
		t.Fatal(err)
	}
	create := func(name string) arm.ID {
		id := vault.NewID(p.subscription, p.group, name)
		accepted, err := p.vaults.BeginCreate(ctx, id, suite.region, vault.Settings{})
		if err == nil {
			_, err = p.vaults.WaitActive(ctx, accepted, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	swept, kept := create("swept-"+newName()), create("kept-"+newName())
	vm, err := vault.ParseVMID(suite.vm + "-swept")
	if err != nil {
		t.Fatal(err)
	}
	protection := vault.Protection{SourceVMID: vm.String(), PolicyID: vault.NewPolicyID(swept, "DefaultPolicy").String()}
	if _, err := p.vaults.Protect(ctx, vault.NewItemID(swept, vm), protection, nil); err != nil {
		t.Fatal(err)
	}
	p.delete(ctx, t, func(name string) bool { return strings.HasPrefix(name, "swept-") })
	if _, err := p.vaults.Get(ctx, swept); !arm.IsNotFound(err) {
		t.Error("it is not swept:", err)
	}
	if _, err := p.vaults.Get(ctx, kept); err != nil {
		t.Error("it is swept, too:", err)
	}
	p.delete(ctx, t, func(name string) bool { return name == kept.Name })
}
