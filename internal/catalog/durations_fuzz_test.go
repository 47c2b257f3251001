package catalog_test

import (
	"strings"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

func FuzzDurations(f *testing.F) {
	seed(f, "0s", "1d", "40d12h", "-1d", "999999d", "36500d", "36500d1ns", "100000d2562047h", "1h1d", "d", "+1d", "1d1d", "1.5h", "9223372036854775807ns", "1٠d")
	rules := []catalog.DurationRule{catalog.ProvisioningTime, catalog.OperationTime, catalog.BackupTime, catalog.ClockOffset, catalog.RetryAfter}
	f.Fuzz(func(t *testing.T, s string) {
		for _, rule := range rules {
			value, err := rule.Parse(s)
			if err != nil {
				continue
			}
			if longest, _ := catalog.ParseDuration(rule.Longest); value < 0 || value > longest {
				t.Fatalf("%q is a %s of %s", s, rule.What, value)
			}
		}
		value, err := catalog.ParseDuration(s)
		if plain, plainErr := time.ParseDuration(s); plainErr == nil && (err != nil || plain != value) {
			t.Fatalf("%q: %v %v, and Go's is %s", s, value, err, plain)
		}
		// Two terms of the same sign never make a sum of the other.
		if err == nil && !strings.Contains(s[min(1, len(s)):], "-") && strings.HasPrefix(s, "-") && value > 0 {
			t.Fatalf("%q is %s", s, value)
		}
		if err == nil && !strings.Contains(s, "-") && value < 0 {
			t.Fatalf("%q is %s", s, value)
		}
	})
}
