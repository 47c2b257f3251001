package embedded_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

func TestResources(t *testing.T) {
	s := start(t, func(c *embedded.Config) {
		c.VirtualMachines = map[string]string{machine("fixed"): "East Asia"}
	})
	vault := vaultPath("Group", "Vault")
	s.get(sub+"/resourceGroups/Group/resources").wantError(http.StatusNotFound, "ResourceGroupNotFound")
	s.put(vault, `{"location":"eastasia","tags":{"a":"b"},"properties":{},"sku":{"name":"RS0"}}`).want(http.StatusCreated)
	s.put(sub+"/resourceGroups/group/providers/Microsoft.Compute/virtualMachines/web", `{"location":"westeurope"}`).want(http.StatusCreated)

	list := s.get(sub + "/resourceGroups/group/resources").want(http.StatusOK)
	want := []any{
		map[string]any{
			"id": vault, "name": "Vault", "type": "Microsoft.RecoveryServices/vaults", "location": "eastasia",
			"tags": map[string]any{"a": "b"}, "sku": map[string]any{"name": "RS0"},
		},
		map[string]any{
			"id": sub + "/resourceGroups/group/providers/Microsoft.Compute/virtualMachines/web", "name": "web",
			"type": "Microsoft.Compute/virtualMachines", "location": "westeurope",
		},
	}
	if diff := cmp.Diff(want, list.at("value")); diff != "" {
		t.Error(diff)
	}

	all := sub + "/resources?api-version=2021-04-01"
	filter := func(f string) []string {
		t.Helper()
		return s.get(all + "&$filter=" + url.QueryEscape(f)).want(http.StatusOK).names()
	}
	for f, want := range map[string][]string{
		"": {"fixed", "Vault", "web"},
		"resourceType eq 'microsoft.compute/virtualmachines'":                              {"fixed", "web"},
		"resourceType eq 'Microsoft.RecoveryServices/vaults'":                              {"Vault"},
		"resourceType eq 'Microsoft.Compute/virtualMachines' and resourceGroup eq 'GROUP'": {"web"},
		"name eq 'vault'":                           {"Vault"},
		"location eq 'eastasia'":                    {"fixed", "Vault"},
		"resourceType eq 'Microsoft.Compute/disks'": {},
	} {
		if diff := cmp.Diff(want, filter(f)); diff != "" {
			t.Errorf("%s: %s", f, diff)
		}
	}
	s.get(all+"&$filter="+url.QueryEscape("tagName eq 'a'")).wantError(http.StatusNotImplemented, "NotModelledByEmbeddedService", "tagName")
	s.get(all+"&$expand=color").wantError(http.StatusNotImplemented, "NotModelledByEmbeddedService", "color")
	for _, top := range []string{"0", "-1", "ten"} {
		s.get(all+"&$top="+top).wantError(http.StatusBadRequest, "BadRequest", top)
	}
}

func TestPagesOfResources(t *testing.T) {
	s := start(t)
	for _, name := range []string{"va", "vb", "vc"} {
		s.put(vaultPath("g", name), minimal).want(http.StatusCreated)
	}
	s.protect(vaultPath("g", "va"), "web")
	path := sub + "/resourceGroups/g/resources?api-version=2023-07-01&$expand=provisioningState,createdTime&$top=1&$filter=" +
		url.QueryEscape("resourceType eq 'Microsoft.RecoveryServices/vaults'")
	names, pages := s.follow(path)
	if diff := cmp.Diff([]string{"va", "vb", "vc"}, names); diff != "" || pages != 3 {
		t.Errorf("%d pages, %s", pages, diff)
	}
	first := s.get(path)
	second := s.get(first.text("nextLink")).want(http.StatusOK).values()[0]
	if second.text("provisioningState") != "Succeeded" || second.text("createdTime") == "" || second.at("changedTime") != nil {
		t.Errorf("the second page has forgotten what was asked for: %v", second.body)
	}
	// A machine that is known by its backups alone may be gone long ago.
	if names := s.get(sub + "/resources?api-version=2021-04-01").names(); len(names) != 3 {
		t.Errorf("got %v", names)
	}
}

// TestPagesOfResourcesOfAllKinds has pages of one entry: a machine that is both in the inventory and written comes once.
func TestPagesOfResourcesOfAllKinds(t *testing.T) {
	s := start(t, func(c *embedded.Config) {
		c.VirtualMachines = map[string]string{machine("b"): "East Asia", machine("d"): "East Asia"}
	})
	s.put(machine("d"), `{"location":"eastasia"}`).want(http.StatusOK)
	s.put(machine("e"), `{"location":"eastasia"}`).want(http.StatusCreated)
	for _, name := range []string{"aa", "ca", "ea"} {
		s.put(vaultPath("Machines", name), minimal).want(http.StatusCreated)
	}
	for _, path := range []string{sub, sub + "/resourceGroups/machines"} {
		names, pages := s.follow(path + "/resources?api-version=2021-04-01&$top=1")
		if diff := cmp.Diff([]string{"aa", "b", "ca", "d", "e", "ea"}, names); diff != "" || pages != 6 {
			t.Errorf("%s: %d pages, %s", path, pages, diff)
		}
	}
}
