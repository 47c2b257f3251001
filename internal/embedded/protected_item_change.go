package embedded

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

const pathDisks = "properties.extendedProperties.diskExclusionProperties"

// settleItem lays the request over the body of an item and checks the result. d is the item as it was, nil at its
// creation, when the body is empty. It returns the operation that a job of the request is about.
func (s *Service) settleItem(tx *store.Tx, c *call, d *store.Document, v *itemVault, body, in object) (string, error) {
	source, state, policy := lookupText(body, "properties.sourceResourceId"), lookupText(body, "properties.protectionState"),
		lookupText(body, "properties.policyId")
	if err := takeScan(c, body, in); err != nil {
		return "", err
	}
	properties, err := layItem(body, in)
	if err != nil {
		return "", err
	}
	m, err := checkSource(c, d, lookupText(properties, "sourceResourceId"))
	if err != nil {
		return "", err
	}
	if d != nil && store.Key(source) != m.key() {
		return "", invalidProtection("The item '%s' of the vault '%s' holds backups of '%s'. A machine of the same name and "+
			"resource group in another subscription, '%s', needs another vault.", lastSegment(d.ID),
			lastSegment(v.document.ID), source, m)
	}
	wanted := lookupText(in, "properties.protectionState")
	switch {
	case isStop(wanted) && d == nil:
		return "", invalidItem("There is no protection that could be stopped.")
	case strings.EqualFold(wanted, protectionStopped):
		properties["protectionState"], properties["policyId"] = protectionStopped, ""
		return jobDisable, stopHistory(body, tx.Now())
	case strings.EqualFold(wanted, protectionSuspended):
		properties["protectionState"], properties["policyId"] = protectionSuspended, policy
		if err := checkSuspendable(v); err != nil || !isRunning(state) {
			return jobDisable, err
		}
		return jobDisable, changeHistory(body, func(h *history) { h.end(tx.Now()) })
	case wanted != "" && !strings.EqualFold(wanted, protectionPending) && !strings.EqualFold(wanted, protectionActive):
		return "", invalidItem("The protectionState '%s' cannot be asked for.", wanted)
	}
	// An item that was read is sent back with the state it had; what it is in is for the service to say.
	properties["protectionState"] = protectionPending
	p, err := checkPolicy(v, lookupText(properties, "policyId"))
	if err != nil {
		return "", err
	}
	properties["policyId"] = p.id
	if err := s.checkProtectable(tx, v, m, d); err != nil {
		return "", err
	}
	if lookup(in, pathDisks) != nil {
		if err := s.checkMachineHasDisks(tx, m, body); err != nil {
			return "", err
		}
	}
	if err := checkPolicyFollows(v, body, p); err != nil {
		return "", err
	}
	same := isRunning(state) && store.Key(policy) == store.Key(p.id)
	return jobConfigure, changeHistory(body, func(h *history) {
		h.comeBack(tx.Now()) // what can be protected exists
		// What a version of this service protected that took no backups has no periods.
		if !same || len(h.Periods) == 0 {
			h.begin(tx.Now(), p.properties(), immutableDays(v.body))
		}
	})
}

// layItem lays what a client may say over the body of an item, and returns the properties.
func layItem(body, in object) (object, error) {
	for _, name := range []string{"id", "name", "type", "eTag", "systemData", memberHistory} {
		delete(in, name)
	}
	for _, name := range computedItemProperties {
		discard(in, "properties."+name)
	}
	given, err := section(in, "properties")
	if err != nil {
		return nil, err
	}
	if _, sent := given["extendedProperties"]; sent {
		// Whole: the way of Azure's clients to back up all disks again is to send it without the disks. A request that is
		// about something else leaves it out, and the choice of disks stays.
		discard(body, "properties.extendedProperties")
	}
	merge(body, in)
	properties, err := section(body, "properties")
	if err != nil {
		return nil, err
	}
	for _, name := range storedItemProperties {
		if _, err := text(properties, name); err != nil {
			return nil, err
		}
	}
	properties["protectedItemType"] = protectedVM // which was checked; in the service's spelling
	return properties, checkDisks(body)
}

func isStop(state string) bool {
	return slices.ContainsFunc([]string{protectionStopped, protectionSuspended},
		func(s string) bool { return strings.EqualFold(s, state) })
}

// checkDisks refuses a choice of disks that is none.
func checkDisks(body object) error {
	disks := lookup(body, pathDisks)
	if disks == nil {
		return nil
	}
	numbers, ok := lookup(body, pathDisks+".diskLunList").([]any)
	if !ok {
		return invalidContent("'%s.diskLunList' must be a list of numbers.", pathDisks)
	}
	seen := map[int64]bool{}
	for _, value := range numbers {
		number, ok := value.(json.Number)
		if !ok {
			return invalidContent("'%s.diskLunList' must be a list of numbers.", pathDisks)
		}
		lun, err := number.Int64()
		if err != nil || lun < 0 || lun > catalog.MaxLUN {
			return invalidItem("The logical unit number of a disk must be a whole number from 0 to %d; diskLunList has %s.",
				catalog.MaxLUN, number)
		}
		if seen[lun] {
			return invalidItem("diskLunList has %d twice.", lun)
		}
		seen[lun] = true
	}
	if lookup(body, pathDisks+".isInclusionList") != true && len(numbers) == 0 {
		return invalidItem("diskLunList is empty, and isInclusionList is not true. To back up all disks leave the disks out of " +
			"extendedProperties; to back up the OS disk alone include none.")
	}
	return nil
}

// checkMachineHasDisks refuses a choice of disks that the machine does not have, where it was written with its disks. That Azure
// refuses it, and with the code of any fault of an item, is our reading.
func (s *Service) checkMachineHasDisks(tx *store.Tx, id machineID, body object) error {
	m, err := s.findMachine(tx, id)
	if err != nil || m == nil || lookup(m.body, pathStorage) == nil {
		return err
	}
	var has []string
	for _, disk := range objectsIn(m.body, pathStorage+".dataDisks") {
		has = append(has, fmt.Sprint(disk["lun"]))
	}
	chosen, _ := lookup(body, pathDisks+".diskLunList").([]any)
	for _, lun := range chosen {
		if !slices.Contains(has, fmt.Sprint(lun)) {
			return invalidItem("diskLunList has %v, and the virtual machine '%s' has no data disk with this logical unit number. It has %s.",
				lun, id, orDefault(strings.Join(has, ", "), "no data disks"))
		}
	}
	return nil
}

// changeHistory changes the history in the body of an item.
func changeHistory(body object, change func(*history)) error {
	h, err := historyOf(body)
	if err != nil {
		return err
	}
	change(&h)
	h.into(body)
	return nil
}

func stopHistory(body object, at time.Time) error {
	return changeHistory(body, func(h *history) { h.stop(at) })
}
