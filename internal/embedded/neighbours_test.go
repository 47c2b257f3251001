package embedded_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// neighbour is the path of a resource beside a vault, such as "Microsoft.Compute/disks/data".
func neighbour(path string) string { return sub + "/resourceGroups/Group/providers/" + path }

const (
	networkPath  = "Microsoft.Network/virtualNetworks/net"
	subnetPath   = networkPath + "/subnets/inner"
	groupRules   = "Microsoft.Network/networkSecurityGroups/rules"
	addressPath  = "Microsoft.Network/publicIPAddresses/address"
	cardPath     = "Microsoft.Network/networkInterfaces/card"
	diskPath     = "Microsoft.Compute/disks/data"
	setPath      = "Microsoft.Compute/availabilitySets/set"
	accountPath  = "Microsoft.Storage/storageAccounts/account"
	identityPath = "Microsoft.ManagedIdentity/userAssignedIdentities/id"
)

// neighbourCases are a body for a PUT of each type, and the status of the answer that it was made.
var neighbourCases = []struct {
	path, body string
	made       int
}{
	{networkPath, `{"location":"East Asia","properties":{"addressSpace":{"addressPrefixes":["10.0.0.0/16"]}}}`, 201},
	{subnetPath, `{"properties":{"addressPrefixes":["10.0.10.0/24"]}}`, 201},
	{groupRules, `{"location":"eastasia"}`, 201},
	{groupRules + "/securityRules/ssh", `{"properties":{"priority":100,"direction":"Inbound","access":"Allow","protocol":"Tcp"}}`, 201},
	{addressPath, `{"location":"eastasia","sku":{"name":"Standard"},"properties":{"publicIPAllocationMethod":"Static","dnsSettings":{"domainNameLabel":"web"}}}`, 201},
	{cardPath, `{"location":"eastasia","properties":{"ipConfigurations":[{"name":"one","properties":{"subnet":{"id":"` + neighbour(subnetPath) + `"}}}]}}`, 201},
	{diskPath, `{"location":"eastasia","sku":{"name":"Premium_LRS"},"properties":{"creationData":{"createOption":"Empty"},"diskSizeGB":8}}`, 200},
	{setPath, `{"location":"eastasia","sku":{"name":"Aligned"},"properties":{"platformFaultDomainCount":2}}`, 200},
	{accountPath, `{"location":"eastasia","kind":"StorageV2","sku":{"name":"Standard_RAGRS"}}`, 200},
	{accountPath + "/blobServices/default", `{"properties":{"isVersioningEnabled":true}}`, 200},
	{accountPath + "/fileServices/default", `{"properties":{}}`, 200},
	{identityPath, `{"location":"eastasia"}`, 201},
	{"Microsoft.Compute/virtualMachines/web", `{"location":"eastasia"}`, 201},
}

// neighbourhood makes one of each type.
func neighbourhood(tb testing.TB) *service {
	tb.Helper()
	s := start(tb)
	for _, test := range neighbourCases {
		s.put(neighbour(test.path), test.body).want(test.made)
	}
	return s
}

func TestNeighbours(t *testing.T) {
	s := start(t)
	for _, test := range neighbourCases {
		path := neighbour(test.path)
		service := strings.HasSuffix(path, "/default")
		child := strings.Count(test.path, "/") > 2
		if !service {
			s.get(path).want(http.StatusNotFound)
			s.delete(path).want(http.StatusNoContent)
		}
		if !child {
			s.patch(path, `{"tags":{}}`).wantError(http.StatusNotFound, "ResourceNotFound")
		}
		made := s.put(path, strings.Replace(test.body, "{", `{"unknown":{"Kept":[1]},`, 1)).want(test.made)
		segments := strings.Split(test.path, "/")
		kind := segments[0] + "/" + segments[1]
		if child {
			kind += "/" + segments[3]
		}
		if made.text("id") != path || made.text("name") != path[strings.LastIndex(path, "/")+1:] || made.text("type") != kind {
			t.Errorf("%s: %s", path, made.raw)
		}
		if diff := cmp.Diff(map[string]any{"Kept": []any{1.0}}, made.at("unknown")); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
		if !child && made.text("location") != "eastasia" {
			t.Errorf("%s: %s", path, made.raw)
		}
		if got := s.get(strings.ToUpper(path)).want(http.StatusOK); got.raw != made.raw {
			t.Errorf("GET %s: %s after %s", path, got.raw, made.raw)
		}
		if again := s.put(path, strings.Replace(test.body, "{", `{"unknown":{"Kept":[1]},`, 1)).want(http.StatusOK); cmp.Diff(made.at("properties"), again.at("properties")) != "" {
			t.Errorf("a second PUT of %s: %s after %s", path, again.raw, made.raw)
		}
		if child {
			continue
		}
		tagged := s.patch(path, `{"tags":{"a":"b"}}`).want(http.StatusOK)
		if tagged.text("tags", "a") != "b" || cmp.Diff(made.at("properties"), tagged.at("properties")) != "" {
			t.Errorf("PATCH %s: %s", path, tagged.raw)
		}
		for _, in := range []string{sub, sub + "/resourceGroups/GROUP"} {
			list := s.get(in + "/providers/" + strings.ToLower(kind)).want(http.StatusOK).values()
			if len(list) != 1 || cmp.Diff(tagged.body, list[0].body) != "" {
				t.Errorf("list of %s in %s: %v", kind, in, list)
			}
		}
	}
}

