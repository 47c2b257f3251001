package provider_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/provider"
)

// successors are the resources that those of azurerm become.
var successors = map[string]struct {
	name string
	make func() resource.Resource
}{
	"azurerm_recovery_services_vault": {"backup_vault", func() resource.Resource { return provider.NewVaultResource(nil) }},
	"azurerm_backup_policy_vm":        {"backup_policy_vm", provider.NewVMPolicyResource},
	"azurerm_backup_protected_vm":     {"backup_protected_vm", func() resource.Resource { return provider.NewProtectedVMResource(nil) }},
}

// azurermAttribute is a row of the guide about azurerm: an attribute, the versions that have it, what it is here, and where
// the plan after a move has it from.
type azurermAttribute struct{ versions, here, moved string }

// azurermRows are the rows of the guide, by resource and attribute.
func azurermRows(t *testing.T) map[string]map[string]azurermAttribute {
	t.Helper()
	raw, err := os.ReadFile("../../templates/guides/coming-from-azurerm.md")
	if err != nil {
		t.Fatal(err)
	}
	title := regexp.MustCompile("^`(azurerm_[a-z_]+)`:$")
	rows := map[string]map[string]azurermAttribute{}
	var of string
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSpace(line)
		if found := title.FindStringSubmatch(line); found != nil {
			of = found[1]
			rows[of] = map[string]azurermAttribute{}
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), " | ")
		if of == "" || len(cells) != 4 || !strings.HasPrefix(line, "| `") {
			continue
		}
		name := strings.Trim(cells[0], " `")
		if _, twice := rows[of][name]; twice {
			t.Errorf("%s is in the guide twice", name)
		}
		rows[of][name] = azurermAttribute{strings.TrimSpace(cells[1]), cells[2], strings.TrimSpace(cells[3])}
	}
	return rows
}

// The guide has every attribute that azurerm has had, with the versions that have it.
func TestAzurermGuideHasEveryAttribute(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/azurerm_attributes.txt")
	if err != nil {
		t.Fatal(err)
	}
	want, got := map[string]string{}, map[string]string{}
	for line := range strings.Lines(string(raw)) {
		fields := strings.Fields(line)
		if strings.HasPrefix(line, "#") {
			continue
		}
		versions := "all"
		switch first, last := fields[2], fields[3]; {
		case first != "3.0":
			versions = "since " + first
		case last != "5.2":
			versions = "until " + last[:2] + "x"
		}
		want[fields[0]+" "+fields[1]] = versions
	}
	for of, attributes := range azurermRows(t) {
		for name, row := range attributes {
			got[of+" "+name] = row.versions
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-azurerm +guide):\n%s", diff)
	}
}

// What the guide says of a move is what the code does, and what it says an attribute has become is an attribute. The code read
// the consistency of snapshots by a name that azurerm does not have.
func TestAzurermGuideIsTheCodeOfMoved(t *testing.T) {
	t.Parallel()
	client := newProtocolClient(t, "")
	for of, attributes := range azurermRows(t) {
		successor := successors[of]
		mover, ok := successor.make().(resource.ResourceWithMoveState)
		if !ok {
			t.Fatalf("%s cannot be moved to", successor.name)
		}
		known := leaves(mover.MoveState(t.Context())[0].SourceSchema.Type().TerraformType(t.Context()), "")
		known = slices.DeleteFunc(known, func(name string) bool { return of == "azurerm_recovery_services_vault" && name == "type" }) // azapi's
		var kept []string
		ours := leaves(client.schemas.ResourceSchemas[successor.name].ValueType(), "")
		for name, row := range attributes {
			switch row.moved {
			case "kept":
				kept = append(kept, name)
			case "read", "left out", "of the id":
			default:
				t.Errorf("%s: %s is %q", of, name, row.moved)
			}
			here, code, _ := strings.Cut(row.here, "`")
			code, _, _ = strings.Cut(code, "`")
			if (here == "") == (row.moved == "left out") || here == "" && !slices.Contains(ours, code) {
				t.Errorf("%s: %s is to be %q, which is no attribute of %s", of, name, row.here, successor.name)
			}
		}
		slices.Sort(kept)
		if diff := cmp.Diff(known, kept); diff != "" {
			t.Errorf("%s (-code of moved +guide):\n%s", of, diff)
		}
	}
}

// leaves are the attributes of an object by their paths, in order; timeouts and tags count as one.
func leaves(kind tftypes.Type, path string) (names []string) {
	switch kind := kind.(type) {
	case tftypes.List:
		return leaves(kind.ElementType, path)
	case tftypes.Object:
		if path == "timeouts" {
			return []string{path}
		}
		for name, of := range kind.AttributeTypes {
			names = append(names, leaves(of, strings.TrimPrefix(path+"."+name, "."))...)
		}
		slices.Sort(names)
		return names
	}
	return []string{path}
}
