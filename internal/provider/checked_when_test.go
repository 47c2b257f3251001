package provider_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/azure/azuretest"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// mistake is how a row of the guide is brought about.
type mistake struct {
	before  string              // applied first, if not empty
	config  string              // holds the mistake
	prepare func(serviceClient) // changes the service before the mistake is made
	destroy bool                // the mistake is to destroy
	needs   func(*testing.T)    // skips the row where the command line cannot make the mistake
	azure   azuretest.Intercept // when not nil, the service is Azure, of which this answers first
}

// named is one vault named contoso with further attributes.
func named(attributes ...string) string { return contentsConfig(attributes...) }

func renamed(name string) string {
	return strings.Replace(named(`region = "eastus"`), `"contoso"`, `"`+name+`"`, 1)
}

// becomes is a change from one set of attributes to another.
func becomes(from, to string) mistake {
	return mistake{before: named(`region = "eastus"`, from), config: named(`region = "eastus"`, to)}
}

// inOldRegion is a mistake where soft delete is not forced.
func inOldRegion(m mistake) mistake {
	m.before, m.config = chosenSoftDelete(m.before), chosenSoftDelete(m.config)
	return m
}

func holding(vms int) func(serviceClient) {
	return func(c serviceClient) { c.protect(vms) }
}

// backedUp leaves a VM with a recovery point in the vault contoso.
func backedUp(c serviceClient) {
	c.protect(1)
	c.do(http.MethodPost, contosoID+"/backupFabrics/Azure/protectionContainers/iaasvmcontainer;iaasvmcontainerv2;machines;vm-00/protectedItems/"+
		"vm;iaasvmcontainerv2;machines;vm-00/backup", `{"properties":{"objectType":"IaasVMBackupRequest"}}`)
}

func existing(group string) func(serviceClient) {
	return func(c serviceClient) {
		c.do(http.MethodPut, strings.Replace(contosoID, "/backup/", "/"+group+"/", 1), `{"location":"westus","sku":{"name":"Standard"},"properties":{}}`)
	}
}

func deleted(c serviceClient) {
	existing("backup")(c)
	c.protect(1)
	c.do(http.MethodDelete, contosoID+"/backupFabrics/Azure/protectionContainers/iaasvmcontainer;iaasvmcontainerv2;machines;vm-00/protectedItems/vm;iaasvmcontainerv2;machines;vm-00", "")
	c.delete(contosoID)
}

// deletedBackups leaves nothing in the vault contoso but backups that were deleted.
func deletedBackups(c serviceClient) {
	c.protect(1)
	c.softDelete("vm-00")
}

// lateRegion is a vault whose region is not known while it is planned.
func lateRegion(region string) string {
	return named("region = terraform_data.late.output") + "resource \"terraform_data\" \"late\" {\n  input = \"" + region + "\"\n}\n"
}

// lockedFor is immutability that is locked, for a number of days.
func lockedFor(days int) string {
	return fmt.Sprintf("immutability = \"Locked\"\n  immutability_configuration = { type = \"TimeBased\", duration_in_days = %d }", days)
}

const encryptedSystem = `identity = { type = "SystemAssigned" }
  encryption = { key_id = "` + keyURL + `", infrastructure_encryption_enabled = true }`

