/** One-activity workflows against a server that runs: their client and their worker. The activity comes with the workflow task's answer. */
import { BenchWorker, LoadClient } from "./bench-worker.ts";
import { inParallel } from "./in-parallel.ts";
import { completeWorkflow, scheduleActivity, startRequest } from "./requests.ts";
import type { ServerProcess } from "./server-process.ts";

const QUEUE = "bench";

export class OneActivityLoad {
  readonly #server: ServerProcess;
  readonly #client: LoadClient;
  readonly #worker: BenchWorker;
  readonly #waiting = new Map<string, () => void>();
  #started = 0;

  constructor(server: ServerProcess) {
    this.#server = server;
    this.#client = new LoadClient(server.port);
    this.#worker = new BenchWorker({
      port: server.port,
      queue: QUEUE,
      workflowPollers: 64,
      activityPollers: 5,
      decide: ({ previousStartedEventId }) => ({
        commands: [previousStartedEventId === 0 ? scheduleActivity(QUEUE, "eager") : completeWorkflow()],
      }),
      onAnswered: ({ previousStartedEventId, workflowExecution }) => {
        if (previousStartedEventId !== 0) this.#waiting.get(workflowExecution?.workflowId ?? "")?.();
      },
    });
  }

  /** Runs so many to their ends; answers the server's CPU for each, in ms. */
  async run(options: { readonly count: number; readonly inFlight: number }): Promise<number> {
    const before = this.#server.cpuMs();
    await inParallel(options, () => this.#runOne());
    return (this.#server.cpuMs() - before) / options.count;
  }

  stop(): void {
    this.#worker.stop();
    this.#client.close();
  }

  async #runOne(): Promise<void> {
    const workflowId = `load-${process.pid}-${this.#started++}`;
    const done = new Promise<void>((resolve) => this.#waiting.set(workflowId, resolve));
    await this.#client.call("StartWorkflowExecution", startRequest(workflowId, QUEUE));
    await done;
    this.#waiting.delete(workflowId);
  }
}

/** Two loads by turns, so that what else the machine does meets both alike; CPU of each pair, in ms for each workflow. */
export async function interleaved(
  [first, second]: readonly [OneActivityLoad, OneActivityLoad],
  { pairs, ...options }: { readonly pairs: number; readonly count: number; readonly inFlight: number },
): Promise<(readonly [number, number])[]> {
  const done: (readonly [number, number])[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    // Each is the first of a pair as often as the other.
    const isTurned = pair % 2 === 1;
    const one = await (isTurned ? second : first).run(options);
    const other = await (isTurned ? first : second).run(options);
    done.push(isTurned ? [other, one] : [one, other]);
  }
  return done;
}
