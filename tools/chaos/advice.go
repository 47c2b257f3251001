package main

import (
	"regexp"
	"slices"
	"strings"
)

// importBlock is the block that errors give for what is there already.
var importBlock = regexp.MustCompile(`import \{\s+to = (\S+)\s+id = "([^"]+)"`)

// advice is something that a message tells the user to do, beyond applying again.
type advice struct {
	what    string // import, untaint or remove
	address string
	id      string // of what to import
}

func (a advice) String() string { return a.what + " " + a.address }

// adviceOf reads what errors tell to do; done is what was tried already.
func adviceOf(o *outcome, done []advice) (advice, bool) {
	for _, m := range o.said {
		if m.severity != "Error" {
			continue
		}
		if found := importBlock.FindStringSubmatch(m.detail); found != nil {
			if a := (advice{"import", m.address, found[2]}); !slices.Contains(done, a) {
				return a, true
			}
		}
		if strings.Contains(m.detail, "untaint`") {
			if a := (advice{"untaint", m.address, ""}); !slices.Contains(done, a) {
				return a, true
			}
		}
		if strings.Contains(m.detail, "state rm`") {
			if a := (advice{"state rm", m.address, ""}); !slices.Contains(done, a) {
				return a, true
			}
		}
	}
	return advice{}, false
}
