import { expect, test } from "vitest";
import { silentLog } from "../../base/index.ts";
import type { Log } from "../../base/index.ts";
import { watchConfig } from "./config-file.ts";
import { parseFlags, readPlain } from "./config-values.ts";
import { DynamicConfig } from "./dynamic-config.ts";
import type { Constraints } from "./dynamic-config.ts";
import { parseDuration } from "./duration-text.ts";
import { frontendSettings, limitSettings, namespaceSettings } from "./settings.ts";
import { readYaml } from "./yaml-file.ts";

const { namespaceRps, pollMs } = frontendSettings;

function configOf(yaml: string): DynamicConfig {
  const config = new DynamicConfig();
  config.replace(readYaml("f.yaml", yaml).values);
  return config;
}

const FILE = `
frontend.namespaceRPS:
  - value: 100
  - value: 1000
    constraints: { namespace: orders }
  - value: 1
    constraints: { taskQueueName: q }
matching.longPollExpirationInterval:
  - value: "30s"
  - value: "20s"
    constraints: { namespace: orders }
  - value: "10s"
    constraints: { taskQueueName: slow }
  - value: 5
    constraints: { namespace: orders, taskQueueName: slow }
  - value: "1500ms"
    constraints: { namespace: orders, taskQueueName: slow, taskType: Activity }
`;

test.each<[place: Constraints | undefined, rps: number, poll: number]>([
  [undefined, 100, 30_000],
  [{ namespace: "other" }, 100, 30_000],
  [{ namespace: "orders" }, 1_000, 20_000],
  [{ namespace: "other", taskQueue: "slow", taskType: "workflow" }, 100, 10_000],
  [{ namespace: "orders", taskQueue: "quick", taskType: "workflow" }, 1_000, 20_000],
  [{ namespace: "orders", taskQueue: "slow", taskType: "workflow" }, 1_000, 5_000],
  [{ namespace: "orders", taskQueue: "slow", taskType: "activity" }, 1_000, 1_500],
  [{ namespace: "other", taskQueue: "q" }, 100, 30_000],
])("the value with the closest constraints counts: %o", (place, rps, poll) => {
  const config = configOf(FILE);
  expect(config.get(namespaceRps, place)).toBe(rps);
  expect(config.get(pollMs, place)).toBe(poll);
});

test("a key without a value has its default, and so has one whose values hold elsewhere only", () => {
  const config = configOf("limit.blobSize.error: [{ value: 7, constraints: { namespace: small } }]");
  expect(config.get(limitSettings.memoBytesMax)).toBe(2 * 1024 * 1024);
  expect(config.get(limitSettings.blobBytesMax, { namespace: "large" })).toBe(2 * 1024 * 1024);
  expect(config.get(limitSettings.blobBytesMax, { namespace: "small" })).toBe(7);
});

test("case of keys and of constraints does not matter, and numbers name task types too", () => {
  const config = configOf(
    "MATCHING.longpollexpirationinterval: [{ value: 1h, constraints: { NAMESPACE: a, taskqueuetype: 1 } }]",
  );
  expect(config.get(pollMs, { namespace: "a", taskQueue: "q", taskType: "workflow" })).toBe(3_600_000);
  expect(config.get(pollMs, { namespace: "a", taskQueue: "q", taskType: "activity" })).toBe(60_000);
});

test.each<[yaml: string, message: string]>([
  ["a: [", "f.yaml line 1: Flow sequence in block collection must be sufficiently indented and end with a ]"],
  ["- 1", "f.yaml line 1: wants keys, each with a list of values"],
  ["\nfrontend.rps: 7", "f.yaml line 2: frontend.rps wants a list of values"],
  ["frontend.rps:\n  - 7", "f.yaml line 2: an entry of frontend.rps wants a value"],
  ["frontend.rps:\n  - constraints: {}", "f.yaml line 2: an entry of frontend.rps wants a value"],
  ["frontend.rps:\n  - value: many", 'f.yaml line 2: frontend.rps wants a number that is not negative, got "many"'],
  ["frontend.rps: [{ value: -1 }]", "f.yaml line 1: frontend.rps wants a number that is not negative, got -1"],
  [
    "limit.maxIDLength: [{ value: 1.5 }]",
    "f.yaml line 1: limit.maxIDLength wants a whole number that is not negative, got 1.5",
  ],
  [
    "frontend.WorkflowPauseEnabled:\n  - value: 1",
    "f.yaml line 2: frontend.WorkflowPauseEnabled wants true or false, got 1",
  ],
  [
    "history.longPollExpirationInterval:\n  - value: soon",
    'f.yaml line 2: history.longPollExpirationInterval wants a duration such as "90s", got "soon"',
  ],
  [
    "frontend.rps:\n  - value: 1\n    constraints: { shard: 1 }",
    'f.yaml line 3: "shard" is no constraint: there are namespace, taskQueueName and taskType',
  ],
  ["frontend.rps:\n  - value: 1\n    constraints: { namespace: 1 }", "f.yaml line 3: namespace wants a text"],
  [
    "frontend.rps:\n  - value: 1\n    constraints: { taskType: Nexus }",
    'f.yaml line 3: tasktype wants "Workflow" or "Activity"',
  ],
  ["frontend.rps: [{value: 1}]\nfrontend.rps: [{value: 2}]", "f.yaml line 2: Map keys must be unique"],
])("a broken file is refused with its line: %j", (yaml, message) => {
  expect(() => readYaml("f.yaml", yaml)).toThrow(expect.objectContaining({ name: "ConfigError", message }));
});