var mistakes = map[string]mistake{
	"The name has 2 to 50 characters":                                     {config: renamed(strings.Repeat("c", 51))},
	"The name starts with an ASCII letter":                                {config: renamed("1contoso")},
	"The name has only ASCII letters, digits and hyphens":                 {config: renamed("contoso_production")},
	"The region exists":                                                   {config: named(`region = "China Eats"`)},
	"The region is open, not only announced":                              {config: named(`region = "Saudi Arabia East"`)},
	"The resource group's name is one":                                    {config: named(`region = "eastus"`, `resource_group_name = "backup."`)},
	"The subscription id is a UUID":                                       {config: named(`region = "eastus"`, `subscription_id = "production"`)},
	"Classic alerts are still sent":                                       {config: named(`region = "eastus"`, `monitoring = { alerts_for_critical_operation_failures_enabled = true }`)},
	"The redundancy is one":                                               {config: named(`region = "eastus"`, `storage_redundancy = "LRS"`)},
	"Cross-region restore needs geo-redundant storage":                    {config: named(`region = "eastus"`, `storage_redundancy = "LocallyRedundant"`, `cross_region_restore_enabled = true`)},
	"The words of a vault are spelled as Azure spells them":               {config: named(`region = "eastus"`, `soft_delete = { state = "alwayson" }`)},
	"The sku is one":                                                      {config: named(`region = "eastus"`, `sku = "Premium"`)},
	"The identity type is one":                                            {config: named(`region = "eastus"`, `identity = { type = "None" }`)},
	"The resource guard is named by its id":                               {config: named(`region = "eastus"`, `resource_guard_id = "guard"`)},
	"A tag has a value":                                                   {config: named(`region = "eastus"`, `tags = merge({ env = "prod" }, { owner = null })`)},
	"Zone-redundant storage needs a region with availability zones":       {config: named(`region = "China East"`, `storage_redundancy = "ZoneRedundant"`)},
	"There are at most 50 tags, with names that differ in more than case": {config: named(`region = "eastus"`, `tags = { a = "1", A = "2" }`)},
	"Deleted backups are kept for 14 to 180 days":                         {config: named(`region = "eastus"`, `soft_delete = { retention_days = 7 }`)},
	"An identity has the ids that its type needs":                         {config: named(`region = "eastus"`, `identity = { type = "UserAssigned" }`)},
	"Encryption uses an identity that the vault has":                      {config: named(`region = "eastus"`, `encryption = { key_id = "`+keyURL+`", infrastructure_encryption_enabled = true }`)},
	"Only a user-assigned identity has ids":                               {config: named(`region = "eastus"`, `identity = { type = "SystemAssigned", identity_ids = ["`+identityA+`"] }`)},
	"Encryption uses one identity":                                        {config: named(`region = "eastus"`, strings.Replace(encryptedSystem, "true }", `true, user_assigned_identity_id = "`+identityA+`" }`, 1))},
	"Encryption by another than the system-assigned identity names it":    {config: named(`region = "eastus"`, strings.Replace(encryptedSystem, "true }", "true, use_system_assigned_identity = false }", 1))},
	"The key is the URL of a Key Vault key":                               {config: named(`region = "eastus"`, `identity = { type = "SystemAssigned" }`, `encryption = { key_id = "backup", infrastructure_encryption_enabled = true }`)},
	"Immutability is as per policy or based on time":                      {config: named(`region = "eastus"`, `immutability_configuration = { type = "Forever" }`)},
	"Immutability based on time has its days":                             {config: named(`region = "eastus"`, `immutability_configuration = { type = "TimeBased" }`)},
	"Immutability as per policy has no days":                              {config: named(`region = "eastus"`, `immutability_configuration = { type = "AsPerPolicy", duration_in_days = 30 }`)},
	"Recovery points are immutable for 30 to 36135 days":                  {config: named(`region = "eastus"`, `immutability_configuration = { type = "TimeBased", duration_in_days = 29 }`)},
	"Region of choice is on or off":                                       {config: named(`region = "eastus"`, `region_of_choice = "Invalid"`)},
	"Costs are shown by vault or by VM":                                   {config: named(`region = "eastus"`, `cost_granularity_level = "VM"`)},
	"A scan by a user-assigned identity names it":                         {config: named(`region = "eastus"`, `source_scan_configuration = { state = "Enabled", identity_type = "UserAssigned" }`)},
	"Only a user-assigned identity that scans is named":                   {config: named(`region = "eastus"`, `source_scan_configuration = { state = "Enabled", user_assigned_identity_id = "`+identityA+`" }`)},
	"The subscription exists":                                             {config: named(`region = "eastus"`, `subscription_id = "00000000-0000-4000-8000-00000000beef"`)},
	"The name is free in the subscription, in the same group":             {config: named(`region = "westus"`), prepare: existing("backup")},
	"The name is free in the subscription, in other groups":               {config: named(`region = "eastus"`), prepare: existing("other")},
	"The name is free in the resource group, with `vault_names_unique_per = \"resource_group\"`": {
		config: strings.Replace(named(`region = "westus"`), `environment = "embedded" }`, "\n  vault_names_unique_per = \"resource_group\"\n  environment = \"embedded\"\n}", 1), prepare: existing("backup"),
	},
	"The name is used once in a configuration": {config: named(`region = "eastus"`) +
		"resource \"backup_vault\" \"again\" {\n  name = \"Contoso\"\n  region = \"westus\"\n  resource_group_name = \"other\"\n}\n"},
	"No deleted vault of the name holds backups":                                          {config: named(`region = "westus"`), prepare: deleted},
	"Locked redundancy does not change":                                                   {before: named(`region = "eastus"`), prepare: holding(1), config: named(`region = "eastus"`, `storage_redundancy = "LocallyRedundant"`)},
	"Cross-region restore is not switched off":                                            becomes(`cross_region_restore_enabled = true`, `cross_region_restore_enabled = false`),
	"Cross-region restore keeps geo-redundant storage":                                    becomes(`cross_region_restore_enabled = true`, `storage_redundancy = "LocallyRedundant"`),
	"Cross-region restore needs geo-redundant storage, where the vault keeps what it has": becomes(`storage_redundancy = "LocallyRedundant"`, `cross_region_restore_enabled = true`),
	"Locked redundancy does not change for cross-region restore":                          {before: named(`region = "eastus"`, `storage_redundancy = "LocallyRedundant"`), prepare: holding(1), config: named(`region = "eastus"`, `cross_region_restore_enabled = true`)},
	"Soft delete does not leave AlwaysOn":                                                 inOldRegion(becomes(`soft_delete = { state = "AlwaysOn" }`, `soft_delete = { state = "Disabled" }`)),
	"Soft delete is AlwaysOn":                                                             {config: named(`region = "eastus"`, `soft_delete = { state = "Disabled" }`)},
	"Immutability does not leave Locked":                                                  becomes(`immutability = "Locked"`, `immutability = "Disabled"`),
	"Cross-subscription restore does not leave PermanentlyDisabled":                       becomes(`cross_subscription_restore = "PermanentlyDisabled"`, `cross_subscription_restore = "Disabled"`),
	"Encryption is not removed":                                                           becomes(encryptedSystem, `identity = { type = "SystemAssigned" }`),
	"Infrastructure encryption does not change":                                           becomes(encryptedSystem, strings.Replace(encryptedSystem, "= true", "= false", 1)),
	"Becoming Locked is final":                                                            becomes(``, `immutability = "Locked"`),
	"Days of immutability are of a vault that is immutable":                               becomes(``, `immutability_configuration = { type = "TimeBased", duration_in_days = 30 }`),
	"Days of a locked vault become no fewer":                                              becomes(lockedFor(90), lockedFor(60)),
	"Becoming PermanentlyDisabled is final":                                               becomes(``, `cross_subscription_restore = "PermanentlyDisabled"`),
	"Becoming AlwaysOn is final":                                                          inOldRegion(becomes(``, `soft_delete = { state = "AlwaysOn" }`)),
	"Becoming Locked is final, at birth too":                                              {config: named(`region = "eastus"`, `immutability = "Locked"`)},
	"Becoming PermanentlyDisabled is final, at birth too":                                 {config: named(`region = "eastus"`, `cross_subscription_restore = "PermanentlyDisabled"`)},
	"Becoming AlwaysOn is final, at birth too":                                            inOldRegion(mistake{config: named(`region = "eastus"`, `soft_delete = { state = "AlwaysOn" }`)}),
	"A vault that is destroyed holds protected items":                                     {before: named(`region = "eastus"`), prepare: holding(2), config: named(`region = "eastus"`), destroy: true},
	"A vault that is replaced under its own name holds no backups":                        {before: named(`region = "eastus"`), prepare: holding(2), config: named(`region = "westus"`)},
	"A vault that is replaced under its own name holds no deleted backups":                {before: named(`region = "eastus"`), prepare: deletedBackups, config: named(`region = "westus"`)},
	"A vault that is replaced under another name holds protected items": {
		before: named(`region = "eastus"`), prepare: holding(2), config: strings.Replace(named(`region = "eastus"`), `"contoso"`, `"fabrikam"`, 1),
	},
	"A vault that is replaced holds protected items, and force_destroy is set already": {
		before: named(`region = "eastus"`, `force_destroy = true`), prepare: holding(2), config: named(`region = "westus"`, `force_destroy = true`),
	},
	"A vault that is destroyed keeps deleted backups": {before: named(`region = "eastus"`), prepare: deletedBackups, config: named(`region = "eastus"`), destroy: true},
	"A vault is in the state once": {
		before: named(`region = "eastus"`), needs: func(t *testing.T) { t.Helper(); skipBelow(t, 5, "import blocks") },
		config: named(`region = "eastus"`) + strings.Replace("resource"+strings.SplitN(named(`region = "eastus"`), "resource", 2)[1], `"test"`, `"again"`, 1) +
			"import {\n  to = backup_vault.again\n  id = \"" + contosoID + "\"\n}\n",
	},
	"A guard protects its vault":                              becomes(guarded, `resource_guard_id = ""`),
	"A guard protects the backups that go with its vault":     {before: named(`region = "eastus"`, guarded, `force_destroy = true`), prepare: holding(1), config: named(`region = "eastus"`, guarded, `force_destroy = true`), destroy: true},
	"What was not known while planning is what the vault has": {before: lateRegion("eastus"), config: lateRegion("westus")},
	"A vault that holds protected items is not deleted":       {before: named(`region = "eastus"`), prepare: holding(2), config: named(`region = "eastus"`), destroy: true},
	"Immutability keeps backups from force_destroy": {
		before: named(`region = "eastus"`, `immutability = "Unlocked"`, `force_destroy = true`), prepare: backedUp,
		config: named(`region = "eastus"`, `immutability = "Unlocked"`, `force_destroy = true`), destroy: true,
	},
}

