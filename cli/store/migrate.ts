import { parseFlags } from "../../server/command/index.ts";
import { migratePlace, nameOfPlace, placeOf } from "../../server/upkeep/open-place.ts";
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
    const place = placeOf(placeNamed(data, "--data"));
    return {
      output,
      help,
      async run(session) {
        const { from, to } = await migratePlace(place);
        const name = nameOfPlace(place);
        const text = from === to ? `${name} is at schema ${to} already` : `${name} went from schema ${from} to ${to}`;
        session.result(text, { data: name, from, to });
        return STORE_EXIT.ok;
      },
    };
  },
};
