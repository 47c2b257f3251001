package provider_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

const ownName = "Backup vault with backups would be replaced under its own name"

// softDelete ends the protections of c.protect, whose backups are kept.
func (c serviceClient) softDelete(vms ...string) {
	for _, vm := range vms {
		name := "iaasvmcontainerv2;machines;" + vm
		c.do(http.MethodDelete, contosoID+"/backupFabrics/Azure/protectionContainers/iaasvmcontainer;"+name+"/protectedItems/vm;"+name, "")
	}
}

// A vault that is replaced under its own name takes its backups along, or cannot be deleted half-way: VM, policies and vault
// were destroyed, and nothing came back.
func TestAccVault_replacedUnderItsOwnName(t *testing.T) {
	fill := map[string]func(serviceClient){
		"empty": func(serviceClient) {}, "a VM": func(c serviceClient) { c.protect(1) },
		"deleted backups": func(c serviceClient) { c.protect(1); c.softDelete("vm-00") },
	}
	ways := map[string]struct {
		before []string // commands
		change string   // attributes of the configuration
		plan   []string
		says   string
	}{
		"another region":               {change: `region = "westus"`, says: `because region changes from "eastus" to "westus"`},
		"another group":                {change: "region = \"eastus\"\nresource_group_name = \"other\"", says: `because resource_group_name changes from "backup" to "other"`},
		"-replace":                     {change: `region = "eastus"`, plan: []string{"-replace=backup_vault.test"}, says: "plan without -replace"},
		"tainted":                      {before: []string{"taint", "backup_vault.test"}, change: `region = "eastus"`, says: "untaint"},
		"tainted, not refreshed":       {before: []string{"taint", "backup_vault.test"}, change: `region = "eastus"`, plan: []string{"-refresh=false"}, says: "untaint"},
		"another region, no refresh":   {change: `region = "westus"`, plan: []string{"-refresh=false"}, says: "because region changes"},
		"tainted, and another region":  {before: []string{"taint", "backup_vault.test"}, change: `region = "westus"`, says: "untaint"},
		"another name, another region": {change: `region = "westus"` + "\n}\nlocals {\n"},
	}
	for held, prepare := range fill {
		for way, test := range ways {
			t.Run(way+", "+held, func(t *testing.T) {
				t.Parallel()
				for _, force := range []bool{false, true} {
					forced := ""
					if force {
						forced = "\nforce_destroy = true"
					}
					w := acctest.NewWorkspace(t, contentsConfig(`region = "eastus"`+forced))
					w.MustRun("apply", "-auto-approve")
					prepare(newServiceClient(t, w.Folder+"/backup-vaults.db"))
					if test.before != nil {
						w.MustRun(test.before...)
					}
					config := contentsConfig(strings.Replace(test.change, "\n}", forced+"\n}", 1))
					if !strings.Contains(test.change, "}") {
						config = contentsConfig(test.change + forced)
					}
					renamed := test.says == ""
					if renamed {
						config = strings.Replace(config, `"contoso"`, `"fabrikam"`, 1)
					}
					w.Write("main.tf", config)
					r := w.Run(append([]string{"plan"}, test.plan...)...)
					switch {
					case held == "empty", force, renamed:
						if r.ExitCode != 0 || !strings.Contains(r.Output, "1 to add, 0 to change, 1 to destroy") {
							t.Errorf("force_destroy %t: exit code %d\n%s", force, r.ExitCode, r.Output)
						}
						// Of the second half of a replacement Terraform shows no warnings, so that with -replace there is none.
						if said := strings.Contains(r.Output, "Backup vault is not empty") || strings.Contains(r.Output, "Deleted backups leave"); said == (held == "empty") && way != "-replace" {
							t.Errorf("force_destroy %t: a warning of what the vault holds: %t\n%s", force, said, r.Output)
						}
					case r.ExitCode != 1:
						t.Errorf("it is planned:\n%s", r.Output)
					default:
						mention(t, r, ownName, test.says, "vm-00", "force_destroy = true", "-refresh=false")
					}
				}
			})
		}
	}
}

