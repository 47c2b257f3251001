package backend

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/azure"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tflog"
)

// signInTimeout bounds the sign-in of a run; azidentity repeats what fails for a passing reason.
const signInTimeout = 3 * time.Minute

// openAzure signs in to a cloud and connects to it. It signs in at once: should that fail, the user sees why once, and not
// for every resource.
func (o *opening) openAzure(ctx context.Context) {
	o.Kind = Azure
	o.Unknown = o.Unknown.without("embedded")
	ctx, cancel := context.WithTimeout(ctx, signInTimeout)
	defer cancel()
	connection, subscription, how, ok := o.signIn(ctx)
	if !ok {
		return
	}
	o.warnOfAttempts(how)
	cloud := connection.Cloud()
	tflog.Info(ctx, "signed in to Azure", map[string]any{"method": string(how.Method), "cloud": cloud.Name})

	o.Environment, o.Cloud, o.Portal, o.GroupsMustExist = cloud.Name, cloud.Known, cloud.Portal, true
	if !o.connect(arm.Options{Endpoint: connection.Endpoint(), Transport: connection.Transport(), SignIn: connection.Policy()}) {
		return
	}
	o.takeSubscription(subscription)
	if o.SubscriptionID == "" && !o.Unknown.Has("subscription_id") {
		o.takeDefaultSubscription(ctx, connection)
	}
}

// signIn also returns the subscription that the settings or the environment name.
func (o *opening) signIn(ctx context.Context) (connection *azure.Connection, subscription string, how azure.SignIn, ok bool) {
	// All that is left are settings of the sign-in: with another identity the plan would be another.
	signIn := slices.DeleteFunc(slices.Sorted(maps.Keys(o.Unknown)), func(name string) bool {
		return name == "subscription_id" || name == "resource_group_name" || name == "register_resource_provider"
	})
	if !o.needs(signIn...) {
		return nil, "", how, false
	}
	settings := o.settings.SignIn
	settings.Cloud, settings.Endpoint, settings.SubscriptionID = catalog.Cloud(o.Environment), o.Endpoint, o.settings.SubscriptionID
	settings, err := settings.WithEnvironment(func(name string) (string, bool) {
		if name == subscriptionVariable && o.Unknown.Has("subscription_id") {
			return "", false // Azure CLI must not use the account of another subscription
		}
		return os.LookupEnv(name)
	})
	if err != nil {
		o.addError(err)
		return nil, "", how, false
	}
	if connection, err = azure.Connect(ctx, settings, o.options.azureOptions()); err != nil {
		o.addError(err)
		return nil, "", how, false
	}
	how, err = connection.SignIn(ctx)
	if err != nil {
		p := Problem{Summary: "Unable to sign in to Azure", Err: err}
		var refused *azure.SignInError
		if errors.As(err, &refused) {
			p.Err = refused
			p.Text = "Set one of them up in the provider block or by its ARM_* variables; the guide \"From embedded to Azure\" has an example of each. " +
				"To work without Azure, set environment = \"embedded\"."
		}
		o.add(p)
		return nil, "", how, false
	}
	return connection, settings.SubscriptionID, how, true
}

// takeDefaultSubscription makes the subscription that Azure CLI works with the default, or else finds the words for those
// who need one: which there are.
func (o *opening) takeDefaultSubscription(ctx context.Context, connection *azure.Connection) {
	account, err := connection.DefaultSubscription(ctx)
	if err == nil && account.SubscriptionID != "" {
		o.SubscriptionID = account.SubscriptionID
		return
	}
	if err != nil && !errors.Is(err, azure.ErrNoDefaultSubscription) {
		tflog.Warn(ctx, "the default subscription of Azure CLI is not known", map[string]any{"error": err.Error()})
	}
	o.SubscriptionChoices = o.SubscriptionsAdvice(ctx)
}

// SubscriptionsAdvice lists the subscriptions there are.
func (s *Service) SubscriptionsAdvice(ctx context.Context) string {
	subscriptions, _, err := s.Vaults.Subscriptions(ctx)
	if err != nil {
		return ""
	}
	if len(subscriptions) == 0 {
		return "The account that is signed in can use no subscription at all: it has no role in any."
	}
	lines := []string{"These subscriptions can be used:"}
	for _, sub := range subscriptions {
		lines = append(lines, fmt.Sprintf("  %s  %s", sub.ID, sub.DisplayName))
	}
	return strings.Join(lines, "\n")
}

// warnOfAttempts tells of the methods that failed before one worked: what was meant to be the identity is another one.
func (o *opening) warnOfAttempts(how azure.SignIn) {
	var failed []string
	for _, a := range how.Attempts {
		if a.Tried && a.Reason != "" {
			failed = append(failed, fmt.Sprintf("- %s: %s", a.Method, a.Reason))
		}
	}
	if len(failed) > 0 {
		o.add(Problem{Warning: true, Summary: "A way to sign in to Azure failed", Text: fmt.Sprintf(
			"The provider is signed in with %s. What was tried before failed:\n%s\n\nRepair it, or remove its settings.", how.Method, strings.Join(failed, "\n"))})
	}
}
