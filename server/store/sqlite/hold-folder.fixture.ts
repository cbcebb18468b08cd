/** Run as a process: opens the data folder named by its argument, says so, and holds it until it is killed. */
import { openSqliteStore } from "./sqlite-store.ts";

await openSqliteStore({ folder: process.argv[2] as string, mode: "inline" });
process.stdout.write("open\n");
setInterval(() => {}, 60_000);
