package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Document is a whole ARM resource. What is compared (type, subscription, resource group, parent, name) comes back
// case-folded; ID and Body keep the spelling they were given.
type Document struct {
	ID            string // as spelled by its creator
	Type          string // such as Microsoft.RecoveryServices/vaults
	Subscription  string
	ResourceGroup string
	Parent        string // id of the document it belongs to, or ""
	Name          string
	Body          []byte // JSON
	ETag          string
	Created       time.Time
	Updated       time.Time

	// GoneAt, unless zero, is the moment from which on the document does not exist.
	GoneAt time.Time

	// Operation is the last long-running one on the document, nil when there was none or it succeeded long ago.
	// PutDocument stores the link, PutOperation the operation.
	Operation *Operation
}

// Query selects documents. An empty field does not restrict; letter case does not matter.
type Query struct {
	Type          string
	Subscription  string
	ResourceGroup string
	Parent        string // id of the document they belong to
	Under         string // id above them, at any depth
	Name          string

	// Member is the path of the only member that bodies are read with, such as "properties.state"; "" reads them whole.
	Member string

	// After continues a list behind the position of its last document, also when that one is no longer there.
	After Position
	// Limit is the greatest number of documents returned; 0 is no limit.
	Limit int
}

// Position is a place in the order of a list.
type Position struct {
	Name string
	ID   string
}

// wholeBody is the column that a query for one member replaces.
const wholeBody = `d.body`

const documentColumns = ` ` + wholeBody + `,
	d.id, d.type, d.subscription, d.resource_group, d.parent, d.name, d.etag, d.created_at, d.updated_at, d.gone_at,
	o.id, o.resource, o.kind, o.started_at, o.ready_at, o.code, o.message
	FROM documents d LEFT JOIN operations o ON o.id = d.operation`

// Document returns the document with this id in any letter case, or ErrNotFound.
func (t *Tx) Document(id string) (*Document, error) {
	row := t.tx.QueryRowContext(t.ctx,
		`SELECT`+documentColumns+` WHERE d.key = ? AND (d.gone_at IS NULL OR d.gone_at > ?)`, Key(id), t.now.UnixNano())
	d, err := scanDocument(row)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("document %s: %w", id, ErrNotFound)
	}
	return d, err
}

