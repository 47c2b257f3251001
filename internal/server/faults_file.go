package server

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// faults are what a file of faults says.
type faults struct {
	rules   *embedded.Faults
	vaults  []*failure
	backups []*failure             // that somebody asks for
	timed   []embedded.BackupFault // of backups by the time at which they begin
	threats []embedded.Threat
}

// faultRule is an embedded.FaultRule in the file.
type faultRule struct {
	Method     string   `json:"method"`
	Kind       string   `json:"kind"`
	Path       string   `json:"path"`
	From       int      `json:"from"`
	Times      times    `json:"times"`
	Delay      duration `json:"delay"`
	Act        bool     `json:"act"`
	Drop       bool     `json:"drop"`
	Status     int      `json:"status"`
	Code       string   `json:"code"`
	Message    string   `json:"message"`
	RetryAfter duration `json:"retry_after"`

	PolicyToken bool `json:"policy_token"`
}

// failure makes the creation of a vault, or the backup on demand of a virtual machine, end in an error.
type failure struct {
	Name    string `json:"name"` // * is any
	Code    string `json:"code"`
	Message string `json:"message"`
	Times   times  `json:"times"` // 0 is always

	count atomic.Int64
}

func (f *faults) addVault(e entry) error {
	vault := &failure{}
	err := cmp.Or(e.decode(vault), vault.complete())
	f.vaults = append(f.vaults, vault)
	return err
}

func (f *failure) complete() error {
	if f.Name == "" {
		return errors.New("name is missing; * stands for any")
	}
	f.Code = cmp.Or(f.Code, "FaultInjected")
	f.Message = cmp.Or(f.Message, "The file of faults asked for this.")
	return nil
}

// failedBackup is a failure of backups; with a time, also of those that a schedule takes.
type failedBackup struct {
	Name      string    `json:"name"`
	Code      string    `json:"code"`
	Message   string    `json:"message"`
	Times     times     `json:"times"`
	StartTime time.Time `json:"start_time"`
	EndTime   time.Time `json:"end_time"`
}

func (f *faults) addBackup(e entry) error {
	var b failedBackup
	if err := e.decode(&b); err != nil {
		return err
	}
	failed := &failure{Name: b.Name, Code: b.Code, Message: b.Message, Times: b.Times}
	if err := failed.complete(); err != nil {
		return err
	}
	switch {
	case b.StartTime.IsZero() && b.EndTime.IsZero():
		f.backups = append(f.backups, failed)
		return nil
	case b.Times != 0:
		return fieldErrorf("times", "times is about backups on demand, start_time and end_time about all; use one or the other")
	case !b.EndTime.IsZero() && b.EndTime.Before(b.StartTime):
		return fieldErrorf("end_time", "end_time is before start_time")
	}
	timed := embedded.BackupFault{
		Machine: b.Name, From: b.StartTime, Until: b.EndTime, Fault: embedded.Fault{Code: failed.Code, Message: failed.Message},
	}
	if b.Name == "*" {
		timed.Machine = ""
	}
	f.timed = append(f.timed, timed)
	return nil
}

// threat is an embedded.Threat in the file.
type threat struct {
	Name        string    `json:"name"` // * is any
	Title       string    `json:"title"`
	Description string    `json:"description"`
	Severity    string    `json:"severity"`
	StartTime   time.Time `json:"start_time"`
	EndTime     time.Time `json:"end_time"`
}

func (f *faults) addThreat(e entry) error {
	var t threat
	if err := e.decode(&t); err != nil {
		return err
	}
	switch {
	case t.Name == "":
		return errors.New("name is missing; * stands for any")
	case t.Severity != "" && !slices.Contains(catalog.ThreatSeverities(), t.Severity):
		return fieldErrorf("severity", "unknown severity %q; the severities are: %s", t.Severity, strings.Join(catalog.ThreatSeverities(), ", "))
	case !t.EndTime.IsZero() && t.EndTime.Before(t.StartTime):
		return fieldErrorf("end_time", "end_time is before start_time")
	}
	if t.Name == "*" {
		t.Name = ""
	}
	f.threats = append(f.threats, embedded.Threat{
		Machine: t.Name, From: t.StartTime, Until: t.EndTime, Title: t.Title, Description: t.Description, Severity: t.Severity,
	})
	return nil
}

