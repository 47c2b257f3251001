package acctest_test

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/unchanged"
)

// The suite is what every backend has to pass, unchanged: the embedded service behind `serve`, which is the default, and
// Azure when BACKUP_ACC_ENVIRONMENT names one of its clouds; see CONTRIBUTING.md. A "rehearsal" is `serve` in the place of a
// cloud, found by its metadata and signed in to as to Azure.

// prefix is that of every vault that the suite makes; the sweeper deletes by it.
const prefix = "tfacc-"

// target is where the suite makes its vaults.
type target struct {
	azure bool
	// endpoint and token are those of `serve`: its URL, and the path of the file with its secret.
	endpoint, token string
	// block are the lines of the provider block.
	block string
	// region is where vaults and VMs are, elsewhere another region of the same cloud.
	region, elsewhere string
	// vm is the ARM id of a VM in region; empty when there is none to be protected.
	vm        string
	providers map[string]func() (tfprotov6.ProviderServer, error)
	// place is the way there past the provider.
	place func(context.Context) (place, error)
}

// suite is the target of this run.
var suite target

func TestMain(m *testing.M) {
	// Before Main, which clears these variables.
	environment, subscription := os.Getenv("BACKUP_ACC_ENVIRONMENT"), os.Getenv("ARM_SUBSCRIPTION_ID")
	if environment == "" {
		// Here the suite goes without short cuts; the provider's own tests compare them with the framework's answers.
		_ = os.Setenv(unchanged.Variable, unchanged.Off)
	}
	acctest.Main(m, func() (stop func(), err error) {
		switch environment {
		case "":
			suite, stop, err = served()
		case "rehearsal":
			suite, stop, err = rehearsed()
		default:
			suite, err = inAzure(environment, subscription)
			stop = func() {}
		}
		return stop, err
	})
}

// inAzure is a cloud, as the environment describes it.
func inAzure(environment, subscription string) (target, error) {
	var missing []string
	setting := func(name string) string {
		value := os.Getenv(name)
		if value == "" {
			missing = append(missing, name)
		}
		return value
	}
	b := target{
		azure: true, vm: os.Getenv("BACKUP_ACC_VM_ID"), providers: acctest.Factories(),
		region: catalog.NormalizeRegion(setting("BACKUP_ACC_REGION")),
		block:  fmt.Sprintf("environment = %q\n  resource_group_name = %q", environment, setting("BACKUP_ACC_RESOURCE_GROUP")),
	}
	if subscription != "" {
		b.block += fmt.Sprintf("\n  subscription_id = %q", subscription)
	}
	group := os.Getenv("BACKUP_ACC_RESOURCE_GROUP")
	b.place = func(ctx context.Context) (place, error) { return azurePlace(ctx, environment, subscription, group) }
	for _, region := range catalog.Regions(catalog.Cloud(environment)) {
		if region.Name != b.region {
			b.elsewhere = region.Name
		}
	}
	switch {
	case len(missing) > 0:
		return b, fmt.Errorf("these environment variables are not set: %s; see CONTRIBUTING.md", strings.Join(missing, ", "))
	case b.elsewhere == "":
		return b, fmt.Errorf("BACKUP_ACC_ENVIRONMENT is %q, which is no cloud of Azure", environment)
	}
	return b, nil
}

// newName is the name of a vault that nobody has.
func newName() string { return prefix + uuid.NewString()[:8] }

// config is the provider block and what follows it.
func config(blocks ...string) string {
	return fmt.Sprintf("provider \"backup\" {\n  %s\n}\n\n%s", suite.block, strings.Join(blocks, "\n"))
}

// vaultBlock is the vault of a test; lines are further attributes.
func vaultBlock(name string, lines ...string) string {
	return fmt.Sprintf("resource \"backup_vault\" \"test\" {\n  name   = %q\n  region = %q\n  %s\n}\n", name, suite.region, strings.Join(lines, "\n  "))
}

const (
	theVault  = "backup_vault.test"
	thePolicy = "backup_policy_vm.test"
	theVM     = "backup_protected_vm.test"
)

// run applies the steps, and plans each once more, which must find nothing to do.
func run(t *testing.T, steps ...resource.TestStep) {
	t.Helper()
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: suite.providers, Steps: steps})
}

// step applies a configuration with an action planned for an address, and checks the state.
func step(config, address string, action plancheck.ResourceActionType, checks ...statecheck.StateCheck) resource.TestStep {
	return resource.TestStep{
		Config: config, ConfigStateChecks: checks,
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action)}},
	}
}

// nothing checks that there is nothing to do.
var nothing = resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}

// refused is a configuration that is refused while it is planned. It is not for the last step, whose configuration the
// destroy at the end plans, too.
func refused(config, message string) resource.TestStep {
	words := strings.Fields(message)
	for i, word := range words {
		words[i] = regexp.QuoteMeta(word)
	}
	return resource.TestStep{Config: config, PlanOnly: true, ExpectError: regexp.MustCompile(strings.Join(words, `\s+`))}
}

// imported imports an address by its id into a state of its own, and compares all but what only a configuration says.
func imported(address string, ignore ...string) resource.TestStep {
	return resource.TestStep{ResourceName: address, ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: append(ignore, "timeouts")}
}

func has(address, attribute string, value knownvalue.Check) statecheck.StateCheck {
	path := tfjsonpath.New(strings.Split(attribute, ".")[0])
	for _, name := range strings.Split(attribute, ".")[1:] {
		path = path.AtMapKey(name)
	}
	return statecheck.ExpectKnownValue(address, path, value)
}

func text(s string) knownvalue.Check { return knownvalue.StringExact(s) }
