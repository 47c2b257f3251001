package embedded

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
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
	"lastRecoveryPoint", "protectedItemDataId", "sourceLocation", "extendedInfo", "vaultId", "softDeleteRetentionPeriod",
	"softDeleteRetentionPeriodInDays", "isScheduledForDeferredDelete", "isDeferredDeleteScheduleUpcoming", "deferredDeleteTimeInUTC",
	"deferredDeleteTimeRemaining", "isRehydrate", "isArchiveEnabled", "resourceGuardOperationRequests",
	"sourceSideScanInfo",
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
	machine  func(*store.Tx, machineID) (*machine, error)
	threats  func(machine string) []Threat
}

func (s *Service) readItemVault(tx *store.Tx, d *store.Document) (*itemVault, error) {
	body, err := decode(d.Body)
	return &itemVault{tx: tx, document: d, body: body, policies: map[string]*policy{}, course: s.courseOf, machine: s.findMachine, threats: s.threatsOf}, err
}

func (v *itemVault) region() string { return lookupText(v.body, "location") }

// protectsOtherRegions tells whether the vault is one of a region of choice.
func (v *itemVault) protectsOtherRegions() bool {
	return v.setting(pathRegionOfChoice) == catalog.SettingEnabled
}

// regionOf is where the machine of an item is. A vault protects machines of its own region alone, unless its region is one of
// choice.
func (v *itemVault) regionOf(source string) (string, error) {
	id, ok := parseMachineID(source)
	if !ok || !v.protectsOtherRegions() {
		return v.region(), nil
	}
	m, err := v.machine(v.tx, id)
	if err != nil || m == nil {
		return v.region(), err
	}
	return m.region, nil
}

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

// The API versions from which on items have members that they did not have before. Recordings show them with and without;
// where between the versions of two recordings a member came is our reading.
const (
	firstSoftDeleteRetentionPeriod = "2025-02-01" // not with 2021-12-01
	firstSourceLocation            = "2026-07-01" // not with 2025-02-01; of containers by Microsoft's type definitions
)

// renderItem is the item as clients see it.
func renderItem(c *call, d *store.Document, v *itemVault) (object, error) {
	now := c.now
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
		"protectedItemType":    protectedVM,
		"backupManagementType": managementVM,
		"workloadType":         dataSourceVM,
		"containerName":        containerName,
		"friendlyName":         machineName(d),
		"virtualMachineId":     lookupText(kept, "sourceResourceId"),
		"protectionStatus":     "Healthy",
		"healthStatus":         "Passed",
		"kpisHealths":          object{},
		"protectedItemDataId":  dataID(d.ID),
		"vaultId":              c.origin() + v.document.ID, // with the address of ARM, other than all other ids
		"isArchiveEnabled":     false,
	}, kept)
	if c.since(firstSoftDeleteRetentionPeriod) {
		properties["softDeleteRetentionPeriod"] = 0 // whatever the vault's retention is
	}
	if c.since(firstSourceLocation) {
		if properties["sourceLocation"], err = v.regionOf(lookupText(kept, "sourceResourceId")); err != nil {
			return nil, fmt.Errorf("document %s: %w", d.ID, err)
		}
	}
	if err := renderBackups(c, properties, stored, v); err != nil {
		return nil, fmt.Errorf("document %s: %w", d.ID, err)
	}
	renderDeferred(properties, d, now)
	delete(stored, memberHistory)
	stored["id"], stored["name"], stored["type"], stored["eTag"] = d.ID, name, typeProtectedItem, d.ETag
	stored["properties"] = properties
	return stored, nil
}

