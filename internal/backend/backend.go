// Package backend configures one of the two services for the provider: the embedded one, in this process or served at an
// endpoint, or Azure. It owns what it opens, and nothing else knows that there are two.
package backend

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/azure"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// The environments; all but the first are Azure's clouds.
const environmentEmbedded = "embedded"

// Environments are the names of all environments.
func Environments() []string {
	names := []string{environmentEmbedded}
	for _, cloud := range catalog.Clouds() {
		names = append(names, string(cloud))
	}
	return names
}

// IsCloud tells whether the setting environment, or what stands in for an empty one, is not the embedded service.
func IsCloud(setting string) bool {
	environment := environmentOr(setting)
	return environment != "" && environment != environmentEmbedded
}

func environmentOr(setting string) string { return cmp.Or(setting, os.Getenv(environmentVariable)) }

// The environment variables that stand in for settings that are empty.
const (
	environmentVariable  = "BACKUP_ENVIRONMENT"
	databaseVariable     = "BACKUP_DATABASE"
	endpointVariable     = "BACKUP_ENDPOINT"
	tokenFileVariable    = "BACKUP_TOKEN_FILE"
	subscriptionVariable = "ARM_SUBSCRIPTION_ID"
)

// SignIn says how to sign in to Azure.
type SignIn = azure.Settings

// CheckEndpoint checks the setting endpoint.
func CheckEndpoint(endpoint string) error {
	if err := azure.CheckEndpoint(endpoint); err != nil {
		return fmt.Errorf("the endpoint %w", err)
	}
	return nil
}

// Settings are what the provider block says; what it leaves out is empty.
type Settings struct {
	Environment       string
	Endpoint          string
	SubscriptionID    string
	ResourceGroupName string
	// NamesPerGroup: the names of vaults are unique in a resource group, or may be, while it is not known.
	NamesPerGroup bool
	Embedded      *EmbeddedSettings // nil when the block has none
	SignIn        SignIn
	// Unknown are the settings that are not known yet, by the names of their attributes, such as "embedded.database".
	Unknown Unknown
	// Application is what makes the requests.
	Application string
}

// Kind tells the services apart.
type Kind int

// The kinds of services.
const (
	Embedded Kind = iota // in this process
	Served               // an embedded service of another process, at an endpoint
	Azure
)

// Service is the service that was configured, and what the provider has to know of it.
type Service struct {
	Kind   Kind
	Vaults *vault.Client
	// Environment is the name of the service for messages: embedded, or that of a cloud.
	Environment string
	// Cloud is the one whose regions there are; "" when they are not limited to those of one cloud.
	Cloud catalog.Cloud
	// Portal is the cloud's web portal; "" when there is none, or it is not known.
	Portal string
	// Endpoint is the setting, "" for the service's own.
	Endpoint string
	// Database is the path of the database of the service in this process.
	Database string
	// GroupsMustExist is true when a vault needs a resource group that somebody has made.
	GroupsMustExist bool
	// ForcesSoftDelete is true when no vault can have another soft delete than AlwaysOn, and unknown when that is not told.
	ForcesSoftDelete catalog.Value[bool]
	// The defaults for objects that name none; "" when there is none, or while it is among Unknown.
	SubscriptionID    string
	ResourceGroupName string
	// SubscriptionChoices says, while there is no default subscription, which ones there are.
	SubscriptionChoices string
	// Unknown are the settings that the service goes without until they are known.
	Unknown Unknown

	clockOffset time.Duration // of the service in this process
	tokenFile   string        // of a served one; "" when the token is in the block, or it wants none
	hasToken    bool          // of a served one
}

// Problem is what is wrong with a setting, or with the way to the service.
type Problem struct {
	Warning bool
	// NotKnownYet is true when the value of the attribute is missing, not wrong.
	NotKnownYet bool
	// Attribute is the one it is about, such as "embedded.database"; "" for none.
	Attribute string
	Summary   string
	// Object is what the call was about that failed with Err; "" when Err is none of a call.
	Object string
	Err    error
	// Text tells the rest, such as what to do.
	Text string
}

