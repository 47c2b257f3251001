package provider

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/azurebackup/terraform-provider-backup/internal/arm"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/tfvalue"
	"github.com/azurebackup/terraform-provider-backup/internal/vault"
)

// vmPolicyModel is a backup_policy_vm in configuration, plan and state.
type vmPolicyModel struct {
	ID      tfvalue.EqualText `tfsdk:"id"`
	Name    tfvalue.EqualText `tfsdk:"name"`
	VaultID tfvalue.EqualText `tfsdk:"vault_id"`
	vmPolicySettingsModel
	ProtectedVMCount types.Int64    `tfsdk:"protected_vm_count"`
	Timeouts         timeouts.Value `tfsdk:"timeouts"`
}

// vmPolicySettingsModel is the part of backup_policy_vm that the resource and the data source share beyond name and place.
type vmPolicySettingsModel struct {
	PolicyType                  types.String      `tfsdk:"policy_type"`
	TimeZone                    tfvalue.EqualText `tfsdk:"timezone"`
	Backup                      types.Object      `tfsdk:"backup"`
	InstantRestoreRetentionDays types.Int64       `tfsdk:"instant_restore_retention_days"`
	InstantRestoreResourceGroup types.Object      `tfsdk:"instant_restore_resource_group"`
	InstantAccessEnabled        types.Bool        `tfsdk:"instant_access_snapshot_enabled"`
	InstantAccessMinutes        types.Int64       `tfsdk:"instant_access_duration_minutes"`
	SnapshotConsistencyType     types.String      `tfsdk:"snapshot_consistency_type"`
	RetentionDaily              types.Object      `tfsdk:"retention_daily"`
	RetentionWeekly             types.Object      `tfsdk:"retention_weekly"`
	RetentionMonthly            types.Object      `tfsdk:"retention_monthly"`
	RetentionYearly             types.Object      `tfsdk:"retention_yearly"`
	TieringPolicy               types.Object      `tfsdk:"tiering_policy"`
}

type policyBackupModel struct {
	Frequency    types.String `tfsdk:"frequency"`
	Time         types.String `tfsdk:"time"`
	Weekdays     types.Set    `tfsdk:"weekdays"`
	HourInterval types.Int64  `tfsdk:"hour_interval"`
	HourDuration types.Int64  `tfsdk:"hour_duration"`
}

type instantRestoreGroupModel struct {
	Prefix types.String `tfsdk:"prefix"`
	Suffix types.String `tfsdk:"suffix"`
}

type dailyRetentionModel struct {
	Count types.Int64 `tfsdk:"count"`
}

type weeklyRetentionModel struct {
	Count    types.Int64 `tfsdk:"count"`
	Weekdays types.Set   `tfsdk:"weekdays"`
}

type monthlyRetentionModel struct {
	Count           types.Int64 `tfsdk:"count"`
	Weekdays        types.Set   `tfsdk:"weekdays"`
	Weeks           types.Set   `tfsdk:"weeks"`
	Days            types.Set   `tfsdk:"days"`
	IncludeLastDays types.Bool  `tfsdk:"include_last_days"`
}

type yearlyRetentionModel struct {
	monthlyRetentionModel
	Months types.Set `tfsdk:"months"`
}

type tieringPolicyModel struct {
	ArchivedRestorePoint types.Object `tfsdk:"archived_restore_point"`
}

type archivedRestorePointModel struct {
	Mode         types.String `tfsdk:"mode"`
	Duration     types.Int64  `tfsdk:"duration"`
	DurationType types.String `tfsdk:"duration_type"`
}

// The types of the nested attributes.
var (
	wordsType         = types.SetType{ElemType: types.StringType}
	policyBackupTypes = map[string]attr.Type{
		"frequency": types.StringType, "time": types.StringType, "weekdays": wordsType, "hour_interval": types.Int64Type, "hour_duration": types.Int64Type,
	}
	instantRestoreGroupTypes = map[string]attr.Type{"prefix": types.StringType, "suffix": types.StringType}
	dailyRetentionTypes      = map[string]attr.Type{"count": types.Int64Type}
	weeklyRetentionTypes     = map[string]attr.Type{"count": types.Int64Type, "weekdays": wordsType}
	monthlyRetentionTypes    = map[string]attr.Type{
		"count": types.Int64Type, "weekdays": wordsType, "weeks": wordsType, "days": types.SetType{ElemType: types.Int64Type},
		"include_last_days": types.BoolType,
	}
	yearlyRetentionTypes      = withType(monthlyRetentionTypes, "months", wordsType)
	archivedRestorePointTypes = map[string]attr.Type{"mode": types.StringType, "duration": types.Int64Type, "duration_type": types.StringType}
	tieringPolicyTypes        = map[string]attr.Type{"archived_restore_point": types.ObjectType{AttrTypes: archivedRestorePointTypes}}
)

