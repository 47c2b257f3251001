package provider

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
)

// defaultTimeZone is the time zone of a policy that names none.
const defaultTimeZone = "UTC"

func (r *vmPolicyResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A backup policy for virtual machines, in a backup vault: when backups are taken, and how long they are kept. " +
			"`backup_protected_vm` applies it to a VM. Every vault has the policies `DefaultPolicy` (standard) and `EnhancedPolicy` (enhanced) " +
			"from birth: read them with the data source `backup_policy_vm`, or import them. In a vault whose `immutability` is `Unlocked` or `Locked` no " +
			"change may shorten a retention or remove one; that is an error when planning.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				MarkdownDescription: "The ARM resource id, as the service spells it. Compared without regard to letter case.",
				CustomType:          tfvalue.ARMName,
				Computed:            true,
			},
			"name": schema.StringAttribute{
				MarkdownDescription: "The name: 3 to 150 characters, the first an ASCII letter, the others ASCII letters, digits, `-`, `_` or `!`. " +
					"A change replaces the policy; another letter case is not a change.",
				CustomType:    tfvalue.ARMName,
				Required:      true,
				Validators:    []validator.String{rule("backup policy name", catalog.CheckPolicyName)},
				PlanModifiers: []planmodifier.String{tfvalue.ARMName.KeepSpelling(), tfvalue.ReplaceIfDiffers()},
			},
			"vault_id": schema.StringAttribute{
				MarkdownDescription: "The ARM id of the backup vault, such as `backup_vault.example.id`. A change replaces the policy; another letter " +
					"case is not a change.",
				CustomType:    tfvalue.ARMName,
				Required:      true,
				Validators:    []validator.String{rule("backup vault id", checkVaultID)},
				PlanModifiers: []planmodifier.String{tfvalue.ARMName.KeepSpelling(), tfvalue.ReplaceIfDiffers()},
			},
			"protected_vm_count": schema.Int64Attribute{
				MarkdownDescription: "How many VMs had the policy when it was last read. While there are any, the service refuses to delete it.",
				Computed:            true,
			},
			"timeouts": timeoutsAttribute(ctx, vmPolicyTimeouts),
		},
	}
	maps.Copy(resp.Schema.Attributes, policyScheduleAttributes())
	maps.Copy(resp.Schema.Attributes, policyRetentionAttributes())
}

