import { mergeObjects } from "./objects.ts";

/** How much a line of the log matters, from the least to the most. */
export type LogLevel = "TRACE" | "DEBUG" | "INFO" | "WARN" | "ERROR";
/** Attributes of a line of the log. */
export type LogMetadata = Record<string | symbol, any>;

/** Where messages go; implement it to send them elsewhere. */
export interface Logger {
  log(level: LogLevel, message: string, meta?: LogMetadata): any;
  trace(message: string, meta?: LogMetadata): any;
  debug(message: string, meta?: LogMetadata): any;
  info(message: string, meta?: LogMetadata): any;
  warn(message: string, meta?: LogMetadata): any;
  error(message: string, meta?: LogMetadata): any;
}

/** The `sdkComponent` attribute of a message: where it comes from. */
export const SdkComponent = {
  /** Workflow code. */
  workflow: "workflow",
  /** Activity code. */
  activity: "activity",
  /** Handlers of Nexus operations. */
  nexus: "nexus",
  /** The worker: its configuration, life cycle and tasks. */
  worker: "worker",
  /** What is between the worker and the server. */
  core: "core",
} as const;
export type SdkComponent = (typeof SdkComponent)[keyof typeof SdkComponent];

/** Attributes of a line of the log, or a function that makes them when the line is written. */
export type LogMetaOrFunc = LogMetadata | (() => LogMetadata);

/** A logger that adds metadata, fixed or computed per message, and passes on. */
export class LoggerWithComposedMetadata implements Logger {
  readonly #parent: Logger;
  readonly #contributors: readonly LogMetaOrFunc[];

  /** The same logger when there is nothing to add. */
  static compose(logger: Logger, metaOrFunc: LogMetaOrFunc): Logger {
    if (typeof metaOrFunc === "object" && Reflect.ownKeys(metaOrFunc).length === 0) return logger;
    if (!(logger instanceof LoggerWithComposedMetadata)) return new LoggerWithComposedMetadata(logger, [metaOrFunc]);
    const contributors = appendContributor(logger.#contributors, metaOrFunc);
    return new LoggerWithComposedMetadata(logger.#parent, contributors);
  }

  constructor(parentLogger: Logger, contributors: LogMetaOrFunc[]) {
    this.#parent = parentLogger;
    this.#contributors = contributors;
  }

  log(level: LogLevel, message: string, extraMeta?: LogMetadata): void {
    this.#parent.log(level, message, this.#resolve(extraMeta));
  }

  trace(message: string, extraMeta?: LogMetadata): void {
    this.#parent.trace(message, this.#resolve(extraMeta));
  }

  debug(message: string, extraMeta?: LogMetadata): void {
    this.#parent.debug(message, this.#resolve(extraMeta));
  }

  info(message: string, extraMeta?: LogMetadata): void {
    this.#parent.info(message, this.#resolve(extraMeta));
  }

  warn(message: string, extraMeta?: LogMetadata): void {
    this.#parent.warn(message, this.#resolve(extraMeta));
  }

  error(message: string, extraMeta?: LogMetadata): void {
    this.#parent.error(message, this.#resolve(extraMeta));
  }

  #resolve(extraMeta: LogMetadata | undefined): LogMetadata {
    const meta: LogMetadata = {};
    for (const contributor of this.#contributors) {
      Object.assign(meta, typeof contributor === "function" ? contributor() : contributor);
    }
    return extraMeta === undefined ? meta : Object.assign(meta, extraMeta);
  }
}

/** Two fixed contributors in a row become one. */
export function appendContributor<T extends Record<string | symbol, any>>(
  contributors: readonly (T | (() => T))[],
  added: T | (() => T),
): (T | (() => T))[] {
  const last = contributors.at(-1);
  if (last === undefined || typeof last === "function" || typeof added === "function") return [...contributors, added];
  return [...contributors.slice(0, -1), mergeObjects(last, added)];
}
