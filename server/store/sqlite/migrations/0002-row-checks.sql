-- Checksums of columns that are no blobs (row-checks.ts): what an entity's row says of itself, which never changes,
-- and a visibility row but for its blobs, which have their own.

ALTER TABLE entity ADD COLUMN ids_check INTEGER NOT NULL DEFAULT 0;
UPDATE entity SET ids_check = entity_check(key, kind, namespace, business_id, run_id);

ALTER TABLE visibility ADD COLUMN row_check INTEGER NOT NULL DEFAULT 0;
UPDATE visibility SET row_check = visibility_check(key, namespace, kind, status, start_time, close_time, execution_time,
  workflow_type, workflow_id, run_id, task_queue, history_length, history_size_bytes, state_transition_count,
  execution_duration_ns, parent_workflow_id, parent_run_id, root_workflow_id, root_run_id);
