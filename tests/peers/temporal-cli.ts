import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { temporalCli } from "../../tools/prepare/go-programs.ts";
import { run } from "./program.ts";
import type { Output } from "./program.ts";

/** Temporal's command line, with nobody's settings but these. */
export class TemporalCli {
  readonly #home = mkdtempSync(join(tmpdir(), "perdure-cli-"));
  readonly #address: string;

  constructor(address: string) {
    this.#address = address;
  }

  /** Arguments in one line, divided by spaces; each `?` stands for one of the values, which may hold spaces. JSON is asked for. */
  run(line: string, ...values: readonly string[]): Promise<Output> {
    const rest = values.values();
    const words = line.split(" ").map((word) => (word === "?" ? (rest.next().value ?? "") : word));
    const output = words.includes("-o") ? [] : ["-o", "json"];
    const args = [...words, "--address", this.#address, "--color", "never", ...output];
    return run(temporalCli.path, args, { env: { HOME: this.#home, XDG_CONFIG_HOME: this.#home } });
  }

  /** What a command that succeeds prints. */
  async told(line: string, ...values: readonly string[]): Promise<unknown> {
    const { code, stdout, stderr } = await this.run(line, ...values);
    expect([line, code, stderr]).toEqual([line, 0, ""]);
    return stdout === "" ? undefined : (JSON.parse(stdout) as unknown);
  }

  /** The message of a command that fails. */
  async refusal(line: string, ...values: readonly string[]): Promise<string> {
    const { code, stderr } = await this.run(line, ...values);
    expect([line, code]).toEqual([line, 1]);
    return /msg="?(.*?)"?\s*$/.exec(stderr)?.[1] ?? stderr;
  }

  close(): void {
    rmSync(this.#home, { recursive: true, force: true });
  }
}
