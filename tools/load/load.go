package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"
)

const (
	group   = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/load"
	vaults  = "/providers/Microsoft.RecoveryServices/vaults"
	version = "?api-version=2025-08-01"
	backup  = "?api-version=2025-02-01"
)

// load is a number of clients that send requests as fast as they are answered.
type load struct {
	address  string
	client   *http.Client
	clients  int
	requests int // of each client

	mu     sync.Mutex
	times  map[string][]time.Duration // by operation
	codes  map[string]map[int]int     // by operation
	failed []string                   // the first few answers of 5xx, and requests without an answer
}

func newLoad(address string, client *http.Client, clients, requests int) *load {
	return &load{
		address: strings.TrimSuffix(address, "/"), client: client, clients: clients, requests: requests,
		times: map[string][]time.Duration{}, codes: map[string]map[int]int{},
	}
}

func (l *load) run(ctx context.Context) error {
	var all sync.WaitGroup
	for number := range l.clients {
		all.Go(func() {
			c := &oneClient{load: l, number: number}
			for n := range l.requests {
				c.step(ctx, n)
			}
		})
	}
	all.Wait()
	return ctx.Err()
}

// oneClient works on vaults of its own, one after the other.
type oneClient struct {
	*load

	number    int
	vault     string // path of the vault
	operation string // address of the vault's last operation
}

// A vault lives for this many requests.
const lifetime = 50

// step sends the nth request. Of a vault's life about a quarter are writes.
func (c *oneClient) step(ctx context.Context, n int) {
	generation := n / lifetime
	vm := fmt.Sprintf("%s/providers/Microsoft.Compute/virtualMachines/vm-%d-%d", group, c.number, generation)
	pair := fmt.Sprintf("iaasvmcontainerv2;load;vm-%d-%d", c.number, generation)
	item := c.vault + "/backupFabrics/Azure/protectionContainers/iaasvmcontainer;" + pair + "/protectedItems/vm;" + pair
	switch turn := n % lifetime; {
	case turn == 0:
		c.vault = fmt.Sprintf("%s%s/vault-%d-%d", group, vaults, c.number, generation)
		c.operation = c.send(ctx, "create vault", http.MethodPut, c.vault+version,
			map[string]any{"location": "eastasia", "sku": map[string]any{"name": "Standard"}, "properties": map[string]any{}}).Get("Azure-AsyncOperation")
	case turn == 10:
		c.send(ctx, "create policy", http.MethodPut, c.vault+"/backupPolicies/daily"+backup, policy)
	case turn == 20:
		c.send(ctx, "protect VM", http.MethodPut, item+backup, map[string]any{"properties": map[string]any{
			"protectedItemType": "Microsoft.Compute/virtualMachines", "sourceResourceId": vm, "policyId": c.vault + "/backupPolicies/DefaultPolicy",
		}})
	case turn == 30:
		c.send(ctx, "back up now", http.MethodPost, item+"/backup"+backup, map[string]any{"properties": map[string]any{"objectType": "IaasVMBackupRequest"}})
	case turn == 31:
		c.send(ctx, "list recovery points", http.MethodGet, item+"/recoveryPoints"+backup, nil)
	case turn == 32:
		c.send(ctx, "list jobs", http.MethodGet, c.vault+"/backupJobs"+backup, nil)
	case turn == lifetime-1 && generation%2 == 1:
		// It holds backups, and is refused.
		c.send(ctx, "delete vault", http.MethodDelete, c.vault+version, nil)
	case turn%10 == 1:
		if c.operation != "" {
			c.send(ctx, "poll operation", http.MethodGet, strings.TrimPrefix(c.operation, c.address), nil)
		}
	case turn%10 == 2, turn%10 == 5:
		c.send(ctx, "update vault", http.MethodPatch, c.vault+version, map[string]any{"tags": map[string]any{"turn": fmt.Sprint(turn)}})
	case turn%10 == 3:
		c.send(ctx, "list vaults", http.MethodGet, group+vaults+version, nil)
	case turn%10 == 4:
		c.send(ctx, "list policies", http.MethodGet, c.vault+"/backupPolicies"+backup, nil)
	default:
		c.send(ctx, "read vault", http.MethodGet, c.vault+version, nil)
	}
}