// policyScheduleAttributes say when backups are taken, and how. Their rules are catalog's, which ValidateConfig applies; the
// validators refuse the values that stand for "not set" there.
func policyScheduleAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"policy_type": schema.StringAttribute{
			MarkdownDescription: "`V1` (standard) or `V2` (enhanced: several backups a day, longer instant restore). Both protect VMs with trusted launch; standard policies do since May 2025. Default `V1`. " +
				"A change replaces the policy.",
			Optional: true, Computed: true, Default: stringdefault.StaticString(catalog.PolicyV1),
			Validators:    []validator.String{stringvalidator.LengthAtLeast(1)},
			PlanModifiers: []planmodifier.String{tfvalue.ReplaceIfDiffers()},
		},
		"timezone": schema.StringAttribute{
			MarkdownDescription: "The time zone of the times and days: a Windows name such as `China Standard Time`, or an IANA name such as " +
				"`Asia/Shanghai`. The service does not follow daylight saving time: it keeps to the zone's standard time all year. A place whose clocks have left those of its former zone has one with its clock now: " +
				"`America/Vancouver` is `US Mountain Standard Time`. Default `UTC`. " +
				"Changed in place; another name of the same zone is not a change.",
			CustomType: tfvalue.TimeZone,
			Optional:   true, Computed: true, Default: stringdefault.StaticString(defaultTimeZone),
			Validators:    []validator.String{stringvalidator.LengthAtLeast(1)},
			PlanModifiers: []planmodifier.String{tfvalue.TimeZone.KeepSpelling()},
		},
		"backup": schema.SingleNestedAttribute{
			MarkdownDescription: "When backups are taken. Changed in place.",
			Required:            true,
			Attributes: map[string]schema.Attribute{
				"frequency": schema.StringAttribute{
					MarkdownDescription: "`Daily`, `Weekly` or, with `policy_type = \"V2\"`, `Hourly`. Changed in place.",
					Required:            true,
				},
				"time": schema.StringAttribute{
					MarkdownDescription: "The time of day in `timezone`, on the hour or the half hour: `00:00` to `23:30`. Of an hourly schedule it is the " +
						"first backup of the day. Changed in place.",
					Required: true,
				},
				"weekdays": wordSet("The days of a weekly schedule: `Monday` to `Sunday`. Needed when `frequency` is `Weekly`, not allowed otherwise. "+
					"Changed in place.", false),
				"hour_interval": schema.Int64Attribute{
					MarkdownDescription: "The hours between two backups: `4`, `6`, `8` or `12`. Needed when `frequency` is `Hourly`, not allowed otherwise. " +
						"Changed in place.",
					Optional:   true,
					Validators: []validator.Int64{int64validator.AtLeast(1)},
				},
				"hour_duration": schema.Int64Attribute{
					MarkdownDescription: "For how many hours from `time` on backups are taken on each day: `4` to `24`, a multiple of `hour_interval`. Needed " +
						"when `frequency` is `Hourly`, not allowed otherwise. Changed in place.",
					Optional:   true,
					Validators: []validator.Int64{int64validator.AtLeast(1)},
				},
			},
		},
		"instant_restore_retention_days": schema.Int64Attribute{
			MarkdownDescription: "How many days snapshots are kept beside the VM for instant restore: `1` to `5` with policy type `V1` (`5` when " +
				"backups are weekly), `1` to `30` with `V2`. Default: the service's, which is 2 for daily and 5 for weekly backups with `V1`, and 7 " +
				"with `V2`; when it is not set later, the policy keeps what it has, until `backup.frequency` changes. Changed in place.",
			Optional: true, Computed: true,
			Validators: []validator.Int64{int64validator.AtLeast(1)},
		},
		"instant_restore_resource_group": schema.SingleNestedAttribute{
			MarkdownDescription: "The resource groups that hold the snapshots: prefix, a number, suffix. Default: groups that the service names. Changed in place.",
			Optional:            true,
			Attributes: map[string]schema.Attribute{
				"prefix": schema.StringAttribute{
					MarkdownDescription: "What the names of the groups start with. Changed in place.",
					Required:            true,
				},
				"suffix": schema.StringAttribute{
					MarkdownDescription: "What the names of the groups end with. Default: nothing. Changed in place.",
					Optional:            true,
					Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
				},
			},
		},
		"instant_access_snapshot_enabled": schema.BoolAttribute{
			MarkdownDescription: "Whether the snapshots of Premium SSD v2 and Ultra disks can be restored from at once, before their data has been copied; " +
				"Azure charges for it. Needs API version " + catalog.InstantAccessSince + ", which not every cloud has: the plan says so. Default: `false`; leaving it out " +
				"switches it off. Changed in place.",
			Optional: true,
		},
		"instant_access_duration_minutes": schema.Int64Attribute{
			MarkdownDescription: "For how many minutes that is so: `60` to `300`. Default: the service's, which is 300. Changed in place.",
			Optional:            true,
			Validators:          []validator.Int64{int64validator.AtLeast(1)},
		},
		"snapshot_consistency_type": schema.StringAttribute{
			MarkdownDescription: "`OnlyCrashConsistent` takes snapshots without the VM's agent; it needs `policy_type = \"V2\"`. Default: snapshots that " +
				"are consistent for applications where that is possible. Changed in place.",
			Optional:   true,
			Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
		},
	}
}

