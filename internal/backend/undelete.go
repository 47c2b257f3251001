package backend

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// UndeleteAdvice says how a deleted vault is brought back, for which each service has its own way.
func (s *Service) UndeleteAdvice(v vault.DeletedVault) string {
	switch s.Kind {
	case Azure:
		return undeleteInAzure(v)
	case Served:
		return s.undeleteServed(v)
	default:
		return s.undeleteInFile(v)
	}
}

// undeleteInAzure names the command of the az CLI, which undeletes into the resource group that the vault was in.
func undeleteInAzure(v vault.DeletedVault) string {
	subscription := ""
	if id, err := vault.ParseID(v.VaultID); err == nil {
		subscription = " --subscription " + id.SubscriptionID
	}
	return "The resource group that it was in has to exist:\n\n  az backup deleted-vault undelete" + subscription + " --ids " + shellWord(v.ARMID)
}

// undeleteInFile leads through `serve`: the database of the embedded service is on no port, where az or curl could reach it.
func (s *Service) undeleteInFile(v vault.DeletedVault) string {
	database, err := filepath.Abs(s.Database)
	if err != nil {
		database = s.Database
	}
	program, err := os.Executable()
	if err != nil {
		program = "terraform-provider-backup"
	}
	serve := []string{program, "serve", "--database", database}
	if s.clockOffset != 0 {
		serve = append(serve, "--clock-offset", s.clockOffset.String()) // before it was deleted, there is no deleted vault
	}
	if s.Vaults.NamesPerGroup {
		serve = append(serve, "--vault-names-unique-per="+catalog.NamesPerResourceGroup)
	}
	if id, err := vault.ParseID(v.VaultID); err == nil && !strings.EqualFold(id.SubscriptionID, embedded.DefaultSubscriptionID) {
		serve = append(serve, "--subscription", id.SubscriptionID)
	}
	for i, word := range serve {
		serve[i] = shellWord(word)
	}
	return "The embedded service listens on no port; serve its database,\n\n  " + strings.Join(serve, " ") +
		"\n\nundelete the vault from another terminal, and stop the server:\n\n  " + undeleteRequest("http://127.0.0.1:10800", "", v)
}

// undeleteServed is a request to the service at the endpoint, with the token that it wants.
func (s *Service) undeleteServed(v vault.DeletedVault) string {
	text, options := "The service at "+s.Endpoint+" does it for this request:", ""
	switch {
	case !s.hasToken:
	case s.tokenFile == "":
		text = "The service at " + s.Endpoint + " does it for this request, with the provider's client_secret in TOKEN:"
		options = ` -H "Authorization: Bearer $TOKEN"`
	default:
		options = ` -H "Authorization: Bearer $(cat ` + shellWord(s.tokenFile) + `)"`
	}
	if authority := os.Getenv("SSL_CERT_FILE"); authority != "" && strings.HasPrefix(strings.ToLower(s.Endpoint), "https:") {
		options += " --cacert " + shellWord(authority)
	}
	return text + "\n\n  " + undeleteRequest(strings.TrimSuffix(s.Endpoint, "/"), options, v)
}

// undeleteRequest is the command that undeletes a vault into the resource group that it was in.
func undeleteRequest(endpoint, options string, v vault.DeletedVault) string {
	group, _, _ := strings.Cut(v.VaultID, "/providers/")
	// It cannot fail: these are strings.
	body, _ := json.Marshal(map[string]any{"properties": map[string]string{"recoveryResourceGroupId": group}})
	return "curl -i -X POST" + options + " -H " + shellWord("Content-Type: application/json") +
		" -d " + shellWord(string(body)) +
		" " + shellWord(endpoint+v.ARMID+"/undelete?api-version="+catalog.VaultAPIVersion)
}

// shellWord quotes what a shell would take apart.
func shellWord(s string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=@%+,"
	switch {
	case s != "" && strings.Trim(s, plain) == "":
		return s
	case runtime.GOOS == "windows":
		return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"`
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
