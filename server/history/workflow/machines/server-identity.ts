/** Who writes the events that the server decides upon by itself. */
export const SERVER_IDENTITY = "history-service";

/** Who applies the parent close policy of a parent with many children. */
export const PARENT_CLOSE_POLICY_IDENTITY = "temporal-sys-parent-close-policy-workflow";
