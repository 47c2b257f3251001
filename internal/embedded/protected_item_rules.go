package embedded

import (
	"fmt"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// checkItemKind refuses what is not a virtual machine.
func checkItemKind(properties object) error {
	kind, err := text(properties, "protectedItemType")
	switch {
	case err != nil:
		return err
	case strings.EqualFold(kind, protectedVM):
		return nil
	case kind == "":
		return invalidItem("properties.protectedItemType is missing.")
	}
	return &Fault{
		Code: codeNotModelled,
		Message: fmt.Sprintf("The embedded backup service protects %s alone; the request is about '%s'.",
			protectedVM, kind),
	}
}

func invalidItem(format string, args ...any) error {
	return &Fault{
		Code:    codeInvalidItemInput,
		Message: "Input provided for the call is invalid. " + fmt.Sprintf(format, args...),
	}
}

func invalidProtection(format string, args ...any) error {
	return &Fault{
		Code: codeInvalidProtection,
		Message: "The input for configure protection is not in proper format. Ensure that the container exists. " +
			fmt.Sprintf(format, args...),
	}
}

// checkItemFree refuses a change of an item that another operation works on.
func checkItemFree(d *store.Document, now time.Time) error {
	if d == nil || d.Operation == nil || !d.Operation.Running(now) {
		return nil
	}
	return &Fault{
		Code: codeItemLocked,
		Message: fmt.Sprintf("Another operation (%s) is in progress on the item '%s'. Please retry when it has ended.",
			d.Operation.Kind, lastSegment(d.ID)),
	}
}

func itemIsSoftDeleted(d *store.Document) error {
	return invalidProtection("The item '%s' is soft-deleted. Undelete it (isRehydrate) before it is protected again.",
		lastSegment(d.ID))
}

// checkSource refuses a machine that cannot be protected under the names in the path: they are made of the machine's. d is
// the item as it was, nil when there is none yet. Which code Azure has for a name that no machine can have is our reading.
func checkSource(c *call, d *store.Document, source string) (machineID, error) {
	m, ok := parseMachineID(source)
	if !ok {
		return m, invalidProtection("sourceResourceId must be the id of a virtual machine; it is '%s'.", source)
	}
	if d == nil {
		// What a version of this service protected that knew no names stays manageable.
		if err := CheckMachineID(source); err != nil {
			return m, invalidProtection("sourceResourceId: %s.", err)
		}
	}
	// Both ways to compare without letter case: there are letters that only one of them, and so only one client, takes for
	// another.
	same := func(a, b string) bool { return store.Key(a) == store.Key(b) && strings.EqualFold(a, b) }
	if !same(c.params["container"], m.container()) || !same(c.params["item"], m.item()) {
		return m, invalidProtection("The item of the virtual machine '%s' is '%s' in the container '%s'.", source, m.item(),
			m.container())
	}
	return m, nil
}

// checkPolicy returns the policy with this id, and refuses one that the vault does not have.
func checkPolicy(v *itemVault, id string) (*policy, error) {
	if name, own := strings.CutPrefix(store.Key(id), store.Key(policyID(v.document.ID, ""))+"/"); own && name != "" {
		p, err := v.policy(name)
		if err != nil || p != nil {
			return p, err
		}
	}
	policies, err := policiesOf(v.tx, v.document)
	if err != nil {
		return nil, err
	}
	return nil, invalidItem("The vault '%s' has no policy '%s'. It has %s.", lastSegment(v.document.ID), id,
		listedNames(policies))
}

// checkPolicyFollows refuses a policy that cannot follow the one under which the backups of an item were taken, also when
// they are stopped now: one of a type that they rule out, and in an immutable vault one that keeps them for less time. That
// this holds for taking a stopped protection up again is not documented; the backups are as immutable then.
func checkPolicyFollows(v *itemVault, item object, p *policy) error {
	h, err := historyOf(item)
	if err != nil {
		return err
	}
	if err := catalog.CheckPolicyTypeChange(h.policy().Type, p.settings.Type); err != nil {
		return invalidItem("The policy '%s' is of the type %s; %s.", p.name(), p.settings.Type, err)
	}
	if !immutable(v) {
		return nil
	}
	shortened := p.settings.ShortensRetention(h.policy(), nil)
	if len(shortened) == 0 {
		return nil
	}
	return deniedOnImmutable(v, fmt.Sprintf("Reduction in retention is not allowed, by the policy '%s': %s.", p.name(), shortened[0].Message))
}

// checkProtectable refuses a machine that the vault cannot protect. d is its item, nil when there is none yet.
func (s *Service) checkProtectable(tx *store.Tx, v *itemVault, m machineID, d *store.Document) error {
	if err := s.checkRegion(tx, v, m); err != nil {
		return err
	}
	if err := s.checkUnprotected(tx, v, m); err != nil {
		return err
	}
	if d != nil {
		return nil
	}
	return checkVaultRoom(tx, v)
}

// checkRegion refuses a machine that does not exist, and one of another region than the vault's, unless the vault protects
// those of other regions. In Azure it does so for regions that Microsoft has agreed on with the customer; here for all.
func (s *Service) checkRegion(tx *store.Tx, v *itemVault, id machineID) error {
	m, err := s.findMachine(tx, id)
	if err != nil {
		return err
	}
	if gone, err := s.doesNotExist(tx, id, m); err != nil {
		return err
	} else if gone {
		return invalidProtection("The virtual machine '%s' does not exist.", id)
	}
	if m == nil || m.region == v.region() || v.protectsOtherRegions() {
		return nil
	}
	return &Fault{
		Code: codeRegionMismatch,
		Message: fmt.Sprintf("Virtual machine and vault are in different regions. The virtual machine '%s' is in '%s', and the "+
			"vault '%s' is in '%s'. A vault protects the machines of its own region alone; protect this one in a vault in '%s'.",
			id, m.region, lastSegment(v.document.ID), v.region(), m.region),
	}
}

// checkUnprotected refuses a machine of which another vault takes backups. Items that keep earlier backups and take none do not
// stand in the way: recorded of one that was stopped, in Azure/azure-powershell's session TestAzureVMRedoProtection. That
// suspended ones do not either is our reading.
func (s *Service) checkUnprotected(tx *store.Tx, v *itemVault, m machineID) error {
	items, err := s.itemsOf(tx, m)
	if err != nil {
		return err
	}
	active, _, err := itemsByActivity(items, tx.Now())
	if err != nil {
		return err
	}
	for _, other := range active {
		if other.Parent != store.Key(v.document.ID) {
			vault, _, _ := strings.Cut(other.ID, "/backupFabrics/")
			return invalidProtection("Virtual machine is already registered with another recovery services vault: '%s'.", vault)
		}
	}
	return nil
}

// checkVaultRoom refuses one machine more than a vault can protect. No policy can have more of them than its vault.
func checkVaultRoom(tx *store.Tx, v *itemVault) error {
	n, err := tx.Count(store.Query{Type: typeProtectedItem, Parent: v.document.ID})
	if err != nil || n < catalog.MaxVMsPerVault {
		return err
	}
	items, err := tx.Documents(store.Query{Type: typeProtectedItem, Parent: v.document.ID})
	if err != nil || len(liveItems(items, tx.Now())) < catalog.MaxVMsPerVault {
		return err
	}
	return &Fault{
		Code: codeQuotaExceeded,
		Message: fmt.Sprintf("The vault '%s' protects %d virtual machines, which is the most that a vault can protect. Use "+
			"another vault in '%s'.", lastSegment(v.document.ID), catalog.MaxVMsPerVault, v.region()),
	}
}

// immutable tells whether the vault keeps its backups whatever is asked.
func immutable(v *itemVault) bool {
	state := v.setting(pathImmutability)
	return state == "Unlocked" || state == "Locked"
}

func deniedOnImmutable(v *itemVault, what string) error {
	return &Fault{
		Code: codeImmutable,
		Message: fmt.Sprintf("%s The immutability of the vault '%s' is %s.", what, lastSegment(v.document.ID),
			orDefault(v.setting(pathImmutability), "Disabled")),
	}
}

func orDefault(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func checkSuspendable(v *itemVault) error {
	if immutable(v) {
		return nil
	}
	// Azure's own text says the contrary of what is the matter, seen in 2025.
	return deniedOnImmutable(v, "The operation is not allowed on an immutable vault and item, says Azure here "+
		"(https://aka.ms/AB-ImmutableVaults-States), and means that backups can be suspended in an immutable vault alone. Stop the "+
		"protection instead.")
}
