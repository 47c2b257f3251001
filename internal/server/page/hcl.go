package page

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
)

// label makes the name of a resource in a configuration of what something is called.
func label(name string) string {
	l := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '_':
			return r
		case 'A' <= r && r <= 'Z':
			return r + ('a' - 'A')
		}
		return '_'
	}, name)
	if l == "" || '0' <= l[0] && l[0] <= '9' || strings.Trim(l, "_") == "" {
		return "vm_" + l
	}
	return l
}

// code is something to copy.
type code struct {
	ID    string // of the element
	File  string // what it belongs in
	Lines []codeLine
}

// codeLine is a line, taken apart by how its parts look.
type codeLine []codePart

// codePart is a comment, a string, or neither.
type codePart struct{ Style, Text string }

// codeParts finds strings, and comments that no string holds.
var codeParts = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|#.*`)

func newCode(id, file, text string) code {
	c := code{ID: id, File: file}
	for _, line := range strings.Split(strings.Trim(text, "\n"), "\n") {
		var parts codeLine
		rest := 0
		for _, at := range codeParts.FindAllStringIndex(line, -1) {
			style := "string"
			if line[at[0]] == '#' {
				style = "comment"
			}
			parts = append(parts, codePart{"", line[rest:at[0]]}, codePart{style, line[at[0]:at[1]]})
			rest = at[1]
		}
		c.Lines = append(c.Lines, append(parts, codePart{"", line[rest:]}))
	}
	return c
}

// tagLines writes tags as an argument of a resource; "" for none.
func tagLines(tags map[string]string) string {
	if len(tags) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n  tags = {\n")
	for _, name := range slices.Sorted(maps.Keys(tags)) {
		fmt.Fprintf(&b, "    %s = %s\n", catalog.HCL(name), catalog.HCL(tags[name]))
	}
	b.WriteString("  }\n")
	return b.String()
}

// starter is what someone needs who has no vault yet.
type starter struct{ Code code }

// newStarter writes a complete configuration for the service at the address that the reader has reached it by.
func newStarter(r *http.Request) starter {
	return starter{newCode("start", "main.tf", fmt.Sprintf(`
%s%s

resource "backup_vault" "production" {
  name               = "contoso-production"
  region             = "China East"
  storage_redundancy = "GeoRedundant"
}
`, terraformBlock, providerBlock(r)))}
}

const terraformBlock = `terraform {
  required_providers {
    backup = {
      source = "azurebackup/backup"
    }
  }
}

`

func providerBlock(r *http.Request) string {
	scheme, hint := "http", ""
	if r.TLS != nil {
		scheme = "https"
	}
	if r.Header.Get("Authorization") != "" {
		// Whoever reads this page had to sign in, and so has the provider.
		hint = "# It wants its secret: set BACKUP_TOKEN_FILE to the path of a file that holds it.\n"
	}
	return fmt.Sprintf(`# The service that this page belongs to.
%sprovider "backup" {
  environment = "embedded"
  endpoint    = %s
}`, hint, catalog.HCL(scheme+"://"+r.Host))
}
