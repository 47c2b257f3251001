package provider_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/provider"
)

func TestSchemasAreValid(t *testing.T) {
	server := providerserver.NewProtocol6(provider.New("test")())()
	resp, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range resp.Diagnostics {
		t.Errorf("%s: %s", d.Summary, d.Detail)
	}
	var check func(where string, attributes []*tfprotov6.SchemaAttribute)
	check = func(where string, attributes []*tfprotov6.SchemaAttribute) {
		for _, a := range attributes {
			if a.Description == "" {
				t.Errorf("%s.%s has no description", where, a.Name)
			}
			if a.NestedType != nil {
				check(where+"."+a.Name, a.NestedType.Attributes)
			}
		}
	}
	check("provider", resp.Provider.Block.Attributes)
	for name, schema := range resp.ResourceSchemas {
		check(name, schema.Block.Attributes)
	}
	for name, schema := range resp.DataSourceSchemas {
		check("data."+name, schema.Block.Attributes)
	}
}

const oneVault = `
resource "backup_vault" "test" {
  name   = "contoso"
  region = "eastus"
}
`

func TestAccProvider_environments(t *testing.T) {
	for name, test := range map[string]struct{ config, variable, want string }{
		"public, without sign-in":    {`environment = "public"`, "", `No way to sign in to Azure (public) works`},
		"from the variable":          {``, "china", `No way to sign in to Azure (china) works`},
		"unknown":                    {`environment = "mars"`, "", `environment value must be one of`},
		"unknown, from the variable": {``, "mars", `The environment variable BACKUP_ENVIRONMENT has the value "mars"`},
		"the attribute comes first":  {`environment = "usgovernment"`, "embedded", `No way to sign in to Azure (usgovernment) works`},
		"endpoint":                   {"environment = \"public\"\nendpoint = \"http://example.com\"", "", `must begin with https://`},
		"provisioning time":          {"environment = \"embedded\"\nembedded = { provisioning_time = \"soon\" }", "", `"soon" is not a duration`},
		"provisioning time too long": {"environment = \"embedded\"\nembedded = { provisioning_time = \"25h\" }", "", `is not between 0s and 24h`},
		"subscriptions":              {"environment = \"embedded\"\nembedded = { subscriptions = { production = \"x\" } }", "", `"production" is not a subscription ID`},
		"subscription":               {"environment = \"embedded\"\nsubscription_id = \"x\"", "", `"x" is not a subscription ID`},
		"resource group":             {"environment = \"embedded\"\nresource_group_name = \"x.\"", "", `The name ends in a period`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("BACKUP_ENVIRONMENT", test.variable)
			t.Setenv("BACKUP_DATABASE", acctest.Database(t))
			refused(t, "provider \"backup\" {\n"+test.config+"\n}\n"+oneVault, test.want)
		})
	}
}

func TestAccProvider_unknownSettings(t *testing.T) {
	t.Parallel()
	const late = "resource \"terraform_data\" \"late\" {\n input = \"x\"\n}\n"
	for name, want := range map[string]string{
		`environment = terraform_data.late.output`:                                         "Provider setting not known yet",
		"environment = \"embedded\"\nembedded = { database = terraform_data.late.output }": "Provider setting not known yet",
	} {
		refused(t, "provider \"backup\" {\n"+name+"\n}\n"+late+oneVault, want)
	}
	// The defaults of resources may come later.
	database := acctest.Database(t)
	config := `
provider "backup" {
  environment         = "embedded"
  resource_group_name = terraform_data.late.output
  embedded            = { database = "` + filepath.ToSlash(database) + `" }
}
` + late + oneVault
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{Config: config, ConfigStateChecks: []statecheck.StateCheck{has("resource_group_name", text("x"))}},
		},
	})
}

func TestAccProvider_environmentVariables(t *testing.T) {
	const subscription = "00000000-0000-4000-8000-0000000000aa"
	database := acctest.Database(t)
	t.Setenv("BACKUP_ENVIRONMENT", "embedded")
	t.Setenv("BACKUP_DATABASE", database)
	t.Setenv("BACKUP_PROVISIONING_TIME", "50ms")
	t.Setenv("ARM_SUBSCRIPTION_ID", subscription)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: acctest.Factories(),
		Steps: []resource.TestStep{
			{Config: oneVault, ConfigStateChecks: []statecheck.StateCheck{has("subscription_id", text(subscription))}},
			// The provider's default is for new vaults; one that exists stays where it is.
			{Config: "provider \"backup\" {\n resource_group_name = \"elsewhere\"\n}\n" + oneVault, ConfigPlanChecks: nothing},
		},
	})
}

func TestAccProvider_badVariables(t *testing.T) {
	t.Setenv("BACKUP_DATABASE", acctest.Database(t))
	for variable, test := range map[string][2]string{
		"ARM_SUBSCRIPTION_ID":      {"production", "It comes from the environment variable ARM_SUBSCRIPTION_ID"},
		"BACKUP_PROVISIONING_TIME": {"soon", "It comes from the environment variable BACKUP_PROVISIONING_TIME"},
		"BACKUP_EXTRA_REGIONS":     {"a_b", "Entry 1 of BACKUP_EXTRA_REGIONS"},
	} {
		t.Run(variable, func(t *testing.T) {
			t.Setenv(variable, test[0])
			refused(t, "provider \"backup\" {\n environment = \"embedded\"\n}\n"+oneVault, test[1])
		})
	}
}

// With an endpoint the vaults live in the service there, whether the block names it or the environment.
func TestAccProvider_warnsOfTheEndpoint(t *testing.T) {
	t.Parallel()
	s := newServedService(t, "", embedded.Config{})
	w := acctest.NewWorkspace(t, requiredProvider+"provider \"backup\" {\n  endpoint = \""+s.URL+"\"\n}\n"+oneVault)
	for range 2 {
		r := w.MustRun("plan")
		wantOutput(t, r, "Vaults live in the service at the endpoint", "in the embedded service that answers at "+s.URL)
		if strings.Contains(r.Output, "embedded in the provider") {
			t.Error(r.Output)
		}
		w.Write("main.tf", requiredProvider+oneVault)
		w.Setenv("BACKUP_ENDPOINT", s.URL)
	}
}

// The warning is said once, and not at all when the environment is named.
func TestAccProvider_warnsWhenTheEnvironmentIsNotSet(t *testing.T) {
	t.Parallel()
	const header = "terraform {\n  required_providers { backup = { source = \"azurebackup/backup\" } }\n}\n"
	w := acctest.NewWorkspace(t, header+oneVault)
	if n := strings.Count(w.MustRun("plan").Output, "Vaults live in the embedded service"); n != 1 {
		t.Errorf("the warning is printed %d times", n)
	}
	w.Write("main.tf", header+"provider \"backup\" {\n  environment = \"embedded\"\n}\n"+oneVault)
	if n := strings.Count(w.MustRun("plan").Output, "Vaults live in the embedded service"); n != 0 {
		t.Errorf("the warning is printed %d times although the environment is set", n)
	}
}
