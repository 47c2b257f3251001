package provider_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/acctest"
	"github.com/azurebackup/terraform-provider-backup/internal/backend"
	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// mover asks the provider and the service for the same.
type mover struct {
	*protocolClient
	service serviceClient
	kind    tftypes.Type
	made    int // vaults
	// Of the vault that is there: its id, its document, what that says, and the provider's state of it.
	id       string
	document *store.Document
	has      map[string]any
	state    *tfprotov6.DynamicValue

	taken, refused, differing int
}

func newMover(t *testing.T, change backend.EmbeddedChange) *mover {
	t.Helper()
	database := acctest.Database(t)
	m := &mover{protocolClient: newProtocolClient(t, database, backend.WithEmbedded(change)), service: newServiceClient(t, database, change)}
	m.kind = m.schemas.ResourceSchemas["backup_vault"].ValueType()
	return m
}

func (m *mover) compare(what string, provider, service []string) {
	m.t.Helper()
	switch {
	case len(provider) == 0 && len(service) == 0:
		m.taken++
	case len(provider) > 0 && len(service) > 0:
		m.refused++
	default:
		const most = 20
		if m.differing++; m.differing <= most {
			m.t.Errorf("%s\nprovider: %q\nservice: %q", what, provider, service)
		}
	}
}

func (m *mover) newName() string {
	m.made++
	return fmt.Sprintf("vault-%d", m.made)
}

func (m *mover) tryBirth(after vaultCell, region string) {
	m.t.Helper()
	name := m.newName()
	config := after.config(m.t, m.kind, name, region)
	refused := m.plan(config, m.encode(tftypes.NewValue(m.kind, nil)), config)
	m.compare(fmt.Sprintf("%s, at birth: %s", region, after), refused, m.bear(name, after, region))
}

// bear makes a vault in the service, in the steps that the provider takes.
func (m *mover) bear(name string, cell vaultCell, region string) (refused []string) {
	m.t.Helper()
	m.id = strings.Replace(contosoID, "/contoso", "/"+name, 1)
	first := maps.Clone(cell)
	if to := cell.immutability(); to != "" {
		first["immutability"] = catalog.ImmutabilityStep("", to)
	}
	refused = m.write(http.MethodPut, first, region, nil)
	if len(refused) == 0 && first.immutability() != cell.immutability() {
		refused = m.write(http.MethodPatch, cell, region, nil)
	}
	return refused
}

// ignored is what the service did with a request that it took and did not follow.
const ignored = "is taken and ignored"

// write sends a request for a cell and compares what the service makes of the vault with what was asked; a request that it
// takes and does not follow is as good as refused. was is what the vault had, nil when that does not matter.
func (m *mover) write(method string, cell vaultCell, region string, was map[string]any) (refused []string) {
	m.t.Helper()
	if status, answer := m.service.send(method, m.id, cell.document(region)); status >= http.StatusBadRequest {
		return []string{fmt.Sprint(method, " ", status, ": ", answer["error"])}
	}
	_, answer := m.service.send(http.MethodGet, m.id, "")
	want, got := cell.expected(was), readWire(answer)
	if was == nil {
		for path := range got {
			if _, asked := want[path]; !asked {
				delete(got, path)
			}
		}
	}
	if !reflect.DeepEqual(want, got) {
		return []string{fmt.Sprintf("%s %s: want %v, got %v", method, ignored, want, got)}
	}
	return nil
}

// make makes the vault of the cells to come; ok is false when there can be none like it.
func (m *mover) make(before vaultCell, region string, locked bool) (ok bool) {
	m.t.Helper()
	if len(m.bear(m.newName(), before, region)) > 0 {
		return false
	}
	if locked {
		m.service.lock(m.id)
	}
	_, answer := m.service.send(http.MethodGet, m.id, "")
	m.has, m.document = readWire(answer), m.service.document(m.id)
	imported, err := m.server.ImportResourceState(m.t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: "backup_vault", ID: m.id})
	if err != nil {
		m.t.Fatal(err)
	}
	m.succeed(imported.Diagnostics)
	read, err := m.server.ReadResource(m.t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: "backup_vault", CurrentState: imported.ImportedResources[0].State, Private: imported.ImportedResources[0].Private,
	})
	if err != nil {
		m.t.Fatal(err)
	}
	m.succeed(read.Diagnostics)
	m.state = read.NewState
	return true
}

