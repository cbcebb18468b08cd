/**
 * A lane: the one place where the entities of a range of slots are decided upon, in order.
 *
 * 1. A decision is synchronous and sees all earlier decisions of its lane, committed or not.
 * 2. Nothing leaves the process before it is durable: a decision's answer (also a refusal) waits for the last batch that
 *    wrote an entity it looked at; hand-overs (`afterCommit`) wait for the batch itself. Early answers do not wait.
 * 3. What queued up while a commit ran is the next batch. No timer; only early answers hold a batch back, for a few turns of
 *    the event loop.
 * 4. A decision that throws leaves no trace. A commit that fails drops all memory of the lane: it opens itself anew
 *    (a new epoch fences whatever may still be on its way) and everyone who waited is told UNAVAILABLE.
 */
import type { Clock, Log, Random, Timers } from "../../../base/index.ts";
import { StoreUnavailableError } from "../../store/errors.ts";
import type { CommitResult, EntityKey, FindEntity, LaneOpen, MetaWrite, Store } from "../../store/store.ts";
import { OutboxPart } from "../gen/messages.js";
import { OpenBatch } from "./batch.ts";
import type { DueEntry } from "./due-queue.ts";
import { DueScanner, HORIZON_MS } from "./due-scanner.ts";
import { OUTBOX_PREFIX } from "./entity.ts";
import type { Entity } from "./entity.ts";
import { chainKey, EntityCache, packKey } from "./entity-cache.ts";
import { CommittedRefusal, LaneUnavailableError } from "./errors.ts";
import type { Kind } from "./kind.ts";
import type { KernelObserver } from "./observer.ts";
import { decodeStored } from "./stored-entity.ts";
import { Transaction } from "./transaction.ts";
import type { EntityTx, OutboxMessage, TransactionHost } from "./transaction.ts";

/** Above this, a batch that waits for the running commit is closed, so that engine and writer overlap instead of taking turns. */
const BATCH_TRANSITIONS_MAX = 100;
/**
 * An entity leaves memory after this much disuse. What stays is copied twice and dies in V8's old space: 3 s
 * instead of 1 cost 40 MiB resident (bench idle-workflows), while reading one back costs two statements.
 */
const IDLE_MS = 1_000;
/** Code in a sandbox answers after two turns of the event loop when there is nothing else to do. */
const HELD_TURNS_MAX = 4;
/** Who comes all the time must not have the first wait for ever. */
const HELD_MS_MAX = 20;
/** With more in a batch the thread is busy, and the batch has found company without waiting. */
const HELD_TRANSITIONS_MAX = 1_000;
const SWEEP_INTERVAL_MS = 1_000;

/** Early answers are for those who live and die with this process and make sure before they act on them. */
export type Answers = "durable" | "early";

export type Decision<T> = (tx: Transaction, target: EntityTx | undefined) => T;

export interface LaneOptions {
  readonly open: LaneOpen;
  readonly store: Store;
  readonly kinds: ReadonlyMap<number, Kind>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  /** Above this many, entities leave memory before they are idle, the longest unused first. */
  readonly cachedEntitiesMax: number;
  readonly dueHorizonMs?: number | undefined;
  readonly observer?: KernelObserver | undefined;
  /** Hands an entity's outbox message to its receiver; called after the commit. */
  deliver(lane: Lane, entity: Entity, key: string): void;
}

interface Sealed {
  readonly open: OpenBatch;
  readonly request: { readonly batchNo: number; readonly batch: ReturnType<OpenBatch["seal"]> };
}

export class Lane implements TransactionHost {
  readonly options: LaneOptions;
  readonly cache = new EntityCache();
  readonly #due: DueScanner;
  #epoch = 0;
  #batchNo = 0;
  #nextId = 1;
  #open = new OpenBatch(1);
  #sealed: Sealed[] = [];
  #inFlight: Sealed | undefined;
  #committed = 0;
  #flushQueued = false;
  #state: "starting" | "serving" | "restarting" | "lost" | "closed" = "starting";
  #sweepTimer: object | undefined;
  #idle: (() => void)[] = [];
  /** What was answered early and not written since: who has the answer may write in a moment. */
  readonly #early = new Set<Entity>();
  #heldFor = 0;
  #heldTurns = 0;
  readonly #loads = new Map<string, Promise<Entity | undefined>>();

