-- Needs: 3
-- A lot is 2,048 executions that were made one after the other. An index whose values come in no order would have each
-- execution write to another page of it; with the lot in front, the executions of now share a few pages. Whoever looks for
-- a value goes from lot to lot.

DROP INDEX visibility_attribute_value;
CREATE INDEX visibility_attribute_lot ON visibility_attribute (scope, name, type, key >> 23, value);

DROP INDEX visibility_task_queue;
CREATE INDEX visibility_task_queue ON visibility (scope, key >> 23, task_queue);
DROP INDEX visibility_duration;
CREATE INDEX visibility_duration ON visibility (scope, key >> 23, execution_duration_ns)
  WHERE execution_duration_ns > 60000000000;

-- The execution time of the few that have one of their own, so that a walk in this order need not read the others' rows.
DROP INDEX visibility_order;
CREATE INDEX visibility_order ON visibility (scope, close_order, start_time, nullif(execution_time, start_time));

-- Run ids have their time in front.
CREATE INDEX visibility_run_id ON visibility (scope, run_id);

-- What the attributes' rows were made of: a write with the same leaves them alone. 0 is not known.
ALTER TABLE visibility ADD COLUMN attribute_check INTEGER NOT NULL DEFAULT 0;
