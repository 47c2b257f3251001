package vault

import (
	"encoding/json"
	"testing"
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
		vm, err := w.protectedVM()
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
}
