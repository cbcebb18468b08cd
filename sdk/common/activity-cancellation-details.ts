/** Which of the reasons for a cancellation hold; those that are left out do not. */
export interface ActivityCancellationDetailsOptions {
  notFound?: boolean;
  cancelRequested?: boolean;
  paused?: boolean;
  timedOut?: boolean;
  workerShutdown?: boolean;
  reset?: boolean;
}

/** As the worker's core writes it. */
interface ProtoCancellationDetails {
  isNotFound?: boolean | null;
  isCancelled?: boolean | null;
  isPaused?: boolean | null;
  isTimedOut?: boolean | null;
  isWorkerShutdown?: boolean | null;
  isReset?: boolean | null;
}

/** Why an activity was cancelled. Set once, and never changed. */
export class ActivityCancellationDetails {
  readonly notFound: boolean;
  readonly cancelRequested: boolean;
  readonly paused: boolean;
  readonly timedOut: boolean;
  readonly workerShutdown: boolean;
  readonly reset: boolean;

  constructor(options: ActivityCancellationDetailsOptions = {}) {
    this.notFound = options.notFound ?? false;
    this.cancelRequested = options.cancelRequested ?? false;
    this.paused = options.paused ?? false;
    this.timedOut = options.timedOut ?? false;
    this.workerShutdown = options.workerShutdown ?? false;
    this.reset = options.reset ?? false;
  }

  static fromProto(proto: ProtoCancellationDetails | null | undefined): ActivityCancellationDetails {
    return new ActivityCancellationDetails({
      notFound: proto?.isNotFound ?? false,
      cancelRequested: proto?.isCancelled ?? false,
      paused: proto?.isPaused ?? false,
      timedOut: proto?.isTimedOut ?? false,
      workerShutdown: proto?.isWorkerShutdown ?? false,
      reset: proto?.isReset ?? false,
    });
  }
}

/** Where the details of a cancellation stand once there is one. */
export interface ActivityCancellationDetailsHolder {
  details?: ActivityCancellationDetails;
}
