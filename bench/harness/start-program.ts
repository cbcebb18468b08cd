/** From the start of a server's process to its first answered call. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { LoadClient } from "./bench-worker.ts";
import { cpuMsOf } from "./server-process.ts";

export interface Start {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** Runs a program's file, waits for its answer, and ends it. */
export async function startProgram(file: string, args: readonly string[]): Promise<Start> {
  const begun = performance.now();
  const child = spawn(process.execPath, [file, ...args, "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const port = Number(/:(\d+)/.exec(line.toString())?.[1]);
  const client = new LoadClient(port);
  await client.call("GetSystemInfo", new Uint8Array(0));
  const wallMs = performance.now() - begun;
  const cpuMs = cpuMsOf(child.pid as number);
  client.close();
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  await exit;
  return { wallMs, cpuMs };
}
