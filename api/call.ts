/** What a handler knows of the call it answers. */
export interface Call {
  /** A header of the request, by its name in lower case; of several the last. */
  metadata(name: string): string | undefined;
  /** When the caller stops waiting, in milliseconds since the epoch; absent when it waits for ever. */
  readonly deadline: number | undefined;
  /** The caller lives and dies with this process. */
  readonly isHere?: boolean | undefined;
  /** The caller has cancelled or gone away. */
  readonly cancelled: boolean;
  /** Runs `listener` once when the call is cancelled, at once if it is already; not after it was answered. */
  onCancel(listener: () => void): void;
}
