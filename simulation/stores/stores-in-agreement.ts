import { difference } from "./difference.ts";
import { otherStore } from "./other-stores.ts";
import type { OtherStore } from "./other-stores.ts";
import { replayLog, show } from "./replay-log.ts";
import type { Replayed } from "./replay-log.ts";
import type { StoreName } from "./store-names.ts";
import type { StoreLog } from "./store-log.ts";

/** The stores beside the simulation's own, which have to answer as it did. */
export class StoresInAgreement {
  readonly #others: readonly OtherStore[];

  constructor(names: readonly StoreName[]) {
    this.#others = names.map(otherStore);
  }

  /** What a store answered or holds otherwise than the seed's. */
  async check(log: StoreLog): Promise<string[]> {
    const replayed: Replayed[] = [];
    // One after the other: stores that answer at once would leave a database's sessions no time.
    for (const other of this.#others) replayed.push(await replayLog(log, other));
    const violations = replayed.flatMap((one) => one.violations);
    if (violations.length > 0) return violations;
    const [first, ...rest] = replayed as [Replayed, ...Replayed[]];
    return rest.flatMap((one, at) => this.#compare(first, one, (this.#others[at + 1] as OtherStore).name));
  }

  async remove(): Promise<void> {
    await Promise.all(this.#others.map((other) => other.remove()));
  }

  #compare(first: Replayed, other: Replayed, name: StoreName): string[] {
    for (const what of new Set([...first.contents.keys(), ...other.contents.keys()])) {
      const [expected, found] = [first.contents.get(what), other.contents.get(what)];
      const where = difference(expected, found);
      if (where !== undefined)
        return [`${name} holds ${what} otherwise, at ${where || "all"}: ${show(found)} instead of ${show(expected)}`];
    }
    return [];
  }
}
