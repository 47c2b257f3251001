package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// Every flag that sets up the embedded service has to get there.
func TestFlagsReachTheService(t *testing.T) {
	t.Parallel()
	const (
		subscription = "/subscriptions/00000000-0000-4000-8000-000000000003"
		group        = subscription + "/resourceGroups/group"
		vaults       = group + "/providers/Microsoft.RecoveryServices/vaults/"
		machines     = group + "/providers/Microsoft.Compute/virtualMachines/"
		pair         = "iaasvmcontainerv2;group;web"
		item         = vaults + "main/backupFabrics/Azure/protectionContainers/iaasvmcontainer;" + pair + "/protectedItems/vm;" + pair
		newVersion   = "?api-version=2026-08-01"
	)
	p := serve(t, &http.Client{Timeout: time.Minute}, "--database", t.TempDir()+"/v.db",
		"--subscription", strings.TrimPrefix(subscription, "/subscriptions/")+"=Rehearsal", "--strict-resource-groups",
		"--virtual-machine", machines+"web=eastasia", "--virtual-machine", machines+"db=eastasia", "--provisioning-time", "100ms", "--operation-time", "1ms", "--retry-after", "1500ms",
		"--clock-offset", "40d", "--reads-per-second", "1000",
		"--faults", writeFile(t, `{"failed_vaults":[{"name":"bad","code":"BadDay"}],"failed_backups":[{"name":"web","code":"BadNight","start_time":"2020-01-01T00:00:00Z"}],`+
			`"threats":[{"name":"db","title":"Ransomware"}]}`))

	all := p.get(subscriptions).want(http.StatusOK, "")
	if !strings.Contains(all.body, `"displayName":"Rehearsal"`) || strings.Contains(all.body, sub) {
		t.Errorf("subscriptions %s", all.body)
	}
	if date, err := http.ParseTime(all.header.Get("Date")); err != nil || time.Until(date) < 39*24*time.Hour {
		t.Errorf("it is %s there, %v", date, err)
	}
	if p.get(subscription+version).want(http.StatusOK, "").header.Get("x-ms-ratelimit-remaining-subscription-reads") == "" {
		t.Error("reads are not limited")
	}

	p.do(http.MethodPut, vaults+"main"+version, minimal).want(http.StatusNotFound, "ResourceGroupNotFound")
	p.do(http.MethodPut, group+version, `{"location":"eastasia"}`).want(http.StatusCreated, "")
	created := p.do(http.MethodPut, vaults+"main"+version, minimal).want(http.StatusCreated, "").header
	if created.Get("Retry-After") != "2" || created.Get("retry-after-ms") != "1500" {
		t.Errorf("Retry-After %q and %q ms, want 2 and 1500", created.Get("Retry-After"), created.Get("retry-after-ms"))
	}
	p.do(http.MethodPut, vaults+"bad"+version, minimal).want(http.StatusCreated, "")
	vaultIs := func(name, state string) {
		t.Helper()
		until(t, name+" is "+state, func() bool {
			return strings.Contains(p.get(vaults+name+version).want(http.StatusOK, "").body, `"provisioningState":"`+state+`"`)
		})
	}
	vaultIs("main", "Succeeded")
	vaultIs("bad", "Failed")

	p.get(machines+"web"+version).want(http.StatusOK, "")
	p.get(machines+"other"+version).want(http.StatusNotFound, "ResourceNotFound")
	p.do(http.MethodPut, item+version, `{"properties":{"protectedItemType":"Microsoft.Compute/virtualMachines",`+
		`"sourceResourceId":"`+machines+`web","policyId":"`+vaults+`main/backupPolicies/DefaultPolicy"}}`).want(http.StatusAccepted, "")
	until(t, "the VM is protected", func() bool {
		return p.do(http.MethodPost, item+"/backup"+version, `{"properties":{"objectType":"IaasVMBackupRequest"}}`).status == http.StatusAccepted
	})
	until(t, "the backup fails", func() bool {
		return strings.Contains(p.get(vaults+"main/backupJobs"+version).want(http.StatusOK, "").body, "BadNight")
	})

	scanned := strings.ReplaceAll(item, ";web", ";db")
	p.do(http.MethodPut, scanned+version, `{"properties":{"protectedItemType":"Microsoft.Compute/virtualMachines",`+
		`"sourceResourceId":"`+machines+`db","policyId":"`+vaults+`main/backupPolicies/DefaultPolicy"}}`).want(http.StatusAccepted, "")
	for _, action := range [][2]string{{"configureSourceScan", `{"sourceScanAction":"Enable"}`}, {"backup", `{"properties":{"objectType":"IaasVMBackupRequest"}}`}} {
		until(t, action[0], func() bool {
			return p.do(http.MethodPost, scanned+"/"+action[0]+newVersion, action[1]).status == http.StatusAccepted
		})
	}
	until(t, "a threat is found", func() bool {
		return strings.Contains(p.get(scanned+"/recoveryPoints"+newVersion).want(http.StatusOK, "").body, `"threatTitle":"Ransomware"`)
	})
}