func withType(of map[string]attr.Type, name string, kind attr.Type) map[string]attr.Type {
	with := maps.Clone(of)
	with[name] = kind
	return with
}

// emptyPolicySettings are settings of which nothing is known, as typed nulls.
func emptyPolicySettings() vmPolicySettingsModel {
	return vmPolicySettingsModel{
		TimeZone: tfvalue.TimeZone.Null(), Backup: types.ObjectNull(policyBackupTypes),
		InstantRestoreResourceGroup: types.ObjectNull(instantRestoreGroupTypes),
		RetentionDaily:              types.ObjectNull(dailyRetentionTypes), RetentionWeekly: types.ObjectNull(weeklyRetentionTypes),
		RetentionMonthly: types.ObjectNull(monthlyRetentionTypes), RetentionYearly: types.ObjectNull(yearlyRetentionTypes),
		TieringPolicy: types.ObjectNull(tieringPolicyTypes),
	}
}

// emptyVMPolicyModel is a policy of which nothing is known yet. Import, moved blocks and lists start from it.
func emptyVMPolicyModel(ctx context.Context) vmPolicyModel {
	return vmPolicyModel{
		ID: tfvalue.ARMName.Null(), Name: tfvalue.ARMName.Null(), VaultID: tfvalue.ARMName.Null(),
		vmPolicySettingsModel: emptyPolicySettings(), Timeouts: noTimeouts(ctx),
	}
}

// fillFromID makes of a damaged state, which has nothing but the id, what an import by that id begins with.
func (m *vmPolicyModel) fillFromID(ctx context.Context) {
	id, err := vault.ParsePolicyID(m.ID.ValueString())
	if err != nil || !m.VaultID.IsNull() && !m.Name.IsNull() {
		return
	}
	was := *m
	*m = emptyVMPolicyModel(ctx)
	m.ID, m.Timeouts = was.ID, was.Timeouts
	m.VaultID, m.Name = tfvalue.ARMName.Value(id.Vault.String()), tfvalue.ARMName.Value(id.Name)
}

// policyID is the id of the policy that the model describes; ok is false while a part of it is not known.
func (m vmPolicyModel) policyID() (id vault.PolicyID, ok bool) {
	if m.VaultID.IsUnknown() || m.Name.IsUnknown() {
		return vault.PolicyID{}, false
	}
	of, err := vault.ParseID(m.VaultID.ValueString())
	return vault.NewPolicyID(of, m.Name.ValueString()), err == nil
}

// take makes the model what the service says the policy is. Spellings that mean the same stay as they were.
func (m *vmPolicyModel) take(ctx context.Context, p vault.Policy) (diags diag.Diagnostics) {
	m.ID = tfvalue.Keep(m.ID, tfvalue.ARMName.Value(p.ARMID))
	m.Name = tfvalue.Keep(m.Name, tfvalue.ARMName.Value(p.ID.Name))
	m.VaultID = tfvalue.Keep(m.VaultID, tfvalue.ARMName.Value(vaultOf(p).String()))
	m.ProtectedVMCount = types.Int64Value(int64(p.ProtectedItems))
	m.vmPolicySettingsModel.take(ctx, p.Settings, &diags)
	return diags
}

// vaultOf is the id of a policy's vault as the service spells it.
func vaultOf(p vault.Policy) arm.ID {
	if id, err := vault.ParsePolicyID(p.ARMID); err == nil {
		return id.Vault
	}
	return p.ID.Vault
}

