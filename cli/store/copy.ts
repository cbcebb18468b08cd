import { parseFlags } from "../../server/command/index.ts";
import { copyStore } from "../../server/upkeep/copy-store.ts";
import { nameOfPlace, openIdleReader, openWriter, placeOf } from "../../server/upkeep/open-place.ts";
import type { StorePlace } from "../../server/upkeep/open-place.ts";
import { STORE_EXIT } from "./exit-codes.ts";
import { placeNamed } from "./places.ts";
import { COMMON_FLAGS, count, counted } from "./session.ts";
import type { Session, StoreCommand } from "./session.ts";

const FLAGS = { from: { type: "string" }, to: { type: "string" }, ...COMMON_FLAGS } as const;

export const copy: StoreCommand = {
  name: "copy",
  interrupted: "the same command goes on where it was; no server starts on the target until it is finished",
  parse(args) {
    const { values: flags } = parseFlags(args, { flags: FLAGS });
    const { from, to, output, help } = flags;
    if (help === true) return { output, help, run: async () => STORE_EXIT.ok };
    const places = { from: placeOf(placeNamed(from, "--from")), to: placeOf(placeNamed(to, "--to")) };
    return { output, help, run: (session) => copyPlaces(session, places) };
  },
};

async function copyPlaces(session: Session, { from, to }: { from: StorePlace; to: StorePlace }): Promise<number> {
  const source = await openIdleReader(from);
  try {
    const target = await openWriter(to);
    try {
      const account = await copyStore({ from: source, to: target }, session);
      const before = account.runsBefore === 0 ? "" : ` (${count(account.runsBefore)} of them before an interruption)`;
      const text = `copied ${counted(account.runs, "run")}${before}, ${counted(
        account.registryEntries,
        "registry entry",
        "registry entries",
      )} and ${counted(account.meteringRows, "metering row")} to ${nameOfPlace(to)}`;
      session.result(text, { from: nameOfPlace(from), to: nameOfPlace(to), ...account });
      return STORE_EXIT.ok;
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}
