/** The account of a kill-and-resume script: what happened when, what came of it, and whether that is right. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const LOOK_EVERY_MS = 10;
/** A script takes seconds; what has not ended by then never will. */
const GIVE_UP_MS = 120_000;

export class Account {
  readonly #startedAt = performance.now();
  readonly #faults: string[] = [];

  /** Something that happened, with its time. */
  say(text: string): void {
    const seconds = ((performance.now() - this.#startedAt) / 1000).toFixed(1);
    console.log(`${seconds.padStart(5)} s  ${text}`);
  }

  /** A question about the outcome; it names what is wrong, if anything is. */
  ask(question: string, faults: readonly string[]): void {
    this.#faults.push(...faults);
    console.log(`${faults.length === 0 ? "   yes  " : "    NO  "} ${question}`);
    for (const fault of faults) console.log(`         ${fault}`);
  }

  /** The last line, and the exit code. */
  close(good: string): number {
    const { length } = this.#faults;
    console.log(length === 0 ? `\n${good}` : `\n${length} things are not as they should be.`);
    return length === 0 ? 0 : 1;
  }
}

/** Runs a script in a folder of its own and ends the process with its exit code. */
export async function runScript(name: string, script: (account: Account, folder: string) => Promise<number>) {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  setTimeout(() => {
    console.error(`did not end within ${GIVE_UP_MS / 1000} s; what it left is in ${folder}`);
    process.exit(1);
  }, GIVE_UP_MS).unref();
  const code = await script(new Account(), folder);
  if (code === 0) rmSync(folder, { recursive: true, force: true });
  else console.log(`What it left is in ${folder}`);
  process.exit(code);
}

/** Waits until something has come so far. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(LOOK_EVERY_MS);
}
