package page_test

import (
	"fmt"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// vaultPath is the page of a vault in the group "backup".
func vaultPath(name string) string {
	return "/vaults/" + embedded.DefaultSubscriptionID + "/backup/" + name
}

func TestVault(t *testing.T) {
	s := furnished(t)
	a := s.get(vaultPath("contoso-production")).want(http.StatusOK, "<title>contoso-production · Backup vaults</title>",
		"<h1>contoso-production</h1>",
		// Overview
		"<dd>Active</dd>", `China East 2 <span class="muted">(chinaeast2)</span>`, "<dd>Embedded backup service</dd>",
		`Geo-redundant <span class="lock"><svg aria-hidden="true"><use href="#icon-locked"/></svg>Locked</span>`,
		"<dd>Always on, 14 days</dd>", `<span class="tag-name">owner</span><span>platform team</span>`,
		`<code id="arm-id">`+vaultID("contoso-production")+`</code>`,
		// Policies
		"Every day at 23:00", "<li>Daily: 14 days</li>", "<li>Weekly (Sunday): 12 weeks</li>", "<li>Monthly (the last day): 24 months</li>",
		"<li>Snapshots for instant restore: 3 days</li>", "<li>To the archive after 6 months</li>", "China Standard Time",
		"Enhanced, built in", "Every 4 hours from 08:00, for 12 hours",
		// Protected VMs
		"2 VMs, and 1 soft-deleted", `<h3 id="item-1">database-1</h3>`, `<h3 id="item-3">retired-1</h3>`, "Soft-deleted</span>",
		`<dt>Deleted</dt><dd><time datetime="2027-01-20T09:00:00Z">20 Jan 2027, 09:00 UTC</time>`,
		`<dt>Purged</dt><dd><time datetime="2027-02-03T09:00:00Z">3 Feb 2027, 09:00 UTC</time>`,
		// Jobs
		"Delete backup data", "Configure backup", "The newest 20 jobs", "20 minutes",
		`<time datetime="2027-01-20T09:00:00Z">20 Jan 2027, 09:00 UTC</time>`,
		// Usage
		"<dt>Protected VMs</dt><dd>2</dd>", "<dt>Failed jobs, last day</dt><dd>0</dd>",
	)
	if n := strings.Count(a.body, "<h1"); n != 1 {
		t.Errorf("the page has %d first headings", n)
	}
	// An id in any letter case is the same vault's.
	s.get("/vaults/"+strings.ToUpper(embedded.DefaultSubscriptionID)+"/BACKUP/Contoso-Production").want(http.StatusOK, "<h1>contoso-production</h1>")
}

// What came with Azure's API versions of 2026 is shown where somebody has chosen it.
func TestVault_newerSettings(t *testing.T) {
	s := start(t)
	id := s.makeVault("contoso", "swedencentral")
	a := s.get(vaultPath("contoso")).want(http.StatusOK, "<dt>Immutability</dt><dd>Disabled</dd>")
	for _, text := range []string{"Region of choice", "<dt>Costs", "Scan for threats"} {
		if strings.Contains(a.body, text) {
			t.Errorf("%q is shown of a vault where nobody has chosen it", text)
		}
	}
	s.arm(http.MethodPatch, id+"?api-version=2026-07-01", `{"properties":{"securitySettings":{
		"immutabilitySettings":{"state":"Unlocked","configuration":{"type":"TimeBased","durationInDays":90}},"sourceScanConfiguration":{"state":"Enabled"}},
		"costManagementSettings":{"granularityLevel":"ProtectedItemLevel"},"regionOfChoiceSettings":{"status":"Enabled"}}}`)
	s.get(vaultPath("contoso")).want(http.StatusOK, "<dt>Immutability</dt><dd>Unlocked, 90 days</dd>", "<dt>Region of choice</dt><dd>Enabled</dd>",
		"<dt>Costs</dt><dd>By VM</dd>", "<dt>Scan for threats</dt><dd>Enabled</dd>", `immutability = <span class="string">&#34;Unlocked&#34;</span>`)
}

func TestVault_resourceGuard(t *testing.T) {
	s := furnished(t)
	s.get(vaultPath("contoso-production")).wantNot("Resource guard")
	const guard = "/subscriptions/00000000-0000-4000-8000-0000000000aa/resourcegroups/security/providers/Microsoft.DataProtection/resourceGuards/backups"
	s.arm(http.MethodPut, vaultID("contoso-production")+"/backupResourceGuardProxies/VaultProxy", `{"properties":{"resourceGuardResourceId":"`+guard+`"}}`)
	s.get(vaultPath("contoso-production")).want(http.StatusOK, "<dt>Resource guard</dt><dd class=\"id\"><code>"+guard+"</code></dd>")
}

// TestVault_timeLine holds the picture against the table beside it.
func TestVault_timeLine(t *testing.T) {
	s := furnished(t)
	a := s.get(vaultPath("contoso-production")).want(http.StatusOK)
	_, item, _ := strings.Cut(a.body, `<h3 id="item-2">web-1</h3>`)
	item, _, _ = strings.Cut(item, "</article>")
	web := &answer{t, http.StatusOK, nil, item}
	web.want(http.StatusOK, `<svg role="img" aria-labelledby="item-2-line-title" aria-describedby="item-2-line-text"`,
		`<title id="item-2-line-title">Recovery points of web-1</title>`,
		"33 recovery points from 31 May 2026, 15:00 UTC to 20 Jan 2027, 09:00 UTC: 12 daily, 12 weekly, 8 monthly and 1 on demand.",
		"33 recovery points as a table", "Older time is drawn closer together.", ">Monthly · 8<", ">On demand · 1<",
		"31 May 2026, 15:00 UTC, archive, expires 31 May 2028, 15:00 UTC",
		"20 Jan 2027, 09:00 UTC, snapshot and vault, expires 19 Feb 2027, 09:00 UTC",
	)
	checkMarks(t, item, s.clock.Now(), time.Date(2026, 5, 31, 15, 0, 0, 0, time.UTC))
	for part, want := range map[string]int{
		`class="mark diamond" x="`:       5, // 3 days of snapshots, the one on demand, and that in the legend
		`class="mark square" x="`:        3,
		`class="mark circle" x="`:        28,
		`<tr role="row"><th scope="row"`: 33,
		`data-label="Where">Archive`:     2,
	} {
		if got := strings.Count(item, part); got != want {
			t.Errorf("got %d of %q, want %d", got, part, want)
		}
	}
}

// checkMarks compares where the marks are with when the points were taken: the oldest on the left, now on the right, and
// between them by the root of their age; each on the line of its rule.
func checkMarks(t *testing.T, item string, now, oldest time.Time) {
	t.Helper()
	lines := map[string]string{}
	for _, lane := range regexp.MustCompile(`y1="(\d+)" y2="\d+"/><text class="lane-name"[^>]*>([^·]*) ·`).FindAllStringSubmatch(item, -1) {
		lines[lane[2]] = lane[1]
	}
	rules := map[string]string{} // by the time of a point, from the table
	for _, row := range regexp.MustCompile(`<th scope="row" role="rowheader"><time datetime="([^"]*)">.*?data-label="Kept by">([^<]*)<`).FindAllStringSubmatch(item, -1) {
		at, err := time.Parse(time.RFC3339, row[1])
		if err != nil {
			t.Fatal(err)
		}
		rules[at.Truncate(time.Minute).Format(time.RFC3339)] = row[2] // the marks have no seconds
	}
	marks := regexp.MustCompile(`x="([\d.]+)%" y="(\d+)"><title>(.*? UTC)`).FindAllStringSubmatch(item, -1)
	for _, mark := range marks {
		at, err := time.Parse("2 Jan 2006, 15:04 UTC", mark[3])
		if err != nil {
			t.Fatal(err)
		}
		want := 98.5 - 97*math.Sqrt(float64(now.Sub(at))/float64(now.Sub(oldest)))
		if got, err := strconv.ParseFloat(mark[1], 64); err != nil || math.Abs(got-want) > 0.01 {
			t.Errorf("the point of %v is at %v%%, want %.2f%%", at, got, want)
		}
		if line := lines[rules[at.Format(time.RFC3339)]]; mark[2] != line || line == "" {
			t.Errorf("the point of %v is at the height %s, want %s", at, mark[2], line)
		}
	}
	if len(marks) != 33 {
		t.Errorf("there are %d marks", len(marks))
	}
	// Half of the way is a quarter of the time.
	if half := now.Add(-now.Sub(oldest) / 4).Format("2 Jan 2006"); !strings.Contains(item, `x="50.00%" y="160" dy="-4" text-anchor="middle">`+half+"<") {
		t.Errorf("%s is not in the middle", half)
	}
}

// TestVault_many has more recovery points, and more VMs, than are shown at once.
func TestVault_many(t *testing.T) {
	s := start(t)
	vault := s.makeVault("contoso", "eastus")
	hourly := s.makePolicy(vault, "hourly", `{"properties":{"backupManagementType":"AzureIaasVM","policyType":"V2","timeZone":"UTC",
"schedulePolicy":{"schedulePolicyType":"SimpleSchedulePolicyV2","scheduleRunFrequency":"Hourly",
"hourlySchedule":{"interval":4,"scheduleWindowStartTime":"2026-01-01T08:00:00Z","scheduleWindowDuration":24}},
"retentionPolicy":{"retentionPolicyType":"LongTermRetentionPolicy",
"dailySchedule":{"retentionTimes":["2026-01-01T08:00:00Z"],"retentionDuration":{"count":90,"durationType":"Days"}}}}}`)
	s.protect(vault, "vm-00", hourly)
	s.clock.Advance(70 * 24 * time.Hour)
	a := s.get(vaultPath("contoso")).want(http.StatusOK, "The newest 300 of 420 are shown.", "300 recovery points as a table")
	a.wantNot("Older time is drawn closer together.") // the 300 are of 50 days
	for i := 1; i < 25; i++ {
		s.protect(vault, fmt.Sprintf("vm-%02d", i), vault+"/backupPolicies/DefaultPolicy")
	}
	s.get(vaultPath("contoso")+"?page=3").want(http.StatusOK, "25 VMs", "21 to 25 of 25", "<h3 id=\"item-25\">vm-24</h3>",
		"No recovery points yet.", "First backup pending", `href="`+vaultPath("contoso")+`?page=2#items"`).wantNot("vm-19</h3>")
}

func TestVault_policyWords(t *testing.T) {
	const weekly = `{"properties":{"backupManagementType":"AzureIaasVM","timeZone":"UTC",
"schedulePolicy":{"schedulePolicyType":"SimpleSchedulePolicy","scheduleRunFrequency":"Weekly",
"scheduleRunDays":["Monday","Thursday"],"scheduleRunTimes":["2026-01-01T04:30:00Z"]},
"retentionPolicy":{"retentionPolicyType":"LongTermRetentionPolicy",
"weeklySchedule":{"daysOfTheWeek":["Monday","Thursday"],"retentionTimes":["2026-01-01T04:30:00Z"],"retentionDuration":{"count":1,"durationType":"Weeks"}},
"yearlySchedule":{"monthsOfYear":["January","July"],"retentionScheduleFormatType":"Weekly",
"retentionScheduleWeekly":{"daysOfTheWeek":["Monday"],"weeksOfTheMonth":["First","Last"]},
"retentionTimes":["2026-01-01T04:30:00Z"],"retentionDuration":{"count":7,"durationType":"Years"}}}}}`
	s := start(t)
	s.makePolicy(s.makeVault("contoso", "eastus"), "weekly", weekly)
	s.get(vaultPath("contoso")).want(http.StatusOK, "3 policies", "Every Monday and Thursday at 04:30",
		"Weekly (Monday and Thursday): 1 week", "Yearly (the first and last Monday of January and July): 7 years")
}

// TestVault_failedJob shows what went wrong, in the service's words.
func TestVault_failedJob(t *testing.T) {
	s := start(t, func(c *embedded.Config) {
		c.FailBackup = func(string) *embedded.Fault {
			return &embedded.Fault{Code: "UserErrorGuestAgent", Message: "The <agent> of the VM does not answer."}
		}
	})
	vault := s.makeVault("contoso", "eastus")
	item := s.protect(vault, "web-1", vault+"/backupPolicies/DefaultPolicy")
	s.clock.Advance(time.Minute)
	s.backUp(item)
	s.clock.Advance(time.Minute)
	s.get(vaultPath("contoso")).want(http.StatusOK, `<use href="#icon-failed"/></svg>Failed</span>`,
		"UserErrorGuestAgent: The &lt;agent&gt; of the VM does not answer.", "<dt>Failed jobs, last day</dt><dd>1</dd>",
		`<span class="muted">(Failed)</span>`, "On demand")
}

// TestVault_threats shows which points are clean and which cannot be deleted, and says nothing where nobody asked for either.
func TestVault_threats(t *testing.T) {
	s := start(t, func(c *embedded.Config) {
		c.Threats = []embedded.Threat{{Machine: "web-1", From: time.Date(2026, 5, 3, 0, 0, 0, 0, time.UTC), Title: "<Ransomware>", Severity: "Critical"}}
	})
	vault := s.makeVault("contoso", "eastus")
	policy := s.makePolicy(vault, "nightly", nightly)
	s.arm(http.MethodPut, policy+"?api-version=2026-10-01", strings.Replace(nightly, `"properties":{`, `"properties":{"instantAccessSnapshotEnabled":true,"instantAccessDurationMinutes":90,`, 1))
	item := s.protect(vault, "web-1", policy)
	s.clock.Advance(24 * time.Hour)
	s.get(vaultPath("contoso")).want(http.StatusOK, "Snapshots of fast disks can be restored from at once for 90 minutes").
		wantNot(`data-label="Threats"`, "<dt>Scan</dt>")
	s.arm(http.MethodPost, item+"/configureSourceScan?api-version=2026-07-01", `{"sourceScanAction":"Enable"}`)
	s.arm(http.MethodPatch, vault+"?api-version=2026-07-01", `{"properties":{"securitySettings":{"immutabilitySettings":{"state":"Unlocked"}}}}`)
	s.clock.Advance(48 * time.Hour)
	s.get(vaultPath("contoso")).want(http.StatusOK, "<dt>Scan</dt><dd>Configured, suspicious</dd>",
		`data-label="Threats">Unhealthy, &lt;Ransomware&gt; (critical)</td>`, `data-label="Threats">None found</td>`, `data-label="Threats">Not scanned</td>`,
		`data-label="Immutable">Until it expires</td>`)
}

func TestVault_protectionStates(t *testing.T) {
	s := start(t)
	vault := s.makeVault("contoso", "eastus")
	item := s.protect(vault, "web-1", vault+"/backupPolicies/DefaultPolicy")
	s.get(vaultPath("contoso")).want(http.StatusOK, `<use href="#icon-creating"/></svg>First backup pending</span>`)
	s.clock.Advance(25 * time.Hour)
	s.get(vaultPath("contoso")).want(http.StatusOK, `<use href="#icon-active"/></svg>Protected</span>`)
	s.arm(http.MethodPut, item, `{"properties":{"protectedItemType":"Microsoft.Compute/virtualMachines","protectionState":"ProtectionStopped","sourceResourceId":"`+vmID("web-1")+`"}}`)
	s.get(vaultPath("contoso")).want(http.StatusOK, `<use href="#icon-paused"/></svg>Protection stopped</span>`,
		`data-label="Expires">Never`) // its points are kept
}

// TestVault_hostile has text of users where it could do harm: in the page, in attributes and in the Terraform to copy.
func TestVault_hostile(t *testing.T) {
	const value = `</dd><script>alert(1)</script>" onmouseover="alert(2) ${file(\"/etc/passwd\")} %{ if true } \\ 'x'`
	s := start(t)
	s.makeVault("contoso", "eastus", `,"tags":{"`+"${a}'b\\\"c"+`":`+quote(value)+`}`)
	a := s.get(vaultPath("contoso")).want(http.StatusOK, "&lt;/dd&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#34; onmouseover=&#34;")
	a.wantNot("<script>alert", `" onmouseover="`)
	if n := strings.Count(a.body, "<script"); n != 1 {
		t.Errorf("the page has %d scripts, not only its own", n)
	}
	want := `    "$${a}'b\"c" = "</dd><script>alert(1)</script>\" onmouseover=\"alert(2) $${file(\\\"/etc/passwd\\\")} %%{ if true } \\\\ 'x'"`
	if got := a.code("step-redundancy"); !strings.Contains(got, want) {
		t.Errorf("got\n%s\nwithout\n%s", got, want)
	}
	s.get("/vaults/%3Cscript%3E/%22x%22/%3Cimg%20src=x%3E").want(http.StatusNotFound, "&lt;img src=x&gt;").wantNot("<img")
}

func TestVault_gone(t *testing.T) {
	s := start(t)
	id := s.makeVault("contoso", "eastus")
	s.get(vaultPath("contoso")).want(http.StatusOK)
	s.arm(http.MethodDelete, id, "")
	s.get(vaultPath("Contoso")).want(http.StatusNotFound, "<h1>This vault was deleted</h1>", "was deleted on 1 May 2026, 12:00 UTC.").
		wantNot("undelete") // it held nothing
	for _, path := range []string{
		vaultPath("never"), "/vaults/nonsense/backup/contoso", "/vaults/00000000-0000-4000-8000-00000000000f/backup/contoso",
		"/vaults/" + embedded.DefaultSubscriptionID + "/backup/a%2Fb", "/vaults/" + embedded.DefaultSubscriptionID + "/%2e%2e/contoso",
	} {
		s.get(path).want(http.StatusNotFound, "<h1>There is no such vault</h1>", `href="/"`)
	}
}

// TestVault_deleted says how long a deleted vault with soft-deleted backups can be brought back.
func TestVault_deleted(t *testing.T) {
	s := start(t)
	id := s.makeVault("contoso", "eastus")
	item := s.protect(id, "web-1", id+"/backupPolicies/DefaultPolicy")
	s.clock.Advance(48 * time.Hour)
	s.arm(http.MethodDelete, item, "")
	s.arm(http.MethodDelete, id, "")
	s.get(vaultPath("contoso")).want(http.StatusNotFound, "<h1>This vault was deleted</h1>", "was deleted on 3 May 2026, 12:00 UTC.",
		"Its soft-deleted backups are kept until 17 May 2026, 12:00 UTC.", "POST "+sub+"/providers/Microsoft.RecoveryServices/locations/eastus/deletedVaults/backup_").
		wantNot("name, are kept")
	// Its name is free. What is deleted under it later, elsewhere and empty, does not hide the backups.
	s.clock.Advance(24 * time.Hour)
	s.arm(http.MethodDelete, s.makeVault("contoso", "westus"), "")
	s.get(vaultPath("contoso")).want(http.StatusNotFound, "was deleted on 4 May 2026, 12:00 UTC.",
		"The soft-deleted backups of the one that was deleted on 3 May 2026, 12:00 UTC are kept until 17 May 2026, 12:00 UTC.", "locations/eastus/deletedVaults/backup_").
		wantNot("Its soft-deleted backups")
	s.clock.Advance(15 * 24 * time.Hour)
	s.get(vaultPath("contoso")).want(http.StatusNotFound, "<h1>There is no such vault</h1>")
}

func TestVault_quickStart(t *testing.T) {
	s := start(t, func(c *embedded.Config) {
		c.ProvisioningTime = time.Minute
		c.VirtualMachines = map[string]string{vmID("web-1"): "eastus", vmID("2nd.VM"): "eastus", vmID("far"): "westus"}
		c.FailProvisioning = func(id string) *embedded.Fault {
			if strings.HasSuffix(id, "broken") {
				return &embedded.Fault{Code: "InternalServerError", Message: "No."}
			}
			return nil
		}
	})
	steps := func(want string) *answer {
		t.Helper()
		a := s.get(vaultPath("contoso-1")).want(http.StatusOK)
		var got []string
		for _, step := range strings.Split(a.body, `<span class="step-title">`)[1:] {
			title, rest, _ := strings.Cut(step, "</span>")
			_, rest, _ = strings.Cut(rest, `<span class="step-state">`)
			state, _, _ := strings.Cut(rest, "</span>")
			got = append(got, title+": "+state)
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("got the steps %s\nwant %s", strings.Join(got, ", "), want)
		}
		return a
	}
	codeHas := func(a *answer, id string, parts ...string) {
		t.Helper()
		for _, part := range parts {
			if code := a.code(id); !strings.Contains(code, part) {
				t.Errorf("%s has no %q:\n%s", id, part, code)
			}
		}
	}

	id := s.makeVault("contoso-1", "eastus")
	s.makeVault("broken", "eastus")
	steps("Wait until the vault is Active: next, Choose the storage redundancy: later, Add a backup policy: later, Protect a VM: later, Back up now: later")

	s.clock.Advance(time.Hour)
	a := steps("Choose the storage redundancy: next, Add a backup policy: later, Protect a VM: later, Back up now: later")
	codeHas(a, "step-redundancy", "to = backup_vault.contoso_1\n", `id = "`+id+`"`, `region              = "East US"`,
		`storage_redundancy  = "GeoRedundant" # or LocallyRedundant, ZoneRedundant`)
	codeHas(a, "step-policy", `vault_id = "`+id+`"`)
	codeHas(a, "step-protect", `resource "backup_protected_vm" "vm_2nd_vm" {`, `source_vm_id     = "`+vmID("2nd.VM")+`"`,
		`backup_policy_id = "`+id+`/backupPolicies/DefaultPolicy"`)
	codeHas(a, "step-backup", "protected_vm_id = backup_protected_vm.vm_2nd_vm.id")

	policy := s.makePolicy(id, "nightly", nightly)
	a = steps("Choose the storage redundancy: optional, Backup policy added: done, Protect a VM: next, Back up now: later")
	codeHas(a, "step-protect", `backup_policy_id = "`+policy+`"`)

	item := s.protect(id, "web-1", policy)
	a = steps("Storage redundancy chosen: done, Backup policy added: done, VM protected: done, Back up now: next")
	codeHas(a, "step-redundancy", `storage_redundancy  = "GeoRedundant"`+"\n")
	codeHas(a, "step-backup", `action "backup_now" "web_1" {`, `protected_vm_id = "`+item+`"`)
	codeHas(a, "step-invoke", "terraform apply -invoke=action.backup_now.web_1")

	s.clock.Advance(48 * time.Hour)
	steps("Storage redundancy chosen: done, Backup policy added: done, VM protected: done, Back up now: optional")

	s.get(vaultPath("broken")).want(http.StatusOK, "Create it once more", "terraform apply again").wantNot("step-redundancy")
}
