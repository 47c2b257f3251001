package backend

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

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/azure"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/secretfile"
)

// servedPatience is how long a served service may take to answer the first request: a CI job starts it in the background.
const servedPatience = 10 * time.Second

// openServed connects to an embedded service that another process serves, and makes sure that it answers: should it not,
// the user sees why once, and not for every resource after a long wait.
func (o *opening) openServed(ctx context.Context) {
	o.Kind = Served
	o.Unknown = o.Unknown.without("embedded")
	o.takeEmbeddedDefaults()
	if o.settings.Embedded != nil || o.settings.Unknown.Has("embedded") {
		o.add(Problem{
			Warning: true, Attribute: "embedded", Summary: "Settings of the embedded service are ignored",
			Text: "The service answers at " + o.Endpoint + ", and has settings of its own. Remove embedded, or endpoint.",
		})
	}
	if err := CheckEndpoint(o.Endpoint); err != nil {
		o.add(Problem{Attribute: "endpoint", Summary: "Invalid endpoint", Err: from(err, endpointVariable)})
		return
	}
	if !o.needs("client_secret", "client_secret_file_path") {
		return
	}
	secret, at := o.servedSecret()
	o.hasToken, o.tokenFile = secret != "", o.secretFile()
	if o.failed() || !o.connect(arm.Options{
		Endpoint: o.Endpoint, Transport: azure.NewHTTPClient(o.options.azureOptions().RoundTripper), Polling: embeddedPolling, SignIn: bearer(secret),
	}) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, servedPatience)
	defer cancel()
	subscriptions, unreadable, err := o.Vaults.Subscriptions(ctx)
	if err != nil {
		o.addServedProblem(err, secret, at)
		return
	}
	// The service's only subscription is the default, when nothing names another.
	named := o.settings.SubscriptionID != "" || os.Getenv(subscriptionVariable) != "" || o.Unknown.Has("subscription_id")
	if !named && len(subscriptions) == 1 && len(unreadable) == 0 && subscriptions[0].ID != embedded.DefaultSubscriptionID {
		o.SubscriptionID = subscriptions[0].ID
	}
}

// addServedProblem tells why the first request failed. at is the attribute that the secret comes from.
func (o *opening) addServedProblem(err error, secret, at string) {
	var timeout *arm.TimeoutError
	if errors.As(err, &timeout) && timeout.NoAnswer != nil {
		err = timeout.NoAnswer // the time that is over is not one that the user has set
	}
	p := Problem{Attribute: "endpoint", Object: "The service at " + o.Endpoint, Err: err}
	switch {
	case arm.IsUnauthorized(err) && secret == "":
		p.Attribute, p.Summary = "client_secret_file_path", "The service wants a token"
		p.Text = "Set client_secret_file_path, or the environment variable " + tokenFileVariable + ", to the path of the file that it was started with " +
			"(serve --token-file). ARM_CLIENT_SECRET is not used here: a secret of Azure stays with Azure."
	case arm.IsUnauthorized(err):
		p.Attribute, p.Summary = at, "The service does not take this token"
		p.Text = "The secret has to be the text in the file that the service was started with (serve --token-file)."
	case arm.IsUntrusted(err):
		p.Summary = "The certificate of the service is not trusted"
		p.Text = "`serve --tls-self-signed` names the file of its authority, ca.pem, when it starts."
	default:
		p.Summary = "No embedded service answers"
		p.Text = "Start it with `terraform-provider-backup serve`, or remove endpoint (and " + endpointVariable + ") to use the service inside the provider."
	}
	o.add(p)
}

// secretFile is the path of the token file; empty when the secret is in the block itself.
func (o *opening) secretFile() string {
	if strings.TrimSpace(o.settings.SignIn.ClientSecret) != "" {
		return ""
	}
	return cmp.Or(o.settings.SignIn.ClientSecretFilePath, os.Getenv(tokenFileVariable))
}

// servedSecret is what the token file of the service holds, and the attribute it comes from; empty when none is set. The
// variables of Azure's sign-in do not count.
func (o *opening) servedSecret() (secret, attribute string) {
	if secret = strings.TrimSpace(o.settings.SignIn.ClientSecret); secret != "" {
		return secret, "client_secret"
	}
	attribute = "client_secret_file_path"
	file, origin := o.settings.SignIn.ClientSecretFilePath, "It comes from the attribute "+attribute
	if file == "" {
		file, origin = os.Getenv(tokenFileVariable), "It comes from the environment variable "+tokenFileVariable
	}
	if file == "" {
		return "", attribute
	}
	secret, err := secretfile.Text(file)
	switch {
	case err != nil:
		o.add(Problem{Attribute: attribute, Summary: "Unable to read the token file", Err: fmt.Errorf("%w. %s", err, origin)})
	case secret == "":
		o.add(Problem{Attribute: attribute, Summary: "The token file is empty", Err: fmt.Errorf("the file %s is empty. %s", file, origin)})
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
