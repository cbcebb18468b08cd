/** From what a user wrote to values: flags and files alike. */
import { settingOf } from "./dynamic-config.ts";
import type { ConfigValue, Constraints } from "./dynamic-config.ts";
import { SettingValueError } from "./setting.ts";

/** A configuration that cannot be read; the message says where and what. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

export interface ReadConfig {
  readonly values: readonly ConfigValue[];
  /** Keys that this server does not have, as they were written. */
  readonly unknownKeys: readonly string[];
}

/** The value of a key; undefined for a key that is not known. `where` begins the message of what is wrong. */
export function readValue(
  key: string,
  value: unknown,
  { where, constraints = {} }: { where: string; constraints?: Constraints },
): ConfigValue | undefined {
  const setting = settingOf(key);
  if (setting === undefined) return undefined;
  try {
    return { setting, value: setting.read(value), constraints };
  } catch (error) {
    if (!(error instanceof SettingValueError)) throw error;
    throw new ConfigError(`${where}: ${setting.key} wants ${error.message}, got ${JSON.stringify(value)}`);
  }
}

/** Values that hold everywhere, by key. */
export type PlainValues = Readonly<Record<string, unknown>>;

export function readPlain(plain: PlainValues): ReadConfig {
  const values: ConfigValue[] = [];
  const unknownKeys: string[] = [];
  for (const [key, given] of Object.entries(plain)) {
    const value = readValue(key, given, { where: "dynamic configuration" });
    if (value === undefined) unknownKeys.push(key);
    else values.push(value);
  }
  return { values, unknownKeys };
}

/** Flags of the form key=json; of several for one key the last counts. */
export function parseFlags(flags: readonly string[], flag = "--dynamic-config-value"): PlainValues {
  const plain: Record<string, unknown> = {};
  for (const text of flags) {
    const equals = text.indexOf("=");
    if (equals <= 0) throw new ConfigError(`${flag} wants KEY=JSON, got "${text}"`);
    const key = text.slice(0, equals);
    plain[key] = jsonOf(text.slice(equals + 1), `${flag} ${key}`);
    readValue(key, plain[key], { where: flag });
  }
  return plain;
}

function jsonOf(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ConfigError(`${where} wants a value in JSON, got ${text === "" ? "nothing" : text}`);
  }
}
