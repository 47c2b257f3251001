package store

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// OpenWithin is Open with another limit on the wait for locks.
var OpenWithin = open

// Schema numbers, for tests that make files of other versions.
const ApplicationID = applicationID

// SchemaVersion is the newest version.
var SchemaVersion = len(migrations)

// NewTurnstile, Pass and Leave are for the test of the order.
func NewTurnstile(room int) turnstile { return make(turnstile, room) }

func (t turnstile) Pass(ctx context.Context) error { return t.pass(ctx) }

func (t turnstile) Leave() { t.leave() }

// Plan is how SQLite finds the documents that q selects.
func Plan(ctx context.Context, s *Store, now time.Time, q Query) (string, error) {
	var plan string
	err := s.View(ctx, now, func(t *Tx) error {
		query, args := q.selection(now)
		rows, err := t.tx.QueryContext(ctx, `EXPLAIN QUERY PLAN `+query, args...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		var steps []string
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				return err
			}
			steps = append(steps, detail)
		}
		plan = strings.Join(steps, "; ")
		return rows.Err()
	})
	return plan, err
}

// LimitPages lets the database have at most n more pages, as a full disk does.
func LimitPages(ctx context.Context, s *Store, n int) error {
	var pages int
	if err := s.writes.QueryRowContext(ctx, `PRAGMA page_count`).Scan(&pages); err != nil {
		return err
	}
	_, err := s.writes.ExecContext(ctx, fmt.Sprintf(`PRAGMA max_page_count = %d`, pages+n))
	return err
}