// What all types of the group's own have in common.
func TestNeighbourRules(t *testing.T) {
	s := neighbourhood(t)
	for _, test := range neighbourCases {
		if strings.Count(test.path, "/") > 2 {
			continue
		}
		path := neighbour(test.path)
		s.put(path, `{"location":"westeurope"}`).wantError(http.StatusConflict, "InvalidResourceLocation", "eastasia", "westeurope")
		s.put(path, `{}`).wantError(http.StatusBadRequest, "LocationRequired")
		s.put(path, `{"location":"atlantis"}`).wantError(http.StatusBadRequest, "LocationNotAvailableForResourceType", "atlantis")
		s.put(path, `{"location":"eastasia","tags":{"x?":"1"}}`).wantError(http.StatusBadRequest, "InvalidTags")
		s.put(path, `{"location":"eastasia","properties":[]}`).wantError(http.StatusBadRequest, "InvalidRequestContent")
		s.put(path+"%2Fx", `{"location":"eastasia"}`).wantError(http.StatusBadRequest, "InvalidResourceName")
		s.do(http.MethodPut, path, `{"location":"eastasia"}`, "If-None-Match", "*").wantError(http.StatusPreconditionFailed, "PreconditionFailed")
		kind := path[:strings.LastIndex(path, "/")]
		if !strings.HasSuffix(kind, "virtualMachines") {
			s.get(kind+"?api-version="+version+"&$filter=color%20eq%20'red'").wantError(http.StatusNotImplemented, "NotModelledByEmbeddedService", "color")
		}
	}
	for _, test := range neighbourCases {
		path := neighbour(test.path)
		if strings.Count(test.path, "/") < 3 {
			continue
		}
		segments := strings.Split(test.path, "/")
		segments[2] = "none"
		s.put(neighbour(strings.Join(segments, "/")), test.body).wantError(http.StatusNotFound, "ParentResourceNotFound", "none")
		s.get(neighbour(strings.Join(segments, "/"))).wantError(http.StatusNotFound, "ResourceNotFound", "none")
		if strings.HasSuffix(path, "/default") {
			s.get(strings.Replace(path, "/default", "/other", 1)).want(http.StatusNotFound)
			s.put(strings.Replace(path, "/default", "/other", 1), test.body).wantError(http.StatusBadRequest, "InvalidResourceName")
			s.delete(path).want(http.StatusMethodNotAllowed)
		}
	}
	strict := start(t, func(c *embedded.Config) { c.StrictResourceGroups = true })
	strict.put(neighbour(diskPath), `{"location":"eastasia"}`).wantError(http.StatusNotFound, "ResourceGroupNotFound")
	strict.get(neighbour(diskPath)).wantError(http.StatusNotFound, "ResourceGroupNotFound")
}

// Azure's services take names in any letter case, at every level.
func TestNeighbourMembersInAnyLetterCase(t *testing.T) {
	for i, test := range neighbourCases {
		effect := func(body string) map[string]any {
			s := start(t)
			for _, before := range neighbourCases[:i] {
				s.put(neighbour(before.path), before.body)
			}
			s.put(neighbour(test.path), body).want(test.made)
			return steady(s.get(neighbour(test.path)).want(http.StatusOK).body)
		}
		if diff := cmp.Diff(effect(test.body), effect(flip(t, test.body))); diff != "" {
			t.Errorf("%s: %s", test.path, diff)
		}
	}
}

