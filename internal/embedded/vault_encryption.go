package embedded

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// keyHosts are the domains of key vaults and managed HSMs, by cloud.
var keyHosts = []string{
	".vault.azure.net", ".managedhsm.azure.net",
	".vault.azure.cn", ".managedhsm.azure.cn",
	".vault.usgovcloudapi.net", ".managedhsm.usgovcloudapi.net",
}

// settleEncryption brings a key's settings into their full form and checks each by itself.
func settleEncryption(properties object) error {
	for _, path := range []string{pathEncryptionKey, pathKeyUsesSystemIdentity} {
		if err := checkShape(properties, path); err != nil {
			return err
		}
	}
	for _, path := range []string{pathEncryptionKey, pathKeyUserIdentity} {
		switch lookup(properties, path).(type) {
		case nil, string:
		default:
			return invalidContent("'properties.%s' must be a string.", path)
		}
	}
	switch lookup(properties, pathKeyUsesSystemIdentity).(type) {
	case nil, bool:
	default:
		return invalidContent("'properties.%s' must be true or false.", pathKeyUsesSystemIdentity)
	}
	if key := lookupText(properties, pathEncryptionKey); key != "" {
		if !isKeyURL(key) {
			return invalidParameter("encryption", fmt.Sprintf("keyUri must be the URL of a key in a key vault, such as "+
				"https://name.vault.azure.net/keys/key; it is '%s'.", key))
		}
		if lookup(properties, pathInfrastructureEncryption) == nil {
			merge(properties, object{"encryption": object{"infrastructureEncryption": "Disabled"}})
		}
	}
	return nil
}

func isKeyURL(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	known := slices.ContainsFunc(keyHosts, func(domain string) bool {
		return strings.HasSuffix(host, domain) && len(host) > len(domain)
	})
	// keys, the name, and the version unless the newest is to be used.
	path := strings.Split(strings.Trim(u.Path, "/"), "/")
	return known && (len(path) == 2 || len(path) == 3) && path[0] == "keys" && !slices.Contains(path, "")
}

// checkEncryption: a vault reads its key as one of its own identities, so it must have that one, and keep it. before is
// the vault as it was, nil at its creation.
func checkEncryption(before, body object) error {
	properties, _ := body["properties"].(object)
	system, _ := lookup(properties, pathKeyUsesSystemIdentity).(bool)
	user := lookupText(properties, pathKeyUserIdentity)
	encrypted := lookupText(properties, pathEncryptionKey) != ""
	switch {
	case !encrypted && (system || user != "" || lookupText(properties, pathInfrastructureEncryption) == "Enabled"):
		return invalidParameter("encryption", "It needs a key, in keyVaultProperties.keyUri.")
	case !encrypted:
		return nil
	case system && user != "":
		return invalidParameter("encryption", "kekIdentity is either the system-assigned identity or a user-assigned one, not both.")
	case !system && user == "":
		return invalidParameter("encryption", "kekIdentity must name the identity that reads the key.")
	case hasIdentity(body, user):
		return nil
	case hasIdentity(before, user):
		return invalidParameter("identity", describeIdentity(user)+" is the one that the vault's encryption reads its key "+
			"with, and cannot be removed.")
	}
	return invalidParameter("encryption", "The vault does not have the identity that is to read the key: "+describeIdentity(user)+".")
}

// hasIdentity tells whether a vault has this user-assigned identity or, of "", the system-assigned one.
func hasIdentity(body object, user string) bool {
	if user == "" {
		return lookup(body, "identity.principalId") != nil
	}
	users, _ := lookup(body, "identity.userAssignedIdentities").(object)
	for id := range users {
		if store.Key(id) == store.Key(user) {
			return true
		}
	}
	return false
}

func describeIdentity(user string) string {
	if user == "" {
		return "The system-assigned identity"
	}
	return "The user-assigned identity '" + user + "'"
}

func encryptionStays(before, after object) error {
	if lookupText(before, pathEncryptionKey) == "" {
		return nil
	}
	if lookupText(after, pathEncryptionKey) == "" {
		return invalidParameter("encryption", "Encryption with a customer-managed key cannot be removed.")
	}
	if lookupText(before, pathInfrastructureEncryption) != lookupText(after, pathInfrastructureEncryption) {
		return invalidParameter("encryption", "infrastructureEncryption cannot be changed once encryption is configured.")
	}
	return nil
}
