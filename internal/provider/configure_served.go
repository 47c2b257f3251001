package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/azure"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// servedPatience is how long a served service may take to answer the first request: a CI job starts it in the background.
const servedPatience = 10 * time.Second

// configureServed connects to an embedded service that another process serves, and makes sure that it answers: should it
// not, the user sees why once, and not for every resource after a long wait.
func (p *backupProvider) configureServed(ctx context.Context, config providerModel, endpoint, application string, r *run, diags *diag.Diagnostics) {
	r.takeEmbeddedDefaults(config, diags)
	if !config.Embedded.IsNull() {
		diags.AddAttributeWarning(path.Root("embedded"), "Settings of the embedded service are ignored",
			"The service answers at "+endpoint+", and has settings of its own. Remove embedded, or endpoint.")
	}
	if err := azure.CheckEndpoint(endpoint); err != nil {
		diags.AddAttributeError(path.Root("endpoint"), "Invalid endpoint",
			"The endpoint "+sentence(err.Error())+" It comes from the environment variable "+endpointVariable+".")
		return
	}
	secret, at := servedSecret(config, diags)
	if diags.HasError() {
		return
	}
	client, err := p.client(arm.Options{
		Endpoint: endpoint, Transport: azure.NewHTTPClient(p.azureOptions().RoundTripper), Application: application, Polling: embeddedPolling,
		SignIn: bearer(secret),
	})
	if err != nil {
		addConfigureError(err, diags)
		return
	}
	r.vaults, r.undelete = client, undeleteServed(endpoint, config, secret != "")
	ctx, cancel := context.WithTimeout(ctx, servedPatience)
	defer cancel()
	subscriptions, err := client.Subscriptions(ctx)
	var timeout *arm.TimeoutError
	if errors.As(err, &timeout) && timeout.NoAnswer != nil {
		err = timeout.NoAnswer // the time that is over is not one that the user has set
	}
	switch {
	case arm.IsUnauthorized(err) && secret == "":
		diags.AddAttributeError(path.Root("client_secret_file_path"), "The service wants a token", problem("The service at "+endpoint, err,
			"Set client_secret_file_path, or the environment variable "+tokenFileVariable+", to the path of the file that it was started with (serve --token-file). "+
				"ARM_CLIENT_SECRET is not used here: a secret of Azure stays with Azure."))
	case arm.IsUnauthorized(err):
		diags.AddAttributeError(path.Root(at), "The service does not take this token", problem("The service at "+endpoint, err,
			"The secret has to be the text in the file that the service was started with (serve --token-file)."))
	case arm.IsUntrusted(err):
		diags.AddAttributeError(path.Root("endpoint"), "The certificate of the service is not trusted", problem("The service at "+endpoint, err,
			"`serve --tls-self-signed` names the file of its authority, ca.pem, when it starts."))
	case err != nil:
		diags.AddAttributeError(path.Root("endpoint"), "No embedded service answers", problem("The service at "+endpoint, err,
			"Start it with `terraform-provider-backup serve`, or remove endpoint (and "+endpointVariable+") to use the service inside the provider."))
	default:
		r.takeServedSubscription(config, subscriptions)
	}
}

// servedSecret is what the token file of the service holds, and the attribute it comes from; empty when none is set. The
// variables of Azure's sign-in do not count.
func servedSecret(config providerModel, diags *diag.Diagnostics) (secret, attribute string) {
	for name, value := range map[string]types.String{"client_secret": config.ClientSecret, "client_secret_file_path": config.ClientSecretFilePath} {
		if value.IsUnknown() {
			addUnknown(diags, path.Root(name))
		}
	}
	if secret = strings.TrimSpace(config.ClientSecret.ValueString()); secret != "" {
		return secret, "client_secret"
	}
	attribute = "client_secret_file_path"
	file, from := config.ClientSecretFilePath.ValueString(), "It comes from the attribute "+attribute+"."
	if file == "" {
		file, from = os.Getenv(tokenFileVariable), "It comes from the environment variable "+tokenFileVariable+"."
	}
	if file == "" {
		return "", attribute
	}
	content, err := os.ReadFile(file)
	secret = strings.TrimSpace(string(content))
	switch {
	case err != nil:
		diags.AddAttributeError(path.Root(attribute), "Unable to read the token file", sentence(err.Error())+" "+from)
	case secret == "":
		diags.AddAttributeError(path.Root(attribute), "The token file is empty", fmt.Sprintf("The file %s is empty. %s", file, from))
	}
	return secret, attribute
}

// bearer signs requests with a secret that is the token itself; an empty one signs nothing.
func bearer(secret string) policy.Policy {
	if secret == "" {
		return nil
	}
	return runtime.NewKeyCredentialPolicy(azcore.NewKeyCredential(secret), "Authorization", &runtime.KeyCredentialPolicyOptions{
		Prefix: "Bearer ",
		// Without TLS on a loopback address alone, which the endpoint has been checked for.
		InsecureAllowCredentialWithHTTP: true,
	})
}

// takeServedSubscription makes the service's only subscription the default, when nothing names another.
func (r *run) takeServedSubscription(config providerModel, subscriptions []vault.Subscription) {
	named := cmp.Or(config.SubscriptionID.ValueString(), os.Getenv(subscriptionVariable)) != "" || config.SubscriptionID.IsUnknown()
	if !named && len(subscriptions) == 1 && subscriptions[0].ID != embedded.DefaultSubscriptionID {
		r.subscriptionID = types.StringValue(subscriptions[0].ID)
	}
}
