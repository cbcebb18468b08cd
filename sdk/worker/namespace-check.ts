import type { Connection } from "../connection/index.ts";
import { codeOf } from "./polling/poll-errors.ts";

const NOT_FOUND = 5;

/** Throws an error that names the namespace when the server does not have it; other errors are left to the polls. */
export async function checkNamespace(connection: Connection, namespace: string): Promise<void> {
  try {
    await connection.workflowService.describeNamespace({ namespace });
  } catch (error) {
    if (codeOf(error) !== NOT_FOUND) return;
    throw Object.assign(
      new Error(
        `The server at ${connection.options.address} has no namespace "${namespace}": register it, or check the worker option \`namespace\``,
        {
          cause: error,
        },
      ),
      { code: NOT_FOUND },
    );
  }
}
