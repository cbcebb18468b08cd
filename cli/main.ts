/** `perdure` as a program: what it does is in `run.ts`; this file only gives it the process. */
import { ownProcess } from "../server/command/own-process.ts";

const host = ownProcess(process.env);
const { run } = await import("./run.ts");
process.exitCode = await run(process.argv.slice(2), host);
