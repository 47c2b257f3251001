package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// concurrentRounds applies several configurations at the same time to the same service: a file, and one that is served; with
// names of their own, and with the same name for all.
func (w *workshop) concurrentRounds(ctx context.Context, applies int) (reports []report) {
	if applies == 0 {
		return nil
	}
	for _, served := range []bool{false, true} {
		for _, same := range []bool{false, true} {
			c := concurrent{shop: w, applies: applies, served: served, same: same}
			r := report{row: "concurrent applies", name: c.name(), verdict: right}
			found, unclean, err := c.run(ctx)
			if err != nil {
				r.verdict, r.reason = stuck, err.Error()
			} else if found != "" {
				r.verdict, r.reason = lost, found
			}
			r.unclean = unclean
			reports = append(reports, r)
		}
	}
	return reports
}

// concurrent is a round.
type concurrent struct {
	shop         *workshop
	applies      int
	served, same bool
}

func (c concurrent) name() string {
	name := "concurrent/file"
	if c.served {
		name = "concurrent/serve"
	}
	if c.same {
		return name + "/one-name"
	}
	return name + "/own-names"
}

// run returns what was lost or doubled, and what must never be said.
func (c concurrent) run(ctx context.Context) (found string, unclean []string, err error) {
	folder := filepath.Join(c.shop.folder, strings.ReplaceAll(c.name(), "/", "-"))
	provider := slowly(filepath.Join(folder, databaseFile))
	file, stop, err := c.serve(ctx, folder, &provider)
	if err != nil {
		return "", nil, err
	}
	defer stop()
	var all sync.WaitGroup
	spaces, outcomes := make([]*workspace, c.applies), make([]*outcome, c.applies)
	for n := range c.applies {
		if spaces[n], err = c.shop.workspace(provider); err != nil {
			return "", nil, err
		}
		all.Go(func() { outcomes[n] = spaces[n].apply(ctx, c.configuration(n)) })
	}
	all.Wait()
	held, err := inspect(ctx, file)
	if err != nil {
		return "", nil, err
	}
	known, winners := []string{}, 0
	for n, o := range outcomes {
		unclean = append(unclean, o.complaints...)
		known = append(known, spaces[n].ids()...)
		switch {
		case !o.failed:
			winners++
			if p := spaces[n].plan(ctx, c.configuration(n)); p.failed || len(p.changes) > 0 {
				return fmt.Sprintf("apply %d succeeded, and its plan is not empty: %s %s", n, p.firstError(), strings.Join(p.changes, ", ")), unclean, nil
			}
		case !c.same:
			return fmt.Sprintf("apply %d failed: %s", n, o.firstError()), unclean, nil
		case !strings.Contains(o.firstError(), "taken"):
			return fmt.Sprintf("apply %d did not say that the name is taken: %s", n, o.firstError()), unclean, nil
		}
	}
	if c.same && winners != 1 {
		return fmt.Sprintf("%d applies made the same vault", winners), unclean, nil
	}
	slices.Sort(known)
	return compare(held, known, nil), unclean, nil
}

// serve opens the file that all of them write, and serves it when that is the round.
func (c concurrent) serve(ctx context.Context, folder string, provider *attributes) (*store.Store, func(), error) {
	if err := os.Mkdir(folder, 0o700); err != nil {
		return nil, nil, err
	}
	if !c.served {
		file, err := store.Open(ctx, filepath.Join(folder, databaseFile))
		return file, func() { _ = file.Close() }, err
	}
	s, err := startService(ctx, folder)
	if err != nil {
		return nil, nil, err
	}
	*provider = attributes{"environment": "embedded", "endpoint": s.server.URL, "client_secret": theSecret}
	return s.file, s.stop, nil
}

func (c concurrent) configuration(n int) configuration {
	config := everything()
	if c.same {
		config.resources = config.resources[:1]
		return config
	}
	config.resources = slices.Clone(config.resources)
	config.resources[0].config = config.resources[0].config.with(attributes{"name": fmt.Sprintf("main-%d", n)})
	config.resources[2].config = config.resources[2].config.with(attributes{"source_vm_id": fmt.Sprintf("%s-%d", machineID, n)})
	return config
}
