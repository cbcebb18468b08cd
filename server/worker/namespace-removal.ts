/**
 * Removes what is left of deleted namespaces: their runs, then, after a delay, the namespaces themselves. A namespace that
 * is deleted is all that has to be remembered, so a restart goes on where it was.
 */
import { NamespaceState } from "../../api/gen/enums.js";
import { namespaceSettings } from "../dynamic-config/index.ts";
import type { KnownNamespace } from "../frontend/index.ts";
import { discardRun } from "../history/index.ts";
import { isPassing, removeAll } from "./duties.ts";
import type { DutyTools } from "./duties.ts";
import { Pace } from "./pace.ts";

const { deleteRps, deletePage } = namespaceSettings;

/** After a failure, and while runs still have to be heard of elsewhere. */
const AGAIN_MS = 1_000;
/** Progress is written down and told after so many runs. */
const TOLD_AFTER = 1_000;

export class NamespaceRemoval {
  readonly #tools: DutyTools;
  readonly #pace: Pace;
  /** One at a time. */
  #queue: Promise<void> = Promise.resolve();

  constructor(tools: DutyTools) {
    this.#tools = tools;
    this.#pace = new Pace(tools);
  }

  /** Goes on with what an earlier process began. */
  start(): void {
    for (const { record } of this.#tools.namespaces.all())
      if (record.state === NamespaceState.NAMESPACE_STATE_DELETED && isOnItsWay(record)) this.add(record.id);
  }

  add(id: string): void {
    this.#queue = this.#queue.then(() => this.#remove(id));
  }

  async stop(): Promise<void> {
    this.#pace.stop();
    await this.#queue;
  }

  async #remove(id: string): Promise<void> {
    const { namespaces, log } = this.#tools;
    while (!this.#pace.isStopped) {
      const namespace = namespaces.byId(id);
      if (namespace === undefined) return;
      try {
        if (await this.#removeRuns(namespace)) {
          await this.#pace.wait(namespace.record.deleteDelayMs);
          if (this.#pace.isStopped) return;
          await namespaces.remove(id);
          log.info("a deleted namespace is gone", { namespace: namespace.name, id });
          while (!this.#pace.isStopped && (await this.#tools.store.giveBackSpace())) await this.#pace.wait(1);
          return;
        }
      } catch (error) {
        if (!isPassing(error)) {
          log.error("a namespace cannot be removed", { id, error: (error as Error).stack ?? String(error) });
          return;
        }
      }
      await this.#pace.wait(AGAIN_MS);
    }
  }

  /** True when no run is left. */
  async #removeRuns({ number, id, name }: KnownNamespace): Promise<boolean> {
    const { history, store, config, namespaces, log } = this.#tools;
    let untold = 0;
    let skip = 0;
    while (!this.#pace.isStopped) {
      const limit = Math.max(1, config.get(deletePage));
      const kind = history.workflowKind.id;
      const keys = await store.readByCloseTime({ namespace: number, kind, before: undefined, limit, skip });
      const left = await removeAll(this.#tools, keys, (key) => discardRun(history, key));
      skip += left;
      untold += keys.length - left;
      if (untold >= TOLD_AFTER || (keys.length < limit && untold > 0)) {
        const runs = untold;
        untold = 0;
        const { record } = await namespaces.updateById(id, (known) => ({
          ...known,
          removedRuns: known.removedRuns + runs,
        }));
        log.info("a deleted namespace is being emptied", { namespace: name, runs: record.removedRuns });
      }
      if (keys.length < limit) return skip === 0;
      await this.#pace.wait((keys.length * 1_000) / Math.max(1, config.get(deleteRps)));
    }
    return false;
  }
}

/** One that was only given the state, as UpdateNamespace can, keeps its name and what is in it. */
function isOnItsWay({ name, id }: { name: string; id: string }): boolean {
  return name.endsWith(`-deleted-${id.slice(0, 5)}`);
}
