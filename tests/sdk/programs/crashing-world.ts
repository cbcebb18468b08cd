/**
 * A server and a worker in this process, either of which dies when it is told to: at the n-th answer to a workflow task,
 * before the server has it or after. Time is virtual, and goes on when nothing is being done.
 *
 * 1. The disk survives a server, and what the dead server still writes does not reach it.
 * 2. A dead worker's calls never reach the server; those that wait are given up, as by a connection that is lost. The
 *    next worker knows nothing. Activities have a worker that lives: an attempt that dies is seen twice, as it should be.
 * 3. The transport makes calls again that a server's death has cut off, as clients do.
 */
import { timestampMs } from "../../../api/timestamp.ts";
import type { Timestamp } from "../../../api/gen/messages.js";
import { Client } from "../../../sdk/client/index.ts";
import { Connection } from "../../../sdk/connection/index.ts";
import type { ServerCall, UnaryHandler } from "../../../rpc/index.ts";
import { Worker } from "../../../sdk/worker/index.ts";
import type { WorkerOptions } from "../../../sdk/worker/index.ts";
import { startServer } from "../../../server/server.ts";
import type { PerdureServer } from "../../../server/server.ts";
import { MemoryDisk, openMemoryStore } from "../../../server/store/index.ts";
import { Incarnation, SimTime } from "../../../simulation/sim-time.ts";

export interface Crash {
  readonly of: "server" | "worker";
  /** Of the answer to a workflow task: whether the server has it. */
  readonly when: "before" | "after";
  /** Counted from 1. */
  readonly answer: number;
}

const ANSWER = "/temporal.api.workflowservice.v1.WorkflowService/RespondWorkflowTaskCompleted";
const WAITS = /\/(?:Poll\w+|GetWorkflowExecutionHistory)$/;
const FAR_MS = Date.UTC(3000, 0, 1);
/** Turns of the event loop without a call, after which nothing is being done. */
const QUIET_TURNS = 4;

interface Life {
  readonly server: PerdureServer;
  readonly incarnation: Incarnation;
  /** Rejects when it dies. */
  readonly death: Promise<never>;
  die(): void;
}

class ServerDied extends Error {}

/** Between a worker and the server. */
class Link {
  isDead = false;
  readonly #losses = new Set<() => void>();

  die(): void {
    this.isDead = true;
    for (const lose of this.#losses) lose();
  }

  /** The call as the server sees it: over when the link is. Its deadline is in another time. */
  watch(call: ServerCall): ServerCall {
    const isDead = (): boolean => this.isDead;
    return {
      path: call.path,
      metadata: call.metadata,
      deadline: FAR_MS,
      peer: call.peer,
      isHere: call.isHere,
      get cancelled() {
        return isDead() || call.cancelled;
      },
      onCancel: (listener) => {
        this.#losses.add(listener);
        call.onCancel(listener);
      },
      setTrailer: (name, value) => call.setTrailer(name, value),
    };
  }
}

export class CrashingWorld implements AsyncDisposable {
  readonly client: Client;
  readonly #workerOptions: WorkerOptions;
  readonly #connection: Connection;
  readonly #time = new SimTime(Date.UTC(2026, 0, 1));
  readonly #disk = new MemoryDisk();
  #skippedMs = 0;
  #life!: Life;
  #boot: Promise<void> | undefined;
  #worker: Worker | undefined;
  #activityWorker: Worker | undefined;
  #workerLink: Link | undefined;
  #busy = 0;
  #answers = 0;
  #crash: Crash | undefined;
  #isOver = false;
  #clock: Promise<void> | undefined;
  readonly #ends: Promise<unknown>[] = [];

  /** How many answers the server was given since the last crash was ordered. */
  get answers(): number {
    return this.#answers;
  }

  static async open(options: WorkerOptions): Promise<CrashingWorld> {
    const world = new CrashingWorld(options);
    world.#clock = world.#goOn();
    await world.#bootServer();
    const { taskQueue, activities } = options;
    world.#activityWorker = await world.#run(new Link(), { taskQueue, activities });
    await world.#startWorker();
    return world;
  }

