package embedded_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

const newerSettings = `{"properties":{
	"securitySettings":{
		"immutabilitySettings":{"state":"Unlocked","configuration":{"type":"TimeBased","durationInDays":90}},
		"sourceScanConfiguration":{"state":"enabled","sourceScanIdentity":{"operationIdentityType":"SystemAssigned"}}
	},
	"costManagementSettings":{"granularityLevel":"ProtectedItemLevel"},
	"regionOfChoiceSettings":{"status":"Enabled"}
}}`

// shownOf are the settings that came with an API version, as a vault shows them in one; nil is not at all.
func shownOf(s *service, vault, version string) map[string]any {
	s.tb.Helper()
	got := s.get(vault + "?api-version=" + version).want(http.StatusOK)
	return map[string]any{
		"period": got.at("properties", "securitySettings", "immutabilitySettings", "configuration"),
		"scan":   got.at("properties", "securitySettings", "sourceScanConfiguration"),
		"cost":   got.at("properties", "costManagementSettings"),
		"region": got.at("properties", "regionOfChoiceSettings"),
	}
}

// A vault shows in each API version what that one knows, and a request in an older one leaves the rest as it is.
func TestNewerSettings_versions(t *testing.T) {
	s := start(t)
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	s.patch(vault+"?api-version=2026-07-01", newerSettings).want(http.StatusOK)
	period, scan := map[string]any{"type": "TimeBased", "durationInDays": 90.0}, map[string]any{"state": "Enabled", "sourceScanIdentity": map[string]any{"operationIdentityType": "SystemAssigned"}}
	cost, region := map[string]any{"granularityLevel": "ProtectedItemLevel"}, map[string]any{"status": "Enabled"}
	want := map[string]map[string]any{
		"2024-10-01": {"period": nil, "scan": nil, "cost": nil, "region": nil},
		"2025-08-01": {"period": nil, "scan": scan, "cost": nil, "region": nil},
		"2026-02-01": {"period": nil, "scan": scan, "cost": cost, "region": nil},
		"2026-05-01": {"period": period, "scan": scan, "cost": cost, "region": region},
		"2026-07-01": {"period": period, "scan": scan, "cost": cost, "region": region},
		"2027-01-01": {"period": period, "scan": scan, "cost": cost, "region": region},
	}
	for version, shown := range want {
		if d := cmp.Diff(shown, shownOf(s, vault, version)); d != "" {
			t.Errorf("%s: %s", version, d)
		}
	}
	// What an older version passes over stays, be it sent otherwise or left out.
	others := strings.NewReplacer("ProtectedItemLevel", "VaultLevel", `"status":"Enabled"`, `"status":"Disabled"`, "90", "30", "enabled", "Disabled").Replace(newerSettings)
	s.patch(vault+"?api-version=2024-10-01", others).want(http.StatusOK)
	s.put(vault+"?api-version=2025-08-01", minimal).want(http.StatusOK)
	if d := cmp.Diff(want["2026-07-01"], shownOf(s, vault, "2026-07-01")); d != "" {
		t.Errorf("after writes in older versions: %s", d)
	}
}

// A vault has a period with days where it is based on time, and nowhere else; as per policy forgets those there were.
func TestNewerSettings_rules(t *testing.T) {
	s := start(t)
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	const at = "?api-version=2026-07-01"
	immutable := func(configuration string) string {
		return `{"properties":{"securitySettings":{"immutabilitySettings":{"state":"Unlocked","configuration":` + configuration + `}}}}`
	}
	for body, word := range map[string]string{
		immutable(`{"type":"TimeBased"}`):                                                   "needs the number of days",
		immutable(`{"type":"TimeBased","durationInDays":29}`):                               "30 to 36135 days, not for 29",
		immutable(`{"type":"TimeBased","durationInDays":36136}`):                            "30 to 36135 days, not for 36136",
		immutable(`{"type":"AsPerPolicy","durationInDays":40}`):                             "has the days of the policy",
		immutable(`{"type":"Forever"}`):                                                     "Forever",
		immutable(`{"durationInDays":40}`):                                                  "has no type",
		`{"properties":{"regionOfChoiceSettings":{"status":"x"}}}`:                          "Region of choice",
		`{"properties":{"costManagementSettings":{"granularityLevel":"x"}}}`:                "granularity",
		`{"properties":{"securitySettings":{"sourceScanConfiguration":{"state":"maybe"}}}}`: "maybe",
		`{"properties":{"securitySettings":{"sourceScanConfiguration":{"state":"Enabled","sourceScanIdentity":{"operationIdentityType":"UserAssigned"}}}}}`: "needs its id",
	} {
		s.patch(vault+at, body).wantError(http.StatusBadRequest, "InvalidRestApiParameter", word)
	}
	s.patch(vault+at, immutable(`{"type":"timebased","durationInDays":40}`)).want(http.StatusOK)
	s.patch(vault+at, immutable(`{"type":"AsPerPolicy"}`)).want(http.StatusOK)
	if d := cmp.Diff(map[string]any{"type": "AsPerPolicy"}, shownOf(s, vault, "2026-07-01")["period"]); d != "" {
		t.Error(d)
	}
}

