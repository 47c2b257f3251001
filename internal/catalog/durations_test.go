package catalog_test

import (
	"strings"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

func TestDurationRule(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for _, test := range []struct {
		rule    catalog.DurationRule
		text    string
		want    time.Duration
		wantErr string
	}{
		{catalog.ClockOffset, "0s", 0, ""},
		{catalog.ClockOffset, "40d", 40 * day, ""},
		{catalog.ClockOffset, "40d12h", 40*day + 12*time.Hour, ""},
		{catalog.ClockOffset, "1d1h1m1.5s", day + time.Hour + time.Minute + 1500*time.Millisecond, ""},
		{catalog.ClockOffset, "0d", 0, ""},
		{catalog.ClockOffset, "36500d", 36500 * day, ""},
		{catalog.ClockOffset, "36500d1s", 0, `the clock offset "36500d1s" is not between 0s and 36500d`},
		{catalog.ClockOffset, "999999d", 0, `the clock offset "999999d" is not between 0s and 36500d`},
		{catalog.ClockOffset, "-40d", 0, `the clock offset "-40d" is not between 0s and 36500d`},
		{catalog.ClockOffset, "-100000d2562047h", 0, `the clock offset "-100000d2562047h" is not between 0s and 36500d`}, // it ran over, and passed
		{catalog.ClockOffset, "-1ns", 0, `the clock offset "-1ns" is not between 0s and 36500d`},
		{catalog.ClockOffset, "9999999d", 0, `"9999999d" is not a duration; write a number and a unit, such as 12h, 40d or 40d12h`},
		{catalog.ClockOffset, "40d12", 0, `"40d12" is not a duration`},
		{catalog.ClockOffset, "40 d", 0, `"40 d" is not a duration`},
		{catalog.ClockOffset, "12h40d", 0, `"12h40d" is not a duration`},
		{catalog.ClockOffset, "d", 0, `"d" is not a duration`},
		{catalog.ClockOffset, "40", 0, `"40" is not a duration`},
		{catalog.ClockOffset, "1.5d", 0, `"1.5d" is not a duration`},
		{catalog.ClockOffset, "", 0, `"" is not a duration`},
		{catalog.ProvisioningTime, "500ms", 500 * time.Millisecond, ""},
		{catalog.ProvisioningTime, "24h", day, ""},
		{catalog.ProvisioningTime, "25h", 0, `the provisioning time "25h" is not between 0s and 24h`},
		{catalog.OperationTime, "soon", 0, `"soon" is not a duration; write a number and a unit, such as 500ms, 30s or 2m`},
		{catalog.BackupTime, "-1s", 0, `the backup time "-1s" is not between 0s and 24h`},
	} {
		got, err := test.rule.Parse(test.text)
		switch {
		case test.wantErr == "" && err != nil:
			t.Errorf("%s %q: %v", test.rule.What, test.text, err)
		case test.wantErr != "" && (err == nil || !strings.Contains(err.Error(), test.wantErr)):
			t.Errorf("%s %q: error %v, want %s", test.rule.What, test.text, err, test.wantErr)
		case got != test.want:
			t.Errorf("%s %q is %s, want %s", test.rule.What, test.text, got, test.want)
		}
	}
}
