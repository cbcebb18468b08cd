import { InvalidCursorError } from "./errors.ts";
import type { VisibilityCursor, VisibilityGroup } from "./store.ts";
import type { Scalar, VisibilityRow, VisibilitySort } from "./visibility.ts";

/** Open executions sort as if they closed after all others; the SQL schemas use the same number. */
export const OPEN_CLOSE_ORDER = Number.MAX_SAFE_INTEGER;

/** A place in the order: the sorted value, if a query sorts, then (close, start, key), each newest first. */
export interface VisibilityPosition {
  readonly closeOrder: number;
  readonly startTime: number;
  readonly key: number;
  /** Only in sorted lists, and there undefined for an absent value, which comes last. */
  readonly value?: Scalar | undefined;
}

export function positionOf(row: VisibilityRow, key: number): VisibilityPosition {
  return { closeOrder: row.closeTime ?? OPEN_CLOSE_ORDER, startTime: row.startTime, key };
}

/** A place of another order is no place in this one: a sorted cursor names its field and direction. */
export function encodeCursor(position: VisibilityPosition, sort?: VisibilitySort): VisibilityCursor {
  const { closeOrder, startTime, key, value } = position;
  const place = [closeOrder, startTime, key].map((number) => number.toString(36)).join(".");
  if (sort === undefined) return place;
  const written = typeof value === "bigint" ? { big: value.toString() } : (value ?? null);
  return `${place}.${Buffer.from(JSON.stringify([sortName(sort), written])).toString("base64url")}`;
}

export function decodeCursor(cursor: VisibilityCursor, sort?: VisibilitySort): VisibilityPosition {
  const parse = (text: string): number => (/^-?[0-9a-z]{1,11}$/.test(text) ? Number.parseInt(text, 36) : Number.NaN);
  const texts = cursor.split(".");
  const [closeOrder, startTime, key] = texts.slice(0, 3).map(parse);
  const isComplete = texts.length === (sort === undefined ? 3 : 4);
  if (!isComplete || !isPlace(closeOrder) || !isPlace(startTime) || !isPlace(key)) throw notOurs(cursor);
  if (sort === undefined) return { closeOrder, startTime, key };
  return { closeOrder, startTime, key, value: decodeValue(texts[3] as string, sort, cursor) };
}

function decodeValue(text: string, sort: VisibilitySort, cursor: VisibilityCursor): Scalar | undefined {
  let written: unknown;
  try {
    written = JSON.parse(Buffer.from(text, "base64url").toString());
  } catch {
    throw notOurs(cursor);
  }
  const [name, value] = Array.isArray(written) ? (written as unknown[]) : [];
  if (name !== sortName(sort)) throw notOurs(cursor);
  if (value === null) return undefined;
  const big = (value as { big?: unknown } | undefined)?.big;
  if (typeof big === "string" && /^-?\d{1,19}$/.test(big)) return BigInt(big);
  const type = typeof value;
  if (type === "string" || type === "number" || type === "boolean") return value as Scalar;
  throw notOurs(cursor);
}

function sortName({ field, descending }: VisibilitySort): string {
  const name = field.kind === "system" ? field.column : `${field.name}:${field.type}`;
  return `${descending ? "-" : "+"}${name}`;
}

function notOurs(cursor: VisibilityCursor): InvalidCursorError {
  return new InvalidCursorError(`visibility cursor ${JSON.stringify(cursor.slice(0, 64))} is not one of ours`);
}

function isPlace(value: number | undefined): value is number {
  return value !== undefined && Number.isSafeInteger(value);
}

/** Whether a place comes after another in the order. */
export function isAfter(place: VisibilityPosition, other: VisibilityPosition, sort?: VisibilitySort): boolean {
  const bySort = sort === undefined ? 0 : compareValues(place.value, other.value, sort.descending);
  if (bySort !== 0) return bySort > 0;
  if (place.closeOrder !== other.closeOrder) return place.closeOrder < other.closeOrder;
  if (place.startTime !== other.startTime) return place.startTime < other.startTime;
  return place.key < other.key;
}

function compareValues(left: Scalar | undefined, right: Scalar | undefined, descending: boolean): number {
  if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
  return descending ? compareScalars(right, left) : compareScalars(left, right);
}

/** As counts answer them. */
export function sortedGroups(groups: readonly VisibilityGroup[]): VisibilityGroup[] {
  return groups.toSorted(({ value: a }, { value: b }) => {
    if (a === undefined || b === undefined) return Number(b === undefined) - Number(a === undefined);
    return compareScalars(a, b);
  });
}

/** Numbers and bigints compare by exact value; the resolver lets no text meet a number. */
export function compareScalars(left: Scalar, right: Scalar): number {
  if (typeof left === "string" && typeof right === "string") return compareTexts(left, right);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** By code points, as databases do; JavaScript's `<` takes the halves of a character beyond U+FFFF before U+E000. */
function compareTexts(left: string, right: string): number {
  const end = Math.min(left.length, right.length);
  for (let i = 0; i < end; i++) {
    const a = left.charCodeAt(i);
    const b = right.charCodeAt(i);
    if (a !== b) return rank(a) - rank(b);
  }
  return left.length - right.length;
}

/** Puts surrogates, which start characters beyond U+FFFF, above the rest of the code units. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x1_0000 : unit;
}
