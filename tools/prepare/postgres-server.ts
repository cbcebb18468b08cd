/**
 * The PostgreSQL server of the tests: its data lie in `.cache/postgres`, it listens on a socket there and nowhere else, and
 * whoever has started it is its superuser, by peer authentication. It runs until it is stopped:
 * `node tools/prepare/main.ts stop-postgres`.
 */
import { chmodSync, chownSync, existsSync, mkdirSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { cache, MissingError, must, output, succeeds } from "./need.ts";
import type { Command, Need } from "./need.ts";
import { postgresFolder } from "./programs.ts";

const home = join(cache, "postgres");
const data = join(home, "data");
/** The user that PostgreSQL runs as where this is root, whom it refuses. */
const DEBIAN_USER = "postgres";

/** For `pg`: `new Pool(postgresConnection)`. The port is a part of the socket's name. */
export const postgresConnection = { host: home, port: 5433, user: userInfo().username, database: "postgres" } as const;

export const postgresServer: Need = {
  name: "a PostgreSQL server for tests",
  isMet: () =>
    existsSync(data) && postgresFolder() !== undefined && succeeds(asOwner("pg_ctl", ["-D", data, "status"])),
  meet() {
    mkdirSync(home, { recursive: true });
    giveToOwner(home);
    if (!existsSync(join(data, "PG_VERSION"))) {
      const access = ["--auth-local=peer", "--auth-host=reject"];
      must(
        "initdb",
        asOwner("initdb", ["-D", data, "-U", postgresConnection.user, "-E", "UTF8", "--no-locale", ...access]),
      );
    }
    // What is in it is made anew by each test: it need not outlive the machine.
    const quick = "-c fsync=off -c full_page_writes=off";
    const settings = `${quick} -c listen_addresses= -c port=${postgresConnection.port} -c unix_socket_directories=${home}`;
    const log = join(home, "server.log");
    must("pg_ctl start", asOwner("pg_ctl", ["-D", data, "-w", "-l", log, "-o", settings, "start"]));
  },
};

export function stopPostgres(): void {
  if (postgresServer.isMet()) must("pg_ctl stop", asOwner("pg_ctl", ["-D", data, "-w", "-m", "fast", "stop"]));
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function asOwner(program: string, args: readonly string[]): Command {
  const path = join(postgresFolder() ?? "", program);
  if (!isRoot()) return { run: path, args };
  return { run: "runuser", args: ["-u", DEBIAN_USER, "--", path, ...args], cwd: "/" };
}

function giveToOwner(folder: string): void {
  chmodSync(folder, 0o755);
  if (!isRoot()) return;
  const [uid, gid] = [["-u"], ["-g"]].map((which) => Number(output({ run: "id", args: [...which, DEBIAN_USER] })));
  if (uid === undefined || gid === undefined || uid === 0) throw new MissingError(`there is no user ${DEBIAN_USER}`);
  chownSync(folder, uid, gid);
}
