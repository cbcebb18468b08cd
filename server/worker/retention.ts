/**
 * Removes closed runs whose retention is over: namespace by namespace, those that closed first before the others, some at a
 * time. What is to be removed is nowhere remembered: it follows from close times and retentions, after a restart as before.
 */
import { NamespaceState } from "../../api/gen/enums.js";
import { namespaceSettings } from "../dynamic-config/index.ts";
import type { KnownNamespace } from "../frontend/index.ts";
import { expireRun } from "../history/index.ts";
import { isPassing, removeAll } from "./duties.ts";
import type { DutyTools } from "./duties.ts";
import { Pace } from "./pace.ts";

const { retentionShare, retentionBatch, retentionRoundMs } = namespaceSettings;

/** A server without other work gives more of its time, as long as it has none. */
const IDLE_SHARE = 0.5;
/** One that cannot keep up although it was given its share for so long gets more, lest the disk fills up. */
const LATE_AFTER_MS = 3_600_000;
const LATE_FACTOR = 4;
/** What is damaged or not over yet after all is passed over; of more than so much something else is wrong. */
const LEFT_MAX = 1_000;

export class Retention {
  readonly #tools: DutyTools;
  readonly #pace: Pace;
  #running: Promise<void> = Promise.resolve();

  constructor(tools: DutyTools) {
    this.#tools = tools;
    this.#pace = new Pace(tools);
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#pace.stop();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { config, log } = this.#tools;
    while (!this.#pace.isStopped) {
      await this.#pace.wait(config.get(retentionRoundMs));
      try {
        await this.round();
      } catch (error) {
        // What is left is found by the next round.
        if (!isPassing(error)) log.error("retention failed", { error: (error as Error).stack ?? String(error) });
      }
    }
  }

  /** Removes all that is over now; answers how many runs. */
  async round(): Promise<number> {
    let removed = 0;
    for (const namespace of this.#tools.namespaces.all()) {
      if (this.#pace.isStopped) break;
      if (namespace.record.state !== NamespaceState.NAMESPACE_STATE_DELETED) removed += await this.#sweep(namespace);
    }
    if (removed === 0) return 0;
    this.#tools.log.info("runs whose retention was over were removed", { runs: removed });
    while (!this.#pace.isStopped && (await this.#paced(() => this.#tools.store.giveBackSpace()))) continue;
    return removed;
  }

  async #sweep(namespace: KnownNamespace): Promise<number> {
    let removed = 0;
    let left = 0;
    while (!this.#pace.isStopped && left < LEFT_MAX) {
      const batch = await this.#paced(() => this.#removeSome(namespace, left));
      removed += batch.removed;
      left += batch.left;
      if (batch.isLast) break;
    }
    return removed;
  }

  async #removeSome(
    { number, id }: KnownNamespace,
    skip: number,
  ): Promise<{ removed: number; left: number; isLast: boolean }> {
    const { history, store, clock, config } = this.#tools;
    const limit = Math.max(1, config.get(retentionBatch));
    // Asked anew each time: it may have been made longer meanwhile.
    const retentionMs = this.#tools.namespaces.byId(id)?.record.retentionMs ?? Number.POSITIVE_INFINITY;
    const closedBefore = clock.now() - retentionMs;
    if (!(closedBefore > 0)) return { removed: 0, left: 0, isLast: true };
    const kind = history.workflowKind.id;
    const keys = await store.readByCloseTime({ namespace: number, kind, before: closedBefore * 1000, limit, skip });
    const left = await removeAll(this.#tools, keys, (key) => expireRun(history, key, closedBefore));
    this.#latestWait = keys.length < limit ? undefined : (this.#latestWait ?? clock.now());
    return { removed: keys.length - left, left, isLast: keys.length < limit };
  }

  /** Since when there has always been more to remove. */
  #latestWait: number | undefined;

  #paced<T>(work: () => Promise<T>): Promise<T> {
    const { config, history, clock } = this.#tools;
    const share = config.get(retentionShare);
    if (history.kernel.isSettled) return this.#pace.run(Math.max(share, IDLE_SHARE), work);
    const isLate = this.#latestWait !== undefined && clock.now() - this.#latestWait > LATE_AFTER_MS;
    return this.#pace.run(Math.min(IDLE_SHARE, isLate ? share * LATE_FACTOR : share), work);
  }
}
