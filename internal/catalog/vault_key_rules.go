package catalog

import (
	"fmt"
	"regexp"
	"strings"
)

// checkIdentity: an identity has the ids that its type needs, and no others. ok is false when it has not.
func (m *vaultMove) checkIdentity() (ok bool) {
	identity, has := m.after.Identity.Get()
	kind, known := identity.Type.Get()
	if !has || !known {
		return true
	}
	if err := oneOf("the identity type", kind, IdentityTypes()...); err != nil {
		m.refuse("identity.type", "Invalid identity.type", err.Error(), "")
		return false
	}
	ids, _ := identity.IDs.Get()
	switch hasUsers := kind != IdentitySystemAssigned; {
	case identity.IDs.IsUnknown():
	case hasUsers && len(ids) == 0:
		m.refuse("identity.identity_ids", "Missing identity ids",
			fmt.Sprintf("the identity type %s needs the ids of user-assigned identities", quote(kind)), "Set identity.identity_ids.")
		return false
	case !hasUsers && len(ids) > 0:
		m.refuse("identity.identity_ids", "Identity ids without a user-assigned identity",
			fmt.Sprintf("the identity type %s has no user-assigned identities", quote(kind)),
			"Leave identity.identity_ids out, or add UserAssigned to identity.type.")
		return false
	}
	return true
}

// checkEncryption: a vault keeps its encryption, and reads its key by one identity, which it has. The identity is not looked
// at when something is wrong with it already.
func (m *vaultMove) checkEncryption(identityIsRight bool) {
	before, after := m.before.Encryption.value, m.after.Encryption.value
	_, had := before.KeyURL.Get()
	if m.after.Encryption.IsUnknown() || !m.after.Encryption.known && !had {
		return
	}
	key, hasKey := after.KeyURL.Get()
	switch {
	case had && !hasKey && !after.KeyURL.IsUnknown():
		m.refuse("encryption", "Encryption cannot be removed", "encryption with a key of your own cannot be removed: Azure never undoes it",
			"Keep the attribute encryption, or use a new vault.")
		return
	case !hasKey && !after.KeyURL.IsUnknown():
		m.refuse("encryption.key_id", "Missing key for encryption", "encryption needs a key", "Set encryption.key_id.")
		return
	case hasKey && !isKnown(before.KeyURL, key):
		if err := checkKeyURL(key); err != nil {
			m.refuse("encryption.key_id", "Invalid encryption.key_id", err.Error(), "")
		}
	}
	was, wasKnown := before.Infrastructure.Get()
	if is, known := after.Infrastructure.Get(); had && known && wasKnown && is != was {
		m.refuse("encryption.infrastructure_encryption_enabled", "Infrastructure encryption cannot be changed",
			"infrastructure encryption cannot be changed once the vault is encrypted; it is "+map[bool]string{true: "enabled", false: "disabled"}[was],
			fmt.Sprintf("Set encryption.infrastructure_encryption_enabled = %t, or use a new vault.", was))
	}
	m.checkReader(after, identityIsRight)
}

// checkReader: the key is read by one identity, which the vault has, and keeps.
func (m *vaultMove) checkReader(e VaultEncryption, identityIsRight bool) {
	const field = "encryption.user_assigned_identity_id"
	user, byUser := e.UserIdentity.Get()
	bySystem := isKnown(e.UsesSystemIdentity, true)
	if e.UsesSystemIdentity.IsUnknown() || e.UserIdentity.IsUnknown() {
		return
	}
	switch {
	case bySystem && byUser:
		m.refuse(field, "Two identities for encryption", "the key is read by the system-assigned identity or by a user-assigned one, not both",
			"To use this one, set encryption.use_system_assigned_identity = false.")
		return
	case !bySystem && !byUser:
		m.refuse(field, "Missing identity for encryption", "encryption has to name the identity that reads the key",
			"With encryption.use_system_assigned_identity = false, set encryption.user_assigned_identity_id.")
		return
	case !identityIsRight || !isKnown(hasIdentity(m.after.Identity, user), false):
		return
	}
	reader, advice := "the system-assigned identity", "Add SystemAssigned to identity.type, or let encryption use a user-assigned identity."
	if byUser {
		reader, advice = fmt.Sprintf("the user-assigned identity '%s'", user), "Add it to identity.identity_ids."
	}
	if isKnown(hasIdentity(m.before.Identity, user), true) {
		m.refuse("identity", "Encryption uses an identity that is removed", reader+" is the one that the vault's encryption reads its key with; it cannot be removed",
			advice+" Or let encryption use another identity.")
		return
	}
	m.refuse("encryption", "Encryption uses an identity that the vault has not", "the vault does not have the identity that is to read the key: "+reader, advice)
}

// hasIdentity tells whether a vault has the user-assigned identity with this id or, of "", the system-assigned one.
func hasIdentity(of Value[VaultIdentity], user string) Value[bool] {
	identity, has := of.Get()
	kind, known := identity.Type.Get()
	switch {
	case of.IsUnknown(), has && !known:
		return Unknown[bool]()
	case !has:
		return Known(false)
	case user == "":
		return Known(kind != IdentityUserAssigned)
	case kind == IdentitySystemAssigned:
		return Known(false)
	case identity.IDs.IsUnknown():
		return Unknown[bool]()
	}
	ids, _ := identity.IDs.Get()
	answer := Known(false)
	for _, id := range ids {
		if text, known := id.Get(); known && strings.EqualFold(text, user) {
			return Known(true)
		}
		if id.IsUnknown() {
			answer = Unknown[bool]()
		}
	}
	return answer
}

// keyURL is the URL of a key in a key vault or a managed HSM of any cloud, with or without a version.
var keyURL = regexp.MustCompile(`^https://[A-Za-z0-9-]+\.(?i:vault|managedhsm)\.[A-Za-z0-9.-]+/keys/[A-Za-z0-9-]{1,127}(/[A-Za-z0-9]+)?/?$`)

func checkKeyURL(s string) error {
	if !keyURL.MatchString(s) {
		return fmt.Errorf("%s is not the URL of a Key Vault key, such as https://contoso.vault.azure.net/keys/backup", quote(s))
	}
	return nil
}