// settings are those that the model chooses, defaults included. What is unknown is left out, and so is what the service
// is to choose.
func (m vmPolicySettingsModel) settings(ctx context.Context, diags *diag.Diagnostics) catalog.VMPolicy {
	p := catalog.VMPolicy{
		Type:                cmp.Or(m.PolicyType.ValueString(), catalog.PolicyV1),
		TimeZone:            cmp.Or(m.TimeZone.ValueString(), defaultTimeZone),
		InstantRestoreDays:  int(m.InstantRestoreRetentionDays.ValueInt64()),
		SnapshotConsistency: m.SnapshotConsistencyType.ValueString(),
	}
	if m.saysInstantAccess() {
		p.InstantAccess = &catalog.InstantAccess{Enabled: m.InstantAccessEnabled.ValueBool(), Minutes: int(m.InstantAccessMinutes.ValueInt64())}
	}
	if windows, ok := catalog.WindowsTimeZone(p.TimeZone); ok {
		p.TimeZone = windows // the one kind of name that the service takes
	}
	if backup, ok := as[policyBackupModel](ctx, m.Backup, diags); ok {
		p.Schedule = catalog.VMSchedule{
			Frequency: backup.Frequency.ValueString(), Time: backup.Time.ValueString(), Weekdays: wordsOf(backup.Weekdays, catalog.Weekdays()),
			HourInterval: int(backup.HourInterval.ValueInt64()), HourDuration: int(backup.HourDuration.ValueInt64()),
		}
	}
	if group, ok := as[instantRestoreGroupModel](ctx, m.InstantRestoreResourceGroup, diags); ok {
		p.InstantRestoreGroup = &catalog.InstantRestoreGroup{Prefix: group.Prefix.ValueString(), Suffix: group.Suffix.ValueString()}
	}
	if daily, ok := as[dailyRetentionModel](ctx, m.RetentionDaily, diags); ok {
		p.Daily = &catalog.DailyRetention{Count: int(daily.Count.ValueInt64())}
	}
	if weekly, ok := as[weeklyRetentionModel](ctx, m.RetentionWeekly, diags); ok {
		p.Weekly = &catalog.WeeklyRetention{Count: int(weekly.Count.ValueInt64()), Weekdays: wordsOf(weekly.Weekdays, catalog.Weekdays())}
	}
	if monthly, ok := as[monthlyRetentionModel](ctx, m.RetentionMonthly, diags); ok {
		p.Monthly = &catalog.MonthlyRetention{Count: int(monthly.Count.ValueInt64()), MonthDays: monthly.monthDays()}
	}
	if yearly, ok := as[yearlyRetentionModel](ctx, m.RetentionYearly, diags); ok {
		p.Yearly = &catalog.YearlyRetention{
			Count: int(yearly.Count.ValueInt64()), Months: wordsOf(yearly.Months, catalog.Months()), MonthDays: yearly.monthDays(),
		}
	}
	p.Archive = m.archive(ctx, diags)
	return p
}

// saysInstantAccess tells whether the settings say anything about instant access, which takes an API version of its own.
func (m vmPolicySettingsModel) saysInstantAccess() bool {
	return !m.InstantAccessEnabled.IsNull() || !m.InstantAccessMinutes.IsNull()
}

// takeInstantAccess takes what the service says of instant access. Where nothing was said and it is off, and where the service
// chose for how long, nothing is said; of a policy that is read for the first time it all is.
func (m *vmPolicySettingsModel) takeInstantAccess(was vmPolicySettingsModel, a *catalog.InstantAccess) {
	if a == nil || was.InstantAccessEnabled.IsNull() && !a.Enabled {
		return
	}
	m.InstantAccessEnabled, m.InstantAccessMinutes = types.BoolValue(a.Enabled), numberOrNull(a.Minutes)
	if !was.InstantAccessEnabled.IsNull() && was.InstantAccessMinutes.IsNull() {
		m.InstantAccessMinutes = types.Int64Null()
	}
}

// archive is the tiering that the model chooses, nil for none.
func (m vmPolicySettingsModel) archive(ctx context.Context, diags *diag.Diagnostics) *catalog.ArchiveTiering {
	tiering, _ := as[tieringPolicyModel](ctx, m.TieringPolicy, diags)
	archived, ok := as[archivedRestorePointModel](ctx, tiering.ArchivedRestorePoint, diags)
	if !ok {
		return nil
	}
	return &catalog.ArchiveTiering{
		Mode: archived.Mode.ValueString(), Duration: int(archived.Duration.ValueInt64()), DurationType: archived.DurationType.ValueString(),
	}
}

