package arm_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
)

const vaultType = "Microsoft.RecoveryServices/vaults"

func TestParseLink(t *testing.T) {
	escaped := url.QueryEscape(vaultID)
	for name, link := range map[string]string{
		"overview":                "https://portal.azure.com/#@contoso.onmicrosoft.com/resource" + vaultID + "/overview",
		"China":                   "https://portal.azure.cn/#@contoso.partner.onmschina.cn/resource" + vaultID + "/overview",
		"US Government":           "https://portal.azure.us/#@contoso.us/resource" + vaultID + "/backupItems",
		"without a page":          "https://portal.azure.com/#@contoso.com/resource" + vaultID,
		"with a slash at the end": "https://portal.azure.com/#@contoso.com/resource" + vaultID + "/",
		"without a tenant":        "https://portal.azure.com/#resource" + vaultID + "/properties",
		"tenant by id":            "https://portal.azure.com/#@72f988bf-86f1-41af-91ab-2d7cd011db47/resource" + vaultID + "/overview",
		"feature flags":           "https://ms.portal.azure.com/?feature.quickstart=true&l=en.en-us#@contoso.com/resource" + vaultID + "/overview",
		"a query at the end":      "https://portal.azure.com/#@contoso.com/resource" + vaultID + "?tab=backup#top",
		"a page of the vault":     "https://portal.azure.com/#@contoso.com/resource" + vaultID + "/backupPolicies/daily",
		"encoded":                 "https://portal.azure.com/#@contoso.com/resource" + escaped + "%2Foverview",
		"an older page":           "https://portal.azure.com/#blade/Microsoft_Azure_RecoveryServices/VaultBlade/id/" + escaped,
		"a newer page":            "https://portal.azure.com/#view/Microsoft_Azure_DataProtection/V1Vault.ReactView/vaultId/" + escaped + "/tab~/%7B%22a%22%3A1%7D",
		"encoded twice":           "https://portal.azure.com/#view/x/id/" + url.QueryEscape(escaped),
		"encoded by a mailer":     "https://portal.azure.com/%23@contoso.com/resource" + escaped,
		"the whole in capitals":   strings.ToUpper("https://portal.azure.com/#@contoso.com/resource" + vaultID + "/overview"),
		"the service itself":      "https://management.chinacloudapi.cn" + vaultID + "?api-version=2025-08-01",
		"not the only id":         "https://portal.azure.com/#view/x/vm/" + url.QueryEscape(strings.Replace(vaultID, "RecoveryServices/vaults/contoso", "Compute/virtualMachines/web", 1)) + "/vault/" + escaped,
		"a per cent sign":         "https://portal.azure.com/#@contoso.com/resource" + vaultID + "/overview/100%",
		"an escaped id":           escaped,
		"in quotes":               `https://portal.azure.com/#view/x/%7B%22id%22%3A%22` + escaped + `%22%2C%22b%22%3A1%7D`,
	} {
		if !arm.IsLink(link) {
			t.Errorf("%s: %s is not a link", name, link)
		}
		id, err := arm.ParseLink(link, vaultType)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !strings.EqualFold(id.String(), vaultID) || id.Type != vaultType || name != "the whole in capitals" && id.String() != vaultID {
			t.Errorf("%s: %s", name, id)
		}
	}
}

func TestParseLink_refused(t *testing.T) {
	for link, want := range map[string]string{
		"https://portal.azure.com/#home": "holds no Azure resource id",
		"https://portal.azure.com/#@contoso.com/resource/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/backup/overview":                     "holds no Azure resource id",
		"https://portal.azure.com/#@contoso.com/resource" + strings.Replace(vaultID, "RecoveryServices/vaults", "Compute/virtualMachines", 1) + "/overview":     "is to a Microsoft.Compute/virtualMachines, not to a Microsoft.RecoveryServices/vaults",
		"https://portal.azure.com/#@contoso.com/resource" + strings.Replace(vaultID, "RecoveryServices/vaults", "DataProtection/backupVaults", 1) + "/overview": "is to a Microsoft.DataProtection/backupVaults",
		"https://portal.azure.com/#@contoso.com/resource" + strings.Replace(vaultID, "vaults/contoso", "vaults/", 1):                                            "holds no Azure resource id",
		"https://portal.azure.com/#@contoso.com/resource" + strings.Replace(vaultID, "resourceGroups/backup", "resourceGroups/..", 1):                           "holds no Azure resource id",
		"https://portal.azure.com/#@contoso.com/resource" + strings.Replace(vaultID, "resourceGroups/backup", "resourceGroups/backup%20", 1):                    "holds no Azure resource id", // which no resource takes
		"https://portal.azure.com/%zz": "holds no Azure resource id",
	} {
		if id, err := arm.ParseLink(link, vaultType); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v; want %q", link, id, err, want)
		}
	}
	for _, s := range []string{vaultID, "backup/contoso", "", "httpsx"} {
		if arm.IsLink(s) {
			t.Errorf("%q is a link", s)
		}
	}
}
