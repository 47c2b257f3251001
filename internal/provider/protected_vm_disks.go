package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// diskChoiceModel says which disks of a VM are backed up. Nothing chosen, be it null or empty, is all of them, as in azurerm,
// whose modules pass empty sets; the service's empty list of included disks has a word of its own.
type diskChoiceModel struct {
	IncludeDiskLUNs types.Set  `tfsdk:"include_disk_luns"`
	ExcludeDiskLUNs types.Set  `tfsdk:"exclude_disk_luns"`
	OSDiskOnly      types.Bool `tfsdk:"os_disk_only"`
}

func emptyDiskChoice() diskChoiceModel {
	return diskChoiceModel{IncludeDiskLUNs: types.SetNull(types.Int64Type), ExcludeDiskLUNs: types.SetNull(types.Int64Type)}
}

func diskChoiceAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"include_disk_luns": lunsAttribute("Back up these data disks alone", "exclude_disk_luns"),
		"exclude_disk_luns": lunsAttribute("Back up all data disks but these", "include_disk_luns"),
		"os_disk_only": schema.BoolAttribute{
			MarkdownDescription: "Whether the OS disk alone is backed up, and no data disk. Conflicts with `include_disk_luns` and `exclude_disk_luns` that " +
				"name a disk. When it is not set, it shows what the service has, and what there is stays, also when it was chosen with another tool; `false`, or " +
				"disks that the other two name, go back to data disks. Default at creation `false`: all disks, or those that the other two choose. Changed in place.",
			Optional: true, Computed: true,
		},
	}
}

// lunsAttribute is a choice of data disks, which the other attribute excludes.
func lunsAttribute(what, other string) schema.SetAttribute {
	return schema.SetAttribute{
		MarkdownDescription: fmt.Sprintf("%s, by their logical unit numbers (0 to %d). The OS disk is always backed up. Conflicts with `%s` and "+
			"`os_disk_only`. An empty set chooses nothing. Default: all disks. Changed in place.", what, catalog.MaxLUN, other),
		ElementType: types.Int64Type,
		Optional:    true,
		Validators: []validator.Set{
			setvalidator.NoNullValues(),
			setvalidator.ValueInt64sAre(int64validator.Between(0, catalog.MaxLUN)),
		},
	}
}

// check refuses two choices. A set that is not known yet may turn out to be empty.
func (m diskChoiceModel) check(diags *diag.Diagnostics) {
	include, exclude := len(m.IncludeDiskLUNs.Elements()) > 0, len(m.ExcludeDiskLUNs.Elements()) > 0
	if include && exclude {
		diags.AddAttributeError(path.Root("exclude_disk_luns"), "Disks are both included and excluded",
			"include_disk_luns names the only data disks that are backed up, exclude_disk_luns the only ones that are not. Leave one of them out, or empty.")
	}
	if m.OSDiskOnly.ValueBool() && (include || exclude) {
		chosen := "include_disk_luns"
		if exclude {
			chosen = "exclude_disk_luns"
		}
		diags.AddAttributeError(path.Root("os_disk_only"), "Data disks are chosen, and none is to be backed up", fmt.Sprintf(
			"With os_disk_only = true no data disk is backed up, and %s chooses some. Leave one of them out.", chosen))
	}
}

// isKnown tells whether the choice is made already.
func (m diskChoiceModel) isKnown() bool {
	return !m.IncludeDiskLUNs.IsUnknown() && !m.ExcludeDiskLUNs.IsUnknown() && !m.OSDiskOnly.IsUnknown() &&
		!slices.ContainsFunc(slices.Concat(m.IncludeDiskLUNs.Elements(), m.ExcludeDiskLUNs.Elements()), attr.Value.IsUnknown)
}

// chooseUnset is what the choice of the OS disk alone becomes that the configuration leaves open: none where data disks are
// named, and otherwise as it was. Where it is not known yet whether any is named, it is not known either.
func (m diskChoiceModel) chooseUnset(was types.Bool) types.Bool {
	switch {
	case m.IncludeDiskLUNs.IsUnknown() || m.ExcludeDiskLUNs.IsUnknown():
		return types.BoolUnknown()
	case len(m.IncludeDiskLUNs.Elements())+len(m.ExcludeDiskLUNs.Elements()) > 0:
		return types.BoolValue(false)
	}
	return types.BoolValue(was.ValueBool())
}

// changes tells whether other disks are, or may be, backed up than were.
func (m diskChoiceModel) changes(was diskChoiceModel) bool {
	return !sameSet(m.IncludeDiskLUNs, was.IncludeDiskLUNs) || !sameSet(m.ExcludeDiskLUNs, was.ExcludeDiskLUNs) ||
		m.OSDiskOnly.IsUnknown() || m.OSDiskOnly.ValueBool() != was.OSDiskOnly.ValueBool()
}

// disks is the choice in the service's terms, nil for all disks.
func (m diskChoiceModel) disks(ctx context.Context, diags *diag.Diagnostics) *vault.Disks {
	var chosen vault.Disks
	switch {
	case m.OSDiskOnly.ValueBool():
		chosen.Include = true
	case len(m.IncludeDiskLUNs.Elements()) > 0:
		chosen.Include = true
		diags.Append(m.IncludeDiskLUNs.ElementsAs(ctx, &chosen.LUNs, false)...)
	case len(m.ExcludeDiskLUNs.Elements()) > 0:
		diags.Append(m.ExcludeDiskLUNs.ElementsAs(ctx, &chosen.LUNs, false)...)
	default:
		return nil
	}
	slices.Sort(chosen.LUNs)
	return &chosen
}

// take makes the model what the service says of the disks; nil is all of them.
func (m *diskChoiceModel) take(ctx context.Context, d *vault.Disks) (diags diag.Diagnostics) {
	is := emptyDiskChoice()
	is.OSDiskOnly = types.BoolValue(d != nil && d.Include && len(d.LUNs) == 0)
	if d != nil && len(d.LUNs) > 0 {
		set := &is.ExcludeDiskLUNs
		if d.Include {
			set = &is.IncludeDiskLUNs
		}
		*set, diags = types.SetValueFrom(ctx, types.Int64Type, d.LUNs)
	}
	is.IncludeDiskLUNs, is.ExcludeDiskLUNs = keepEmpty(m.IncludeDiskLUNs, is.IncludeDiskLUNs), keepEmpty(m.ExcludeDiskLUNs, is.ExcludeDiskLUNs)
	*m = is
	return diags
}
