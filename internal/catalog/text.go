package catalog

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxQuoted is how many characters of a user's text an error repeats; a pasted file must not fill the terminal.
const maxQuoted = 60

// quote puts a user's text in quotation marks for a message. Printable text stands as it is, so that a backslash is
// not doubled; anything else, such as control characters and broken UTF-8, is escaped as %q does it.
func quote(s string) string {
	more := ""
	if i, ok := charOffset(s, maxQuoted); ok {
		s, more = s[:i], "…"
	}
	printable := utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
	switch {
	case printable && !strings.Contains(s, `"`):
		return `"` + s + more + `"`
	case printable && !strings.Contains(s, `'`):
		return `'` + s + more + `'`
	default:
		q := strconv.Quote(s)
		return q[:len(q)-1] + more + `"`
	}
}

// charOffset returns the byte offset of the character after the first n, and false when s has no more than n.
func charOffset(s string, n int) (int, bool) {
	count := 0
	for i := range s {
		if count == n {
			return i, true
		}
		count++
	}
	return 0, false
}

// firstChar returns the first character of s as it is in s: a byte that is not UTF-8 stays that byte.
func firstChar(s string) string {
	_, size := utf8.DecodeRuneInString(s)
	return s[:size]
}

// countOf says how many of something there are: "1 character", "51 characters".
func countOf(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// lowerASCII makes upper-case ASCII letters lower-case, and no others: unicode.ToLower would make an ASCII k of the Kelvin
// sign, which Azure does not take for one.
func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	}, s)
}

func isASCIILetter(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}

func isASCIIDigit(r rune) bool {
	return '0' <= r && r <= '9'
}

func isASCIILetterOrDigit(r rune) bool {
	return isASCIILetter(r) || isASCIIDigit(r)
}

// upperFirst begins a text with a capital.
func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
