/** The script of an example, for its test: with everything killed on the way. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** What it wrote; its last line says what came of it. Rejects when it found a fault. */
export async function runKilled(main: URL): Promise<{ readonly text: string; readonly lastLine: string }> {
  const { stdout: text } = await promisify(execFile)(process.execPath, [fileURLToPath(main), "--kill"]);
  return { text, lastLine: text.trimEnd().split("\n").at(-1) ?? "" };
}
