package embedded

import (
	"fmt"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// render is the vault as clients see it.
func render(c *call, d *store.Document, state string) (object, error) {
	body, err := decode(d.Body)
	if err != nil {
		return nil, fmt.Errorf("document %s: %w", d.ID, err)
	}
	delete(body, memberRedundancyChosen)
	delete(body, memberGuard)
	body["id"] = d.ID
	body["name"] = lastSegment(d.ID)
	body["type"] = catalog.VaultType
	body["etag"] = d.ETag
	properties, err := section(body, "properties")
	if err != nil {
		return nil, fmt.Errorf("document %s: %w", d.ID, err)
	}
	properties["provisioningState"] = state
	properties["secureScore"], properties["bcdrSecurityLevel"] = securityLevels(properties)
	if lookup(properties, pathRegionOfChoice) == nil { // of a vault that an older version of this service made
		merge(properties, object{"regionOfChoiceSettings": object{"status": catalog.SettingDisabled}})
	}
	takeNewerMembers(c, properties)
	return body, nil
}

// renderNew is the vault as the answer shows it that accepts its creation, when some is not settled yet (recorded with
// 2026-07-01).
func renderNew(c *call, d *store.Document) (object, error) {
	body, err := render(c, d, stateProvisioning)
	if err == nil {
		assign(body, "properties.securitySettings.multiUserAuthorization", "Invalid")
		discard(body, "properties."+pathStorageVersion)
	}
	return body, err
}

// securityLevels are how Azure rates a vault. Recorded are vaults whose soft delete and enhanced security are both AlwaysON,
// and such as have both or one of them on (2025 and 2026). That nothing else counts is our reading.
func securityLevels(properties object) (score, level string) {
	if lookupText(properties, pathSoftDelete) == alwaysOn && lookupText(properties, pathEnhancedSecurity) == alwaysOn {
		return "Adequate", "Good"
	}
	return "None", "Poor"
}
