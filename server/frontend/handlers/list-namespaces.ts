import { invalidArgument } from "../../../api/errors.ts";
import { NamespaceState } from "../../../api/gen/enums.js";
import type { WorkflowServiceHandlers } from "../../../api/gen/services.js";
import type { Frontend } from "../frontend.ts";
import { namespaceDescription } from "../namespaces/namespace-description.ts";

const PAGE_SIZE_DEFAULT = 100;
const PAGE_SIZE_MAX = 1_000;

/** In the order of their registration; the token is the last number of the page. */
export function listNamespaces(frontend: Frontend): WorkflowServiceHandlers["listNamespaces"] {
  return async ({ pageSize, nextPageToken, namespaceFilter }) => {
    const size = pageSize <= 0 ? PAGE_SIZE_DEFAULT : Math.min(pageSize, PAGE_SIZE_MAX);
    const after = nextPageToken.length === 0 ? 0 : tokenNumber(nextPageToken);
    const includesDeleted = namespaceFilter?.includeDeleted === true;
    const rest = frontend.namespaces
      .all()
      .filter(
        ({ number, record }) =>
          number > after && (includesDeleted || record.state !== NamespaceState.NAMESPACE_STATE_DELETED),
      );
    const page = rest.slice(0, size);
    const last = page.at(-1);
    return {
      namespaces: page.map((known) => namespaceDescription(frontend, known)),
      nextPageToken: rest.length > page.length && last !== undefined ? Buffer.from(String(last.number)) : undefined,
    };
  };
}

function tokenNumber(token: Uint8Array): number {
  const text = Buffer.from(token).toString("latin1");
  if (!/^\d{1,15}$/.test(text)) throw invalidArgument("Invalid NextPageToken.");
  return Number(text);
}
