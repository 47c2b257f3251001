package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/backend"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
)

// Configure reads the provider block and has the service that it names opened. Where the plan allows it, everything waits
// for a setting without which there is no service.
func (p *backupProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	p.configured.Store(nil) // as resources have nothing any more, should this fail
	var config providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	settings := config.settings(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	settings.Unknown = unknownSettings(req.Config.Raw)
	settings.Application = "Terraform/" + req.TerraformVersion
	service, problems := backend.Open(ctx, settings, p.options...)
	for _, problem := range problems {
		if problem.NotKnownYet && req.ClientCapabilities.DeferralAllowed {
			resp.Deferred = &provider.Deferred{Reason: provider.DeferredReasonProviderConfigUnknown}
			return
		}
		addProblem(&resp.Diagnostics, problem)
	}
	if service == nil {
		return
	}
	r := &run{
		service:     service,
		vaults:      service.Vaults,
		environment: service.Environment,
		plans:       newPlannedVaults(),
		// Until it is known whether the apply registers the resource provider, nothing is refused for want of that.
		registers:         config.Register.ValueBool() || config.Register.IsUnknown(),
		subscriptionID:    defaultValue(config.SubscriptionID, service.SubscriptionID),
		resourceGroupName: defaultValue(config.ResourceGroupName, service.ResourceGroupName),
	}
	p.configured.Store(r)
	resp.ResourceData, resp.DataSourceData, resp.ListResourceData, resp.ActionData = r, r, r, r
}

// defaultValue is a default of the service, unknown while the setting is.
func defaultValue(setting types.String, value string) types.String {
	if setting.IsUnknown() {
		return setting
	}
	return textOrNull(value)
}

// unknownSettings are the attributes of the provider block, and of its embedded attribute, that are not wholly known.
func unknownSettings(block tftypes.Value) backend.Unknown {
	unknown := backend.Unknown{}
	var note func(prefix string, object tftypes.Value)
	note = func(prefix string, object tftypes.Value) {
		attributes := map[string]tftypes.Value{}
		if object.As(&attributes) != nil {
			return
		}
		for name, value := range attributes {
			switch {
			case prefix == "" && name == "embedded" && value.IsKnown():
				note("embedded.", value)
			case !value.IsFullyKnown():
				unknown[prefix+name] = true
			}
		}
	}
	note("", block)
	return unknown
}

// addProblem tells the user of a problem. It names the setting in its text, because Terraform does not show the path of a
// nested attribute.
func addProblem(diags *diag.Diagnostics, p backend.Problem) {
	text := p.Text
	switch {
	case p.Object != "":
		text = tfvalue.Problem(p.Object, p.Err, p.Text)
	case p.Err != nil:
		text = strings.TrimSpace(tfvalue.Sentence(p.Err.Error()) + "\n\n" + p.Text)
	}
	var at path.Path
	if p.Attribute != "" {
		for name := range strings.SplitSeq(p.Attribute, ".") {
			at = at.AtName(name)
		}
	}
	switch {
	case p.Warning && p.Attribute == "":
		diags.AddWarning(p.Summary, text)
	case p.Warning:
		diags.AddAttributeWarning(at, p.Summary, text)
	case p.Attribute == "":
		diags.AddError(p.Summary, text)
	default:
		diags.AddAttributeError(at, p.Summary, text)
	}
}

// settings are what the provider block says; what is not known yet is empty.
func (m providerModel) settings(ctx context.Context, diags *diag.Diagnostics) backend.Settings {
	s := backend.Settings{
		Environment: m.Environment.ValueString(), Endpoint: m.Endpoint.ValueString(),
		SubscriptionID: m.SubscriptionID.ValueString(), ResourceGroupName: m.ResourceGroupName.ValueString(),
		// Until it is known where names are unique, nothing is refused that may be right.
		NamesPerGroup: m.NamesUniquePer.IsUnknown() || m.NamesUniquePer.ValueString() == catalog.NamesPerResourceGroup,
		SignIn:        m.signIn(),
	}
	s.SignIn.MetadataHost = m.MetadataHost.ValueString()
	if m.Embedded.IsNull() || m.Embedded.IsUnknown() {
		return s
	}
	var e embeddedModel
	diags.Append(m.Embedded.As(ctx, &e, basetypes.ObjectAsOptions{})...)
	root := path.Root("embedded")
	checkSubscriptions(e.Subscriptions, root.AtName("subscriptions"), diags)
	checkVirtualMachines(e.VirtualMachines, root.AtName("virtual_machines"), diags)
	subscriptions, _ := stringMap(ctx, e.Subscriptions, diags)
	machines, _ := stringMap(ctx, e.VirtualMachines, diags)
	s.Embedded = &backend.EmbeddedSettings{
		Database:         e.Database.ValueString(),
		ProvisioningTime: e.ProvisioningTime.ValueString(), OperationTime: e.OperationTime.ValueString(),
		BackupTime: e.BackupTime.ValueString(), ClockOffset: e.ClockOffset.ValueString(),
		Subscriptions: subscriptions, VirtualMachines: machines,
		SoftDeleteChosen: !e.SoftDeleteForced.IsNull() && !e.SoftDeleteForced.IsUnknown() && !e.SoftDeleteForced.ValueBool(),
		FailedBackups:    readFailedBackups(ctx, e.FailedBackups, root.AtName("failed_backups"), diags),
		Threats:          readThreats(ctx, e.Threats, root.AtName("threats"), diags),
	}
	return s
}

// signIn is what the provider block says about the sign-in to Azure.
func (m signInModel) signIn() backend.SignIn {
	s := backend.SignIn{
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
	for _, tenant := range m.AuxiliaryTenantIDs.Elements() {
		if id, ok := tenant.(types.String); ok {
			s.AuxiliaryTenantIDs = append(s.AuxiliaryTenantIDs, id.ValueString())
		}
	}
	return s
}
