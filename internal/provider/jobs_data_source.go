package provider

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

var (
	_ datasource.DataSourceWithConfigure      = (*jobsDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*jobsDataSource)(nil)
)

// NewJobsDataSource makes the data source backup_jobs.
func NewJobsDataSource() datasource.DataSource { return &jobsDataSource{} }

type jobsDataSource struct{ run *run }

type jobsModel struct {
	timeWindow
	VaultID       types.String `tfsdk:"vault_id"`
	Status        types.String `tfsdk:"status"`
	Operation     types.String `tfsdk:"operation"`
	ProtectedVMID types.String `tfsdk:"protected_vm_id"`
	Jobs          []jobModel   `tfsdk:"jobs"`
}

func (d *jobsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_jobs"
}

func (d *jobsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"vault_id": schema.StringAttribute{
			MarkdownDescription: "The ARM id of the vault.",
			Required:            true,
			Validators:          []validator.String{rule("backup vault id", checkVaultID)},
		},
		"status": schema.StringAttribute{
			MarkdownDescription: "Only jobs that stand so: " + words(vault.JobStatuses()) + ". Default: all.",
			Optional:            true,
			Validators:          []validator.String{stringvalidator.OneOf(vault.JobStatuses()...)},
		},
		"operation": schema.StringAttribute{
			MarkdownDescription: "Only jobs that do this: " + words(vault.JobOperations()) + ". Default: all.",
			Optional:            true,
			Validators:          []validator.String{stringvalidator.OneOf(vault.JobOperations()...)},
		},
		"protected_vm_id": schema.StringAttribute{
			MarkdownDescription: "Only jobs about this protected VM of the vault. Default: all.",
			Optional:            true,
			Validators:          []validator.String{rule("protected VM id", checkItemID)},
		},
		"jobs": schema.ListNestedAttribute{
			MarkdownDescription: "The jobs that match every filter, the one that started last first.",
			Computed:            true,
			NestedObject:        schema.NestedAttributeObject{Attributes: jobAttributes()},
		},
	}
	maps.Copy(attributes, timeWindowAttributes("Only jobs that started"))
	resp.Schema = schema.Schema{
		MarkdownDescription: "What a vault does and has done for its VMs: backups, by schedule and on demand, and changes of protection. No match is an " +
			"empty list, not an error. The service forgets jobs after some time.",
		Attributes: attributes,
	}
}

func (d *jobsDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.run = runFrom(req.ProviderData, &resp.Diagnostics)
}

func (d *jobsDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var m jobsModel
	for name, value := range map[string]*types.String{
		"vault_id": &m.VaultID, "protected_vm_id": &m.ProtectedVMID, "start_time": &m.StartTime, "end_time": &m.EndTime,
	} {
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(name), value)...)
	}
	m.check(&resp.Diagnostics)
	m.checkVault(&resp.Diagnostics)
}

// checkVault finds a protected VM of another vault.
func (m jobsModel) checkVault(diags *diag.Diagnostics) {
	item, err := vault.ParseItemID(m.ProtectedVMID.ValueString())
	of, otherErr := vault.ParseID(m.VaultID.ValueString())
	if err == nil && otherErr == nil && !item.Vault.Equal(of) {
		diags.AddAttributeError(path.Root("protected_vm_id"), "Protected VM of another vault", fmt.Sprintf(
			"The VM %q is protected by the vault %s, and the jobs are those of %s. Set vault_id to the VM's vault.", item.VMName(), item.Vault, of))
	}
}

func (d *jobsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m jobsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	m.checkVault(&resp.Diagnostics)
	if resp.Diagnostics.HasError() || d.run.waitsForPast(req, resp) {
		return
	}
	of, err := vault.ParseID(m.VaultID.ValueString())
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("vault_id"), "Invalid backup vault id", tfvalue.Sentence(err.Error()))
		return
	}
	item, _ := vault.ParseItemID(m.ProtectedVMID.ValueString()) // zero for none
	ctx, cancel := reading(ctx)
	defer cancel()
	filter := vault.JobFilter{Status: m.Status.ValueString(), Operation: m.Operation.ValueString(), Window: m.window()}
	m.Jobs = []jobModel{}
	for job, err := range d.run.vaults.Jobs(ctx, of, filter) {
		if d.run.passesOver(err, &resp.Diagnostics) {
			continue
		}
		if arm.IsNotFound(err) {
			refusal := err
			_, err = d.run.vaults.VaultOrGone(ctx, of)
			err = cmp.Or(err, refusal)
		}
		if vault.IsGone(err) {
			resp.Diagnostics.AddAttributeError(path.Root("vault_id"), "There is no such vault", tfvalue.Problem("Vault "+of.String(), err,
				"Use the id of a backup_vault, or one that the data source backup_vaults lists. "+tfvalue.GoneAdvice))
			return
		}
		if err != nil {
			resp.Diagnostics.AddError("Unable to list jobs", tfvalue.Problem("Vault "+of.String(), err, ""))
			return
		}
		if item.Container != "" && !sameContainer(job.Container, item.Container) {
			continue
		}
		m.Jobs = append(m.Jobs, newJobModel(job))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

// sameContainer compares the container that a job names with an item's. Some answers leave out the first part, which
// is its kind.
func sameContainer(a, b string) bool {
	bare := func(s string) string { return strings.TrimPrefix(strings.ToLower(s), "iaasvmcontainer;") }
	return bare(a) == bare(b)
}

// words lists the words of the service for the documentation.
func words(all []string) string {
	return "`" + strings.Join(all[:len(all)-1], "`, `") + "` or `" + all[len(all)-1] + "`"
}

func checkVaultID(s string) error {
	_, err := vault.ParseID(s)
	return err
}
