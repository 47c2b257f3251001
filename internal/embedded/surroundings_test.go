package embedded_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

func TestSubscriptions(t *testing.T) {
	s := start(t, func(c *embedded.Config) {
		c.Subscriptions = []embedded.Subscription{
			{ID: "AAAAAAAA-1111-4111-8111-111111111111", DisplayName: "Production"},
			{ID: embedded.DefaultSubscriptionID, DisplayName: "Test"},
		}
	})
	list := s.get("/subscriptions").want(http.StatusOK)
	values := list.values()
	if len(values) != 2 {
		t.Fatalf("got %s", list.raw)
	}
	one := s.get("/Subscriptions/aaaaaaaa-1111-4111-8111-111111111111").want(http.StatusOK)
	if diff := cmp.Diff(values[0].body, one.body); diff != "" {
		t.Error(diff)
	}
	if one.text("displayName") != "Production" || one.text("state") != "Enabled" ||
		one.text("id") != "/subscriptions/AAAAAAAA-1111-4111-8111-111111111111" {
		t.Errorf("got %s", one.raw)
	}
	s.get("/subscriptions/22222222-1111-4111-8111-111111111111/providers").wantError(http.StatusNotFound, "SubscriptionNotFound", "22222222")
	s.get("/subscriptions/nonsense").wantError(http.StatusBadRequest, "InvalidSubscriptionId")
}

func TestLocationsAndProvider(t *testing.T) {
	s := start(t, func(c *embedded.Config) {
		c.Regions = []catalog.Region{
			{Name: "westeurope", DisplayName: "West Europe", Geography: "Europe", Pair: "northeurope", Zones: true},
			{Name: "newland", DisplayName: "New Land", Geography: "New"},
		}
	})
	list := s.get(sub + "/locations").want(http.StatusOK)
	if diff := cmp.Diff([]string{"westeurope", "newland"}, list.names()); diff != "" {
		t.Error(diff)
	}
	first, second := list.values()[0], list.values()[1]
	if first.text("metadata", "geography") != "Europe" || first.text("metadata", "regionType") != "Physical" ||
		!strings.Contains(list.raw, `{"logicalZone":"3","physicalZone":"westeurope-az3"}]`) || second.at("availabilityZoneMappings") != nil ||
		!strings.Contains(list.raw, `"pairedRegion":[{"name":"northeurope","id":"`+sub+`/locations/northeurope"}]`) {
		t.Errorf("got %s", list.raw)
	}

	provider := s.get(sub + "/providers/microsoft.recoveryservices").want(http.StatusOK)
	if provider.text("namespace") != "Microsoft.RecoveryServices" || provider.text("registrationState") != "Registered" ||
		!strings.Contains(provider.raw, `"resourceType":"vaults","locations":["West Europe","New Land"],"apiVersions":["2026-07-01"`) {
		t.Errorf("got %s", provider.raw)
	}
	if got := s.do(http.MethodPost, sub+"/providers/Microsoft.RecoveryServices/register", "").want(http.StatusOK); got.raw != provider.raw {
		t.Errorf("got %s", got.raw)
	}
	if got := s.get(sub + "/providers").want(http.StatusOK); !strings.Contains(got.raw, strings.TrimSpace(provider.raw)) {
		t.Errorf("got %s", got.raw)
	}
	s.get(sub+"/providers/Contoso.Compute").wantError(http.StatusNotFound, "InvalidResourceNamespace", "Contoso.Compute")

	// What is not offered cannot be used, although the catalogue knows it.
	s.put(vaultPath("g", "vault"), minimal).wantError(http.StatusBadRequest, "LocationNotAvailableForResourceType", "'westeurope,newland'")
	s.put(vaultPath("g", "vault"), strings.Replace(minimal, "eastasia", "New Land", 1)).want(http.StatusCreated)
}

// azurerm and az look for namespaces that this service has nothing of, and register them.
func TestProvidersOfOtherThings(t *testing.T) {
	s := start(t)
	listed := map[string]bool{}
	for _, provider := range s.get(sub + "/providers").want(http.StatusOK).values() {
		listed[provider.text("namespace")] = true
		if provider.text("registrationState") != "Registered" || provider.at("resourceTypes") == nil {
			t.Errorf("got %v", provider.body)
		}
	}
	for _, namespace := range []string{"Microsoft.Authorization", "Microsoft.Compute", "Microsoft.Network", "Microsoft.Resources", "microsoft.insights", "Github.Network"} {
		if !listed[namespace] {
			t.Errorf("%s is not in the list, in this spelling", namespace)
		}
		s.do(http.MethodPost, sub+"/providers/"+namespace+"/register", "").want(http.StatusOK)
	}
	types := func(namespace string) (names []string) {
		kinds, _ := s.get(sub + "/providers/" + namespace).want(http.StatusOK).at("resourceTypes").([]any)
		for _, kind := range kinds {
			o, _ := kind.(map[string]any)
			names = append(names, fmt.Sprint(o["resourceType"]))
		}
		return names
	}
	if diff := cmp.Diff([][]string{{"virtualMachines", "disks", "availabilitySets"}, {"resourceGroups"}, nil},
		[][]string{types("microsoft.compute"), types("Microsoft.Resources"), types("Microsoft.Web")}); diff != "" {
		t.Error(diff)
	}
	s.get(sub+"/providers/Microsoft.Network/routeTables").wantError(http.StatusNotImplemented, "NotModelledByEmbeddedService", "routeTables")
}

