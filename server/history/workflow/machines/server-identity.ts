/** Who writes the events that the server decides upon by itself. */
export const SERVER_IDENTITY = "history-service";
