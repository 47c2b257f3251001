package embedded

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// guarded is an operation that a resource guard can protect.
type guarded struct {
	operation string // what Azure calls it
	request   string // the type of the request by which the guard's owner lets it pass
	always    bool   // a guard cannot leave it out
}

// The operations that the service has.
var (
	guardsDeletion   = guarded{operation: itemOperation + "/delete", request: "deleteProtectedItemRequests"}
	guardsProtection = guarded{operation: itemOperation + "/write", request: "updateProtectedItemRequests"}
	guardsPolicy     = guarded{operation: vaultOperation + "/backupPolicies/write", request: "updateProtectionPolicyRequests"}
	guardsMapping    = guarded{operation: vaultOperation + "/backupResourceGuardProxies/delete", request: "deleteResourceGuardProxyRequests", always: true}
	guardsSoftDelete = guarded{operation: vaultOperation + "/backupconfig/write", request: "disableSoftDeleteRequests", always: true}
	guardsEncryption = guarded{operation: vaultOperation + "/write#modifyEncryptionSettings", request: "modifyEncryptionSettings"}
	guardsStop       = guarded{operation: itemOperation + "/write#stopProtectionWithRetainData", request: "stopProtectionWithRetainDataRequests"}
	guardsImmutable  = guarded{operation: vaultOperation + "/write#reduceImmutabilityState", request: "reduceImmutabilityStateRequests"}
	guardsDuration   = guarded{operation: vaultOperation + "/write#modifyImmutabilityDuration", request: "modifyImmutabilityDurationRequests"}
)

const (
	vaultOperation = "Microsoft.RecoveryServices/vaults"
	itemOperation  = vaultOperation + "/backupFabrics/protectionContainers/protectedItems"
)

// guardedOperations are all that a guard protects of a vault, in Azure's order (recorded in July 2026), those that this service
// does not have among them.
var guardedOperations = []guarded{
	guardsDeletion, guardsProtection, guardsPolicy, guardsMapping,
	{operation: vaultOperation + "/backupSecurityPIN/action", request: "getBackupSecurityPINRequests"},
	guardsSoftDelete, guardsEncryption, guardsStop, guardsImmutable, guardsDuration,
	{operation: vaultOperation + "/registeredIdentities/delete", request: "deleteMABIdentityRequests"},
	{operation: vaultOperation + "/backupCrossTenantVaultMappings/write", request: "configureCrossTenantVaultMappingRequests"},
	{operation: vaultOperation + "/backupCrossTenantVaultMappings/remove/action", request: "deleteCrossTenantVaultMappingRequests"},
	{
		operation: vaultOperation + "/backupCrossTenantVaultMappings/backupFabrics/protectionContainers/protectedItems/recoveryPoints/restore/action",
		request:   "crossTenantTriggerRestoreRequests",
	},
}

// guardedBy are the operations that a guard protects: all but those that it excludes. One that is not here, being in another
// subscription or tenant, excludes none.
func guardedBy(tx *store.Tx, guard string) ([]guarded, object, error) {
	g, err := resourceGuards.load(tx, guard)
	if err != nil {
		return nil, nil, err
	}
	excluded, _ := lookup(g.body, pathGuardExclusions).([]any)
	return slices.DeleteFunc(slices.Clone(guardedOperations), func(o guarded) bool { return o.excludedFrom(excluded) }), g.body, nil
}

// excludedFrom tells whether a guard's list leaves the operation out.
func (o guarded) excludedFrom(list []any) bool {
	return !o.always && slices.ContainsFunc(list, func(name any) bool { return strings.EqualFold(fmt.Sprint(name), o.operation) })
}

// operationRequests are the operation requests that a body names.
func operationRequests(in object) []string {
	list, _ := in["resourceGuardOperationRequests"].([]any)
	var ids []string
	for _, id := range list {
		if s, ok := id.(string); ok {
			ids = append(ids, s)
		}
	}
	return ids
}

// checkGuarded refuses an operation on a vault, or on the thing in it with this id, that the vault's guard protects: unless the
// request names the guard's operation request, and of a deletion, unless it was unlocked. The status and the code are our
// reading; nobody has told what Azure answers.
func (s *Service) checkGuarded(tx *store.Tx, c *call, vault object, op guarded, id string, named []string) error {
	m := mappingOf(vault)
	if m == nil {
		return nil
	}
	ops, _, err := guardedBy(tx, m.guard)
	if err != nil || !slices.Contains(ops, op) {
		return err
	}
	request := m.request(op)
	wants := fmt.Sprintf("The request has to name '%s' in resourceGuardOperationRequests.", request)
	switch {
	case op == guardsDeletion || op == guardsMapping:
		if m.unlocked(id, c.now) {
			return nil
		}
		wants = fmt.Sprintf("It has to be unlocked first, by a request to unlockDelete that names '%s'.", request)
	case slices.ContainsFunc(named, func(id string) bool { return strings.EqualFold(id, request) }):
		return s.checkLinked(request)
	}
	return &Fault{
		Code: codeLinkedAuthorization,
		Message: fmt.Sprintf("The operation '%s' of the vault '%s' is protected by the resource guard '%s'. %s", op.operation, c.params["vault"],
			m.guard, wants),
	}
}

