import { readFile } from "node:fs/promises";
import type { Log, Timers } from "../../base/index.ts";
import { ConfigError, readPlain } from "./config-values.ts";
import type { PlainValues, ReadConfig } from "./config-values.ts";
import type { DynamicConfig } from "./dynamic-config.ts";

/** The file is looked at this often: also one that is replaced through links, as orchestrators do, is seen so. */
const LOOK_MS = 2_000;

/** Where dynamic configuration comes from. */
export interface ConfigSources {
  /** Win over the file, key by key. */
  readonly values?: PlainValues | undefined;
  /** Of Temporal's form. */
  readonly file?: string | undefined;
}

export interface ConfigWatch {
  /** Reads the file now; for tests and for those who cannot wait. */
  look(): Promise<void>;
  close(): void;
}

interface Tools {
  readonly timers: Timers;
  readonly log: Log;
  /** Answers the file's text. */
  readonly read?: (file: string) => Promise<string>;
}

/**
 * Puts the values of both sources in force, and those of the file again whenever it changes. A file that cannot be read at
 * the start is thrown as ConfigError; later it changes nothing, and the log says what is wrong with it.
 */
export async function watchConfig(config: DynamicConfig, sources: ConfigSources, tools: Tools): Promise<ConfigWatch> {
  const watch = new FileWatch(config, sources, tools);
  await watch.start();
  return watch;
}

class FileWatch implements ConfigWatch {
  readonly #config: DynamicConfig;
  readonly #file: string | undefined;
  readonly #plain: ReadConfig;
  readonly #tools: Tools;
  #text: string | undefined;
  #warned = "";
  #timer: object | undefined;
  #isClosed = false;

  constructor(config: DynamicConfig, sources: ConfigSources, tools: Tools) {
    this.#config = config;
    this.#file = sources.file;
    this.#plain = readPlain(sources.values ?? {});
    this.#tools = tools;
  }

  async start(): Promise<void> {
    const file = this.#file;
    if (file === undefined) {
      this.#apply(this.#plain);
      return;
    }
    this.#text = await this.#read(file);
    await this.#applyText(file, this.#text);
    this.#arm();
  }

  async look(): Promise<void> {
    const file = this.#file;
    if (file === undefined || this.#isClosed) return;
    try {
      const text = await this.#read(file);
      if (text === this.#text || this.#isClosed) return;
      this.#text = text;
      await this.#applyText(file, text);
      this.#tools.log.info("the dynamic configuration was read again", { file });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      // Of a file that stays away this is said once.
      if (this.#warned !== error.message)
        this.#tools.log.warn("the dynamic configuration stays as it was", { reason: error.message });
      this.#warned = error.message;
    }
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== undefined) this.#tools.timers.clear(this.#timer);
  }

  #arm(): void {
    this.#timer = this.#tools.timers.set(LOOK_MS, () => {
      void this.look().finally(() => {
        if (!this.#isClosed) this.#arm();
      });
    });
  }

  async #read(file: string): Promise<string> {
    const read = this.#tools.read ?? ((path: string) => readFile(path, "utf8"));
    try {
      return await read(file);
    } catch (error) {
      throw new ConfigError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
    }
  }

  /** The reader of the format is loaded only by those who have a file. */
  async #applyText(file: string, text: string): Promise<void> {
    const { readYaml } = await import("./yaml-file.ts");
    const plain = this.#plain;
    const ofFile = readYaml(file, text);
    const given = new Set(plain.values.map(({ setting }) => setting));
    this.#apply({
      values: [...plain.values, ...ofFile.values.filter(({ setting }) => !given.has(setting))],
      unknownKeys: [...new Set([...plain.unknownKeys, ...ofFile.unknownKeys])],
    });
  }

  #apply({ values, unknownKeys }: ReadConfig): void {
    this.#config.replace(values);
    const keys = unknownKeys.join(", ");
    if (keys !== "" && keys !== this.#warned)
      this.#tools.log.warn("keys of the dynamic configuration that this server does not have", { keys });
    this.#warned = keys;
  }
}
