import type { Account } from "./account.ts";
import type { Program } from "./program.ts";

/** Kills programs at once, and starts them again in the order in which they are given: the server first. */
export async function crash(
  account: Account,
  victims: Readonly<Record<string, Program>>,
  soFar: string,
): Promise<void> {
  await Promise.all(Object.values(victims).map((victim) => victim.kill()));
  account.say(`${soFar}: SIGKILL to the ${Object.keys(victims).join(" and the ")}`);
  for (const victim of Object.values(victims)) await victim.start();
}
