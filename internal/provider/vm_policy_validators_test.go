package provider_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
)

// valueOf makes a value of nested objects, sets and their elements, from maps, slices and what tftypes.NewValue takes.
func valueOf(t *testing.T, kind tftypes.Type, v any) tftypes.Value {
	t.Helper()
	switch v := v.(type) {
	case map[string]any:
		values := map[string]any{}
		for name, value := range v {
			values[name] = valueOf(t, attributeType(t, kind, name), value)
		}
		return objectOf(t, kind, values)
	case []any:
		of, ok := kind.(tftypes.Set)
		if !ok {
			t.Fatalf("%s is no set", kind)
		}
		var elements []tftypes.Value
		for _, element := range v {
			elements = append(elements, valueOf(t, of.ElementType, element))
		}
		return tftypes.NewValue(kind, elements)
	default:
		return tftypes.NewValue(kind, v)
	}
}

// validatePolicy validates a backup_policy_vm and returns what is wrong, as "path: detail".
func (c *protocolClient) validatePolicy(config tftypes.Value) []string {
	c.t.Helper()
	resp, err := c.server.ValidateResourceConfig(c.t.Context(), &tfprotov6.ValidateResourceConfigRequest{TypeName: "backup_policy_vm", Config: c.encode(config)})
	if err != nil {
		c.t.Fatal(err)
	}
	var problems []string
	for _, d := range resp.Diagnostics {
		var names []string
		for _, step := range d.Attribute.Steps() {
			if name, ok := step.(tftypes.AttributeName); ok {
				names = append(names, string(name))
			}
		}
		at := strings.Join(names, ".")
		if field := strings.TrimPrefix(d.Summary, "Invalid "); strings.HasPrefix(field, at+".") {
			at = field // shown where Terraform has a line for it
		}
		problems = append(problems, at+": "+d.Detail)
	}
	return problems
}

// setsEverything is the configuration of a policy in which everything that goes together is set.
func setsEverything() map[string]any {
	return map[string]any{
		"name": "nightly", "vault_id": contosoID, "policy_type": "V2", "timezone": "Asia/Shanghai",
		"backup":                         map[string]any{"frequency": "Hourly", "time": "08:00", "hour_interval": 4, "hour_duration": 12},
		"instant_restore_retention_days": 7, "instant_restore_resource_group": map[string]any{"prefix": "snap-", "suffix": "-rg"},
		"snapshot_consistency_type": "OnlyCrashConsistent",
		"retention_daily":           map[string]any{"count": 30},
		"retention_weekly":          map[string]any{"count": 13, "weekdays": []any{"Monday", "Sunday"}},
		"retention_monthly":         map[string]any{"count": 12, "weeks": []any{"First", "Last"}, "weekdays": []any{"Monday"}},
		"retention_yearly":          map[string]any{"count": 3, "months": []any{"January"}, "days": []any{1, 31}, "include_last_days": true},
		"tiering_policy":            map[string]any{"archived_restore_point": map[string]any{"mode": "TierAfter", "duration": 6, "duration_type": "Months"}},
	}
}