func (m monthlyRetentionModel) monthDays() catalog.MonthDays {
	return catalog.MonthDays{
		Days: numbersOf(m.Days), LastDay: m.IncludeLastDays.ValueBool(),
		Weekdays: wordsOf(m.Weekdays, catalog.Weekdays()), Weeks: wordsOf(m.Weeks, catalog.Weeks()),
	}
}

// take makes the settings what the service says they are. Empty sets stay where it has none, and so does the unit of a tiering that
// the service shows in another.
func (m *vmPolicySettingsModel) take(ctx context.Context, p catalog.VMPolicy, diags *diag.Diagnostics) {
	was := *m
	*m = emptyPolicySettings()
	m.PolicyType = types.StringValue(cmp.Or(p.Type, catalog.PolicyV1))
	m.TimeZone = tfvalue.Keep(was.TimeZone, tfvalue.TimeZone.Value(p.TimeZone))
	m.Backup = objectValue(policyBackupTypes, map[string]attr.Value{
		"frequency": textOrNull(p.Schedule.Frequency), "time": textOrNull(p.Schedule.Time), "weekdays": wordsValue(p.Schedule.Weekdays, diags),
		"hour_interval": numberOrNull(p.Schedule.HourInterval), "hour_duration": numberOrNull(p.Schedule.HourDuration),
	}, diags)
	m.InstantRestoreRetentionDays = numberOrNull(p.InstantRestoreDays)
	m.takeInstantAccess(was, p.InstantAccess)
	m.SnapshotConsistencyType = textOrNull(p.SnapshotConsistency)
	if group := p.InstantRestoreGroup; group != nil {
		m.InstantRestoreResourceGroup = objectValue(instantRestoreGroupTypes, map[string]attr.Value{
			"prefix": textOrNull(group.Prefix), "suffix": textOrNull(group.Suffix),
		}, diags)
	}
	m.takeRetention(p, diags)
	switch archive, had := p.Archive, was.archive(ctx, diags); {
	case archive != nil && had != nil && had.ShownAs(*archive):
		m.TieringPolicy = was.TieringPolicy
	case archive != nil:
		m.TieringPolicy = objectValue(tieringPolicyTypes, map[string]attr.Value{
			"archived_restore_point": objectValue(archivedRestorePointTypes, map[string]attr.Value{
				"mode": textOrNull(archive.Mode), "duration": numberOrNull(archive.Duration), "duration_type": textOrNull(archive.DurationType),
			}, diags),
		}, diags)
	}
	m.keepEmptySets(was, diags)
}

// keepEmptySets gives the settings the empty sets that they had before.
func (m *vmPolicySettingsModel) keepEmptySets(was vmPolicySettingsModel, diags *diag.Diagnostics) {
	m.Backup = keepEmptySets(was.Backup, m.Backup, policyBackupTypes, diags)
	m.RetentionMonthly = keepEmptySets(was.RetentionMonthly, m.RetentionMonthly, monthlyRetentionTypes, diags)
	m.RetentionYearly = keepEmptySets(was.RetentionYearly, m.RetentionYearly, yearlyRetentionTypes, diags)
}

func (m *vmPolicySettingsModel) takeRetention(p catalog.VMPolicy, diags *diag.Diagnostics) {
	if p.Daily != nil {
		m.RetentionDaily = objectValue(dailyRetentionTypes, map[string]attr.Value{"count": types.Int64Value(int64(p.Daily.Count))}, diags)
	}
	if p.Weekly != nil {
		m.RetentionWeekly = objectValue(weeklyRetentionTypes, map[string]attr.Value{
			"count": types.Int64Value(int64(p.Weekly.Count)), "weekdays": wordsValue(p.Weekly.Weekdays, diags),
		}, diags)
	}
	if p.Monthly != nil {
		m.RetentionMonthly = objectValue(monthlyRetentionTypes, monthDaysValues(p.Monthly.Count, p.Monthly.MonthDays, diags), diags)
	}
	if p.Yearly != nil {
		values := monthDaysValues(p.Yearly.Count, p.Yearly.MonthDays, diags)
		values["months"] = wordsValue(p.Yearly.Months, diags)
		m.RetentionYearly = objectValue(yearlyRetentionTypes, values, diags)
	}
}

