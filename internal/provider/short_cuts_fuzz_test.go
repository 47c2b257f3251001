package provider_test

import (
	"context"
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/vmihailenco/msgpack/v5"
)

// A short cut leads where the framework does, or is not taken, whatever the state, the configuration and the private state.
// The tests of this package compare both ways in every request; this makes up the requests that Terraform does not send.
func FuzzShortCuts(f *testing.F) {
	z := newFuzzed(f)
	for number, kind := range theKinds {
		state := z.settled(f, kind, stateSeeds[number])
		for _, private := range []string{
			"", `{"owner":"IkEi"}`, `{"owner":"IkEi","replaced":"IkEi"}`, `{"pending":"eyJvcGVyYXRpb24iOiJjcmVhdGUifQ==","owner":"IkEi"}`,
			"{\"pending\":\"IsMi\"}", // not UTF-8
			`{".import_before_read":"dHJ1ZQ=="}`, `{"owner":""}`, `{"owner":null}`, `{"owner":"eA=="}`, `{"a":1}`, `[]`, `{`,
		} {
			f.Add(number, []byte(state), private, uint64(0), int64(0), uint16(0), byte(0))
			f.Add(number, []byte(state), private, ^uint64(0), int64(1), uint16(7), byte(1))
		}
		// Values that are not the defaults, with a configuration that has none.
		other := strings.NewReplacer(`"delete"`, `"retain_data"`, `"force_destroy":false`, `"force_destroy":true`, `"UTC"`, `"China Standard Time"`,
			`"retention_monthly":null`, `"retention_monthly":{"count":1,"weekdays":null,"weeks":null,"days":[1],"include_last_days":true}`).Replace(state)
		f.Add(number, []byte(other), "", uint64(0), int64(0), uint16(0), byte(0))
		for at := range uint16(64) {
			f.Add(number, []byte(state), "", uint64(1)<<at, int64(0), at*13, byte(0xc0))
			f.Add(number, []byte(other), "", uint64(1)<<at, int64(0), uint16(0), byte(0))
		}
	}
	// nulls says which attributes the configuration leaves out; at and flip change a byte of what is sent.
	f.Fuzz(func(t *testing.T, number int, state []byte, private string, nulls uint64, version int64, at uint16, flip byte) {
		kind := theKinds[max(0, number%len(theKinds))]
		of := z.schemas.ResourceSchemas[kind].ValueType()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		upgraded, err := z.server.UpgradeResourceState(ctx, &tfprotov6.UpgradeResourceStateRequest{
			TypeName: kind, Version: version, RawState: &tfprotov6.RawState{JSON: state},
		})
		if err == nil {
			sameWay(t, upgraded.Diagnostics)
		}
		value, err := (&tfprotov6.DynamicValue{JSON: state}).Unmarshal(of)
		if err != nil || value.IsNull() {
			return
		}
		current := packed(t, of, value)
		config := packed(t, of, nulled(t, of, value, nulls))
		if n := len(current.MsgPack); flip != 0 {
			current.MsgPack[int(at)%n] ^= flip
		}
		if read, err := z.server.ReadResource(ctx, &tfprotov6.ReadResourceRequest{TypeName: kind, CurrentState: current, Private: []byte(private)}); err == nil {
			sameWay(t, read.Diagnostics)
		}
		planned, err := z.server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
			TypeName: kind, PriorState: current, ProposedNewState: current, Config: config, PriorPrivate: []byte(private),
		})
		if err == nil {
			sameWay(t, planned.Diagnostics)
		}
		for range 2 { // the second is known
			valid, err := z.server.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{TypeName: kind, Config: config})
			if err == nil {
				sameWay(t, valid.Diagnostics)
			}
		}
	})
}

// sameWay fails the test when the server has found a difference, of which it makes an error.
func sameWay(t *testing.T, diagnostics []*tfprotov6.Diagnostic) {
	t.Helper()
	for _, d := range diagnostics {
		if d.Summary == "A short cut leads elsewhere" {
			t.Error(d.Detail)
		}
	}
}

func packed(tb testing.TB, of tftypes.Type, value tftypes.Value) *tfprotov6.DynamicValue {
	tb.Helper()
	encoded, err := tfprotov6.NewDynamicValue(of, value)
	if err != nil {
		tb.Fatal(err)
	}
	return &encoded
}

// nulled is an object with some of its attributes taken away.
func nulled(tb testing.TB, of tftypes.Type, value tftypes.Value, nulls uint64) tftypes.Value {
	tb.Helper()
	var attributes map[string]tftypes.Value
	if err := value.As(&attributes); err != nil {
		tb.Fatal(err)
	}
	attributes = maps.Clone(attributes) // they are the value's own
	for name, v := range attributes {
		bit := uint64(0)
		for _, c := range name {
			bit = (bit*31 + uint64(c)) % 64
		}
		if nulls&(1<<bit) != 0 {
			attributes[name] = tftypes.NewValue(v.Type(), nil)
		}
	}
	return tftypes.NewValue(of, attributes)
}

// settled is the stored state of an object after a read.
func (z fuzzed) settled(f testing.TB, kind, state string) string {
	f.Helper()
	of := z.schemas.ResourceSchemas[kind].ValueType()
	value, err := (&tfprotov6.DynamicValue{JSON: []byte(state)}).Unmarshal(of)
	if err != nil {
		f.Fatal(err)
	}
	read, err := z.server.ReadResource(f.Context(), &tfprotov6.ReadResourceRequest{TypeName: kind, CurrentState: packed(f, of, value)})
	if err != nil || len(read.Diagnostics) > 0 {
		f.Fatal(err, read.Diagnostics)
	}
	var attributes map[string]any
	if err := msgpack.Unmarshal(read.NewState.MsgPack, &attributes); err != nil {
		f.Fatal(err)
	}
	stored, err := json.Marshal(attributes)
	if err != nil {
		f.Fatal(err)
	}
	return string(stored)
}
