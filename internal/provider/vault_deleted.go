package provider

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// undeleteAdvice says how a deleted vault is brought back, for which each service has its own way.
type undeleteAdvice func(v vault.DeletedVault) string

// warnOfDeleted tells of the backups that deleted vaults of the planned name still hold: the new vault does not have them, and
// is in the way of having them back. It is no error, since no service refuses the new vault.
func (r *vaultResource) warnOfDeleted(ctx context.Context, plan vaultModel, diags *diag.Diagnostics) {
	if plan.Name.IsUnknown() || plan.SubscriptionID.IsUnknown() || diags.HasError() {
		return
	}
	kept, err := r.run.vaults.FindDeleted(ctx, plan.SubscriptionID.ValueString(), plan.Name.ValueString(), r.run.vaults.Now())
	if err != nil {
		// What the other regions said counts all the same. Azure has regions that never answer this.
		tflog.Debug(ctx, "unable to look everywhere for a deleted vault of the same name", map[string]any{"error": err.Error()})
	}
	if len(kept) == 0 {
		return
	}
	const shown = 3
	var lines []string
	for _, v := range kept[:min(len(kept), shown)] {
		lines = append(lines, fmt.Sprintf("  %s\n  in %s, deleted on %s; its backups are purged on %s", v.VaultID, regionLabel(v.Region), utc(v.DeletedAt), utc(v.PurgeAt)))
	}
	if more := len(kept) - shown; more > 0 {
		lines = append(lines, fmt.Sprintf("  and %d more, which were deleted before", more))
	}
	vaults, which := "A deleted vault of that name still holds", "it"
	if len(kept) > 1 {
		vaults, which = fmt.Sprintf("%d deleted vaults of that name still hold", len(kept)), "the first of them"
	}
	diags.AddAttributeWarning(path.Root("name"), "A deleted backup vault of this name holds backups", fmt.Sprintf(
		"The vault %q will be a new, empty one. %s backups:\n\n%s\n\n"+
			"To have them back, undelete %s in place of making a new vault, before this is applied: once there is a vault of that name, the undelete is refused "+
			"(UserErrorDeletedVaultUndeleteConflictingVaultPresent) until that vault is deleted. %s\n\n"+
			"Then import it, with its region and resource group in the configuration, and the address of this resource after \"to =\":\n\n"+
			"import {\n  to = backup_vault.example\n  id = %q\n}\n\n"+
			"The protected VMs in it are soft-deleted; a backup_protected_vm undeletes that of its VM.",
		plan.Name.ValueString(), vaults, strings.Join(lines, "\n"), which, r.run.undelete(kept[0]), kept[0].VaultID))
}

// undeleteInAzure names the command of the az CLI, which undeletes into the resource group that the vault was in.
func undeleteInAzure(v vault.DeletedVault) string {
	subscription := ""
	if id, err := vault.ParseID(v.VaultID); err == nil {
		subscription = " --subscription " + id.SubscriptionID
	}
	return "The resource group that it was in has to exist:\n\n  az backup deleted-vault undelete" + subscription + " --ids " + v.ARMID
}

// undeleteInFile leads through `serve`: the database of the embedded service is on no port, where az or curl could reach it.
func (c embeddedConfig) undeleteInFile(v vault.DeletedVault) string {
	database, err := filepath.Abs(c.database)
	if err != nil {
		database = c.database
	}
	program, err := os.Executable()
	if err != nil {
		program = "terraform-provider-backup"
	}
	serve := []string{program, "serve", "--database", database}
	if c.clockOffset != 0 {
		serve = append(serve, "--clock-offset", c.clockOffset.String()) // before it was deleted, there is no deleted vault
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

// undeleteServed is a request to the service at the endpoint; secret tells whether it wants one.
func undeleteServed(endpoint string, config providerModel, secret bool) undeleteAdvice {
	return func(v vault.DeletedVault) string {
		text, options := "The service at "+endpoint+" does it for this request:", ""
		switch {
		case !secret:
		case config.ClientSecret.ValueString() != "":
			text = "The service at " + endpoint + " does it for this request, with the provider's client_secret in TOKEN:"
			options = ` -H "Authorization: Bearer $TOKEN"`
		default:
			file := cmp.Or(config.ClientSecretFilePath.ValueString(), os.Getenv(tokenFileVariable))
			options = ` -H "Authorization: Bearer $(cat ` + shellWord(file) + `)"`
		}
		if authority := os.Getenv("SSL_CERT_FILE"); authority != "" && strings.HasPrefix(strings.ToLower(endpoint), "https:") {
			options += " --cacert " + shellWord(authority)
		}
		return text + "\n\n  " + undeleteRequest(strings.TrimSuffix(endpoint, "/"), options, v)
	}
}

// undeleteRequest is the command that undeletes a vault into the resource group that it was in.
func undeleteRequest(endpoint, options string, v vault.DeletedVault) string {
	group, _, _ := strings.Cut(v.VaultID, "/providers/")
	return "curl -i -X POST" + options + " -H " + shellWord("Content-Type: application/json") +
		" -d " + shellWord(fmt.Sprintf(`{"properties":{"recoveryResourceGroupId":%q}}`, group)) +
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
