import type { Clock } from "../../../base/index.ts";
import { WorkerStatus } from "../../../api/gen/enums.js";
import { WorkerHeartbeat } from "../../../api/gen/messages.js";
import type { WorkerHeartbeat as Heartbeat } from "../../../api/gen/messages.js";

/** Workers tell of themselves once a minute by default. */
const FORGOTTEN_AFTER_MS = 5 * 60_000;
/** Some 100 MB of heartbeats; beyond it the worker that was silent longest is forgotten. */
const WORKERS_MAX = 100_000;
const KEY_BYTES_MAX = 1_000;

export interface KnownWorker {
  readonly namespace: number;
  readonly heartbeat: Heartbeat;
  readonly heardAt: number;
}

/** The last heartbeat of each worker. */
export class WorkerRegistry {
  readonly #clock: Clock;
  /** In the order in which they were last heard. */
  readonly #workers = new Map<string, KnownWorker>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A heartbeat without a key of its own, or with one that is no key, is passed over. */
  record(namespace: number, heartbeat: Heartbeat): void {
    const key = heartbeat.workerInstanceKey;
    if (key === "" || Buffer.byteLength(key) > KEY_BYTES_MAX) return;
    const now = this.#clock.now();
    this.#forgetOld(now);
    const place = placeOf(namespace, key);
    this.#workers.delete(place);
    if (heartbeat.status === WorkerStatus.WORKER_STATUS_SHUTDOWN) return;
    // A copy: what was decoded may lie in the bytes of the request.
    const copy = WorkerHeartbeat.decode(Uint8Array.from(WorkerHeartbeat.encode(heartbeat)));
    this.#workers.set(place, { namespace, heartbeat: copy, heardAt: now });
    if (this.#workers.size > WORKERS_MAX) this.#forgetFirst();
  }

  find(namespace: number, key: string): Heartbeat | undefined {
    this.#forgetOld(this.#clock.now());
    return this.#workers.get(placeOf(namespace, key))?.heartbeat;
  }

  /** All workers of a namespace, in no order. */
  *all(namespace: number): Generator<Heartbeat> {
    this.#forgetOld(this.#clock.now());
    for (const worker of this.#workers.values()) if (worker.namespace === namespace) yield worker.heartbeat;
  }

  #forgetOld(now: number): void {
    for (const [place, { heardAt }] of this.#workers) {
      if (now - heardAt <= FORGOTTEN_AFTER_MS) return;
      this.#workers.delete(place);
    }
  }

  #forgetFirst(): void {
    for (const place of this.#workers.keys()) {
      this.#workers.delete(place);
      return;
    }
  }
}

function placeOf(namespace: number, key: string): string {
  return `${namespace}/${key}`;
}
