package main

import (
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/azurebackup/terraform-provider-backup/internal/embedded"
)

// cell is a command during which requests go wrong.
type cell struct {
	subject subject
	call    string // create, update-…, read, delete, replace-… or import
	change  blocks // of an update or a replacement
	target  target
	fault   fault
	times   times
}

// fault is what goes wrong with a request.
type fault struct {
	name string
	rule embedded.FaultRule
}

// family is the kind of fault, of which the seed's choice has each first.
func (f fault) family() string { return strings.TrimSuffix(strings.SplitN(f.name, "-", 2)[0], "+act") }

// times says which of the matching requests go wrong.
type times struct {
	name        string
	from, count int
	// timeout of the operations: what goes wrong for ever has to end soon.
	timeout time.Duration
}

const (
	patient   = 8 * time.Second
	impatient = 3 * time.Second
)

var allTimes = []times{
	{"once", 1, 1, patient},
	{"twice", 1, 2, patient},
	{"always", 1, embedded.Always, impatient},
	{"2nd", 2, 1, patient},
	{"3rd", 3, 1, patient},
	{"from-2nd", 2, embedded.Always, impatient},
}

// faults are what can go wrong with a request.
func faults() []fault {
	var all []fault
	add := func(name string, rule embedded.FaultRule) {
		all = append(all, fault{name, rule})
		if rule.Status != 0 || rule.Drop {
			rule.Act = true
			all = append(all, fault{name + "+act", rule})
		}
	}
	for _, status := range []int{400, 401, 403, 409, 412, 500, 502, 504} {
		add(strconv.Itoa(status), embedded.FaultRule{Status: status})
	}
	for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		add(strconv.Itoa(status), embedded.FaultRule{Status: status, RetryAfter: 30 * time.Millisecond})
	}
	add("404", embedded.FaultRule{Status: http.StatusNotFound})
	for _, what := range []string{"Resource", "ResourceGroup", "Subscription"} {
		add("404-"+what, embedded.FaultRule{Status: http.StatusNotFound, Code: what + "NotFound"})
	}
	// What the service says may try to write over what a terminal shows.
	add("400-escapes", embedded.FaultRule{Status: http.StatusBadRequest, Code: "Bad\x1b[2J", Message: "\x1b]0;title\x07 \u202egnirts\r"})
	add("drop", embedded.FaultRule{Drop: true})
	add("delay", embedded.FaultRule{Delay: 300 * time.Millisecond})
	add("hang", embedded.FaultRule{Delay: time.Minute})
	return all
}

func (c cell) name() string {
	return strings.Join([]string{c.subject.name, c.call, c.target.name, c.fault.name, c.times.name}, "/")
}

// row is the line of the table that the cell counts in.
func (c cell) row() string {
	call, _, _ := strings.Cut(c.call, "-")
	return c.subject.name + " " + call
}

func (c cell) rule() embedded.FaultRule {
	rule := c.fault.rule
	rule.Method, rule.Kind, rule.Path = c.target.rule.Method, c.target.rule.Kind, c.target.rule.Path
	rule.From, rule.Times = c.times.from, c.times.count
	return rule
}

// misled tells whether the service goes on to say what is not so: that it refused what it did, or that there is nothing where
// something is. What is made on that ground has to be adopted with a command.
func (c cell) misled() bool {
	rule := c.rule()
	refusal := rule.Status >= 400 && rule.Status < 500 && rule.Status != http.StatusTooManyRequests
	return refusal && rule.Act || rule.Code == "ResourceNotFound" && rule.Times != 1
}

// whole is the subject and what is around it.
func (c cell) whole() configuration {
	return c.subject.around.over(c.subject.object).configuration(c.times.timeout)
}

// configuration is what the command of the cell is run on.
func (c cell) configuration() configuration {
	switch call, _, _ := strings.Cut(c.call, "-"); call {
	case "delete":
		return c.subject.around.configuration(c.times.timeout)
	case "import":
		made := c.whole()
		ids := []string{vaultID, policyID, itemID} // by the addresses in order, each behind what it refers to
		for i := slices.Index(order, c.subject.address); i < len(made.resources); i++ {
			made.imports[order[i]] = ids[i]
		}
		return made
	}
	return c.subject.around.over(c.subject.object).over(c.change).configuration(c.times.timeout)
}

// calls of a subject, with the change that each makes.
func (s subject) calls() map[string]blocks {
	calls := map[string]blocks{"create": {}, "delete": {}, "read": {}, "import": {}}
	if s.softDeleted {
		return map[string]blocks{"create": {}}
	}
	if s.name == "all" {
		delete(calls, "import")
	}
	for name, change := range s.updates {
		calls["update-"+name] = change
	}
	for name, change := range s.replacements {
		calls["replace-"+name] = change
	}
	return calls
}

// everyCell is the matrix, in an order of its own.
var everyCell = sync.OnceValue(func() (cells []cell) {
	wrongs := faults()
	for _, s := range subjects() {
		calls := s.calls()
		for _, call := range sortedKeys(calls) {
			for _, t := range s.targets {
				for _, f := range wrongs {
					for _, n := range allTimes {
						cells = append(cells, cell{s, call, calls[call], t, f, n})
					}
				}
			}
		}
	}
	return cells
})

func matching(cells []cell, expression *regexp.Regexp) (found []cell) {
	for _, c := range cells {
		if expression.MatchString(c.name()) {
			found = append(found, c)
		}
	}
	return found
}

// shuffled is an order by the seed in which every subject, call and family of faults comes up before any comes up again.
func shuffled(cells []cell, seed uint64) []cell {
	cells = slices.Clone(cells)
	random := rand.New(rand.NewPCG(seed, seed))
	random.Shuffle(len(cells), func(i, j int) { cells[i], cells[j] = cells[j], cells[i] })
	groups := map[string][]cell{}
	var names []string
	for _, c := range cells {
		name := c.subject.name + c.call + c.fault.family()
		if groups[name] == nil {
			names = append(names, name)
		}
		groups[name] = append(groups[name], c)
	}
	ordered := cells[:0:0]
	for round := 0; len(ordered) < len(cells); round++ {
		for _, name := range names {
			if group := groups[name]; round < len(group) {
				ordered = append(ordered, group[round])
			}
		}
	}
	return ordered
}