var policy = map[string]any{"properties": map[string]any{
	"backupManagementType": "AzureIaasVM", "timeZone": "UTC", "instantRpRetentionRangeInDays": 2,
	"schedulePolicy": map[string]any{
		"schedulePolicyType": "SimpleSchedulePolicy", "scheduleRunFrequency": "Daily", "scheduleRunTimes": []string{"2026-01-01T02:00:00Z"},
	},
	"retentionPolicy": map[string]any{
		"retentionPolicyType": "LongTermRetentionPolicy",
		"dailySchedule": map[string]any{
			"retentionTimes": []string{"2026-01-01T02:00:00Z"}, "retentionDuration": map[string]any{"count": 30, "durationType": "Days"},
		},
	},
}}

// send sends one request, notes what came of it, and returns the header of the answer.
func (c *oneClient) send(ctx context.Context, operation, method, path string, body any) http.Header {
	if ctx.Err() != nil {
		return nil
	}
	content := ""
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			panic(err) // it is written above
		}
		content = string(b)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.address+path, strings.NewReader(content))
	if err != nil {
		c.note(operation, 0, 0, err.Error())
		return nil
	}
	request.Header.Set("Content-Type", "application/json")
	began := time.Now()
	response, err := c.client.Do(request)
	if err != nil {
		c.note(operation, time.Since(began), 0, err.Error())
		return nil
	}
	answer, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil {
		c.note(operation, time.Since(began), 0, err.Error())
		return nil
	}
	c.note(operation, time.Since(began), response.StatusCode, string(answer))
	return response.Header
}

// note keeps what came of a request; code 0 is no answer.
func (l *load) note(operation string, taken time.Duration, code int, answer string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.times[operation] = append(l.times[operation], taken)
	if l.codes[operation] == nil {
		l.codes[operation] = map[int]int{}
	}
	l.codes[operation][code]++
	if (code == 0 || code >= http.StatusInternalServerError) && len(l.failed) < 5 {
		l.failed = append(l.failed, fmt.Sprintf("%s: %d %s", operation, code, answer))
	}
}

// verdict is an error when a request was answered with 5xx, or not at all.
func (l *load) verdict() error {
	if len(l.failed) > 0 {
		return fmt.Errorf("requests failed, such as:\n  %s", strings.Join(l.failed, "\n  "))
	}
	return nil
}

func (l *load) print(out io.Writer, taken time.Duration) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(table, "operation\trequests\tp50 ms\tp95 ms\tp99 ms\tmax ms\tanswers\t")
	total := 0
	for _, operation := range slices.Sorted(maps.Keys(l.times)) {
		times := slices.Sorted(slices.Values(l.times[operation]))
		total += len(times)
		var answers []string
		for _, code := range slices.Sorted(maps.Keys(l.codes[operation])) {
			answers = append(answers, fmt.Sprintf("%d: %d", code, l.codes[operation][code]))
		}
		_, _ = fmt.Fprintf(table, "%s\t%d\t%s\t%s\t%s\t%s\t%s\t\n", operation, len(times),
			percentile(times, 50), percentile(times, 95), percentile(times, 99), percentile(times, 100), strings.Join(answers, ", "))
	}
	_ = table.Flush()
	_, _ = fmt.Fprintf(out, "\n%d clients, %d requests in %.1f s: %.0f a second\n",
		l.clients, total, taken.Seconds(), float64(total)/taken.Seconds())
}

func percentile(sorted []time.Duration, p int) string {
	at := max(0, (len(sorted)*p+99)/100-1)
	return fmt.Sprintf("%.1f", float64(sorted[at])/float64(time.Millisecond))
}
