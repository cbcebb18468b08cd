import { formatWithOptions } from "node:util";
import { systemClock } from "../../base/index.ts";
import type { Logger, LogLevel, LogMetadata } from "../common/index.ts";

export type { Logger, LogLevel, LogMetadata } from "../common/index.ts";

/** Nanoseconds since the epoch. */
export type LogTimestamp = bigint;

/** A line of the log, as a `DefaultLogger` hands it to its function. */
export interface LogEntry {
  message: string;
  level: LogLevel;
  timestampNanos: LogTimestamp;
  meta?: LogMetadata;
}

const LEVELS: readonly LogLevel[] = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR"];

/** Writes lines to standard error, or hands the entries to a function. */
export class DefaultLogger implements Logger {
  readonly level: LogLevel;
  readonly #write: (entry: LogEntry) => void;
  readonly #severity: number;

  constructor(level: LogLevel = "INFO", logFunction: (entry: LogEntry) => void = toStandardError) {
    if (!LEVELS.includes(level)) throw new RangeError(`log level must be one of ${LEVELS.join(", ")}, not ${level}`);
    this.level = level;
    this.#severity = LEVELS.indexOf(level);
    this.#write = logFunction;
  }

  log(level: LogLevel, message: string, meta?: LogMetadata): void {
    if (LEVELS.indexOf(level) < this.#severity) return;
    const timestampNanos = BigInt(Math.round(systemClock.now() * 1_000)) * 1_000n;
    this.#write({ level, message, timestampNanos, ...(meta !== undefined && { meta }) });
  }

  trace(message: string, meta?: LogMetadata): void {
    this.log("TRACE", message, meta);
  }

  debug(message: string, meta?: LogMetadata): void {
    this.log("DEBUG", message, meta);
  }

  info(message: string, meta?: LogMetadata): void {
    this.log("INFO", message, meta);
  }

  warn(message: string, meta?: LogMetadata): void {
    this.log("WARN", message, meta);
  }

  error(message: string, meta?: LogMetadata): void {
    this.log("ERROR", message, meta);
  }
}

/** The lowest level of which the logger is known to write lines; any level, when nothing is known of it. */
export function lowestLevelOf(logger: Logger): LogLevel {
  return logger instanceof DefaultLogger ? logger.level : "TRACE";
}

function toStandardError({ message, level, timestampNanos, meta }: LogEntry): void {
  const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
  const text =
    meta === undefined
      ? ""
      : ` ${formatWithOptions({ colors: process.stderr.isTTY, compact: true, breakLength: Infinity }, "%O", meta)}`;
  process.stderr.write(`${time} [${level}] ${message}${text}\n`);
}
