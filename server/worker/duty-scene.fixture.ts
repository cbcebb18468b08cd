/** A server on a clock that tests move, with runs that are started and terminated; its data may be opened again. */
import type { Call } from "../../api/call.ts";
import { duration } from "../../api/duration.ts";
import { operatorService, workflowService } from "../../api/gen/services.js";
import type { Method } from "../../api/gen/services.js";
import { seededRandom } from "../../base/index.ts";
import { SettlingTime } from "../../base/manual-time.fixture.ts";
import { startEngine } from "../server.ts";
import type { Engine } from "../server.ts";
import type { Store } from "../store/store.ts";

const START_MS = Date.UTC(2030, 0, 1);

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

const CALL: Call = { deadline: undefined, cancelled: false, metadata: () => undefined, onCancel: () => undefined };

type AnyHandler = (request: object, call: Call) => Promise<unknown>;

export class DutyScene {
  readonly time = new SettlingTime(START_MS);
  readonly #openStore: () => Store | Promise<Store>;
  #engine: Engine | undefined;
  #store: Store | undefined;
  #lives = 0;

  constructor(openStore: () => Store | Promise<Store>) {
    this.#openStore = openStore;
  }

  /** Also after a stop: then with what is stored. */
  async open(config: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const { time } = this;
    this.#store = await this.#openStore();
    this.#engine = await startEngine({
      store: this.#store,
      clock: time,
      timers: time,
      random: seededRandom(++this.#lives),
      dynamicConfig: { values: { "perdure.retention.batch": 10, ...config } },
    });
    await time.advance(0);
  }

  async stop(): Promise<void> {
    await this.#engine?.stop();
    await this.#store?.close();
  }

  async call(method: string, request: object): Promise<Record<string, unknown>> {
    const handlers = this.#engine?.handlers as Record<string, AnyHandler>;
    const answer = (handlers[method] as AnyHandler)(asDecoded(method, request), CALL);
    let isAnswered = false;
    const done = answer.finally(() => (isAnswered = true)).catch(() => undefined);
    while (!isAnswered) await Promise.race([done, this.time.advance(1)]);
    return (await answer) as Record<string, unknown>;
  }

  async register(namespace: string, retentionMs: number): Promise<string> {
    await this.call("registerNamespace", {
      namespace,
      workflowExecutionRetentionPeriod: duration(retentionMs),
    });
    return this.idOf(namespace) as string;
  }

  idOf(namespace: string): string | undefined {
    return this.#engine?.frontend.namespaces.byName(namespace)?.id;
  }

  isKnown(id: string): boolean {
    return this.#engine?.frontend.namespaces.byId(id) !== undefined;
  }

  async start(namespace: string, workflowId: string): Promise<void> {
    await this.call("startWorkflowExecution", {
      namespace,
      workflowId,
      workflowType: { name: "Workflow" },
      taskQueue: { name: "queue" },
    });
  }

  async terminate(namespace: string, workflowId: string): Promise<void> {
    const workflowExecution = { workflowId };
    await this.call("terminateWorkflowExecution", { namespace, workflowExecution });
  }

  /** Ids of the workflows that lists show, sorted. */
  async listed(namespace: string): Promise<string[]> {
    const { executions } = (await this.call("listWorkflowExecutions", { namespace })) as {
      executions: { execution: { workflowId: string } }[];
    };
    return executions.map(({ execution }) => execution.workflowId).sort();
  }

  /** Whether the run itself is there, whatever lists say. */
  async isThere(namespace: string, workflowId: string): Promise<boolean> {
    try {
      await this.call("describeWorkflowExecution", { namespace, execution: { workflowId } });
      return true;
    } catch {
      return false;
    }
  }
}

/** The request as it comes over the wire: with everything that it leaves out. */
function asDecoded(method: string, request: object): object {
  const { request: codec } = [...workflowService, ...operatorService].find(({ key }) => key === method) as Method;
  return codec.decode(codec.encode(request as never)) as object;
}
