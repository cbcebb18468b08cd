/** Workers and the replayer of the official SDK, in a process of their own. */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import type { RunningWorker, Sdk } from "./sdk.ts";
import type { ToldRun } from "./tell-story.ts";
import type { WorkerShape } from "./worker-options.ts";

const PROGRAM = fileURLToPath(new URL("official-program.ts", import.meta.url));

export type Order = { readonly id: number } & Wish;

type Wish =
  | { readonly kind: "start"; readonly worker: number; readonly shape: WorkerShape }
  | { readonly kind: "stop"; readonly worker: number }
  | { readonly kind: "replay"; readonly runs: readonly { readonly workflowId: string; readonly history: string }[] };

interface Answer {
  readonly id: number;
  readonly answer?: unknown;
  readonly failure?: string;
}

export class OfficialSdk implements Sdk {
  readonly #process: ChildProcess;
  readonly #open = new Map<number, PromiseWithResolvers<unknown>>();
  #lastId = 0;

  static async open(address: string): Promise<OfficialSdk> {
    const program = fork(PROGRAM, [address], { execArgv: [], stdio: ["ignore", "ignore", "ignore", "ipc"] });
    await Promise.race([
      once(program, "message"),
      once(program, "exit").then(([code]) => Promise.reject(new Error(`the official SDK's process ended: ${code}`))),
    ]);
    return new OfficialSdk(program);
  }

  private constructor(program: ChildProcess) {
    this.#process = program;
    program.on("message", (message) => {
      const { id, answer, failure } = message as Answer;
      if (failure === undefined) this.#open.get(id)?.resolve(answer);
      else this.#open.get(id)?.reject(new Error(failure));
      this.#open.delete(id);
    });
    program.on("exit", (code, signal) => {
      const ended = new Error(`the official SDK's process ended: ${signal ?? code}`);
      for (const { reject } of this.#open.values()) reject(ended);
      this.#open.clear();
    });
  }

  async start(shape: WorkerShape): Promise<RunningWorker> {
    const worker = ++this.#lastId;
    await this.#ask({ kind: "start", worker, shape });
    return { stop: async () => void (await this.#ask({ kind: "stop", worker })) };
  }

  async replay(runs: readonly ToldRun[]): Promise<ReadonlyMap<string, string>> {
    const encoded = runs.map(({ workflowId, history }) => ({ workflowId, history: historyToJSON(history) }));
    return new Map((await this.#ask({ kind: "replay", runs: encoded })) as [string, string][]);
  }

  #ask(wish: Wish): Promise<unknown> {
    if (!this.#process.connected) return Promise.reject(new Error("the official SDK's process is gone"));
    const id = ++this.#lastId;
    const answered = Promise.withResolvers<unknown>();
    this.#open.set(id, answered);
    this.#process.send({ ...wish, id });
    return answered.promise;
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const exited = once(this.#process, "exit");
    this.#process.disconnect();
    await exited;
  }
}
