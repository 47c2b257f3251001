package provider

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// signInModel is the part of the provider block that says how to sign in to Azure. Names are those of azurerm.
type signInModel struct {
	TenantID                       types.String `tfsdk:"tenant_id"`
	AuxiliaryTenantIDs             types.List   `tfsdk:"auxiliary_tenant_ids"`
	ClientID                       types.String `tfsdk:"client_id"`
	ClientIDFilePath               types.String `tfsdk:"client_id_file_path"`
	ClientSecret                   types.String `tfsdk:"client_secret"`
	ClientSecretFilePath           types.String `tfsdk:"client_secret_file_path"`
	ClientCertificate              types.String `tfsdk:"client_certificate"`
	ClientCertificatePath          types.String `tfsdk:"client_certificate_path"`
	ClientCertificatePassword      types.String `tfsdk:"client_certificate_password"`
	UseOIDC                        types.Bool   `tfsdk:"use_oidc"`
	OIDCToken                      types.String `tfsdk:"oidc_token"`
	OIDCTokenFilePath              types.String `tfsdk:"oidc_token_file_path"`
	OIDCRequestURL                 types.String `tfsdk:"oidc_request_url"`
	OIDCRequestToken               types.String `tfsdk:"oidc_request_token"`
	ADOPipelineServiceConnectionID types.String `tfsdk:"ado_pipeline_service_connection_id"`
	UseMSI                         types.Bool   `tfsdk:"use_msi"`
	MSIEndpoint                    types.String `tfsdk:"msi_endpoint"`
	UseCLI                         types.Bool   `tfsdk:"use_cli"`
	UseAKSWorkloadIdentity         types.Bool   `tfsdk:"use_aks_workload_identity"`
}

const mostAuxiliaryTenants = 3

// signInAttributes are the attributes of signInModel.
func signInAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"tenant_id": signInText("The tenant to sign in to: a UUID or a domain name. Needed by a client secret, a client certificate and OIDC. Default: "+
			"none, which is the tenant of the managed identity or of Azure CLI's account.", "`ARM_TENANT_ID`"),
		"auxiliary_tenant_ids": schema.ListAttribute{
			MarkdownDescription: "Further tenants that requests carry tokens of, at most 3, such as that of a resource guard. Default: none. Can be set by the " +
				"environment variable `ARM_AUXILIARY_TENANT_IDS`, separated by semicolons.",
			ElementType: types.StringType,
			Optional:    true,
			Validators:  []validator.List{listvalidator.SizeAtMost(mostAuxiliaryTenants)},
		},
		"client_id": signInText("The application (client) id of a service principal, or of a user-assigned managed identity. Default: none.", "`ARM_CLIENT_ID`"),
		"client_id_file_path": signInText("The path of a file that holds the client id, in place of `client_id`. Default: none.",
			"`ARM_CLIENT_ID_FILE_PATH`"),
		"client_secret": secret(signInText("The secret of a service principal. Setting it, or its file, signs in with it. With `environment = \"embedded\"` and an `endpoint` "+
			"it is what the token file of the service holds (`serve --token-file`); `ARM_CLIENT_SECRET` is not read then. Default: none.", "`ARM_CLIENT_SECRET`")),
		"client_secret_file_path": signInText("The path of a file that holds the secret, in place of `client_secret`. With `environment = \"embedded\"` and an "+
			"`endpoint` it is the token file of the service, and `BACKUP_TOKEN_FILE` is read in place of the variable of Azure. Default: none.",
			"`ARM_CLIENT_SECRET_FILE_PATH`"),
		"client_certificate": secret(signInText("The certificate of a service principal with its private key, a PFX or PEM in base64. Setting it, or its "+
			"path, signs in with it. Default: none.", "`ARM_CLIENT_CERTIFICATE`")),
		"client_certificate_path": signInText("The path of a PFX or PEM file, in place of `client_certificate`. Default: none.",
			"`ARM_CLIENT_CERTIFICATE_PATH`"),
		"client_certificate_password": secret(signInText("The password of the PFX. Default: none.", "`ARM_CLIENT_CERTIFICATE_PASSWORD`")),

		"use_oidc":             signInSwitch("Whether to sign in with a token of another identity provider (OpenID Connect).", "`false`", "`ARM_USE_OIDC`"),
		"oidc_token":           secret(signInText("The OIDC token. Used when `use_oidc` is `true`. Default: none.", "`ARM_OIDC_TOKEN`")),
		"oidc_token_file_path": signInText("The path of a file that holds the OIDC token, in place of `oidc_token`. Default: none.", "`ARM_OIDC_TOKEN_FILE_PATH`"),
		"oidc_request_url": secret(signInText("Where GitHub Actions or Azure Pipelines hands out an OIDC token. Used when `use_oidc` is `true`. Default: none.",
			"`ARM_OIDC_REQUEST_URL`, `ACTIONS_ID_TOKEN_REQUEST_URL` or `SYSTEM_OIDCREQUESTURI`, of which the last two are set by the pipelines themselves")),
		"oidc_request_token": secret(signInText("The token that such a request needs. Default: none.",
			"`ARM_OIDC_REQUEST_TOKEN`, `ACTIONS_ID_TOKEN_REQUEST_TOKEN` or `SYSTEM_ACCESSTOKEN`")),
		"ado_pipeline_service_connection_id": signInText("The id of the service connection in Azure Pipelines for which a token is requested. Default: none, "+
			"which means GitHub Actions.", "`ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID` or `ARM_OIDC_AZURE_SERVICE_CONNECTION_ID`"),

		"use_msi": signInSwitch("Whether to sign in with the managed identity of the machine; `client_id` chooses a user-assigned one.", "`false`", "`ARM_USE_MSI`"),
		"msi_endpoint": signInText("The endpoint that hands out tokens of the managed identity. Default: the one that the machine or its "+
			"environment names.", "`ARM_MSI_ENDPOINT`"),
		"use_cli": signInSwitch("Whether to sign in as Azure CLI (`az login`) is. While another way to sign in is configured, Azure CLI is only tried when this is "+
			"explicitly `true`.", "`true`", "`ARM_USE_CLI`"),
		"use_aks_workload_identity": signInSwitch("Whether to sign in with the workload identity of a pod in AKS, whose tenant, client id and token file are in "+
			"the variables `AZURE_TENANT_ID`, `AZURE_CLIENT_ID` and `AZURE_FEDERATED_TOKEN_FILE`.", "`false`", "`ARM_USE_AKS_WORKLOAD_IDENTITY`"),
	}
}

func signInText(text, variables string) schema.StringAttribute {
	return schema.StringAttribute{MarkdownDescription: text + " Can be set by the environment variable " + variables + ".", Optional: true}
}

func secret(a schema.StringAttribute) schema.StringAttribute {
	a.Sensitive = true
	return a
}

func signInSwitch(text, normally, variable string) schema.BoolAttribute {
	return schema.BoolAttribute{
		MarkdownDescription: text + " Default " + normally + ". Can be set by the environment variable " + variable + ".", Optional: true,
	}
}
