package page

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// step is a step of a vault's Quick Start.
type step struct {
	Title string
	State string // done, next, later or optional
	Text  string
	Codes []code
	Open  bool
}

const (
	stepDone     = "done"
	stepNext     = "next"
	stepLater    = "later"
	stepOptional = "optional"
)

// quickStart says what comes next for a vault, with the Terraform for it.
func quickStart(r *http.Request, body *vaultBody, c *contents) []step {
	switch body.State {
	case deleting:
		return nil
	case failed:
		return []step{{
			Title: "Create it once more", State: stepNext, Open: true,
			Text: "The service gave up on the last write of this vault. Run terraform apply again, which repeats it, or terraform " +
				"destroy.",
		}}
	}
	g := guide{body, c, label(body.Name)}
	steps := []step{g.redundancy(), g.policy(), g.protect(), g.backUp()}
	steps[0].Codes = append(steps[0].Codes, newCode("step-provider", "provider.tf, in a new folder", terraformBlock+providerBlock(r)))
	if body.State == creating {
		for i := range steps {
			steps[i].State = stepLater
		}
		steps = slices.Insert(steps, 0, step{
			Title: "Wait until the vault is Active", State: stepNext,
			Text: "It is being created. terraform apply waits for it, and this page tells when it is done.",
		})
	}
	if i := slices.IndexFunc(steps, func(s step) bool { return s.State == stepNext }); i >= 0 {
		steps[i].Open = true
		for j := range steps[i+1:] {
			if s := &steps[i+1+j]; s.State == stepNext {
				s.State = stepLater
			}
		}
	}
	return steps
}

// guide writes the steps of one vault.
type guide struct {
	*vaultBody
	contents *contents
	label    string
}

// redundancy is the first step: what can be chosen only as long as there is no VM.
func (g guide) redundancy() step {
	s := step{
		Title: "Choose the storage redundancy", State: stepNext,
		Text: "It is " + strings.ToLower(g.Redundancy) + ", and can be changed until the first VM is registered; then it is locked.",
	}
	switch {
	case g.Locked:
		s.Title, s.State = "Storage redundancy chosen", stepDone
		s.Text = "It is " + strings.ToLower(g.Redundancy) + ", and locked since the first VM was registered."
	case g.ownPolicy() != nil:
		s.State = stepOptional
	}
	v := &g.contents.vault
	settings := ""
	if strings.EqualFold(g.CrossRegion, "Enabled") {
		settings += "\n  cross_region_restore_enabled = true\n"
	}
	if strings.EqualFold(g.PublicAccess, "Disabled") {
		settings += "\n  public_network_access_enabled = false\n"
	}
	if !strings.EqualFold(g.Immutability, "Disabled") {
		settings += "\n  immutability = " + catalog.HCL(v.Properties.SecuritySettings.Immutability.State) + "\n"
	}
	redundancy := catalog.HCL(v.Properties.RedundancySettings.Storage)
	if !g.Locked {
		redundancy += " # or " + enumerateOr(v.Properties.RedundancySettings.Storage)
	}
	s.Codes = []code{newCode("step-redundancy", "main.tf", fmt.Sprintf(`
# Only where the state does not have the vault yet.
import {
  to = backup_vault.%s
  id = %s
}

resource "backup_vault" %s {
  name                = %s
  region              = %s
  resource_group_name = %s
  subscription_id     = %s
  storage_redundancy  = %s
%s%s}
`, g.label, catalog.HCL(g.ID), catalog.HCL(g.label), catalog.HCL(g.Name), catalog.HCL(g.Region), catalog.HCL(g.Group),
		catalog.HCL(segmentAfter(g.ID, "subscriptions")), redundancy, settings, tagLines(v.Tags)))}
	return s
}

// enumerateOr lists the other redundancies.
func enumerateOr(current string) string {
	var others []string
	for _, r := range catalog.Redundancies() {
		if !strings.EqualFold(string(r), current) {
			others = append(others, string(r))
		}
	}
	return strings.Join(others, ", ")
}

