import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { batchOf } from "../conformance/store-under-test.fixture.ts";
import { StoreUnavailableError } from "../errors.ts";
import { startThreadWriter, ThreadWriter } from "./thread-writer.ts";

const request = { lane: 0, epoch: 1, batchNo: 1, batch: batchOf({}) };

/** A thread that says it is open and ends at the first request. */
function dyingThread(how: string): Worker {
  const source = `
    const { parentPort } = require("node:worker_threads");
    parentPort.postMessage([{ kind: "value", value: undefined }]);
    parentPort.on("message", () => { ${how} });`;
  return new Worker(source, { eval: true });
}

describe("a writer thread", () => {
  test.each(["process.exit(1)", "throw new Error('bug')"])(
    "that ends by %s leaves its commits unknown and later ones failed",
    async (how) => {
      const writer = new ThreadWriter(dyingThread(how));
      await writer.started();
      const [first, second] = await Promise.all([writer.commit(request), writer.commit(request)]);
      expect([first.kind, second.kind]).toEqual(["unknown", "unknown"]);
      expect(await writer.commit(request)).toMatchObject({ kind: "failed" });
      await expect(writer.lastBatch(0, 1)).rejects.toBeInstanceOf(StoreUnavailableError);
      await expect(writer.openLane({ lane: 0, slotFrom: 0, slotTo: 1 })).rejects.toThrow("writer thread stopped");
      await writer.close();
    },
  );

  test("that cannot open its database says so", async () => {
    const starting = startThreadWriter({ databaseFile: "/nowhere/perdure.db", cacheKiB: 64, walPagesMax: 100 });
    await expect(starting).rejects.toThrow("unable to open database file");
  });
});