func TestPartsOfANetwork(t *testing.T) {
	s := neighbourhood(t)
	parts := func(path, list string) string {
		t.Helper()
		var names []string
		values, _ := s.get(neighbour(path)).want(http.StatusOK).at("properties", list).([]any)
		for _, value := range values {
			part, _ := value.(map[string]any)
			names = append(names, fmt.Sprint(part["name"]))
		}
		return strings.Join(names, " ")
	}
	for _, test := range []struct{ path, list, child, body, both string }{
		{networkPath, "subnets", "inner", `"properties":{"addressPrefix":"10.0.10.0/24"}`, "inner second"},
		{groupRules, "securityRules", "ssh", `"properties":{"priority":100}`, "second ssh"},
	} {
		child := neighbour(test.path + "/" + test.list + "/" + test.child)
		if got := parts(test.path, test.list); got != test.child {
			t.Errorf("%s: %q", test.path, got)
		}
		// What a request does not speak of stays.
		s.put(neighbour(test.path), `{"location":"eastasia","properties":{}}`).want(http.StatusOK)
		s.patch(neighbour(test.path), `{"tags":{"a":"b"}}`).want(http.StatusOK)
		s.get(child).want(http.StatusOK)
		list := func(names ...string) string {
			var parts []string
			for _, name := range names {
				parts = append(parts, `{"name":"`+name+`",`+test.body+`}`)
			}
			return `{"location":"eastasia","properties":{"` + test.list + `":[` + strings.Join(parts, ",") + `]}}`
		}
		s.put(neighbour(test.path), list("second", strings.ToUpper(test.child))).want(http.StatusOK)
		if got := parts(test.path, test.list); got != test.both {
			t.Errorf("%s: %q", test.path, got)
		}
		if got := s.get(neighbour(test.path + "/" + test.list)).want(http.StatusOK).values(); len(got) != 2 {
			t.Errorf("%v", got)
		}
		s.put(neighbour(test.path), list("second")).want(http.StatusOK)
		s.get(child).wantError(http.StatusNotFound, "ResourceNotFound", test.child)
		s.put(neighbour(test.path), list("")).wantError(http.StatusBadRequest, "InvalidRequestContent", "properties."+test.list+"[0].name")
		s.put(neighbour(test.path), list()).want(http.StatusOK)
		if got := parts(test.path, test.list); got != "" {
			t.Errorf("%s: %q", test.path, got)
		}
		s.put(child, `{`+test.body+`}`).want(http.StatusCreated)
		s.delete(neighbour(test.path)).want(http.StatusOK)
		s.get(child).want(http.StatusNotFound)
	}
}

func TestAddresses(t *testing.T) {
	s := neighbourhood(t)
	card := func(name, config string) *response {
		t.Helper()
		r := s.put(neighbour("Microsoft.Network/networkInterfaces/"+name), `{"location":"eastasia","properties":{"ipConfigurations":[`+config+`]}}`)
		if r.status >= 300 {
			t.Fatal(r.raw)
		}
		return r
	}
	address := func(r *response, i int) string {
		configs, _ := r.at("properties", "ipConfigurations").([]any)
		config, _ := configs[i].(map[string]any)
		properties, _ := config["properties"].(map[string]any)
		got, _ := properties["privateIPAddress"].(string)
		return got
	}
	in := func(name, more string) string {
		return `{"name":"` + name + `","properties":{"subnet":{"id":"` + strings.ToUpper(neighbour(subnetPath)) + `"}` + more + `}}`
	}
	if got := address(s.get(neighbour(cardPath)), 0); got != "10.0.10.4" {
		t.Errorf("the first: %s", got)
	}
	two := card("two", in("one", `,"privateIPAllocationMethod":"Static","privateIPAddress":"10.0.10.5"`)+","+in("two", ""))
	if address(two, 0) != "10.0.10.5" || address(two, 1) != "10.0.10.6" {
		t.Errorf("got %s", two.raw)
	}
	if got := card("two", in("two", "")); address(got, 0) != "10.0.10.6" {
		t.Errorf("it has another address after a change: %s", got.raw)
	}
	if got := card("three", `{"name":"one","properties":{"subnet":{"id":"`+neighbour(networkPath)+`/subnets/none"}}}`); address(got, 0) != "" {
		t.Errorf("in a subnet that is not here: %s", got.raw)
	}
	public := s.get(neighbour(addressPath)).want(http.StatusOK)
	if got := public.text("properties", "ipAddress"); !strings.HasPrefix(got, "198.1") {
		t.Errorf("got %s", public.raw)
	}
	if got := public.text("properties", "dnsSettings", "fqdn"); got != "web.eastasia.cloudapp.backup.invalid" {
		t.Errorf("got %s", got)
	}
}

