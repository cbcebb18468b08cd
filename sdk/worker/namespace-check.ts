import type { Connection } from "../connection/index.ts";
import type { PayloadSizes } from "./payload-limits.ts";
import { codeOf } from "./polling/poll-errors.ts";
import { NOT_FOUND } from "../connection/status-codes.ts";

export interface NamespaceFacts {
  readonly hearsOfWorkers: boolean;
  /** What its server takes; 0 where it does not say. */
  readonly limits: PayloadSizes;
}

const UNKNOWN: NamespaceFacts = { hearsOfWorkers: false, limits: { payloadBytes: 0, memoBytes: 0 } };

/**
 * Says whether the namespace wants to hear of its workers, and how large payloads may be. Throws an error that names the namespace when the server does
 * not have it; other errors are left to the polls.
 */
export async function checkNamespace(connection: Connection, namespace: string): Promise<NamespaceFacts> {
  try {
    const { namespaceInfo } = await connection.workflowService.describeNamespace({ namespace });
    const { capabilities, limits } = namespaceInfo ?? {};
    return {
      hearsOfWorkers: capabilities?.workerHeartbeats === true,
      limits: {
        payloadBytes: Number(limits?.blobSizeLimitError ?? 0),
        memoBytes: Number(limits?.memoSizeLimitError ?? 0),
      },
    };
  } catch (error) {
    if (codeOf(error) !== NOT_FOUND) return UNKNOWN;
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
