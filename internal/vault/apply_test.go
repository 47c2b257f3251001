package vault_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// Azure wants what belongs together in one request, also what stays as it is.
func TestApplySendsWhatBelongsTogether(t *testing.T) {
	softDelete := func(state, enhanced string, days float64) map[string]any {
		return map[string]any{"securitySettings": map[string]any{"softDeleteSettings": map[string]any{
			"softDeleteState": state, "enhancedSecurityState": enhanced, "softDeleteRetentionPeriodInDays": days,
		}}}
	}
	for name, test := range map[string]struct {
		chosen bool // that soft delete is not forced
		wanted vault.Settings
		want   map[string]any
	}{
		"the days of retention": {
			false,
			vault.Settings{SoftDelete: &vault.SoftDelete{RetentionDays: 30}},
			softDelete("AlwaysON", "AlwaysON", 30),
		},
		"the days of retention, where soft delete is not forced": {
			true,
			vault.Settings{SoftDelete: &vault.SoftDelete{RetentionDays: 30}},
			softDelete("Enabled", "Enabled", 30),
		},
		"AlwaysOn": {
			true,
			vault.Settings{SoftDelete: &vault.SoftDelete{State: "AlwaysOn"}},
			softDelete("AlwaysON", "AlwaysON", 14),
		},
		"no soft delete": {
			true,
			vault.Settings{SoftDelete: &vault.SoftDelete{State: "Disabled"}},
			softDelete("Disabled", "Enabled", 14),
		},
		"the redundancy": {
			false,
			vault.Settings{Redundancy: new(catalog.GeoRedundant)},
			map[string]any{"redundancySettings": map[string]any{"standardTierStorageRedundancy": "GeoRedundant", "crossRegionRestore": "Disabled"}},
		},
	} {
		c, r := newClient(t, func(c *embedded.Config) { c.SoftDeleteChosen = test.chosen })
		create(t, c, "contoso")
		var sent struct {
			Properties map[string]any `json:"properties"`
		}
		r.answer = func(request *http.Request) {
			if request.Method != http.MethodPatch {
				return
			}
			body, err := io.ReadAll(request.Body)
			if err == nil {
				err = json.Unmarshal(body, &sent)
			}
			if err != nil {
				t.Error(err)
			}
			request.Body = io.NopCloser(bytes.NewReader(body))
		}
		if _, err := apply(t, c, "contoso", test.wanted, nil); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(test.want, sent.Properties); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
