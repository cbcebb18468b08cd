/**
 * Run under the shim of ../store-power-loss: `failing-disk.ts FOLDER FAIL_FILE MODE`. Makes the disk fail and work again
 * around commits and prints what the store answered, one line each.
 */
import { writeFileSync } from "node:fs";
import { entity, TestLane } from "../../../server/store/conformance/store-under-test.fixture.ts";
import { openSqliteStore } from "../../../server/store/index.ts";

const [folder, failFile, mode] = process.argv.slice(2) as [string, string, "thread" | "inline"];

function disk(state: "works" | "is full" | "cannot sync"): void {
  writeFileSync(failFile, { works: "-", "is full": "W", "cannot sync": "S" }[state]);
}

function say(what: string, answer: unknown): void {
  process.stdout.write(`${what}: ${String(answer)}\n`);
}

const store = await openSqliteStore({ folder, mode });
const lane = await TestLane.open(store);
const commit = (id: number): Promise<string> => lane.commit({ creates: [entity({ slot: 1, id })] });
const last = (): Promise<unknown> => store.lastBatch(0, lane.epoch).catch((error: Error) => error.name);
const has = async (id: number): Promise<boolean> => (await store.loadEntity({ slot: 1, id })) !== undefined;

say("healthy", await commit(1));
disk("is full");
say("full", await commit(2));
say("still full", await commit(2));
say("read while full", await has(1));
say("last while full", await last());
disk("works");
say("space again", await commit(2));
disk("cannot sync");
say("unsynced", await commit(3));
say("last while unsynced", await last());
say("commit while unsettled", await commit(3));
disk("works");
say("last once settled", await last());
say("written", await has(3));
say("again", await commit(3));
disk("cannot sync");
say("unsynced again", await commit(4));
disk("works");
say("commit settles by itself", await commit(4));
process.kill(process.pid, "SIGKILL");
