package vault_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

func TestVMRegion(t *testing.T) {
	c, f := newFake(t)
	all := names(40)
	for _, name := range all {
		// As Azure does in the list of a subscription, with the group in capitals.
		f.put(vmID(name).String(), `{"id":"`+strings.Replace(vmID(name).String(), "Machines", "MACHINES", 1)+`","location":"China East"}`)
	}
	var readers sync.WaitGroup
	for _, name := range all {
		readers.Go(func() {
			if region, err := c.VMRegion(t.Context(), vmID(name)); err != nil || region != "chinaeast" {
				t.Errorf("%s: %q %v", name, region, err)
			}
		})
	}
	readers.Wait()
	if got := f.take(); len(got) != 6 || counts(got)["GET virtualMachines"] != 1 {
		t.Error(got)
	}
	if _, err := c.VMRegion(t.Context(), vmID("nobody")); !arm.IsNotFound(err) {
		t.Error(err)
	}
	f.odd = func(w http.ResponseWriter, _ *http.Request, _ string) bool {
		refuse(w, http.StatusForbidden, "AuthorizationFailed", "No.")
		return true
	}
	if _, err := f.connect(t).VMRegion(t.Context(), vmID(all[0])); arm.IsNotFound(err) || !arm.HasCode(err, "AuthorizationFailed") {
		t.Error(err)
	}
}

func TestVMRegionOfTheEmbeddedService(t *testing.T) {
	c, _ := newClient(t, func(c *embedded.Config) {
		c.VirtualMachines = map[string]string{vmID("web").String(): "West Europe"}
	})
	if region, err := c.VMRegion(t.Context(), vmID("WEB")); err != nil || region != "westeurope" {
		t.Error(region, err)
	}
	if _, err := c.VMRegion(t.Context(), vmID("nobody")); !arm.IsNotFound(err) {
		t.Error(err)
	}
}
