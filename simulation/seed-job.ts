/** Runs the seeds of its first argument and sends each outcome to the process that started it. */
import { runHere } from "./run-seeds.ts";
import type { SeedRange } from "./run-seeds.ts";

await runHere(JSON.parse(process.argv[2] as string) as SeedRange, (outcome) => process.send?.(outcome));
process.disconnect();
