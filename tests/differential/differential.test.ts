/** Our server holds every recorded conversation; what it may answer differently is in `permitted.ts`. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startServer } from "../../server/index.ts";
import type { PerdureServer } from "../../server/index.ts";
import { problemsOf } from "./problems.ts";
import { defaultConcurrency, runScenarios } from "./runner.ts";
import { scenarios } from "./scenarios/index.ts";
import { otherNamespace, settings, settingsNames } from "./settings.ts";

const waitMs = 600_000;

describe.each(settingsNames)("with %s settings, our server answers as recorded:", (name) => {
  const chosen = scenarios.filter((scenario) => scenario.settings === name);
  const problems = new Map<string, string[]>();
  let server: PerdureServer | undefined;

  // All at once, because they mostly wait; each is told on its own below.
  beforeAll(async () => {
    server = await startServer({
      data: { kind: "memory" },
      port: 0,
      dynamicConfig: { values: settings[name].dynamicConfig },
      namespaces: ["default", otherNamespace],
    });
    await runScenarios({
      address: `127.0.0.1:${server.port}`,
      recordedFrom: "this server",
      scenarios: chosen,
      concurrency: defaultConcurrency,
      onOutcome: (outcome) => problems.set(outcome.scenario.name, problemsOf(outcome)),
    });
  }, waitMs);
  afterAll(async () => await server?.close());

  test.each(chosen.map((scenario) => scenario.name))("%s", (scenario) => {
    expect((problems.get(scenario) ?? ["it was not run"]).join("\n")).toBe("");
  });
});
