package vault_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// newer are the settings that not every API version has.
func newer() vault.Settings {
	return vault.Settings{
		Immutability: new("Unlocked"), ImmutabilityPeriod: &vault.ImmutabilityPeriod{Type: "TimeBased", Days: 90}, RegionOfChoice: new("Enabled"),
		CostGranularity: new("ProtectedItemLevel"), SourceScan: &vault.SourceScanSettings{State: "Enabled", IdentityType: "SystemAssigned"},
		Identity: &vault.Identity{Type: "SystemAssigned"},
	}
}

func TestNewerSettings(t *testing.T) {
	c, _ := newClient(t, nil)
	accepted, err := c.BeginCreate(t.Context(), id("contoso"), region, newer())
	if err != nil {
		t.Fatal(err)
	}
	v, err := c.WaitActive(t.Context(), accepted, nil)
	if err != nil {
		t.Fatal(err)
	}
	if lacks, ok := newer().Missing(v); ok || !v.ProtectsOtherRegions() {
		t.Errorf("born without %+v", lacks)
	}
	// As per policy has no days, and takes those there were away.
	changed := vault.Settings{
		ImmutabilityPeriod: &vault.ImmutabilityPeriod{Type: "AsPerPolicy"}, RegionOfChoice: new("Disabled"), CostGranularity: new("VaultLevel"),
		SourceScan: &vault.SourceScanSettings{State: "Disabled"},
	}
	if v, err = c.Apply(t.Context(), v, changed, nil); err != nil {
		t.Fatal(err)
	}
	if lacks, ok := changed.Missing(v); ok || v.ProtectsOtherRegions() || *v.Settings.Immutability != "Unlocked" {
		t.Errorf("after the change without %+v: %+v", lacks, v.Settings)
	}
}

// oldCloud is the embedded service as a cloud that has API versions up to one only. It notes the bodies of the writes it takes.
type oldCloud struct {
	next interface {
		Do(*http.Request) (*http.Response, error)
	}
	newest string
	bodies []string
}

func (o *oldCloud) Do(r *http.Request) (*http.Response, error) {
	if version := r.URL.Query().Get("api-version"); version > o.newest && strings.Contains(strings.ToLower(r.URL.Path), "recoveryservices/vaults") {
		f := &fake{odd: func(w http.ResponseWriter, _ *http.Request, _ string) bool {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprintf(w, `{"error":{"code":"NoRegisteredProviderFound","message":"No registered resource provider found for location 'chinaeast2' and API version '%s' for type 'vaults'. `+
				`The supported api-versions are '2016-06-01, %s'."}}`, version, o.newest)
			return true
		}}
		return f.Do(r)
	}
	if r.Body != nil && r.Method != http.MethodGet {
		var body json.RawMessage
		if err := json.NewDecoder(r.Body).Decode(&body); err == nil {
			o.bodies = append(o.bodies, string(body))
			r = r.Clone(r.Context())
			r.Body = io.NopCloser(strings.NewReader(string(body)))
		}
	}
	return o.next.Do(r)
}

func startOldCloud(t *testing.T, newest string) (*vault.Client, *oldCloud) {
	t.Helper()
	_, r := newClient(t, nil)
	o := &oldCloud{next: r, newest: newest}
	connection, err := arm.NewClient(arm.Options{
		Endpoint: embedded.Endpoint, Transport: o, Version: "test", KnownVersions: catalog.KnownAPIVersions,
	})
	if err != nil {
		t.Fatal(err)
	}
	return vault.NewClient(connection), o
}

// A setting that the cloud has no API version for is an error by its name, and nothing is written, be it known from an earlier
// answer or not.
func TestNewerSettings_thatACloudLacks(t *testing.T) {
	all := []string{"cost_granularity_level", "immutability_configuration", "region_of_choice", "source_scan_configuration"}
	for newest, lacks := range map[string][]string{
		"2024-10-01": all, "2025-08-01": all[:3], "2026-02-01": all[1:3], "2026-05-01": all[2:3], "2026-07-01": nil,
	} {
		for _, asked := range []bool{false, true} {
			c, cloud := startOldCloud(t, newest)
			var lacking *vault.LackingError
			if asked {
				errors.As(c.CheckVersion(t.Context(), id("contoso"), all...), &lacking)
				if lacks == nil {
					if lacking != nil {
						t.Errorf("%s: %v", newest, lacking)
					}
				} else if lacking == nil || cmp.Diff(lacks, lacking.Attributes) != "" || lacking.Version != newest {
					t.Errorf("%s: %+v", newest, lacking)
				}
			}
			lacking = nil
			_, err := c.BeginCreate(t.Context(), id("contoso"), region, newer())
			if lacks == nil {
				if err != nil {
					t.Errorf("%s: %v", newest, err)
				}
				continue
			}
			if !errors.As(err, &lacking) || cmp.Diff(lacks, lacking.Attributes) != "" || len(cloud.bodies) > 0 {
				t.Errorf("%s: %v, wrote %q", newest, err, cloud.bodies)
			}
		}
	}
}

// What newer API versions want said of an immutable vault is said to them, and not to older ones.
func TestImmutabilityIsSaidAsTheVersionHasIt(t *testing.T) {
	for newest, want := range map[string]string{
		"2026-07-01": `"immutabilitySettings":{"state":"Unlocked","configuration":{"type":"AsPerPolicy"}}`,
		"2025-08-01": `"immutabilitySettings":{"state":"Unlocked"}`,
	} {
		c, cloud := startOldCloud(t, newest)
		v := create(t, c, "contoso")
		for range 2 {
			var err error
			if v, err = c.Apply(t.Context(), v, vault.Settings{Immutability: new("Unlocked")}, nil); err != nil {
				t.Fatal(newest, err)
			}
		}
		if len(cloud.bodies) != 2 || !strings.Contains(cloud.bodies[1], want) {
			t.Errorf("%s: %q", newest, cloud.bodies)
		}
	}
}

// A change of the state of a vault whose immutability is based on time sends the period along.
func TestImmutabilityPeriodStaysWithTheState(t *testing.T) {
	c, cloud := startOldCloud(t, "2026-07-01")
	v := create(t, c, "contoso")
	var err error
	for _, step := range []vault.Settings{
		{Immutability: new("Unlocked"), ImmutabilityPeriod: &vault.ImmutabilityPeriod{Type: "TimeBased", Days: 90}},
		{Immutability: new("Locked")},
		{ImmutabilityPeriod: &vault.ImmutabilityPeriod{Type: "TimeBased", Days: 120}},
	} {
		if v, err = c.Apply(t.Context(), v, step, nil); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []string{
		`{"state":"Unlocked","configuration":{"type":"TimeBased","durationInDays":90}}`,
		`{"state":"Locked","configuration":{"type":"TimeBased","durationInDays":90}}`,
		`{"state":"Locked","configuration":{"type":"TimeBased","durationInDays":120}}`,
	} {
		if !strings.Contains(cloud.bodies[i+1], want) {
			t.Errorf("step %d sends %s", i, cloud.bodies[i+1])
		}
	}
}

// Newer API versions want the days of soft delete beside its state, at birth too.
func TestSoftDeleteIsBornWithDays(t *testing.T) {
	c, cloud := startOldCloud(t, "2026-07-01")
	if _, err := c.BeginCreate(t.Context(), id("contoso"), region, vault.Settings{SoftDelete: &vault.SoftDelete{State: "AlwaysOn"}}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(cloud.bodies[0], `"softDeleteRetentionPeriodInDays":14`) {
		t.Errorf("sent %s", cloud.bodies[0])
	}
}
