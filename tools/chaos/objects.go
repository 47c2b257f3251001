package main

import (
	"net/http"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

const (
	vaultAddress  = "backup_vault.main"
	policyAddress = "backup_policy_vm.nightly"
	vmAddress     = "backup_protected_vm.web"

	group     = "/subscriptions/" + embedded.DefaultSubscriptionID + "/resourceGroups/backup"
	vaultID   = group + "/providers/Microsoft.RecoveryServices/vaults/main"
	policyID  = vaultID + "/backupPolicies/nightly"
	machineID = "/subscriptions/" + embedded.DefaultSubscriptionID + "/resourceGroups/shop/providers/Microsoft.Compute/virtualMachines/web"
	itemID    = vaultID + "/backupFabrics/Azure/protectionContainers/iaasvmcontainer;iaasvmcontainerv2;shop;web/protectedItems/vm;iaasvmcontainerv2;shop;web"
)

// blocks are the attributes of the resources of a cell; nil is none.
type blocks struct{ vault, policy, vm attributes }

func (b blocks) configuration(timeout time.Duration) configuration {
	c := configuration{imports: map[string]string{}}
	for _, r := range []resource{
		{vaultAddress, "backup_vault", b.vault}, {policyAddress, "backup_policy_vm", b.policy}, {vmAddress, "backup_protected_vm", b.vm},
	} {
		if r.config != nil {
			r.config = r.config.with(attributes{"timeouts": limits(timeout)})
			c.resources = append(c.resources, r)
		}
	}
	return c
}

func limits(timeout time.Duration) attributes {
	text := timeout.String()
	return attributes{"create": text, "read": text, "update": text, "delete": text}
}

var (
	aVault  = attributes{"name": "main", "region": "eastus", "tags": attributes{"stage": "test"}}
	aPolicy = attributes{
		"name": "nightly", "vault_id": reference{vaultAddress, "id"},
		"backup": attributes{"frequency": "Daily", "time": "23:00"}, "retention_daily": attributes{"count": 30},
	}
	aVM = attributes{
		"vault_id": reference{vaultAddress, "id"}, "backup_policy_id": reference{policyAddress, "id"}, "source_vm_id": machineID,
	}
)

const identity = group + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/a"

// subject is what a cell is about: an object, and what surrounds it.
type subject struct {
	name    string
	address string
	// around is what is there before, and object what the subject itself adds.
	around, object blocks
	// updates are changes in place, and replacements those that take another object.
	updates, replacements map[string]blocks
	// softDeleted: the VM was protected before, and its backups are soft-deleted when the subject is created.
	softDeleted bool
	targets     []target
}

// target is a kind of request that goes wrong.
type target struct {
	name string
	rule embedded.FaultRule
}

func on(name, method string, kind embedded.Kind) target {
	return target{name, embedded.FaultRule{Method: method, Kind: kind}}
}

// inGroup is every request about what is in the resource group.
var inGroup = target{"group", embedded.FaultRule{Path: "resourceGroups/backup"}}

var vaultTargets = []target{
	on("PUT", http.MethodPut, embedded.KindVault), on("GET", http.MethodGet, embedded.KindVault), on("PATCH", http.MethodPatch, embedded.KindVault),
	on("DELETE", http.MethodDelete, embedded.KindVault), on("operation", "", embedded.KindVaultOperation), on("list", http.MethodGet, embedded.KindVaultList),
	on("usages", http.MethodGet, embedded.KindVaultUsages), on("deleted", "", embedded.KindDeletedVaultList), on("group-itself", "", embedded.KindResourceGroup),
	on("registration", "", embedded.KindResourceProvider), inGroup,
}

var policyTargets = []target{
	on("PUT", http.MethodPut, embedded.KindPolicy), on("GET", http.MethodGet, embedded.KindPolicy), on("DELETE", http.MethodDelete, embedded.KindPolicy),
	on("operation", "", embedded.KindPolicyOperation), on("list", http.MethodGet, embedded.KindPolicyList), on("vault", http.MethodGet, embedded.KindVault),
	on("vaults", http.MethodGet, embedded.KindVaultList), inGroup,
}

var vmTargets = []target{
	on("PUT", http.MethodPut, embedded.KindProtectedItem), on("GET", http.MethodGet, embedded.KindProtectedItem),
	on("DELETE", http.MethodDelete, embedded.KindProtectedItem), on("list", http.MethodGet, embedded.KindProtectedItemList),
	{"operation", embedded.FaultRule{Kind: embedded.KindProtectedItemOperation, Path: "operationsStatus"}},
	{"result", embedded.FaultRule{Kind: embedded.KindProtectedItemOperation, Path: "operationResults"}},
	on("operations", "", embedded.KindProtectedItemOperation), on("machine", "", embedded.KindVirtualMachine), on("status", "", embedded.KindBackupStatus),
	on("vault", http.MethodGet, embedded.KindVault), on("policies", http.MethodGet, embedded.KindPolicyList), inGroup,
}

// subjects are what cells are about.
func subjects() []subject {
	vm := subject{
		address: vmAddress, around: blocks{vault: aVault, policy: aPolicy}, object: blocks{vm: aVM}, targets: vmTargets,
		updates: map[string]blocks{
			"policy": {vm: attributes{"backup_policy_id": vaultID + "/backupPolicies/DefaultPolicy"}},
			"disks":  {vm: attributes{"exclude_disk_luns": []any{1}}},
			"stop":   {vm: attributes{"protection_state": "ProtectionStopped"}},
		},
		replacements: map[string]blocks{"machine": {vm: attributes{"source_vm_id": machineID + "-2"}}},
	}
	variant := func(name string, vault, item attributes) subject {
		s := vm
		s.name, s.around.vault, s.object.vm = name, aVault.with(vault), aVM.with(item)
		return s
	}
	again := variant("vm-deleted", nil, nil)
	again.softDeleted, again.updates, again.replacements = true, nil, nil
	locked := variant("vm-locked", attributes{"immutability": "Locked"}, attributes{"deletion_policy": "retain_data"})
	suspending := variant("vm-unlocked", attributes{"immutability": "Unlocked"}, attributes{"deletion_policy": "suspend"})
	suspending.updates = vm.with("suspend", blocks{vm: attributes{"protection_state": "BackupsSuspended"}})
	return []subject{
		{
			name: "vault", address: vaultAddress, object: blocks{vault: aVault}, targets: vaultTargets,
			updates: map[string]blocks{
				"tags":       {vault: attributes{"tags": attributes{"stage": "live"}}},
				"redundancy": {vault: attributes{"storage_redundancy": "LocallyRedundant"}},
				"soft":       {vault: attributes{"soft_delete": attributes{"state": "Enabled", "retention_days": 30}}},
				"steps": {vault: attributes{
					"immutability": "Locked", "identity": attributes{"type": "UserAssigned", "identity_ids": []any{identity}},
					"cross_region_restore_enabled": true, "public_network_access_enabled": false,
				}},
			},
			replacements: map[string]blocks{"name": {vault: attributes{"name": "other"}}, "region": {vault: attributes{"region": "westus"}}},
		},
		{
			name: "vault-steps", address: vaultAddress, targets: vaultTargets,
			object: blocks{vault: aVault.with(attributes{
				"immutability": "Locked", "identity": attributes{"type": "UserAssigned", "identity_ids": []any{identity}},
			})},
		},
		{
			name: "policy", address: policyAddress, around: blocks{vault: aVault}, object: blocks{policy: aPolicy}, targets: policyTargets,
			updates: map[string]blocks{
				"retention": {policy: attributes{"retention_daily": attributes{"count": 40}}},
				"time":      {policy: attributes{"backup": attributes{"frequency": "Daily", "time": "22:30"}}},
			},
			replacements: map[string]blocks{"name": {policy: attributes{"name": "weekly"}}, "type": {policy: attributes{"policy_type": "V2"}}},
		},
		{
			name: "policy-used", address: policyAddress, around: blocks{vault: aVault}, object: blocks{policy: aPolicy, vm: aVM}, targets: policyTargets,
			updates: map[string]blocks{"retention": {policy: attributes{"retention_daily": attributes{"count": 40}}}},
		},
		variant("vm", nil, nil),
		variant("vm-purged", attributes{"soft_delete": attributes{"state": "Disabled"}}, nil),
		suspending, locked, again,
		{
			name: "all", address: vaultAddress, targets: append(append(append([]target{}, vaultTargets...), prefixed("policy-", policyTargets)...), prefixed("vm-", vmTargets)...),
			object: blocks{vault: aVault.with(attributes{"soft_delete": attributes{"state": "Disabled"}}), policy: aPolicy, vm: aVM},
		},
	}
}

// with returns the subject's updates and another.
func (s subject) with(name string, update blocks) map[string]blocks {
	updates := map[string]blocks{name: update}
	for other, b := range s.updates {
		updates[other] = b
	}
	return updates
}

// prefixed are the targets of an object that are about no other.
func prefixed(prefix string, all []target) (own []target) {
	for _, t := range all {
		if t.name != inGroup.name {
			own = append(own, target{prefix + t.name, t.rule})
		}
	}
	return own
}

// over puts the attributes of other blocks over these.
func (b blocks) over(other blocks) blocks {
	merge := func(a, by attributes) attributes {
		switch {
		case by == nil:
			return a
		case a == nil:
			return by
		}
		return a.with(by)
	}
	return blocks{merge(b.vault, other.vault), merge(b.policy, other.policy), merge(b.vm, other.vm)}
}
