import { StoreOpenError } from "../store/errors.ts";
import { UNFINISHED_COPY_KEY } from "../store/index.ts";
import type { Store } from "../store/index.ts";

/** A server on half of the data would answer that the other half never was. */
export async function refuseUnfinishedCopy(store: Store, place: string): Promise<void> {
  const [mark] = await store.readMeta(UNFINISHED_COPY_KEY);
  if (mark === undefined) return;
  throw new StoreOpenError(
    `${place} holds a copy that was not finished: let "store copy" finish it, or choose another place for the data`,
  );
}