// renderDeferred says of an item that is soft-deleted what becomes of it, and of others nothing, also while the deletion is
// under way. The recording of 2022 has neither the flag that it will be purged soon, with nearly 14 days to go, nor the days
// of retention; here the flag is there when it is true, and the days are, which newer models have.
func renderDeferred(properties object, d *store.Document, now time.Time) {
	if !softDeleted(d, now) {
		delete(properties, "deferredDeleteTimeInUTC")
		delete(properties, "softDeleteRetentionPeriodInDays")
		return
	}
	delete(properties, "healthDetails")
	properties["isScheduledForDeferredDelete"] = true
	if d.GoneAt.Sub(now) <= 24*time.Hour {
		properties["isDeferredDeleteScheduleUpcoming"] = true
	}
	properties["deferredDeleteTimeRemaining"] = timeSpan(d.GoneAt.Sub(now))
}

// dataID is a decimal number, which an item keeps.
func dataID(id string) string {
	sum := sha256.Sum256([]byte(store.Key(id)))
	return strconv.FormatUint(binary.BigEndian.Uint64(sum[:])>>16, 10)
}

// renderBackups adds what the item's policy and its recovery points say.
func renderBackups(c *call, properties, stored object, v *itemVault) error {
	now := c.now
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
		properties["lastBackupStatus"] = jobCompleted
		if !last.at.IsZero() {
			properties["lastBackupTime"] = timestamp(last.at)
		}
		merge(properties, last.health())
	}
	points := h.points(now, course)
	if c.since(firstSourceScan) {
		properties["sourceSideScanInfo"] = h.scanInfo(points, v.threats(lookupText(properties, "sourceResourceId")), now)
	}
	extended := object{"recoveryPointCount": len(points), "policyInconsistent": false}
	properties["extendedInfo"] = extended
	if len(points) == 0 {
		return nil
	}
	if properties["extendedProperties"] == nil {
		properties["extendedProperties"] = object{}
	}
	newest, oldest := points[0], points[len(points)-1]
	properties["lastRecoveryPoint"], extended["oldestRecoveryPoint"] = timestamp(newest.taken()), timestamp(oldest.taken())
	shown := itemPoints{policy: h.policy(), now: now}
	for _, p := range points { // the newest first
		if !shown.archived(p) {
			extended["oldestRecoveryPointInVault"] = timestamp(p.taken())
			continue
		}
		extended["oldestRecoveryPointInArchive"] = timestamp(p.taken())
		if properties["isArchiveEnabled"] != true {
			properties["isArchiveEnabled"], extended["newestRecoveryPointInArchive"] = true, timestamp(p.taken())
		}
	}
	if properties["protectionState"] == protectionPending {
		properties["protectionState"] = protectionActive
	}
	return nil
}

// health is what the last backup says about its item. Recorded are one that succeeded (2018 and 2025), and a machine that was
// gone (2025), whose scheduled backups had failed; that other failures look like that is our reading.
func (b *ended) health() object {
	if b.fault == nil {
		return object{"healthDetails": []any{object{
			"code": 400239, "title": "IaasVmHealthGreenDefault",
			"message": "Backup pre-check status of this virtual machine is OK.", "recommendations": []any{},
		}}, "kpisHealths": object{"BackupOperationStatusKPI": object{"resourceHealthStatus": "Healthy", "resourceHealthDetails": []any{object{
			"code": 0, "title": "Success", "message": "", "recommendations": []any{},
		}}}}}
	}
	return object{
		"lastBackupStatus": jobFailed, "protectionStatus": "Unhealthy", "healthStatus": "ActionRequired",
		"healthDetails": []any{object{
			"code": b.fault.number(), "title": b.fault.Code, "message": b.fault.Message, "recommendations": b.fault.recommendations(),
		}},
	}
}

// timeSpan writes a duration as .NET does, d.hh:mm:ss with seven decimals unless it is of whole seconds.
func timeSpan(d time.Duration) string {
	seconds := int64(d / time.Second)
	text := fmt.Sprintf("%d.%02d:%02d:%02d", seconds/86400, seconds/3600%24, seconds/60%60, seconds%60)
	if ticks := int64(d % time.Second / 100); ticks > 0 {
		text += fmt.Sprintf(".%07d", ticks)
	}
	return text
}
