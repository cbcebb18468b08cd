/** Our workers and our replayer, in this process. */
import { fileURLToPath } from "node:url";
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from "../../../sdk/worker/index.ts";
import * as activities from "../activities.ts";
import type { RunningWorker, Sdk } from "./sdk.ts";
import type { ToldRun } from "./tell-story.ts";
import { workerOptions, workflowsPath } from "./worker-options.ts";
import type { WorkerShape } from "./worker-options.ts";

export class OurSdk implements Sdk {
  readonly #connection: NativeConnection;
  readonly #workflowBundle: { code: string };

  static async open(address: string): Promise<OurSdk> {
    Runtime.install({ logger: new DefaultLogger("ERROR", () => {}) });
    return new OurSdk(
      await NativeConnection.connect({ address }),
      await bundleWorkflowCode({ workflowsPath: fileURLToPath(workflowsPath) }),
    );
  }

  private constructor(connection: NativeConnection, workflowBundle: { code: string }) {
    this.#connection = connection;
    this.#workflowBundle = workflowBundle;
  }

  async start(shape: WorkerShape): Promise<RunningWorker> {
    const code = shape.runs === "activities" ? {} : { workflowBundle: this.#workflowBundle };
    const options = { connection: this.#connection, activities, ...workerOptions("ours", shape), ...code };
    const worker = await Worker.create(options);
    const running = worker.run();
    const stop = async (): Promise<void> => {
      worker.shutdown();
      await running;
    };
    return { stop };
  }

  async replay(runs: readonly ToldRun[]): Promise<ReadonlyMap<string, string>> {
    const results = await Array.fromAsync(Worker.runReplayHistories({ workflowBundle: this.#workflowBundle }, runs));
    return new Map(results.map(({ workflowId, error }) => [workflowId, error?.message ?? ""]));
  }

  async close(): Promise<void> {
    await this.#connection.close();
    await Runtime.instance().shutdown();
  }
}