// allMistakes are those of every object, by the rule of the guide.
func allMistakes() map[string]mistake {
	all := map[string]mistake{}
	for _, of := range []map[string]mistake{
		mistakes,
		policyMistakes,
		protectionMistakes,
		dataMistakes,
		azureMistakes,
	} {
		maps.Copy(all, of)
	}
	return all
}

// row is a line of the guide's table, and the mistake that brings it about.
type row struct {
	mistake
	rule, phase, text string
}

// The table of the guide is what this test runs: a rule that is found elsewhere, or says something else, fails it, and so
// does a row that nothing brings about.
func TestAccCheckedWhen(t *testing.T) {
	rows := guideRows(t)
	validated := validateAll(t, rows)
	for _, r := range rows {
		t.Run(r.rule, func(t *testing.T) {
			t.Parallel()
			said, done := validated[r.rule]
			found := strings.HasPrefix(r.phase, "validate")
			if done && !found && said != "" {
				t.Fatalf("validate finds it, before %s: %s", r.phase, said)
			}
			switch {
			case done && !found:
				r.check(t, "plan", "apply")
			case !done:
				r.check(t, "validate", "plan", "apply")
			case !strings.Contains(said, r.text):
				t.Errorf("validate says: %s", said)
			}
		})
	}
}

// guideRows are the rows of the guide. Each has a mistake, and each mistake a row.
func guideRows(t *testing.T) (rows []row) {
	t.Helper()
	raw, err := os.ReadFile("../../templates/guides/what-is-checked-when.md")
	if err != nil {
		t.Fatal(err)
	}
	mistakes := allMistakes()
	for line := range strings.Lines(string(raw)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 3 || strings.HasPrefix(line, "|---") || strings.Contains(line, "| Found by |") {
			continue
		}
		r := row{rule: strings.TrimSpace(cells[0]), phase: strings.TrimSpace(cells[1]), text: strings.TrimSpace(cells[2])}
		var ok bool
		if r.mistake, ok = mistakes[r.rule]; !ok {
			t.Errorf("the rule %q has no test", r.rule)
			continue
		}
		rows = append(rows, r)
	}
	if len(rows) != len(mistakes) {
		t.Errorf("%d rules are in the guide, %d are tested", len(rows), len(mistakes))
	}
	return rows
}

