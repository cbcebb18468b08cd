import type { Clock, Log } from "../../base/index.ts";

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_FORMATS = ["text", "json"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export interface StreamLogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly clock: Clock;
  /** Takes one line without its end. */
  write(line: string): void;
}

/** A log of one line per entry. An entry never fails: what cannot be written as JSON is written as text. */
export function streamLog({ level, format, clock, write }: StreamLogOptions): Log {
  const lowest = LOG_LEVELS.indexOf(level);
  const line = format === "json" ? jsonLine : textLine;
  const at = (entryLevel: LogLevel): Log["info"] => {
    if (LOG_LEVELS.indexOf(entryLevel) < lowest) return () => {};
    return (message, fields = {}) =>
      write(line({ time: new Date(clock.now()).toISOString(), level: entryLevel, message, fields }));
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

interface Entry {
  readonly time: string;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Record<string, unknown>;
}

function jsonLine({ time, level, message, fields }: Entry): string {
  // The entry's own names win: a field cannot pass itself off as the level.
  return JSON.stringify({ ...mapped(fields), time, level, message });
}

function textLine({ time, level, message, fields }: Entry): string {
  const shown = Object.entries(mapped(fields)).map(([name, value]) => ` ${name}=${textValue(value)}`);
  return `${time} ${level.toUpperCase().padEnd(5)} ${oneLine(message)}${shown.join("")}`;
}

function textValue(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return /^[\w./:@%+,-]+$/.test(text) ? text : JSON.stringify(text);
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, " ");
}

function mapped(fields: Record<string, unknown>): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) plain[name] = plainValue(value);
  return plain;
}

function plainValue(value: unknown): unknown {
  if (value instanceof Error) return value.stack ?? value.message;
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null)
    return typeof value === "function" || typeof value === "symbol" ? String(value) : value;
  try {
    return JSON.stringify(value) === undefined ? String(value) : value;
  } catch {
    return String(value); // A circle, or a big integer inside.
  }
}
