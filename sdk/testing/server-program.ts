import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { Connection } from "../connection/index.ts";
import type { OpenServer } from "./open-server.ts";

interface ProgramOptions {
  readonly port: number | undefined;
  readonly host?: string | undefined;
  args(port: number): string[];
}

/** Starts a program that serves on a port, and waits until it answers. */
export async function startProgram(
  path: string,
  { port, host = "127.0.0.1", args }: ProgramOptions,
): Promise<OpenServer> {
  const free = port ?? (await freePort(host));
  const child = spawn(path, args(free), { stdio: "ignore" });
  const ended = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) =>
      reject(new Error(`${path} ended with ${signal ?? `code ${code}`} at its start`)),
    );
  });
  ended.catch(() => {});
  const close = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGINT");
    await gone;
  };
  const address = `${host}:${free}`;
  try {
    const connection = await Promise.race([Connection.connect({ address }), ended]);
    await connection.close();
  } catch (error) {
    await close();
    throw error;
  }
  return { address, local: undefined, close };
}

async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
