import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { goSdkShapes } from "../../tools/prepare/go-programs.ts";

export interface Output {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const TIMEOUT_MS = 30_000;

/** Runs a program to its end, whatever its exit code; one that hangs is killed and has the code null. */
export function run(
  path: string,
  args: readonly string[],
  { env, input = "" }: { env?: Readonly<Record<string, string>>; input?: string } = {},
): Promise<Output> {
  const child = spawn(path, args, { env: { ...process.env, ...env }, timeout: TIMEOUT_MS, killSignal: "SIGKILL" });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
  child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** A worker on the official Go SDK, with the workflows and activities of `go-sdk/`. */
export class GoWorker {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(address: string, taskQueue: string): Promise<GoWorker> {
    const args = ["--address", address, "--worker", taskQueue];
    const child = spawn(goSdkShapes.path, args, { stdio: ["pipe", "pipe", "inherit"] });
    for await (const line of createInterface({ input: child.stdout })) {
      if (line === "READY") return new GoWorker(child);
    }
    throw new Error("the worker ended before it was ready");
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => void this.#child.once("close", resolve));
    this.#child.stdin?.end();
    await gone;
  }
}