// A value that is not known, be it an attribute, a part of one or an element of a set, is no reason to complain.
func TestVMPolicyValidate_unknown(t *testing.T) {
	client := newProtocolClient(t, "")
	kind := client.schemas.ResourceSchemas["backup_policy_vm"].ValueType()
	weekly := map[string]any{
		"name": "weekly", "vault_id": contosoID,
		"backup":            map[string]any{"frequency": "Weekly", "time": "00:30", "weekdays": []any{"Monday", "Sunday"}},
		"retention_weekly":  map[string]any{"count": 13, "weekdays": []any{"Monday", "Sunday"}},
		"retention_monthly": map[string]any{"count": 12, "weeks": []any{"First", "Last"}, "weekdays": []any{"Monday"}},
	}
	for name, config := range map[string]map[string]any{"hourly": setsEverything(), "weekly": weekly} {
		value := valueOf(t, kind, config)
		if problems := client.validatePolicy(value); len(problems) > 0 {
			t.Fatalf("%s: %q", name, problems)
		}
		// With everything known first, then with one thing after the other unknown.
		var paths []*tftypes.AttributePath
		_ = tftypes.Walk(value, func(p *tftypes.AttributePath, v tftypes.Value) (bool, error) {
			if len(p.Steps()) > 0 && !v.IsNull() {
				paths = append(paths, p)
			}
			return true, nil
		})
		if len(paths) < 20 {
			t.Fatalf("%s: only %d paths", name, len(paths))
		}
		for _, path := range paths {
			unknown, err := tftypes.Transform(value, func(p *tftypes.AttributePath, v tftypes.Value) (tftypes.Value, error) {
				if p.Equal(path) {
					return tftypes.NewValue(v.Type(), tftypes.UnknownValue), nil
				}
				return v, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if problems := client.validatePolicy(unknown); len(problems) > 0 {
				t.Errorf("%s, unknown %s: %q", name, path, problems)
			}
		}
	}
}

// Each rule complains about its attribute, once, and says what is allowed.
func TestVMPolicyValidate_rules(t *testing.T) {
	client := newProtocolClient(t, "")
	kind := client.schemas.ResourceSchemas["backup_policy_vm"].ValueType()
	set := func(config map[string]any, field string, value any) {
		names := strings.Split(field, ".")
		for _, name := range names[:len(names)-1] {
			config, _ = config[name].(map[string]any)
		}
		if name := names[len(names)-1]; value == nil {
			delete(config, name)
		} else {
			config[name] = value
		}
	}
	for name, test := range map[string]struct {
		changes map[string]any // of setsEverything
		field   string
		want    string
	}{
		"name":                           {map[string]any{"name": "1st"}, "name", `"1"`},
		"vault id":                       {map[string]any{"vault_id": contosoID + "/backupPolicies/x"}, "vault_id", "is not"},
		"type in another case":           {map[string]any{"policy_type": "v2"}, "policy_type", `did you mean "V2"?`},
		"frequency in another case":      {map[string]any{"backup.frequency": "hourly"}, "backup.frequency", `did you mean "Hourly"?`},
		"weekday in another case":        {map[string]any{"retention_weekly.weekdays": []any{"monday"}}, "retention_weekly.weekdays", `did you mean "Monday"?`},
		"week in another case":           {map[string]any{"retention_monthly.weeks": []any{"FIRST"}}, "retention_monthly.weeks", `did you mean "First"?`},
		"no month":                       {map[string]any{"retention_yearly.months": []any{"Brumaire"}}, "retention_yearly.months", "one of January, February"},
		"consistency":                    {map[string]any{"snapshot_consistency_type": "onlycrashconsistent"}, "snapshot_consistency_type", `did you mean "OnlyCrashConsistent"?`},
		"mode":                           {map[string]any{"tiering_policy.archived_restore_point.mode": "DoNotTier"}, "tiering_policy.archived_restore_point.mode", "one of TierAfter, TierRecommended"},
		"duration type":                  {map[string]any{"tiering_policy.archived_restore_point.duration_type": "months"}, "tiering_policy.archived_restore_point.duration_type", `did you mean "Months"?`},
		"time zone":                      {map[string]any{"timezone": "Asia/Shangai"}, "timezone", `Asia/Shanghai`},
		"time":                           {map[string]any{"backup.time": "08:15"}, "backup.time", "half hour"},
		"time that is none":              {map[string]any{"backup.time": "8 am"}, "backup.time", `"8 am"`},
		"interval":                       {map[string]any{"backup.hour_interval": 5, "backup.hour_duration": 20}, "backup.hour_interval", "4, 6, 8"},
		"window":                         {map[string]any{"backup.hour_duration": 10}, "backup.hour_duration", "multiple"},
		"empty set":                      {map[string]any{"retention_weekly.weekdays": []any{}}, "retention_weekly.weekdays", "at least 1"},
		"instant restore":                {map[string]any{"instant_restore_retention_days": 31}, "instant_restore_retention_days", "30"},
		"daily retention":                {map[string]any{"retention_daily.count": 6}, "retention_daily.count", "7"},
		"no daily retention":             {map[string]any{"retention_daily": nil}, "retention_daily", "retention_daily"},
		"weekly retention":               {map[string]any{"retention_weekly.count": 5164}, "retention_weekly.count", "5163"},
		"monthly retention":              {map[string]any{"retention_monthly.count": 0}, "retention_monthly.count", "1188"},
		"yearly retention":               {map[string]any{"retention_yearly.count": 100}, "retention_yearly.count", "99"},
		"day of the month":               {map[string]any{"retention_yearly.days": []any{32}}, "retention_yearly.days", "31"},
		"weekdays of an hourly schedule": {map[string]any{"backup.weekdays": []any{"Monday"}}, "backup.weekdays", "weekly schedule"},
		"weeks without weekdays":         {map[string]any{"retention_monthly.weekdays": nil}, "retention_monthly.weekdays", "weeks"},
		"duration of TierAfter":          {map[string]any{"tiering_policy.archived_restore_point.duration": nil}, "tiering_policy.archived_restore_point.duration", "TierAfter"},
		"no interval":                    {map[string]any{"backup.hour_interval": 0}, "backup.hour_interval", "at least 1"},
		"no duration":                    {map[string]any{"backup.hour_duration": -4}, "backup.hour_duration", "at least 1"},
		"no instant restore":             {map[string]any{"instant_restore_retention_days": 0}, "instant_restore_retention_days", "at least 1"},
		"no tiering duration":            {map[string]any{"tiering_policy.archived_restore_point.duration": 0}, "tiering_policy.archived_restore_point.duration", "at least 1"},
		"no duration type":               {map[string]any{"tiering_policy.archived_restore_point.duration_type": ""}, "tiering_policy.archived_restore_point.duration_type", "at least 1"},
		"empty type":                     {map[string]any{"policy_type": "", "backup": map[string]any{"frequency": "Daily", "time": "00:00"}, "instant_restore_retention_days": nil, "snapshot_consistency_type": nil}, "policy_type", "at least 1"},
		"empty time zone":                {map[string]any{"timezone": ""}, "timezone", "at least 1"},
		"empty suffix":                   {map[string]any{"instant_restore_resource_group.suffix": ""}, "instant_restore_resource_group.suffix", "at least 1"},
		"empty consistency":              {map[string]any{"snapshot_consistency_type": ""}, "snapshot_consistency_type", "at least 1"},
		"empty months":                   {map[string]any{"retention_yearly.months": []any{}}, "retention_yearly.months", "at least 1"},
		"empty weeks":                    {map[string]any{"retention_monthly.weeks": []any{}}, "retention_monthly.weeks", "Weekdays need weeks"},
		"empty weekdays":                 {map[string]any{"retention_monthly.weekdays": []any{}}, "retention_monthly.weekdays", "Weeks need weekdays"},
		"null in a set":                  {map[string]any{"retention_weekly.weekdays": []any{"Monday", nil}}, "retention_weekly.weekdays", "null"},
		"two mistakes in a name": {
			map[string]any{"name": "1st/x"}, "name", "The name starts with \"1\"; a policy name starts with a letter (a-z, A-Z).\nThe name has \"/\" at position 4; ",
		},
		"null object":  {map[string]any{"backup": nil}, "backup", "required"},
		"null text":    {map[string]any{"backup.frequency": nil}, "backup.frequency", "required"},
		"null number":  {map[string]any{"retention_daily.count": nil}, "retention_daily.count", "required"},
		"null set":     {map[string]any{"retention_weekly.weekdays": nil}, "retention_weekly.weekdays", "required"},
		"null mode":    {map[string]any{"tiering_policy.archived_restore_point.mode": nil, "tiering_policy.archived_restore_point.duration": nil}, "tiering_policy.archived_restore_point.mode", "required"},
		"empty prefix": {map[string]any{"instant_restore_resource_group.prefix": ""}, "instant_restore_resource_group.prefix", "empty"},
	} {
		t.Run(name, func(t *testing.T) {
			config := setsEverything()
			for field, value := range test.changes {
				set(config, field, value)
			}
			problems := client.validatePolicy(valueOf(t, kind, config))
			if len(problems) != 1 || !strings.HasPrefix(problems[0], test.field+": ") || !strings.Contains(problems[0], test.want) {
				t.Errorf("%q, want one problem of %s that says %q", problems, test.field, test.want)
			}
		})
	}
}

// The rules that need another schedule or another type.
func TestVMPolicyValidate_rulesOfV1(t *testing.T) {
	client := newProtocolClient(t, "")
	kind := client.schemas.ResourceSchemas["backup_policy_vm"].ValueType()
	weekly := map[string]any{"frequency": "Weekly", "time": "00:30", "weekdays": []any{"Monday"}}
	every := map[string]any{"frequency": "Daily", "time": "00:30"}
	days, weeks := map[string]any{"count": 30}, map[string]any{"count": 4, "weekdays": []any{"Monday"}}
	for name, test := range map[string]struct {
		config map[string]any
		fields []string // of which one is at fault
	}{
		"hourly": {
			map[string]any{"backup": map[string]any{"frequency": "Hourly", "time": "00:30", "hour_interval": 4, "hour_duration": 4}, "retention_daily": days},
			[]string{"backup.frequency", "policy_type"},
		},
		"instant restore": {map[string]any{"backup": every, "retention_daily": days, "instant_restore_retention_days": 6}, []string{"instant_restore_retention_days"}},
		"instant restore of weekly backups": {
			map[string]any{"backup": weekly, "retention_weekly": weeks, "instant_restore_retention_days": 2}, []string{"instant_restore_retention_days"},
		},
		"crash consistent":                     {map[string]any{"backup": every, "retention_daily": days, "snapshot_consistency_type": "OnlyCrashConsistent"}, []string{"snapshot_consistency_type"}},
		"weekly with an empty set of days":     {map[string]any{"backup": map[string]any{"frequency": "Weekly", "time": "00:30", "weekdays": []any{}}, "retention_weekly": weeks}, []string{"backup.weekdays"}},
		"weekly without days":                  {map[string]any{"backup": map[string]any{"frequency": "Weekly", "time": "00:30"}, "retention_weekly": weeks}, []string{"backup.weekdays"}},
		"weekly without retention":             {map[string]any{"backup": weekly}, []string{"retention_weekly"}},
		"weekly with daily retention":          {map[string]any{"backup": weekly, "retention_weekly": weeks, "retention_daily": days}, []string{"retention_daily"}},
		"retention of other days":              {map[string]any{"backup": weekly, "retention_weekly": map[string]any{"count": 4, "weekdays": []any{"Sunday"}}}, []string{"retention_weekly.weekdays"}},
		"monthly retention by date":            {map[string]any{"backup": weekly, "retention_weekly": weeks, "retention_monthly": map[string]any{"count": 4, "days": []any{1}}}, []string{"retention_monthly"}},
		"monthly retention of no days":         {map[string]any{"backup": every, "retention_daily": days, "retention_monthly": map[string]any{"count": 4}}, []string{"retention_monthly"}},
		"monthly retention by date and week":   {map[string]any{"backup": every, "retention_daily": days, "retention_monthly": map[string]any{"count": 4, "days": []any{1}, "weeks": []any{"First"}, "weekdays": []any{"Monday"}}}, []string{"retention_monthly"}},
		"tiering without a long retention":     {map[string]any{"policy_type": "V2", "backup": every, "retention_daily": days, "tiering_policy": map[string]any{"archived_restore_point": map[string]any{"mode": "TierRecommended"}}}, []string{"tiering_policy", "tiering_policy.archived_restore_point"}},
		"hours of a daily schedule":            {map[string]any{"backup": map[string]any{"frequency": "Daily", "time": "00:30", "hour_interval": 4}, "retention_daily": days}, []string{"backup.hour_interval"}},
		"an hourly schedule without its hours": {map[string]any{"policy_type": "V2", "backup": map[string]any{"frequency": "Hourly", "time": "00:30", "hour_duration": 4}, "retention_daily": days}, []string{"backup.hour_interval"}},
	} {
		t.Run(name, func(t *testing.T) {
			test.config["name"], test.config["vault_id"] = "nightly", contosoID
			problems := client.validatePolicy(valueOf(t, kind, test.config))
			if len(problems) != 1 {
				t.Fatalf("%q, want one problem", problems)
			}
			if field, _, _ := strings.Cut(problems[0], ": "); !slices.Contains(test.fields, field) {
				t.Errorf("%q, want %v", problems, test.fields)
			}
		})
	}
}

// What is unknown while planning is checked when it is known, at the latest.
func TestAccVMPolicy_unknownIsCheckedAtApply(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t, policyWorkspace("resource \"terraform_data\" \"late\" {\n  input = 3\n}\n",
		policyBlock("test", "nightly", daily, `retention_daily = { count = terraform_data.late.output }`)))
	w.MustRun("plan")
	if r := w.Run("apply", "-auto-approve"); r.ExitCode == 0 || !strings.Contains(r.Output, "retention_daily.count") {
		t.Errorf("exit code %d\n%s", r.ExitCode, r.Output)
	}
}
