package provider

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/azure"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// signInTimeout bounds the sign-in of a run; azidentity repeats what fails for a passing reason.
const signInTimeout = 3 * time.Minute

// endpointValidator checks the attribute endpoint.
func endpointValidator() validator.String {
	return rule("endpoint", func(s string) error {
		if err := azure.CheckEndpoint(s); err != nil {
			return fmt.Errorf("the endpoint %w", err)
		}
		return nil
	})
}

// configureAzure signs in to a cloud and connects to it. It signs in at once: should that fail, the user sees why once,
// and not for every resource.
func (p *backupProvider) configureAzure(ctx context.Context, config providerModel, cloud catalog.Cloud, endpoint, application string, r *run, diags *diag.Diagnostics) {
	settings := config.settings(ctx, diags)
	if diags.HasError() {
		return
	}
	settings.Cloud, settings.Endpoint = cloud, endpoint
	settings, err := settings.WithEnvironment(os.LookupEnv)
	if err != nil {
		addConfigureError(err, diags)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, signInTimeout)
	defer cancel()
	connection, err := azure.Connect(ctx, settings, p.azureOptions())
	if err != nil {
		addConfigureError(err, diags)
		return
	}
	how, err := connection.SignIn(ctx)
	if err != nil {
		addSignInError(err, diags)
		return
	}
	warnOfAttempts(how, diags)
	tflog.Info(ctx, "signed in to Azure", map[string]any{"method": string(how.Method), "cloud": connection.Cloud().Name})

	r.environment, r.cloud, r.groupsMustExist = connection.Cloud().Name, connection.Cloud().Known, true
	r.portal, r.undelete = connection.Cloud().Portal, undeleteInAzure
	r.vaults, err = p.client(arm.Options{
		Endpoint: connection.Endpoint(), Transport: connection.Transport(), SignIn: connection.Policy(), Application: application,
		VersionFor: func(version string) string { return p.apiVersion(connection.Cloud().Known, version) },
	})
	if err != nil {
		addConfigureError(err, diags)
		return
	}
	r.takeSubscription(config.SubscriptionID, settings.SubscriptionID, diags)
	if r.subscriptionID.IsNull() {
		r.takeDefaultSubscription(ctx, connection)
	}
}

// takeDefaultSubscription gives the run the subscription that Azure CLI works with, or else the words for those who need
// one: which there are.
func (r *run) takeDefaultSubscription(ctx context.Context, connection *azure.Connection) {
	account, err := connection.DefaultSubscription(ctx)
	if err == nil && account.SubscriptionID != "" {
		r.subscriptionID = types.StringValue(account.SubscriptionID)
		return
	}
	if err != nil && !errors.Is(err, azure.ErrNoDefaultSubscription) {
		tflog.Warn(ctx, "the default subscription of Azure CLI is not known", map[string]any{"error": err.Error()})
	}
	r.subscriptionChoices = r.subscriptionsAdvice(ctx)
}

// settings are what the provider block says about Azure.
func (m providerModel) settings(ctx context.Context, diags *diag.Diagnostics) azure.Settings {
	for name, value := range m.azureAttributes() {
		if value.IsUnknown() {
			addUnknown(diags, path.Root(name))
		}
	}
	if diags.HasError() {
		return azure.Settings{}
	}
	s := azure.Settings{
		MetadataHost: m.MetadataHost.ValueString(), SubscriptionID: m.SubscriptionID.ValueString(),
		TenantID: m.TenantID.ValueString(), ClientID: m.ClientID.ValueString(), ClientIDFilePath: m.ClientIDFilePath.ValueString(),
		ClientSecret: m.ClientSecret.ValueString(), ClientSecretFilePath: m.ClientSecretFilePath.ValueString(),
		ClientCertificate: m.ClientCertificate.ValueString(), ClientCertificatePath: m.ClientCertificatePath.ValueString(),
		ClientCertificatePassword: m.ClientCertificatePassword.ValueString(),
		UseOIDC:                   m.UseOIDC.ValueBoolPointer(), OIDCToken: m.OIDCToken.ValueString(), OIDCTokenFilePath: m.OIDCTokenFilePath.ValueString(),
		OIDCRequestURL: m.OIDCRequestURL.ValueString(), OIDCRequestToken: m.OIDCRequestToken.ValueString(),
		ADOPipelineServiceConnectionID: m.ADOPipelineServiceConnectionID.ValueString(),
		UseAKSWorkloadIdentity:         m.UseAKSWorkloadIdentity.ValueBoolPointer(),
		UseMSI:                         m.UseMSI.ValueBoolPointer(), MSIEndpoint: m.MSIEndpoint.ValueString(),
		UseCLI: m.UseCLI.ValueBoolPointer(),
	}
	diags.Append(m.AuxiliaryTenantIDs.ElementsAs(ctx, &s.AuxiliaryTenantIDs, false)...)
	return s
}

// azureAttributes are those that must be known before anything can be asked of Azure.
func (m providerModel) azureAttributes() map[string]attr.Value {
	return map[string]attr.Value{
		"metadata_host": m.MetadataHost, "tenant_id": m.TenantID, "auxiliary_tenant_ids": m.AuxiliaryTenantIDs,
		"client_id": m.ClientID, "client_id_file_path": m.ClientIDFilePath,
		"client_secret": m.ClientSecret, "client_secret_file_path": m.ClientSecretFilePath,
		"client_certificate": m.ClientCertificate, "client_certificate_path": m.ClientCertificatePath,
		"client_certificate_password": m.ClientCertificatePassword,
		"use_oidc":                    m.UseOIDC, "oidc_token": m.OIDCToken, "oidc_token_file_path": m.OIDCTokenFilePath,
		"oidc_request_url": m.OIDCRequestURL, "oidc_request_token": m.OIDCRequestToken,
		"ado_pipeline_service_connection_id": m.ADOPipelineServiceConnectionID,
		"use_msi":                            m.UseMSI, "msi_endpoint": m.MSIEndpoint, "use_cli": m.UseCLI, "use_aks_workload_identity": m.UseAKSWorkloadIdentity,
	}
}

// azureOptions are the ways to the outside.
func (p *backupProvider) azureOptions() azure.Options {
	var o azure.Options
	if p.azure != nil {
		p.azure(&o)
	}
	return o
}

func addSignInError(err error, diags *diag.Diagnostics) {
	var refused *azure.SignInError
	if !errors.As(err, &refused) {
		diags.AddError("Unable to sign in to Azure", sentence(err.Error()))
		return
	}
	diags.AddError("Unable to sign in to Azure", sentence(refused.Error())+
		"\n\nSet one of them up in the provider block or by its ARM_* variables; the guide \"From embedded to Azure\" has an example of each. "+
		"To work without Azure, set environment = \"embedded\".")
}

// warnOfAttempts tells of the methods that failed before one worked: what was meant to be the identity is another one.
func warnOfAttempts(how azure.SignIn, diags *diag.Diagnostics) {
	var failed []string
	for _, a := range how.Attempts {
		if a.Tried && a.Reason != "" {
			failed = append(failed, fmt.Sprintf("- %s: %s", a.Method, a.Reason))
		}
	}
	if len(failed) > 0 {
		diags.AddWarning("A way to sign in to Azure failed", fmt.Sprintf("The provider is signed in with %s. What was tried before failed:\n%s\n\n"+
			"Repair it, or remove its settings.", how.Method, strings.Join(failed, "\n")))
	}
}
