package store

import (
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"
)

// connectionPragmas are what every handle of an open store sets, after busy_timeout.
var connectionPragmas = []string{
	"journal_mode(WAL)",
	"synchronous(NORMAL)",
	"foreign_keys(ON)",
}

// dsn addresses the database file at the absolute path. mode is SQLite's: ro, rw or rwc. The busy timeout has its own
// key, which the driver applies before any pragma: switching to WAL needs a lock, and without the timeout two
// processes that open a file at the same moment fail each other with "database is locked".
func dsn(path, mode string, busy time.Duration, pragmas ...string) string {
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // C:/… becomes file:///C:/…
	}
	q := url.Values{
		"mode":          {mode},
		"_busy_timeout": {fmt.Sprint(busy.Milliseconds())},
		"_pragma":       pragmas,
	}
	u := url.URL{Scheme: "file", Path: slashed, RawQuery: q.Encode()}
	return u.String()
}

// pool opens at most n handles, as they are needed.
func pool(dsn string, n int) *sql.DB {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		// Only an unregistered driver fails here; the import above registers it.
		panic(err)
	}
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	db.SetConnMaxIdleTime(idleTimeout)
	return db
}
