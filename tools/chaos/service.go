package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/server"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// theSecret is what the provider signs requests with; nothing that is printed may have it.
const theSecret = "chaos-c0mpl3tely-s3cret-7f3a"

const databaseFile = "vaults.db"

// aMoment is how long creations and changes take, so that there is a middle.
const aMoment = 20 * time.Millisecond

// service is a served service whose faults can be set, and the file that it keeps everything in.
type service struct {
	file   *store.Store
	faults *embedded.Faults
	server *httptest.Server
}

func startService(ctx context.Context, folder string) (*service, error) {
	file, err := store.Open(ctx, filepath.Join(folder, databaseFile))
	if err != nil {
		return nil, err
	}
	s := &service{file: file, faults: embedded.NewFaults()}
	config := embedded.Config{Store: file, ProvisioningTime: aMoment, OperationTime: aMoment, Faults: s.faults, SoftDeleteChosen: true}
	s.server = httptest.NewServer(server.New(server.Config{Service: embedded.New(config), Secret: theSecret, Loopback: true}))
	return s, nil
}

// pastFaults leads to what a database holds.
func pastFaults(file *store.Store) *embedded.Transport {
	return embedded.NewTransport(embedded.New(embedded.Config{Store: file, SoftDeleteChosen: true}))
}

func (s *service) stop() {
	s.faults.Clear()
	s.server.CloseClientConnections()
	s.server.Close()
	_ = s.file.Close()
}

// contents is what a service holds: when each object was made, and the recovery points there are, by case-folded id.
type contents struct {
	objects map[string]time.Time
	points  map[string]bool
}

func (c contents) ids() []string { return sortedKeys(c.objects) }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// document is the part of ARM's documents that counts here.
type document struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Properties struct {
		SoftDeleted bool `json:"isScheduledForDeferredDelete"`
	} `json:"properties"`
}

// inspect reads what there is, soft-deleted protections and the policies of every vault aside.
func inspect(ctx context.Context, file *store.Store) (contents, error) {
	past, found := pastFaults(file), contents{map[string]time.Time{}, map[string]bool{}}
	vaults, err := list(ctx, past, "/subscriptions/"+embedded.DefaultSubscriptionID+"/providers/Microsoft.RecoveryServices/vaults?api-version=2025-08-01")
	if err != nil {
		return found, err
	}
	const version = "?api-version=2025-02-01"
	for _, v := range vaults {
		policies, err := list(ctx, past, v.ID+"/backupPolicies"+version)
		if err != nil {
			return found, err
		}
		policies = slices.DeleteFunc(policies, func(p document) bool {
			return slices.Contains([]string{"DefaultPolicy", "EnhancedPolicy", "HourlyLogBackup"}, p.Name)
		})
		items, err := list(ctx, past, v.ID+"/backupProtectedItems"+version)
		if err != nil {
			return found, err
		}
		for _, item := range items {
			points, err := list(ctx, past, item.ID+"/recoveryPoints"+version)
			if err != nil {
				return found, err
			}
			for _, p := range points {
				found.points[store.Key(p.ID)] = true
			}
		}
		items = slices.DeleteFunc(items, func(d document) bool { return d.Properties.SoftDeleted })
		for _, d := range slices.Concat([]document{v}, policies, items) {
			err := file.View(ctx, time.Now(), func(tx *store.Tx) error {
				of, err := tx.Document(d.ID)
				if err == nil {
					found.objects[store.Key(d.ID)] = of.Created
				}
				return err
			})
			if err != nil {
				return found, err
			}
		}
	}
	return found, nil
}

func list(ctx context.Context, past *embedded.Transport, path string) ([]document, error) {
	var page struct {
		Value []document `json:"value"`
	}
	err := send(ctx, past, http.MethodGet, path, "", &page)
	return page.Value, err
}

// send sends a request that has to succeed.
func send(ctx context.Context, past *embedded.Transport, method, path, body string, out any) error {
	request, err := http.NewRequestWithContext(ctx, method, embedded.Endpoint+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	response, err := past.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("%s %s: %s: %s", method, path, response.Status, answer)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer, out)
}

// backUp takes a backup, so that there is something to lose.
func backUp(ctx context.Context, file *store.Store, item string) error {
	return send(ctx, pastFaults(file), http.MethodPost, item+"/backup?api-version=2025-02-01", `{"properties":{"objectType":"IaasVMBackupRequest"}}`, nil)
}

// newFolder makes a folder, in memory where the machine has such.
func newFolder(fallback string) (string, error) {
	const memory = "/dev/shm"
	if info, err := os.Stat(memory); err == nil && info.IsDir() {
		if folder, err := os.MkdirTemp(memory, "backup-chaos-"); err == nil {
			return folder, nil
		}
	}
	return os.MkdirTemp(fallback, "cell-")
}
