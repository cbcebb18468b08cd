import { seededRandom, silentLog } from "../base/index.ts";
import type { Clock, Random } from "../base/index.ts";
import { Code, ServiceError } from "../api/errors.ts";
import { operatorService, workflowService } from "../api/gen/services.js";
import type { Method } from "../api/gen/services.js";
import { faultyStore, MemoryDisk, openMemoryStore, randomFaults } from "../server/store/index.ts";
import type { FaultPlan, Store } from "../server/store/index.ts";
import { startEngine } from "../server/server.ts";
import type { Engine } from "../server/server.ts";
import type { Handlers } from "../server/frontend/index.ts";
import { toGrpcError } from "../server/frontend/interceptors/errors.ts";
import { CRASHES_WITHIN, CrashSchedule } from "./crash-schedule.ts";
import { crashingStore } from "./crash-points.ts";
import type { CrashingStore, CrashPoint } from "./crash-points.ts";
import type { Plan } from "./plan.ts";
import { SimCall } from "./sim-call.ts";
import { HandedTasks } from "./handed-tasks.ts";
import { IdlePolls } from "./idle-polls.ts";
import type { StoreLog } from "./stores/store-log.ts";
import { Incarnation, SimTime } from "./sim-time.ts";

const EPOCH_MS = Date.UTC(2026, 0, 1);
const RESTART_MS_MAX = 3_000;
/** How long a process that has lost its store goes on answering. */
const ZOMBIE_MS = 2_000;
/** Chance that a read is the first of many that are not answered, and for how long. */
const OUTAGE = 0.01;
const OUTAGE_MS_MAX = 6_000;
/** After an outage everything can be read for at least so long: whatever is tried again has a chance in between. */
const OUTAGE_PAUSE_MS = 15_000;
/** How long a caller waits before it takes a call for lost. */
const CALL_TIMEOUT_MS = 5_000;

/** A hasty caller waits no longer. */
const HASTY_MS_MAX = 100;

/** When a caller leaves without its answer. */
interface Patience {
  readonly ms: number;
  /** When the handler has looked so often whether it is still there; 0 = it is not about looks. */
  readonly looks: number;
  /** How long it stays after that. */
  readonly lingerMs: number;
  /** It has left when its call arrives. */
  readonly isGone: boolean;
}

function patientFor(ms: number): Patience {
  return { ms, looks: 0, lingerMs: 0, isGone: false };
}

type Settle = (resolve: (value: unknown) => void, reject: (error: Error) => void) => void;

/** A process of the server. */
interface Life {
  readonly incarnation: Incarnation;
  readonly clock: Clock;
  readonly crashing: CrashingStore;
  engine: Engine | undefined;
  /** Takes its waiting polls out of account. */
  readonly polls: Set<() => void>;
}

const METHODS: ReadonlyMap<string, Method> = new Map(
  [...workflowService, ...operatorService].map((method) => [method.key, method]),
);
const POLLS: ReadonlySet<string> = new Set(["pollWorkflowTaskQueue", "pollActivityTaskQueue"]);
/** What workers and queries wait for: a process that has lost its store has none of it. */
const WAITS = /^(query|poll)/;

/** Namespaces may keep what is closed for seconds only, so that a seed sees it go. */
const RETENTION = { "system.namespaceMinRetentionLocal": "1s", "perdure.retention.interval": "5s" };

