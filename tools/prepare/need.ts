import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

/** Something a suite relies on. */
export interface Need {
  /** As a person would say it: "a C compiler". */
  readonly name: string;
  isMet(): boolean;
  /** Gets it; throws MissingError when that is not possible here. */
  meet(): void;
}

/** Its message is one sentence that names the thing and what to do. */
export class MissingError extends Error {
  override name = "MissingError";
}

export const checkout = resolve(import.meta.dirname, "../..");
export const cache = resolve(checkout, ".cache");

export interface Command {
  readonly run: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Record<string, string>;
}

export function succeeds({ run, args, cwd, env }: Command): boolean {
  return spawnSync(run, args, { cwd, env: { ...process.env, ...env }, stdio: "ignore" }).status === 0;
}

export function output({ run, args }: Command): string {
  const { stdout, status } = spawnSync(run, args, { encoding: "utf8" });
  return status === 0 ? stdout.trim() : "";
}

/** Runs it; on failure the last lines of its output are the reason. */
export function must(what: string, { run, args, cwd, env }: Command): void {
  const done = spawnSync(run, args, { cwd, env: { ...process.env, ...env }, encoding: "utf8" });
  if (done.status === 0) return;
  const said = `${done.stdout ?? ""}${done.stderr ?? ""}`.trim().split("\n").slice(-3).join(" | ");
  throw new MissingError(`${what} failed: ${done.error?.message ?? said}`);
}
