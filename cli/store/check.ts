import { parseFlags, UsageError } from "../../server/command/index.ts";
import type { Finding } from "../../server/history/index.ts";
import { checkStore } from "../../server/upkeep/check-store.ts";
import type { CheckAccount } from "../../server/upkeep/check-store.ts";
import { openReader, placeOf } from "../../server/upkeep/open-place.ts";
import { DATA_DEFAULT, placeNamed } from "./places.ts";
import { STORE_EXIT } from "./exit-codes.ts";
import { COMMON_FLAGS, count, counted } from "./session.ts";
import type { Session, StoreCommand } from "./session.ts";

const LIMIT_DEFAULT = 100;

const FLAGS = { data: { type: "string" }, limit: { type: "string" }, ...COMMON_FLAGS } as const;

export const check: StoreCommand = {
  name: "check",
  interrupted: "what was found until now is all that is known",
  parse(args) {
    const { values: flags } = parseFlags(args, { flags: FLAGS });
    const { data = DATA_DEFAULT, limit, output, help } = flags;
    const [place, limitEach] = [placeNamed(data, "--data"), limitOf(limit)];
    return { output, help, run: (session) => checkPlace(session, place, limitEach) };
  },
};

function limitOf(text: string | undefined): number {
  if (text === undefined) return LIMIT_DEFAULT;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`--limit wants a number from 1 up, got "${text}"`);
  return Number(text);
}

async function checkPlace(session: Session, place: string, limit: number): Promise<number> {
  const shown: Finding[] = [];
  const counts = new Map<string, number>();
  const reader = await openReader(placeOf(place));
  let account: CheckAccount;
  try {
    account = await checkStore(reader, {
      ...session,
      found(finding) {
        const seen = (counts.get(finding.kind) ?? 0) + 1;
        counts.set(finding.kind, seen);
        if (seen <= limit) shown.push(finding);
      },
    });
  } finally {
    await reader.close();
  }
  const byKind = Object.fromEntries(counts);
  session.result(textOf(account, shown, byKind), { place: reader.place, ...account, findings: shown, counts: byKind });
  return account.findings === 0 ? STORE_EXIT.ok : STORE_EXIT.damaged;
}

function textOf(account: CheckAccount, shown: readonly Finding[], byKind: Readonly<Record<string, number>>): string {
  const lines = shown.map(({ kind, affected, problem }) => `${kind.padEnd(18)} ${affected}: ${problem}`);
  if (shown.length < account.findings)
    lines.push(`and ${count(account.findings - shown.length)} more: --limit shows more of each kind`);
  const read = `${counted(account.runs, "run")} with ${counted(account.events, "event")}, ${counted(
    account.registryEntries,
    "registry entry",
    "registry entries",
  )} and ${counted(account.meteringRows, "metering row")}`;
  const kinds = Object.entries(byKind).map(([kind, number]) => `${kind} ${count(number)}`);
  lines.push(
    account.findings === 0
      ? `all is well: ${read}`
      : `${counted(account.findings, "finding")} (${kinds.join(", ")}) in ${read}`,
  );
  return lines.join("\n");
}
