import { ValueError } from "./errors.ts";

type Short<Table> = Exclude<keyof Table & string, "UNSPECIFIED">;

/**
 * Functions between the numbers of a protobuf enum and the strings of the public API. Encoding takes both `'X'` and
 * `'PREFIX_X'`, and numbers as they are. `UNSPECIFIED` is `undefined` to the public.
 */
export function makeProtoEnumConverters<const Table extends Readonly<Record<string, number>>, Prefix extends string>(
  table: Table,
  prefix: Prefix,
): [
  encode: (input: Short<Table> | `${Prefix}${Short<Table>}` | number | null | undefined) => number | undefined,
  decode: (input: number | null | undefined) => Short<Table> | undefined,
] {
  const names = new Map(Object.entries(table).map(([name, value]) => [value, name]));
  return [
    (input) => {
      if (input === null || input === undefined) return undefined;
      if (typeof input === "number") return input;
      if (typeof input !== "string") {
        throw new ValueError(`Invalid enum value: '${String(input)}' of type ${typeof input}`);
      }
      const value = Object.hasOwn(table, input) ? table[input] : table[input.slice(prefix.length)];
      if (value === undefined || (!Object.hasOwn(table, input) && !input.startsWith(prefix))) {
        throw new ValueError(`Invalid enum value: '${input}'`);
      }
      return value;
    },
    (input) => {
      if (input === null || input === undefined || input === 0) return undefined;
      return (names.get(input) ?? `unknown_${input}`) as Short<Table>;
    },
  ];
}
