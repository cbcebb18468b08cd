-- Needs: 1
-- An execution by its run id alone. Ids of later runs are larger: the index grows at its end.
CREATE INDEX visibility_run_id ON visibility (scope, run_id, key);
