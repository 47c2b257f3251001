-- Long-running operations. A row says when the operation is ready and how it
-- ends; whoever reads after that moment sees the result, so nothing has to run
-- in between. Times are nanoseconds since 1970, UTC.
CREATE TABLE operations (
  id         TEXT PRIMARY KEY,
  resource   TEXT    NOT NULL, -- ARM id of the document it works on, as spelled by its creator
  kind       TEXT    NOT NULL,
  started_at INTEGER NOT NULL,
  ready_at   INTEGER NOT NULL,
  code       TEXT    NOT NULL, -- '' is success
  message    TEXT    NOT NULL
) STRICT;

-- Finds old successes to forget; failures stay, they explain a document's state.
CREATE INDEX operations_succeeded ON operations (ready_at) WHERE code = '';

-- Whole ARM documents. The columns beside the body are what lists and lookups
-- need; they are case-folded, the id and the body keep the caller's spelling.
CREATE TABLE documents (
  key            TEXT PRIMARY KEY, -- the case-folded id
  id             TEXT    NOT NULL,
  type           TEXT    NOT NULL,
  subscription   TEXT    NOT NULL,
  resource_group TEXT    NOT NULL,
  parent         TEXT    NOT NULL, -- key of the document it belongs to, or ''
  name           TEXT    NOT NULL,
  body           TEXT    NOT NULL CHECK (json_valid(body)),
  etag           TEXT    NOT NULL,
  created_at     INTEGER NOT NULL,
  updated_at     INTEGER NOT NULL,
  gone_at        INTEGER, -- from then on the document no longer exists
  operation      TEXT REFERENCES operations (id) ON DELETE SET NULL
) STRICT;

CREATE INDEX documents_in_subscription ON documents (subscription, type, name, key);
CREATE INDEX documents_in_group ON documents (subscription, resource_group, type, name, key);
CREATE INDEX documents_in_parent ON documents (parent, type, name, key) WHERE parent <> '';
CREATE INDEX documents_leaving ON documents (gone_at) WHERE gone_at IS NOT NULL;
CREATE INDEX documents_operation ON documents (operation) WHERE operation IS NOT NULL;

-- One row: the last stamp given out. Stamps rise across processes even when the
-- clock stands still or is set back.
CREATE TABLE stamps (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  last INTEGER NOT NULL
) STRICT;

INSERT INTO stamps (only, last) VALUES (1, 0);