// faultOf returns the fault for the thing of that name, nil when it succeeds.
func faultOf(list []*failure, name string) *embedded.Fault {
	for _, f := range list {
		if f.Name != "*" && !strings.EqualFold(f.Name, name) {
			continue
		}
		if n := f.count.Add(1); f.Times > 0 && n > int64(f.Times) {
			continue
		}
		return &embedded.Fault{Code: f.Code, Message: f.Message}
	}
	return nil
}

func (f *faults) failProvisioning(vaultID string) *embedded.Fault {
	return faultOf(f.vaults, vaultID[strings.LastIndex(vaultID, "/")+1:])
}

// failBackup takes the name of the virtual machine from the end of the item's.
func (f *faults) failBackup(itemID string) *embedded.Fault {
	return faultOf(f.backups, itemID[strings.LastIndex(itemID, ";")+1:])
}

// times is a number, or "always".
type times int

// UnmarshalJSON implements json.Unmarshaler.
func (t *times) UnmarshalJSON(b []byte) error {
	if string(b) == `"always"` {
		*t = embedded.Always
		return nil
	}
	var n int
	if err := json.Unmarshal(b, &n); err != nil || n < 1 {
		return valueErrorf(b, `times is %s; it can be a number from 1 on, or "always"`, b)
	}
	*t = times(n)
	return nil
}

// duration is a length of time as text, such as "1.5s".
type duration time.Duration

// UnmarshalJSON implements json.Unmarshaler.
func (d *duration) UnmarshalJSON(b []byte) error {
	var s string
	value, err := time.Duration(0), json.Unmarshal(b, &s)
	if err == nil {
		value, err = catalog.ParseDuration(s)
	}
	if err != nil || value < 0 || value > longestFaultDelay {
		return valueErrorf(b, `%s is not a duration between 0s and %s; write a number and a unit as text, such as "500ms" or "30s"`, b, longestFaultDelay)
	}
	*d = duration(value)
	return nil
}

const longestFaultDelay = time.Hour

// readFaults reads a file of faults. Errors name its line.
func readFaults(path string) (*faults, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("--faults: %w", err)
	}
	f, err := parseFaults(content)
	if err != nil {
		return nil, fmt.Errorf("--faults %s%w", path, err)
	}
	return f, nil
}

// parseFaults reads the lists in the file entry by entry, so that an error can be put in its place.
func parseFaults(content []byte) (*faults, error) {
	f := &faults{rules: embedded.NewFaults()}
	err := eachEntry(content, map[string]func(entry) error{
		"rules":          f.addRule,
		"failed_vaults":  f.addVault,
		"failed_backups": f.addBackup,
		"threats":        f.addThreat,
	})
	return f, err
}

func (f *faults) addRule(e entry) error {
	var r faultRule
	if err := e.decode(&r); err != nil {
		return err
	}
	rule, err := r.rule()
	if err == nil {
		f.rules.Add(rule)
	}
	return err
}

func (r faultRule) rule() (embedded.FaultRule, error) {
	kinds := embedded.Kinds()
	switch {
	case r.Kind != "" && !slices.Contains(kinds, embedded.Kind(r.Kind)):
		var names []string
		for _, k := range kinds {
			names = append(names, string(k))
		}
		return embedded.FaultRule{}, fieldErrorf("kind", "unknown kind %q; the kinds are: %s", r.Kind, strings.Join(names, ", "))
	case r.Status != 0 && (r.Status < 200 || r.Status > 599):
		return embedded.FaultRule{}, fieldErrorf("status", "status is %d; it can be 200 to 599", r.Status)
	case r.From < 0:
		return embedded.FaultRule{}, fieldErrorf("from", "from is %d; it can be a number from 1 on", r.From)
	case r.PolicyToken && (r.Status != 0 || r.Drop):
		return embedded.FaultRule{}, fieldErrorf("policy_token", "policy_token is an answer of its own; leave out status and drop, or it")
	case r.Status == 0 && !r.Drop && r.Delay == 0 && !r.PolicyToken:
		return embedded.FaultRule{}, errors.New("the rule changes nothing; give it a status, drop, policy_token or a delay")
	}
	return embedded.FaultRule{
		Method: r.Method, Kind: embedded.Kind(r.Kind), Path: r.Path, From: r.From, Times: int(r.Times), Delay: time.Duration(r.Delay),
		Act: r.Act, Drop: r.Drop, Status: r.Status, Code: r.Code, Message: r.Message, RetryAfter: time.Duration(r.RetryAfter),
		PolicyToken: r.PolicyToken,
	}, nil
}
