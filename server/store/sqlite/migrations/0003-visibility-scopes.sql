-- Needs: 2
-- A scope is namespace, kind and whether the execution belongs to a division, as one number: (namespace * 256 + kind) * 2,
-- plus 1 with a division. Every question about executions has one, so every index begins with it.

ALTER TABLE visibility ADD COLUMN division TEXT;
UPDATE visibility SET division = (
  SELECT value FROM visibility_attribute a
  WHERE a.key = visibility.key AND a.name = 'TemporalNamespaceDivision' AND a.type = 2
) WHERE attribute_count > 0;
ALTER TABLE visibility ADD COLUMN scope INTEGER NOT NULL
  GENERATED ALWAYS AS ((namespace * 256 + kind) * 2 + (division IS NOT NULL)) VIRTUAL;

-- The first three are orders of lists (with a type one often asks for a status); the others find few rows. Of numbers
-- that are known at the close only uncommonly large ones are indexed: they are asked for, and the others would cost each
-- execution.
DROP INDEX visibility_order;
CREATE INDEX visibility_order ON visibility (scope, close_order, start_time);
CREATE INDEX visibility_status ON visibility (scope, status, close_order, start_time);
CREATE INDEX visibility_type ON visibility (scope, workflow_type, close_order, start_time, status);
CREATE INDEX visibility_task_queue ON visibility (scope, task_queue);
CREATE INDEX visibility_start_time ON visibility (scope, start_time);
CREATE INDEX visibility_execution_time ON visibility (scope, execution_time) WHERE execution_time <> start_time;
CREATE INDEX visibility_history_length ON visibility (scope, history_length) WHERE history_length > 100;
CREATE INDEX visibility_history_size ON visibility (scope, history_size_bytes) WHERE history_size_bytes > 65536;
CREATE INDEX visibility_transitions ON visibility (scope, state_transition_count) WHERE state_transition_count > 100;
CREATE INDEX visibility_duration ON visibility (scope, execution_duration_ns) WHERE execution_duration_ns > 60000000000;
CREATE INDEX visibility_parent ON visibility (scope, parent_workflow_id) WHERE parent_workflow_id IS NOT NULL;
CREATE INDEX visibility_root ON visibility (scope, root_workflow_id) WHERE root_workflow_id IS NOT NULL;

-- Programs of schema 2 know nothing of scopes and write a namespace. Both columns may be left out.
ALTER TABLE visibility_attribute RENAME TO visibility_attribute_2;
CREATE TABLE visibility_attribute (
  key INTEGER NOT NULL,
  name TEXT NOT NULL,
  type INTEGER NOT NULL,
  value NOT NULL,
  namespace INTEGER NOT NULL DEFAULT 0,
  scope INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (key, name, type, value)
) WITHOUT ROWID;
INSERT INTO visibility_attribute (key, name, type, value, namespace, scope)
  SELECT a.key, a.name, a.type, a.value, a.namespace, ifnull(v.scope, 0)
  FROM visibility_attribute_2 a LEFT JOIN visibility v ON v.key = a.key;
DROP TABLE visibility_attribute_2;
CREATE INDEX visibility_attribute_value ON visibility_attribute (scope, name, type, value);

-- Afterwards: what a program of schema 2 has written since.
UPDATE visibility SET division = (
  SELECT value FROM visibility_attribute a
  WHERE a.key = visibility.key AND a.name = 'TemporalNamespaceDivision' AND a.type = 2
) WHERE key IN (SELECT key FROM visibility_attribute WHERE scope = 0);
UPDATE visibility_attribute
  SET scope = (SELECT v.scope FROM visibility v WHERE v.key = visibility_attribute.key)
  WHERE scope = 0 AND key IN (SELECT key FROM visibility);
