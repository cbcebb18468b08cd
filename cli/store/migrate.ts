import { parseFlags } from "../../server/command/index.ts";
import { migrateFolder } from "../../server/upkeep/index.ts";
import { STORE_EXIT } from "./exit-codes.ts";
import { DATA_DEFAULT, placeNamed } from "./places.ts";
import { COMMON_FLAGS } from "./session.ts";
import type { StoreCommand } from "./session.ts";

const FLAGS = { data: { type: "string" }, ...COMMON_FLAGS } as const;

export const migrate: StoreCommand = {
  name: "migrate",
  interrupted: "the store is at the last step that was finished",
  parse(args) {
    const { values: flags } = parseFlags(args, { flags: FLAGS });
    const { data = DATA_DEFAULT, output, help } = flags;
    const folder = placeNamed(data, "--data");
    return {
      output,
      help,
      async run(session) {
        const { from, to } = migrateFolder(folder);
        const text =
          from === to ? `${folder} is at schema ${to} already` : `${folder} went from schema ${from} to ${to}`;
        session.result(text, { data: folder, from, to });
        return STORE_EXIT.ok;
      },
    };
  },
};
