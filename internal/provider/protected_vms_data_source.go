package provider

import (
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
)

var _ datasource.DataSourceWithConfigure = (*protectedVMsDataSource)(nil)

// NewProtectedVMsDataSource makes the data source backup_protected_vms.
func NewProtectedVMsDataSource() datasource.DataSource { return &protectedVMsDataSource{} }

type protectedVMsDataSource struct{ run *run }

// protectedVMsModel is the data source backup_protected_vms: filters, and what they let through.
type protectedVMsModel struct {
	protectedVMFilter
	IncludeSoftDeleted types.Bool             `tfsdk:"include_soft_deleted"`
	ProtectedVMs       []protectedVMDataModel `tfsdk:"protected_vms"`
}

// protectedVMDataModel is a protected VM in the data source.
type protectedVMDataModel struct {
	ID              tfvalue.EqualText `tfsdk:"id"`
	VaultID         tfvalue.EqualText `tfsdk:"vault_id"`
	SourceVMID      tfvalue.EqualText `tfsdk:"source_vm_id"`
	SourceVMRegion  tfvalue.EqualText `tfsdk:"source_vm_region"`
	BackupPolicyID  tfvalue.EqualText `tfsdk:"backup_policy_id"`
	ProtectionState types.String      `tfsdk:"protection_state"`
	diskChoiceModel
	protectionStatusModel
	RecoveryPointCount types.Int64  `tfsdk:"recovery_point_count"`
	SourceScanStatus   types.String `tfsdk:"source_scan_status"`
	SourceScanSummary  types.String `tfsdk:"source_scan_summary"`
	SoftDeleted        types.Bool   `tfsdk:"soft_deleted"`
	PurgeTime          types.String `tfsdk:"purge_time"`
}

func (d *protectedVMsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_protected_vms"
}

func (d *protectedVMsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"include_soft_deleted": schema.BoolAttribute{
			MarkdownDescription: "Whether VMs are among them that are no longer protected, and whose backups are soft-deleted. Default `false`.",
			Optional:            true,
		},
		"protected_vms": schema.ListNestedAttribute{
			MarkdownDescription: "The protected VMs, ordered by vault and VM.",
			Computed:            true,
			NestedObject:        schema.NestedAttributeObject{Attributes: protectedVMDataAttributes()},
		},
	}
	for name, text := range protectedVMFilterTexts() {
		attributes[name] = schema.StringAttribute{
			MarkdownDescription: text.markdown, CustomType: text.kind, Validators: text.validators,
			Optional: true,
			Computed: name == "subscription_id",
		}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The VMs that a vault, or every vault of a subscription, protects. None is an empty list, not an error.",
		Attributes:          attributes,
	}
}

