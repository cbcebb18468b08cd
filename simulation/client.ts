import { Code, ServiceError } from "../api/errors.ts";
import type { PollWorkflowTaskQueueResponse } from "../api/gen/messages.js";
import { seededRandom } from "../base/index.ts";
import type { Ledger } from "./ledger.ts";
import { randomOperation } from "./operations/all-operations.ts";
import type { ClientScene } from "./operations/operation.ts";
import type { World } from "./world.ts";

const RETRIED: ReadonlySet<number> = new Set([
  Code.UNAVAILABLE,
  Code.DEADLINE_EXCEEDED,
  Code.RESOURCE_EXHAUSTED,
  Code.ABORTED,
]);
/** Refusals that say no more than that the world has moved on. */
const HARMLESS: ReadonlySet<number> = new Set([Code.NOT_FOUND, Code.ALREADY_EXISTS, Code.FAILED_PRECONDITION]);

/** A client that does its share of the operations and repeats each, with the same request id, until it has an answer. */
export class SimClient {
  readonly #world: World;
  readonly #scene: ClientScene;
  isDone = false;

  constructor(options: {
    world: World;
    ledger: Ledger;
    number: number;
    handTask(task: PollWorkflowTaskQueueResponse): void;
  }) {
    const { world, ledger, number, handTask } = options;
    this.#world = world;
    const random = seededRandom(world.plan.seed * 77 + number);
    const insist: ClientScene["insist"] = (method, request, timeoutMs) => this.#insist(method, request, timeoutMs);
    this.#scene = { world, ledger, random, number, started: [], single: new Set(), insist, handTask };
  }

  async run(operations: number): Promise<void> {
    for (let i = 0; i < operations; i++) {
      this.#world.operationBegins();
      await randomOperation(this.#scene)(this.#scene, i);
      if (this.#scene.random.next() < 0.3) await this.#world.time.sleep(this.#scene.random.next() * 200);
    }
    this.isDone = true;
  }

  /** undefined when the server refuses for good. */
  async #insist<T>(method: Parameters<World["call"]>[0], request: object, timeoutMs?: number): Promise<T | undefined> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#world.call<T>(method, request, timeoutMs);
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        if (!RETRIED.has(error.code)) {
          const isKnown = HARMLESS.has(error.code) || method === "executeMultiOperation";
          if (!isKnown) this.#scene.ledger.violations.push(`${method} was refused: ${error.code} ${error.message}`);
          return undefined;
        }
        await this.#world.time.sleep(Math.min(1_000, 20 * 2 ** attempt) * (0.5 + this.#scene.random.next()));
      }
    }
  }
}
