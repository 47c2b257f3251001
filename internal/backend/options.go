package backend

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/azure"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/tflog"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// options are how services are reached.
type options struct {
	version string
	wrap    TransportWrapper
	change  EmbeddedChange
	azure   AzureChange
}

// Option changes how services are reached; tests use it.
type Option func(*options)

func optionsOf(change []Option) options {
	var o options
	for _, option := range change {
		option(&o)
	}
	return o
}

// WithVersion says the provider's own version, for the requests.
func WithVersion(version string) Option {
	return func(o *options) { o.version = version }
}

// TransportWrapper stands between the client and the service, and sees every request and answer.
type TransportWrapper func(policy.Transporter) policy.Transporter

// WithTransport puts a wrapper around the transport of every client that the provider makes. Of several the first one
// sees a request first.
func WithTransport(wrap TransportWrapper) Option {
	return func(o *options) {
		outer := o.wrap
		if outer == nil {
			o.wrap = wrap
			return
		}
		o.wrap = func(next policy.Transporter) policy.Transporter { return outer(wrap(next)) }
	}
}

// EmbeddedChange changes the settings of the embedded service before it starts.
type EmbeddedChange func(*embedded.Config)

// WithEmbedded makes the embedded service different from what the provider block says, such as to inject faults.
func WithEmbedded(change EmbeddedChange) Option {
	return func(o *options) { o.change = change }
}

// AzureChange changes how the provider reaches Azure.
type AzureChange func(*azure.Options)

// WithAzure makes the way to Azure different from the network, such as one that leads to a test's own server.
func WithAzure(change AzureChange) Option {
	return func(o *options) { o.azure = change }
}

// azureOptions are the ways to the outside.
func (o options) azureOptions() azure.Options {
	var ways azure.Options
	if o.azure != nil {
		o.azure(&ways)
	}
	return ways
}

// connect makes the client; a says where and how.
func (o *opening) connect(a arm.Options) bool {
	if o.options.wrap != nil {
		a.Transport = o.options.wrap(a.Transport)
	}
	a.Version, a.Application, a.Trace = o.options.version, o.settings.Application, traceExchange
	a.KnownVersions, a.VersionChosen = catalog.KnownAPIVersions, warnOfVersion
	connection, err := arm.NewClient(a)
	if err != nil {
		o.addError(err)
		return false
	}
	o.Vaults = vault.NewClient(connection)
	o.Vaults.NamesPerGroup = o.settings.NamesPerGroup
	return true
}

// warnOfVersion logs that the service does not have the API version that the provider was made for.
func warnOfVersion(ctx context.Context, namespace, asked, chosen string) {
	tflog.Warn(ctx, "the service does not have the API version asked for, another one is used", map[string]any{
		"namespace": namespace, "asked": asked, "used": chosen,
	})
}

// traceExchange logs every request; queries, headers and bodies may hold secrets and stay out.
func traceExchange(ctx context.Context, e arm.Exchange) {
	tflog.Debug(ctx, "ARM request", map[string]any{
		"method": e.Method, "path": e.Path, "status": e.StatusCode, "duration_us": e.Duration.Microseconds(), "request_id": e.RequestID,
	})
}
