//go:build !windows

// Windows has no signal that another process could send.

package server_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// vaultsOf makes vaults in parallel until the server is gone, and returns the names of those that it has acknowledged.
func vaultsOf(p *process, acknowledged func(n int64)) []string {
	const workers, each = 16, 500
	names := make(chan string, workers*each)
	var count atomic.Int64
	_ = inParallel(workers, func(worker int) error {
		for i := range each {
			name := fmt.Sprintf("vault-%d-%d", worker, i)
			request, err := http.NewRequestWithContext(p.tb.Context(), http.MethodPut, p.url+vaultPath(name), strings.NewReader(minimal))
			if err != nil {
				return err
			}
			response, err := p.client.Do(request)
			if err != nil {
				return nil //nolint:nilerr // the server is gone, as it should be
			}
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
			if response.StatusCode != http.StatusCreated {
				p.tb.Errorf("%s: %s", name, response.Status)
				return nil
			}
			names <- name
			acknowledged(count.Add(1))
		}
		return nil
	})
	close(names)
	var all []string
	for name := range names {
		all = append(all, name)
	}
	return all
}

// checkVaults starts the server anew on the database and looks for the vaults.
func checkVaults(t *testing.T, database string, names []string) {
	t.Helper()
	p := serve(t, &http.Client{Timeout: time.Minute}, "--database", database, "--provisioning-time", "10ms")
	state := func(name string) any {
		properties, _ := p.get(vaultPath(name)).want(http.StatusOK, "").decode()["properties"].(map[string]any)
		return properties["provisioningState"]
	}
	for _, name := range names {
		if got := state(name); got != "Succeeded" && got != "Provisioning" {
			t.Fatalf("%s is %v", name, got)
		}
	}
	for _, name := range names {
		until(t, name+" is Active", func() bool { return state(name) == "Succeeded" })
	}
}

func TestKillLosesNothing(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		end  func(*os.Process) error
		exit int // -1: by the signal
	}{
		{"SIGKILL", (*os.Process).Kill, -1},
		{"SIGTERM", func(p *os.Process) error { return p.Signal(syscall.SIGTERM) }, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			database := filepath.Join(folder, "vaults.db")
			p := serve(t, &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}, Timeout: time.Minute},
				"--database", database, "--provisioning-time", "1s")
			names := vaultsOf(p, func(n int64) {
				if n == 50 {
					if err := test.end(p.command.Process); err != nil {
						t.Error(err)
					}
				}
			})
			err := p.wait()
			exit, _ := errors.AsType[*exec.ExitError](err)
			if test.exit == 0 && err != nil || test.exit != 0 && (exit == nil || exit.ExitCode() != test.exit) {
				t.Errorf("it ended with %v: %s", err, p.log)
			}
			if test.exit == 0 {
				// What was stopped in order leaves one file.
				if files, err := os.ReadDir(folder); err != nil || len(files) != 1 {
					t.Errorf("files %v, %v", files, err)
				}
				if !strings.Contains(p.log.String(), "msg=stopped") {
					t.Errorf("log %s", p.log)
				}
			}
			if len(names) < 50 || len(names) > 7000 {
				t.Fatalf("%d vaults were acknowledged, which was not in the middle", len(names))
			}
			checkVaults(t, database, names)
		})
	}
}

// The second signal does not wait for what the first waits for.
func TestSecondSignalEndsAtOnce(t *testing.T) {
	t.Parallel()
	p := serve(t, &http.Client{}, "--database", t.TempDir()+"/v.db",
		"--faults", writeFile(t, `{"rules":[{"method":"PUT","delay":"5m"}]}`))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, p.url+vaultPath("main"), strings.NewReader(minimal))
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		if response, err := p.client.Do(request); err == nil {
			_ = response.Body.Close()
		}
	}()
	until(t, "the request has begun", func() bool { return strings.Contains(p.get("/metrics").body, "backup_requests_in_flight 2") })
	signal := func() {
		if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
	}
	signal()
	until(t, "it stops", func() bool { return strings.Contains(p.log.String(), "stopping") })
	began := time.Now()
	signal()
	if err := p.wait(); err == nil || time.Since(began) > 20*time.Second {
		t.Errorf("it ended after %s with %v", time.Since(began), err)
	}
}
