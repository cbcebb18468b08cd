import type { Input } from "../../../api/codec.ts";
import { invalidArgument } from "../../../api/errors.ts";
import type {
  ListWorkersRequest,
  ListWorkersResponse,
  WorkerHeartbeat,
  WorkerListInfo,
} from "../../../api/gen/messages.js";
import type { WorkerRegistry } from "./worker-registry.ts";
import { workerCondition } from "./worker-query.ts";

/** Sizes beyond it, and none, mean this one. */
const PAGE_WORKERS_MAX = 1_000;
const NO_TOKEN = new Uint8Array(0);
/** Before the key of the last worker of a page. */
const TOKEN_MARK = "after ";

/** A page of a namespace's workers by instance key, so that workers which come and go move no others. */
export function workerPage(
  workers: WorkerRegistry,
  namespace: number,
  { query, pageSize, nextPageToken }: ListWorkersRequest,
): Input<ListWorkersResponse> {
  const condition = workerCondition(query);
  const after = decodeToken(nextPageToken);
  const limit = pageSize <= 0 ? PAGE_WORKERS_MAX : Math.min(pageSize, PAGE_WORKERS_MAX);
  const found = Array.from(workers.all(namespace))
    .filter((worker) => (after === undefined || worker.workerInstanceKey > after) && condition(worker))
    .sort((a, b) => (a.workerInstanceKey < b.workerInstanceKey ? -1 : 1));
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return {
    workersInfo: page.map((workerHeartbeat) => ({ workerHeartbeat })),
    workers: page.map(listInfo),
    nextPageToken: last === undefined ? NO_TOKEN : Buffer.from(TOKEN_MARK + last.workerInstanceKey),
  };
}

function listInfo({ hostInfo, ...worker }: WorkerHeartbeat): Input<WorkerListInfo> {
  const { workerInstanceKey, workerIdentity, taskQueue, deploymentVersion, sdkName, sdkVersion } = worker;
  return {
    workerInstanceKey,
    workerIdentity,
    taskQueue,
    deploymentVersion,
    sdkName,
    sdkVersion,
    status: worker.status,
    startTime: worker.startTime,
    hostName: hostInfo?.hostName,
    workerGroupingKey: hostInfo?.workerGroupingKey,
    processId: hostInfo?.processId,
    plugins: worker.plugins,
    drivers: worker.drivers,
  };
}

function decodeToken(token: Uint8Array): string | undefined {
  if (token.length === 0) return undefined;
  const text = Buffer.from(token).toString("utf8");
  if (!text.startsWith(TOKEN_MARK)) throw invalidArgument("invalid next_page_token");
  return text.slice(TOKEN_MARK.length);
}