// opening is a service that is being configured.
type opening struct {
	*Service
	settings Settings
	options  options
	problems []Problem
}

// Open decides which service answers, and opens the embedded one's file or signs in to Azure. The service is nil when one
// of the problems is more than a warning.
func Open(ctx context.Context, settings Settings, change ...Option) (*Service, []Problem) {
	o := &opening{Service: &Service{Unknown: settings.Unknown, ForcesSoftDelete: catalog.Unknown[bool](), ResourceGroupName: settings.ResourceGroupName}, settings: settings, options: optionsOf(change)}
	o.open(ctx)
	if o.failed() {
		return nil, o.problems
	}
	return o.Service, o.problems
}

func (o *opening) open(ctx context.Context) {
	if !o.needs("environment", "endpoint") {
		return
	}
	o.Endpoint = cmp.Or(o.settings.Endpoint, os.Getenv(endpointVariable))
	o.takeEnvironment()
	if o.failed() {
		return
	}
	switch {
	case o.Environment != environmentEmbedded:
		o.openAzure(ctx)
	case o.Endpoint != "":
		o.openServed(ctx)
	default:
		o.openEmbedded(ctx)
	}
}

// add notes what is wrong.
func (o *opening) add(p Problem) { o.problems = append(o.problems, p) }

func (o *opening) failed() bool {
	return slices.ContainsFunc(o.problems, func(p Problem) bool { return !p.Warning })
}

// addError notes what has no attribute of its own.
func (o *opening) addError(err error) {
	o.add(Problem{Summary: "Unable to configure the provider", Err: err})
}

// takeEnvironment reads where vaults live. Only BACKUP_ENVIRONMENT and the attribute count: a stray ARM_* variable must
// never move a configuration to Azure.
func (o *opening) takeEnvironment() {
	o.Environment = environmentOr(o.settings.Environment)
	switch {
	case o.Environment == "":
		o.Environment = environmentEmbedded
		p := Problem{Warning: true, Attribute: "environment", Summary: "Vaults live in the embedded service"}
		p.Text = "The provider's environment is not set, so vaults live in the service embedded in the provider, and nothing is created in Azure. "
		if o.Endpoint != "" {
			p.Summary = "Vaults live in the service at the endpoint"
			p.Text = "The provider's environment is not set, so vaults live in the embedded service that answers at " + o.Endpoint + ", and nothing is created in Azure. "
		}
		p.Text += "Set environment = \"embedded\" to say that this is meant."
		o.add(p)
	case !slices.Contains(Environments(), o.Environment):
		o.add(Problem{Attribute: "environment", Summary: "Unknown environment", Err: fmt.Errorf(
			"the environment variable %s has the value %q; it can be %s", environmentVariable, o.Environment, strings.Join(Environments(), ", "))})
	}
}

// takeSubscription sets the default subscription: the configured one, or else another, of the environment or the service,
// unless that is empty.
func (o *opening) takeSubscription(other string) {
	if o.SubscriptionID = o.settings.SubscriptionID; o.SubscriptionID != "" || o.Unknown.Has("subscription_id") {
		return // the schema has checked it
	}
	o.SubscriptionID = other
	if other == "" {
		return
	}
	if err := catalog.CheckSubscriptionID(other); err != nil {
		o.add(Problem{Attribute: "subscription_id", Summary: "Invalid subscription", Err: from(err, subscriptionVariable)})
	}
}

// takeEmbeddedDefaults sets the defaults that the embedded service has, wherever it is.
func (o *opening) takeEmbeddedDefaults() {
	o.takeSubscription(cmp.Or(os.Getenv(subscriptionVariable), embedded.DefaultSubscriptionID))
	if !o.Unknown.Has("resource_group_name") {
		o.ResourceGroupName = cmp.Or(o.ResourceGroupName, "backup")
	}
}

// from says that an environment variable is to blame.
func from(err error, variable string) error {
	return errors.New(strings.TrimSuffix(err.Error(), ".") + ". It comes from the environment variable " + variable)
}
