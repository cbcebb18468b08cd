/**
 * What every command of `perdure store` has around it: its help, its output, progress on the standard error, one sentence
 * for what cannot be done, and an end in good order at a signal.
 */
import { systemClock, systemTimers } from "../../base/index.ts";
import { oneOf } from "../../server/command/index.ts";
import type { ProgramHost } from "../../server/command/index.ts";
import { CorruptionError, StoreOpenError, StoreUnavailableError } from "../../server/store/errors.ts";
import { InterruptedError } from "../../server/upkeep/progress.ts";
import type { Progress, Supervision } from "../../server/upkeep/progress.ts";
import { refusingUsage } from "../refusing-usage.ts";
import { STORE_EXIT } from "./exit-codes.ts";
import { USAGE } from "./usage.ts";
import type { StoreCommandName } from "./usage.ts";

export const COMMON_FLAGS = {
  output: { type: "string", short: "o" },
  help: { type: "boolean", short: "h" },
} as const;

const OUTPUTS = ["text", "json"] as const;

/** A line of progress is written at most so often. */
const PROGRESS_EVERY_MS = 1_000;

export interface Session extends Supervision {
  readonly output: (typeof OUTPUTS)[number];
  /** The result: a sentence for people, or an object for programs. */
  result(text: string, json: object): void;
}

export interface StoreCommand {
  readonly name: StoreCommandName;
  /** What an interrupted one has left behind, for people. */
  readonly interrupted: string;
  /** Reads the flags before anything is done; throws UsageError. */
  parse(args: readonly string[]): {
    readonly output: string | undefined;
    readonly help: boolean | undefined;
    readonly run: (session: Session) => Promise<number>;
  };
}

export function runStoreCommand(command: StoreCommand, args: readonly string[], host: ProgramHost): Promise<number> {
  return refusingUsage(host, async () => {
    const { output, help, run } = command.parse(args);
    if (help === true) {
      host.out(USAGE[command.name]);
      return STORE_EXIT.ok;
    }
    const session = sessionOf(host, oneOf(OUTPUTS, { flag: "--output", value: output, otherwise: "text" }));
    try {
      return await run(session);
    } catch (error) {
      if (error instanceof InterruptedError) {
        host.err(`interrupted: ${command.interrupted}`);
        return STORE_EXIT.interrupted;
      }
      const fault = faultOf(error);
      if (fault === undefined) throw error;
      host.err(fault);
      return error instanceof CorruptionError ? STORE_EXIT.damaged : STORE_EXIT.unavailable;
    }
  });
}

function sessionOf(host: ProgramHost, output: Session["output"]): Session {
  const stop = new AbortController();
  host.onStopSignal(() => {
    if (stop.signal.aborted) host.exit(STORE_EXIT.interrupted);
    else stop.abort();
  });
  let saidAt = systemClock.now();
  let saidStep: string | undefined;
  return {
    output,
    signal: stop.signal,
    timers: systemTimers,
    report(progress) {
      const now = systemClock.now();
      // After a long step the next one is named at once: it may say nothing more.
      const isNext = saidStep !== undefined && saidStep !== progress.step;
      if (now - saidAt < PROGRESS_EVERY_MS && !isNext) return;
      saidAt = now;
      saidStep = progress.step;
      host.err(output === "json" ? JSON.stringify({ progress }) : textOf(progress));
    },
    result: (text, json) => host.out(output === "json" ? JSON.stringify(json, undefined, 2) : text),
  };
}

export function count(number: number): string {
  return number.toLocaleString("en-US");
}

/** A number with its noun. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}

function textOf({ step, done, all }: Progress): string {
  if (all === undefined) return done === 0 ? `${step} …` : `${step}: ${count(done)}`;
  const percent = all === 0 ? 100 : Math.floor((done / all) * 100);
  return `${step}: ${count(done)} of ${count(all)} (${percent} %)`;
}

/** One sentence for what is no bug of ours. */
function faultOf(error: unknown): string | undefined {
  if (error instanceof StoreOpenError || error instanceof StoreUnavailableError) return error.message;
  if (error instanceof CorruptionError) return `${error.message}: "store check" tells all that is`;
  const { code, errcode, message } = error as { code?: string; errcode?: number; message?: string };
  if (errcode === undefined && !/^E[A-Z]+$/.test(code ?? "")) return undefined;
  return `the disk or the database refuses: ${message}`;
}
