/** Programs that Debian's packages provide. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { MissingError, must, output, succeeds } from "./need.ts";
import type { Need } from "./need.ts";

const NODE_MIN = 24;
const DEBIAN_POSTGRES = "/usr/lib/postgresql";

export const node: Need = {
  name: `Node ${NODE_MIN}`,
  isMet: () => Number(process.versions.node.split(".")[0]) >= NODE_MIN,
  meet() {
    const { platform, arch, version } = process;
    throw new MissingError(
      `this is Node ${version}; npm ci installs Node ${NODE_MIN} for Linux and macOS, on ${platform}-${arch} install it by hand`,
    );
  },
};

export const git: Need = program("git", {
  found: () => succeeds({ run: "git", args: ["--version"] }),
  packages: ["git"],
});

export const cCompiler: Need = program("a C compiler", {
  found: () => succeeds({ run: "cc", args: ["--version"] }),
  packages: ["gcc", "libc6-dev"],
});

/** From 1.21 on Go fetches the newer toolchain that a module asks for. */
export const go: Need = program("Go 1.21 or newer", {
  found: () => Number(/go1\.(\d+)/.exec(output({ run: "go", args: ["version"] }))?.[1] ?? 0) >= 21,
  packages: ["golang-go"],
});

export const python: Need = program("Python 3 with venv", {
  found: () => succeeds({ run: "python3", args: ["-c", "import venv, ensurepip"] }),
  packages: ["python3", "python3-venv"],
});

/** For the web UI. The fonts are what its text is measured with. */
export const browser: Need = program("Chromium", {
  found: () => succeeds({ run: "chromium", args: ["--version"] }),
  packages: ["chromium", "fonts-dejavu-core"],
});

/** Debian puts its programs where no path leads. */
export const postgres: Need = program("PostgreSQL 15 or newer", {
  found: () => postgresFolder() !== undefined,
  packages: ["postgresql"],
});

const POSTGRES_MIN = 15;

/** Where `initdb` and `pg_ctl` are, of the newest version that is there. */
export function postgresFolder(): string | undefined {
  const versions = existsSync(DEBIAN_POSTGRES) ? readdirSync(DEBIAN_POSTGRES) : [];
  const newest = versions.map(Number).filter((version) => version >= POSTGRES_MIN);
  const folder = join(DEBIAN_POSTGRES, String(Math.max(...newest)), "bin");
  if (newest.length > 0 && existsSync(join(folder, "pg_ctl"))) return folder;
  const onPath = output({ run: "pg_config", args: ["--bindir"] });
  const version = Number(/ (\d+)/.exec(output({ run: "pg_config", args: ["--version"] }))?.[1] ?? 0);
  return version >= POSTGRES_MIN && existsSync(join(onPath, "initdb")) ? onPath : undefined;
}

function program(name: string, { found, packages }: { found: () => boolean; packages: readonly string[] }): Need {
  return {
    name,
    isMet: found,
    meet() {
      const advice = `install it, on Debian with: apt-get install ${packages.join(" ")}`;
      if (process.getuid?.() !== 0 || !succeeds({ run: "apt-get", args: ["--version"] })) {
        throw new MissingError(`${name} is missing: ${advice}`);
      }
      succeeds({ run: "apt-get", args: ["update", "-qq"] });
      const env = { DEBIAN_FRONTEND: "noninteractive" };
      must(`apt-get install ${packages.join(" ")}`, {
        run: "apt-get",
        args: ["install", "-y", "-qq", "--no-install-recommends", ...packages],
        env,
      });
      if (!found())
        throw new MissingError(
          `${name} is still missing after ${packages.join(", ")}: Debian's is too old, install a newer one`,
        );
    },
  };
}