/** The server, its disk, its network and its time: everything of a seed but those who use it. */
export class World {
  readonly plan: Plan;
  /** Notes what the store is asked, for those who put it to others. */
  readonly #storeLog: StoreLog | undefined;
  readonly time = new SimTime(EPOCH_MS);
  readonly disk = new MemoryDisk();
  readonly network: Random;
  readonly crashes: Record<string, number> = {};
  readonly errors: Error[] = [];
  readonly schedule: CrashSchedule;
  readonly handed = new HandedTasks();
  /** Polls of the queue that all workers share. */
  readonly idlePolls: Readonly<Record<string, IdlePolls>> = {
    pollWorkflowTaskQueue: new IdlePolls(),
    pollActivityTaskQueue: new IdlePolls(),
  };
  /** No more faults: what is left must come to its end. */
  isCalm = false;
  /** Since when nothing dies or fails to commit any more. */
  steadySince = Number.POSITIVE_INFINITY;
  #operations = 0;
  #outageUntil = 0;
  #life: Life | undefined;
  #zombie: Life | undefined;
  #lives = 0;

  constructor(plan: Plan, storeLog?: StoreLog) {
    this.plan = plan;
    this.#storeLog = storeLog;
    this.network = seededRandom(plan.seed ^ 0x5eed);
    this.schedule = new CrashSchedule(plan, (point) => this.#bringAbout(point));
  }

  get handlers(): Handlers | undefined {
    return this.#life?.engine?.handlers;
  }

  get engine(): Engine | undefined {
    return this.#life?.engine;
  }

  operationBegins(): void {
    this.#operations++;
    this.schedule.operationBegins();
    if (this.#isDrizzle) this.steadySince = Math.min(this.steadySince, this.time.now() + ZOMBIE_MS);
  }

  /** Nothing starts anew any more, so that nothing is healed by it; there are outages of reads. */
  get #isDrizzle(): boolean {
    return this.schedule.isOver && this.#operations > this.plan.operations * CRASHES_WITHIN;
  }

  async boot(dieAtCall?: number): Promise<void> {
    const { plan, time } = this;
    const incarnation = new Incarnation(time);
    const offMs = Math.floor((this.network.next() * 2 - 1) * plan.clockOffMsMax);
    const clock = { now: () => time.now() + offMs };
    const memory = openMemoryStore({ disk: this.disk });
    const store = faultyStore(this.#storeLog?.recording(memory) ?? memory, this.#faults(incarnation));
    const crashing = crashingStore(store, this.disk, (point) => this.#crash(life, point));
    const life: Life = { incarnation, clock, crashing, engine: undefined, polls: new Set() };
    this.#life = life;
    if (dieAtCall !== undefined) crashing.arm("during boot", dieAtCall);
    const engine = await this.#startEngine(life, crashing.store).catch(() => undefined);
    if (incarnation.isDead || this.#life !== life) return;
    if (engine === undefined) {
      incarnation.isDead = true;
      time.schedule(500, () => void this.boot());
    } else life.engine = engine;
  }

  /** For some seconds nothing can be read; commits go through. */
  #isOutage(): boolean {
    const now = this.time.now();
    if (!this.isCalm && now >= this.#outageUntil + OUTAGE_PAUSE_MS && this.network.next() < OUTAGE)
      this.#outageUntil = now + Math.ceil(this.network.next() * OUTAGE_MS_MAX);
    return now < this.#outageUntil;
  }

  #faults(timers: Incarnation): FaultPlan {
    const { plan } = this;
    const mild = {
      random: { next: () => (this.isCalm ? 1 : this.network.next()), uuid: () => "" },
      timers,
      unavailable: plan.readUnavailable,
      slow: plan.storeSlow,
      slowMsMax: plan.storeSlowMsMax,
    };
    const rough = randomFaults({
      ...mild,
      failed: plan.storeFailed,
      unknownWritten: plan.storeUnknown,
      unknownNotWritten: plan.storeUnknown,
    });
    const drizzle = randomFaults(mild);
    const now = (): FaultPlan => (this.#isDrizzle ? drizzle : rough);
    const read: FaultPlan["read"] = (verb) => {
      const fault = now().read(verb);
      return this.#isDrizzle && this.#isOutage() ? { ...fault, kind: "unavailable" } : fault;
    };
    return { timers, commit: (request) => now().commit(request), read };
  }

  #startEngine({ incarnation, clock }: Life, store: Store): Promise<Engine> {
    const { seed, lanes, cachedRunsMax, dueHorizonMs } = this.plan;
    const random = seededRandom(seed * 1_000 + this.#lives++);
    const error = (message: string, fields?: Record<string, unknown>): void => this.#logError(message, fields);
    const namespaces = ["default", "second"];
    return startEngine({
      store,
      clock,
      timers: incarnation,
      random,
      log: { ...silentLog, error },
      lanes,
      namespaces,
      cachedRunsMax,
      dueHorizonMs,
      dynamicConfig: { values: RETENTION },
    });
  }

  /** Our own bugs show as INTERNAL errors; a store that fails on purpose is no bug. */
  #logError(message: string, fields: Record<string, unknown> | undefined): void {
    if (message === "commit failed" && String(fields?.error).endsWith("by plan")) return;
    this.errors.push(new Error(`${message}: ${JSON.stringify(fields)}`));
  }

  #bringAbout(point: CrashPoint): void {
    const life = this.#life;
    if (life === undefined || life.incarnation.isDead) return;
    if (point === "between two commits") this.#crash(life, point);
    else if (point === "when another process took the store") this.#steal(life);
    else if (point === "during boot") {
      this.#kill(life);
      void this.boot(Math.floor(this.network.next() * (3 + this.plan.lanes)));
    } else life.crashing.arm(point);
  }

  #crash(life: Life, point: CrashPoint): void {
    if (life.incarnation.isDead) return;
    this.#count(point);
    this.#kill(life);
    this.time.schedule(Math.ceil(this.network.next() * RESTART_MS_MAX), () => void this.boot());
  }

  #count(point: CrashPoint): void {
    this.crashes[point] = (this.crashes[point] ?? 0) + 1;
    this.schedule.happened();
  }