// Documents returns what q selects, ordered by name and then id.
func (t *Tx) Documents(q Query) ([]*Document, error) {
	query, args := q.selection(t.now)
	rows, err := t.tx.QueryContext(t.ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var docs []*Document
	for rows.Next() {
		d, err := scanDocument(rows)
		if err != nil {
			return nil, err
		}
		docs = append(docs, d)
	}
	return docs, rows.Err()
}

// Count returns how many documents q selects, its limit aside.
func (t *Tx) Count(q Query) (int, error) {
	where, args := q.where(t.now)
	var n int
	err := t.tx.QueryRowContext(t.ctx, `SELECT count(*) FROM documents d`+where, args...).Scan(&n)
	return n, err
}

// Oldest returns the document that was created first of those that q selects, or ErrNotFound.
func (t *Tx) Oldest(q Query) (*Document, error) {
	where, args := q.where(t.now)
	d, err := scanDocument(t.tx.QueryRowContext(t.ctx,
		`SELECT`+documentColumns+where+` ORDER BY d.created_at, d.name, d.key LIMIT 1`, args...))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return d, err
}

// Names returns the names of the documents that q selects, case-folded and each once. It reads no bodies.
func (t *Tx) Names(q Query) ([]string, error) {
	where, args := q.where(t.now)
	return t.texts(`SELECT DISTINCT d.name FROM documents d`+where+` ORDER BY d.name`, args...)
}

// ResourceGroups returns the case-folded names of the resource groups behind a name that documents of the subscription are
// in, up to a limit.
func (t *Tx) ResourceGroups(subscription, after string, limit int) ([]string, error) {
	// One step in the index for each group, however much is in it.
	return t.texts(`
		WITH RECURSIVE groups (name) AS (
		  SELECT min(resource_group) FROM documents WHERE subscription = ?1 AND resource_group > ?2
		  UNION ALL
		  SELECT (SELECT min(resource_group) FROM documents WHERE subscription = ?1 AND resource_group > groups.name)
		  FROM groups WHERE name IS NOT NULL LIMIT ?3
		)
		SELECT name FROM groups WHERE name IS NOT NULL`, strings.ToLower(subscription), strings.ToLower(after), limit)
}

func (t *Tx) texts(query string, args ...any) ([]string, error) {
	rows, err := t.tx.QueryContext(t.ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var texts []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	return texts, rows.Err()
}

// PutDocument stores d in the place of any document with its id, of which Created, the subscription, the resource group
// and the name stay. A new one is created now, unless d says when it was. The operation may have been forgotten since d
// was read.
func (t *Tx) PutDocument(d *Document) error {
	var operation sql.NullString
	if d.Operation != nil {
		operation = sql.NullString{String: d.Operation.ID, Valid: true}
	}
	created := d.Created
	if created.IsZero() {
		created = t.now
	}
	_, err := t.tx.ExecContext(t.ctx, `
		INSERT INTO documents (key, id, type, subscription, resource_group, parent, name, body, etag,
		                       created_at, updated_at, gone_at, operation)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT id FROM operations WHERE id = ?))
		ON CONFLICT (key) DO UPDATE SET
		  id = excluded.id, type = excluded.type, parent = excluded.parent, body = excluded.body, etag = excluded.etag,
		  updated_at = excluded.updated_at, gone_at = excluded.gone_at, operation = excluded.operation`,
		Key(d.ID), d.ID, strings.ToLower(d.Type), strings.ToLower(d.Subscription), strings.ToLower(d.ResourceGroup),
		Key(d.Parent), strings.ToLower(d.Name), string(d.Body), d.ETag,
		created.UnixNano(), t.now.UnixNano(), nanos(d.GoneAt), operation)
	return err
}

// CopyUnder copies the documents under one id to the same places under another, into the given resource group, with
// their times, etags and operations. The document with the id itself is not copied.
func (t *Tx) CopyUnder(from, to, resourceGroup string) error {
	first, last := under(Key(from))
	// Characters, which is what substr counts; folding may change the number of bytes, but not that of characters.
	length := utf8.RuneCountInString(Key(from))
	_, err := t.tx.ExecContext(t.ctx, `
		INSERT INTO documents (key, id, type, subscription, resource_group, parent, name, body, etag,
		                       created_at, updated_at, gone_at, operation)
		SELECT ?1 || substr(key, ?3), ?2 || substr(id, ?3), type, subscription, ?4,
		       iif(parent = ?5 OR parent >= ?6 AND parent < ?7, ?1 || substr(parent, ?3), parent), name, body, etag,
		       created_at, updated_at, gone_at, operation
		FROM documents WHERE key >= ?6 AND key < ?7`,
		Key(to), strings.TrimSuffix(to, "/"), length+1, strings.ToLower(resourceGroup), Key(from), first, last)
	return err
}

// DeleteDocument removes the document with this id and everything under it. It is no error when there is none.
func (t *Tx) DeleteDocument(id string) error { return remove(t, Key(id)) }

// selection is the statement that selects documents, in the order of lists.
func (q Query) selection(now time.Time) (string, []any) {
	where, args := q.where(now)
	limit := ""
	if q.Limit > 0 {
		limit = ` LIMIT ?`
		args = append(args, q.Limit)
	}
	columns := documentColumns
	if q.Member != "" {
		columns = strings.Replace(columns, wholeBody, `json_set('{}', ?, d.body -> ?)`, 1)
		args = append([]any{"$." + q.Member, "$." + q.Member}, args...)
	}
	return `SELECT` + columns + where + ` ORDER BY d.name, d.key` + limit, args
}

// where builds the condition from the fields that are set, so that SQLite can choose the index that fits them.
func (q Query) where(now time.Time) (string, []any) {
	where := ` WHERE (d.gone_at IS NULL OR d.gone_at > ?)`
	args := []any{now.UnixNano()}
	equal := func(column, value string) {
		if value != "" {
			where += ` AND d.` + column + ` = ?`
			args = append(args, value)
		}
	}
	equal("type", strings.ToLower(q.Type))
	equal("subscription", strings.ToLower(q.Subscription))
	equal("resource_group", strings.ToLower(q.ResourceGroup))
	equal("parent", Key(q.Parent))
	if q.Parent != "" {
		where += ` AND d.parent <> ''` // says to SQLite that the index of children, which leaves out the others, will do
	}
	equal("name", strings.ToLower(q.Name))
	if q.Under != "" {
		from, to := under(Key(q.Under))
		where += ` AND d.key >= ? AND d.key < ?`
		args = append(args, from, to)
	}
	if q.After != (Position{}) {
		where += ` AND (d.name, d.key) > (?, ?)`
		args = append(args, strings.ToLower(q.After.Name), Key(q.After.ID))
	}
	return where, args
}

// scanner is what *sql.Row and *sql.Rows have in common.
type scanner interface{ Scan(...any) error }

func scanDocument(row scanner) (*Document, error) {
	var (
		d                    Document
		created, updated     int64
		gone, started, ready sql.NullInt64
		opID, opResource     sql.NullString
		opKind, code, msg    sql.NullString
	)
	err := row.Scan(&d.Body, &d.ID, &d.Type, &d.Subscription, &d.ResourceGroup, &d.Parent, &d.Name, &d.ETag,
		&created, &updated, &gone, &opID, &opResource, &opKind, &started, &ready, &code, &msg)
	if err != nil {
		return nil, err
	}
	if !json.Valid(d.Body) {
		// It was JSON when it was written.
		return nil, fmt.Errorf("the document %s of the table documents, which is no JSON any more%w", d.ID, quietDamage{})
	}
	d.Created, d.Updated, d.GoneAt = time.Unix(0, created).UTC(), time.Unix(0, updated).UTC(), fromNanos(gone)
	if opID.Valid {
		d.Operation = &Operation{
			ID: opID.String, Resource: opResource.String, Kind: opKind.String,
			Started: fromNanos(started), Ready: fromNanos(ready), Code: code.String, Message: msg.String,
		}
	}
	return &d, nil
}