  constructor(options: LaneOptions) {
    this.options = options;
    this.#due = new DueScanner({
      store: options.store,
      slotFrom: options.open.slotFrom,
      slotTo: options.open.slotTo,
      clock: options.clock,
      timers: options.timers,
      log: options.log,
      horizonMs: options.observer === undefined ? (options.dueHorizonMs ?? HORIZON_MS) : Number.POSITIVE_INFINITY,
      fire: (entry) => this.#fireDue(entry),
      pending: () => this.cache.entities(),
    });
  }

  async start(): Promise<void> {
    const opened = await this.options.store.openLane(this.options.open);
    this.#epoch = opened.epoch;
    this.#batchNo = 0;
    this.#nextId = opened.nextId;
    this.#state = "serving";
    this.#due.start();
    this.#armSweep();
  }

  /** Stops taking decisions, commits what is open, and forgets everything. */
  async stop(): Promise<void> {
    if (this.#state === "closed") return;
    this.#due.stop();
    if (this.#sweepTimer !== undefined) this.options.timers.clear(this.#sweepTimer);
    const wasServing = this.#state === "serving";
    this.#state = "closed";
    if (wasServing) {
      this.#flush();
      if (this.#inFlight !== undefined) await new Promise<void>((resolve) => this.#idle.push(resolve));
    }
    for (const entity of this.cache.entities()) entity.kind.onDrop(entity);
    this.cache.clear();
  }

  // What a transaction asks of its lane.

  get clockNow(): number {
    return this.options.clock.now();
  }

  allocateId(): number {
    return this.#nextId++;
  }

  uuid(): string {
    return this.options.random.uuid();
  }

  encodeOutbox(message: OutboxMessage): unknown {
    const { kind, namespace, businessId, runId, message: bytes } = message;
    return OutboxPart.decode(
      OutboxPart.encode({ kind, namespaceNumber: namespace, businessId, runId: runId ?? "", message: bytes }),
    );
  }

  // Decisions.

  /** Decides on the entity of a business id (of a run when given); `target` is undefined when there is none. */
  decide<T>(find: FindEntity, decision: Decision<T>): Promise<T> {
    if (this.#state !== "serving") return Promise.reject(this.#refusal());
    const chain = chainKey(find);
    const cached = this.#loads.size > 0 && this.#loads.has(chain) ? undefined : this.cache.find(chain, find.runId);
    if (cached !== undefined) return this.#decideOn(cached ?? undefined, decision);
    return this.#load(chain, find).then((loaded) => {
      // Of those who waited for one load, an earlier one may have made another entity the current one.
      const current = this.cache.find(chain, find.runId);
      return this.#decideOn(current === undefined ? loaded : (current ?? undefined), decision);
    });
  }

  /** Decides on an entity by its key. */
  decideByKey<T>(key: EntityKey, decision: Decision<T>, answers: Answers = "durable"): Promise<T> {
    if (this.#state !== "serving") return Promise.reject(this.#refusal());
    const cached = this.cache.byKey(key);
    if (cached !== undefined) return this.#decideOn(cached, decision, answers);
    return this.#loadByKey(key).then((entity) => this.#decideOn(entity, decision, answers));
  }

  /** An entity that is in memory: for a decision that needs another one of the same slot beside its own. */
  peek(key: EntityKey): Entity | undefined {
    const entity = this.cache.byKey(key);
    return entity === undefined || entity.isDeleted ? undefined : entity;
  }

  /** Writes registry entries that belong to no entity. */
  writeMeta(writes: readonly MetaWrite[]): Promise<void> {
    if (this.#state !== "serving") return Promise.reject(this.#refusal());
    return this.#decideOn(undefined, (tx) => void tx.meta.push(...writes));
  }

  /** Counts an action that writes nothing; it rides with the next batch. */
  addAction(namespace: number, action: string): void {
    this.#open.addAction(namespace, action, 1);
  }

  #refusal(): Error {
    return new LaneUnavailableError(
      this.#state === "closed" ? "the server is shutting down" : "the lane is recovering",
    );
  }

  #decideOn<T>(entity: Entity | undefined, decision: Decision<T>, answers: Answers = "durable"): Promise<T> {
    if (this.#state !== "serving") return Promise.reject(this.#refusal());
    const live = entity !== undefined && !entity.isDeleted ? entity : undefined;
    const tx = new Transaction(this);
    const batch = this.#open.sequence;
    let value: T | undefined;
    let error: Error | undefined;
    try {
      value = decision(tx, live === undefined ? undefined : tx.open(live));
      this.#apply(tx);
    } catch (thrown) {
      if (thrown instanceof CommittedRefusal) {
        this.#apply(tx);
        error = thrown.refusal;
      } else {
        tx.rollback();
        error = thrown as Error;
      }
    }
    let sequence = entity?.sequence ?? 0;
    if (tx.meta.length > 0 && error === undefined) sequence = batch;
    for (const view of tx.entities) if (view.entity.sequence > sequence) sequence = view.entity.sequence;
    if (sequence <= this.#committed) return error === undefined ? Promise.resolve(value as T) : Promise.reject(error);
    if (answers === "early" && error === undefined) {
      this.#early.add(entity as Entity);
      return Promise.resolve(value as T);
    }
    return new Promise<T>((resolve, reject) => {
      const settle = error === undefined ? () => resolve(value as T) : () => reject(error);
      this.#batchOf(sequence).waiters.push({ resolve: settle, reject });
      this.#queueFlush();
    });
  }

  /** Adds a decision's changes to the open batch, or, when nothing is to be stored, only to memory. */
  #apply(tx: Transaction): void {
    const now = this.options.clock.now();
    for (const fn of tx.afterDecisions) fn();
    let isWrite = tx.meta.length > 0;
    for (const view of tx.entities) {
      const entity = view.entity as Entity;
      this.cache.touch(entity, now);
      if (!view.isTouched) {
        if (!view.isCreated) {
          this.#arm(entity);
          this.#hold(entity);
        }
        continue;
      }
      isWrite = true;
      if (this.#early.size > 0) this.#early.delete(entity);
      if (view.isCreated) this.cache.add(entity, true);
    }
    if (!isWrite) {
      for (const { namespace, action, count } of tx.actions) this.#open.addAction(namespace, action, count);
      this.#afterEarlierCommits(tx);
      return;
    }
    if (this.#open.transitions === 0) this.#open.since = now;
    this.#open.add(tx);
    for (const view of tx.entities) {
      if (!view.isTouched) continue;
      if (view.isDeleted) this.options.observer?.onDelete(view.entity as Entity);
      else this.#arm(view.entity as Entity);
    }
    for (const { entity, key } of tx.outbox) {
      this.#open.afterCommits.push(() => this.options.deliver(this, entity, key));
    }
    const most = this.#early.size > 0 ? HELD_TRANSITIONS_MAX : BATCH_TRANSITIONS_MAX;
    if (this.#open.transitions >= most && this.#inFlight !== undefined) this.#seal();
    this.#queueFlush();
  }

  /** Hands over what a decision without writes wants handed over, once all it may have seen is durable. */
  #afterEarlierCommits(tx: Transaction): void {
    if (tx.afterCommits.length === 0) return;
    const sequence = Math.max(...tx.entities.map((view) => view.entity.sequence));
    if (sequence > this.#committed) this.#batchOf(sequence).afterCommits.push(...tx.afterCommits);
    else for (const fn of tx.afterCommits) fn();
  }

  #batchOf(sequence: number): OpenBatch {
    if (this.#open.sequence === sequence) return this.#open;
    if (this.#inFlight?.open.sequence === sequence) return this.#inFlight.open;
    for (const sealed of this.#sealed) if (sealed.open.sequence === sequence) return sealed.open;
    return this.#open;
  }

  // Commits.

  #queueFlush(): void {
    if (this.#flushQueued || this.#inFlight !== undefined) return;
    this.#flushQueued = true;
    this.options.timers.immediate(() => {
      this.#flushQueued = false;
      if (this.#inFlight !== undefined) return;
      if (this.#isHeld()) this.#queueFlush();
      else this.#flush();
    });
  }

  /** A batch waits for what its early answers lead to as long as some of that comes every few turns: one commit instead of two. */
  #isHeld(): boolean {
    const { size } = this.#early;
    if (size < this.#heldFor) this.#heldTurns = 0;
    this.#heldFor = size;
    const isFull = this.#sealed.length > 0 || this.#open.transitions >= HELD_TRANSITIONS_MAX;
    const isOld = this.options.clock.now() - this.#open.since > HELD_MS_MAX;
    return size > 0 && !isFull && !isOld && this.#heldTurns++ < HELD_TURNS_MAX;
  }

  #seal(): void {
    const open = this.#open;
    this.#open = new OpenBatch(open.sequence + 1);
    this.#early.clear();
    this.#heldTurns = 0;
    const batch = open.seal(this.#nextId, this.options.clock.now());
    for (const entity of open.entities) this.#hold(entity);
    this.#sealed.push({ open, request: { batchNo: ++this.#batchNo, batch } });
  }

  #flush(): void {
    if (this.#inFlight !== undefined) return;
    if (this.#sealed.length === 0 && !this.#open.isEmpty) this.#seal();
    const sealed = this.#sealed.shift();
    if (sealed === undefined) {
      this.options.observer?.onSettled();
      for (const resolve of this.#idle.splice(0)) resolve();
      return;
    }
    this.#inFlight = sealed;
    const epoch = this.#epoch;
    const { batchNo, batch } = sealed.request;
    this.options.store.commit({ lane: this.options.open.lane, epoch, batchNo, batch }).then(
      (result) => this.#settle(sealed, epoch, result),
      (error: Error) => this.#settle(sealed, epoch, { kind: "unknown", error }),
    );
  }

  #settle(sealed: Sealed, epoch: number, result: CommitResult): void {
    switch (result.kind) {
      case "committed":
        this.#publish(sealed);
        return;
      case "fenced":
        this.#fail(sealed, new LaneUnavailableError("another process has taken over this part of the store"), "lost");
        return;
      case "failed":
        this.options.log.error("commit failed", { lane: this.options.open.lane, error: result.error.message });
        this.#fail(
          sealed,
          new LaneUnavailableError(`the store did not take the write: ${result.error.message}`),
          "restarting",
        );
        return;
      case "unknown":
        this.#askOutcome(sealed, epoch, result.error);
    }
  }

  /** The store alone knows whether an unknown commit happened. */
  #askOutcome(sealed: Sealed, epoch: number, error: Error): void {
    this.options.store.lastBatch(this.options.open.lane, epoch).then(
      (last) =>
        this.#settle(sealed, epoch, last >= sealed.request.batchNo ? { kind: "committed" } : { kind: "failed", error }),
      (failure: Error) => {
        this.options.log.warn("the outcome of a commit is still unknown", { error: failure.message });
        this.options.timers.set(100, () => this.#askOutcome(sealed, epoch, error));
      },
    );
  }

  #publish(sealed: Sealed): void {
    const { open } = sealed;
    this.#committed = open.sequence;
    this.#inFlight = undefined;
    for (const entity of open.entities) {
      if (entity.isDeleted) this.cache.remove(entity);
      else if (entity.sequence <= this.#committed) entity.tail.trim();
    }
    for (const fn of open.afterCommits) fn();
    for (const waiter of open.waiters) waiter.resolve();
    if (this.#early.size > 0 && this.#sealed.length === 0) this.#queueFlush();
    else this.#flush();
  }

  #fail(sealed: Sealed, error: LaneUnavailableError, next: "lost" | "restarting"): void {
    const isClosing = this.#state === "closed";
    if (!isClosing) this.#state = next;
    this.#due.stop();
    this.#inFlight = undefined;
    const waiters = [sealed.open, ...this.#sealed.map((waiting) => waiting.open), this.#open].flatMap(
      (open) => open.waiters,
    );
    this.#sealed = [];
    this.#early.clear();
    for (const entity of this.cache.entities()) entity.kind.onDrop(entity);
    this.cache.clear();
    this.#open = new OpenBatch(this.#open.sequence + 1);
    this.#committed = this.#open.sequence - 1;
    for (const waiter of waiters) waiter.reject(error);
    for (const resolve of this.#idle.splice(0)) resolve();
    if (!isClosing && next === "restarting") this.#restart();
  }

  #restart(): void {
    if (this.#state !== "restarting") return;
    this.start().catch((error: Error) => {
      this.options.log.warn("the lane cannot be opened again yet", { error: error.message });
      this.options.timers.set(200, () => this.#restart());
    });
  }

  // Loading.

  /** One load at a time per business id; a load that raced with an eviction is repeated. */
  async #load(chain: string, find: FindEntity): Promise<Entity | undefined> {
    for (;;) {
      const running = this.#loads.get(chain);
      if (running === undefined) break;
      await running.catch(() => undefined);
    }
    const cached = this.cache.find(chain, find.runId);
    if (cached !== undefined) return cached ?? undefined;
    const load = this.#readByName(chain, find);
    this.#loads.set(chain, load);
    try {
      return await load;
    } finally {
      this.#loads.delete(chain);
    }
  }

  async #readByName(chain: string, find: FindEntity): Promise<Entity | undefined> {
    const { watches } = this.cache;
    for (;;) {
      const watch = watches.begin(chain);
      try {
        const identity = await this.options.store.findEntity(find);
        const entity = identity === undefined ? undefined : await this.#loadByKey(identity);
        // A newer run may have been created meanwhile, and left memory again.
        if (watches.isStale(watch) || (identity !== undefined && entity === undefined)) continue;
        if (find.runId === undefined) {
          if (entity === undefined) this.cache.setNone(chain);
          else this.cache.add(entity, true);
        }
        return this.cache.find(chain, find.runId) ?? entity;
      } finally {
        watches.end(watch);
      }
    }
  }

  async #loadByKey(key: EntityKey): Promise<Entity | undefined> {
    const { watches } = this.cache;
    for (;;) {
      const watch = watches.begin(packKey(key));
      const loaded = await this.options.store.loadEntity(key).finally(() => watches.end(watch));
      const cached = this.cache.byKey(key);
      if (cached !== undefined) return cached;
      if (watches.isStale(watch)) continue;
      if (loaded === undefined) return undefined;
      const kind = this.options.kinds.get(loaded.kind);
      if (kind === undefined)
        throw new Error(`entity ${loaded.runId} is of kind ${loaded.kind}, which this version does not know`);
      const entity = decodeStored(loaded, kind);
      entity.touchedAt = this.options.clock.now();
      this.cache.add(entity, false);
      this.#arm(entity);
      this.#hold(entity);
      return entity;
    }
  }

  // Due entities and eviction.

  /** When the next entity falls due; only a lane that is observed knows of all. */
  get nextDueAt(): number | undefined {
    return this.#due.nextDueAt;
  }

  /** About how many decisions wait for the store. */
  get uncommitted(): number {
    return this.#sealed.length * BATCH_TRANSITIONS_MAX + this.#open.transitions;
  }

  /** Of this opening of the lane: another one has forgotten what was in memory. */
  get epoch(): number {
    return this.#epoch;
  }

  get isServing(): boolean {
    return this.#state === "serving";
  }

  /** When the oldest decision was made that waits for the store; undefined when none does. */
  get uncommittedSince(): number | undefined {
    const { open } = this.#inFlight ?? this.#sealed[0] ?? { open: this.#open };
    return open.transitions === 0 ? undefined : open.since;
  }

  /** Everything that was decided is committed. */
  get isSettled(): boolean {
    return this.#inFlight === undefined && this.#sealed.length === 0 && this.#open.isEmpty;
  }

  fireDueNow(): void {
    if (this.#state === "serving") this.#due.fireNow();
  }

  #arm(entity: Entity): void {
    this.options.observer?.onChange(entity);
    const due = entity.kind.due(entity).memory;
    if (due === entity.dueAt) return;
    entity.dueAt = due;
    if (entity.dueEntry !== undefined) this.#due.cancel(entity.dueEntry);
    entity.dueEntry = due === undefined ? undefined : this.#due.add(entity.identity, due);
  }

  /**
   * What is due beyond the scanner's horizon is found by a later scan only when the row says the same time. Of what is
   * to be stored that is known once the batch is sealed; until it is committed, the entity does not leave memory.
   */
  #hold({ identity, dueAt, dueEntry, storedDueAt, isDeleted }: Entity): void {
    if (isDeleted || dueAt === undefined || dueEntry !== undefined || dueAt === storedDueAt)
      this.#due.release(identity);
    else this.#due.hold(identity, dueAt);
  }

  #fireDue(entry: DueEntry): void {
    const { dueAt, slot, id, recover } = entry;
    const key = { slot, id };
    const cached = this.cache.byKey(key);
    if (cached !== undefined && !recover && cached.dueAt !== dueAt) return; // A later entry stands for what it waits for now.
    this.options.observer?.onFiring();
    const fired = this.decideByKey(key, (tx, target) => {
      if (target === undefined) return;
      const { entity } = target;
      if (recover) {
        entity.kind.onRecover(tx, target);
        for (const part of entity.parts.ofSort(OUTBOX_PREFIX).keys())
          tx.afterCommit(() => this.options.deliver(this, entity, part));
      }
      const due = entity.kind.due(entity).memory;
      if (due !== undefined && due <= tx.clockNow) entity.kind.onDue(tx, target);
      entity.dueAt = undefined;
    });
    this.#reportFired(entry, fired);
  }

  #reportFired(entry: DueEntry, fired: Promise<void>): void {
    const { slot, id } = entry;
    const reported = fired.catch((error: Error) => {
      if (error instanceof LaneUnavailableError) return; // The lane starts anew and scans from the beginning.
      if (error instanceof StoreUnavailableError) {
        this.#due.again(entry);
        return;
      }
      this.options.log.error("a due entity could not be handled", { slot, id, error: error.stack ?? error.message });
    });
    const { observer } = this.options;
    if (observer !== undefined) void reported.then(() => observer.onFired());
  }

  #armSweep(): void {
    this.#sweepTimer = this.options.timers.set(SWEEP_INTERVAL_MS, () => {
      this.#sweep();
      if (this.#state !== "closed") this.#armSweep();
    });
  }

  /** Forgets idle entities. Due times within the scanner's horizon are kept by the scanner, later ones by the store. */
  #sweep(): void {
    const now = this.options.clock.now();
    const excess = this.cache.size - this.options.cachedEntitiesMax;
    let evicted = 0;
    for (const entity of this.cache.entities()) {
      const idleMs = now - entity.touchedAt;
      if (idleMs < IDLE_MS && evicted >= excess) {
        if (idleMs >= 0) break; // Those behind it were used later.
        continue; // The clock was set back: those behind it may look older.
      }
      if (entity.sequence > this.#committed || entity.kind.isPinned(entity)) continue;
      this.cache.remove(entity);
      evicted++;
    }
    this.cache.sweepAbsent();
  }
}
