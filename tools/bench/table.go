package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// table is printed in Markdown, with its columns aligned for those who read it as it is.
type table struct{ rows [][]string }

func newTable(head ...string) *table { return &table{rows: [][]string{head}} }

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

// print writes the table. The first column is text, the others are figures.
func (t *table) print(out io.Writer) {
	widths := make([]int, len(t.rows[0]))
	for _, row := range t.rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for n, row := range t.rows {
		line := "|"
		for i, cell := range row {
			gap := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i == 0 {
				line += " " + cell + gap + " |"
			} else {
				line += " " + gap + cell + " |"
			}
		}
		fmt.Fprintln(out, line)
		if n == 0 {
			fmt.Fprintln(out, ruler(widths))
		}
	}
}

func ruler(widths []int) string {
	line := "|"
	for i, width := range widths {
		if i == 0 {
			line += strings.Repeat("-", width+2) + "|"
		} else {
			line += strings.Repeat("-", width+1) + ":|"
		}
	}
	return line
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f", d.Seconds()) }

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f", float64(d)/float64(time.Millisecond))
}

// megabytes is a size in units of a million bytes.
func megabytes(bytes int64) string { return fmt.Sprintf("%.1f", float64(bytes)/1e6) }

// thousands groups the digits of a number.
func thousands(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
