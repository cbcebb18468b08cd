import { describeStore } from "../conformance.ts";
import { MemoryDisk } from "./memory-disk.ts";
import { openMemoryStore } from "./memory-store.ts";

describeStore("memory", async () => {
  const disk = new MemoryDisk();
  return { open: async () => openMemoryStore({ disk }), dispose: async () => {} };
});
