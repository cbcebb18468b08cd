/** `node tools/prepare/main.ts test | peers | postgres`: gets what a test command needs, or says in one line what is missing. */
import { goSdkShapes, grpcurl, temporalCli, temporalUi } from "./go-programs.ts";
import { MissingError } from "./need.ts";
import type { Need } from "./need.ts";
import { h2spec, pythonSdk, temporalPeer } from "./peers.ts";
import { postgresServer, stopPostgres } from "./postgres-server.ts";
import { browser, cCompiler, git, go, node, postgres, python } from "./programs.ts";
import { nodes } from "./runtimes.ts";

const NEEDS: Readonly<Record<string, readonly Need[]>> = {
  test: [node, git, postgres, postgresServer],
  peers: [
    ...[node, nodes, git, cCompiler, go, python, postgres, browser],
    ...[pythonSdk, h2spec, temporalPeer, goSdkShapes, grpcurl, temporalCli, temporalUi, postgresServer],
  ],
  postgres: [node, postgres, postgresServer],
};

function prepare(suite: string): void {
  const needs = NEEDS[suite];
  if (needs === undefined)
    throw new MissingError(`the suite is ${suite}, it must be one of ${Object.keys(NEEDS).join(", ")}`);
  for (const need of needs) {
    if (need.isMet()) continue;
    console.log(`prepare: getting ${need.name}`);
    need.meet();
  }
}

try {
  const suite = process.argv[2] ?? "test";
  if (suite === "stop-postgres") stopPostgres();
  else prepare(suite);
} catch (error) {
  if (!(error instanceof MissingError)) throw error;
  console.error(`prepare: ${error.message}`);
  process.exitCode = 1;
}
