/**
 * Who serves a database: one server at a time, which says every few seconds that it is still there.
 *
 * The lease keeps two servers from working against each other; it protects no data. That does the lanes' tickets, which
 * whoever takes the lease changes: a former holder that still runs is fenced at its next commit.
 */
import { hostname } from "node:os";
import { existsSync } from "node:fs";
import { systemClock } from "../../../base/index.ts";
import type { Log, TimerHandle, Timers } from "../../../base/index.ts";
import { StoreOpenError } from "../errors.ts";
import type { Connection, Row } from "./connection.ts";

/** A holder that has been silent for so long has lost it. */
export const LEASE_MS = 15_000;
const HEARTBEAT_MS = 5_000;
const LOOK_MS = 500;
/** Clocks of this machine and the database's may differ so much in pace. */
const MARGIN_MS = 1_000;

const NAME = "server";

/** Holders in this process, which its number alone does not tell apart. */
const held = new Set<string>();

export interface LeaseOptions {
  readonly connection: Connection;
  readonly timers: Timers;
  readonly log: Log;
  /** Unique to this opening of the store. */
  readonly holder: string;
  /** As messages call the database. */
  readonly where: string;
  /** Another one has taken it; it does not come back. */
  readonly onTaken: () => void;
}

interface Holder {
  readonly holder: string;
  readonly host: string;
  readonly pid: number;
  readonly leftMs: number;
}

export class Lease {
  readonly #options: LeaseOptions;
  #timer: TimerHandle | undefined;
  #isReleased = false;
  #isLost = false;
  /** When what last confirmed the lease was sent. */
  #confirmed: Moment;
  #confirming: Promise<boolean> | undefined;

  private constructor(options: LeaseOptions, confirmed: Moment) {
    this.#options = options;
    this.#confirmed = confirmed;
    held.add(options.holder);
    this.#beatLater();
  }

  /** Waits for a silent holder's time to end; throws StoreOpenError as soon as the holder is heard. */
  static async acquire(options: LeaseOptions): Promise<Lease> {
    let last: Holder | undefined;
    for (;;) {
      const sent = moment();
      const other = await tryAcquire(options);
      if (other === undefined) return new Lease(options, sent);
      const isHeard = last !== undefined && last.holder === other.holder && other.leftMs > last.leftMs;
      if (isHeard || isInThisProcess(other)) {
        const { where } = options;
        throw new StoreOpenError(
          `${where} is open in another server (process ${other.pid} on ${other.host}): stop that one or choose another database`,
        );
      }
      last = other;
      await new Promise<void>((resolve) => options.timers.set(Math.max(1, Math.min(LOOK_MS, other.leftMs)), resolve));
    }
  }

  /** Whether nobody else can have taken it: known for as long as it lasts, later the database is asked. */
  isHeld(): true | Promise<boolean> {
    if (this.#isLost) return Promise.resolve(false);
    if (msSince(this.#confirmed) < LEASE_MS - MARGIN_MS) return true;
    return (this.#confirming ??= this.#confirm().finally(() => (this.#confirming = undefined)));
  }

  /** Looks whether a write that was refused was so because another one has it. */
  look(): void {
    this.#confirm().catch(() => undefined);
  }

  /** Lets the next server start at once. */
  async release(): Promise<void> {
    this.#isReleased = true;
    const { timers, connection, holder } = this.#options;
    if (this.#timer !== undefined) timers.clear(this.#timer);
    held.delete(holder);
    // Without a database the lease ends by itself.
    await connection
      .query({ text: "DELETE FROM lease WHERE name = $1 AND holder = $2", values: [NAME, holder] })
      .catch(() => undefined);
  }

  #beatLater(): void {
    this.#timer = this.#options.timers.set(HEARTBEAT_MS, () => void this.#beat());
  }

  async #beat(): Promise<void> {
    // Without a database the connection has said so; a holder that comes back in time has lost nothing.
    await this.#confirm().catch(() => undefined);
    if (!this.#isReleased && !this.#isLost) this.#beatLater();
  }

  /** Renews it, also when its time was over and nobody has taken it. */
  async #confirm(): Promise<boolean> {
    const { connection, holder, log, where, onTaken } = this.#options;
    const sent = moment();
    const rows = await connection.query({
      name: "lease_heartbeat",
      text: `UPDATE lease SET expires_at = now() + $3::int4 * interval '1 millisecond' WHERE name = $1 AND holder = $2 RETURNING 1`,
      values: [NAME, holder, LEASE_MS],
    });
    if (rows.length > 0) this.#confirmed = sent;
    else if (!this.#isReleased && !this.#isLost) {
      this.#isLost = true;
      log.error("another server has taken over", { database: where });
      onTaken();
    }
    return rows.length > 0;
  }
}

/** A point in time on two clocks: one does not jump, the other goes on while the machine sleeps. */
interface Moment {
  readonly steadyMs: number;
  readonly wallMs: number;
}

function moment(): Moment {
  return { steadyMs: performance.now(), wallMs: systemClock.now() };
}

function msSince({ steadyMs, wallMs }: Moment): number {
  return Math.max(performance.now() - steadyMs, systemClock.now() - wallMs);
}

/** undefined when it is ours now, and nobody else can write any more. */
function tryAcquire({ connection, holder }: LeaseOptions): Promise<Holder | undefined> {
  return connection.transaction(async (query) => {
    const mine = [NAME, holder, hostname(), process.pid, LEASE_MS];
    const until = "now() + $5::int4 * interval '1 millisecond'";
    const [taken] = await query({
      text: `INSERT INTO lease (name, holder, host, pid, expires_at) VALUES ($1, $2, $3, $4::int4, ${until})
             ON CONFLICT (name) DO NOTHING RETURNING 1`,
      values: mine,
    });
    if (taken === undefined) {
      const [row] = await query({
        text: `SELECT holder, host, pid, (extract(epoch FROM expires_at - now()) * 1000)::int8
               FROM lease WHERE name = $1 FOR UPDATE`,
        values: [NAME],
      });
      const other = holderOf(row);
      if (other !== undefined && other.leftMs > 0 && !isDead(other)) return other;
      await query({
        text: `UPDATE lease SET holder = $2, host = $3, pid = $4::int4, expires_at = ${until} WHERE name = $1`,
        values: mine,
      });
    }
    await query({ text: "UPDATE lane SET ticket = ticket + 1" });
    return undefined;
  });
}

function holderOf(row: Row | undefined): Holder | undefined {
  if (row === undefined) return undefined;
  const [holder, host, pid, leftMs] = row as [string, string, number, number];
  return { holder, host, pid, leftMs };
}

function isInThisProcess({ holder }: Holder): boolean {
  return held.has(holder);
}

/** A process of this machine that is gone need not be waited for. */
function isDead({ holder, host, pid }: Holder): boolean {
  if (host !== hostname()) return false;
  if (pid === process.pid) return !held.has(holder);
  return existsSync("/proc/self") && !existsSync(`/proc/${pid}`);
}
