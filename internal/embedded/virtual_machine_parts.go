package embedded

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

const (
	diskAttached   = "Attached"
	diskUnattached = "Unattached"

	pathStorage    = "properties.storageProfile"
	pathInterfaces = "properties.networkProfile.networkInterfaces"
)

// settleMachine gives a machine its id, and names the disks that are made with it.
func (s *Service) settleMachine(tx *store.Tx, d *store.Document, body object) error {
	if lookup(body, "properties.vmId") == nil {
		setAt(body, "properties.vmId", uuid.NewString())
		setAt(body, "properties.timeCreated", timestamp(tx.Now()))
	}
	for name, disk := range disksOf(body) {
		managed, _ := disk["managedDisk"].(object)
		if disk["vhd"] != nil || managed["id"] != nil || strings.EqualFold(lookupText(disk, "createOption"), "Attach") {
			continue
		}
		if disk["name"] == nil {
			// Always the same, so that a machine that is written again has the same disks.
			disk["name"] = lastSegment(d.ID) + "_" + name + "_" + strings.ReplaceAll(directoryID(d.ID, name), "-", "")
		}
		group, _, _ := strings.Cut(d.ID, "/providers/")
		setAt(disk, "managedDisk.id", group+"/providers/"+disks.of+"/"+lookupText(disk, "name"))
		fill(disk, object{"managedDisk": object{"storageAccountType": "Standard_LRS"}})
	}
	os, _ := lookup(body, pathStorage+".osDisk").(object)
	switch {
	case os == nil || os["osType"] != nil:
	case lookup(body, "properties.osProfile.windowsConfiguration") != nil:
		os["osType"] = "Windows"
	case lookup(body, "properties.osProfile.linuxConfiguration") != nil:
		os["osType"] = "Linux"
	}
	return nil
}

// disksOf are the disks of a machine, by what Azure names those after that have no name.
func disksOf(body object) map[string]object {
	all := map[string]object{}
	if os, ok := lookup(body, pathStorage+".osDisk").(object); ok {
		all["OsDisk_1"] = os
	}
	for _, disk := range objectsIn(body, pathStorage+".dataDisks") {
		all[fmt.Sprintf("DataDisk_%v", disk["lun"])] = disk
	}
	return all
}

// attachment is what a machine has hold of: what the machine says about it, by the key of its id.
type attachments map[string]object

func diskAttachments(body object) attachments {
	all := attachments{}
	for _, disk := range disksOf(body) {
		if id := lookupText(disk, "managedDisk.id"); id != "" {
			all[store.Key(id)] = disk
		}
	}
	return all
}

func interfaceAttachments(body object) attachments {
	all := attachments{}
	for _, reference := range objectsIn(body, pathInterfaces) {
		all[store.Key(lookupText(reference, "id"))] = reference
	}
	return all
}

// machineChanged tells the backups of a machine, its disks and its network interfaces that it was written or deleted.
func (s *Service) machineChanged(tx *store.Tx, d *store.Document, before, after object) error {
	id, _ := parseMachineID(d.ID)
	change := func(h *history) { h.comeBack(tx.Now()) }
	if after == nil {
		change = func(h *history) { h.leave(tx.Now()) }
	}
	if err := s.changeHistories(tx, id, change); err != nil {
		return err
	}
	if err := s.makeDisks(tx, d, after); err != nil {
		return err
	}
	deletes := func(said object, path string) bool {
		return after == nil && strings.EqualFold(lookupText(said, path), "Delete")
	}
	had, has := diskAttachments(before), diskAttachments(after)
	for key, disk := range had {
		if has[key] == nil {
			if err := release(s, tx, disks, key, deletes(disk, "deleteOption"), releaseDisk); err != nil {
				return err
			}
		}
	}
	for key := range has {
		if err := edit(tx, disks, key, func(body object) { holdDisk(body, d.ID) }); err != nil {
			return err
		}
	}
	had, has = interfaceAttachments(before), interfaceAttachments(after)
	for key, reference := range had {
		if has[key] == nil {
			if err := release(s, tx, networkInterfaces, key, deletes(reference, "properties.deleteOption"), releaseInterface); err != nil {
				return err
			}
		}
	}
	for key, reference := range has {
		primary := len(has) == 1 || lookup(reference, "properties.primary") == true
		if err := edit(tx, networkInterfaces, key, func(body object) { holdInterface(body, d.ID, key, primary) }); err != nil {
			return err
		}
	}
	return nil
}

