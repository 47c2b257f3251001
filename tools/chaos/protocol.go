package main

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/azurebackup/terraform-provider-backup/internal/provider"
)

// plugin is the provider, as Terraform starts one for each walk over its graph.
type plugin struct {
	server  tfprotov6.ProviderServer
	schemas *tfprotov6.GetProviderSchemaResponse
	outcome *outcome
}

// grace is how much longer than its timeout a call may take, on a machine with other things to do.
const grace = 8 * time.Second

// startPlugin starts the provider and configures it with a served service.
func startPlugin(ctx context.Context, endpoint, secret string, o *outcome) (*plugin, error) {
	p := &plugin{server: provider.NewServer("chaos")(), outcome: o}
	var err error
	if p.schemas, err = p.server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{}); err != nil {
		return nil, err
	}
	block := valueOf(p.schemas.Provider.ValueType(), attributes{"environment": "embedded", "endpoint": endpoint, "client_secret": secret}, nil)
	resp, err := p.server.ConfigureProvider(ctx, &tfprotov6.ConfigureProviderRequest{TerraformVersion: "1.14.0", Config: encode(block)})
	if err != nil {
		return nil, err
	}
	p.outcome.add("provider", resp.Diagnostics)
	return p, nil
}

func (p *plugin) schema(kind string) *tfprotov6.Schema { return p.schemas.ResourceSchemas[kind] }

func (p *plugin) typeOf(kind string) tftypes.Type { return p.schema(kind).ValueType() }

// call makes a call for a resource, which has a time limit, and notes what it says; a panic is one of the things it must not do.
func (p *plugin) call(address string, limit time.Duration, do func() ([]*tfprotov6.Diagnostic, error)) (ok bool) {
	began := time.Now()
	defer func() {
		if v := recover(); v != nil {
			p.outcome.complain("%s: panic: %v\n%s", address, v, debug.Stack())
			ok = false
		}
		if took := time.Since(began); limit > 0 && took > limit+grace {
			p.outcome.complain("%s: a call took %.1f s, and its timeout is %s", address, took.Seconds(), limit)
		}
	}()
	diagnostics, err := do()
	if err != nil {
		p.outcome.complain("%s: the protocol failed: %s", address, err)
		return false
	}
	return p.outcome.add(address, diagnostics)
}

func encode(value tftypes.Value) *tfprotov6.DynamicValue {
	encoded, err := tfprotov6.NewDynamicValue(value.Type(), value)
	if err != nil {
		panic(fmt.Sprintf("a value of this tool cannot be encoded: %s", err))
	}
	return &encoded
}

func (p *plugin) decode(address, kind string, value *tfprotov6.DynamicValue) tftypes.Value {
	null := tftypes.NewValue(p.typeOf(kind), nil)
	if value == nil {
		return null
	}
	decoded, err := value.Unmarshal(p.typeOf(kind))
	if err != nil {
		p.outcome.complain("%s: the provider's value cannot be read: %s", address, err)
		return null
	}
	return decoded
}

// stored is a value as Terraform's state file has it.
func stored(value tftypes.Value) []byte {
	raw, err := json.Marshal(plain(value))
	if err != nil {
		panic(fmt.Sprintf("a state cannot be written: %s", err))
	}
	return raw
}

// plain is a known value in JSON's types.
func plain(v tftypes.Value) any {
	if v.IsNull() || !v.IsKnown() {
		return nil
	}
	switch kind := v.Type(); {
	case kind.Is(tftypes.String):
		s := ""
		_ = v.As(&s)
		return s
	case kind.Is(tftypes.Bool):
		b := false
		_ = v.As(&b)
		return b
	case kind.Is(tftypes.Number):
		n := newNumber()
		_ = v.As(&n)
		return json.Number(n.Text('f', -1))
	}
	members := map[string]tftypes.Value{}
	if v.As(&members) == nil {
		object := map[string]any{}
		for name, member := range members {
			object[name] = plain(member)
		}
		return object
	}
	elements := []tftypes.Value{}
	_ = v.As(&elements) // what is left has elements
	list := []any{}
	for _, element := range elements {
		list = append(list, plain(element))
	}
	return list
}

// outcome is how a command went.
type outcome struct {
	command    string
	failed     bool
	said       []message
	changes    []string // what was planned, such as "create backup_vault.main"
	complaints []string // what must never be
	took       time.Duration
}

// message is a diagnostic about a resource.
type message struct {
	address  string
	severity string
	summary  string
	detail   string
}

func (m message) String() string {
	return fmt.Sprintf("%s: %s (%s)\n%s", m.severity, m.summary, m.address, m.detail)
}

// add notes diagnostics; ok is false when one is an error.
func (o *outcome) add(address string, diagnostics []*tfprotov6.Diagnostic) (ok bool) {
	ok = true
	for _, d := range diagnostics {
		m := message{address, "Warning", d.Summary, d.Detail}
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			m.severity, ok, o.failed = "Error", false, true
		}
		o.say(m)
	}
	return ok
}

func (o *outcome) say(m message) {
	o.said = append(o.said, m)
	for _, text := range []string{m.summary, m.detail} {
		if i := strings.IndexFunc(text, isControl); i >= 0 {
			o.complain("%s: a control character in the message: %q", m.address, text)
		}
		if strings.Contains(text, theSecret) {
			o.complain("%s: the secret in the message: %s", m.address, text)
		}
		if strings.Contains(text, "panic:") || strings.Contains(text, "goroutine ") {
			o.complain("%s: a stack in the message: %s", m.address, text)
		}
	}
}

// fail notes an error of Terraform's own.
func (o *outcome) fail(address, summary, detail string) {
	o.failed = true
	o.say(message{address, "Error", summary, detail})
}

func (o *outcome) complain(format string, args ...any) {
	o.failed = true
	o.complaints = append(o.complaints, fmt.Sprintf(format, args...))
}

// isControl tells whether a character could change what a terminal shows: all controls but the end of a line and a tab, and
// the marks that turn the direction of the text.
func isControl(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}
