package azure_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/azurebackup/terraform-provider-backup/internal/azure"
)

func lookup(values map[string]string) azure.Lookup {
	return func(name string) (string, bool) {
		value, set := values[name]
		return value, set
	}
}

func TestEnvironmentFillsEmptyFields(t *testing.T) {
	all := map[string]string{
		"ARM_METADATA_HOSTNAME": "host", "ARM_SUBSCRIPTION_ID": "subscription", "ARM_TENANT_ID": "tenant", "ARM_AUXILIARY_TENANT_IDS": "a; b;;c",
		"ARM_CLIENT_ID": "client", "ARM_CLIENT_ID_FILE_PATH": "client file", "ARM_CLIENT_SECRET": " secret\n",
		"ARM_CLIENT_SECRET_FILE_PATH": "secret file", "ARM_CLIENT_CERTIFICATE": "certificate", "ARM_CLIENT_CERTIFICATE_PATH": "certificate file",
		"ARM_CLIENT_CERTIFICATE_PASSWORD": "password", "ARM_USE_OIDC": "true", "ARM_OIDC_TOKEN": "token", "ARM_OIDC_TOKEN_FILE_PATH": "token file",
		"ARM_OIDC_REQUEST_URL": "url", "ARM_OIDC_REQUEST_TOKEN": "request token", "ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID": "connection",
		"ARM_USE_MSI": "1", "ARM_MSI_ENDPOINT": "endpoint", "ARM_MSI_API_VERSION": "version", "ARM_USE_CLI": "FALSE",
		"ARM_USE_AKS_WORKLOAD_IDENTITY": "False", "ARM_ENVIRONMENT": "china", "AZURE_TENANT_ID": "another", "AZURE_CLIENT_ID": "another",
	}
	want := azure.Settings{
		MetadataHost: "host", SubscriptionID: "subscription", TenantID: "tenant", AuxiliaryTenantIDs: []string{"a", "b", "c"},
		ClientID: "client", ClientIDFilePath: "client file", ClientSecret: "secret", ClientSecretFilePath: "secret file",
		ClientCertificate: "certificate", ClientCertificatePath: "certificate file", ClientCertificatePassword: "password",
		UseOIDC: &yes, OIDCToken: "token", OIDCTokenFilePath: "token file", OIDCRequestURL: "url", OIDCRequestToken: "request token",
		ADOPipelineServiceConnectionID: "connection", UseMSI: &yes, MSIEndpoint: "endpoint", MSIAPIVersion: "version", UseCLI: &no,
		UseAKSWorkloadIdentity: &no,
	}
	got, err := azure.Settings{}.WithEnvironment(lookup(all))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
	if again, err := want.WithEnvironment(lookup(nil)); err != nil || !reflect.DeepEqual(again, want) {
		t.Errorf("an empty environment changes the settings to %v, %v", again, err)
	}
	for name := range all {
		all[name] = "not a value of anything"
	}
	if again, err := want.WithEnvironment(lookup(all)); err != nil || !reflect.DeepEqual(again, want) {
		t.Errorf("the environment overrides what is configured: %v, %v", again, err)
	}
}

// A file in the environment must not contradict a value in the configuration, nor the other way round.
func TestConfiguredValueBeatsFileOfEnvironment(t *testing.T) {
	s, err := azure.Settings{ClientSecret: "mine", ClientCertificatePath: "mine"}.WithEnvironment(lookup(map[string]string{
		"ARM_CLIENT_SECRET_FILE_PATH": "theirs", "ARM_CLIENT_CERTIFICATE": "theirs",
	}))
	if err != nil || s.ClientSecretFilePath != "" || s.ClientCertificate != "" {
		t.Errorf("%v, %v", s, err)
	}
}

func TestNamesOfPipelines(t *testing.T) {
	for name, values := range map[string]map[string]string{
		"GitHub Actions":  {"ACTIONS_ID_TOKEN_REQUEST_URL": "url", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "token", "ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID": "c"},
		"Azure Pipelines": {"SYSTEM_OIDCREQUESTURI": "url", "SYSTEM_ACCESSTOKEN": "token", "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID": "c"},
		"ARM first": {
			"ARM_OIDC_REQUEST_URL": "url", "ACTIONS_ID_TOKEN_REQUEST_URL": "other", "SYSTEM_OIDCREQUESTURI": "other",
			"ARM_OIDC_REQUEST_TOKEN": "token", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "other", "SYSTEM_ACCESSTOKEN": "other",
			"ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID": "c", "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID": "other",
		},
	} {
		s, err := azure.Settings{}.WithEnvironment(lookup(values))
		if err != nil || s.OIDCRequestURL != "url" || s.OIDCRequestToken != "token" || s.ADOPipelineServiceConnectionID != "c" {
			t.Errorf("%s: %v, %v", name, s, err)
		}
	}
}

func TestSwitchesAreReadStrictly(t *testing.T) {
	for _, name := range []string{"ARM_USE_OIDC", "ARM_USE_MSI", "ARM_USE_CLI", "ARM_USE_AKS_WORKLOAD_IDENTITY"} {
		for _, value := range []string{"yes", "on", "ture", "2"} {
			_, err := azure.Settings{}.WithEnvironment(lookup(map[string]string{name: value}))
			if err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), value) {
				t.Errorf("%s=%s: %v, want an error that names both", name, value, err)
			}
		}
		if s, err := (azure.Settings{}).WithEnvironment(lookup(map[string]string{name: " "})); err != nil || !reflect.DeepEqual(s, azure.Settings{}) {
			t.Errorf("an empty %s sets %v, %v", name, s, err)
		}
	}
}

func TestAKSWorkloadIdentity(t *testing.T) {
	aks := map[string]string{
		"ARM_USE_AKS_WORKLOAD_IDENTITY": "true", "AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c", "AZURE_FEDERATED_TOKEN_FILE": "/var/run/token",
	}
	s, err := azure.Settings{TenantID: "t"}.WithEnvironment(lookup(aks))
	if err != nil || s.TenantID != "t" || s.ClientID != "c" || s.OIDCTokenFilePath != "/var/run/token" {
		t.Errorf("%v, %v", s, err)
	}
	_, err = azure.Settings{ClientID: "another"}.WithEnvironment(lookup(aks))
	if err == nil || !strings.Contains(err.Error(), "client_id") || !strings.Contains(err.Error(), "AZURE_CLIENT_ID") {
		t.Errorf("contradiction: %v", err)
	}
}
