import { parseFlags } from "../../server/command/index.ts";
import { restoreFolder } from "../../server/upkeep/backup-folder.ts";
import { STORE_EXIT } from "./exit-codes.ts";
import { DATA_DEFAULT, placeNamed } from "./places.ts";
import { COMMON_FLAGS } from "./session.ts";
import type { StoreCommand } from "./session.ts";

const FLAGS = { from: { type: "string" }, data: { type: "string" }, ...COMMON_FLAGS } as const;

export const restore: StoreCommand = {
  name: "restore",
  interrupted: "nothing was restored",
  parse(args) {
    const { values: flags } = parseFlags(args, { flags: FLAGS });
    const { from, data = DATA_DEFAULT, output, help } = flags;
    if (help === true) return { output, help, run: async () => STORE_EXIT.ok };
    const [file, folder] = [placeNamed(from, "--from"), placeNamed(data, "--data")];
    return {
      output,
      help,
      async run(session) {
        await restoreFolder({ folder, file }, session);
        session.result(`restored ${file} into ${folder}`, { from: file, data: folder });
        return STORE_EXIT.ok;
      },
    };
  },
};
