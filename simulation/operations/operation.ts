import type { PollWorkflowTaskQueueResponse } from "../../api/gen/messages.js";
import type { Random } from "../../base/index.ts";
import type { Ledger } from "../ledger.ts";
import type { World } from "../world.ts";

/** What a simulated client has at hand. */
export interface ClientScene {
  readonly world: World;
  readonly ledger: Ledger;
  readonly random: Random;
  /** Makes ids of this client's own. */
  readonly number: number;
  /** Workflows that this client has started, oldest first. */
  readonly started: string[];
  /** Those of them that are one run, whatever happens. */
  readonly single: Set<string>;
  /** Repeats a call until it has an answer; undefined when the server refuses for good. */
  insist<T>(method: Parameters<World["call"]>[0], request: object, timeoutMs?: number): Promise<T | undefined>;
  /** Gives a workflow task that came with an answer to some worker. */
  handTask(task: PollWorkflowTaskQueueResponse): void;
}

/** One thing that a client does; `index` is unique per client. */
export type Operation = (scene: ClientScene, index: number) => Promise<void>;

/** One of the client's workflows, a late one more often than not. */
export function anyStarted({ started, random }: ClientScene): string {
  const recent = random.next() < 0.7 ? started.slice(-10) : started;
  return recent[Math.floor(random.next() * recent.length)] as string;
}
