package azure

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// Settings say which cloud to use and how to sign in. Names are those of azurerm's provider block; fields left empty
// can be filled by WithEnvironment. A field tagged "secret" is never printed, whatever the verb.
type Settings struct {
	// Cloud is the named cloud; required unless MetadataHost is given.
	Cloud catalog.Cloud `name:"environment"`
	// Endpoint replaces the cloud's ARM endpoint: an https URL, or http on a loopback address.
	Endpoint string `name:"endpoint"`
	// MetadataHost is the host, with a port or not, that describes another cloud.
	MetadataHost string `name:"metadata_host"`
	// SubscriptionID tells Azure CLI which of its accounts to use.
	SubscriptionID string `name:"subscription_id"`

	TenantID string `name:"tenant_id"`
	// AuxiliaryTenantIDs are further tenants that requests carry tokens of; at most three.
	AuxiliaryTenantIDs []string `name:"auxiliary_tenant_ids"`
	ClientID           string   `name:"client_id"`
	ClientIDFilePath   string   `name:"client_id_file_path"`

	ClientSecret         string `name:"client_secret" secret:"true"`
	ClientSecretFilePath string `name:"client_secret_file_path"`

	// ClientCertificate is a PFX or PEM in base64.
	ClientCertificate         string `name:"client_certificate" secret:"true"`
	ClientCertificatePath     string `name:"client_certificate_path"`
	ClientCertificatePassword string `name:"client_certificate_password" secret:"true"`

	UseOIDC           *bool  `name:"use_oidc"`
	OIDCToken         string `name:"oidc_token" secret:"true"`
	OIDCTokenFilePath string `name:"oidc_token_file_path"`
	// OIDCRequestURL may hold what identifies a pipeline's run, so it is not printed either.
	OIDCRequestURL                 string `name:"oidc_request_url" secret:"true"`
	OIDCRequestToken               string `name:"oidc_request_token" secret:"true"`
	ADOPipelineServiceConnectionID string `name:"ado_pipeline_service_connection_id"`
	// UseAKSWorkloadIdentity signs in with what AKS puts into the AZURE_* variables of a pod; see WithEnvironment.
	UseAKSWorkloadIdentity *bool `name:"use_aks_workload_identity"`

	UseMSI        *bool  `name:"use_msi"`
	MSIEndpoint   string `name:"msi_endpoint"`
	MSIAPIVersion string `name:"msi_api_version"`

	UseCLI *bool `name:"use_cli"`
}

// redacted stands where a secret is.
const redacted = "(redacted)"

// field is one setting that is not empty.
type field struct {
	name   string
	value  any
	secret bool
}

func (s Settings) fields() []field {
	var all []field
	v := reflect.ValueOf(s)
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			continue
		}
		tag := v.Type().Field(i).Tag
		f := field{name: tag.Get("name"), value: reflect.Indirect(v.Field(i)).Interface(), secret: tag.Get("secret") != ""}
		all = append(all, f)
	}
	return all
}

// shown is the value of a field as it may be printed.
func (f field) shown() any {
	if f.secret {
		return redacted
	}
	return f.value
}

// String lists the settings that are not empty, secrets redacted.
func (s Settings) String() string {
	parts := []string{}
	for _, f := range s.fields() {
		parts = append(parts, fmt.Sprintf("%s:%v", f.name, f.shown()))
	}
	return "{" + strings.Join(parts, " ") + "}"
}

// GoString is String, for %#v.
func (s Settings) GoString() string { return "azure.Settings" + s.String() }

// Format implements fmt.Formatter, so that every verb prints the redacted text; with String alone, %d would not.
func (s Settings) Format(state fmt.State, verb rune) {
	if verb == 'v' && state.Flag('#') {
		_, _ = fmt.Fprint(state, s.GoString())
		return
	}
	_, _ = fmt.Fprint(state, s.String())
}

// LogValue implements slog.LogValuer, secrets redacted.
func (s Settings) LogValue() slog.Value {
	var attrs []slog.Attr
	for _, f := range s.fields() {
		attrs = append(attrs, slog.Any(f.name, f.shown()))
	}
	return slog.GroupValue(attrs...)
}

// MarshalJSON implements json.Marshaler, secrets redacted: loggers fall back to JSON for types they do not know.
func (s Settings) MarshalJSON() ([]byte, error) {
	m := map[string]any{}
	for _, f := range s.fields() {
		m[f.name] = f.shown()
	}
	return json.Marshal(m)
}

// secrets are the texts that must not be shown.
func (s Settings) secrets() []string {
	var all []string
	for _, f := range s.fields() {
		if text, isText := f.value.(string); isText && f.secret {
			all = append(all, text)
		}
	}
	return all
}

// on tells whether a switch is set and true.
func on(b *bool) bool { return b != nil && *b }
