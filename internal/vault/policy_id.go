package vault

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// PolicyType is the resource type of a backup policy.
const PolicyType = catalog.VaultType + "/backupPolicies"

// NewPolicyID builds the id of a policy.
func NewPolicyID(vault arm.ID, name string) PolicyID { return PolicyID{Vault: vault, Name: name} }

// ParsePolicyID reads the id of a backup policy, in any letter case. The error is written for the user.
func ParsePolicyID(s string) (PolicyID, error) {
	vault, names, ok := parseChildID(s, "backupPolicies", "")
	if !ok {
		return PolicyID{}, fmt.Errorf("%q is not the id of a backup policy, such as "+
			"/subscriptions/<uuid>/resourceGroups/<group>/providers/%s/<vault>/backupPolicies/<name>", s, catalog.VaultType)
	}
	return PolicyID{Vault: vault, Name: names[0]}, nil
}

// String builds the id in ARM's own spelling of the fixed segments.
func (id PolicyID) String() string { return id.Vault.String() + "/backupPolicies/" + id.Name }

// Key is the id folded to one letter case.
func (id PolicyID) Key() string { return strings.ToLower(id.String()) }

// Equal tells whether both ids name the same policy.
func (id PolicyID) Equal(other PolicyID) bool { return id.Key() == other.Key() }

// parseChildID takes the id of something in a vault apart. An empty segment stands for a name; the others match in any
// letter case.
func parseChildID(s string, segments ...string) (vault arm.ID, names []string, ok bool) {
	// Semicolons stand in the names of items, and some clients escape them.
	s = strings.NewReplacer("%3B", ";", "%3b", ";").Replace(s)
	parts := strings.Split(s, "/")
	at := len(parts) - len(segments)
	if at < 1 {
		return arm.ID{}, nil, false
	}
	for i, segment := range segments {
		part := parts[at+i]
		switch {
		case segment == "" && !legalName(part), segment != "" && !strings.EqualFold(segment, part):
			return arm.ID{}, nil, false
		case segment == "":
			names = append(names, part)
		}
	}
	vault, err := ParseID(strings.Join(parts[:at], "/"))
	return vault, names, err == nil
}

// legalName tells whether a name can stand in a URL path unharmed.
func legalName(s string) bool {
	odd := func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("?#%\\", r)
	}
	return s != "" && s != "." && s != ".." && !strings.ContainsFunc(s, odd)
}
