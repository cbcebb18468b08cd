import type { Connection } from "../connection/index.ts";
import { codeOf } from "./polling/poll-errors.ts";

const NOT_FOUND = 5;

/**
 * Says whether the namespace wants to hear of its workers. Throws an error that names the namespace when the server does
 * not have it; other errors are left to the polls.
 */
export async function checkNamespace(connection: Connection, namespace: string): Promise<{ hearsOfWorkers: boolean }> {
  try {
    const { namespaceInfo } = await connection.workflowService.describeNamespace({ namespace });
    return { hearsOfWorkers: namespaceInfo?.capabilities?.workerHeartbeats === true };
  } catch (error) {
    if (codeOf(error) !== NOT_FOUND) return { hearsOfWorkers: false };
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