// Microsoft's own client of an older API version reads a vault that has newer settings, and writes it without taking them.
func TestMicrosoftClientLeavesNewerSettings(t *testing.T) {
	s := start(t)
	vault := vaultPath("group", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	s.patch(vault+"?api-version=2026-07-01", newerSettings).want(http.StatusOK)
	before := shownOf(s, vault, "2026-07-01")
	vaults := s.sdk().NewVaultsClient()
	read, err := vaults.Get(t.Context(), "group", "vault", nil)
	if err != nil {
		t.Fatal(err)
	}
	poller, err := vaults.BeginCreateOrUpdate(t.Context(), "group", "vault", read.Vault, nil)
	if err == nil {
		_, err = poller.PollUntilDone(t.Context(), nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(before, shownOf(s, vault, "2026-07-01")); d != "" {
		t.Error(d)
	}
}

// A vault whose immutability is based on time keeps each recovery point for its days, whatever the policy says.
func TestTimeBasedImmutabilityKeepsPoints(t *testing.T) {
	p := startPlant(t, schedule("UTC", "02:00", daysOf(7)))
	begin := p.clock.Now()
	set := func(state, configuration string) {
		t.Helper()
		p.patch(p.vault+"?api-version=2026-07-01", `{"properties":{"securitySettings":{"immutabilitySettings":{"state":"`+state+`","configuration":`+configuration+`}}}}`).
			want(http.StatusOK)
	}
	p.to("2026-05-20T12:00:00Z")
	changed := p.clock.Now()
	set("Unlocked", `{"type":"TimeBased","durationInDays":30}`)
	p.to("2026-05-31T12:00:00Z")
	// Those that were there are kept, and those that had expired do not come back.
	there := naive(begin, changed, changed, 0, "02:00", keeps{every, after(0, 0, 7)})
	p.wantTimes("11 days later", append(naive(changed, p.clock.Now(), p.clock.Now(), 0, "02:00", keeps{every, after(0, 0, 30)}), there...))
	p.to("2026-08-01T12:00:00Z")
	p.wantTimes("months later", naive(changed, p.clock.Now(), p.clock.Now(), 0, "02:00", keeps{every, after(0, 0, 30)}))

	// Under a policy that keeps them for less, too, and for an item that is protected later.
	item := itemPath(p.vault, "late")
	p.put(item, itemBody(`"sourceResourceId":"`+machine("late")+`","policyId":"`+p.policy+`"`)).want(http.StatusAccepted)
	late := p.clock.Now()
	p.to("2026-08-20T12:00:00Z")
	if got, want := p.get(item).at("properties", "extendedInfo", "recoveryPointCount"), len(naive(late, p.clock.Now(), p.clock.Now(), 0, "02:00", keeps{every, after(0, 0, 30)})); got != float64(want) {
		t.Errorf("%v recovery points of the item protected later, want %d", got, want)
	}

	set("Unlocked", `{"type":"AsPerPolicy"}`)
	now := p.clock.Now()
	p.wantTimes("as per policy again", naive(changed, now, now, 0, "02:00", keeps{every, after(0, 0, 7)}))
	set("Disabled", `{"type":"TimeBased","durationInDays":30}`)
	p.to("2026-09-20T12:00:00Z")
	now = p.clock.Now()
	p.wantTimes("with immutability off", naive(changed, now, now, 0, "02:00", keeps{every, after(0, 0, 7)}))
}

// A vault of a region of choice protects a machine of another region, and says where it is; another vault does not.
func TestRegionOfChoice(t *testing.T) {
	s := start(t, func(c *embedded.Config) {
		c.VirtualMachines = map[string]string{machine("web"): "uaenorth"}
	})
	vault := vaultPath("g", "vault")
	s.put(vault, minimal).want(http.StatusCreated)
	item := itemPath(vault, "web")
	protect := func() *response {
		return s.put(item, itemBody(`"sourceResourceId":"`+machine("web")+`","policyId":"`+vault+`/backupPolicies/DefaultPolicy"`))
	}
	if got := protect(); got.status != http.StatusBadRequest || !strings.Contains(got.raw, "different regions") {
		t.Errorf("%d %s", got.status, got.raw)
	}
	s.patch(vault+"?api-version=2026-07-01", `{"properties":{"regionOfChoiceSettings":{"status":"Enabled"}}}`).want(http.StatusOK)
	protect().want(http.StatusAccepted)
	container, _, _ := strings.Cut(item, "/protectedItems/")
	for _, path := range []string{item, container} {
		for version, want := range map[string]any{"2026-07-01": "uaenorth", "2025-02-01": nil} {
			if got := s.get(path+"?api-version="+version).want(http.StatusOK).at("properties", "sourceLocation"); got != want {
				t.Errorf("%s at %s is in %v, want %v", path, version, got, want)
			}
		}
	}
	list := s.get(vault + "/backupProtectionContainers?api-version=2026-07-01&$filter=backupManagementType%20eq%20%27AzureIaasVM%27").want(http.StatusOK)
	if raw, err := json.Marshal(list.body); err != nil || !strings.Contains(string(raw), `"sourceLocation":"uaenorth"`) {
		t.Errorf("%s %v", raw, err)
	}
}