func monthDaysValues(count int, d catalog.MonthDays, diags *diag.Diagnostics) map[string]attr.Value {
	return map[string]attr.Value{
		"count": types.Int64Value(int64(count)), "weekdays": wordsValue(d.Weekdays, diags), "weeks": wordsValue(d.Weeks, diags),
		"days": numbersValue(d.Days, diags), "include_last_days": types.BoolValue(d.LastDay),
	}
}

// differing names the attributes whose value is known in m and another in than. An empty set is none.
func (m vmPolicySettingsModel) differing(than vmPolicySettingsModel) []string {
	var names []string
	var diags diag.Diagnostics // of types, which are the same
	than.keepEmptySets(m, &diags)
	m.keepEmptySets(than, &diags)
	others := than.values()
	for name, value := range m.values() {
		if !value.IsUnknown() && !value.Equal(others[name]) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (m vmPolicySettingsModel) values() map[string]attr.Value {
	return map[string]attr.Value{
		"policy_type": m.PolicyType, "timezone": m.TimeZone, "backup": m.Backup, "instant_restore_retention_days": m.InstantRestoreRetentionDays,
		"instant_restore_resource_group": m.InstantRestoreResourceGroup, "snapshot_consistency_type": m.SnapshotConsistencyType,
		"instant_access_snapshot_enabled": m.InstantAccessEnabled, "instant_access_duration_minutes": m.InstantAccessMinutes,
		"retention_daily": m.RetentionDaily, "retention_weekly": m.RetentionWeekly, "retention_monthly": m.RetentionMonthly,
		"retention_yearly": m.RetentionYearly, "tiering_policy": m.TieringPolicy,
	}
}

// wordsOf are the known words of a set, in the order of all, and words that are not among them last.
func wordsOf(set types.Set, all []string) []string {
	var words []string
	for _, element := range set.Elements() {
		if word, ok := element.(types.String); ok && !word.IsNull() && !word.IsUnknown() {
			words = append(words, word.ValueString())
		}
	}
	place := func(word string) int {
		if n := slices.Index(all, word); n >= 0 {
			return n
		}
		return len(all)
	}
	slices.SortFunc(words, func(a, b string) int { return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a, b)) })
	return words
}

// numbersOf are the known numbers of a set, in ascending order.
func numbersOf(set types.Set) []int {
	var numbers []int
	for _, element := range set.Elements() {
		if number, ok := element.(types.Int64); ok && !number.IsNull() && !number.IsUnknown() {
			numbers = append(numbers, int(number.ValueInt64()))
		}
	}
	slices.Sort(numbers)
	return numbers
}

// wordsValue is a set of words, null when there are none.
func wordsValue(words []string, diags *diag.Diagnostics) types.Set {
	var values []attr.Value
	for _, word := range words {
		values = append(values, types.StringValue(word))
	}
	return setOrNull(types.StringType, values, diags)
}

// numbersValue is a set of numbers, null when there are none.
func numbersValue(numbers []int, diags *diag.Diagnostics) types.Set {
	var values []attr.Value
	for _, number := range numbers {
		values = append(values, types.Int64Value(int64(number)))
	}
	return setOrNull(types.Int64Type, values, diags)
}

func setOrNull(kind attr.Type, values []attr.Value, diags *diag.Diagnostics) types.Set {
	if len(values) == 0 {
		return types.SetNull(kind)
	}
	set, d := types.SetValue(kind, values)
	diags.Append(d...)
	return set
}

// numberOrNull turns 0, for what is not set, into null.
func numberOrNull(n int) types.Int64 {
	if n == 0 {
		return types.Int64Null()
	}
	return types.Int64Value(int64(n))
}

// vmPolicyIdentity is the resource identity of a policy.
type vmPolicyIdentity struct {
	SubscriptionID    types.String `tfsdk:"subscription_id"`
	ResourceGroupName types.String `tfsdk:"resource_group_name"`
	VaultName         types.String `tfsdk:"vault_name"`
	Name              types.String `tfsdk:"name"`
}

// identity follows the spelling in state, since Terraform refuses an identity that changes.
func (m vmPolicyModel) identity() vmPolicyIdentity {
	id, _ := m.policyID()
	return vmPolicyIdentity{
		SubscriptionID: types.StringValue(id.Vault.SubscriptionID), ResourceGroupName: types.StringValue(id.Vault.ResourceGroup),
		VaultName: types.StringValue(id.Vault.Name), Name: types.StringValue(id.Name),
	}
}