  #kill(life: Life): void {
    life.incarnation.isDead = true;
    life.engine = undefined;
    this.#forgetPolls(life);
    if (this.#life === life) this.#life = undefined;
  }

  #forgetPolls({ polls }: Life): void {
    for (const leave of polls) leave();
    polls.clear();
  }

  /** Another process opens the store while this one still runs and answers. */
  #steal(life: Life): void {
    this.#count("when another process took the store");
    this.#zombie = life;
    this.#forgetPolls(life);
    this.time.schedule(ZOMBIE_MS, () => {
      life.incarnation.isDead = true;
      if (this.#zombie === life) this.#zombie = undefined;
    });
    void this.boot();
  }

  /** One call over the network: it may be lost on either way, come twice, or come late. Rejects with what the caller would see. */
  call<T>(key: keyof Handlers, request: object, timeoutMs = CALL_TIMEOUT_MS): Promise<T> {
    const { network, plan, time } = this;
    const method = METHODS.get(key) as Method;
    const bytes = method.request.encode(request as never);
    const rough = !this.isCalm;
    const delay = (): number => Math.ceil(network.next() * plan.delayMsMax);
    return new Promise<T>((resolve, reject) => {
      const expiresAt = time.now() + timeoutMs;
      const calls: SimCall[] = [];
      let isOver = false;
      const end = (settle: () => void): void => {
        if (isOver) return;
        isOver = true;
        time.cancel(timeout);
        settle();
      };
      const giveUp = (): void => {
        end(() => reject(new ServiceError(Code.DEADLINE_EXCEEDED, "deadline exceeded")));
        for (const call of calls) call.cancel();
      };
      const patience = rough ? this.#patience(key, timeoutMs) : patientFor(timeoutMs);
      const timeout = time.schedule(patience.ms, giveUp);
      const arrive = (): void => {
        const life = this.#receiver(key);
        const call = new SimCall(life === undefined ? 0 : life.clock.now() + expiresAt - time.now(), {
          looks: patience.looks,
          later: (leave) => (patience.lingerMs === 0 ? queueMicrotask(leave) : time.schedule(patience.lingerMs, leave)),
        });
        let cancelledIn = -1;
        if (patience.isGone) giveUp();
        if (isOver) call.cancel();
        else {
          call.onCancel(() => (cancelledIn = time.events));
          call.onCancel(giveUp);
        }
        calls.push(call);
        this.#arrive({ life, method, bytes, call }, (settle, reply) => {
          // Who leaves in the very moment in which the answer does cannot be known to have left; who left before that can.
          if (reply !== undefined && (!call.isCancelled || cancelledIn === time.events)) this.handed.note(reply);
          if (rough && network.next() < plan.lost) return;
          time.schedule(delay(), () => end(() => settle(resolve as (value: unknown) => void, reject)));
        });
      };
      if (!rough || network.next() >= plan.lost) time.schedule(delay(), arrive);
      if (rough && network.next() < plan.doubled) time.schedule(delay() + delay(), arrive);
    });
  }

  /**
   * How long an answer that brings a task is waited for: some polls are given up early, some in the very moment in which they
   * are to be answered or while their task is started, some completions before they arrive or can be committed.
   */
  #patience(key: string, timeoutMs: number): Patience {
    const { network, plan } = this;
    const patient = patientFor(timeoutMs);
    if (key === "respondWorkflowTaskCompleted" && network.next() < plan.pollsGivenUp) {
      if (network.next() < 0.5) return { ...patient, isGone: true };
      return { ...patient, ms: Math.ceil(network.next() * HASTY_MS_MAX) };
    }
    if (!POLLS.has(key) || network.next() >= plan.pollsGivenUp) return patient;
    if (network.next() < 0.3) return { ...patient, ms: Math.ceil(network.next() * timeoutMs) };
    const lingerMs = network.next() < 0.5 ? 0 : Math.ceil(network.next() * HASTY_MS_MAX);
    return { ...patient, looks: 1 + Math.floor(network.next() * 3), lingerMs };
  }

  #receiver(key: string): Life | undefined {
    if (this.#zombie !== undefined && !WAITS.test(key) && this.network.next() < 0.3) return this.#zombie;
    return this.#life;
  }

  #arrive(
    arrival: { life: Life | undefined; method: Method; bytes: Uint8Array; call: SimCall },
    answer: (settle: Settle, reply?: object) => void,
  ): void {
    const { life, method, bytes, call } = arrival;
    const handler = life?.engine?.handlers[method.key as keyof Handlers] as
      | ((request: object, call: SimCall) => Promise<unknown>)
      | undefined;
    if (life === undefined || handler === undefined) {
      answer((_resolve, reject) => reject(new ServiceError(Code.UNAVAILABLE, "no server")));
      return;
    }
    const request = method.request.decode(bytes);
    const leave = this.#pollBegins(life, method.key, request);
    handler(request, call).then(
      (value) => {
        leave?.();
        if (life.incarnation.isDead) return;
        const reply = method.response.encode(value as never);
        answer((resolve) => resolve(method.response.decode(reply)), method.response.decode(reply));
      },
      (error: Error) => {
        leave?.();
        if (life.incarnation.isDead) return;
        const status = toGrpcError(error, { method: method.name, log: silentLog, random: this.network });
        if (status.code === Code.INTERNAL) this.errors.push(error);
        answer((_resolve, reject) => reject(new ServiceError(status.code as Code, status.message)));
      },
    );
  }

  #pollBegins(life: Life, key: string, request: { taskQueue?: { name: string } }): (() => void) | undefined {
    if (request.taskQueue?.name !== "queue" || life === this.#zombie) return undefined;
    const leave = this.idlePolls[key]?.enter(() => this.time.now());
    if (leave === undefined) return undefined;
    life.polls.add(leave);
    return () => {
      life.polls.delete(leave);
      leave();
    };
  }

  stop(): void {
    if (this.#life !== undefined) this.#kill(this.#life);
  }
}
