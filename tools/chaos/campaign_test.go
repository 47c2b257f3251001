package main

import (
	"context"
	"strings"
	"testing"
)

// theSample is a cell of each object, call and family of faults, with how it has to end.
var theSample = map[string]verdict{
	"vault/create/PUT/503+act/once":                     right,
	"vault/create/PUT/drop/once":                        right,
	"vault/create/PUT/drop+act/once":                    right,
	"vault/create/PUT/403/once":                         healed,
	"vault/create/GET/500/twice":                        right,
	"vault/create/group/delay/always":                   right,
	"vault/update-steps/PATCH/409/2nd":                  healed,
	"vault/update-tags/PATCH/412/once":                  healed,
	"vault/update-soft/PATCH/drop+act/once":             right,
	"vault/read/GET/500/once":                           right,
	"vault/read/GET/401/once":                           healed,
	"vault/delete/DELETE/drop+act/once":                 right,
	"vault/delete/DELETE/409/once":                      healed,
	"vault/replace-name/DELETE/400/once":                healed,
	"vault/replace-region/PUT/400/once":                 healed,
	"vault/import/GET/429/twice":                        right,
	"vault/read/group/404-Subscription/always":          healed,
	"vault/delete/GET/404-ResourceGroup/once":           right,
	"vault/create/PUT/404+act/once":                     right,
	"vault/create/PUT/400-escapes/once":                 healed,
	"policy/replace-name/GET/404-Subscription+act/once": right,
	"vm/create/operations/404/once":                     right,
	"vm/create/result/404/once":                         right,
	"vm/create/result/500/always":                       right,
	"vm-locked/create/operations/500/once":              right,
	"vm/update-stop/PUT/404+act/once":                   right,
	"vault-steps/create/PATCH/504/once":                 right,
	"policy/create/PUT/drop+act/once":                   right,
	"policy/create/PUT/400/once":                        healed,
	"policy/update-retention/PUT/412/once":              healed,
	"policy/delete/DELETE/503+act/once":                 right,
	"policy/replace-type/PUT/400/once":                  healed,
	"policy/import/GET/403/once":                        healed,
	"policy-used/update-retention/operation/502/once":   right,
	"vm/create/PUT/503+act/once":                        right,
	"vm/create/PUT/400/once":                            healed,
	"vm/update-policy/PUT/409/once":                     healed,
	"vm/update-disks/PUT/drop+act/once":                 right,
	"vm/update-stop/PUT/401/once":                       healed,
	"vm/delete/DELETE/504/once":                         right,
	"vm/replace-machine/PUT/400/once":                   healed,
	"vm-purged/delete/DELETE/drop+act/once":             right,
	"vm-unlocked/update-suspend/PUT/403/once":           healed,
	"vm-unlocked/delete/PUT/409/once":                   healed,
	"vm-locked/create/PUT/drop+act/once":                right,
	"vm-deleted/create/PUT/429/once":                    right,
	"all/create/vm-PUT/403/once":                        healed,
	"all/delete/vm-DELETE/409/once":                     healed,
	"all/read/group/401/once":                           healed,
}

func sample(t *testing.T) []cell {
	t.Helper()
	var cells []cell
	for _, c := range everyCell() {
		if _, ok := theSample[c.name()]; ok {
			c.times.timeout = unhurried // no cell of the sample waits for it
			cells = append(cells, c)
		}
	}
	if len(cells) != len(theSample) {
		t.Fatalf("%d cells of the sample are in the matrix, of %d", len(cells), len(theSample))
	}
	return cells
}

// A short campaign: each of these cells ends as it has to, and `make chaos` runs thousands.
func TestCampaign(t *testing.T) {
	t.Parallel()
	c := newCampaign(t.TempDir(), 4)
	c.run(t.Context(), sample(t))
	if c.untouched > 0 || len(c.reports) != len(theSample) {
		t.Errorf("%d cells were run, and the fault of %d met no request; the sample has %d", len(c.reports), c.untouched, len(theSample))
	}
	for _, r := range c.reports {
		if want := theSample[r.name]; r.verdict != want {
			t.Errorf("%s: %s, want %s: %s", r.name, r.verdict, want, r.reason)
		}
		for _, complaint := range r.unclean {
			t.Errorf("%s: %s", r.name, complaint)
		}
	}
	var out strings.Builder
	printTable(&out, c.reports, c.untouched)
	t.Log("\n" + out.String())
}

// careless is a provider's bug: each command of it does something to the state or to the service that nobody asked for.
type careless struct {
	runner
	does func()
}

func (c careless) apply(ctx context.Context, config configuration) *outcome {
	o := c.runner.apply(ctx, config)
	c.does()
	return o
}

// The campaign sees what is lost: it is not the provider's word that counts.
func TestCampaign_seesLosses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		cell string
		does func(*stage)
		want string
	}{
		"the state forgets a vault": {
			"vault/update-tags/PATCH/500/once", func(s *stage) { delete(s.inProcess().state, vaultAddress) }, "the state does not have what the service has: ",
		},
		"the service has no policy": {
			"policy/update-time/PUT/500/once", func(s *stage) { s.mustDelete(t, policyID) }, "the service does not have what the state has: ",
		},
		"the backups are gone": {
			"vm-purged/update-disks/PUT/500/once", func(s *stage) { s.mustDelete(t, itemID) }, "the service does not have what the state has: ",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var found cell
			for _, c := range everyCell() {
				if c.name() == test.cell {
					found = c
					found.times.timeout = unhurried
				}
			}
			s, err := newStarts().ready(t.Context(), found, t.TempDir())
			if err != nil || s == nil {
				t.Fatal(err, s)
			}
			once := false
			inner := s.runner
			s.runner = careless{inner, func() {
				if !once {
					once = true
					test.does(&stage{service: s.service, runner: inner})
				}
			}}
			if r := found.report(t.Context(), s, nil); r.verdict != lost || !strings.Contains(r.reason, test.want) {
				t.Errorf("%s: %s", r.verdict, r.reason)
			}
		})
	}
}

func (s *stage) inProcess() *terraform {
	tf, ok := s.runner.(*terraform)
	if !ok {
		panic("another runner")
	}
	return tf
}

// mustDelete deletes something behind everybody's back.
func (s *stage) mustDelete(t *testing.T, id string) {
	t.Helper()
	if err := send(t.Context(), pastFaults(s.service.file), "DELETE", id+"?api-version=2025-02-01", "", nil); err != nil {
		t.Error(err)
	}
}