// makeDisks makes the disks that come with a machine.
func (s *Service) makeDisks(tx *store.Tx, d *store.Document, body object) error {
	for _, disk := range disksOf(body) {
		id, option := lookupText(disk, "managedDisk.id"), lookupText(disk, "createOption")
		if id == "" || strings.EqualFold(option, "Attach") {
			continue
		}
		r, err := disks.load(tx, id)
		if err != nil {
			return err
		}
		if r.document != nil {
			continue
		}
		r.document = disks.document(d.Subscription, d.ResourceGroup, "", id)
		made := object{
			"location": body["location"], "sku": object{"name": lookup(disk, "managedDisk.storageAccountType")},
			"properties": object{
				"creationData": object{"createOption": option}, "diskSizeGB": disk["diskSizeGB"], "osType": disk["osType"],
			},
		}
		if body["zones"] != nil {
			made["zones"] = body["zones"]
		}
		if err := disks.store(s, tx, &r, made, true); err != nil {
			return err
		}
	}
	return nil
}

// edit changes what the service says of a resource. One that is not there is left so.
func edit(tx *store.Tx, n *neighbour, id string, change func(object)) error {
	r, err := n.load(tx, id)
	if err != nil || r.document == nil {
		return err
	}
	change(r.body)
	return save(tx, r.document, r.body)
}

// release lets go of what a machine had hold of, or deletes it with the machine.
func release(s *Service, tx *store.Tx, n *neighbour, id string, deleted bool, change func(object)) error {
	if !deleted {
		return edit(tx, n, id, change)
	}
	r, err := n.load(tx, id)
	if err != nil || r.document == nil {
		return err
	}
	return n.remove(s, tx, r)
}

func holdDisk(body object, machine string) {
	body["managedBy"] = machine
	setAt(body, "properties.diskState", diskAttached)
}

func releaseDisk(body object) {
	delete(body, "managedBy")
	setAt(body, "properties.diskState", diskUnattached)
}

// holdInterface also gives an interface the hardware address that it gets with its first machine.
func holdInterface(body object, machine, key string, primary bool) {
	setAt(body, pathInterfaceMachine, object{"id": machine})
	setAt(body, "properties.primary", primary)
	if lookup(body, "properties.macAddress") == nil {
		sum := sha256.Sum256([]byte(key))
		setAt(body, "properties.macAddress", fmt.Sprintf("00-0D-3A-%02X-%02X-%02X", sum[0], sum[1], sum[2]))
	}
}

func releaseInterface(body object) { discard(body, pathInterfaceMachine) }

// settleDisk gives a disk its id, and what follows from its kind and size.
func (s *Service) settleDisk(tx *store.Tx, _ *store.Document, body object) error {
	properties, _ := body["properties"].(object)
	if properties["uniqueId"] == nil {
		properties["uniqueId"], properties["timeCreated"] = uuid.NewString(), timestamp(tx.Now())
	}
	tier, _, _ := strings.Cut(lookupText(body, "sku.name"), "_")
	setAt(body, "sku.tier", strings.TrimSuffix(tier, "V2"))
	if size, ok := properties["diskSizeGB"].(interface{ Int64() (int64, error) }); ok {
		if gigabytes, err := size.Int64(); err == nil {
			properties["diskSizeBytes"] = gigabytes << 30
		}
	}
	return nil
}
