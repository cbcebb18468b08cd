import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freshDatabase } from "../../server/store/postgres/database.fixture.ts";
import { ServerProcess } from "../faults/harness/server-process.ts";
import { freePort } from "./free-port.ts";

export type StoreKind = "sqlite" | "postgres";

/** Where the data of one server are, and no others. */
interface Place {
  readonly args: readonly string[];
  remove(): Promise<void>;
}

/** Our server as users start it: a process, on data of its own, which can be killed and started again. */
export class ServerUnderTest {
  readonly #port: number;
  readonly #place: Place;
  readonly #complaints: string[] = [];
  #process: ServerProcess | undefined;

  private constructor(port: number, place: Place) {
    this.#port = port;
    this.#place = place;
  }

  static async start(store: StoreKind = "sqlite"): Promise<ServerUnderTest> {
    const place = store === "sqlite" ? folder() : await database();
    const server = new ServerUnderTest(await freePort(), place);
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
    await this.#place.remove();
  }

  async #start(): Promise<void> {
    this.#process = await ServerProcess.start({ args: ["--port", String(this.#port), ...this.#place.args] });
  }
}

function folder(): Place {
  const path = mkdtempSync(join(tmpdir(), "perdure-peers-"));
  return {
    args: ["--data", path],
    async remove() {
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** In the PostgreSQL server that `tools/prepare` has started. */
async function database(): Promise<Place> {
  const { url, drop } = await freshDatabase();
  return { args: ["--store", url], remove: drop };
}
