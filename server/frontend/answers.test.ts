import { expect, test } from "vitest";
import { Code } from "../../api/errors.ts";
import { MemoryDisk, openMemoryStore, StoreUnavailableError } from "../store/index.ts";
import { answersWhileOurs } from "./answers.ts";
import type { Handlers } from "./grpc-routes.ts";

/** One handler answers from memory, one refuses from memory. */
const FROM_MEMORY = {
  describeNamespace: async () => ({ failoverVersion: 1n }),
  updateNamespace: async () => Promise.reject(new Error("from memory")),
} as unknown as Handlers;

const REPLACED = { code: Code.UNAVAILABLE, message: "another server has taken over the store" };

test("answers and refusals leave while the store is this process's", async () => {
  const disk = new MemoryDisk();
  const handlers = answersWhileOurs(FROM_MEMORY, openMemoryStore({ disk }));
  const [describe, update] = [
    handlers.describeNamespace,
    handlers.updateNamespace,
  ] as unknown as (() => Promise<unknown>)[];
  expect(await describe!()).toEqual({ failoverVersion: 1n });
  await expect(update!()).rejects.toThrow("from memory");
  openMemoryStore({ disk });
  await expect(describe!()).rejects.toMatchObject(REPLACED);
  await expect(update!()).rejects.toMatchObject(REPLACED);
});

test("what only the store can say is waited for", async () => {
  const confirmed = answersWhileOurs(FROM_MEMORY, { isOurs: () => Promise.resolve(true) });
  await expect((confirmed.updateNamespace as () => Promise<unknown>)()).rejects.toThrow("from memory");
  const silent = answersWhileOurs(FROM_MEMORY, {
    isOurs: () => Promise.reject(new StoreUnavailableError("no answer")),
  });
  await expect((silent.describeNamespace as () => Promise<unknown>)()).rejects.toBeInstanceOf(StoreUnavailableError);
});