test.each(["", "# nothing\n", "---\n"])("an empty file has no values: %j", (yaml) => {
  expect(readYaml("f.yaml", yaml)).toEqual({ values: [], unknownKeys: [] });
});

test.each<[flag: string, message: string]>([
  ["frontend.rps", '--dynamic-config-value wants KEY=JSON, got "frontend.rps"'],
  ["=1", '--dynamic-config-value wants KEY=JSON, got "=1"'],
  ["frontend.rps=", "--dynamic-config-value frontend.rps wants a value in JSON, got nothing"],
  ["frontend.rps=x", "--dynamic-config-value frontend.rps wants a value in JSON, got x"],
  ['frontend.rps="x"', '--dynamic-config-value: frontend.rps wants a number that is not negative, got "x"'],
])("a flag that cannot be read is refused: %s", (flag, message) => {
  expect(() => parseFlags([flag])).toThrow(expect.objectContaining({ name: "ConfigError", message }));
});

test("a flag's value is JSON, and may hold a sign of equality", () => {
  const config = new DynamicConfig();
  config.replace(
    readPlain(parseFlags(['perdure.frontend.namespaceRPS.operations={"StartWorkflowExecution":5}'])).values,
  );
  expect(config.get(frontendSettings.operationRps)).toEqual(new Map([["StartWorkflowExecution", 5]]));
  expect(parseFlags(["a=1", 'a="c=d"'])).toEqual({ a: "c=d" });
});

test.each<[text: string, ms: number | undefined]>([
  ["90s", 90_000],
  ["1h30m", 5_400_000],
  ["1.5h", 5_400_000],
  ["2d", 172_800_000],
  ["250ms", 250],
  ["7", 7_000],
  ["", undefined],
  ["-1s", undefined],
  ["1 s", undefined],
  ["s", undefined],
])("%j as a duration is %s ms", (text, ms) => expect(parseDuration(text)).toBe(ms));

class Scene {
  readonly config = new DynamicConfig();
  readonly lines: string[] = [];
  text = "";
  isMissing = false;
  readonly log: Log = {
    ...silentLog,
    info: (message) => void this.lines.push(message),
    warn: (message, fields) => void this.lines.push(`${message}: ${Object.values(fields ?? {}).join()}`),
  };

  watch(flags: readonly string[] = [], file: string | undefined = "f.yaml"): ReturnType<typeof watchConfig> {
    const timers = { set: () => ({}), clear: () => undefined, immediate: () => undefined };
    const read = async (): Promise<string> => {
      if (this.isMissing) throw Object.assign(new Error("gone"), { code: "ENOENT" });
      return this.text;
    };
    return watchConfig(this.config, { values: parseFlags(flags), file }, { timers, log: this.log, read });
  }
}

test("a changed file is read again, a broken one changes nothing and is told once", async () => {
  const scene = new Scene();
  scene.text = "frontend.rps: [{ value: 1 }]";
  const watch = await scene.watch();
  expect(scene.config.get(frontendSettings.rps)).toBe(1);
  scene.text = "frontend.rps: [{ value: 2 }]";
  await watch.look();
  expect(scene.config.get(frontendSettings.rps)).toBe(2);
  scene.text = "frontend.rps: [{ value: 3 }]\nlimit.maxIDLength: [{ value: x }]";
  await watch.look();
  await watch.look();
  scene.isMissing = true;
  await watch.look();
  await watch.look();
  expect(scene.config.get(frontendSettings.rps)).toBe(2);
  scene.isMissing = false;
  scene.text = "";
  await watch.look();
  expect(scene.config.get(frontendSettings.rps)).toBe(0);
  expect(scene.lines).toEqual([
    "the dynamic configuration was read again",
    'the dynamic configuration stays as it was: f.yaml line 2: limit.maxIDLength wants a whole number that is not negative, got "x"',
    "the dynamic configuration stays as it was: f.yaml cannot be read: ENOENT",
    "the dynamic configuration was read again",
  ]);
});

test("a file that is broken or missing at the start is refused", async () => {
  const scene = new Scene();
  scene.text = "[";
  await expect(scene.watch()).rejects.toThrow("f.yaml line 1:");
  scene.isMissing = true;
  await expect(scene.watch()).rejects.toThrow("f.yaml cannot be read: ENOENT");
});

test("a flag wins over all of the file's values of its key", async () => {
  const scene = new Scene();
  scene.text = "frontend.namespaceRPS: [{ value: 5, constraints: { namespace: a } }]\nfrontend.rps: [{ value: 6 }]";
  await scene.watch(["frontend.namespaceRPS=7"]);
  expect(scene.config.get(namespaceRps, { namespace: "a" })).toBe(7);
  expect(scene.config.get(frontendSettings.rps)).toBe(6);
});

test("keys that are not known are named in one line, again only when they are others", async () => {
  const scene = new Scene();
  scene.text = "history.persistenceMaxQPS: [{ value: 1 }]\nmatching.numTaskqueueReadPartitions: [{ value: 1 }]";
  const watch = await scene.watch(["worker.nothing=1"]);
  scene.text += "\n";
  await watch.look();
  expect(scene.lines.filter((line) => line.startsWith("keys"))).toEqual([
    "keys of the dynamic configuration that this server does not have: worker.nothing, history.persistenceMaxQPS, matching.numTaskqueueReadPartitions",
  ]);
});

test("without a file the flags hold", async () => {
  const scene = new Scene();
  const watch = await scene.watch(['perdure.retentionDefault="2d"'], undefined);
  await watch.look();
  expect(scene.config.get(namespaceSettings.retentionDefaultMs)).toBe(172_800_000);
});