// With the consent of force_destroy, and when it is empty, the vault is replaced as before, what refers to it in the same apply.
func TestAccVault_replacedWithWhatItHolds(t *testing.T) {
	t.Parallel()
	config := func(region, force string) string {
		return contentsConfig(`region = "`+region+`"`, force) + `resource "backup_policy_vm" "p" {
  name            = "nightly"
  vault_id        = backup_vault.test.id
  backup          = { frequency = "Daily", time = "23:00" }
  retention_daily = { count = 10 }
}
`
	}
	w := acctest.NewWorkspace(t, config("eastus", ""))
	w.MustRun("apply", "-auto-approve")
	w.Write("main.tf", config("westus", ""))
	wantActions(t, w.Plan(), map[string]string{"backup_vault.test": "delete, create", "backup_policy_vm.p": "delete, create"})
	w.MustRun("apply", "-auto-approve")
	w.MustPlanNothing()
	for _, args := range [][]string{{"-replace=backup_vault.test"}, {"-replace=backup_vault.test", "-refresh=false"}} {
		wantActions(t, w.Plan(args...), map[string]string{"backup_vault.test": "delete, create", "backup_policy_vm.p": "delete, create"})
		w.MustRun(append([]string{"apply", "-auto-approve"}, args...)...)
		w.MustPlanNothing()
	}
	vm := "resource \"backup_protected_vm\" \"web\" {\n  vault_id = backup_vault.test.id\n  backup_policy_id = backup_policy_vm.p.id\n  source_vm_id = \"" + webID + "\"\n}\n"
	w.Write("main.tf", config("westus", "force_destroy = true")+vm)
	w.MustRun("apply", "-auto-approve")
	w.Write("main.tf", config("eastus", "force_destroy = true")+vm)
	p := w.Plan()
	wantActions(t, p, map[string]string{
		"backup_vault.test": "delete, create", "backup_policy_vm.p": "delete, create", "backup_protected_vm.web": "delete, create",
	})
	mention(t, p.Result, "force_destroy = true: all of them are deleted with their backups", "come back only by undeleting the vault")
	w.MustRun("apply", "-auto-approve")
	w.MustPlanNothing()
}

// What a vault holds was read from a state that no plan had refreshed: of a block that was taken out of the configuration
// Terraform 1.11 plans the end from the saved state, and with -refresh=false every version does.
func TestAccVault_destroyedFromAnOldState(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{"refresh": nil, "no refresh": {"-refresh=false"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorkspace(t, lifecycleConfig("", contoso()+web()))
			w.MustRun("apply", "-auto-approve")
			w.MustRun("state", "rm", webAddress)
			w.Write("main.tf", lifecycleConfig("", ""))
			r := w.MustRun(append([]string{"plan"}, args...)...)
			mention(t, r, "Backup vault is not empty", "It holds 1 protected item: web-1.")
			// The same of a protected VM: its recovery points are those that there are.
			w = acctest.NewWorkspace(t, lifecycleConfig("", contoso()+web()))
			w.MustRun("apply", "-auto-approve")
			w.Write("main.tf", lifecycleConfig(`clock_offset = "20d"`, contoso()))
			mention(t, w.MustRun(append([]string{"plan"}, args...)...), "its 20 recovery points are deleted and kept soft-deleted")
		})
	}
}

// Destroying everything warned that the vault is not empty, although the same run takes the VMs out first.
func TestAccVault_destroyOfEverythingDoesNotWarn(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t, lifecycleConfig("", contoso()+web()))
	w.MustRun("apply", "-auto-approve")
	r := w.MustRun("plan", "-destroy")
	if strings.Contains(r.Output, "Backup vault is not empty") {
		t.Error(r.Output)
	}
	mention(t, r, "If the vault is deleted too, they go with it, and come back only by undeleting the vault.")
	// What stays in the vault by its own deletion_policy does keep the vault.
	w.Write("main.tf", lifecycleConfig("", contoso()+web(`deletion_policy = "retain_data"`)))
	w.MustRun("apply", "-auto-approve")
	mention(t, w.MustRun("plan", "-destroy"), "Backup vault is not empty", "The backups of these VMs stay in it, by their deletion_policy: web-1.")
	// Deleted backups alone do not, and leave with it.
	newServiceClient(t, w.Folder+"/backup-vaults.db").do(http.MethodDelete, webItem, "")
	w.MustRun("refresh")
	mention(t, w.MustRun("plan", "-destroy"), "Deleted backups leave with the vault", "It keeps deleted backups of: web-1.")
	w.MustRun("destroy", "-auto-approve")
}

// Without an answer nobody knows whether backups would be lost, so that the vault is not replaced.
func TestVaultPlan_replacedWhileTheServiceDoesNotSayWhatItHolds(t *testing.T) {
	t.Parallel()
	database := acctest.Database(t)
	maker := vaultPlans(t, database)
	config := map[string]any{"name": "contoso", "region": "eastus"}
	made := maker.apply(config, maker.plan(config, nil, nil, false))
	newServiceClient(t, database).protect(1)
	for name, path := range map[string]string{"items": "/backupProtectedItems", "the list": "/vaults"} {
		recorder := &acctest.Recorder{Answer: func(req *http.Request) *http.Response {
			if !strings.HasSuffix(strings.ToLower(req.URL.Path), strings.ToLower(path)) {
				return nil
			}
			return acctest.JSON(http.StatusForbidden, `{"error":{"code":"AuthorizationFailed","message":"No."}}`)
		}}
		p := vaultPlans(t, database, recorder.Option())
		diagnostics := p.plan(map[string]any{"name": "contoso", "region": "westus"}, made.NewState, made.Private, false).Diagnostics
		want := "What the backup vault holds is not known"
		if name == "the list" {
			want = ownName // each is read alone then
		}
		checkOneError(t, diagnostics, want)
	}
}
