/** `perdure`'s server as a program: everything it does is in `command/serve.ts`; this file only gives it the process. */
import { enableCompileCache, flushCompileCache } from "node:module";
import { dirname } from "node:path";
import { limitHeapGrowth } from "./command/heap.ts";

// Before anything else is loaded, so that all of it comes from the cache at the second start.
const { directory } = enableCompileCache();
// Threads have a cache of their own making only if the environment names it: 90 ms of the store's writer thread.
if (directory !== undefined) process.env["NODE_COMPILE_CACHE"] ??= dirname(directory);

const { serve } = await import("./command/serve.ts");

process.exitCode = await serve(process.argv.slice(2), {
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
  onServing: () => setImmediate(settleDown),
  onStopSignal: (listener) => {
    process.on("SIGINT", listener);
    process.on("SIGTERM", listener);
  },
  exit: (code) => process.exit(code),
});

/** Once the server answers. The cache is written now, since a server that is killed has no end at which to write it. */
function settleDown(): void {
  flushCompileCache();
  limitHeapGrowth();
  // V8 takes no cache that was made under other flags: threads that start from now on are not to spoil it.
  delete process.env["NODE_COMPILE_CACHE"];
}
