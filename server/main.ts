/** `perdure`'s server as a program: everything it does is in `command/serve.ts`; this file only gives it the process. */
import { ownProcess } from "./command/own-process.ts";

const host = ownProcess(process.env);
const { serve } = await import("./command/serve.ts");
process.exitCode = await serve(process.argv.slice(2), host);
