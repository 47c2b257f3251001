package provider

import (
	"strings"
	"testing"
	"time"
)

func TestDurationSetting(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for _, test := range []struct {
		setting durationSetting
		text    string
		want    time.Duration
		wantErr string
	}{
		{clockOffset, "0s", 0, ""},
		{clockOffset, "40d", 40 * day, ""},
		{clockOffset, "40d12h", 40*day + 12*time.Hour, ""},
		{clockOffset, "1d1h1m1.5s", day + time.Hour + time.Minute + 1500*time.Millisecond, ""},
		{clockOffset, "0d", 0, ""},
		{clockOffset, "36500d", 36500 * day, ""},
		{clockOffset, "36500d1s", 0, `the clock offset "36500d1s" is not between 0s and 36500d`},
		{clockOffset, "999999d", 0, `the clock offset "999999d" is not between 0s and 36500d`},
		{clockOffset, "-40d", 0, `the clock offset "-40d" is not between 0s and 36500d`},
		{clockOffset, "-1ns", 0, `the clock offset "-1ns" is not between 0s and 36500d`},
		{clockOffset, "9999999d", 0, `"9999999d" is not a duration; write a number and a unit, such as 12h, 40d or 40d12h`},
		{clockOffset, "40d12", 0, `"40d12" is not a duration`},
		{clockOffset, "40 d", 0, `"40 d" is not a duration`},
		{clockOffset, "12h40d", 0, `"12h40d" is not a duration`},
		{clockOffset, "d", 0, `"d" is not a duration`},
		{clockOffset, "40", 0, `"40" is not a duration`},
		{clockOffset, "1.5d", 0, `"1.5d" is not a duration`},
		{clockOffset, "", 0, `"" is not a duration`},
		{provisioningTime, "500ms", 500 * time.Millisecond, ""},
		{provisioningTime, "24h", day, ""},
		{provisioningTime, "25h", 0, `the provisioning time "25h" is not between 0s and 24h`},
		{operationTime, "soon", 0, `"soon" is not a duration; write a number and a unit, such as 500ms, 30s or 2m`},
		{backupTime, "-1s", 0, `the backup time "-1s" is not between 0s and 24h`},
	} {
		got, err := test.setting.parse(test.text)
		switch {
		case test.wantErr == "" && err != nil:
			t.Errorf("%s %q: %v", test.setting.what, test.text, err)
		case test.wantErr != "" && (err == nil || !strings.Contains(err.Error(), test.wantErr)):
			t.Errorf("%s %q: error %v, want %s", test.setting.what, test.text, err, test.wantErr)
		case got != test.want:
			t.Errorf("%s %q is %s, want %s", test.setting.what, test.text, got, test.want)
		}
	}
}