// policyRetentionAttributes say how long backups are kept, and where.
func policyRetentionAttributes() map[string]schema.Attribute {
	monthly := monthDayAttributes("months", "1188")
	yearly := monthDayAttributes("years", "99")
	yearly["months"] = wordSet("The months: `January` to `December`. Changed in place.", true)
	return map[string]schema.Attribute{
		"retention_daily": schema.SingleNestedAttribute{
			MarkdownDescription: "How long each backup is kept. Needed unless `backup.frequency` is `Weekly`, and then not allowed. Default: none; " +
				"leaving it out removes it. Changed in place.",
			Optional:   true,
			Attributes: map[string]schema.Attribute{"count": countAttribute("days", "`7` to `9999`")},
		},
		"retention_weekly": schema.SingleNestedAttribute{
			MarkdownDescription: "How long the backups of some days of the week are kept. Needed when `backup.frequency` is `Weekly`. Default: none; " +
				"leaving it out removes it. Changed in place.",
			Optional: true,
			Attributes: map[string]schema.Attribute{
				"count": countAttribute("weeks", "`1` to `5163`"),
				"weekdays": wordSet("The days: `Monday` to `Sunday`. With a weekly schedule they are `backup.weekdays`. Changed in place.",
					true),
			},
		},
		"retention_monthly": schema.SingleNestedAttribute{
			MarkdownDescription: "How long backups of some days of the month are kept. The days are chosen either by week (`weekdays` and `weeks`) or by date " +
				"(`days`, `include_last_days`); with a weekly schedule, by week. Default: none; leaving it out removes it. Changed in place.",
			Optional: true, Attributes: monthly,
		},
		"retention_yearly": schema.SingleNestedAttribute{
			MarkdownDescription: "How long backups of some days of some months are kept. The days are chosen as those of `retention_monthly`. Default: none; " +
				"leaving it out removes it. Changed in place.",
			Optional: true, Attributes: yearly,
		},
		"tiering_policy": schema.SingleNestedAttribute{
			MarkdownDescription: "Moves old backups to cheaper storage. It needs monthly or yearly retention of at least 9 months. Default: none are moved; " +
				"leaving it out ends the moving. Changed in place.",
			Optional: true,
			Attributes: map[string]schema.Attribute{
				"archived_restore_point": schema.SingleNestedAttribute{
					MarkdownDescription: "Moves backups to the archive tier. Changed in place.",
					Required:            true,
					Attributes: map[string]schema.Attribute{
						"mode": schema.StringAttribute{
							MarkdownDescription: "`TierAfter` moves backups of an age of `duration`; `TierRecommended` those that the service recommends. Changed in place.",
							Required:            true,
						},
						"duration": schema.Int64Attribute{
							MarkdownDescription: "How old backups are when they are moved, in `duration_type`. Needed when `mode` is `TierAfter`, not allowed " +
								"otherwise. Changed in place.",
							Optional:   true,
							Validators: []validator.Int64{int64validator.AtLeast(1)},
						},
						"duration_type": schema.StringAttribute{
							MarkdownDescription: "The unit of `duration`: `Months`, or `Days`, `Weeks` or `Years`, which Azure has been reported to show as months. Needed when `mode` is `TierAfter`, not allowed " +
								"otherwise. Changed in place.",
							Optional:   true,
							Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
						},
					},
				},
			},
		},
	}
}

func countAttribute(unit, allowed string) schema.Attribute {
	return schema.Int64Attribute{
		MarkdownDescription: "For how many " + unit + ": " + allowed + ". Changed in place.",
		Required:            true,
	}
}

// monthDayAttributes choose days of a month.
func monthDayAttributes(unit, most string) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"count": countAttribute(unit, "`1` to `"+most+"`"),
		"weekdays": wordSet("Days of the week: `Monday` to `Sunday`. They go together with `weeks`, and not with `days` and `include_last_days`. "+
			"Changed in place.", false),
		"weeks": wordSet("Weeks of the month: `First`, `Second`, `Third`, `Fourth` or `Last`. They go together with `weekdays`. Changed in place.",
			false),
		"days": schema.SetAttribute{
			MarkdownDescription: "Dates: `1` to `28`, and up to `31`; nothing is kept for a date in a month that does not have it. They do not go together with `weekdays` and `weeks`. " +
				"Changed in place.",
			ElementType: types.Int64Type,
			Optional:    true,
			Validators:  []validator.Set{setvalidator.NoNullValues()},
		},
		"include_last_days": schema.BoolAttribute{
			MarkdownDescription: "Whether the last day of the month is chosen too. It does not go together with `weekdays` and `weeks`. Default `false`. " +
				"Changed in place.",
			Optional: true, Computed: true, Default: booldefault.StaticBool(false),
		},
	}
}

// wordSet is a set of words. An empty one is none, which the service does not tell from it, and so refused where words are
// required.
func wordSet(description string, required bool) schema.Attribute {
	validators := []validator.Set{setvalidator.NoNullValues()}
	if required {
		validators = append(validators, setvalidator.SizeAtLeast(1))
	}
	return schema.SetAttribute{
		MarkdownDescription: description,
		ElementType:         types.StringType,
		Required:            required,
		Optional:            !required,
		Validators:          validators,
	}
}

func (r *vmPolicyResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"subscription_id":     identityschema.StringAttribute{OptionalForImport: true, Description: "The subscription, a UUID. Default: the provider's."},
			"resource_group_name": identityschema.StringAttribute{OptionalForImport: true, Description: "The resource group of the vault. Default: the provider's."},
			"vault_name":          identityschema.StringAttribute{RequiredForImport: true, Description: "The name of the vault."},
			"name":                identityschema.StringAttribute{RequiredForImport: true, Description: "The name of the policy."},
		},
	}
}
