import { describe, expect, test } from "vitest";
import { WorkerHeartbeat } from "../../../api/gen/messages.js";
import type { WorkerHeartbeat as Heartbeat } from "../../../api/gen/messages.js";
import { workerCondition } from "./worker-query.ts";

const EMPTY = WorkerHeartbeat.decode(new Uint8Array(0));
const START = 1_790_000_000;

function worker(workerInstanceKey: string, fields: object = {}): Heartbeat {
  return WorkerHeartbeat.decode(WorkerHeartbeat.encode({ ...EMPTY, workerInstanceKey, ...fields }));
}

const workers = [
  worker("alpha", {
    workerIdentity: "1@host",
    hostInfo: { hostName: "host" },
    taskQueue: "orders",
    deploymentVersion: { deploymentName: "shop", buildId: "b1" },
    sdkName: "sdk",
    sdkVersion: "1.2.3",
    status: 1,
    startTime: { seconds: START, nanos: 5_000_000 },
  }),
  worker("beta", { hostInfo: { hostName: "elsewhere" }, status: 2, startTime: { seconds: START + 60, nanos: 0 } }),
  worker("gamma"),
];

function found(query: string): string[] {
  return workers.filter(workerCondition(query)).map(({ workerInstanceKey }) => workerInstanceKey);
}

const ALL = ["alpha", "beta", "gamma"];

test.each([
  ["", ALL],
  [`WorkerInstanceKey = "alpha"`, ["alpha"]],
  [`WorkerIdentity = '1@host'`, ["alpha"]],
  ['`HostName` = "elsewhere"', ["beta"]],
  [`TaskQueue = "orders"`, ["alpha"]],
  [`DeploymentName = "shop" AND BuildId = "b1"`, ["alpha"]],
  [`SdkName = "sdk"`, ["alpha"]],
  [`SdkVersion != "1.2.3"`, ["beta", "gamma"]],
  [`Status = "Running"`, ["alpha"]],
  [`Status = "ShuttingDown" OR HostName = "host"`, ["alpha", "beta"]],
  [`Status STARTS_WITH "Shut"`, ["beta"]],
  [`HostName NOT STARTS_WITH "else"`, ["alpha", "gamma"]],
  [`HostName IN ("host", "elsewhere")`, ["alpha", "beta"]],
  [`HostName NOT IN ("host")`, ["beta", "gamma"]],
  [`HostName BETWEEN "a" AND "f"`, ["beta"]],
  [`HostName > "elsewhere"`, ["alpha"]],
  [`HostName IS NULL`, ["gamma"]],
  [`NOT HostName IS NULL`, ["alpha", "beta"]],
  [`StartTime IS NULL`, ["gamma"]],
  [`StartTime = "2026-09-21T14:13:20.005Z"`, ["alpha"]],
  [`StartTime > "2026-09-21T14:13:20Z" AND StartTime <= "2026-09-21T16:14:20+02:00"`, ["alpha", "beta"]],
  [`StartTime NOT BETWEEN "2026-09-21T14:13:20Z" AND "2026-09-21T14:14:00Z"`, ["beta", "gamma"]],
  [`StartTime >= ${START + 60}000000000`, ["beta"]],
  [`(HostName = "host" OR HostName = "elsewhere") AND NOT (Status = "Running")`, ["beta"]],
])("%s finds %j", (query, expected) => {
  expect(found(query)).toEqual(expected);
});

describe("what is no question about workers is refused:", () => {
  test.each([
    [`HostName =`, "malformed query: syntax error at position 38"],
    [`Colour = "red"`, "unknown attribute of a worker: Colour"],
    [`hostname = "host"`, "unknown attribute of a worker: hostname"],
    [`"host" = HostName`, "a comparison that does not begin with an attribute"],
    [`HostName`, "a condition without a comparison"],
    [`HostName = 17`, "HostName is compared with a text"],
    [`HostName = host`, "HostName is compared with a text"],
    [`HostName = NULL`, "HostName is compared with a text"],
    [`HostName LIKE "h%"`, "operator LIKE"],
    [`HostName REGEXP "h"`, "operator REGEXP"],
    [`HostName IS TRUE`, "IS TRUE"],
    [`HostName IN ("host", 17)`, "HostName is compared with a text"],
    [`StartTime > "yesterday"`, "unable to parse datetime 'yesterday'"],
    [`StartTime > 1.5`, "StartTime is compared with a time"],
    [`StartTime STARTS_WITH "2026-09-21T14:13:20Z"`, "operator STARTS_WITH for StartTime"],
    [`HostName = "host" LIMIT 1`, "operation is not supported: 'limit' clause"],
    [`HostName = "host" GROUP BY Status`, "operation is not supported: 'group by' clause"],
    [`HostName = "host" ORDER BY StartTime`, "operation is not supported: 'order by' clause"],
  ])("%s", (query, message) => {
    expect(() => workerCondition(query)).toThrow(message);
  });
});
