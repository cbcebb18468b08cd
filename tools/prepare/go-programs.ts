/** Official programs of others, and one of ours on their SDK, that Go builds into `.cache/`. */
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { cache, checkout, must } from "./need.ts";
import type { Need } from "./need.ts";

export interface GoProgram extends Need {
  /** Where it is, once the need is met. */
  readonly path: string;
}

export const grpcurl: GoProgram = installed("grpcurl", {
  source: "github.com/fullstorydev/grpcurl/cmd/grpcurl",
  version: "v1.9.4",
});

/** The newest that can be had as a module: later ones need a part of themselves that has no version of its own. */
export const temporalCli: GoProgram = installed("Temporal's command line (its first build takes some minutes)", {
  source: "github.com/temporalio/cli/cmd/temporal",
  version: "v1.5.1",
});

/** The newest that Go 1.26.8 builds, which is the one that the real server needs too. */
export const temporalUi: GoProgram = installed("Temporal's web UI", {
  source: "github.com/temporalio/ui-server/v2/cmd/server",
  version: "v2.55.0",
});

const sources = join(checkout, "tests/peers/go-sdk");

/** Our own program, on the official SDK for Go. */
export const goSdkShapes: GoProgram = {
  name: "the shapes of Temporal's Go SDK",
  path: join(cache, "bin/go-sdk-shapes"),
  isMet() {
    const changedAt = readdirSync(sources).map((name) => statSync(join(sources, name)).mtimeMs);
    return existsSync(this.path) && statSync(this.path).mtimeMs > Math.max(...changedAt);
  },
  meet() {
    mkdirSync(join(cache, "bin"), { recursive: true });
    must("go build tests/peers/go-sdk", { run: "go", args: ["build", "-o", this.path, "."], cwd: sources });
  },
};

/** A folder for each version, so that another one is seen to be missing. */
function installed(name: string, { source, version }: { source: string; version: string }): GoProgram {
  const program = source.split("/").at(-1) ?? "";
  const folder = join(cache, "go", source.split("/").slice(1, 3).join("-"), version);
  return {
    name,
    path: join(folder, program),
    isMet: () => existsSync(join(folder, program)),
    meet() {
      mkdirSync(folder, { recursive: true });
      must(`go install ${source}@${version}`, {
        run: "go",
        args: ["install", `${source}@${version}`],
        env: { GOBIN: folder },
      });
    },
  };
}
