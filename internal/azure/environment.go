package azure

import (
	"fmt"
	"strconv"
	"strings"
)

// Lookup reads an environment variable; os.LookupEnv is one.
type Lookup func(name string) (value string, set bool)

// The environment variables that WithEnvironment reads are those of azurerm
// (hashicorp/terraform-provider-azurerm, internal/provider/framework/config.go). Where there are several names for
// one setting, the first that is set counts. ARM_ENVIRONMENT is not among them: which backend is used is said by the
// provider's own configuration only.
var (
	oidcRequestURLVariables = []string{
		"ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL", "SYSTEM_OIDCREQUESTURI",
	}
	oidcRequestTokenVariables = []string{
		"ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SYSTEM_ACCESSTOKEN",
	}
	serviceConnectionVariables = []string{
		"ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID", "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID",
	}
)

// WithEnvironment returns the settings with empty fields filled from environment variables. A value and the path of a
// file that may hold it instead are one setting: when one of them is configured, the variable of the other is not read,
// so that what is written in a configuration always wins over the environment.
//
// The error names the variable whose value cannot be read, or the settings that contradict each other.
func (s Settings) WithEnvironment(lookup Lookup) (Settings, error) {
	e := environment{lookup: lookup}
	e.text(&s.MetadataHost, "ARM_METADATA_HOSTNAME")
	e.text(&s.SubscriptionID, "ARM_SUBSCRIPTION_ID")
	e.text(&s.TenantID, "ARM_TENANT_ID")
	if len(s.AuxiliaryTenantIDs) == 0 {
		s.AuxiliaryTenantIDs = e.list("ARM_AUXILIARY_TENANT_IDS", ";")
	}
	e.pair(&s.ClientID, "ARM_CLIENT_ID", &s.ClientIDFilePath, "ARM_CLIENT_ID_FILE_PATH")
	e.pair(&s.ClientSecret, "ARM_CLIENT_SECRET", &s.ClientSecretFilePath, "ARM_CLIENT_SECRET_FILE_PATH")
	e.pair(&s.ClientCertificate, "ARM_CLIENT_CERTIFICATE", &s.ClientCertificatePath, "ARM_CLIENT_CERTIFICATE_PATH")
	e.text(&s.ClientCertificatePassword, "ARM_CLIENT_CERTIFICATE_PASSWORD")
	e.flag(&s.UseOIDC, "ARM_USE_OIDC")
	e.pair(&s.OIDCToken, "ARM_OIDC_TOKEN", &s.OIDCTokenFilePath, "ARM_OIDC_TOKEN_FILE_PATH")
	e.text(&s.OIDCRequestURL, oidcRequestURLVariables...)
	e.text(&s.OIDCRequestToken, oidcRequestTokenVariables...)
	e.text(&s.ADOPipelineServiceConnectionID, serviceConnectionVariables...)
	e.flag(&s.UseMSI, "ARM_USE_MSI")
	e.text(&s.MSIEndpoint, "ARM_MSI_ENDPOINT")
	e.text(&s.MSIAPIVersion, "ARM_MSI_API_VERSION")
	e.flag(&s.UseCLI, "ARM_USE_CLI")
	e.flag(&s.UseAKSWorkloadIdentity, "ARM_USE_AKS_WORKLOAD_IDENTITY")
	if on(s.UseAKSWorkloadIdentity) {
		// AKS sets these in a pod whose service account is federated:
		// https://learn.microsoft.com/azure/aks/workload-identity-overview.
		e.same(&s.TenantID, "tenant_id", "AZURE_TENANT_ID")
		e.same(&s.ClientID, "client_id", "AZURE_CLIENT_ID")
		e.same(&s.OIDCTokenFilePath, "oidc_token_file_path", "AZURE_FEDERATED_TOKEN_FILE")
	}
	return s, e.err
}

// environment fills fields and keeps the first error.
type environment struct {
	lookup Lookup
	err    error
}

// read is the value of the first variable that has one; an empty value is as good as none.
func (e *environment) read(names ...string) string {
	for _, name := range names {
		if value, set := e.lookup(name); set && strings.TrimSpace(value) != "" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func (e *environment) text(field *string, names ...string) {
	if *field == "" {
		*field = e.read(names...)
	}
}

// pair fills a value and the path of its file, unless the configuration has either.
func (e *environment) pair(value *string, valueName string, path *string, pathName string) {
	if *value != "" || *path != "" {
		return
	}
	e.text(value, valueName)
	e.text(path, pathName)
}

func (e *environment) list(name, separator string) []string {
	var all []string
	text := e.read(name)
	for part := range strings.SplitSeq(text, separator) {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	return all
}

// flag reads a switch strictly: azurerm takes whatever it does not know for false, and "yes" then turns a sign-in off
// that was meant to be on.
func (e *environment) flag(field **bool, name string) {
	if *field != nil {
		return
	}
	text := e.read(name)
	if text == "" {
		return
	}
	value, err := strconv.ParseBool(strings.ToLower(text))
	if err != nil {
		e.fail(fmt.Errorf("the environment variable %s has the value %q; it can be true or false", name, text))
		return
	}
	*field = &value
}

// same fills a field from a variable of AKS, which must not contradict what is already there.
func (e *environment) same(field *string, setting, name string) {
	value := e.read(name)
	switch {
	case value == "" || value == *field:
	case *field == "":
		*field = value
	default:
		e.fail(fmt.Errorf("%s is %q, but use_aks_workload_identity is on and AKS gives %q in %s: remove one of the two",
			setting, *field, value, name))
	}
}

func (e *environment) fail(err error) {
	if e.err == nil {
		e.err = err
	}
}
