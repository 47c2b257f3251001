package provider_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

func TestVaultsByRegionFunction(t *testing.T) {
	t.Parallel()
	c := newProtocolClient(t, "")
	vm := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"region": tftypes.String}}
	call := func(t *testing.T, regions map[string]any) (map[string][]string, *tfprotov6.FunctionError) {
		t.Helper()
		vms := map[string]tftypes.Value{}
		for key, region := range regions {
			switch region {
			case noVM:
				vms[key] = tftypes.NewValue(vm, nil)
			default:
				vms[key] = tftypes.NewValue(vm, map[string]tftypes.Value{"region": tftypes.NewValue(tftypes.String, region)})
			}
		}
		resp, err := c.server.CallFunction(t.Context(), &tfprotov6.CallFunctionRequest{
			Name:      "vaults_by_region",
			Arguments: []*tfprotov6.DynamicValue{c.encode(tftypes.NewValue(tftypes.Map{ElementType: vm}, vms))},
		})
		if err != nil {
			t.Fatal(err)
		}
		if resp.Error != nil {
			return nil, resp.Error
		}
		decoded, err := resp.Result.Unmarshal(tftypes.Map{ElementType: tftypes.List{ElementType: tftypes.String}})
		if err != nil {
			t.Fatal(err)
		}
		lists := map[string]tftypes.Value{}
		if err := decoded.As(&lists); err != nil {
			t.Fatal(err)
		}
		got := map[string][]string{}
		for region, list := range lists {
			var keys []tftypes.Value
			if err := list.As(&keys); err != nil {
				t.Fatal(err)
			}
			for _, value := range keys {
				var key string
				if err := value.As(&key); err != nil {
					t.Fatal(err)
				}
				got[region] = append(got[region], key)
			}
		}
		return got, nil
	}
	for name, test := range map[string]struct {
		regions map[string]any
		want    map[string][]string
		wantErr []string
	}{
		"none":    {map[string]any{}, map[string][]string{}, nil},
		"one":     {map[string]any{"db": "eastus"}, map[string][]string{"eastus": {"db"}}, nil},
		"several": {map[string]any{"z": "East US", "a": "eastus", "m": "EAST US ", "b": "westus"}, map[string][]string{"eastus": {"a", "m", "z"}, "westus": {"b"}}, nil},
		"clouds":  {map[string]any{"a": "China East", "b": "chinaeast", "c": "usgovvirginia"}, map[string][]string{"chinaeast": {"a", "b"}, "usgovvirginia": {"c"}}, nil},
		"typo":    {map[string]any{"db": "Chnia East", "web": "eastus"}, nil, []string{`The region of the VM "db": "Chnia East" is not an Azure region`, `did you mean "China East" (chinaeast)?`}},
		"null":    {map[string]any{"db": nil, "web": "eastus"}, nil, []string{`The VM "db" has no region`}},
		"empty":   {map[string]any{"db": ""}, nil, []string{`The region of the VM "db": The region is empty`}},
		"no VM":   {map[string]any{"db": noVM}, nil, []string{`The VM "db" has no region`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, failed := call(t, test.regions)
			for _, want := range test.wantErr {
				if failed == nil || !strings.Contains(failed.Text, want) {
					t.Errorf("error %+v does not say %q", failed, want)
				}
			}
			if failed != nil && (failed.FunctionArgument == nil || *failed.FunctionArgument != 0) {
				t.Errorf("error %+v does not point at the argument", failed)
			}
			if failed != nil && strings.HasSuffix(failed.Text, ".") {
				t.Errorf("%q ends in a period, and Terraform adds another", failed.Text)
			}
			if test.wantErr == nil && failed != nil {
				t.Fatal(failed.Text)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("vaults (-want +got):\n%s", diff)
			}
		})
	}
}

// noVM stands for a null in the place of a VM.
const noVM = "(null)"

func TestAccVaultsByRegionFunction(t *testing.T) {
	t.Parallel()
	output := func(vms string) string {
		return acctest.Config(acctest.Database(t), `
terraform {
  required_providers {
    backup = { source = "hashicorp/backup" }
  }
}
resource "terraform_data" "vm" {}
resource "backup_vault" "test" {
  for_each = provider::backup::vaults_by_region(`+vms+`)
  name     = "vault-${each.key}"
  region   = each.key
  tags     = { vms = join(" ", each.value) }
}
`)
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_8_0)},
		Steps: []resource.TestStep{
			{Config: output(`{ db = { region = "Chnia East" } }`), ExpectError: message(`The region of the VM "db"`)},
			{Config: output(`{ db = { location = "eastus" } }`), ExpectError: message(`attribute "region" is required`)},
			{
				// Objects of different types, with an id that is known after the apply only.
				Config: output(`{
    web = { region = "China East", id = terraform_data.vm.id }
    db  = { region = "chinaeast", id = terraform_data.vm.id, size = 3 }
    app = { region = "East US" }
  }`),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(`backup_vault.test["chinaeast"]`, attribute("tags"), knownvalue.MapExact(map[string]knownvalue.Check{"vms": text("db web")})),
					statecheck.ExpectKnownValue(`backup_vault.test["eastus"]`, attribute("tags"), knownvalue.MapExact(map[string]knownvalue.Check{"vms": text("app")})),
				},
			},
			{Config: output(`{}`)},
		},
	})
}
