/** What passes through interceptors: headers, arguments, results, log attributes, metric tags. */
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { Client } from "../../../sdk/client/index.ts";
import { defaultPayloadConverter } from "../../../sdk/common/index.ts";
import type { Headers } from "../../../sdk/common/index.ts";
import type { WorkerOptions } from "../../../sdk/worker/worker-options.ts";
import type { Area } from "./define.ts";
import { linesOf, measuredAs } from "./observed.ts";
import { Scene, WORKFLOWS_PATH } from "./stage.ts";
import * as workflows from "./workflows/index.ts";

const w = workflows;
const MODULE = fileURLToPath(new URL("interceptor-module.ts", import.meta.url));

const header = (text: string): Headers => ({
  path: defaultPayloadConverter.toPayload(text) as NonNullable<Headers[string]>,
});
const pathOf = ({ path }: Headers): string =>
  path === undefined ? "" : defaultPayloadConverter.fromPayload<string>(path);

const options = (inline: boolean): Partial<WorkerOptions> => ({
  ...(inline ? { workflows } : { workflowsPath: WORKFLOWS_PATH }),
  interceptors: {
    workflowModules: [MODULE],
    activity: [
      () => ({
        inbound: {
          execute: async (input, next) => [`${pathOf(input.headers)}>activity`, await next(input)],
        },
        outbound: {
          getLogAttributes: (input, next) => next({ ...input, interceptedActivity: true }),
          getMetricTags: (input, next) => next({ ...input, interceptedActivity: true }),
        },
      }),
    ],
  },
});

class Intercepted extends Scene {
  override readonly client: Client;

  constructor(scene: Scene) {
    super(scene.stage, scene.taskQueue);
    const { connection, namespace } = scene.stage;
    this.client = new Client({
      connection,
      namespace,
      interceptors: {
        workflow: [
          {
            startWithDetails: (input, next) => next({ ...input, headers: header("start") }),
            signal: (input, next) => next({ ...input, headers: header("signal") }),
            signalWithStart: (input, next) => next({ ...input, headers: header("signalWithStart") }),
            query: (input, next) => next({ ...input, headers: header("query") }),
            startUpdate: (input, next) => next({ ...input, headers: header("update") }),
            describe: async (input, next) => ({ ...(await next(input)) }),
            cancel: (input, next) => next(input),
            terminate: (input, next) => next({ ...input, reason: "by the interceptor" }),
          },
        ],
      },
    });
  }
}

export const interceptors: Area = ({ it }) => {
  for (const inline of [false, true]) {
    const where = inline ? " [inline]" : "";
    const at = (name: string, body: (scene: Scene) => Promise<void>): void =>
      it(name + where, ({ stage }) =>
        stage.withSharedWorker(`intercepted${where}`, options(inline), (own) => body(new Intercepted(own))),
      );

    at("the headers of a start reach the workflow, and its arguments may be changed", async (scene) => {
      expect(await scene.execute(w.returns, { args: ["tell the path"] })).toBe("start");
    });

    at("headers pass from client through workflow to activity, and its result may be changed", async (scene) => {
      expect(await scene.execute(w.calls, { args: ["echo", ["x"]] })).toEqual(["start>workflow>activity", "x"]);
    });

    at("to a local activity", async (scene) => {
      expect(await scene.execute(w.localCalls, { args: ["echo", ["x"]] })).toEqual(["start>workflow>activity", "x"]);
    });

    at("to a child", async (scene) => {
      expect(await scene.execute(w.executesChild, { args: ["returns", ["tell the path"]] })).toBe("start>workflow");
    });

    at("with a signal, a query and an update", async (scene) => {
      const handle = await scene.start(w.collects);
      await handle.signal(w.add, 1);
      expect(await handle.query("items")).toEqual(["query", ["signal signal"]]);
      await handle.terminate();
      const other = await scene.start(w.updates, { workflowId: `${scene.id}-other` });
      expect(await other.executeUpdate(w.who, { updateId: "u" })).toEqual(["update", "who", { id: "u", name: "who" }]);
      await other.terminate();
    });

    at("with a signal from another workflow", async (scene) => {
      const other = await scene.start(w.waitsForFinish, { workflowId: `${scene.id}-other` });
      await scene.execute(w.signalsExternal, { args: [other.workflowId, 1] });
      expect(await other.result()).toBe("signal start>workflow");
    });

    at("a validator is intercepted", async (scene) => {
      const handle = await scene.start(w.updates);
      const update = handle.executeUpdate("increase", { args: ["refused by the interceptor"] });
      await expect(update).rejects.toMatchObject({ cause: { message: "refused" } });
      await handle.terminate();
    });

    at("a timer is intercepted", async (scene) => {
      expect(await scene.execute(w.sleeps, { args: ["1 day"] })).toBe("awake");
    });

    at("log attributes and metric tags are intercepted", async (scene) => {
      await scene.execute(w.logs);
      const line = linesOf(scene.id).find(({ message }) => message === "from the workflow");
      expect(line?.meta).toMatchObject({ intercepted: "logs" });
      await scene.execute(w.logsInActivity, { args: [scene.id], workflowId: `${scene.id}-activity` });
      const inActivity = linesOf(`${scene.id}-activity`).find(({ message }) => message === scene.id);
      expect(inActivity?.meta).toMatchObject({ interceptedActivity: true, own: "attribute" });
      const measured = measuredAs("suite_activity_counter");
      expect(measured.some(({ tags }) => tags["interceptedActivity"] === true)).toBe(true);
    });
  }

  it("a client's interceptor changes the reason of a termination", async (scene) => {
    const handle = await new Intercepted(scene).start(w.waitsLong);
    await handle.terminate("of the caller");
    await expect(handle.result()).rejects.toMatchObject({ cause: { message: "by the interceptor" } });
  });
};
