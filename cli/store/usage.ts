/** What `--help` says of each command. */

const PLACES = `PLACE is the data folder of a server, a file that "store backup" wrote, or postgres://user@host/database.`;

const COMMON = `  --output FORMAT   text or json (text)
  --help            this text`;

export const USAGE = {
  migrate: `Usage: perdure store migrate [--data PLACE]

Brings a store to this version's schema, as a server does at its start. Its server must not run. Each step is one
transaction: one that is killed leaves the store at the step before. Back it up first: there is no way back.

  --data PLACE      a data folder, or postgres://user@host/database (./.perdure)
${COMMON}`,
  check: `Usage: perdure store check [--data PLACE]

Verifies everything that is stored: checksums, histories, pending work, due times, what lists show, counts of billable
actions, the database's own pages and indexes. Says what is damaged and which workflows it concerns. Writes nothing, and
works beside a running server: it reads one moment.

  --data PLACE      what to check (./.perdure)
  --limit N         findings that are shown, of each kind (100)
${COMMON}

${PLACES}
Exit codes: 0 all is well; 1 something is damaged; 2 the command line is wrong; 3 it could not be checked; 130 interrupted.`,
  copy: `Usage: perdure store copy --from PLACE --to PLACE

Moves all data into an empty store, which may be of another kind. No server may use either meanwhile. An interrupted copy
goes on where it was when the same command is given again; until it is finished, no server starts on its target.

  --from PLACE      what to copy
  --to PLACE        where to: a folder that is empty or missing, or a database without tables of ours
${COMMON}

${PLACES}`,
  backup: `Usage: perdure store backup [--data DIR] --to FILE

Writes the store at one moment into one file, while its server goes on. What was acknowledged before the command began is
in it. A file that is there at the end is whole; an interrupted backup leaves none.

  --data DIR        the data folder (./.perdure)
  --to FILE         the backup, which must not be there yet
${COMMON}`,
  restore: `Usage: perdure store restore --from FILE [--data DIR]

Makes a data folder of a backup. A server that is started on it goes on where the backup was made.

  --from FILE       the backup
  --data DIR        a folder that is empty or missing (./.perdure)
${COMMON}`,
} as const;

export type StoreCommandName = keyof typeof USAGE;