  private constructor(options: WorkerOptions) {
    this.#workerOptions = options;
    this.#connection = this.#connect(new Link());
    this.client = new Client({ connection: this.#connection });
  }

  /** Takes effect once. */
  order(crash: Crash | undefined): void {
    this.#answers = 0;
    this.#crash = crash;
  }

  #connect(link: Link): Connection {
    return Connection.inProcess({
      route: (path) => this.#route(path, link),
      isCurrentTask: (taskToken) => this.#ask((server) => server.isCurrentTask(taskToken)),
    });
  }

  #route(path: string, link: Link): UnaryHandler {
    return async (request, call) => {
      const bytes = request.slice();
      const isWaiting = WAITS.test(path);
      if (!isWaiting) this.#busy++;
      let reply: Uint8Array | undefined;
      try {
        const crash = path === ANSWER && !link.isDead ? this.#crashNow() : undefined;
        if (crash?.when === "before") await this.#bringAbout(crash);
        if (!link.isDead) {
          const watched = link.watch(call);
          reply = await this.#ask((server) => (server.route(path) as UnaryHandler)(bytes, watched));
        }
        if (crash?.when === "after") await this.#bringAbout(crash);
      } finally {
        if (!isWaiting) this.#busy--;
      }
      return link.isDead || reply === undefined ? new Promise(() => {}) : reply;
    };
  }

  /** Until a server lives long enough to answer. */
  async #ask<T>(question: (server: PerdureServer) => T | Promise<T>): Promise<T> {
    for (;;) {
      await this.#boot;
      const { server, death } = this.#life;
      try {
        return await Promise.race([question(server), death]);
      } catch (error) {
        if (!(error instanceof ServerDied)) throw error;
      }
    }
  }

  #crashNow(): Crash | undefined {
    this.#answers++;
    if (this.#answers !== this.#crash?.answer) return undefined;
    const crash = this.#crash;
    this.#crash = undefined;
    return crash;
  }

  async #bringAbout({ of }: Crash): Promise<void> {
    if (of === "worker") await this.#crashWorker();
    else await this.#crashServer();
  }

  async #crashServer(): Promise<void> {
    const { server } = this.#life;
    this.#skippedMs = (await serverTime(server)) - this.#time.now();
    this.#life.die();
    void server.close().catch(() => {}); // Its listener; what it would write is refused.
    this.#boot = this.#bootServer();
    await this.#boot;
  }

  async #bootServer(): Promise<void> {
    this.#busy++;
    const incarnation = new Incarnation(this.#time);
    const { promise: death, reject } = Promise.withResolvers<never>();
    death.catch(() => {});
    const skippedMs = this.#skippedMs;
    const server = await startServer({
      data: { kind: "open", store: openMemoryStore({ disk: this.#disk }) },
      clock: { now: () => this.#time.now() + skippedMs },
      timers: incarnation,
      timeSkipping: true,
    });
    const die = (): void => {
      incarnation.isDead = true;
      reject(new ServerDied("the server died"));
    };
    this.#life = { server, incarnation, death, die };
    await using connection = Connection.inProcess(server);
    await connection.testService.unlockTimeSkipping({});
    this.#busy--;
  }

  async #crashWorker(): Promise<void> {
    this.#workerLink?.die();
    const dead = this.#worker;
    await this.#startWorker();
    if (dead?.getState() === "RUNNING") dead.shutdown();
  }

  async #startWorker(): Promise<void> {
    const link = new Link();
    this.#worker = await this.#run(link, { ...this.#workerOptions, enableNonLocalActivities: false });
    this.#workerLink = link;
  }

  async #run(link: Link, options: WorkerOptions): Promise<Worker> {
    const connection = this.#connect(link);
    const worker = await Worker.create({ ...options, connection, shutdownForceTime: 1 });
    this.#ends.push(worker.run().catch(() => {})); // A dead one is not given the time to end.
    return worker;
  }

  /** Virtual time: what is due now at once, what is due later when nothing is being done. */
  async #goOn(): Promise<void> {
    let quiet = 0;
    while (!this.#isOver) {
      const before = this.#time.events;
      await this.#time.run(() => this.#isOver, this.#time.now());
      const isAtWork = this.#time.events > before || this.#busy > 0 || this.#isWorkerBusy();
      quiet = isAtWork ? 0 : quiet + 1;
      if (quiet < QUIET_TURNS) continue;
      quiet = 0;
      const events = this.#time.events;
      await this.#time.run(() => this.#isOver || this.#time.events > events, this.#time.now() + 60_000);
    }
  }

  #isWorkerBusy(): boolean {
    const isBusy = (worker: Worker | undefined): boolean => {
      const status = worker?.getStatus();
      return (status?.numInFlightWorkflowActivations ?? 0) + (status?.numInFlightActivities ?? 0) > 0;
    };
    return isBusy(this.#worker) || isBusy(this.#activityWorker);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const worker of [this.#worker, this.#activityWorker]) if (worker?.getState() === "RUNNING") worker.shutdown();
    await Promise.all(this.#ends);
    await this.#connection.close();
    this.#isOver = true;
    await this.#clock;
    this.#life.die();
    void this.#life.server.close().catch(() => {});
  }
}

async function serverTime(server: PerdureServer): Promise<number> {
  await using connection = Connection.inProcess(server);
  const { time } = await connection.testService.getCurrentTime({});
  return timestampMs(time as Timestamp);
}
