package embedded_test

import (
	"fmt"
	"net/http"
	"testing"
)

const (
	keyURL     = "https://backup.vault.azure.net/keys/vault-key"
	keyReader  = "/subscriptions/x/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/Reader"
	systemKEK  = `{"useSystemAssignedIdentity":true}`
	userKEK    = `{"userAssignedIdentity":"` + keyReader + `"}`
	withSystem = `{"type":"SystemAssigned"}`
	withUser   = `{"type":"UserAssigned","userAssignedIdentities":{"` + keyReader + `":{}}}`
	withBoth   = `{"type":"SystemAssigned, UserAssigned","userAssignedIdentities":{"` + keyReader + `":{}}}`
)

func encryption(key, kek string) string {
	return fmt.Sprintf(`{"encryption":{"keyVaultProperties":{"keyUri":%q},"kekIdentity":%s}}`, key, kek)
}

func encrypted(identity, properties string) string {
	return fmt.Sprintf(`{"location":"eastasia","sku":{"name":"Standard"},"identity":%s,"properties":%s}`, identity, properties)
}

func TestEncryptionNeedsAKeyAndAnIdentity(t *testing.T) {
	s := start(t)
	for _, test := range []struct {
		name, identity, properties string
		refusal                    string // "" when allowed
	}{
		{"system", withSystem, encryption(keyURL, systemKEK), ""},
		{"user", withUser, encryption(keyURL, userKEK), ""},
		{"user in other letters", withUser, encryption(keyURL, `{"userAssignedIdentity":"/SUBSCRIPTIONS/x/resourcegroups/G/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader"}`), ""},
		{"version", withSystem, encryption(keyURL+"/0123456789abcdef0123456789abcdef", systemKEK), ""},
		{"china", withSystem, encryption("https://backup.vault.azure.cn/keys/k", systemKEK), ""},
		{"hsm", withSystem, encryption("https://backup.managedhsm.azure.net/keys/k", systemKEK), ""},
		{"infrastructure", withSystem, `{"encryption":{"keyVaultProperties":{"keyUri":"` + keyURL + `"},"kekIdentity":` + systemKEK + `,"infrastructureEncryption":"Enabled"}}`, ""},
		{"empty", `null`, `{"encryption":{}}`, ""},
		{"platform-key", `null`, `{"encryption":{"infrastructureEncryption":"Disabled"}}`, ""},

		{"no-system", withUser, encryption(keyURL, systemKEK), ": the system-assigned identity."},
		{"no-user", withSystem, encryption(keyURL, userKEK), keyReader},
		{"no-identity", `{"type":"None"}`, encryption(keyURL, userKEK), "does not have the identity"},
		{"no-kek", withSystem, encryption(keyURL, `null`), "has to name the identity that reads the key"},
		{"both-kek", withBoth, encryption(keyURL, `{"useSystemAssignedIdentity":true,"userAssignedIdentity":"`+keyReader+`"}`), "not both"},
		{"no-key", withSystem, `{"encryption":{"kekIdentity":` + systemKEK + `}}`, "needs a key"},
		{"infrastructure-alone", withSystem, `{"encryption":{"infrastructureEncryption":"Enabled"}}`, "needs a key"},
		{"http", withSystem, encryption("http://backup.vault.azure.net/keys/k", systemKEK), "is not the URL of a Key Vault key"},
		{"secret", withSystem, encryption("https://backup.vault.azure.net/secrets/k", systemKEK), "is not the URL of a Key Vault key"},
		{"vault-url", withSystem, encryption("https://backup.vault.azure.net", systemKEK), "is not the URL of a Key Vault key"},
		{"elsewhere", withSystem, encryption("https://example.com/keys/k", systemKEK), "is not the URL of a Key Vault key"},
		{"no-name", withSystem, encryption("https://.vault.azure.net/keys/k", systemKEK), "is not the URL of a Key Vault key"},
		{"no-key-name", withSystem, encryption("https://backup.vault.azure.net/keys//v", systemKEK), "is not the URL of a Key Vault key"},
		{"too-deep", withSystem, encryption("https://backup.vault.azure.net/keys/k/v/x", systemKEK), "is not the URL of a Key Vault key"},
	} {
		t.Run(test.name, func(t *testing.T) {
			name := "v-" + fmt.Sprintf("%x", test.name)[:min(40, 2*len(test.name))]
			put := s.put(vaultPath("g", name), encrypted(test.identity, test.properties))
			if test.refusal == "" {
				put.want(http.StatusCreated)
				return
			}
			put.wantError(http.StatusBadRequest, "InvalidRestApiParameter", "encryption parameter is invalid", test.refusal)
		})
	}
	for _, wrong := range []string{
		`{"encryption":7}`, `{"encryption":{"keyVaultProperties":"x"}}`, `{"encryption":{"kekIdentity":[]}}`,
		encryption(keyURL, `{"useSystemAssignedIdentity":"true"}`), encryption(keyURL, `{"userAssignedIdentity":{}}`),
		`{"encryption":{"keyVaultProperties":{"keyUri":1}}}`,
	} {
		s.put(vaultPath("g", "wrong"), encrypted(withSystem, wrong)).wantError(http.StatusBadRequest, "InvalidRequestContent")
	}
}

func TestEncryptionStays(t *testing.T) {
	for _, test := range []struct {
		name, patch string
		refusal     string // "" when allowed
	}{
		{"removed", `{"properties":{"encryption":null}}`, "cannot be removed"},
		{"key removed", `{"properties":{"encryption":{"keyVaultProperties":null}}}`, "cannot be removed"},
		{"infrastructure encryption changed", `{"properties":{"encryption":{"infrastructureEncryption":"Enabled"}}}`, "Infrastructure encryption cannot be changed"},
		{"infrastructure encryption repeated", `{"properties":{"encryption":{"infrastructureEncryption":"Disabled"}}}`, ""},
		{"key changed", `{"properties":{"encryption":{"keyVaultProperties":{"keyUri":"` + keyURL + `/2"}}}}`, ""},
		{"identity changed", `{"properties":{"encryption":{"kekIdentity":` + systemKEK + `}}}`, ""},
		{"identities dropped", `{"identity":{"type":"None"}}`, "identity parameter is invalid"},
		{"the used identity dropped", `{"identity":{"type":"SystemAssigned"}}`, keyReader + "' is the one that the vault's encryption reads"},
		{"another identity dropped", `{"identity":` + withUser + `}`, ""},
		{"identity changed and the old one dropped", `{"identity":` + withSystem + `,"properties":{"encryption":{"kekIdentity":` + systemKEK + `}}}`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := start(t)
			path := vaultPath("g", "vault")
			s.put(path, encrypted(withBoth, encryption(keyURL, userKEK))).want(http.StatusCreated)
			before := s.get(path).raw
			patched := s.patch(path, test.patch)
			if test.refusal == "" {
				patched.want(http.StatusOK)
				return
			}
			patched.wantError(http.StatusBadRequest, "InvalidRestApiParameter", test.refusal)
			if after := s.get(path).raw; after != before {
				t.Errorf("a refused change left a trace:\n%s\n%s", before, after)
			}
		})
	}
	s := start(t)
	path := vaultPath("g", "vault")
	s.put(path, encrypted(withUser, encryption(keyURL, userKEK))).want(http.StatusCreated)
	s.put(path, minimal).wantError(http.StatusBadRequest, "InvalidRestApiParameter", "identity") // PUT leaves it out
	s.put(path, encrypted(withUser, `{}`)).want(http.StatusOK)
}
