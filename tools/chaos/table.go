package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// columns are the verdicts in the table.
var columns = []verdict{right, healed, command, lost, stuck}

// printTable prints how often each row ended how, and then one by one what a provider should not need.
func printTable(out io.Writer, reports []report, untouched int) {
	counts, unclean := map[string]map[verdict]int{}, map[string]int{}
	total := map[verdict]int{}
	for _, r := range reports {
		if counts[r.row] == nil {
			counts[r.row] = map[verdict]int{}
		}
		counts[r.row][r.verdict]++
		total[r.verdict]++
		if len(r.unclean) > 0 {
			unclean[r.row]++
			unclean["total"]++
		}
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(table, "object and call\tcells\tright\thealed alone\tneeding a command\tlost\tstuck\tunclean\t")
	line := func(name string, of map[verdict]int) {
		sum, cells := 0, ""
		for _, v := range columns {
			sum += of[v]
			cells += fmt.Sprintf("\t%d", of[v])
		}
		_, _ = fmt.Fprintf(table, "%s\t%d%s\t%d\t\n", name, sum, cells, unclean[name])
	}
	for _, row := range sortedKeys(counts) {
		line(row, counts[row])
	}
	line("total", total)
	_ = table.Flush()
	beyond := 0
	for _, r := range reports {
		if r.beyond {
			beyond++
		}
	}
	if can := total[healed] + total[command] + total[lost] + total[stuck] - beyond; can > 0 {
		_, _ = fmt.Fprintf(out, "\nOf %d cells that a provider can heal, %.1f %% healed alone. %d others are beyond that: the service said for good what was not so, or Terraform was killed before it wrote its state.\n",
			can, 100*float64(total[healed])/float64(can), beyond)
	}
	if untouched > 0 {
		_, _ = fmt.Fprintf(out, "%d more cells do not count: the fault met no request.\n", untouched)
	}
	printCells(out, reports)
}

// printCells names the cells that did not heal alone, the worst first, with one line of reason each.
func printCells(out io.Writer, reports []report) {
	for _, v := range []verdict{lost, stuck, command} {
		var lines []string
		for _, r := range reports {
			if r.verdict == v {
				lines = append(lines, fmt.Sprintf("  %s\n      %s", r.name, shortened(r.reason)))
			}
		}
		printLines(out, string(v), lines)
	}
	var lines []string
	for _, r := range reports {
		for _, complaint := range r.unclean {
			lines = append(lines, fmt.Sprintf("  %s\n      %s", r.name, shortened(complaint)))
		}
	}
	printLines(out, "unclean", lines)
}

func printLines(out io.Writer, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	slices.Sort(lines)
	_, _ = fmt.Fprintf(out, "\n%s:\n%s\n", title, strings.Join(lines, "\n"))
}

// shortened is one line of a reason.
func shortened(reason string) string {
	const longest = 400
	line := strings.Join(strings.Fields(strings.Map(visible, reason)), " ")
	if len(line) > longest {
		return line[:longest] + "…"
	}
	return line
}

func visible(r rune) rune {
	if isControl(r) {
		return '␦'
	}
	return r
}

// verdictOf is an error when something was lost, or there was no way out.
func verdictOf(reports []report) error {
	bad, unclean := 0, 0
	for _, r := range reports {
		if r.verdict == lost || r.verdict == stuck {
			bad++
		}
		if len(r.unclean) > 0 {
			unclean++
		}
	}
	if bad+unclean > 0 {
		return fmt.Errorf("%d cells lost something or are stuck, and %d said what must not be said", bad, unclean)
	}
	return nil
}
