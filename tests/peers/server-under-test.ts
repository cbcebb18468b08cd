import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServerProcess } from "../faults/harness/server-process.ts";
import { freePort } from "./free-port.ts";

/** Our server as users start it: a process on SQLite in a folder of its own, which can be killed and started again. */
export class ServerUnderTest {
  readonly #folder = mkdtempSync(join(tmpdir(), "perdure-peers-"));
  readonly #complaints: string[] = [];
  #process: ServerProcess | undefined;
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  static async start(): Promise<ServerUnderTest> {
    const server = new ServerUnderTest(await freePort());
    await server.#start();
    return server;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** What it wrote to stderr: warnings and errors. */
  get complaints(): readonly string[] {
    return [...this.#complaints, this.#process?.stderr ?? ""].filter((text) => text !== "");
  }

  /** SIGKILL, and again on the same port and data. */
  async killAndStart(): Promise<void> {
    this.#complaints.push(this.#process?.stderr ?? "");
    await this.#process?.kill();
    await this.#start();
  }

  async close(): Promise<void> {
    await this.#process?.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #start(): Promise<void> {
    this.#process = await ServerProcess.start({ args: ["--port", String(this.#port), "--data", this.#folder] });
  }
}