// ownPolicy is the first policy for VMs that somebody has made; nil when there is none.
func (g guide) ownPolicy() *wirePolicy {
	for i := range g.contents.policies {
		p := &g.contents.policies[i]
		if !builtIn(p.Name) && strings.EqualFold(p.Properties.Kind, "AzureIaasVM") {
			return p
		}
	}
	return nil
}

func (g guide) policy() step {
	s := step{
		Title: "Add a backup policy", State: stepNext,
		Text: "A policy says when backups are taken and how long they are kept. DefaultPolicy, which every vault has, takes one " +
			"a day and keeps it for 30 days.",
	}
	if p := g.ownPolicy(); p != nil {
		s.Title, s.State, s.Text = "Backup policy added", stepDone, "The vault has the policy "+p.Name+". This adds another."
	} else if g.ItemCount > 0 {
		s.State = stepOptional
	}
	s.Codes = []code{newCode("step-policy", "main.tf", fmt.Sprintf(`
resource "backup_policy_vm" "nightly" {
  name     = "nightly"
  vault_id = %s
  timezone = "UTC"

  backup = {
    frequency = "Daily"
    time      = "23:00"
  }

  retention_daily = {
    count = 30
  }
  retention_weekly = {
    count    = 12
    weekdays = ["Sunday"]
  }
}
`, catalog.HCL(g.ID)))}
	return s
}

// machine is a VM that the vault can protect; invented tells that the service knows of none.
func (g guide) machine() (id string, invented bool) {
	if len(g.contents.protectable) > 0 {
		return g.contents.protectable[0].Properties.VM, false
	}
	return "/subscriptions/" + segmentAfter(g.ID, "subscriptions") + "/resourceGroups/" + g.Group + "/providers/" + catalog.VMType +
		"/my-vm", true
}

func (g guide) protect() step {
	s := step{
		Title: "Protect a VM", State: stepNext,
		Text: "The VM must be in the region of the vault, " + g.Region + ". The first one locks the storage redundancy.",
	}
	if g.ItemCount > 0 {
		s.Title, s.State = "VM protected", stepDone
		s.Text = "The vault protects " + plural(g.ItemCount, "VM") + ". This protects another, which must be in " + g.Region + ", too."
	}
	policy := g.ID + "/backupPolicies/DefaultPolicy"
	if p := g.ownPolicy(); p != nil {
		policy = p.ID
	}
	id, invented := g.machine()
	hint := ""
	if invented {
		hint = "  # Your VM's id.\n"
	}
	s.Codes = []code{newCode("step-protect", "main.tf", fmt.Sprintf(`
resource "backup_protected_vm" %s {
  vault_id         = %s
  backup_policy_id = %s
%s  source_vm_id     = %s
  source_vm_region = %s
}
`, catalog.HCL(g.machineLabel(id)), catalog.HCL(g.ID), catalog.HCL(policy), hint, catalog.HCL(id), catalog.HCL(g.Region)))}
	return s
}

func (g guide) machineLabel(id string) string { return label(id[strings.LastIndexByte(id, '/')+1:]) }

// backUp needs a VM that is backed up; until there is one it refers to that of the step before.
func (g guide) backUp() step {
	s := step{
		Title: "Back up now", State: stepLater,
		Text: "When a VM is protected, a first backup need not wait for the schedule. Actions need Terraform 1.14.",
	}
	id, _ := g.machine()
	name := g.machineLabel(id)
	target := "backup_protected_vm." + name + ".id"
	for i := range g.contents.items {
		item := &g.contents.items[i]
		if style := protection(*item).Style; style != "active" && style != "creating" {
			continue
		}
		name, target = label(item.Properties.FriendlyName), catalog.HCL(item.ID)
		s.State = stepNext
		s.Text = "Takes a backup of " + item.Properties.FriendlyName + " at once, such as before an upgrade. Actions need Terraform 1.14."
		if item.Properties.LastPoint != "" {
			s.State = stepOptional
		}
		break
	}
	s.Codes = []code{
		newCode("step-backup", "main.tf", fmt.Sprintf(`
action "backup_now" %s {
  config {
    protected_vm_id = %s
    retain_days     = 30
  }
}
`, catalog.HCL(name), target)),
		newCode("step-invoke", "then", "terraform apply -invoke=action.backup_now."+name),
	}
	return s
}
