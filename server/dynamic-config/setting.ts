/** What a key of the dynamic configuration is, and how its values are read. */
import { parseDuration } from "./duration-text.ts";

/** What a value may be told apart by: `server` not at all, `namespace` by namespace, `taskQueue` also by queue. */
export type Scope = "server" | "namespace" | "taskQueue";

export type Kind = "integer" | "number" | "boolean" | "duration" | "rates" | "addresses";

export interface Setting<T> {
  /** As in Temporal; those that only this server has begin with `perdure.`. Case does not matter. */
  readonly key: string;
  readonly kind: Kind;
  readonly scope: Scope;
  readonly default: T;
  /** What it does, in one sentence. */
  readonly text: string;
  read(value: unknown): T;
}

/** A value of the wrong type: what was wanted. */
export class SettingValueError extends Error {
  override readonly name = "SettingValueError";
}

type About = readonly [key: string, scope: Scope, text: string];

export function integer([key, scope, text]: About, otherwise: number): Setting<number> {
  return { key, kind: "integer", scope, text, default: otherwise, read: (value) => numberOf(value, "a whole number") };
}

export function decimal([key, scope, text]: About, otherwise: number): Setting<number> {
  return { key, kind: "number", scope, text, default: otherwise, read: (value) => numberOf(value, "a number") };
}

export function toggle([key, scope, text]: About, otherwise: boolean): Setting<boolean> {
  return { key, kind: "boolean", scope, text, default: otherwise, read: booleanOf };
}

/** In milliseconds. */
export function duration([key, scope, text]: About, otherwise: number): Setting<number> {
  return { key, kind: "duration", scope, text, default: otherwise, read: durationOf };
}

/** Calls a second by the name of a method. */
export function rates([key, scope, text]: About): Setting<ReadonlyMap<string, number>> {
  return { key, kind: "rates", scope, text, default: new Map(), read: ratesOf };
}

/** Where callbacks may go: `Pattern` is host and port with `*` for any text, `AllowInsecure` whether without TLS. */
export interface AllowedAddress {
  readonly pattern: string;
  readonly allowsInsecure: boolean;
}

export function addresses([key, scope, text]: About): Setting<readonly AllowedAddress[]> {
  return { key, kind: "addresses", scope, text, default: [], read: addressesOf };
}

function addressesOf(value: unknown): readonly AllowedAddress[] {
  const wanted = 'a list such as [{"Pattern": "*.example.com", "AllowInsecure": false}]';
  if (!Array.isArray(value)) throw new SettingValueError(wanted);
  return value.map((rule: { Pattern?: unknown; AllowInsecure?: unknown } | null) => {
    if (typeof rule?.Pattern !== "string" || rule.Pattern === "") throw new SettingValueError(wanted);
    return { pattern: rule.Pattern, allowsInsecure: rule.AllowInsecure === true };
  });
}

function numberOf(value: unknown, wanted: "a number" | "a whole number"): number {
  const isWanted = wanted === "a number" ? Number.isFinite(value) : Number.isSafeInteger(value);
  if (!isWanted || (value as number) < 0) throw new SettingValueError(`${wanted} that is not negative`);
  return value as number;
}

function booleanOf(value: unknown): boolean {
  if (typeof value !== "boolean") throw new SettingValueError("true or false");
  return value;
}

/** A text such as "90s" or "1h30m"; a bare number is seconds. */
function durationOf(value: unknown): number {
  const ms = typeof value === "number" ? value * 1000 : typeof value === "string" ? parseDuration(value) : undefined;
  if (ms === undefined || !Number.isFinite(ms) || ms < 0) throw new SettingValueError('a duration such as "90s"');
  return Math.round(ms);
}

function ratesOf(value: unknown): ReadonlyMap<string, number> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new SettingValueError("a mapping of methods to calls a second");
  return new Map(Object.entries(value).map(([method, rate]) => [method, numberOf(rate, "a number")]));
}