// checkLinked is the look of Azure Resource Manager whether the caller has access to what a request names. Here everybody has,
// unless a fault rule says otherwise of the operation request.
func (s *Service) checkLinked(request string) error {
	rule := s.config.Faults.pick(http.MethodPost, KindGuardedOperation, strings.Split(strings.Trim(request, "/"), "/"))
	if rule == nil || rule.Status == 0 {
		return nil
	}
	f := rule.fault()
	if rule.Message == "" {
		f.Message = fmt.Sprintf("The client has permission to perform the action; however, it does not have permission on the linked scope '%s', or "+
			"the linked scope is invalid.", request)
	}
	return &refusal{Fault: f, status: rule.Status}
}

// checkGuardedVault is checkGuarded of what a request changes of a vault.
func (s *Service) checkGuardedVault(tx *store.Tx, c *call, d *store.Document, after object, named []string) error {
	before, err := decode(d.Body)
	if err != nil {
		return err
	}
	was, is := under(before, "properties"), under(after, "properties")
	for _, change := range []struct {
		op     guarded
		weaker bool
	}{
		{guardsSoftDelete, becomes(was, is, pathSoftDelete, "Disabled") || becomes(was, is, pathEnhancedSecurity, "Disabled")},
		{guardsImmutable, becomes(was, is, pathImmutability, "Disabled") && lookupText(was, pathImmutability) != ""},
		{guardsDuration, shorter(lookup(was, pathImmutableDays), lookup(is, pathImmutableDays))},
		{guardsEncryption, !reflect.DeepEqual(was["encryption"], is["encryption"])},
	} {
		if !change.weaker {
			continue
		}
		if err := s.checkGuarded(tx, c, before, change.op, d.ID, named); err != nil {
			return err
		}
	}
	return nil
}

const pathImmutableDays = "securitySettings.immutabilitySettings.configuration.durationInDays"

func under(o object, name string) object {
	inner, _ := o[name].(object)
	return inner
}

func becomes(was, is object, path, value string) bool {
	return strings.EqualFold(lookupText(is, path), value) && !strings.EqualFold(lookupText(was, path), value)
}

// shorter tells whether a number of days is less, or there is none any more.
func shorter(was, is any) bool {
	number := func(v any) int64 {
		n, ok := v.(interface{ Int64() (int64, error) })
		if !ok {
			return 0
		}
		days, _ := n.Int64()
		return days
	}
	return number(is) < number(was)
}

// checkGuardedPolicy is checkGuarded of a policy that keeps recovery points for less time.
func (s *Service) checkGuardedPolicy(tx *store.Tx, c *call, vault *store.Document, named []string) error {
	body, err := decode(vault.Body)
	if err != nil {
		return err
	}
	return s.checkGuarded(tx, c, body, guardsPolicy, vault.ID, named)
}

// checkGuardedProtection is checkGuarded of a request for an item: that it takes no more backups and keeps those there are, or
// gets a policy that keeps them for less time. item is its body, empty for a new one.
func (s *Service) checkGuardedProtection(tx *store.Tx, c *call, v *itemVault, item, in object) error {
	if mappingOf(v.body) == nil || len(item) == 0 {
		return nil
	}
	properties := under(in, "properties")
	if wanted := lookupText(properties, "protectionState"); isStop(wanted) {
		if !strings.EqualFold(wanted, protectionStopped) {
			return nil // by its policy backups expire as before
		}
		return s.checkGuarded(tx, c, v.body, guardsStop, v.document.ID, operationRequests(properties))
	}
	p, refused := checkPolicy(v, lookupText(properties, "policyId"))
	if refused != nil {
		return nil //nolint:nilerr // it is refused further on, where all faults of a policy are
	}
	h, err := historyOf(item)
	if err != nil || len(p.settings.ShortensRetention(h.policy(), nil)) == 0 {
		return err
	}
	return s.checkGuarded(tx, c, v.body, guardsProtection, v.document.ID, operationRequests(properties))
}
