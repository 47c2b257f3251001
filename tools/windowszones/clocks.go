package main

import (
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// clocks are the clocks of the IANA zones in the year after their database was made, by all names.
type clocks struct {
	version string // of the database, such as 2026f
	year    int
	zones   map[string]packedZone
}

// packedZone is the history of a zone: offsets from UTC in minutes, and when each ends; the last never does.
type packedZone struct {
	offsets []float64
	untils  []time.Time
}

// clock is how far a zone is from UTC, in minutes: noon by noon of a year.
type clock []int

func (c clock) least() int    { return slices.Min(c) }
func (c clock) greatest() int { return slices.Max(c) }

// readClocks reads the packed database of the package moment-timezone, which has a new one long before Go does.
func readClocks(moment fs.FS) (clocks, error) {
	var source struct {
		Version string   `json:"version"`
		Zones   []string `json:"zones"`
		Links   []string `json:"links"`
	}
	const name = "data/packed/latest.json"
	if err := readJSON(moment, name, &source); err != nil {
		return clocks{}, err
	}
	made, err := strconv.Atoi(strings.TrimRight(source.Version, "abcdefghijklmnopqrstuvwxyz"))
	if err != nil {
		return clocks{}, fmt.Errorf("%s: its version %q does not begin with a year", name, source.Version)
	}
	all := clocks{version: source.Version, year: made + 1, zones: map[string]packedZone{}}
	for _, packed := range source.Zones {
		zone, z, err := unpack(packed)
		if err != nil {
			return clocks{}, fmt.Errorf("%s: %w", name, err)
		}
		all.zones[zone] = z
	}
	for _, link := range source.Links {
		zone, other, _ := strings.Cut(link, "|")
		z, ok := all.zones[zone]
		if !ok {
			return clocks{}, fmt.Errorf("%s: %s leads to %s, which is not there", name, other, zone)
		}
		all.zones[other] = z
	}
	return all, nil
}

// unpack reads one zone: its name, abbreviations, offsets, the offset of each span of time by its place, and the lengths
// of the spans in minutes since 1970. Offsets are minutes west.
func unpack(packed string) (name string, z packedZone, err error) {
	const parts, spans = 5, 4
	fields := strings.Split(packed, "|")
	if len(fields) < parts {
		return "", z, fmt.Errorf("%q is no packed zone", packed)
	}
	offsets, ends := strings.Fields(fields[2]), strings.Fields(fields[spans])
	at := 0.0
	for i, place := range strings.Split(fields[3], "") {
		n, err := base60(place)
		if err != nil || int(n) >= len(offsets) {
			return "", z, fmt.Errorf("%s has no offset %q", fields[0], place)
		}
		west, err := base60(offsets[int(n)])
		if err != nil {
			return "", z, fmt.Errorf("%s: %w", fields[0], err)
		}
		z.offsets = append(z.offsets, -west)
		if i < len(ends) {
			length, err := base60(ends[i])
			if err != nil {
				return "", z, fmt.Errorf("%s: %w", fields[0], err)
			}
			const minute = 60
			at += length
			z.untils = append(z.untils, time.Unix(int64(math.Round(at*minute)), 0))
		}
	}
	return fields[0], z, nil
}

// base60 reads a number whose digits are 0-9, a-z and A-X.
func base60(text string) (float64, error) {
	const digits, base = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWX", 60
	number, sign := strings.CutPrefix(text, "-")
	whole, fraction, _ := strings.Cut(number, ".")
	value, unit := 0.0, 1.0
	for i, r := range whole + fraction {
		digit := strings.IndexRune(digits, r)
		if digit < 0 {
			return 0, fmt.Errorf("%q is no number", text)
		}
		if i < len(whole) {
			value = value*base + float64(digit)
			continue
		}
		unit /= base
		value += float64(digit) * unit
	}
	if sign {
		value = -value
	}
	return value, nil
}

// in is the clock of a zone in a year; ok is false when the database does not have the zone.
func (c clocks) in(zone string, year int) (all clock, ok bool) {
	z, ok := c.zones[zone]
	if !ok {
		return nil, false
	}
	const noon = 12
	for at := time.Date(year, time.January, 1, noon, 0, 0, 0, time.UTC); at.Year() == year; at = at.AddDate(0, 0, 1) {
		span := 0
		for span < len(z.untils) && !at.Before(z.untils[span]) {
			span++
		}
		all = append(all, int(math.Round(z.offsets[min(span, len(z.offsets)-1)])))
	}
	return all, true
}
