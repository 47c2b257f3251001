package page_test

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/server/page"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

const sub = "/subscriptions/" + embedded.DefaultSubscriptionID

// clock is a clock that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// site is the page of an embedded service.
type site struct {
	tb      testing.TB
	store   *store.Store
	clock   *clock
	service http.Handler
	handler http.Handler
}

func start(tb testing.TB, configure ...func(*embedded.Config)) *site {
	tb.Helper()
	st, err := store.Open(tb.Context(), filepath.Join(tb.TempDir(), "backup-vaults.db"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := st.Close(); err != nil {
			tb.Error(err)
		}
	})
	s := &site{tb: tb, store: st, clock: &clock{now: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)}}
	config := embedded.Config{Store: st, Now: s.clock.Now}
	for _, f := range configure {
		f(&config)
	}
	s.service = embedded.New(config)
	s.handler = page.New(s.service, page.Options{Now: config.Now})
	return s
}

// arm sends a request of another client to the service, which has to succeed.
func (s *site) arm(method, path, body string) {
	s.tb.Helper()
	if !strings.Contains(path, "?") {
		path += "?api-version=2025-08-01"
	}
	request := httptest.NewRequestWithContext(s.tb.Context(), method, embedded.Endpoint+strings.ReplaceAll(path, " ", "%20"), strings.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	s.service.ServeHTTP(answer, request)
	if answer.Code >= http.StatusMultipleChoices {
		s.tb.Fatalf("%s %s: %d %s", method, path, answer.Code, answer.Body)
	}
}

// vaultID is the id of a vault in the group "backup".
func vaultID(name string) string {
	return sub + "/resourceGroups/backup/providers/Microsoft.RecoveryServices/vaults/" + name
}

// makeVault makes a vault in the group "backup"; more are members of its body, each with a comma in front.
func (s *site) makeVault(name, region string, more ...string) string {
	s.tb.Helper()
	id := vaultID(name)
	s.arm(http.MethodPut, id, `{"location":"`+region+`","sku":{"name":"Standard"}`+strings.Join(more, "")+`}`)
	return id
}

// nightly is a policy with every rule of retention.
const nightly = `{"properties":{"backupManagementType":"AzureIaasVM","policyType":"V1","timeZone":"China Standard Time",
"instantRpRetentionRangeInDays":3,
"schedulePolicy":{"schedulePolicyType":"SimpleSchedulePolicy","scheduleRunFrequency":"Daily","scheduleRunTimes":["2026-01-01T23:00:00Z"]},
"retentionPolicy":{"retentionPolicyType":"LongTermRetentionPolicy",
"dailySchedule":{"retentionTimes":["2026-01-01T23:00:00Z"],"retentionDuration":{"count":14,"durationType":"Days"}},
"weeklySchedule":{"daysOfTheWeek":["Sunday"],"retentionTimes":["2026-01-01T23:00:00Z"],"retentionDuration":{"count":12,"durationType":"Weeks"}},
"monthlySchedule":{"retentionScheduleFormatType":"Daily","retentionScheduleDaily":{"daysOfTheMonth":[{"date":0,"isLast":true}]},
"retentionTimes":["2026-01-01T23:00:00Z"],"retentionDuration":{"count":24,"durationType":"Months"}}},
"tieringPolicy":{"ArchivedRP":{"tieringMode":"TierAfter","duration":6,"durationType":"Months"}}}}`

func (s *site) makePolicy(vault, name, body string) string {
	s.tb.Helper()
	id := vault + "/backupPolicies/" + name
	s.arm(http.MethodPut, id, body)
	return id
}

func itemID(vault, vm string) string {
	pair := "iaasvmcontainerv2;shop;" + vm
	return vault + "/backupFabrics/Azure/protectionContainers/iaasvmcontainer;" + pair + "/protectedItems/vm;" + pair
}

func vmID(name string) string {
	return sub + "/resourceGroups/shop/providers/Microsoft.Compute/virtualMachines/" + name
}

func (s *site) protect(vault, vm, policy string) string {
	s.tb.Helper()
	id := itemID(vault, vm)
	s.arm(http.MethodPut, id, fmt.Sprintf(`{"properties":{"protectedItemType":"Microsoft.Compute/virtualMachines","policyId":%q,"sourceResourceId":%q}}`,
		policy, vmID(vm)))
	return id
}

func (s *site) backUp(item string) {
	s.tb.Helper()
	s.arm(http.MethodPost, item+"/backup", `{"properties":{"objectType":"IaasVMBackupRequest"}}`)
}

// answer is what the page answered.
type answer struct {
	tb     testing.TB
	status int
	header http.Header
	body   string
}

func (s *site) do(method, path string) *answer {
	s.tb.Helper()
	recorded := httptest.NewRecorder()
	s.handler.ServeHTTP(recorded, httptest.NewRequestWithContext(s.tb.Context(), method, "http://127.0.0.1:10800"+path, nil))
	body, err := io.ReadAll(recorded.Result().Body)
	if err != nil {
		s.tb.Fatal(err)
	}
	return &answer{s.tb, recorded.Code, recorded.Result().Header, string(body)}
}

func (s *site) get(path string) *answer { s.tb.Helper(); return s.do(http.MethodGet, path) }

// want checks the status, and that the page has the given parts.
func (a *answer) want(status int, parts ...string) *answer {
	a.tb.Helper()
	if a.status != status {
		a.tb.Fatalf("got %d, want %d: %s", a.status, status, a.body)
	}
	for _, part := range parts {
		if !strings.Contains(a.body, part) {
			a.tb.Errorf("the page has no %q", part)
		}
	}
	return a
}

func (a *answer) wantNot(parts ...string) {
	a.tb.Helper()
	for _, part := range parts {
		if strings.Contains(a.body, part) {
			a.tb.Errorf("the page has %q", part)
		}
	}
}

func quote(s string) string {
	b, _ := json.Marshal(s) // a string marshals always
	return string(b)
}

func unescape(s string) string { return html.UnescapeString(s) }
