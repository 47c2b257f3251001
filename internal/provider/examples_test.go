package provider_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

const (
	examplesFolder = "../../examples"
	modulesFolder  = examplesFolder + "/modules"
	lastBackup     = examplesFolder + "/last-backup"
)

// example is a folder under examples/.
type example struct {
	path    string            // below examples/, such as "resources/backup_vault"
	config  map[string]string // what is applied: file contents by name
	imports map[string]string // the import examples, which are not applied along with the others
	queries map[string]string // what terraform query takes
}

// examples finds every example, so that none can be left out. A folder without folders has to be one.
func examples(t *testing.T) []example {
	t.Helper()
	var found []example
	err := filepath.WalkDir(examplesFolder, func(folder string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		if folder == modulesFolder || folder == lastBackup {
			return fs.SkipDir // TestAccModules and TestAccExamples_lastBackup run them
		}
		entries, err := os.ReadDir(folder)
		if err != nil {
			return err
		}
		path, err := filepath.Rel(examplesFolder, folder)
		if err != nil {
			return err
		}
		e := example{path: filepath.ToSlash(path), config: map[string]string{}, imports: map[string]string{}, queries: map[string]string{}}
		leaf := true
		for _, file := range entries {
			name := file.Name()
			if file.IsDir() {
				leaf = false
				continue
			}
			content, err := os.ReadFile(filepath.Join(folder, name))
			if err != nil {
				return err
			}
			switch {
			case strings.HasPrefix(name, "import"):
				e.imports[name] = string(content)
			case filepath.Ext(name) == ".tf":
				e.config[name] = string(content)
			case strings.HasSuffix(name, ".tfquery.hcl"):
				e.queries[name] = string(content)
			default:
				t.Errorf("examples/%s/%s is not run by any test", e.path, name)
			}
		}
		if len(e.config) > 0 || len(e.queries) > 0 {
			found = append(found, e)
		} else if leaf || len(e.imports) > 0 {
			t.Errorf("examples/%s has no .tf to apply", e.path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatal("there are no examples")
	}
	return found
}

// workspace is a fresh one with the example in it.
func (e example) workspace(t *testing.T) *acctest.Workspace {
	t.Helper()
	w := acctest.NewWorkspace(t, "")
	for name, content := range e.config {
		w.Write(name, content)
	}
	if !strings.Contains(strings.Join(slices.Collect(maps.Values(e.config)), "\n"), "required_providers") {
		w.Write("required_providers.tf", "terraform {\n  required_providers { backup = { source = \"azurebackup/backup\" } }\n}\n")
	}
	return w
}

// skipBelow skips an example that uses something the command line does not have.
func skipBelow(t *testing.T, minor int, feature string) {
	t.Helper()
	if major, has, version := acctest.Version(t); major == 1 && has < minor {
		t.Skipf("%s need Terraform 1.%d; this is %s", feature, minor, version)
	}
}

// announced finds the outputs whose value a comment above them tells.
var announced = regexp.MustCompile(`(?m)^# "(.*)"\noutput "(\w+)"`)

func TestAccExamples_apply(t *testing.T) {
	for _, e := range examples(t) {
		if len(e.config) == 0 {
			continue // TestAccExamples_query runs it
		}
		t.Run(e.path, func(t *testing.T) {
			switch {
			case strings.HasPrefix(e.path, "functions/"):
				skipBelow(t, 8, "provider functions") // OpenTofu has them from 1.7 already
			case strings.HasPrefix(e.path, "actions/"):
				skipBelowActions(t)
			}
			t.Parallel()
			w := e.workspace(t)
			w.MustRun("validate")
			w.MustRun("apply", "-auto-approve")
			for address, vault := range w.State() {
				if strings.HasPrefix(address, "backup_vault.") && vault["state"] != "Active" {
					t.Errorf("%s is %v", address, vault["state"])
				}
			}
			w.MustPlanNothing()

			var outputs map[string]struct{ Value any }
			w.JSON(&outputs, "output", "-json")
			for name, output := range outputs {
				if output.Value == nil || output.Value == "" {
					t.Errorf("output %s is empty", name)
				}
			}
			for _, content := range e.config {
				for _, match := range announced.FindAllStringSubmatch(content, -1) {
					if got := outputs[match[2]].Value; got != match[1] {
						t.Errorf("output %s is %v; the comment above it says %q", match[2], got, match[1])
					}
				}
			}

			w.MustRun("destroy", "-auto-approve")
			if left := w.Addresses(); len(left) > 0 {
				t.Errorf("left in the state: %v", left)
			}
			if left := created(t, databaseOf(w)); len(left) > 0 {
				t.Errorf("left in the service: %v", left)
			}
		})
	}
}

// The example of the README is one, too.
func TestAccExamples_readme(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```terraform\n(.*?)```").FindAllSubmatch(readme, -1)
	if len(blocks) != 1 {
		t.Fatalf("the README has %d examples", len(blocks))
	}
	w := acctest.NewWorkspace(t, string(blocks[0][1]))
	w.MustRun("apply", "-auto-approve")
	w.MustPlanNothing()
	w.Write("main.tf", strings.NewReplacer("23:00", "23:15", `source_vm_region = "China East 2"`, `source_vm_region = "China North 3"`).Replace(string(blocks[0][1])))
	wantOutput(t, w.Run("validate"), `"23:15" is not on the hour or the half hour`)
	w.Write("main.tf", strings.Replace(string(blocks[0][1]), `source_vm_region = "China East 2"`, `source_vm_region = "China North 3"`, 1))
	wantOutput(t, w.Run("plan"), `VM "web-1" in resource group "shop" is in "China North 3" (chinanorth3)`)
	w.MustRun("apply", "-destroy", "-auto-approve", "-target=backup_vault.production")
}

// importTarget finds the resources that import blocks and commands are for.
var importTarget = regexp.MustCompile(`(?m)^\s*to\s*=\s*(\S+)|^terraform import (\S+) `)

func TestAccExamples_import(t *testing.T) {
	for _, e := range examples(t) {
		if strings.HasPrefix(e.path, "resources/") {
			for _, name := range []string{"import-by-string-id.tf", "import-by-identity.tf", "import.sh"} {
				if e.imports[name] == "" {
					t.Errorf("examples/%s has no %s", e.path, name)
				}
			}
		}
		for name, content := range e.imports {
			t.Run(e.path+"/"+name, func(t *testing.T) {
				if name == "import-by-identity.tf" {
					skipBelowIdentity(t)
				}
				t.Parallel()
				var targets []string
				for _, match := range importTarget.FindAllStringSubmatch(content, -1) {
					targets = append(targets, match[1]+match[2])
				}
				if len(targets) == 0 {
					t.Fatalf("nothing is imported by\n%s", content)
				}

				// What is to be imported exists, and Terraform does not know.
				w := e.workspace(t)
				w.MustRun("apply", "-auto-approve")
				before, all := created(t, databaseOf(w)), w.Addresses()
				w.MustRun(append([]string{"state", "rm"}, targets...)...)

				switch filepath.Ext(name) {
				case ".tf":
					w.Write(name, content)
					plan := w.Plan()
					if diff := cmp.Diff(targets, plan.Imported); diff != "" {
						t.Errorf("imported (-want +got):\n%s", diff)
					}
					wantActions(t, plan, map[string]string{})
					w.MustRun("apply", plan.File)
				case ".sh":
					for line := range strings.Lines(content) {
						if command, ok := strings.CutPrefix(strings.TrimSpace(line), "terraform "); ok {
							w.MustRun(strings.Fields(strings.ReplaceAll(command, "'", ""))...) // what the shell does with quotes
						} else if strings.TrimSpace(line) != "" && !strings.HasPrefix(line, "#") {
							t.Fatalf("not a command that this test can run: %s", line)
						}
					}
				default:
					t.Fatalf("no test knows how to run %s", name)
				}
				w.MustPlanNothing()
				if diff := cmp.Diff(all, w.Addresses()); diff != "" {
					t.Errorf("resources in the state (-before +after):\n%s", diff)
				}
				if after := created(t, databaseOf(w)); !maps.Equal(after, before) {
					t.Errorf("vaults were %v, and are %v", before, after)
				}
				w.MustRun("destroy", "-auto-approve")
			})
		}
	}
}

// Without a resource block for it, Terraform writes one for what it imports, which has to fit as it is.
func TestAccExamples_importGeneratesConfiguration(t *testing.T) {
	for _, e := range examples(t) {
		for name, content := range e.imports {
			if filepath.Ext(name) != ".tf" {
				continue
			}
			t.Run(e.path+"/"+name, func(t *testing.T) {
				if name == "import-by-identity.tf" {
					skipBelowIdentity(t)
				}
				t.Parallel()
				owner := e.workspace(t)
				owner.MustRun("apply", "-auto-approve")

				w := acctest.NewWorkspace(t, sharedVaults(databaseOf(owner), ""))
				// Terraform from 1.16 on needs to be told the provider, and none takes it when there is a resource block.
				w.Write(name, regexp.MustCompile(`(?m)^(\s*to\s*=.*)$`).ReplaceAllString(content, "$1\n  provider = backup"))
				plan := w.Plan("-generate-config-out=generated.tf")
				wantActions(t, plan, map[string]string{})
				if len(plan.Imported) == 0 {
					t.Errorf("nothing is imported:\n%s", plan.Output)
				}
				w.MustRun("apply", plan.File)
				w.Write(name, "")
				w.MustPlanNothing()
				if diff := cmp.Diff(plan.Imported, w.Addresses()); diff != "" {
					t.Errorf("resources in the state (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// queried is what there is for the query of an example to find.
type queried struct {
	config  string   // beside the vaults of queriedVaults
	found   []string // what the query shows
	imports int
}

const queriedVaults = `
resource "backup_vault" "found" {
  for_each = toset(["China East", "China North", "East US"])
  name     = "contoso-${replace(lower(each.key), " ", "")}"
  region   = each.key
  tags     = { environment = "production" }
}
`

// queriedObjects are by the paths of the examples.
var queriedObjects = map[string]queried{
	"list-resources/backup_vault": {found: []string{"contoso-chinaeast", "contoso-chinanorth", "contoso-eastus"}, imports: 3},
	"list-resources/backup_policy_vm": {
		config: `
resource "backup_policy_vm" "found" {
  for_each        = toset(["China North", "East US"])
  name            = "nightly"
  vault_id        = backup_vault.found[each.key].id
  backup          = { frequency = "Daily", time = "23:00" }
  retention_daily = { count = 30 }
}
`,
		found: []string{"contoso-chinanorth", "contoso-eastus", "nightly", "DefaultPolicy", "EnhancedPolicy"}, imports: 4,
	},
	"list-resources/backup_protected_vm": {
		config: `
resource "backup_policy_vm" "nightly" {
  name            = "nightly"
  vault_id        = backup_vault.found["East US"].id
  backup          = { frequency = "Daily", time = "23:00" }
  retention_daily = { count = 30 }
}

resource "backup_protected_vm" "found" {
  for_each = {
    web-1 = backup_policy_vm.nightly.id
    web-2 = "${backup_vault.found["East US"].id}/backupPolicies/DefaultPolicy"
    web-3 = "${backup_vault.found["China North"].id}/backupPolicies/DefaultPolicy"
  }
  vault_id         = split("/backupPolicies/", each.value)[0]
  source_vm_id     = "` + machines + `${each.key}"
  backup_policy_id = each.value
}
`,
		found: []string{"web-1 in contoso-eastus", "web-3 in contoso-chinanorth"}, imports: 2,
	},
}

// What a query finds can be imported as Terraform writes it down.
func TestAccExamples_query(t *testing.T) {
	for _, e := range examples(t) {
		for name, content := range e.queries {
			t.Run(e.path+"/"+name, func(t *testing.T) {
				skipBelowQuery(t)
				t.Parallel()
				there, ok := queriedObjects[e.path]
				if !ok {
					t.Fatal("nothing is made for the query to find")
				}
				owner := acctest.NewWorkspace(t, sharedVaults("backup-vaults.db", queriedVaults+there.config))
				owner.MustRun("apply", "-auto-approve")

				w := acctest.NewWorkspace(t, sharedVaults(databaseOf(owner), ""))
				w.Write(name, content)
				r := w.MustRun("query", "-generate-config-out=generated.tf")
				wantOutput(t, r, there.found...)
				w.Write(name, "")
				plan := w.Plan()
				wantActions(t, plan, map[string]string{})
				if len(plan.Imported) != there.imports {
					t.Errorf("imported: %v", plan.Imported)
				}
				w.MustRun("apply", plan.File)
				w.MustPlanNothing()
			})
		}
	}
}

// skipBelowQuery skips a test on a command line without terraform query. OpenTofu has none.
func skipBelowQuery(t *testing.T) {
	t.Helper()
	if major, minor, version := acctest.Version(t); isOpenTofu() || major == 1 && minor < 14 {
		t.Skipf("terraform query needs Terraform 1.14; this is %s", version)
	}
}

func TestAccExamples_format(t *testing.T) {
	t.Parallel()
	folder, err := filepath.Abs(examplesFolder)
	if err != nil {
		t.Fatal(err)
	}
	w := acctest.NewWorkspace(t, "")
	if r := w.Run("fmt", "-check", "-recursive", "-diff", folder); r.ExitCode != 0 {
		t.Errorf("examples are not formatted:\n%s", r.Printed)
	}
}