func TestStorageAccount(t *testing.T) {
	s := neighbourhood(t)
	account := s.get(neighbour(accountPath)).want(http.StatusOK)
	for path, want := range map[string]string{
		"primaryEndpoints blob":    "https://account.blob." + embedded.StorageSuffix + "/",
		"secondaryEndpoints table": "https://account-secondary.table." + embedded.StorageSuffix + "/",
		"primaryLocation":          "eastasia", "secondaryLocation": "southeastasia", "accessTier": "Hot",
	} {
		if got := account.text(append([]string{"properties"}, strings.Fields(path)...)...); got != want {
			t.Errorf("%s: %q", path, got)
		}
	}
	if account.text("sku", "tier") != "Standard" {
		t.Errorf("got %s", account.raw)
	}
	keys := s.do(http.MethodPost, neighbour(accountPath)+"/listKeys", "").want(http.StatusOK)
	if again := s.do(http.MethodPost, neighbour(accountPath)+"/listkeys", ""); again.raw != keys.raw || strings.Count(keys.raw, `"permissions":"FULL"`) != 2 {
		t.Errorf("got %s and %s", keys.raw, again.raw)
	}
	s.do(http.MethodPost, neighbour(accountPath)+"none/listKeys", "").wantError(http.StatusNotFound, "ResourceNotFound")
	if got := s.get(neighbour(accountPath + "/blobServices/default")); got.at("properties", "isVersioningEnabled") != true || got.at("properties", "cors") == nil {
		t.Errorf("got %s", got.raw)
	}
	s.delete(neighbour(accountPath)).want(http.StatusOK)
	s.get(neighbour(accountPath + "/blobServices/default")).want(http.StatusNotFound)
	s.put(neighbour(accountPath), `{"location":"eastasia","sku":{"name":"Standard_LRS"}}`).want(http.StatusOK)
	if got := s.get(neighbour(accountPath + "/blobServices/default")).want(http.StatusOK); got.at("properties", "isVersioningEnabled") != nil {
		t.Errorf("got %s", got.raw)
	}
}

// An identity has the ids that whatever has it shows of it.
func TestIdentityOfANeighbour(t *testing.T) {
	s := neighbourhood(t)
	identity := s.get(neighbour(identityPath)).want(http.StatusOK)
	if identity.text("properties", "tenantId") != embedded.TenantID {
		t.Errorf("got %s", identity.raw)
	}
	vm := s.patch(neighbour("Microsoft.Compute/virtualMachines/web"), `{"identity":{"type":"SystemAssigned, UserAssigned","userAssignedIdentities":{"`+neighbour(identityPath)+`":{}}}}`).
		want(http.StatusOK)
	shown, _ := vm.at("identity", "userAssignedIdentities", neighbour(identityPath)).(map[string]any)
	if shown["principalId"] != identity.text("properties", "principalId") || shown["clientId"] != identity.text("properties", "clientId") ||
		vm.text("identity", "principalId") == "" {
		t.Errorf("got %s", vm.raw)
	}
}

// All of them are among the resources of the group, and end with it.
func TestNeighboursOfAGroup(t *testing.T) {
	s := neighbourhood(t)
	group := sub + "/resourceGroups/Group"
	names := s.get(group + "/resources").want(http.StatusOK).names()
	if diff := cmp.Diff([]string{"account", "address", "card", "data", "id", "net", "rules", "set", "web"}, names); diff != "" {
		t.Error(diff)
	}
	s.get(group).want(http.StatusOK)
	s.delete(group).want(http.StatusAccepted)
	s.get(group).want(http.StatusNotFound)
	for _, test := range neighbourCases {
		s.get(neighbour(test.path)).want(http.StatusNotFound)
	}
}
