/** What every store does alike, as tests: `describeStore("sqlite", make)` in the store's own test file. */
import { afterEach, beforeEach, describe } from "vitest";
import { describeCommits } from "./conformance/commits.ts";
import { describeLanes } from "./conformance/lanes.ts";
import { describeReads } from "./conformance/reads.ts";
import { describeScale } from "./conformance/scale.ts";
import type { MakeStore, StoreUnderTest } from "./conformance/store-under-test.ts";
import { describeVisibility } from "./conformance/visibility.ts";

export function describeStore(name: string, make: MakeStore): void {
  describe(`${name} store`, () => {
    let data: StoreUnderTest | undefined;
    beforeEach(async () => {
      data = await make();
    });
    afterEach(async () => {
      await data?.dispose();
      data = undefined;
    });
    const current = (): StoreUnderTest => data as StoreUnderTest;
    const open = (): ReturnType<StoreUnderTest["open"]> => current().open();
    describe("commits", () => describeCommits(open));
    describe("lanes", () => describeLanes(open, current));
    describe("reads", () => describeReads(open));
    describe("visibility", () => describeVisibility(open));
    describe("scale", () => describeScale(open));
  });
}
