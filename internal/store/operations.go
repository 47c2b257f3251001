package store

import (
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// keepSucceeded is how long an operation that succeeded can still be asked for. Clients poll for hours at most.
const keepSucceeded = 7 * 24 * time.Hour

// Operation is a long-running operation. Nothing runs: it is in progress from Started on, and has ended at Ready.
type Operation struct {
	ID       string
	Resource string // id of the document it works on
	Kind     string
	Started  time.Time
	Ready    time.Time

	// Code and Message say why it fails; an empty code is success.
	Code    string
	Message string
}

// Running tells whether the operation is in progress at a time. One that has not begun by then, because the clock was set
// back after it began, has ended: what it does is in the documents, and to wait for the clock might take years.
func (o *Operation) Running(at time.Time) bool { return !at.Before(o.Started) && at.Before(o.Ready) }

// Operation returns the operation with this id, or ErrNotFound. It outlives the document it worked on.
func (t *Tx) Operation(id string) (*Operation, error) {
	var o Operation
	var started, ready int64
	err := t.tx.QueryRowContext(t.ctx,
		`SELECT id, resource, kind, started_at, ready_at, code, message FROM operations WHERE id = ?`, id,
	).Scan(&o.ID, &o.Resource, &o.Kind, &started, &ready, &o.Code, &o.Message)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("operation %s: %w", id, ErrNotFound)
	}
	o.Started, o.Ready = time.Unix(0, started).UTC(), time.Unix(0, ready).UTC()
	return &o, err
}

// PutOperation stores a new operation, and forgets those that succeeded long ago.
func (t *Tx) PutOperation(o *Operation) error {
	_, err := t.tx.ExecContext(t.ctx,
		`DELETE FROM operations WHERE code = '' AND ready_at < ?`, t.now.Add(-keepSucceeded).UnixNano())
	if err != nil {
		return err
	}
	_, err = t.tx.ExecContext(t.ctx, `
		INSERT INTO operations (id, resource, kind, started_at, ready_at, code, message) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		o.ID, o.Resource, o.Kind, o.Started.UnixNano(), o.Ready.UnixNano(), o.Code, o.Message)
	return err
}
