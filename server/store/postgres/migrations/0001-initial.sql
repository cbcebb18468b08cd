-- An entity's key is id * 4096 + slot (entity-key.ts). Blobs end with a CRC-32 of four bytes (checksum.ts).
-- What users name (workflow ids, types, queues, attributes) is bytea in UTF-8: its order is that of the code points whatever
-- the database's locale, and it may hold any character. Read it with convert_from(business_id, 'UTF8').
-- Times of visibility are microseconds since 1970, others milliseconds.

-- Who serves this database; see lease.ts.
CREATE TABLE lease (
  name text PRIMARY KEY,
  holder text NOT NULL,
  host text NOT NULL,
  pid integer NOT NULL,
  expires_at timestamptz NOT NULL
);

-- One row per lane: every commit of a lane updates its row first, so that all who write to a lane take turns.
-- Whoever does not know the ticket cannot write.
CREATE TABLE lane (
  lane integer PRIMARY KEY,
  epoch bigint NOT NULL,
  batch_no bigint NOT NULL,
  next_id bigint NOT NULL,
  ticket bigint NOT NULL
);

-- How far ended epochs came, for an owner that settles its last commit late.
CREATE TABLE lane_epoch (
  lane integer NOT NULL,
  epoch bigint NOT NULL,
  batch_no bigint NOT NULL,
  PRIMARY KEY (lane, epoch)
);

CREATE TABLE entity (
  key bigint PRIMARY KEY,
  kind integer NOT NULL,
  namespace integer NOT NULL,
  business_id bytea NOT NULL,
  run_id uuid NOT NULL,
  ids_check integer NOT NULL,
  due_at bigint,
  state bytea NOT NULL
);
CREATE INDEX entity_business_id ON entity (namespace, kind, business_id, key);
CREATE INDEX entity_due_at ON entity (due_at ASC, (key & 4095), key) WHERE due_at IS NOT NULL;

CREATE TABLE part (
  key bigint NOT NULL,
  part bytea NOT NULL,
  blob bytea NOT NULL,
  PRIMARY KEY (key, part)
);

-- Partitions (history-partitions.ts) are ranges of keys, so of time; what no partition takes is in the default one.
CREATE TABLE history (
  key bigint NOT NULL,
  node integer NOT NULL,
  blob bytea NOT NULL,
  PRIMARY KEY (key, node)
) /* partitioned */ PARTITION BY RANGE (key) /* end */;
/* partitioned */ CREATE TABLE history_rest PARTITION OF history DEFAULT;
CREATE TABLE history_0 PARTITION OF history FOR VALUES FROM (0) TO (17179869184); /* end */

-- close_order is close_time, or 9007199254740991 while open. Root columns are NULL when they equal the row's own ids.
CREATE TABLE visibility (
  key bigint PRIMARY KEY,
  namespace integer NOT NULL,
  kind integer NOT NULL,
  status bigint NOT NULL,
  start_time bigint NOT NULL,
  close_time bigint,
  close_order bigint NOT NULL,
  execution_time bigint NOT NULL,
  workflow_type bytea NOT NULL,
  workflow_id bytea NOT NULL,
  run_id uuid NOT NULL,
  task_queue bytea NOT NULL,
  history_length bigint,
  history_size_bytes bigint,
  state_transition_count bigint,
  execution_duration_ns bigint,
  parent_workflow_id bytea,
  parent_run_id uuid,
  root_workflow_id bytea,
  root_run_id uuid,
  row_check integer NOT NULL,
  memo bytea,
  search_attributes bytea,
  attribute_count integer NOT NULL,
  -- Namespace, kind and whether it has a division in one number (visibility-sql/scope.ts).
  scope bigint NOT NULL,
  division bytea
);
-- The first three are orders of lists; the others find few rows. Of numbers that are known at the close only uncommonly large
-- ones are indexed: they are asked for, and the others would cost each execution.
CREATE INDEX visibility_order ON visibility (scope, close_order, start_time, key, status);
CREATE INDEX visibility_status ON visibility (scope, status, close_order, start_time, key);
CREATE INDEX visibility_type ON visibility (scope, workflow_type, close_order, start_time, key, status);
CREATE INDEX visibility_task_queue ON visibility (scope, task_queue, key);
CREATE INDEX visibility_start_time ON visibility (scope, start_time, key);
CREATE INDEX visibility_execution_time ON visibility (scope, execution_time, key) WHERE execution_time <> start_time;
CREATE INDEX visibility_history_length ON visibility (scope, history_length, key) WHERE history_length > 100;
CREATE INDEX visibility_history_size ON visibility (scope, history_size_bytes, key) WHERE history_size_bytes > 65536;
CREATE INDEX visibility_transitions ON visibility (scope, state_transition_count, key) WHERE state_transition_count > 100;
CREATE INDEX visibility_duration ON visibility (scope, execution_duration_ns, key)
  WHERE execution_duration_ns > 60000000000;
CREATE INDEX visibility_parent ON visibility (scope, parent_workflow_id, key) WHERE parent_workflow_id IS NOT NULL;
CREATE INDEX visibility_root ON visibility (scope, root_workflow_id, key) WHERE root_workflow_id IS NOT NULL;

-- One row per value (several for a keyword list). type is temporal.api.enums.v1.IndexedValueType; values are bytes in
-- the order of what they stand for (ordered-bytes.ts).
CREATE TABLE visibility_attribute (
  key bigint NOT NULL,
  name bytea NOT NULL,
  type integer NOT NULL,
  value bytea NOT NULL,
  scope bigint NOT NULL,
  PRIMARY KEY (key, name, type, value)
);
CREATE INDEX visibility_attribute_value ON visibility_attribute (scope, name, type, value, key);

CREATE TABLE meta (
  key bytea PRIMARY KEY,
  blob bytea NOT NULL
);

CREATE TABLE metering (
  lane integer NOT NULL,
  epoch bigint NOT NULL,
  batch_no bigint NOT NULL,
  blob bytea NOT NULL,
  PRIMARY KEY (lane, epoch, batch_no)
);
