import { parseArgs } from "node:util";
import type { ParseArgsConfig } from "node:util";

/** A command line that cannot be obeyed: one sentence that names the flag and what it takes. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const NAMESPACE_BYTES_MAX = 1000;

type Options = NonNullable<ParseArgsConfig["options"]>;
type Parsed<O extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: O; strict: true; allowPositionals: boolean }>
>;

/** Reads flags; what else stands in the line are `positionals`, of which there may be so many. */
export function parseFlags<const O extends Options>(
  args: readonly string[],
  { flags, positionalsMax = 0 }: { flags: O; positionalsMax?: number },
): Parsed<O> {
  try {
    return parseArgs({ args: [...args], options: flags, strict: true, allowPositionals: positionalsMax > 0 });
  } catch (error) {
    // Node's sentence names the flag; what follows it is advice about its own syntax.
    const [sentence = "the flags cannot be read"] = (error as Error).message.split(/\. (?:To|Did)|\n/);
    throw new UsageError(`${sentence.replace(/\.$/, "")}: see --help for what there is`);
  }
}

export function portOf(text: string, flag: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new UsageError(`${flag} wants a number from 0 to 65535, got "${text}"`);
  return port;
}

export function namespaceOf(name: string): string {
  if (name === "") throw new UsageError("--namespace wants a name, got nothing");
  const bytes = Buffer.byteLength(name);
  if (bytes > NAMESPACE_BYTES_MAX)
    throw new UsageError(`--namespace got a name of ${bytes} bytes, the limit is ${NAMESPACE_BYTES_MAX}`);
  return name;
}

export function oneOf<T extends string>(
  known: readonly T[],
  { flag, value, otherwise }: { flag: string; value: string | undefined; otherwise: T },
): T {
  if (value === undefined) return otherwise;
  const found = known.find((name) => name === value.toLowerCase());
  if (found === undefined) throw new UsageError(`${flag} wants one of ${known.join(", ")}, got "${value}"`);
  return found;
}
