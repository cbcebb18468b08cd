import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { temporalUi } from "../../tools/prepare/go-programs.ts";
import { freePort } from "./free-port.ts";

/** Temporal's web UI: a process that serves its pages and passes their questions on to a server. */
export class WebUi {
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly url: string;

  private constructor(process: ChildProcess, folder: string, url: string) {
    this.#process = process;
    this.#folder = folder;
    this.url = url;
  }

  static async start(address: string): Promise<WebUi> {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), "perdure-ui-"));
    mkdirSync(join(folder, "config"));
    const url = `http://127.0.0.1:${port}`;
    const settings = {
      temporalGrpcAddress: address,
      host: "127.0.0.1",
      port,
      enableUi: true,
      defaultNamespace: "default",
      disableNewsFetch: true,
      cors: { allowOrigins: [url] },
    };
    writeFileSync(join(folder, "config/test.yaml"), JSON.stringify(settings)); // JSON is YAML.
    const args = ["--root", folder, "--config", "config", "--env", "test", "start"];
    const child = spawn(temporalUi.path, args, { stdio: ["ignore", "pipe", "ignore"] });
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.includes("server started on")) break;
    }
    child.stdout.resume();
    return new WebUi(child, folder, url);
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => void this.#process.once("close", resolve));
    this.#process.kill("SIGKILL");
    await gone;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
