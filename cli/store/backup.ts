import { statSync } from "node:fs";
import { parseFlags } from "../../server/command/index.ts";
import { backUpFolder } from "../../server/upkeep/backup-folder.ts";
import { STORE_EXIT } from "./exit-codes.ts";
import { DATA_DEFAULT, placeNamed } from "./places.ts";
import { COMMON_FLAGS, count } from "./session.ts";
import type { StoreCommand } from "./session.ts";

const FLAGS = { data: { type: "string" }, to: { type: "string" }, ...COMMON_FLAGS } as const;

export const backup: StoreCommand = {
  name: "backup",
  interrupted: "no backup was written",
  parse(args) {
    const { values: flags } = parseFlags(args, { flags: FLAGS });
    const { data = DATA_DEFAULT, to, output, help } = flags;
    if (help === true) return { output, help, run: async () => STORE_EXIT.ok };
    const [folder, file] = [placeNamed(data, "--data"), placeNamed(to, "--to")];
    return {
      output,
      help,
      async run(session) {
        await backUpFolder({ folder, file }, session);
        const { size: bytes } = statSync(file);
        session.result(`wrote ${file} (${count(bytes)} bytes)`, { data: folder, to: file, bytes });
        return STORE_EXIT.ok;
      },
    };
  },
};
