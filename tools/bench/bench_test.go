package main

import (
	"io"
	"maps"
	"strings"
	"testing"
	"time"
)

const vaultsPath = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults"

func TestKindOf(t *testing.T) {
	tests := []struct {
		method, path string
		want         callKind
	}{
		{"PUT", vaultsPath + "/bench-1", callPut},
		{"PATCH", vaultsPath + "/bench-1", callPatch},
		{"DELETE", vaultsPath + "/bench-1", callDelete},
		{"GET", vaultsPath + "/bench-1", callGet},
		{"GET", vaultsPath, callList},
		{"GET", "/subscriptions/1/providers/Microsoft.RecoveryServices/vaults", callList},
		{"GET", "/subscriptions/1/providers/Microsoft.RecoveryServices/locations/chinaeast/deletedVaults", callList},
		{"GET", vaultsPath + "/bench-1/operationStatus/MA==", callOperation},
		{"GET", vaultsPath + "/bench-1/operationResults/MA==", callOperation},
		{"GET", "/subscriptions/1/providers/Microsoft.RecoveryServices", callMetadata},
		{"GET", vaultsPath + "/bench-1/usages", callOther},
		{"HEAD", vaultsPath + "/bench-1", callOther},
		{"GET", "/subscriptions", callOther},
		{"GET", "/", callOther},
	}
	for _, test := range tests {
		if got := kindOf(test.method, test.path); got != test.want {
			t.Errorf("%s %s is %q, want %q", test.method, test.path, got, test.want)
		}
	}
}

func TestCountRequests(t *testing.T) {
	const log = `2026-11-23T05:47:19.581Z [DEBUG] provider: starting plugin: path=/tmp/provider args=["/tmp/provider"]
2026-11-23T05:47:19.882Z [DEBUG] provider.terraform-provider-backup_v0.0.1: ARM request: @module=backup method=PUT path=` + vaultsPath + `/a status=201
2026-11-23T05:47:19.882Z [DEBUG] provider.terraform-provider-backup_v0.0.1: ARM request: path=` + vaultsPath + `/a status=200 method=GET
2026-11-23T05:47:19.882Z [DEBUG] provider.terraform-provider-backup_v0.0.1: ARM request: path="` + vaultsPath + `/a/operationStatus/MA==" method=GET
2026-11-23T05:47:19.882Z [DEBUG] provider.terraform-provider-backup_v0.0.1: ARM request: broken
`
	want := map[callKind]int{callPut: 1, callGet: 1, callOperation: 1, callOther: 1}
	if got := countRequests(log); !maps.Equal(got, want) {
		t.Errorf("calls = %v, want %v", got, want)
	}
}

func TestMedian(t *testing.T) {
	self := func(n int) int { return n }
	for _, test := range []struct {
		of   []int
		want int
	}{{[]int{3}, 3}, {[]int{5, 1, 3}, 3}, {[]int{4, 1, 3, 2}, 2}} {
		if got := median(test.of, self); got != test.want {
			t.Errorf("median of %v is %d, want %d", test.of, got, test.want)
		}
	}
}

func TestTable(t *testing.T) {
	table := newTable("goal", "got")
	table.row("≤ 1.5", "1.25")
	var out strings.Builder
	table.print(&out)
	want := "| goal  |  got |\n|-------|-----:|\n| ≤ 1.5 | 1.25 |\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{7: "7", 100: "100", 1000: "1,000", 1234567: "1,234,567"} {
		if got := thousands(n); got != want {
			t.Errorf("thousands(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestWaitPart(t *testing.T) {
	w := wait{provisioning: 2 * time.Second, waited: 2500 * time.Millisecond}
	if part, ok := w.part(); !ok || part != 0.25 {
		t.Errorf("part = %v, %v, want 0.25", part, ok)
	}
	if _, ok := (wait{waited: time.Second}).part(); ok {
		t.Error("a vault that is Active at once has nothing to compare with")
	}
}

// What is compared is compared with a latency; without one it would quietly not be measured.
func TestRivalsNeedALatency(t *testing.T) {
	for _, flag := range []string{"-against", "-azurerm"} {
		if _, err := parseFlags([]string{flag, "bench.go"}, io.Discard); err == nil || !strings.Contains(err.Error(), "-latency") {
			t.Errorf("%s: %v", flag, err)
		}
	}
}

// A vault protects 1,000 VMs, so that more of them need more vaults.
func TestDistantVMsFitIntoTheirVaults(t *testing.T) {
	for count, vaults := range map[int]string{1: "count  = 1\n", 1000: "count  = 1\n", 1001: "count  = 2\n", 5000: "count  = 5\n"} {
		if got := distantVMs(rival{source: providerSource}, "https://127.0.0.1:1", count); !strings.Contains(got, vaults) {
			t.Errorf("%d VMs:\n%s", count, got)
		}
	}
}
