import { UsageError } from "../../server/command/index.ts";

/** Where `perdure dev` and `npm start` keep their data. */
export const DATA_DEFAULT = "./.perdure";

/** What the flag says, which has to be something. */
export function placeNamed(text: string | undefined, flag: string): string {
  if (text === undefined) throw new UsageError(`${flag} is missing: see --help`);
  if (text === "") throw new UsageError(`${flag} wants a place, got nothing`);
  return text;
}
