package embedded

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// The provisioning states of a vault.
const (
	stateProvisioning = "Provisioning"
	stateSucceeded    = "Succeeded"
	stateUpdating     = "Updating"
	stateDeleting     = "Deleting"
	stateFailed       = "Failed"
)

// stateOf computes the state of a document from its last operation and the time.
func stateOf(d *store.Document, now time.Time) string {
	op := d.Operation
	switch {
	case op == nil:
		return stateSucceeded
	case !op.Running(now) && op.Code != "":
		return stateFailed
	case !op.Running(now):
		return stateSucceeded
	case op.Kind == operationUpdate:
		return stateUpdating
	case op.Kind == operationDelete:
		return stateDeleting
	default:
		return stateProvisioning
	}
}

// defaults are the properties of a vault whose creator chose none, as recorded from Azure with API 2025-08-01; the soft delete
// is that of September 2026. There are no monitoringSettings among them: Azure has none of a vault whose creator sent none, which
// azurerm depends on.
const defaults = `{
	"publicNetworkAccess": "Enabled",
	"backupStorageVersion": "Unassigned",
	"privateEndpointStateForBackup": "None",
	"privateEndpointStateForSiteRecovery": "None",
	"redundancySettings": {
		"standardTierStorageRedundancy": "GeoRedundant",
		"crossRegionRestore": "Disabled"
	},
	"securitySettings": {
		"softDeleteSettings": {
			"softDeleteState": "AlwaysON",
			"softDeleteRetentionPeriodInDays": 14,
			"enhancedSecurityState": "AlwaysON"
		},
		"multiUserAuthorization": "Disabled",
		"sourceScanConfiguration": {"state": "Disabled"}
	},
	"restoreSettings": {
		"crossSubscriptionRestoreSettings": {"crossSubscriptionRestoreState": "Enabled"}
	},
	"regionOfChoiceSettings": {"status": "Disabled"}
}`

// readOnly are the members a client may send and the service does not take. What the service computes at each read
// (id, name, type, etag, provisioningState) is not stored either.
var readOnly = []string{
	"id", "name", "type", "etag", "systemData",
	"properties.provisioningState",
	"properties.backupStorageVersion",
	"properties.secureScore",
	"properties.bcdrSecurityLevel",
	"properties.privateEndpointConnections",
	"properties.privateEndpointStateForBackup",
	"properties.privateEndpointStateForSiteRecovery",
	"properties.securitySettings.multiUserAuthorization",
	"properties.upgradeDetails",
	"properties.moveDetails",
	"properties.moveState",
	// Not read-only but part of the request alone.
	"properties.resourceGuardOperationRequests",
	memberRedundancyChosen, memberGuard,
}

// memberRedundancyChosen is the member of a vault's document that clients never see: its redundancy has been written
// through the vault itself.
const memberRedundancyChosen = "redundancyChosen"

// newVault makes the body of a vault from the request that creates it.
func (s *Service) newVault(c *call, in object) (object, error) {
	if err := checkAlertsAreWhole(c, in); err != nil {
		return nil, err
	}
	return s.settle(c, c.vaultID(), nil, object{}, in)
}

// putOver makes the body that a PUT gives an existing vault. Properties that the request leaves out stay, as with
// Azure, and so do those that are null in it, as templates write what they do not choose: that would otherwise move the redundancy
// back to the default. Tags, identity and sku are exactly what it says.
func (s *Service) putOver(c *call, d *store.Document, in object) (object, error) {
	if err := checkAlertsAreWhole(c, in); err != nil {
		return nil, err
	}
	before, body, err := twice(d)
	if err != nil {
		return nil, err
	}
	if given, ok := in["properties"].(object); ok {
		in["properties"] = merge(object{}, given) // without nulls
	}
	for _, name := range []string{"tags", "identity", "sku"} {
		delete(body, name)
	}
	return s.settle(c, d.ID, before, body, in)
}

// patchOver makes the body that a PATCH gives a vault. The sku is not for PATCH to change.
func (s *Service) patchOver(c *call, d *store.Document, in object) (object, error) {
	before, body, err := twice(d)
	if err != nil {
		return nil, err
	}
	if err := checkSKUStays(before, in); err != nil {
		return nil, err
	}
	for _, name := range []string{"tags", "identity"} {
		// Replaced whole, not merged: a tag is removed by leaving it out.
		if _, sent := in[name]; sent {
			delete(body, name)
		}
	}
	return s.settle(c, d.ID, before, body, in)
}

