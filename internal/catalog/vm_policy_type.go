package catalog

import "errors"

// CheckPolicyTypeChange refuses to back a VM up under a policy of the type is when its backups were taken under one of the
// type was. A VM moves from the standard policy to the enhanced one, and never back; a type that is not known is not held
// against anybody. There is no rule about VMs with trusted launch: since the API version 2025-01-01 the standard policy
// protects them, too.
//
// Source: https://learn.microsoft.com/azure/backup/backup-azure-vms-enhanced-policy, which says both in its first note.
func CheckPolicyTypeChange(was, is string) error {
	if was == PolicyV2 && is == PolicyV1 {
		return errors.New("a VM that is backed up with an enhanced policy (V2) cannot go back to a standard one (V1)")
	}
	return nil
}
