package main

import (
	"strings"
	"testing"
	"time"
)

func TestJudge(t *testing.T) {
	t.Parallel()
	const vault, item, point = "/vaults/main", "/vaults/main/items/web", "/vaults/main/items/web/recoverypoints/1"
	born := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	holds := func() contents {
		return contents{map[string]time.Time{vault: born, item: born}, map[string]bool{point: true}}
	}
	for name, test := range map[string]struct {
		change func(*trial)
		want   verdict
		says   string
	}{
		"nothing happened":                  {func(*trial) {}, right, ""},
		"an error, and the next apply":      {func(t *trial) { t.first.fail("x", "Unable", "busy") }, healed, "Unable: busy"},
		"a message's advice":                {func(t *trial) { t.advised = []advice{{"untaint", "a.b", ""}} }, command, "untaint a.b"},
		"two applies":                       {func(t *trial) { t.again = 1; t.last = "busy" }, command, "1 more applies; busy"},
		"no way out":                        {func(t *trial) { t.settled, t.last = false, "no" }, stuck, "no"},
		"a success that forgot":             {func(t *trial) { t.stateAfter = []string{vault} }, lost, "the command succeeded, and the state does not have"},
		"a failure that forgot for a while": {func(t *trial) { t.first.failed, t.stateAfter = true, nil }, healed, ""},
		"forgotten by the state":            {func(t *trial) { t.stateEnd = []string{vault} }, lost, "the state does not have what the service has: " + item},
		"forgotten by the service":          {func(t *trial) { delete(t.end.objects, item) }, lost, "the service does not have what the state has: " + item},
		"twice in the state":                {func(t *trial) { t.stateEnd = []string{vault, item, item} }, lost, "twice"},
		"twice in the service":              {func(t *trial) { t.end.objects[vault+"-2"] = born }, lost, vault + "-2"},
		"a backup gone":                     {func(t *trial) { delete(t.end.points, point) }, lost, "a recovery point is gone: " + point},
		"a backup that was to go":           {func(t *trial) { delete(t.end.points, point); t.gone = []string{item} }, right, ""},
		"made again, with backups in it":    {func(t *trial) { t.end.objects[vault] = born.Add(time.Hour) }, lost, "made again"},
		"made again, as was asked":          {func(t *trial) { t.end.objects[vault] = born.Add(time.Hour); t.gone = []string{vault} }, right, ""},
		"left in the service, as was asked": {
			func(t *trial) { t.stateAfter, t.stateEnd, t.left = []string{vault}, []string{vault}, []string{item} }, right, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			both := []string{vault, item}
			tried := trial{first: &outcome{}, before: holds(), after: holds(), end: holds(), stateAfter: both, stateEnd: both, settled: true}
			test.change(&tried)
			if got, reason := tried.judge(); got != test.want || !strings.Contains(reason, test.says) {
				t.Errorf("%s: %s; want %s: %s", got, reason, test.want, test.says)
			}
		})
	}
}

// What must never be said is found in every message.
func TestOutcome_unclean(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"fine\n\ttext": false, "\x1b[2J": true, "bell\a": true, "\u202egnirts": true, "the secret is " + theSecret: true, "panic: runtime error": true, "goroutine 1 [running]": true,
	} {
		o := &outcome{}
		o.fail("a.b", "Unable", text)
		if got := len(o.complaints) > 0; got != want {
			t.Errorf("%q: %v", text, o.complaints)
		}
	}
}

func TestAdvice(t *testing.T) {
	t.Parallel()
	o := &outcome{}
	o.fail(vaultAddress, "Backup vault name is taken", "Adopt it:\n\nimport {\n  to = backup_vault.example\n  id = \"/x\"\n}\n\nOr not.")
	o.fail(vmAddress, "Protection of a VM was not completed", "Take the mark off by `terraform untaint` (or `tofu untaint`).")
	var done []advice
	for _, want := range []advice{{"import", vaultAddress, "/x"}, {"untaint", vmAddress, ""}} {
		got, ok := adviceOf(o, done)
		if !ok || got != want {
			t.Errorf("%v, want %v", got, want)
		}
		done = append(done, got)
	}
	if got, ok := adviceOf(o, done); ok {
		t.Errorf("advice that was followed comes again: %v", got)
	}
}

func TestShuffled(t *testing.T) {
	t.Parallel()
	cells := shuffled(everyCell(), 7)
	if again := shuffled(everyCell(), 7); again[0].name() != cells[0].name() || again[999].name() != cells[999].name() {
		t.Error("one seed gives two orders")
	}
	if other := shuffled(everyCell(), 8); other[0].name() == cells[0].name() && other[1].name() == cells[1].name() {
		t.Error("two seeds give one order")
	}
	kind := func(c cell) string { return c.subject.name + c.call + c.fault.family() }
	names, kinds := map[string]bool{}, map[string]bool{}
	for _, c := range cells {
		names[c.name()], kinds[kind(c)] = true, true
	}
	if len(names) != len(cells) {
		t.Errorf("%d names for %d cells", len(names), len(cells))
	}
	first := map[string]bool{}
	for _, c := range cells[:len(kinds)] {
		first[kind(c)] = true
	}
	if len(first) != len(kinds) {
		t.Errorf("the first cells are of %d subjects, calls and families, of %d", len(first), len(kinds))
	}
}

func TestVerdictOf(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		report report
		bad    bool
	}{
		"healed": {report{verdict: healed}, false}, "a command": {report{verdict: command}, false}, "lost": {report{verdict: lost}, true},
		"stuck": {report{verdict: stuck}, true}, "unclean": {report{verdict: right, unclean: []string{"x"}}, true},
	} {
		if err := verdictOf([]report{test.report}); (err != nil) != test.bad {
			t.Errorf("%s: %v", name, err)
		}
	}
}
