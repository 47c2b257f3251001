package provider

import (
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func TestTimeWindow(t *testing.T) {
	t.Parallel()
	null, unknown := types.StringNull(), types.StringUnknown()
	early, late := types.StringValue("2026-01-31T02:00:00+08:00"), types.StringValue("2026-01-30T18:00:01Z")
	for name, test := range map[string]struct {
		from, to types.String
		wantErr  bool
	}{
		"open":       {null, null, false},
		"start only": {late, null, false},
		"end only":   {null, early, false},
		"in order":   {early, late, false},
		"a moment":   {early, early, false},
		"backwards":  {late, early, true},
		"unknown":    {late, unknown, false},
		"invalid":    {late, types.StringValue("yesterday"), false}, // said by the attribute's own validator
	} {
		var diags diag.Diagnostics
		timeWindow{StartTime: test.from, EndTime: test.to}.check(&diags)
		if diags.HasError() != test.wantErr {
			t.Errorf("%s: %v", name, diags)
		}
	}
	if w := (timeWindow{StartTime: early}).window(); !w.From.Equal(time.Date(2026, 1, 30, 18, 0, 0, 0, time.UTC)) || !w.To.IsZero() {
		t.Errorf("window %v", w)
	}
}

func TestProgressPace(t *testing.T) {
	t.Parallel()
	var pace progressPace
	var said []time.Duration
	for waited := time.Duration(0); waited < time.Hour; waited += time.Second {
		if pace.due("InProgress", waited) {
			said = append(said, waited)
		}
	}
	for i, want := range []time.Duration{0, 10 * time.Second, 20 * time.Second, 30 * time.Second, 45 * time.Second, 68 * time.Second} {
		if said[i] != want {
			t.Errorf("line %d after %s, want %s", i, said[i], want)
		}
	}
	if last := said[len(said)-1] - said[len(said)-2]; last != 5*time.Minute {
		t.Errorf("the longest pause is %s", last)
	}
	if len(said) > 25 {
		t.Errorf("%d lines in an hour", len(said))
	}
	if !pace.due("Completed", time.Hour) || pace.due("Completed", time.Hour) {
		t.Error("a new status is not said once")
	}
}
