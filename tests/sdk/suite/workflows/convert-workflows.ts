import { remote } from "./proxies.ts";

/** Values that only the suite's own converter can carry, through an activity and back. */
export async function carriesRichValues(day: Date, big: bigint): Promise<unknown[]> {
  const later = await remote().echo(new Date(day.getTime() + 1));
  const more = await remote().echo(big + 1n);
  return [later instanceof Date, later, typeof more];
}