func TestTenants(t *testing.T) {
	s := start(t)
	tenants := s.get("/tenants?api-version=2022-12-01").want(http.StatusOK).values()
	if len(tenants) != 1 || tenants[0].text("tenantId") != s.get(sub).text("tenantId") || tenants[0].text("id") != "/tenants/"+tenants[0].text("tenantId") {
		t.Errorf("got %v", tenants)
	}
}

func TestChangedReplicationSettings(t *testing.T) {
	s := start(t)
	vault := vaultPath("g", "vault")
	settings := vault + "/replicationVaultSettings/default"
	s.put(settings, `{"properties":{}}`).wantError(http.StatusNotFound, "ResourceNotFound", "vaults/vault")
	s.put(vault, minimal).want(http.StatusCreated)
	none := map[string]any{"migrationSolutionId": "", "vmwareToAzureProviderType": ""}
	if diff := cmp.Diff(none, s.get(settings).want(http.StatusOK).at("properties")); diff != "" {
		t.Error(diff)
	}
	put := s.put(settings, `{"properties":{"vmwareToAzureProviderType":"Vmware"}}`).want(http.StatusOK)
	if got := s.get(settings); got.raw != put.raw || got.text("properties", "vmwareToAzureProviderType") != "Vmware" || got.text("id") != settings {
		t.Errorf("got %s and %s", put.raw, got.raw)
	}
	s.put(settings, `{"properties":{"vmwareToAzureProviderType":7}}`).wantError(http.StatusBadRequest, "InvalidRequestContent")
	// They end with the vault.
	s.delete(vault).want(http.StatusAccepted)
	s.put(vault, minimal).want(http.StatusCreated)
	if diff := cmp.Diff(none, s.get(settings).want(http.StatusOK).at("properties")); diff != "" {
		t.Error(diff)
	}
}

func TestEveryRegionOfTheCatalogueIsOffered(t *testing.T) {
	s := start(t)
	if got, want := len(s.get(sub+"/locations").names()), len(catalog.Regions()); got != want {
		t.Errorf("%d of %d", got, want)
	}
}

