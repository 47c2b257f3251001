package embedded

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// protectedVM is the type of what is protected, which is not the type of the item that protects it.
const protectedVM = "Microsoft.Compute/virtualMachines"

// The protection states that the service knows. Backups are not taken yet, so an item stays at the first.
const (
	protectionPending   = "IRPending"
	protectionActive    = "Protected"
	protectionStopped   = "ProtectionStopped"
	protectionSuspended = "BackupsSuspended"
)

const defaultRetentionDays = 14

// storedItemProperties are what an item's document keeps of a request besides what the service does not model. The
// rest of what clients see is computed when they read it.
var storedItemProperties = []string{"protectedItemType", "sourceResourceId", "policyId", "protectionState"}

// computedItemProperties are those a client may send back as it has read them.
var computedItemProperties = []string{
	"backupManagementType", "workloadType", "containerName", "friendlyName", "virtualMachineId", "policyName", "policyType",
	"protectionStatus", "healthStatus", "healthDetails", "kpisHealths", "lastBackupStatus", "lastBackupTime",
	"lastRecoveryPoint", "protectedItemDataId", "extendedInfo", "vaultId", "softDeleteRetentionPeriodInDays",
	"isScheduledForDeferredDelete", "isDeferredDeleteScheduleUpcoming", "deferredDeleteTimeInUTC",
	"deferredDeleteTimeRemaining", "isRehydrate", "isArchiveEnabled", "resourceGuardOperationRequests",
}

func (c *call) itemID() string { return itemID(c.vaultID(), c.params["container"], c.params["item"]) }

func itemID(vault, container, item string) string {
	return vault + "/backupFabrics/Azure/protectionContainers/" + container + "/protectedItems/" + item
}

// softDeleted tells whether an item only waits to be purged. One whose deletion is under way still lives.
func softDeleted(d *store.Document, now time.Time) bool {
	op := d.Operation
	underWay := op != nil && op.Kind == operationDelete && now.Before(op.Ready)
	return !d.GoneAt.IsZero() && !underWay
}

// itemVault is what an item shows of its vault.
type itemVault struct {
	document *store.Document
	body     object
}

func readItemVault(d *store.Document) (*itemVault, error) {
	body, err := decode(d.Body)
	return &itemVault{document: d, body: body}, err
}

// setting reads one of the vault's properties.
func (v *itemVault) setting(path string) string { return lookupText(v.body, "properties."+path) }

// retentionDays is how long a vault with this body keeps what is deleted.
func retentionDays(vault object) int64 {
	number, _ := lookup(vault, "properties."+pathSoftDeleteDays).(json.Number)
	if days, err := number.Int64(); err == nil {
		return days
	}
	return defaultRetentionDays
}

func retention(vault object) time.Duration {
	return time.Duration(retentionDays(vault)) * 24 * time.Hour
}

// renderItem is the item as clients see it.
func renderItem(d *store.Document, v *itemVault, now time.Time) (object, error) {
	stored, err := decode(d.Body)
	if err != nil {
		return nil, fmt.Errorf("document %s: %w", d.ID, err)
	}
	kept, err := section(stored, "properties")
	if err != nil {
		return nil, fmt.Errorf("document %s: %w", d.ID, err)
	}
	name := lastSegment(d.ID)
	container := strings.Split(strings.TrimSuffix(d.ID, "/protectedItems/"+name), "/")
	_, containerName, _ := strings.Cut(container[len(container)-1], ";")
	policy := lookupText(kept, "policyId")
	properties := merge(object{
		"protectedItemType":               protectedVM,
		"backupManagementType":            "AzureIaasVM",
		"workloadType":                    "VM",
		"containerName":                   containerName,
		"friendlyName":                    name[strings.LastIndexByte(name, ';')+1:],
		"virtualMachineId":                lookupText(kept, "sourceResourceId"),
		"policyName":                      lastSegment(policy),
		"protectionStatus":                "Healthy",
		"healthStatus":                    "Passed",
		"healthDetails":                   []any{},
		"kpisHealths":                     object{},
		"lastBackupStatus":                "",
		"lastBackupTime":                  "2001-01-01T00:00:00Z", // none yet
		"protectedItemDataId":             directoryID(d.ID, "data"),
		"extendedInfo":                    object{"recoveryPointCount": 0, "policyInconsistent": false},
		"vaultId":                         v.document.ID,
		"isArchiveEnabled":                false,
		"softDeleteRetentionPeriodInDays": retentionDays(v.body),
	}, kept)
	if kind := policyTypes[strings.ToLower(lastSegment(policy))]; kind != "" {
		properties["policyType"] = kind
	}
	deferred := []string{"deferredDeleteTimeInUTC", "softDeleteRetentionPeriodInDays"}
	if softDeleted(d, now) {
		properties["isScheduledForDeferredDelete"] = true
		properties["isDeferredDeleteScheduleUpcoming"] = d.GoneAt.Sub(now) <= 24*time.Hour
		properties["deferredDeleteTimeRemaining"] = timeSpan(d.GoneAt.Sub(now))
	} else if kept[deferred[0]] != nil {
		// Its deletion has not ended.
		delete(properties, deferred[0])
		properties[deferred[1]] = retentionDays(v.body)
	}
	stored["id"], stored["name"], stored["type"], stored["eTag"] = d.ID, name, typeProtectedItem, d.ETag
	stored["properties"] = properties
	return stored, nil
}

// timeSpan writes a duration as .NET does, d.hh:mm:ss.
func timeSpan(d time.Duration) string {
	seconds := int64(d / time.Second)
	return fmt.Sprintf("%d.%02d:%02d:%02d", seconds/86400, seconds/3600%24, seconds/60%60, seconds%60)
}
