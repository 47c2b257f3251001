package vault

import (
	"encoding/json"
	"testing"
	"time"
)

// The states of an item are the same in any letter case; an item whose days of retention are not told is kept for a while
// that is not known.
func TestWhatAnItemSays(t *testing.T) {
	const item = `{"ID":"/subscriptions/s/resourceGroups/g/providers/Microsoft.RecoveryServices/vaults/v/backupFabrics/Azure/` +
		`protectionContainers/iaasvmcontainer;iaasvmcontainerv2;m;web/protectedItems/vm;iaasvmcontainerv2;m;web","Properties":{"ProtectionState":"`
	read := func(state, more string) ProtectedVM {
		var w wireItem
		if err := json.Unmarshal([]byte(item+state+`"`+more+`}}`), &w); err != nil {
			t.Fatal(err)
		}
		vm, err := w.protectedVM(time.Date(2026, 11, 24, 10, 0, 0, 250, time.UTC))
		if err != nil {
			t.Fatal(err)
		}
		return vm
	}
	for state, want := range map[string]string{
		"protectionStopped": StateStopped, "BACKUPSSUSPENDED": StateSuspended, "irpending": StateIRPending, "protected": StateProtected,
		"": "", "AsNew": "AsNew",
	} {
		if got := read(state, ``).State; got != want {
			t.Errorf("%s is %s", state, got)
		}
	}
	const deleted = `,"isScheduledForDeferredDelete":true,"deferredDeleteTimeInUTC":"2026-11-20T10:00:00Z"`
	for _, days := range []string{``, `,"softDeleteRetentionPeriodInDays":0`} {
		if got := read("ProtectionStopped", deleted+days); !got.SoftDeleted || !got.PurgeAt.IsZero() {
			t.Errorf("purged at %v", got.PurgeAt)
		}
	}
	if got := read("ProtectionStopped", deleted+`,"softDeleteRetentionPeriodInDays":1`); got.PurgeAt.Day() != 21 {
		t.Errorf("purged at %v", got.PurgeAt)
	}
	// As recorded in 2022, when items told what is left of the retention and not how long it is.
	for _, left := range []string{"9.23:59:43.8068908", "10.00:00:00"} {
		got := read("ProtectionStopped", deleted+`,"deferredDeleteTimeRemaining":"`+left+`"`)
		if want := time.Date(2026, 12, 4, 10, 0, 0, 0, time.UTC); !got.PurgeAt.Equal(want) {
			t.Errorf("%s left: purged at %v, want %v", left, got.PurgeAt, want)
		}
	}
}

// Lists have no extendedInfo: an item with a recovery point must not seem to have none.
func TestHowManyRecoveryPoints(t *testing.T) {
	for body, want := range map[string]*int{
		`{}`: new(0),
		`{"lastRecoveryPoint":"2026-11-24T10:00:07Z"}`:                                         nil,
		`{"lastRecoveryPoint":"2026-11-24T10:00:07Z","extendedInfo":{}}`:                       nil,
		`{"lastRecoveryPoint":"2026-11-24T10:00:07Z","extendedInfo":{"recoveryPointCount":3}}`: new(3),
		`{"extendedInfo":{"recoveryPointCount":0}}`:                                            new(0),
	} {
		var w wireItemProperties
		if err := json.Unmarshal([]byte(body), &w); err != nil {
			t.Fatal(err)
		}
		if got := w.recoveryPoints(); (got == nil) != (want == nil) || got != nil && *got != *want {
			t.Errorf("%s: %v, want %v", body, got, want)
		}
	}
}

// A time without a zone, which Azure was recorded to send of operations under way, and other odd ones, must not cost what is
// read with it.
func TestTimesOfTheService(t *testing.T) {
	at := time.Date(2026, 11, 24, 10, 0, 7, 123456700, time.UTC)
	for text, want := range map[string]time.Time{
		`"2026-11-24T10:00:07.1234567Z"`: at, `"2026-11-24T12:00:07.1234567+02:00"`: at, `"2026-11-24T10:00:07.1234567"`: at,
		`"0001-01-01T00:00:00"`: {}, `"0001-01-01T00:00:00Z"`: {}, `""`: {}, `null`: {}, `"soon"`: {}, `7`: {},
	} {
		read := struct{ At wireTime }{wireTime{time.Unix(1, 0)}}
		if err := json.Unmarshal([]byte(`{"At":`+text+`}`), &read); err != nil || !read.At.Equal(want) {
			t.Errorf("%s is %v, %v", text, read.At, err)
		}
	}
}

// DefaultPolicy of a vault from before there were two types has none, and items of it an empty one.
func TestPolicyWithoutAType(t *testing.T) {
	for _, kind := range []string{``, `,"policyType":""`, `,"policyType":null`} {
		var w wirePolicy
		body := `{"id":"/subscriptions/s/resourceGroups/g/providers/Microsoft.RecoveryServices/vaults/v/backupPolicies/DefaultPolicy",` +
			`"properties":{"backupManagementType":"AzureIaasVM","schedulePolicy":{}` + kind + `}}`
		if err := json.Unmarshal([]byte(body), &w); err != nil {
			t.Fatal(err)
		}
		if p, err := w.policy(); err != nil || p.Settings.Type != "V1" {
			t.Errorf("%s: %q, %v", kind, p.Settings.Type, err)
		}
	}
}
