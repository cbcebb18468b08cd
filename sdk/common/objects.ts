/** Without the properties that are null or undefined, so that a spread over defaults keeps them. */
export function filterNullAndUndefined<T extends Record<string, any>>(obj: T): T {
  return Object.fromEntries(Object.entries(obj).filter(([, value]) => value !== null && value !== undefined)) as T;
}

/** `original` with the changes of `delta`: undefined removes. The same object when nothing changes. */
export function mergeObjects<T extends Record<string, any>>(original: T, delta: T | undefined): T {
  if (original === undefined || original === null) return delta as T;
  if (delta === undefined || delta === null) return original;
  let merged: Record<string, unknown> | undefined;
  for (const [key, value] of Object.entries(delta)) {
    if (value === original[key]) continue;
    merged ??= { ...original };
    if (value === undefined) delete merged[key];
    else merged[key] = value;
  }
  return (merged ?? original) as T;
}
