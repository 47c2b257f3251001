package main

import (
	"fmt"
	"slices"
	"strings"
)

// verdict is how a cell ended, for a user.
type verdict string

const (
	right   verdict = "right"             // the command itself succeeded, and all is as configured
	healed  verdict = "healed alone"      // it ended in an error, and the next apply put everything right
	command verdict = "needing a command" // it took what a message said, or more than one apply
	lost    verdict = "lost"
	stuck   verdict = "stuck"
)

// report is a line below the table, and one count in it.
type report struct {
	row     string
	name    string
	verdict verdict
	reason  string
	unclean []string // what must not be, whatever the verdict
	// beyond what a provider can heal: the service said for good what was not so, or Terraform was killed before it had
	// written down what was made.
	beyond bool
}

// judge says how a trial ended, and why.
func (t trial) judge() (verdict, string) {
	if !t.first.failed {
		if found := compare(t.after, t.stateAfter, t.left); found != "" {
			return lost, "the command succeeded, and " + found
		}
	}
	if found := t.missingPoints(); found != "" {
		return lost, found
	}
	if !t.settled {
		return stuck, t.last
	}
	if found := compare(t.end, t.stateEnd, t.left); found != "" {
		return lost, found
	}
	if found := t.madeAgain(); found != "" {
		return lost, found
	}
	if len(t.advised) > 0 {
		var texts []string
		for _, a := range t.advised {
			texts = append(texts, a.String())
		}
		return command, strings.Join(texts, ", then ") + "; " + t.last
	}
	if t.again > 0 {
		return command, fmt.Sprintf("%d more applies; %s", t.again, t.last)
	}
	if t.first.failed {
		return healed, t.first.firstError()
	}
	return right, ""
}

// compare finds an object that the service has and the state has not, or the other way round. left are those that leave the
// state and stay.
func compare(service contents, state, left []string) string {
	for _, id := range service.ids() {
		if !slices.Contains(state, id) && !slices.Contains(left, id) {
			return "the state does not have what the service has: " + id
		}
	}
	for i, id := range state {
		if _, there := service.objects[id]; !there {
			return "the service does not have what the state has: " + id
		}
		if i > 0 && state[i-1] == id {
			return "the state has it twice: " + id
		}
	}
	return ""
}

// missingPoints finds a recovery point that nobody wanted to lose.
func (t trial) missingPoints() string {
	for _, id := range sortedKeys(t.before.points) {
		if !t.end.points[id] && !t.isAsked(id) {
			return "a recovery point is gone: " + id
		}
	}
	return ""
}

// madeAgain finds an object with backups that is another one now.
func (t trial) madeAgain() string {
	for _, id := range t.before.ids() {
		holds := slices.ContainsFunc(sortedKeys(t.before.points), func(point string) bool { return strings.HasPrefix(point, id+"/") })
		if now, there := t.end.objects[id]; holds && there && !now.Equal(t.before.objects[id]) && !t.isAsked(id) {
			return "it was deleted and made again, with backups in it: " + id
		}
	}
	return ""
}

func (t trial) isAsked(id string) bool {
	return slices.ContainsFunc(t.gone, func(gone string) bool { return id == gone || strings.HasPrefix(id, gone+"/") })
}
