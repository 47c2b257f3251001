package store

import (
	"context"
	"database/sql"
	"strings"
	"time"
)

// Tx is a transaction on the store. It ends with the function it was given to and is not safe for concurrent use.
type Tx struct {
	ctx context.Context
	tx  *sql.Tx
	now time.Time
}

// Now is the time of the transaction.
func (t *Tx) Now() time.Time { return t.now }

// tick is the resolution of stamps, that of the times in ARM's etags.
const tick = 100 * time.Nanosecond

// Stamp gives the time of the transaction, moved forward where needed so that no two stamps of a database are equal
// and a later one is always greater, whatever the clock does.
func (t *Tx) Stamp() (time.Time, error) {
	var last int64
	err := t.tx.QueryRowContext(t.ctx,
		`UPDATE stamps SET last = max(last + ?, ?) RETURNING last`,
		int64(tick), t.now.Truncate(tick).UnixNano(),
	).Scan(&last)
	return time.Unix(0, last).UTC(), err
}

// sweep removes the documents whose time has come, with everything under them.
func sweep(t *Tx) error {
	keys, err := leaving(t)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if err := remove(t, key); err != nil {
			return err
		}
	}
	return nil
}

func leaving(t *Tx) ([]string, error) {
	return t.texts(`SELECT key FROM documents WHERE gone_at <= ?`, t.now.UnixNano())
}

func remove(t *Tx, key string) error {
	from, to := under(key)
	_, err := t.tx.ExecContext(t.ctx, `DELETE FROM documents WHERE key = ? OR (key >= ? AND key < ?)`, key, from, to)
	return err
}

// Key is the form of an ARM id that the store compares by: ids differ in letter case only in their spelling.
func Key(id string) string { return strings.ToLower(strings.TrimSuffix(id, "/")) }

// under gives the range of the keys below key: '0' is the character after '/'.
func under(key string) (from, to string) { return key + "/", key + "0" }

func nanos(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixNano(), Valid: !t.IsZero()}
}

func fromNanos(n sql.NullInt64) time.Time {
	if !n.Valid {
		return time.Time{}
	}
	return time.Unix(0, n.Int64).UTC()
}