func protectedVMDataAttributes() map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{
		"id":                   schema.StringAttribute{MarkdownDescription: "The ARM resource id of the protected item.", CustomType: tfvalue.ARMName, Computed: true},
		"vault_id":             schema.StringAttribute{MarkdownDescription: "The ARM id of the vault.", CustomType: tfvalue.ARMName, Computed: true},
		"source_vm_id":         schema.StringAttribute{MarkdownDescription: "The ARM id of the VM.", CustomType: tfvalue.ARMName, Computed: true},
		"source_vm_region":     schema.StringAttribute{MarkdownDescription: "The region of the VM, which is that of the vault.", CustomType: tfvalue.Region, Computed: true},
		"backup_policy_id":     schema.StringAttribute{MarkdownDescription: "The ARM id of the policy; null while the protection is stopped.", CustomType: tfvalue.ARMName, Computed: true},
		"protection_state":     schema.StringAttribute{MarkdownDescription: "The service's word, such as `Protected`, `IRPending` before the first backup, `ProtectionStopped` or `BackupsSuspended`.", Computed: true},
		"include_disk_luns":    schema.SetAttribute{MarkdownDescription: "The logical unit numbers of the only data disks that are backed up; null when they are not chosen so.", ElementType: types.Int64Type, Computed: true},
		"exclude_disk_luns":    schema.SetAttribute{MarkdownDescription: "The logical unit numbers of the data disks that are not backed up; null when they are not chosen so.", ElementType: types.Int64Type, Computed: true},
		"os_disk_only":         schema.BoolAttribute{MarkdownDescription: "Whether the OS disk alone is backed up, and no data disk.", Computed: true},
		"recovery_point_count": schema.Int64Attribute{MarkdownDescription: "How many recovery points there are; null where the service does not say: lists of many VMs only tell that there are none. The data source `backup_recovery_points` has them all.", Computed: true},
		"source_scan_status":   schema.StringAttribute{MarkdownDescription: "Whether the VM is scanned for threats, in the service's words: `Configured`, `NotConfigured`, `NotApplicable` or `ConfigurationFailed`; null where it does not say.", Computed: true},
		"source_scan_summary":  schema.StringAttribute{MarkdownDescription: "What the scans have found, in the service's words: `Healthy`, `NoThreatsReported`, `Suspicious`, `NotApplicable` or `Unknown`; null where it does not say.", Computed: true},
		"soft_deleted":         schema.BoolAttribute{MarkdownDescription: "Whether the protection was deleted, and its backups are kept until `purge_time`.", Computed: true},
		"purge_time":           schema.StringAttribute{MarkdownDescription: "When the backups of a soft-deleted one are gone for good (RFC 3339, UTC); null for others.", Computed: true},
	}
	for name, text := range protectionStatusTexts() {
		attributes[name] = schema.StringAttribute{MarkdownDescription: text, Computed: true}
	}
	return attributes
}

func (d *protectedVMsDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.run = runFrom(req.ProviderData, &resp.Diagnostics)
}

func (d *protectedVMsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m protectedVMsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if m.VaultID.IsNull() && m.SubscriptionID.IsNull() && d.run.waits(req, resp, "subscription_id", "subscription_id") || d.run.waitsForPast(req, resp) {
		return
	}
	m.fill(d.run, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := reading(ctx)
	defer cancel()
	m.ProtectedVMs = []protectedVMDataModel{}
	for item, err := range m.items(ctx, d.run.vaults, d.run.vaults.ScannedVMs) {
		if d.run.passesOver(err, &resp.Diagnostics) {
			continue
		}
		if err != nil {
			m.addListError(&resp.Diagnostics, err)
			return
		}
		if !item.SoftDeleted || m.IncludeSoftDeleted.ValueBool() {
			m.ProtectedVMs = append(m.ProtectedVMs, d.model(ctx, item, &resp.Diagnostics))
		}
	}
	slices.SortFunc(m.ProtectedVMs, func(a, b protectedVMDataModel) int {
		return strings.Compare(tfvalue.ARMName.Normalize(a.ID.ValueString()), tfvalue.ARMName.Normalize(b.ID.ValueString()))
	})
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

func (d *protectedVMsDataSource) model(ctx context.Context, item foundVM, diags *diag.Diagnostics) protectedVMDataModel {
	m := protectedVMDataModel{
		ID: tfvalue.ARMName.Value(item.ARMID), VaultID: tfvalue.ARMName.Value(item.vault.ARMID), SourceVMID: tfvalue.ARMName.Value(item.SourceVMID),
		SourceVMRegion: tfvalue.Region.Null(), BackupPolicyID: tfvalue.ARMName.Null(), ProtectionState: textOrNull(item.State),
		diskChoiceModel: emptyDiskChoice(), protectionStatusModel: newProtectionStatus(item.ProtectedVM, d.run.nextBackup(ctx, item.ProtectedVM)),
		SourceScanStatus: textOrNull(item.SourceScan.Status), SourceScanSummary: textOrNull(item.SourceScan.Summary),
		RecoveryPointCount: countOrNull(item.RecoveryPoints), SoftDeleted: types.BoolValue(item.SoftDeleted), PurgeTime: timeOrNull(item.PurgeAt),
	}
	if region := item.Region(item.vault); region != "" {
		m.SourceVMRegion = tfvalue.Region.Value(region)
	}
	if item.PolicyID != "" {
		m.BackupPolicyID = tfvalue.ARMName.Value(item.PolicyID)
	}
	diags.Append(m.take(ctx, item.Disks)...)
	return m
}