// tryMove asks for a change of the vault that make made, and puts it back as it was.
func (m *mover) tryMove(before, after vaultCell, region string, locked bool) {
	m.t.Helper()
	name := m.id[strings.LastIndexByte(m.id, '/')+1:]
	config := after.config(m.t, m.kind, name, region)
	state, err := m.state.Unmarshal(m.kind)
	if err != nil {
		m.t.Fatal(err)
	}
	provider := m.plan(config, m.state, proposed(m.t, m.schemas.ResourceSchemas["backup_vault"].Block.Attributes, config, state))
	from, to := before.immutability(), after.immutability()
	answers := map[string][]string{}
	for _, method := range []string{http.MethodPatch, http.MethodPut} {
		if to != "" && catalog.ImmutabilityStep(from, to) != to {
			step := maps.Clone(after)
			step["immutability"] = catalog.ImmutabilityStep(from, to)
			answers[method] = m.write(method, step, region, m.has)
		}
		cell := after
		if method == http.MethodPatch || cell["sku"] == nil {
			// The sku is not for PATCH to change, and PUT wants one.
			cell = maps.Clone(after)
			if cell["sku"] = before["sku"]; cell["sku"] == nil {
				cell["sku"] = catalog.SKUStandard
			}
		}
		if len(answers[method]) == 0 {
			answers[method] = m.write(method, cell, region, m.has)
		}
		if len(answers[method]) == 0 || strings.Contains(answers[method][0], ignored) {
			m.service.restore(m.document)
		}
	}
	if after["sku"] == nil && (len(answers[http.MethodPatch]) > 0) != (len(answers[http.MethodPut]) > 0) {
		m.t.Errorf("PATCH and PUT differ: %v", answers)
	}
	m.compare(fmt.Sprintf("%s, locked %t, from %s to %s", region, locked, before, after), provider, answers[http.MethodPut])
}

// plan validates and plans as Terraform does, and returns the errors.
func (m *mover) plan(config tftypes.Value, prior *tfprotov6.DynamicValue, proposed tftypes.Value) (errors []string) {
	m.t.Helper()
	validated, err := m.server.ValidateResourceConfig(m.t.Context(), &tfprotov6.ValidateResourceConfigRequest{TypeName: "backup_vault", Config: m.encode(config)})
	if err != nil {
		m.t.Fatal(err)
	}
	if errors = errorsOf(validated.Diagnostics); len(errors) > 0 {
		return errors
	}
	planned, err := m.server.PlanResourceChange(m.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: "backup_vault", PriorState: prior, Config: m.encode(config), ProposedNewState: m.encode(proposed),
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return errorsOf(planned.Diagnostics)
}

func errorsOf(diagnostics []*tfprotov6.Diagnostic) (errors []string) {
	for _, d := range diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			errors = append(errors, d.Summary+": "+d.Detail)
		}
	}
	return errors
}

// proposed is the new state that Terraform proposes: the configuration, and the prior state where that is silent and the
// provider may speak.
func proposed(t *testing.T, schema []*tfprotov6.SchemaAttribute, config, prior tftypes.Value) tftypes.Value {
	t.Helper()
	var asked, had map[string]tftypes.Value
	if err := config.As(&asked); err != nil {
		t.Fatal(err)
	}
	if err := prior.As(&had); err != nil {
		t.Fatal(err)
	}
	asked = maps.Clone(asked) // tftypes hands out its own
	for _, a := range schema {
		value := asked[a.Name]
		was, hadAny := had[a.Name]
		switch {
		case value.IsNull() && a.Computed && hadAny:
			asked[a.Name] = was
		case !value.IsNull() && a.NestedType != nil && a.NestedType.Nesting == tfprotov6.SchemaObjectNestingModeSingle:
			if !hadAny {
				was = tftypes.NewValue(value.Type(), nil)
			}
			asked[a.Name] = proposed(t, a.NestedType.Attributes, value, was)
		}
	}
	return tftypes.NewValue(config.Type(), asked)
}

// send sends a request, and returns the status and what is in the answer.
func (c serviceClient) send(method, path, body string) (status int, answer map[string]any) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, embedded.Endpoint+path+"?api-version="+catalog.VaultAPIVersion, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	resp, err := c.transport.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		c.t.Fatal(err)
	}
	return resp.StatusCode, answer
}

// document is what the store has of an id.
func (c serviceClient) document(id string) (d *store.Document) {
	c.t.Helper()
	err := c.store.View(c.t.Context(), time.Now(), func(tx *store.Tx) (err error) {
		d, err = tx.Document(id)
		return err
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return d
}

// restore puts a document back as it was.
func (c serviceClient) restore(d *store.Document) {
	c.t.Helper()
	if err := c.store.Update(context.Background(), time.Now(), func(tx *store.Tx) error { return tx.PutDocument(d) }); err != nil {
		c.t.Fatal(err)
	}
}