// validateAll validates the configurations of all rows in one run, each as a module, and returns the errors by rule, or the warnings
// of a rule that is one. Rows whose mistake not every command line can make are left out.
func validateAll(t *testing.T, rows []row) map[string]string {
	t.Helper()
	w := acctest.NewWorkspace(t, "")
	said, rules, severities := map[string]string{}, map[string]string{}, map[string]string{}
	var modules strings.Builder
	for i, r := range rows {
		if r.needs != nil {
			continue
		}
		folder := fmt.Sprintf("row%03d", i)
		said[r.rule], rules[folder], severities[r.rule] = "", r.rule, "error"
		if r.phase == "validate (warning)" {
			severities[r.rule] = "warning"
		}
		if err := os.Mkdir(filepath.Join(w.Folder, folder), 0o700); err != nil {
			t.Fatal(err)
		}
		w.Write(filepath.Join(folder, "main.tf"), r.config)
		fmt.Fprintf(&modules, "module %q { source = \"./%[1]s\" }\n", folder)
	}
	w.Write("main.tf", modules.String())
	w.MustRun("get")
	var result struct {
		Diagnostics []struct {
			Severity, Summary, Detail string
			Range                     struct{ Filename string }
		}
	}
	printed := w.Run("validate", "-json").Printed
	if err := json.Unmarshal([]byte(printed), &result); err != nil {
		t.Fatalf("%v: %s", err, printed)
	}
	for _, d := range result.Diagnostics {
		rule, ok := rules[filepath.Dir(d.Range.Filename)]
		switch {
		case d.Severity == "error" && (!ok || severities[rule] != "error"):
			t.Fatalf("an error that is of no row: %+v", d)
		case d.Severity != severities[rule]:
			continue
		}
		said[rule] += d.Summary + "\n" + d.Detail + "\n"
	}
	return said
}

