import { InvalidCursorError } from "./errors.ts";
import type { VisibilityCursor } from "./store.ts";
import type { VisibilityRow } from "./visibility.ts";

/** Open executions sort as if they closed after all others; the SQLite schema uses the same number. */
export const OPEN_CLOSE_ORDER = Number.MAX_SAFE_INTEGER;

/** A place in the order (close, start, key), each newest first. */
export interface VisibilityPosition {
  readonly closeOrder: number;
  readonly startTime: number;
  readonly key: number;
}

export function positionOf(row: VisibilityRow, key: number): VisibilityPosition {
  return { closeOrder: row.closeTime ?? OPEN_CLOSE_ORDER, startTime: row.startTime, key };
}

export function encodeCursor(position: VisibilityPosition): VisibilityCursor {
  return `${position.closeOrder.toString(36)}.${position.startTime.toString(36)}.${position.key.toString(36)}`;
}

export function decodeCursor(cursor: VisibilityCursor): VisibilityPosition {
  const parse = (text: string): number => (/^-?[0-9a-z]{1,11}$/.test(text) ? Number.parseInt(text, 36) : Number.NaN);
  const [closeOrder, startTime, key, ...rest] = cursor.split(".").map(parse);
  if (rest.length > 0 || !isPlace(closeOrder) || !isPlace(startTime) || !isPlace(key)) {
    throw new InvalidCursorError(`visibility cursor ${JSON.stringify(cursor.slice(0, 64))} is not one of ours`);
  }
  return { closeOrder, startTime, key };
}

function isPlace(value: number | undefined): value is number {
  return value !== undefined && Number.isSafeInteger(value);
}
