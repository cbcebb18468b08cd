/** The server as a child process that can be killed and started again on the same data. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Connection } from "@temporalio/client";

export interface ServerPlace {
  readonly port: number;
  readonly data: string;
  /** A `temporal-peer` binary to run in place of Perdure: the example is plain Temporal code. */
  readonly peer: string | undefined;
}

export interface ServerProcess {
  /** SIGKILL: no goodbye, no flush. */
  kill(): Promise<void>;
  /** SIGTERM: drains and exits. */
  stop(): Promise<void>;
}

const START_TRIES_MAX = 300;

export async function startServer(place: ServerPlace): Promise<ServerProcess> {
  const [command, ...args] = commandOf(place);
  const child = spawn(command as string, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TEMPORAL_VERSION_CHECK_DISABLED: "1" },
  });
  process.on("exit", () => child.kill("SIGKILL"));
  const exited = once(child, "exit");
  const exitedEarly = exited.then(() => {
    throw new Error("the server exited instead of answering");
  });
  // Perdure says on its first line that it serves; Temporal is asked until it answers.
  const ready = place.peer === undefined ? once(child.stdout, "data") : answers(`127.0.0.1:${place.port}`);
  await Promise.race([ready, exitedEarly]);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await exited;
  };
  return { kill: () => end("SIGKILL"), stop: () => end(place.peer === undefined ? "SIGTERM" : "SIGINT") };
}

function commandOf({ port, data, peer }: ServerPlace): string[] {
  if (peer !== undefined) return [peer, "-port", String(port), "-file", join(data, "peer.db")];
  const main = resolve(import.meta.dirname, "../../server/main.ts");
  return [process.execPath, main, "--port", String(port), "--data", data];
}

async function answers(address: string): Promise<void> {
  for (let tries = 0; tries < START_TRIES_MAX; tries++) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: "1 second" });
      try {
        await connection.workflowService.describeNamespace({ namespace: "default" });
      } finally {
        await connection.close();
      }
      return;
    } catch {
      await pause(100);
    }
  }
  throw new Error(`no server answers on ${address}`);
}
