package catalog

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible shows what cannot be seen in a text that comes from elsewhere: control characters, which could move the cursor of
// a terminal or ring its bell, marks that change the direction of what follows, characters without width, and broken UTF-8
// are escaped as %q does it. New lines and tabs stay, of whichever system they are.
func Visible(s string) string {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, isHidden) {
		return s
	}
	var b strings.Builder
	for s = strings.ReplaceAll(s, "\r\n", "\n"); s != ""; {
		r, size := utf8.DecodeRuneInString(s)
		if isHidden(r) || r == utf8.RuneError && size == 1 {
			quoted := strconv.Quote(s[:size])
			b.WriteString(quoted[1 : len(quoted)-1])
		} else {
			b.WriteString(s[:size])
		}
		s = s[size:]
	}
	return b.String()
}

// HCL writes a string of Terraform's language. What cannot be seen is escaped, and nothing becomes an interpolation.
func HCL(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case isHidden(r) && r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		case isHidden(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		case (r == '$' || r == '%') && strings.HasPrefix(s[i+1:], "{"):
			b.WriteRune(r)
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// isHidden tells whether a reader would not see a character. Spaces of other widths than the usual one are seen.
func isHidden(r rune) bool { return r != '\n' && r != '\t' && !unicode.IsGraphic(r) }
