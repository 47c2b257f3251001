package catalog

import (
	"cmp"
	"strings"
	"sync"
	"unicode"
)

// maxSuggestDistance caps the edits that still count as a slip of the keyboard, however long the name.
const maxSuggestDistance = 3

// SuggestRegion returns the region that somebody who wrote s most likely meant, over all clouds, announced ones included. It forgives:
//
//   - separators: "china-east", "us_east.2";
//   - words in another order, with or without separators: "east china", "europe west", "useast2";
//   - a few wrong, missing, added or transposed characters, one for each four of the region's name and at most three:
//     "chinaest", "China Eats", "westeurop", "eastus22".
//
// Fewer edits win, then words in the usual order, then the same first character, then the order of Regions, announced ones last, so one
// input always has one answer. A name that is right gives its own region. It reports false when nothing is near.
func SuggestRegion(s string) (Region, bool) {
	text := []rune(lettersAndDigits(withoutGeography(strings.TrimSpace(s))))
	if len(text) == 0 {
		return Region{}, false
	}
	var best candidate
	found := false
	for _, sp := range regionSpellings() {
		limit := min(len(sp.text)/4, maxSuggestDistance)
		// The lengths alone rule out most spellings, and any absurdly long input, before the costly comparison.
		if diff := len(text) - len(sp.text); diff > limit || -diff > limit {
			continue
		}
		c := candidate{spelling: sp, distance: editDistance(text, sp.text), otherFirst: text[0] != sp.text[0]}
		if c.distance <= limit && (!found || c.compare(best) < 0) {
			best, found = c, true
		}
	}
	return best.region, found
}

// spelling is one order of the words of a region's display name, joined.
type spelling struct {
	text    []rune
	region  Region
	swapped bool
}

type candidate struct {
	spelling
	distance   int
	otherFirst bool
}

// compare ranks candidates, the better first. Equal ones stay in the order of Regions, as the first found is kept.
func (c candidate) compare(o candidate) int {
	return cmp.Or(
		cmp.Compare(c.distance, o.distance),
		compareBool(c.swapped, o.swapped),
		compareBool(c.otherFirst, o.otherFirst),
	)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}

// regionSpellings is built on the first near miss only: most runs of a provider never need it.
var regionSpellings = sync.OnceValue(func() []spelling {
	var all []spelling
	for _, r := range append(Regions(), announcedRegions...) {
		words := strings.Fields(strings.ToLower(r.DisplayName))
		for i, text := range wordOrders(words) {
			all = append(all, spelling{text: []rune(text), region: r, swapped: i > 0})
		}
	}
	return all
})

// wordOrders returns the words joined in every order, the given order first. Region names have at most four words.
func wordOrders(words []string) []string {
	if len(words) < 2 {
		return []string{strings.Join(words, "")}
	}
	var orders []string
	for i, first := range words {
		rest := make([]string, 0, len(words)-1)
		rest = append(rest, words[:i]...)
		rest = append(rest, words[i+1:]...)
		for _, o := range wordOrders(rest) {
			orders = append(orders, first+o)
		}
	}
	return orders
}

func lettersAndDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, NormalizeRegion(s))
}

// editDistance is the Damerau-Levenshtein distance in its optimal string alignment form: the least number of
// insertions, deletions, replacements and swaps of neighbours, no place edited twice.
func editDistance(a, b []rune) int {
	older, old, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range old {
		old[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replace := old[j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			row[j] = min(old[j]+1, row[j-1]+1, replace)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], older[j-2]+1)
			}
		}
		older, old, row = old, row, older
	}
	return old[len(b)]
}