// twice decodes the body of d for changing, and once more to compare with.
func twice(d *store.Document) (before, body object, err error) {
	if before, err = decode(d.Body); err != nil {
		return nil, nil, err
	}
	body, err = decode(d.Body)
	return before, body, err
}

// settle lays the request over body, fills in the defaults, brings values to the service's spelling and checks the
// result against the rules. before is the vault as it was, nil at its creation.
func (s *Service) settle(c *call, id string, before, body, in object) (object, error) {
	for _, path := range readOnly {
		discard(in, path)
	}
	given, err := section(in, "properties")
	if err != nil {
		return nil, err
	}
	takeNewerMembers(c, given)
	discardNoDays(in, "properties."+pathSoftDeleteDays)
	// What one choice leaves out is not what the other had.
	if strings.EqualFold(lookupText(given, pathImmutabilityType), catalog.ImmutableAsPerPolicy) {
		discard(body, "properties."+pathImmutabilityDays)
	}
	if lookup(given, pathSourceScanIdentity) != nil {
		discard(body, "properties."+pathSourceScanIdentity)
	}
	if lookup(in, "properties."+pathKeyIdentity) != nil {
		// One identity takes the place of the other, and they have different members.
		discard(body, "properties."+pathKeyIdentity)
	}
	if lookup(in, "properties.redundancySettings") != nil {
		body[memberRedundancyChosen] = true
	}
	if in["location"] == nil {
		delete(in, "location") // a vault does not lose its region
	}
	merge(body, in)
	if where, ok := body["location"].(string); ok {
		body["location"] = catalog.NormalizeRegion(where)
	}
	if err := s.fillProperties(body); err != nil {
		return nil, err
	}
	if _, err := tagsOf(body); err != nil {
		return nil, err
	}
	if err := settleSKU(body); err != nil {
		return nil, err
	}
	if err := settleIdentity(id, body); err != nil {
		return nil, err
	}
	return body, s.settleRules(c, before, body)
}

// fillProperties gives a vault what it has when nobody chose it.
func (s *Service) fillProperties(body object) error {
	given, err := section(body, "properties")
	if err != nil {
		return err
	}
	filled, err := decode([]byte(defaults))
	if err != nil {
		return err
	}
	if s.config.SoftDeleteChosen {
		assign(filled, pathSoftDelete, "Enabled")
		assign(filled, pathEnhancedSecurity, "Enabled")
	}
	fillAlerts(filled, given)
	body["properties"] = merge(filled, given)
	return nil
}

// discardNoDays takes a retention of 0 days out of a request. Samples of Microsoft's and other clients send it for a vault
// whose days they do not choose; that it leaves them as they are is our reading.
func discardNoDays(in object, path string) {
	if days, ok := lookup(in, path).(json.Number); ok && days == "0" {
		discard(in, path)
	}
}

// settleRules brings the properties of body to the service's spelling and checks them against the rules. before is the
// vault as it was, nil at its creation.
func (s *Service) settleRules(c *call, before, body object) error {
	properties, err := section(body, "properties")
	if err != nil {
		return err
	}
	if err := settleProperties(properties); err != nil {
		return err
	}
	return s.checkMove(c, before, body)
}

// settleSKU brings the sku to the service's spelling. It does not choose the redundancy of the storage, whatever its name
// suggests.
func settleSKU(body object) error {
	sku, err := section(body, "sku")
	if err != nil {
		return err
	}
	name, _ := sku["name"].(string)
	for _, known := range catalog.SKUs() {
		if strings.EqualFold(name, known) {
			sku["name"] = known
		}
	}
	return nil
}

// checkSKUStays takes the sku that a PATCH repeats out of it, and refuses another one.
func checkSKUStays(before, in object) error {
	given, err := section(in, "sku")
	if err != nil {
		return err
	}
	delete(in, "sku")
	current, err := section(before, "sku")
	if err != nil {
		return err
	}
	for name, value := range given {
		if !strings.EqualFold(fmt.Sprint(value), fmt.Sprint(current[name])) {
			return invalidParameter("sku", "It is "+fmt.Sprint(current["name"])+", and is changed with PUT, not with PATCH.")
		}
	}
	return nil
}

func lastSegment(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }

func encode(o object) ([]byte, error) { return json.Marshal(o) }
