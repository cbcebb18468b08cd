/** What activity code knows of its own execution, wherever it is called from. */
import { AsyncLocalStorage } from "node:async_hooks";
import { systemTimers } from "../../base/index.ts";
import type { Client } from "../client/index.ts";
import {
  type ActivityCancellationDetails,
  type ActivityCancellationDetailsHolder,
  type Duration,
  IllegalStateError,
  type Logger,
  type MetricMeter,
  msToNumber,
} from "../common/index.ts";
import type { Info } from "./info.ts";

/** Follows activity code through its awaits and callbacks. */
export const asyncLocalStorage: AsyncLocalStorage<Context> = new AsyncLocalStorage<Context>();

/**
 * The execution of an activity: `Context.current()` in activity code. The functions of this package are short forms of
 * its members. Workers and test environments make instances; activity code does not.
 */
export class Context {
  readonly info: Info;
  /**
   * Rejects with a `CancelledFailure` when the activity is cancelled, and never resolves. A remote activity hears of
   * its cancellation by heartbeats.
   */
  readonly cancelled: Promise<never>;
  /** Aborts when the activity is cancelled: for fetch, child processes and all else that takes a signal. */
  readonly cancellationSignal: AbortSignal;
  /** Writes with the activity's attributes. */
  log: Logger;
  /** Records with the activity's tags. */
  readonly metricMeter: MetricMeter;
  protected readonly heartbeatFn: (details?: any) => void;
  protected readonly _client: Client | undefined;
  protected readonly _cancellationDetails: ActivityCancellationDetailsHolder;

  /** @throws IllegalStateError outside of an activity */
  static current(): Context {
    const context = asyncLocalStorage.getStore();
    if (context === undefined) {
      throw new IllegalStateError(
        "Activity context not initialized: this works only in an activity that a worker runs",
      );
    }
    return context;
  }

  // oxlint-disable-next-line max-params -- the order of arguments is that of @temporalio/activity
  constructor(
    info: Info,
    cancelled: Promise<never>,
    cancellationSignal: AbortSignal,
    heartbeatFn: (details?: any) => void,
    client: Client | undefined,
    log: Logger,
    metricMeter: MetricMeter,
    cancellationDetails: ActivityCancellationDetailsHolder,
  ) {
    this.info = info;
    this.cancelled = cancelled;
    this.cancellationSignal = cancellationSignal;
    this.heartbeatFn = heartbeatFn;
    this._client = client;
    this.log = log;
    this.metricMeter = metricMeter;
    this._cancellationDetails = cancellationDetails;
  }

  /**
   * Says that the activity is alive and how far it is; the next attempt finds the last details in its info. Calls are
   * throttled: make as many as you like. In a local activity it does nothing.
   */
  readonly heartbeat = (details?: unknown): void => {
    this.heartbeatFn(details);
  };

  /**
   * Waits.
   *
   * @throws CancelledFailure when the activity is cancelled meanwhile
   */
  readonly sleep = (ms: Duration): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = systemTimers.set(msToNumber(ms), resolve);
    return Promise.race([this.cancelled, promise]).finally(() => systemTimers.clear(timer));
  };

  /**
   * A client of the worker's namespace.
   *
   * @throws IllegalStateError in a test environment without a client
   */
  get client(): Client {
    if (this._client === undefined) {
      throw new IllegalStateError("There is no client here: give one to the MockActivityEnvironment");
    }
    return this._client;
  }

  /** Why the activity was cancelled; undefined while it was not. */
  get cancellationDetails(): ActivityCancellationDetails | undefined {
    return this._cancellationDetails.details;
  }
}