func TestResourceGroups(t *testing.T) {
	s := start(t, pagesOf(2))
	group := func(name string) string { return sub + "/resourcegroups/" + name }
	groups := sub + "/resourcegroups"

	s.get(group("none")).wantError(http.StatusNotFound, "ResourceGroupNotFound", "Resource group 'none' could not be found.")
	s.do(http.MethodHead, group("none"), "").want(http.StatusNotFound)
	s.delete(group("none")).wantError(http.StatusNotFound, "ResourceGroupNotFound")
	s.patch(group("none"), `{}`).wantError(http.StatusNotFound, "ResourceGroupNotFound")
	s.put(group("bad."), `{"location":"eastasia"}`).wantError(http.StatusBadRequest, "InvalidResourceGroupName")
	s.put(group("g"), `{}`).wantError(http.StatusBadRequest, "LocationRequired")
	s.put(group("g"), `{"location":"atlantis"}`).wantError(http.StatusBadRequest, "LocationNotAvailableForResourceGroup")

	// Implicit: as its first vault is.
	s.put(vaultPath("Implicit", "zulu"), minimal)
	s.clock.Advance(time.Second)
	s.put(vaultPath("IMPLICIT", "alpha"), strings.Replace(minimal, "eastasia", "westeurope", 1))
	if got := s.get(group("implicit")).want(http.StatusOK); got.text("name") != "Implicit" || got.text("location") != "eastasia" ||
		got.text("type") != "Microsoft.Resources/resourceGroups" || got.text("properties", "provisioningState") != "Succeeded" {
		t.Errorf("got %s", got.raw)
	}
	if got := s.do(http.MethodHead, group("implicit"), "").want(http.StatusNoContent); got.raw != "" {
		t.Errorf("HEAD has a body: %s", got.raw)
	}
	s.put(group("implicit"), `{"location":"westeurope"}`).wantError(http.StatusConflict, "InvalidResourceGroupLocation", "'eastasia'")

	// Explicit: stays.
	s.put(group("Explicit"), `{"location":"West Europe","tags":{"a":"1"},"managedBy":"me"}`).want(http.StatusCreated)
	s.put(group("explicit"), `{"location":"eastasia"}`).wantError(http.StatusConflict, "InvalidResourceGroupLocation")
	if got := s.patch(group("explicit"), `{"tags":{"b":"2"},"location":"ignored"}`).want(http.StatusOK); got.text("tags", "b") != "2" || got.text("tags", "a") != "" ||
		got.text("managedBy") != "me" || got.text("name") != "Explicit" || got.text("location") != "westeurope" {
		t.Errorf("got %s", got.raw)
	}
	if got := s.put(group("explicit"), `{"location":"westeurope"}`).want(http.StatusOK); got.at("tags") != nil {
		t.Errorf("PUT kept tags: %s", got.raw)
	}
	s.patch(group("explicit"), `{"tags":{"x?":"1"}}`).wantError(http.StatusBadRequest, "InvalidTags")
	s.put(group("third"), `{"location":"eastasia"}`).want(http.StatusCreated)
	names, pages := s.follow(groups)
	if diff := cmp.Diff([]string{"Explicit", "Implicit", "third"}, names); diff != "" || pages != 2 {
		t.Errorf("%d pages, %s", pages, diff)
	}

	// Deleting takes what is inside.
	deleted := s.delete(group("implicit")).want(http.StatusAccepted)
	if deleted.header.Get("Azure-AsyncOperation") != "" {
		t.Error("Azure sends no Azure-AsyncOperation for groups")
	}
	s.get(deleted.header.Get("Location")).want(http.StatusOK)
	s.get(group("implicit")).want(http.StatusNotFound)
	s.get(vaultPath("implicit", "zulu")).want(http.StatusNotFound)
	s.delete(group("explicit")).want(http.StatusAccepted)
	if names, _ := s.follow(groups); !slices.Equal(names, []string{"third"}) {
		t.Errorf("left: %v", names)
	}
	s.get(sub+"/operationresults/nonsense").wantError(http.StatusNotFound, "ResourceNotFound")
}

func TestDeletionOfAGroupThatTakesTime(t *testing.T) {
	s := start(t, func(c *embedded.Config) { c.OperationTime = time.Minute; c.RetryAfter = 15 * time.Second })
	for _, group := range []string{"explicit", "implicit"} {
		if group == "explicit" {
			s.put(sub+"/resourcegroups/explicit", `{"location":"eastasia"}`).want(http.StatusCreated)
		}
		s.put(vaultPath(group, "vault-"+group), minimal).want(http.StatusCreated)
		deleted := s.delete(sub + "/resourceGroups/" + group).want(http.StatusAccepted)
		location := deleted.header.Get("Location")
		if poll := s.get(location).want(http.StatusAccepted); poll.header.Get("Location") != location || poll.header.Get("Retry-After") != "15" {
			t.Errorf("poll: %v", poll.header)
		}
		if got := s.get(vaultPath(group, "vault-"+group)).state(); got != "Deleting" {
			t.Errorf("vault in %s is %s", group, got)
		}
		if group == "explicit" {
			if got := s.get(sub+"/resourceGroups/explicit").text("properties", "provisioningState"); got != "Deleting" {
				t.Errorf("group is %s", got)
			}
			s.put(vaultPath(group, "late"), minimal).wantError(http.StatusConflict, "ResourceGroupBeingDeleted")
			s.patch(sub+"/resourceGroups/explicit", `{}`).wantError(http.StatusConflict, "ResourceGroupBeingDeleted")
		}
		s.clock.Advance(time.Minute)
		s.get(location).want(http.StatusOK)
		s.get(sub + "/resourceGroups/" + group).want(http.StatusNotFound)
		s.get(vaultPath(group, "vault-"+group)).want(http.StatusNotFound)
		s.put(vaultPath(group, "late-"+group), minimal).want(http.StatusCreated)
	}
}

func TestStrictResourceGroups(t *testing.T) {
	s := start(t, func(c *embedded.Config) { c.StrictResourceGroups = true })
	path := vaultPath("g", "vault")
	for _, r := range []*response{
		s.put(path, minimal), s.get(path), s.patch(path, `{}`), s.delete(path),
		s.get(sub + "/resourceGroups/g/providers/Microsoft.RecoveryServices/vaults"),
	} {
		r.wantError(http.StatusNotFound, "ResourceGroupNotFound", "Resource group 'g' could not be found.")
	}
	s.put(sub+"/resourceGroups/G", `{"location":"westeurope"}`).want(http.StatusCreated)
	s.get(path).wantError(http.StatusNotFound, "ResourceNotFound")
	s.delete(path).want(http.StatusNoContent)
	s.put(path, minimal).want(http.StatusCreated)
}
