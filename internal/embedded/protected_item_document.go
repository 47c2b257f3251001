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

// The protection states that the service knows. An item is stored as pending while it is backed up, and shown as
// protected once there is a recovery point.
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
	"lastRecoveryPoint", "protectedItemDataId", "sourceLocation", "extendedInfo", "vaultId", "softDeleteRetentionPeriodInDays",
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
	underWay := op != nil && op.Kind == operationDelete && op.Running(now)
	return !d.GoneAt.IsZero() && !underWay
}

// itemVault is what an item shows of its vault. It lasts as long as the transaction it was read in.
type itemVault struct {
	tx       *store.Tx
	document *store.Document
	body     object
	policies map[string]*policy // those that were asked for, by the key of the name
	course   func(machine string) course
}

func (s *Service) readItemVault(tx *store.Tx, d *store.Document) (*itemVault, error) {
	body, err := decode(d.Body)
	return &itemVault{tx: tx, document: d, body: body, policies: map[string]*policy{}, course: s.courseOf}, err
}

func (v *itemVault) region() string { return lookupText(v.body, "location") }

// policy returns the policy of this name, nil when the vault has none. A list of items asks for the same few again and
// again.
func (v *itemVault) policy(name string) (*policy, error) {
	if p, read := v.policies[store.Key(name)]; read {
		return p, nil
	}
	p, err := findPolicy(v.tx, v.document, name)
	if err == nil {
		v.policies[store.Key(name)] = p
	}
	return p, err
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
	_, containerName, _ := strings.Cut(containerOf(d.ID), ";")
	properties := merge(object{
		"protectedItemType":               protectedVM,
		"backupManagementType":            managementVM,
		"workloadType":                    dataSourceVM,
		"containerName":                   containerName,
		"friendlyName":                    machineName(d),
		"virtualMachineId":                lookupText(kept, "sourceResourceId"),
		"protectionStatus":                "Healthy",
		"healthStatus":                    "Passed",
		"healthDetails":                   []any{},
		"kpisHealths":                     object{},
		"protectedItemDataId":             directoryID(d.ID, "data"),
		"vaultId":                         v.document.ID,
		"sourceLocation":                  v.region(), // a vault protects machines of its own region alone
		"isArchiveEnabled":                false,
		"softDeleteRetentionPeriodInDays": retentionDays(v.body),
	}, kept)
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
	if err := renderBackups(properties, stored, v, now); err != nil {
		return nil, fmt.Errorf("document %s: %w", d.ID, err)
	}
	delete(stored, memberHistory)
	stored["id"], stored["name"], stored["type"], stored["eTag"] = d.ID, name, typeProtectedItem, d.ETag
	stored["properties"] = properties
	return stored, nil
}

// renderBackups adds what the item's policy and its recovery points say.
func renderBackups(properties, stored object, v *itemVault, now time.Time) error {
	h, err := historyOf(stored)
	if err != nil {
		return err
	}
	name := lastSegment(lookupText(properties, "policyId"))
	properties["policyName"] = name
	if name != "" {
		p, err := v.policy(name)
		if err != nil {
			return err
		}
		if p != nil {
			properties["policyName"], properties["policyType"] = p.name(), p.settings.Type
		}
	}
	properties["lastBackupStatus"], properties["lastBackupTime"] = "", "2001-01-01T00:00:00Z" // none yet
	course := v.course(lookupText(properties, "sourceResourceId"))
	if last := h.lastBackup(now, course); last != nil {
		properties["lastBackupStatus"], properties["lastBackupTime"] = jobCompleted, timestamp(last.at)
		if last.fault != nil {
			properties["lastBackupStatus"] = jobFailed
			merge(properties, last.health())
		}
	}
	points := h.points(now, course)
	extended := object{"recoveryPointCount": len(points), "policyInconsistent": false}
	properties["extendedInfo"] = extended
	if len(points) == 0 {
		return nil
	}
	newest, oldest := points[0], points[len(points)-1]
	properties["lastRecoveryPoint"], extended["oldestRecoveryPoint"] = timestamp(newest.at), timestamp(oldest.at)
	shown := itemPoints{policy: h.policy(), now: now}
	for _, p := range points { // the newest first
		if !shown.archived(p) {
			extended["oldestRecoveryPointInVault"] = timestamp(p.at)
			continue
		}
		extended["oldestRecoveryPointInArchive"] = timestamp(p.at)
		if properties["isArchiveEnabled"] != true {
			properties["isArchiveEnabled"], extended["newestRecoveryPointInArchive"] = true, timestamp(p.at)
		}
	}
	if properties["protectionState"] == protectionPending {
		properties["protectionState"] = protectionActive
	}
	return nil
}

// health is what a failed backup says about its item. Which of its states Azure shows after which failure is not
// documented, except that the check is critical after a failed backup on demand of a machine that is gone, and says
// nothing after a scheduled one (learn.microsoft.com/azure/backup/backup-azure-manage-vms).
func (b *ended) health() object {
	health := object{"protectionStatus": "Unhealthy"}
	if b.scheduled && b.fault.Code == codeMachineGone {
		return health
	}
	return merge(health, object{"healthStatus": "ActionRequired", "healthDetails": []any{object{
		"code": 0, "title": b.fault.Code, "message": b.fault.Message, "recommendations": []any{},
	}}})
}

// timeSpan writes a duration as .NET does, d.hh:mm:ss.
func timeSpan(d time.Duration) string {
	seconds := int64(d / time.Second)
	return fmt.Sprintf("%d.%02d:%02d:%02d", seconds/86400, seconds/3600%24, seconds/60%60, seconds%60)
}