// workspace is where the mistake is made.
func (m mistake) workspace(t *testing.T) *acctest.Workspace {
	t.Helper()
	if m.azure == nil {
		return acctest.NewWorkspace(t, m.before)
	}
	a := newAzureCloud(t, catalog.Public)
	a.Intercept(m.azure)
	return newCloudWorkspace(t, a, m.before)
}

// check makes the mistake and looks for it in each of the phases, up to the one that has to find it.
func (r row) check(t *testing.T, phases ...string) {
	t.Helper()
	if r.needs != nil {
		r.needs(t)
	}
	w := r.workspace(t)
	if r.before != "" {
		w.MustRun("apply", "-auto-approve")
	}
	if r.prepare != nil {
		r.prepare(newServiceClient(t, w.Folder+"/backup-vaults.db"))
	}
	w.Write("main.tf", r.config)
	for _, phase := range phases {
		args := []string{phase}
		if phase == "apply" {
			args = append(args, "-auto-approve")
		}
		if r.destroy && phase != "validate" {
			args = append(args, "-destroy")
		}
		ran := w.Run(args...)
		found := strings.Contains(ran.Output, r.text)
		switch {
		case r.phase == phase+" (warning)":
			if ran.ExitCode != 0 || !found {
				t.Errorf("%s: exit code %d\n%s", phase, ran.ExitCode, ran.Output)
			}
			return
		case r.phase == phase:
			if ran.ExitCode == 0 || !found {
				t.Errorf("%s: exit code %d\n%s", phase, ran.ExitCode, ran.Output)
			}
			return
		case ran.ExitCode != 0:
			t.Errorf("%s finds it, before %s: %s", phase, r.phase, ran.Output)
			return
		}
	}
	t.Errorf("there is no phase %q", r.phase)
}
