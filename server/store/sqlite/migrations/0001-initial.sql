-- An entity's key is id * 4096 + slot (entity-key.ts): one integer, so that it is the row id, and entities
-- created at about the same time, which are those in flight together, share pages.
-- Blobs end with a CRC-32 of four bytes (checksum.ts). Run ids are 16 bytes. Times of visibility are microseconds.

CREATE TABLE lane (
  lane INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  batch_no INTEGER NOT NULL,
  next_id INTEGER NOT NULL,
  PRIMARY KEY (lane, epoch)
) WITHOUT ROWID;

CREATE TABLE entity (
  key INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  namespace INTEGER NOT NULL,
  business_id TEXT NOT NULL,
  run_id BLOB NOT NULL,
  due_at INTEGER,
  state BLOB NOT NULL
);
-- The row id stands at the end of every index: the last entry of a business id is its current entity.
CREATE INDEX entity_business_id ON entity (namespace, kind, business_id);
CREATE INDEX entity_due_at ON entity (due_at, key & 4095) WHERE due_at IS NOT NULL;

CREATE TABLE part (
  key INTEGER NOT NULL,
  part TEXT NOT NULL,
  blob BLOB NOT NULL,
  PRIMARY KEY (key, part)
) WITHOUT ROWID;

CREATE TABLE history (
  key INTEGER NOT NULL,
  node INTEGER NOT NULL,
  blob BLOB NOT NULL,
  PRIMARY KEY (key, node)
) WITHOUT ROWID;

-- close_order is close_time with open executions after every closed one, so that "open first, newest first"
-- is one index read backwards. Root columns are NULL when they equal the row's own ids.
CREATE TABLE visibility (
  key INTEGER PRIMARY KEY,
  namespace INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  status INTEGER NOT NULL,
  start_time INTEGER NOT NULL,
  close_time INTEGER,
  close_order INTEGER NOT NULL GENERATED ALWAYS AS (ifnull(close_time, 9007199254740991)) VIRTUAL,
  execution_time INTEGER NOT NULL,
  workflow_type TEXT NOT NULL,
  workflow_id TEXT NOT NULL,
  run_id BLOB NOT NULL,
  task_queue TEXT NOT NULL,
  history_length INTEGER,
  history_size_bytes INTEGER,
  state_transition_count INTEGER,
  execution_duration_ns INTEGER,
  parent_workflow_id TEXT,
  parent_run_id BLOB,
  root_workflow_id TEXT,
  root_run_id BLOB,
  memo BLOB,
  search_attributes BLOB,
  -- How many rows of visibility_attribute belong to this one: rows without any cost nothing to replace.
  attribute_count INTEGER NOT NULL
);
-- The status rides along for filters and counts by status, which so read the index alone.
CREATE INDEX visibility_order ON visibility (namespace, kind, close_order, start_time, status);

-- One row per value (several for a keyword list). type is temporal.api.enums.v1.IndexedValueType;
-- value is TEXT for Text, Keyword and KeywordList, INTEGER for Int, Bool (0, 1) and Datetime, REAL for Double.
CREATE TABLE visibility_attribute (
  key INTEGER NOT NULL,
  name TEXT NOT NULL,
  type INTEGER NOT NULL,
  value NOT NULL,
  namespace INTEGER NOT NULL,
  PRIMARY KEY (key, name, type, value)
) WITHOUT ROWID;
CREATE INDEX visibility_attribute_value ON visibility_attribute (namespace, name, type, value);

CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  blob BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE metering (
  lane INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  batch_no INTEGER NOT NULL,
  blob BLOB NOT NULL,
  PRIMARY KEY (lane, epoch, batch_no)
) WITHOUT ROWID;
