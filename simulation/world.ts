import { seededRandom, silentLog } from "../base/index.ts";
import type { Random } from "../base/index.ts";
import type { Call } from "../api/call.ts";
import { Code, ServiceError } from "../api/errors.ts";
import { operatorService, workflowService } from "../api/gen/services.js";
import type { Method } from "../api/gen/services.js";
import { faultyStore, MemoryDisk, openMemoryStore, randomFaults } from "../server/store/index.ts";
import { startEngine } from "../server/server.ts";
import type { Engine } from "../server/server.ts";
import type { Handlers } from "../server/frontend/index.ts";
import { toGrpcError } from "../server/frontend/interceptors/errors.ts";
import { CRASH_POINTS, crashingStore } from "./crash-points.ts";
import type { CrashingStore, CrashPoint } from "./crash-points.ts";
import type { Plan } from "./plan.ts";
import { Incarnation, SimTime } from "./sim-time.ts";

const EPOCH_MS = Date.UTC(2026, 0, 1);
const RESTART_MS_MAX = 3_000;
/** How long a caller waits before it takes a call for lost. */
const CALL_TIMEOUT_MS = 5_000;

type Settle = (resolve: (value: unknown) => void, reject: (error: Error) => void) => void;

const METHODS: ReadonlyMap<string, Method> = new Map([...workflowService, ...operatorService].map((method) => [method.key, method]));

/** The server, its disk, its network and its time: everything of a seed but those who use it. */
export class World {
  readonly plan: Plan;
  readonly time = new SimTime(EPOCH_MS);
  readonly disk = new MemoryDisk();
  readonly network: Random;
  readonly crashes: Record<string, number> = {};
  readonly errors: Error[] = [];
  /** No more faults: what is left must come to its end. */
  isCalm = false;
  #engine: Engine | undefined;
  #life: Incarnation | undefined;
  #crashing: CrashingStore | undefined;
  #lives = 0;

  constructor(plan: Plan) {
    this.plan = plan;
    this.network = seededRandom(plan.seed ^ 0x5eed);
  }

  async boot(): Promise<void> {
    const { plan } = this;
    const life = new Incarnation(this.time);
    const inner = openMemoryStore({ disk: this.disk });
    const faults = randomFaults({
      random: { next: () => (this.isCalm ? 1 : this.network.next()), uuid: () => "" },
      timers: life,
      failed: plan.storeFailed,
      unknownWritten: plan.storeUnknown,
      unknownNotWritten: plan.storeUnknown,
      unavailable: plan.readUnavailable,
      slow: plan.storeSlow,
      slowMsMax: plan.storeSlowMsMax,
    });
    this.#crashing = crashingStore(faultyStore(inner, faults), (point) => this.#crash(life, point));
    this.#life = life;
    const random = seededRandom(plan.seed * 1_000 + this.#lives++);
    const log = { ...silentLog, error: (message: string, fields?: Record<string, unknown>) => this.#logError(message, fields) };
    const starting = startEngine({ store: this.#crashing.store, clock: this.time, timers: life, random, log, lanes: plan.lanes, namespaces: ["default"], cachedRunsMax: 50 });
    const engine = await starting.catch(() => undefined);
    if (life.isDead) return;
    if (engine === undefined) this.#restartLater(life);
    else this.#engine = engine;
  }

  /** Our own bugs show as INTERNAL errors; a store that fails on purpose is no bug. */
  #logError(message: string, fields: Record<string, unknown> | undefined): void {
    if (message === "commit failed") return;
    this.errors.push(new Error(`${message}: ${JSON.stringify(fields)}`));
  }

  get handlers(): Handlers | undefined {
    return this.#engine?.handlers;
  }

  /** Kills the server at some point of its next commit, or at once. */
  crashSoon(): void {
    const point = CRASH_POINTS[Math.floor(this.network.next() * CRASH_POINTS.length)] as CrashPoint;
    if (point === "between commits") {
      if (this.#life !== undefined) this.#crash(this.#life, point);
    } else this.#crashing?.arm(point);
  }

  #crash(life: Incarnation, point: CrashPoint): void {
    if (life.isDead) return;
    life.isDead = true;
    this.crashes[point] = (this.crashes[point] ?? 0) + 1;
    this.#engine = undefined;
    this.time.schedule(Math.ceil(this.network.next() * RESTART_MS_MAX), () => void this.boot());
  }

  #restartLater(life: Incarnation): void {
    life.isDead = true;
    this.time.schedule(500, () => void this.boot());
  }

  /** One call over the network: it may be lost on either way, come twice, or come late. Rejects with what the caller would see. */
  call<T>(key: keyof Handlers, request: object, timeoutMs = CALL_TIMEOUT_MS): Promise<T> {
    const { network, plan } = this;
    const method = METHODS.get(key) as Method;
    const bytes = method.request.encode(request as never);
    const rough = !this.isCalm;
    const delay = (): number => Math.ceil(network.next() * plan.delayMsMax);
    return new Promise<T>((resolve, reject) => {
      const listeners: (() => void)[] = [];
      let isOver = false;
      const call: Call & { cancelled: boolean } = {
        metadata: () => undefined,
        deadline: this.time.now() + timeoutMs,
        cancelled: false,
        onCancel: (listener) => void (call.cancelled ? listener() : listeners.push(listener)),
      };
      const end = (settle: () => void): void => {
        if (isOver) return;
        isOver = true;
        settle();
      };
      this.time.schedule(timeoutMs, () => {
        if (isOver) return;
        call.cancelled = true;
        for (const listener of listeners) listener();
        end(() => reject(new ServiceError(Code.DEADLINE_EXCEEDED, "deadline exceeded")));
      });
      const arrive = (): void => this.#arrive({ method, bytes, call }, (settle) => {
        if (rough && network.next() < plan.lost) return;
        this.time.schedule(delay(), () => end(() => settle(resolve as (value: unknown) => void, reject)));
      });
      if (!rough || network.next() >= plan.lost) this.time.schedule(delay(), arrive);
      if (rough && network.next() < plan.doubled) this.time.schedule(delay() + delay(), arrive);
    });
  }

  #arrive({ method, bytes, call }: { method: Method; bytes: Uint8Array; call: Call }, answer: (settle: Settle) => void): void {
    const handler = this.handlers?.[method.key as keyof Handlers] as ((request: object, call: Call) => Promise<unknown>) | undefined;
    if (handler === undefined) {
      answer((_resolve, reject) => reject(new ServiceError(Code.UNAVAILABLE, "no server")));
      return;
    }
    const life = this.#life;
    handler(method.request.decode(bytes), call).then(
      (value) => {
        if (life?.isDead === true) return;
        const reply = method.response.encode(value as never);
        answer((resolve) => resolve(method.response.decode(reply)));
      },
      (error: Error) => {
        if (life?.isDead === true) return;
        const status = toGrpcError(error, { method: method.name, log: silentLog, random: this.network });
        if (status.code === Code.INTERNAL) this.errors.push(error);
        answer((_resolve, reject) => reject(new ServiceError(status.code as Code, status.message)));
      },
    );
  }

  async stop(): Promise<void> {
    if (this.#life !== undefined) this.#life.isDead = true;
  }
}
