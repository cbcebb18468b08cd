/** Preloaded into a server and its threads: the time of day is what it is plus what the file says, which may change. */
import { readFileSync } from "node:fs";

const READ_MS = 10;
const file = process.env["PERDURE_CLOCK_SHIFT_FILE"] ?? "";
const now = Date.now.bind(Date);
let shiftMs = 0;

function read(): void {
  shiftMs = Number(readFileSync(file, "utf8"));
}

read();
setInterval(read, READ_MS).unref();
Date.now = () => now() + shiftMs;
